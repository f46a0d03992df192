package templates

import (
	"context"
	"slices"
	"sync"
	"time"

	"feldsher/internal/clinic"
	builtin "feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/protocolform"
)

// Editor is one template of the clinic's own being changed. Its methods are for one
// goroutine, but for the saving of drafts, which goes on beside it.
type Editor struct {
	s     *present.Session
	fresh bool      // it was never saved
	draft clinic.ID // where its draft stands then
	at    int       // the field at hand

	mu     sync.Mutex // guards t, base and the draft against the timer
	t      clinic.Template
	base   clinic.Template // as it is stored
	keep   keeper
	past   []step
	future []step

	faults map[string]*fault.Error
	stale  bool // somebody else has saved it since
}

// step is a state to go back to, and what was done then: typing in one place is one step.
type step struct {
	t   clinic.Template
	at  int
	tag string
}

// mostSteps is how far back Undo goes.
const mostSteps = 200

// Open takes a template of the clinic's own with the user's draft of it, if there is one.
// Faults: NotFound; Conflict for a built-in one, which is to be copied.
func Open(ctx context.Context, s *present.Session, id clinic.ID) (*Editor, error) {
	if s.Catalog.Builtin(id) {
		return nil, fault.New(fault.Conflict, "templates_fault_builtin")
	}
	t, err := s.Catalog.Template(ctx, id)
	if err != nil {
		return nil, err
	}
	e := newEditor(s, t)
	return e, e.restore(ctx)
}

// Copy begins a new template that has all of another, under a draft of its own.
func Copy(ctx context.Context, s *present.Session, id clinic.ID) (*Editor, error) {
	t, err := s.Catalog.CopyTemplate(ctx, id)
	if err != nil {
		return nil, err
	}
	t.Title = s.T("templates_copy_of", "title", t.Title)
	e := newEditor(s, t)
	e.fresh, e.draft = true, clinic.NewID()
	return e, e.hold(ctx)
}

// New begins an empty template, under a draft of its own.
func New(ctx context.Context, s *present.Session) (*Editor, error) {
	t := clinic.Template{Lang: string(s.Words.Lang), Speciality: s.User.Speciality, Active: true}
	t.Fields = []clinic.Field{{Key: "field_1", Type: "longtext", Required: true}}
	e := newEditor(s, t)
	e.fresh, e.draft = true, clinic.NewID()
	return e, e.hold(ctx)
}

// Resume takes up a new template where its draft stands. Fault: NotFound where there is
// none any more: it was saved or thrown away.
func Resume(ctx context.Context, s *present.Session, at clinic.ID) (*Editor, error) {
	kept, ok, err := s.Records.Draft(ctx, records.DraftOther, at)
	if err != nil {
		return nil, err
	}
	d, ours := parse(kept.Body)
	if !ok || !ours || !d.Template.ID.IsZero() {
		return nil, fault.New(fault.NotFound, "fault.template.none")
	}
	e := newEditor(s, d.Template)
	e.base, e.fresh, e.draft = clinic.Template{Active: true}, true, at
	e.Choose(d.At)
	return e, nil
}

func newEditor(s *present.Session, t clinic.Template) *Editor {
	e := &Editor{s: s, t: t, base: clone(t), faults: map[string]*fault.Error{}}
	e.keep.e, e.keep.after = e, func(d time.Duration, fn func()) stopper { return time.AfterFunc(d, fn) }
	return e
}

func clone(t clinic.Template) clinic.Template {
	t.Fields = slices.Clone(t.Fields)
	for i := range t.Fields {
		t.Fields[i].Choices = slices.Clone(t.Fields[i].Choices)
	}
	return t
}

// change does something to the template as one step; a tag that is that of the step
// before joins it, as letters of a word do.
func (e *Editor) change(tag string, do func(*clinic.Template)) {
	before := step{clone(e.t), e.at, tag}
	e.mu.Lock()
	do(&e.t)
	changed := !same(&before.t, &e.t)
	e.mu.Unlock()
	if !changed {
		return
	}
	if n := len(e.past); tag == "" || n == 0 || e.past[n-1].tag != tag {
		e.past = append(e.past, before)
		e.past = e.past[max(0, len(e.past)-mostSteps):]
	}
	e.future = nil
	e.recheck()
	e.keep.touched()
}

// recheck takes the words away that are no longer true; new ones come with Check.
func (e *Editor) recheck() {
	if len(e.faults) == 0 {
		return
	}
	now := e.wrong()
	for place := range e.faults {
		if f, still := now[place]; still {
			e.faults[place] = f
		} else {
			delete(e.faults, place)
		}
	}
}

func (e *Editor) wrong() map[string]*fault.Error {
	t := clone(e.t)
	out := map[string]*fault.Error{}
	for _, f := range builtin.Check(&t) {
		if out[f.Field] == nil {
			out[f.Field] = f
		}
	}
	return out
}

// Check looks at all of it; it reports whether it can be saved. The field at hand becomes
// the first that can't.
func (e *Editor) Check() bool {
	e.faults = e.wrong()
	for i := range e.t.Fields {
		if e.faults["title"] == nil && e.fieldFault(i) != "" {
			e.at = i
			break
		}
	}
	return len(e.faults) == 0
}

// Word is what is wrong at a place: "title", "lang", "fields", or of the field at hand
// "label", "choices" and so on; "" where nothing is.
func (e *Editor) Word(place string) string {
	f := e.faults[place]
	if f == nil {
		f = e.faults[place1(e.at, place)]
	}
	if f == nil {
		return ""
	}
	return e.s.Words.Fault(f)
}

// Undo goes back a step; Redo takes it again. They report whether there was one.
func (e *Editor) Undo() bool { return e.travel(&e.past, &e.future) }

// Redo takes an undone step again.
func (e *Editor) Redo() bool { return e.travel(&e.future, &e.past) }

func (e *Editor) travel(from, to *[]step) bool {
	n := len(*from)
	if n == 0 {
		return false
	}
	s := (*from)[n-1]
	*from = (*from)[:n-1]
	*to = append(*to, step{clone(e.t), e.at, ""})
	e.mu.Lock()
	version, id := e.t.Version, e.t.ID
	e.t = clone(s.t)
	e.t.Version, e.t.ID = version, id // saving is not undone
	e.mu.Unlock()
	e.at = min(max(s.at, 0), max(len(e.t.Fields)-1, 0))
	e.recheck()
	e.keep.touched()
	return true
}

// Template is the template as it stands.
func (e *Editor) Template() clinic.Template { return clone(e.t) }

// Fresh reports whether it was never saved.
func (e *Editor) Fresh() bool { return e.fresh }

// Version is the stored version, 0 for none.
func (e *Editor) Version() int { return e.t.Version }

// Stale reports whether somebody else has saved the template since the draft was begun.
func (e *Editor) Stale() bool { return e.stale }

// SetTitle and the like take what was typed.
func (e *Editor) SetTitle(s string) { e.change("title", func(t *clinic.Template) { t.Title = s }) }

// SetSpeciality takes any words; those of the built-in templates are offered.
func (e *Editor) SetSpeciality(s string) {
	e.change("speciality", func(t *clinic.Template) { t.Speciality = s })
}

// SetLang takes one of the languages.
func (e *Editor) SetLang(lang string) { e.change("", func(t *clinic.Template) { t.Lang = lang }) }

// Preview is the form as a doctor will see it, with the defaults in it.
func (e *Editor) Preview() *protocolform.Form {
	t := clone(e.t)
	builtin.Check(&t) // puts what can be shown into its stored form
	return protocolform.New(e.s.Words, t.Fields, builtin.Fill(t.Fields, &clinic.Visit{}))
}

// Wrongs is how many places are to be corrected.
func (e *Editor) Wrongs() int { return len(e.faults) }

// Defaults are the values with which a protocol by the template begins.
func Defaults(t *clinic.Template) map[string]string { return builtin.Fill(t.Fields, &clinic.Visit{}) }
