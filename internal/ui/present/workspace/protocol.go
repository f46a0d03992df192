package workspace

import (
	"context"
	"maps"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present/protocolform"
)

// protocolPart is the protocol that this visit leads to.
type protocolPart struct {
	template clinic.Template    // the chosen one; the zero one for none
	form     *protocolform.Form // its fields that the note does not fill
	own      map[string]bool    // their keys
	signed   clinic.ID          // the newest signed protocol of the visit
	made     map[string]string  // what the draft of the protocol had when it was made or read
	read     bool               // made was read: some of it the doctor may have written there
}

// readProtocol finds what the visit has of protocols, and the template to begin with:
// the chosen one, that of the draft, else the first of the doctor's speciality.
func (w *Workspace) readProtocol(ctx context.Context) error {
	if !w.form.New {
		all, err := w.s.Store.Reader(ctx).Protocols(w.form.Now.Patient)
		if err != nil {
			return err
		}
		for i := range all { // the newest first
			p := &all[i]
			if p.Visit != w.form.Now.ID || !p.Deleted.IsZero() {
				continue
			}
			switch {
			case p.Status == clinic.ProtocolSigned && w.protocol.signed.IsZero():
				w.protocol.signed = p.ID
			case p.Status == clinic.ProtocolDraft && p.Amends.IsZero() && w.protocol.made == nil:
				w.form.Protocol, w.form.Template = p.ID, p.Template
				w.protocol.made, w.protocol.read = p.Values, true
				if p.Values == nil {
					w.protocol.made = map[string]string{}
				}
			}
		}
	}
	id := w.form.Template
	if id.IsZero() {
		rows, err := w.templates.Find(ctx, "")
		if err != nil {
			return err
		}
		for _, r := range rows {
			if first, err := clinic.ParseID(r.Key); err == nil && !r.Heading {
				id = first
				break
			}
		}
	}
	if id.IsZero() {
		return nil
	}
	t, err := w.s.Catalog.Template(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	w.useTemplate(t)
	return nil
}

// fromNote are the keys of templates that the note fills; see templates.Fill.
var fromNote = []string{
	"complaints", "anamnesis", "objective", "reason", "recommendations", "diagnosis", "diagnosis_code", "concomitant", "treatment", "examinations",
}

// useTemplate makes the form of a template's own fields. mu is held, or nobody else
// knows the workspace yet.
func (w *Workspace) useTemplate(t clinic.Template) {
	vital := map[string]bool{}
	for _, sign := range clinic.VitalSigns() {
		for i := range sign.Parts {
			vital[sign.Parts[i].Key] = true
		}
	}
	own := map[string]bool{}
	var shape []clinic.Field
	for _, f := range t.Fields {
		if f.Type == "heading" || slices.Contains(fromNote, f.Key) || vital[f.Key] {
			continue
		}
		own[f.Key] = true
		shape = append(shape, f)
	}
	w.form.Template = t.ID
	w.protocol.template, w.protocol.own = t, own
	w.protocol.form = protocolform.New(w.s.Words, shape, ownValues(w.protocol.made, own))
	w.protocol.form.Restore(w.form.Values)
}

func ownValues(values map[string]string, own map[string]bool) map[string]string {
	out := map[string]string{}
	for k, v := range values {
		if own[k] {
			out[k] = v
		}
	}
	return out
}

// Template is the chosen template; the zero one for none.
func (w *Workspace) Template() clinic.Template {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.protocol.template
}

// SetTemplate chooses the template of the visit's protocol. Fields of the same key keep
// what was written.
func (w *Workspace) SetTemplate(ctx context.Context, id clinic.ID) error {
	t, err := w.s.Catalog.Template(ctx, id)
	if err != nil {
		return err
	}
	w.change(func(f *Form) {
		if f.Template == id {
			return
		}
		if w.protocol.form != nil {
			f.Values = w.protocol.form.Typed()
		}
		f.Protocol, w.protocol.made, w.protocol.read = clinic.ID{}, nil, false // a protocol of another template is another protocol
		w.useTemplate(t)
	})
	return nil
}

// Fields is the form of the template's fields that the note does not fill, nil without
// a template. It is used on the screen's thread alone; FieldsTyped says that something
// in it has changed.
func (w *Workspace) Fields() *protocolform.Form {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.protocol.form
}

// FieldsTyped takes what stands in the form of Fields into the draft.
func (w *Workspace) FieldsTyped() {
	w.change(func(f *Form) {
		if w.protocol.form != nil {
			f.Values = w.protocol.form.Typed()
			maps.DeleteFunc(f.Values, func(_, v string) bool { return v == "" })
		}
	})
}

// Signed is the newest signed protocol of the visit, zero for none.
func (w *Workspace) Signed() clinic.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.protocol.signed
}

// Phrase is what a healthy person shows of one thing: «Зев», «не гиперемирован».
type Phrase struct{ Of, Text string }

// String is the phrase as it stands in the note.
func (p Phrase) String() string { return p.Of + ": " + p.Text }

// Normal are the phrases of the template that say what a healthy person shows, for the
// objective status.
func (w *Workspace) Normal() []Phrase {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Phrase
	for _, f := range w.protocol.template.Fields {
		if f.Default != "" && (f.Type == "text" || f.Type == "longtext" || f.Type == "choice") {
			out = append(out, Phrase{f.Label, f.Default})
		}
	}
	return out
}

// PutNormal writes the template's normal phrases into the objective status; ok is false
// where the template has none. The function given takes them away again.
func (w *Workspace) PutNormal() (undo func(), ok bool) {
	all := w.Normal()
	if len(all) == 0 {
		return nil, false
	}
	text := ""
	for i, p := range all {
		if i > 0 {
			text += " "
		}
		text += p.String() + "."
	}
	before := w.Text(FieldObjective)
	w.insert(FieldObjective, text, "")
	return func() { w.SetText(FieldObjective, before) }, true
}

// MakeProtocol keeps the visit and writes its protocol by the chosen template, or
// brings the draft of it up to date, for the page that signs. What the doctor changed
// in the protocol itself stays, unless the note has changed since.
func (w *Workspace) MakeProtocol(ctx context.Context) (clinic.ID, error) {
	if err := w.Commit(ctx); err != nil {
		return clinic.ID{}, err
	}
	w.mu.Lock()
	t, id := w.protocol.template, w.form.Protocol
	visit, incomplete, fresh := w.form.Base, w.form.incomplete(), w.form.New
	made, form, own := w.protocol.made, w.protocol.form, w.protocol.own
	read := w.protocol.read
	w.mu.Unlock()
	switch {
	case incomplete:
		return clinic.ID{}, fault.New(fault.Invalid, "visit_wrong_fields")
	case fresh:
		return clinic.ID{}, fault.New(fault.Invalid, "visit_nothing_to_sign")
	case t.ID.IsZero():
		return clinic.ID{}, fault.New(fault.Invalid, "visit_no_template")
	}
	values := templates.Fill(t.Fields, &visit)
	for key, value := range form.Values() {
		if value == "" {
			delete(values, key)
		} else {
			values[key] = value
		}
	}
	if id.IsZero() {
		return w.addProtocol(ctx, t, visit.ID, values)
	}
	if read {
		// What the note says nothing of was written in the protocol itself: it stays.
		for key, was := range made {
			if _, said := values[key]; !said && !own[key] {
				values[key] = was
			}
		}
	}
	return id, w.editProtocol(ctx, id, made, values)
}

func (w *Workspace) addProtocol(ctx context.Context, t clinic.Template, visit clinic.ID, values map[string]string) (clinic.ID, error) {
	// A default that was taken out must not come back: an empty value says so.
	given := maps.Clone(values)
	for _, f := range t.Fields {
		if _, there := values[f.Key]; !there && f.Default != "" && f.Type != "heading" {
			given[f.Key] = ""
		}
	}
	p, err := w.s.Records.AddProtocol(ctx, w.s.Catalog, clinic.Protocol{Visit: visit, Template: t.ID, Values: given})
	if err != nil {
		return clinic.ID{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.form.Protocol, w.protocol.made, w.protocol.read = p.ID, p.Values, false
	return p.ID, nil
}

func (w *Workspace) editProtocol(ctx context.Context, id clinic.ID, made, values map[string]string) error {
	stored, err := w.s.Records.Protocol(ctx, id)
	if err != nil {
		return err
	}
	change := map[string]string{}
	for _, f := range stored.Shape {
		if f.Type != "heading" && values[f.Key] != made[f.Key] {
			change[f.Key] = values[f.Key]
		}
	}
	if len(change) == 0 {
		return nil
	}
	p, err := w.s.Records.EditProtocol(ctx, id, change)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.protocol.made, w.protocol.read = p.Values, false
	return nil
}

// Finish ends the visit without a document: it counts as done, and the time of its end
// is noted. A booking by which the patient came is done too, if it stands so far.
func (w *Workspace) Finish(ctx context.Context) error {
	w.change(func(f *Form) {
		f.Now.End(max(clinic.TimeOf(w.s.Now()), w.careFrom()))
	})
	if err := w.Commit(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	came := w.form.Came
	w.mu.Unlock()
	if came.IsZero() || !w.s.May(clinic.Book) {
		return nil
	}
	if _, err := w.s.Desk.SetStatus(ctx, came, clinic.Done); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}
