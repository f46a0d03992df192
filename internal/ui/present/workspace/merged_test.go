package workspace_test

import (
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/workspace"
	"feldsher/translations"
)

// R1.6, R3.3: an allergy on another card of the person warns from the first key on, and
// a visit begun on that card is gone on with.
func TestMergedCardsWarnAtOnce(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	root, other := presenttest.Patient(t, s), presenttest.Patient(t, s)
	if _, err := s.Records.AddAllergy(t.Context(), clinic.Allergy{Patient: other.ID, Substance: "пенициллины", Kind: "drug", Status: "active", Reaction: "крапивница"}); err != nil {
		t.Fatal(err)
	}
	begun, err := s.Records.AddVisit(t.Context(), clinic.Visit{Patient: other.ID, Complaints: "кашель"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Records.MergePatients(t.Context(), root.ID, other.ID, "вторая карта"); err != nil {
		t.Fatal(err)
	}
	w, err := workspace.Open(t.Context(), s, present.Route{Page: present.PageVisit, Arg: "new", ID: root.ID})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Leave(); _ = w.Wait() })
	if w.ID() != begun.ID || !w.Continued {
		t.Error("a second visit was begun beside the open one")
	}
	w.AddRx(w.ParseRx("Флемоксин 500 мг")) // the history has not been read yet
	if list := w.Prescriptions(); len(list) != 1 || len(list[0].Warnings) == 0 {
		t.Error("the allergy of the other card does not warn")
	}
}
