package workspace_test

import (
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/workspace"
	"feldsher/translations"
)

// The visit becomes a protocol; what the doctor changed in the protocol stays when the
// note is changed elsewhere (R3.4).
func TestProtocol(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	w := openNew(t, s, p.ID)
	if w.Template().Speciality != "терапия" {
		t.Errorf("a therapist begins with %q", w.Template().Title)
	}
	if _, err := w.MakeProtocol(t.Context()); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty visit is signed: %v", err)
	}
	w.SetText(workspace.FieldComplaints, "боль в горле")
	w.SetText(workspace.FieldAdvice, "полоскать горло")
	take(t, w, "diagnoses", "j02.9", "J02.9")
	w.Fields().Set("throat", "гиперемирован")
	w.FieldsTyped()
	id, err := w.MakeProtocol(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Records.Protocol(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Values["complaints"] != "боль в горле" || got.Values["diagnosis_code"] != "J02.9" || got.Values["throat"] != "гиперемирован" || got.Values["nodes"] != "" {
		t.Errorf("%v", got.Values)
	}
	if _, err := s.Records.EditProtocol(t.Context(), id, map[string]string{"anamnesis": "со слов матери"}); err != nil {
		t.Fatal(err)
	}
	leave(t, w)
	again := openAt(t, s, present.Route{Page: present.PageVisit, ID: w.ID()})
	again.SetText(workspace.FieldComplaints, "боль в горле, жар")
	same, err := again.MakeProtocol(t.Context())
	if err != nil || same != id {
		t.Fatalf("%v %v", same, err)
	}
	if got, err = s.Records.Protocol(t.Context(), id); err != nil || got.Values["complaints"] != "боль в горле, жар" || got.Values["anamnesis"] != "со слов матери" || got.Values["throat"] != "гиперемирован" {
		t.Errorf("%v %v", got.Values, err)
	}
	if _, err := s.Records.SignProtocol(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	leave(t, again)
	if third := openAt(t, s, present.Route{Page: present.PageVisit, ID: w.ID()}); third.Signed() != id {
		t.Error("the signed protocol is not found")
	}
	if fresh := openNew(t, s, p.ID); fresh.ID() == w.ID() {
		t.Error("a new visit goes on with one that is signed")
	}
}

// A new visit of the same day goes on with the doctor's unfinished one.
func TestContinued(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	w := openNew(t, s, p.ID)
	w.SetText(workspace.FieldComplaints, "кашель")
	leave(t, w)
	again := openNew(t, s, p.ID)
	if !again.Continued || again.ID() != w.ID() {
		t.Errorf("continued %v", again.Continued)
	}
	if err := again.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	leave(t, again)
	if v := visitsOf(t, s, p.ID); len(v) != 1 || v[0].Status != clinic.VisitDone || v[0].CareUntil.IsZero() {
		t.Errorf("%+v", v)
	}
	if third := openNew(t, s, p.ID); third.Continued {
		t.Error("a finished visit goes on")
	}
}

// A booking leads to its visit and back (R2.2).
func TestFromBooking(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	saved, err := s.Desk.Book(t.Context(), clinic.Booking{
		Patient: p.ID, Staff: s.User.ID, Start: clinic.TimeOf(presenttest.Now), Minutes: 15, Kind: clinic.WalkIn, Reason: "справка",
	})
	if err != nil {
		t.Fatal(err)
	}
	route := present.Route{Page: present.PageVisit, Arg: "booking", ID: saved.ID}
	w := openAt(t, s, route)
	if w.Text(workspace.FieldReason) != "справка" {
		t.Errorf("reason %q", w.Text(workspace.FieldReason))
	}
	w.SetText(workspace.FieldComplaints, "нет")
	leave(t, w)
	if e, err := s.Desk.Booking(t.Context(), saved.ID); err != nil || e.Visit != w.ID() {
		t.Errorf("the booking names %v, not %v (%v)", e.Visit, w.ID(), err)
	}
	if again := openAt(t, s, route); again.ID() != w.ID() || again.Text(workspace.FieldComplaints) != "нет" {
		t.Error("the booking opens another visit")
	}
}

// The last visit's text is marked until it is touched; pieces of earlier visits are
// copied by one key and taken back by one.
func TestBorrow(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	if _, err := s.Records.AddVisit(t.Context(), clinic.Visit{
		Patient: p.ID, CareFrom: clinic.TimeOf(presenttest.Now.AddDate(0, -1, 0)), Status: clinic.VisitDone, Anamnesis: "болеет с 2019 года",
		Diagnoses:     []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "I10", Name: "Гипертензия", Version: "builtin-1"}, Stage: "final"}},
		Prescriptions: []clinic.Prescription{{INN: "лозартан", Dose: "50", DoseUnit: "мг"}},
	}); err != nil {
		t.Fatal(err)
	}
	w := openNew(t, s, p.ID)
	undo, ok := w.Borrow(workspace.FieldAnamnesis)
	day, marked := w.Marked(workspace.FieldAnamnesis)
	if !ok || !marked || day != "21.10.2026" || w.Text(workspace.FieldAnamnesis) != "болеет с 2019 года" {
		t.Fatalf("%v %v %s %q", ok, marked, day, w.Text(workspace.FieldAnamnesis))
	}
	undo()
	if _, marked := w.Marked(workspace.FieldAnamnesis); marked || w.Text(workspace.FieldAnamnesis) != "" {
		t.Error("not undone")
	}
	w.Borrow(workspace.FieldAnamnesis)
	w.SetText(workspace.FieldAnamnesis, "болеет с 2019 года, ухудшение")
	if _, marked := w.Marked(workspace.FieldAnamnesis); marked {
		t.Error("marked after it was touched")
	}
	line := w.Timeline(workspace.Everything, "")
	if len(line) != 2 || line[0].Heading != "2026" || line[1].Code != "I10" || line[1].Title != "Гипертензия" {
		t.Fatalf("%+v", line)
	}
	pieces := w.Pieces(line[1])
	for _, piece := range pieces[:2] {
		w.TakePiece(piece)
	}
	if d := w.Diagnoses(); len(d) != 1 || d[0].Code != "I10" || d[0].Onset != "known" || d[0].Stage != "final" {
		t.Errorf("%+v", d)
	}
	if rx := w.Prescriptions(); len(rx) != 1 || !strings.HasPrefix(rx[0].Name, "Лозартан") {
		t.Errorf("%+v", rx)
	}
	if n := len(w.Timeline(workspace.Everything, "лозарт гипер")); n != 2 {
		t.Errorf("words find %d lines", n)
	}
	if n := len(w.Timeline(workspace.Everything, "перелом")); n != 0 {
		t.Errorf("strange words find %d lines", n)
	}
}

// Who may not prescribe writes the note and no diagnoses; who may not write reads.
func TestRights(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian, clinic.Administrator, clinic.Nurse, clinic.Reception)
	p := presenttest.Patient(t, s)
	w := openNew(t, s, p.ID)
	w.SetText(workspace.FieldComplaints, "укол")
	w.AddDiagnosisText("ОРВИ")
	w.AddRx(w.ParseRx("парацетамол"))
	if len(w.Diagnoses()) != 0 || len(w.Prescriptions()) != 0 || w.May.Prescribe || w.ReadOnly() {
		t.Error("a nurse prescribes")
	}
	leave(t, w)
	if v := visitsOf(t, s, p.ID); len(v) != 1 || v[0].Complaints != "укол" {
		t.Errorf("%+v", v)
	}
	desk := presenttest.Open(t, translations.Russian, clinic.Administrator, clinic.Reception)
	if _, err := workspace.Open(t.Context(), desk, present.Route{Arg: "new", ID: clinic.NewID()}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the desk opens a visit: %v", err)
	}
}

// A draft of a later program is left alone.
func TestForeignDraft(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	id := clinic.NewID()
	for _, body := range []string{`{"format":99}`, `{`, `[]`, `null`} {
		if err := s.Records.SaveDraft(t.Context(), records.DraftVisit, id, body); err != nil {
			t.Fatal(err)
		}
		w := openNew(t, s, p.ID)
		if w.Restored {
			t.Errorf("%s was restored", body)
		}
		leave(t, w)
		if d, ok, err := s.Records.Draft(t.Context(), records.DraftVisit, id); err != nil || !ok || d.Body != body {
			t.Errorf("%s did not stay: %v %v", body, ok, err)
		}
	}
}
