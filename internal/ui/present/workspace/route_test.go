package workspace_test

import (
	"strings"
	"testing"

	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/signing"
	"feldsher/internal/ui/present/workspace"
	"feldsher/translations"
)

// Coming back from the signature of a new visit leads to that visit, not to a further
// empty one: once the ledger has it, it goes by its own id.
func TestRouteOfANewVisit(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	asked := present.Route{Page: present.PageVisit, Arg: "new", ID: p.ID}
	w := openAt(t, s, asked)
	if got := w.Route(asked); got != asked {
		t.Errorf("nothing is written yet, and the visit goes by %+v", got)
	}
	w.SetText(workspace.FieldComplaints, "кашель")
	w.SetText(workspace.FieldAnamnesis, "второй день")
	w.SetText(workspace.FieldObjective, "хрипов нет")
	w.SetText(workspace.FieldAdvice, "питьё, явка через неделю")
	take(t, w, "diagnoses", "острый фарингит", "J02")
	id, err := w.MakeProtocol(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own := present.Route{Page: present.PageVisit, ID: w.ID()}
	if got := w.Route(asked); got != own {
		t.Fatalf("the visit goes by %+v, want %+v", got, own)
	}
	leave(t, w)
	sheet, err := signing.Open(t.Context(), s, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sheet.Change().Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := openAt(t, s, own)
	if again.New() || again.Text(workspace.FieldComplaints) != "кашель" {
		t.Errorf("coming back shows %q", again.Text(workspace.FieldComplaints))
	}
	if got := len(visitsOf(t, s, p.ID)); got != 1 {
		t.Errorf("%d visits", got)
	}
}

// A drug is found by the keys of its name, whichever layout was on; doses stay.
func TestDrugsInTheOtherLayout(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	w := openNew(t, s, presenttest.Patient(t, s).ID)
	for typed, want := range map[string]string{"fvjrcb": "Амоксициллин", "fvjrcb 0.5 u": "Амоксициллин", ",bcjghjkjk": "Бисопролол", "амокси": "Амоксициллин"} {
		list, err := w.Suggest(t.Context(), workspace.FieldPrescriptions, typed)
		if err != nil {
			t.Fatal(err)
		}
		var first *workspace.Suggestion
		for i := range list {
			if list[i].Takes() {
				first = &list[i]
				break
			}
		}
		if first == nil || !strings.HasPrefix(first.Text, want) {
			t.Errorf("%q offers %+v", typed, first)
		}
	}
	take(t, w, workspace.FieldPrescriptions, "fvjrcbwbkkby 0.5 u", "Амоксициллин")
	if rx := w.Visit().Prescriptions; len(rx) != 1 || rx[0].Dose != "0.5" || rx[0].DoseUnit != "г" {
		t.Errorf("%+v", rx)
	}
	list, err := w.Suggest(t.Context(), workspace.FieldPrescriptions, "Brandname")
	if err != nil || len(list) == 0 || list[len(list)-1].Text != "Brandname" {
		t.Errorf("a name that nobody knows: %+v %v", list, err)
	}
}

// F4 is told of only where an earlier visit has something to take.
func TestMayBorrow(t *testing.T) {
	t.Parallel()
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	w := openNew(t, s, p.ID)
	if w.MayBorrow("") {
		t.Error("at the first visit there is no text to take")
	}
	w.SetText(workspace.FieldComplaints, "кашель")
	if err := w.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	leave(t, w)
	w = openNew(t, s, p.ID)
	if !w.MayBorrow("") || !w.MayBorrow(workspace.FieldComplaints) || w.MayBorrow(workspace.FieldAnamnesis) {
		t.Error("the second visit may take the complaints, and no anamnesis")
	}
}
