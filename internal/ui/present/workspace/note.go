package workspace

import (
	"strings"
	"time"

	"feldsher/internal/clinic"
)

// Section is a part of the note, in the order of the page; Ctrl+1 jumps to the first.
type Section uint8

// The sections.
const (
	Complaints Section = iota
	Anamnesis
	Status
	Vitals
	Diagnoses
	Prescriptions
	Orders
	Protocol
	Sections // how many there are
)

// SectionOf is the section that a field belongs to.
func SectionOf(field string) Section {
	switch {
	case field == FieldAnamnesis:
		return Anamnesis
	case field == FieldObjective:
		return Status
	case strings.HasPrefix(field, "vitals"):
		return Vitals
	case strings.HasPrefix(field, FieldDiagnoses):
		return Diagnoses
	case strings.HasPrefix(field, FieldPrescriptions):
		return Prescriptions
	case strings.HasPrefix(field, FieldOrders), field == FieldServices, field == FieldAdvice:
		return Orders
	case field == FieldTemplate, field == FieldComment:
		return Protocol
	}
	return Complaints
}

// Name is the key of the section's heading in translations.
func (s Section) Name() string {
	return [...]string{
		"visit_complaints", "visit_anamnesis", "visit_objective", "visit_vitals",
		"visit_diagnoses", "visit_prescriptions", "visit_orders", "visit_protocol", "",
	}[min(s, Sections)]
}

// Text is what stands in a text of the note.
func (w *Workspace) Text(field string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := textOf(&w.form.Now, field); t != nil {
		return *t
	}
	return ""
}

// SetText takes what was typed into a text of the note.
func (w *Workspace) SetText(field, text string) {
	w.mu.Lock()
	t := textOf(&w.form.Now, field)
	idle := t == nil || *t == text
	w.mu.Unlock()
	if idle {
		return
	}
	w.change(func(f *Form) {
		*textOf(&f.Now, field) = text
		delete(f.Marked, field)
		delete(w.refused, field)
	})
}

// Marked tells of which day a text is that was taken over and not touched yet.
func (w *Workspace) Marked(field string) (day string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	day, ok = w.form.Marked[field]
	return day, ok
}

// Borrow puts the last visit's text under what stands in a field and marks it until it
// is touched; the function given takes it away again. ok is false where no earlier
// visit has such a text.
func (w *Workspace) Borrow(field string) (undo func(), ok bool) {
	text, day := w.lastText(field)
	if text == "" {
		return nil, false
	}
	before := w.Text(field)
	w.insert(field, text, day)
	return func() { w.SetText(field, before) }, true
}

// MayBorrow reports whether an earlier visit has a text for a field: of any field for "".
func (w *Workspace) MayBorrow(field string) bool {
	for _, f := range noteFields {
		if field != "" && f != field {
			continue
		}
		if text, _ := w.lastText(f); text != "" {
			return true
		}
	}
	return false
}

// lastText is the newest text of a field in the earlier visits.
func (w *Workspace) lastText(field string) (text, day string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.history.Visits {
		v := &w.history.Visits[i]
		if v.ID == w.form.Now.ID || v.Status == clinic.VisitStruck {
			continue
		}
		if t := textOf(v, field); t != nil && plain(*t) != "" {
			return plain(*t), w.s.Words.Day(v.CareFrom)
		}
	}
	return "", ""
}

// insert puts a text into a field: alone, or as a further sentence.
func (w *Workspace) insert(field, text, day string) {
	w.change(func(f *Form) {
		t := textOf(&f.Now, field)
		if t == nil {
			return
		}
		*t = joinText(*t, text, field == FieldReason)
		if day == "" {
			delete(f.Marked, field)
			return
		}
		if f.Marked == nil {
			f.Marked = map[string]string{}
		}
		f.Marked[field] = day
	})
}

// joinText puts a further piece behind a text: on its own line, or behind a comma in a
// field of one line.
func joinText(before, text string, line bool) string {
	before = strings.TrimRight(before, " \n")
	switch {
	case before == "":
		return text
	case line:
		return before + ", " + text
	case strings.HasSuffix(before, ".") || strings.HasSuffix(before, ":") || strings.HasSuffix(before, ","):
		return before + " " + text
	}
	return before + "\n" + text
}

// Insert puts a phrase behind what stands in a field; the function given takes it
// away again.
func (w *Workspace) Insert(field, text string) (undo func()) {
	before := w.Text(field)
	w.insert(field, text, "")
	return func() { w.SetText(field, before) }
}

// Kinds are the codes of the kinds of visits, for the head of the page.
var Kinds = []string{"clinic", "home", "phone", "emergency", "checkup"}

// Kind is the kind of the visit, "clinic" and so on.
func (w *Workspace) Kind() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.form.Now.Kind
}

// SetKind changes the kind of the visit.
func (w *Workspace) SetKind(kind string) {
	if kind != w.Kind() {
		w.change(func(f *Form) { f.Now.Kind = kind })
	}
}

// careFrom is when care was given: as typed, as stored, or when the page was opened.
func (w *Workspace) careFrom() clinic.Time {
	if t := w.form.Now.CareFrom; !t.IsZero() {
		return t
	}
	return clinic.TimeOf(w.fallback)
}

// Care is the day and the time of care as they stand in their fields.
func (w *Workspace) Care() (day, clock string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	day, clock = w.s.Words.Day(w.careFrom()), w.s.Words.Clock(w.careFrom())
	if raw, ok := w.form.Raw[FieldCareDay]; ok {
		day = raw
	}
	if raw, ok := w.form.Raw[FieldCareTime]; ok {
		clock = raw
	}
	return day, clock
}

// SetCare takes day and time of care as typed: 21112026 or 21.11.2026, 0940 or 9:40.
// What is none stays in its field with a word about it, and the time of care as it was.
func (w *Workspace) SetCare(day, clock string) {
	if d, c := w.Care(); d == day && c == clock {
		return
	}
	w.change(func(f *Form) {
		date, okDay := readDay(day, w.s.Now().Year())
		minutes, okTime := readClock(clock)
		f.raw(FieldCareDay, day, okDay)
		f.raw(FieldCareTime, clock, okTime)
		delete(w.refused, "care_from")
		if okDay && okTime {
			t := time.Date(date.Year(), date.Month(), date.Day(), minutes/60, minutes%60, 0, 0, w.zone())
			if t.Format("02.01.2006 15:04") != w.s.Words.Moment(w.careFrom()) {
				f.Now.CareFrom = clinic.TimeOf(t)
			}
		}
	})
}

func (w *Workspace) zone() *time.Location {
	if w.s.Words.Zone == nil {
		return time.UTC
	}
	return w.s.Words.Zone
}

// raw keeps what was typed where it is no value, and forgets it where it is.
func (f *Form) raw(key, typed string, ok bool) {
	if ok {
		delete(f.Raw, key)
		return
	}
	if f.Raw == nil {
		f.Raw = map[string]string{}
	}
	f.Raw[key] = typed
}

// Late reports whether the note is typed more than a day after care was given: the
// page and the paper say so (R3.9).
func (w *Workspace) Late() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.form.New {
		return w.form.Base.Late && w.form.Now.CareFrom == w.form.Base.CareFrom
	}
	return w.s.Now().Sub(w.careFrom().Std()) > 24*time.Hour
}
