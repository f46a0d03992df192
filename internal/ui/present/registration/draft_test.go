package registration_test

import (
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/registration"
)

// TestDraft: what was typed comes back, with its own words; saving ends it (R3.8).
func TestDraft(t *testing.T) {
	s := session(t)
	f := registration.New(s, "")
	set(f, "family", "Озёрная", "birth_date", "31.02.1980", "patronymic", "Павловна")
	f.Add("contacts")
	f.Set("contacts[1].value", "8 916 555-01-42")
	if !f.Unsaved() {
		t.Fatal("nothing to keep")
	}
	if err := f.Keep()(t.Context()); err != nil || f.Unsaved() {
		t.Fatal(err)
	}
	again := registration.New(s, "")
	got, err := again.Restore(t.Context())
	if err != nil || !strings.Contains(got.Notice, "12:30") {
		t.Fatalf("%+v %v", got, err)
	}
	if again.Get("birth_date") != "31.02.1980" || again.Get("contacts[1].value") != "8 916 555-01-42" || again.Get("sex") != "female" {
		t.Error("not as it was")
	}
	if again.Say("birth_date").Tone != registration.Wrong {
		t.Error("its words are gone")
	}
	undo := again.Discard()
	if again.Dirty() || again.Get("family") != "" {
		t.Error("not thrown away")
	}
	undo()
	set(again, "birth_date", "1980")
	p := save(t, again)
	if _, ok, err := s.Records.Draft(t.Context(), "patient", clinic.ID{}); ok || err != nil {
		t.Errorf("the draft outlives the card %s: %v", p.CaseNumber, err)
	}
}

// TestTwoNewCards: a search for another person while a card is unfinished neither
// loses it nor mixes the two.
func TestTwoNewCards(t *testing.T) {
	s := session(t)
	f := registration.New(s, "Озёрная")
	set(f, "given", "Вера")
	if err := f.Keep()(t.Context()); err != nil {
		t.Fatal(err)
	}
	g := registration.New(s, "Ковылина")
	got, err := g.Restore(t.Context())
	if err != nil || !got.Switch || !strings.Contains(got.Notice, "Озёрная Вера") || g.Get("family") != "Ковылина" {
		t.Fatalf("%+v %v", got, err)
	}
	set(g, "given", "Дарья")
	if err := g.Keep()(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := registration.New(s, "")
	if _, err := h.Restore(t.Context()); err != nil || h.Get("family") != "Ковылина" {
		t.Fatalf("%q %v", h.Get("family"), err)
	}
	save(t, h)
	last := registration.New(s, "")
	if got, err := last.Restore(t.Context()); err != nil || got.Notice == "" || last.Get("given") != "Вера" {
		t.Errorf("the first is lost: %+v %v", got, err)
	}
	begun := registration.New(s, "Озёрная")
	if got, err := begun.Restore(t.Context()); err != nil || got.Switch || begun.Get("given") != "Вера" {
		t.Errorf("the same name does not go on: %+v %v", got, err)
	}
}

// TestDraftOfEdit: a draft of an edit still writes only what was changed in it.
func TestDraftOfEdit(t *testing.T) {
	s := session(t)
	p := presenttest.Patient(t, s)
	f, err := registration.Open(t.Context(), s, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	set(f, "family", "Озёрная")
	if err := f.Keep()(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = s.Records.EditPatient(t.Context(), p.ID, func(p clinic.Patient) (clinic.Patient, error) {
		p.Given = "Дария"
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := registration.Open(t.Context(), s, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := save(t, g); got.Family != "Озёрная" || got.Given != "Дария" {
		t.Errorf("%+v", got.Name)
	}
}
