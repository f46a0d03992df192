package workspace

import (
	"context"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/ui/present/picker"
)

// Suggestion is a line of the pane at the right: something that one key takes into the
// note.
type Suggestion struct {
	Heading string // alone: the name of the lines below
	Icon    string
	Code    string // in front: a code, a shortcut
	Text    string
	Below   string
	Side    string // at the right: a price, a day

	kind     suggestionKind
	field    string
	phrase   string
	day      string
	code     string
	coding   *clinic.Coding
	rx       *clinic.Prescription
	order    *clinic.Order
	service  *clinic.Service
	pathway  *clinic.Pathway
	template clinic.ID
}

type suggestionKind uint8

const (
	noSuggestion suggestionKind = iota
	phraseSuggestion
	lastTextSuggestion
	normalSuggestion
	codeSuggestion
	diagnosisSuggestion
	rxSuggestion
	drugSuggestion
	orderSuggestion
	serviceSuggestion
	pathwaySuggestion
	templateSuggestion
)

// Takes reports whether the line can be taken.
func (s *Suggestion) Takes() bool { return s.kind != noSuggestion }

// How many lines of each kind are offered.
const (
	mostPhrases  = 30
	mostDrugs    = 14
	mostServices = 40
)

// Suggest gives the lines for the field where the cursor is and what is typed there.
// It may take a moment and is asked beside the screen's thread.
func (w *Workspace) Suggest(ctx context.Context, field, typed string) ([]Suggestion, error) {
	switch field {
	case FieldDiagnoses:
		return w.suggestDiagnoses(ctx, typed)
	case FieldPrescriptions:
		return w.suggestDrugs(typed), nil
	case FieldOrders:
		return w.suggestOrders(ctx, typed)
	case FieldServices:
		return w.suggestServices(ctx, typed)
	case FieldTemplate:
		return w.suggestTemplates(ctx, typed)
	}
	if SectionOf(field) == Vitals {
		return w.suggestVitals(), nil
	}
	return w.suggestTexts(field), nil
}

func (w *Workspace) heading(key string) Suggestion { return Suggestion{Heading: w.s.T(key)} }

// suggestTexts offers the last visit's text, the normal phrases and the shortcuts.
func (w *Workspace) suggestTexts(field string) (out []Suggestion) {
	if text, day := w.lastText(field); text != "" {
		out = append(out, w.heading("visit_suggest_last"), Suggestion{
			Code: "F4", Text: firstOf(text), Below: day, kind: lastTextSuggestion, field: field, phrase: text, day: day,
		})
	}
	if field == FieldObjective {
		if all := w.Normal(); len(all) > 0 {
			out = append(out, w.heading("visit_suggest_normal"), Suggestion{
				Code: "F5", Text: w.s.T("visit_suggest_normal_all"), Below: w.Template().Title, kind: normalSuggestion,
			})
			for _, p := range all[:min(len(all), mostPhrases)] {
				out = append(out, Suggestion{Text: p.Of, Below: p.Text, kind: phraseSuggestion, field: field, phrase: p.String() + "."})
			}
		}
	}
	if list := w.Autotext().List(); len(list) > 0 {
		out = append(out, w.heading("visit_suggest_autotext"))
		for _, s := range list {
			first, rest := twoLines(s.Text)
			out = append(out, Suggestion{Code: s.Short, Text: first, Below: rest, kind: phraseSuggestion, field: field, phrase: s.Text})
		}
	}
	return out
}

// lineLetters is about how many letters a line of the pane holds.
const lineLetters = 25

// twoLines breaks a sentence for a row of two lines.
func twoLines(s string) (first, rest string) {
	n, at := 0, 0
	for i, r := range s {
		n++
		if r == ' ' && n <= lineLetters {
			at = i
		}
	}
	if n <= lineLetters+2 || at == 0 {
		return s, ""
	}
	return s[:at], s[at+1:]
}

// suggestDiagnoses offers what the patient had and the codes for what is typed.
func (w *Workspace) suggestDiagnoses(ctx context.Context, typed string) (out []Suggestion, err error) {
	words := fold.Words(typed)
	if list := w.earlierDiagnoses(words); len(list) > 0 {
		out = append(append(out, w.heading("visit_suggest_earlier")), list...)
	}
	rows, err := w.codes.Find(ctx, typed)
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 && !rows[0].Heading {
		out = append(out, w.heading("visit_suggest_codes"))
	}
	for _, r := range rows {
		out = append(out, ofCode(r))
	}
	if text := plain(typed); text != "" {
		out = append(out, w.heading("visit_suggest_as_typed"), Suggestion{Text: text, Below: w.s.T("visit_suggest_no_code"), kind: diagnosisSuggestion, coding: &clinic.Coding{}, phrase: text})
	}
	return out, nil
}

func ofCode(r picker.Row) Suggestion {
	if r.Heading {
		return Suggestion{Heading: r.Name}
	}
	first, rest := twoLines(r.Name) // a name that is cut can't be told from its neighbour
	s := Suggestion{Code: r.Code, Text: first, Below: joined(rest, r.Note, r.Path), kind: codeSuggestion, code: r.Key}
	if r.Pinned {
		s.Icon = "star-full"
	}
	return s
}

// joined puts a row's second line together of what there is to say.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// earlierDiagnoses are the patient's problems and the diagnoses of earlier visits, each
// once, but for those that stand on this visit.
func (w *Workspace) earlierDiagnoses(words []string) (out []Suggestion) {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := map[string]bool{}
	for i := range w.form.Now.Diagnoses {
		seen[w.form.Now.Diagnoses[i].Code+"|"+plain(w.form.Now.Diagnoses[i].Text)] = true
	}
	add := func(d clinic.Diagnosis, side, icon string) {
		key := d.Code + "|" + plain(d.Text)
		if seen[key] || len(out) >= 8 || len(words) > 0 && !begins(d.Code+" "+d.Name+" "+d.Text, words) {
			return
		}
		seen[key] = true
		copied := clinic.Diagnosis{Coding: d.Coding, Text: d.Text, Stage: d.Stage, Onset: "known"}
		first, rest := twoLines(firstOf(d.Text, d.Name))
		s := Suggestion{Icon: icon, Code: d.Code, Text: first, Below: joined(rest, side), kind: diagnosisSuggestion, coding: &copied.Coding}
		s.phrase, s.day = d.Text, d.Stage
		out = append(out, s)
	}
	for i := range w.problems {
		if p := &w.problems[i]; p.Status != "resolved" {
			add(clinic.Diagnosis{Coding: p.Coding, Text: p.Text, Stage: "final"}, "", "pin")
		}
	}
	for i := range w.history.Visits {
		v := &w.history.Visits[i]
		if v.ID == w.form.Now.ID || v.Status == clinic.VisitStruck {
			continue
		}
		for _, d := range v.Diagnoses {
			add(d, w.s.Words.Day(v.CareFrom), "history")
		}
	}
	return out
}

// suggestVitals shows the last values: to look at, not to take.
func (w *Workspace) suggestVitals() (out []Suggestion) {
	for _, v := range w.Vitals() {
		if v.Last != "" {
			value, day, _ := strings.Cut(v.Last, " · ")
			out = append(out, Suggestion{Icon: "pulse", Text: v.Name + ": " + value + " " + v.Unit, Side: day})
		}
	}
	if len(out) > 0 {
		out = slices.Insert(out, 0, w.heading("visit_suggest_values"))
	}
	return out
}

// suggestTemplates offers the templates, the doctor's speciality first.
func (w *Workspace) suggestTemplates(ctx context.Context, typed string) (out []Suggestion, err error) {
	rows, err := w.templates.Find(ctx, typed)
	if err != nil {
		return nil, err
	}
	now := w.Template().ID
	for _, r := range rows {
		if r.Heading {
			out = append(out, Suggestion{Heading: r.Name})
			continue
		}
		id, err := clinic.ParseID(r.Key)
		if err != nil {
			continue
		}
		first, rest := twoLines(r.Name)
		s := Suggestion{Icon: "template", Text: first, Below: joined(rest, r.Path), Side: r.Note, kind: templateSuggestion, template: id}
		if id == now {
			s.Icon = "ok"
		}
		out = append(out, s)
	}
	return out, nil
}

// Taken says what became of a suggestion: the row that it made, and the way back.
type Taken struct {
	Row  clinic.ID
	Undo func()
}

// Take does what a suggestion is for. It may read the store: tables of codes stand
// there.
func (w *Workspace) Take(ctx context.Context, s Suggestion) (t Taken, err error) {
	switch s.kind {
	case phraseSuggestion:
		t.Undo = w.Insert(s.field, s.phrase)
	case lastTextSuggestion:
		t.Undo, _ = w.Borrow(s.field)
	case normalSuggestion:
		t.Undo, _ = w.PutNormal()
	case codeSuggestion:
		c, err := w.codes.Coding(ctx, s.code)
		if err != nil {
			return t, err
		}
		t.Row = w.AddDiagnosis(c)
		t.Undo = func() { w.StrikeDiagnosis(t.Row) }
	case diagnosisSuggestion:
		t.Row = w.CopyDiagnosis(clinic.Diagnosis{Coding: *s.coding, Text: s.phrase, Stage: s.day})
		t.Undo = func() { w.StrikeDiagnosis(t.Row) }
	case rxSuggestion, drugSuggestion:
		t.Row = w.AddRx(*s.rx)
		t.Undo = func() { w.StrikeRx(t.Row) }
	case orderSuggestion:
		t.Row = w.addOrder(*s.order)
		t.Undo = func() { w.StrikeOrder(t.Row) }
	case serviceSuggestion:
		t.Undo = w.takeService(*s.service)
	case pathwaySuggestion:
		t.Undo = w.ApplyPathway(*s.pathway)
	case templateSuggestion:
		before := w.Template().ID
		if err := w.SetTemplate(ctx, s.template); err != nil {
			return t, err
		}
		t.Undo = func() { _ = w.SetTemplate(ctx, before) }
	}
	return t, nil
}

func (w *Workspace) takeService(s clinic.Service) (undo func()) {
	w.AddService(s)
	return func() {
		w.mu.Lock()
		at := slices.IndexFunc(w.form.Lines, func(l Line) bool { return l.Service == s.ID && !l.Gone })
		w.mu.Unlock()
		w.Count(at, -1)
	}
}
