package records_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
)

// furnished gives a card with a visit, a drug, an allergy, a problem and a result.
func (w *ward) furnished(family, drug string) clinic.Patient {
	w.t.Helper()
	ctx := context.Background()
	p := w.register(clinic.Patient{Name: clinic.Name{Family: family, Given: "Анна"}, Sex: clinic.Female, BirthDate: "1980-05-17"})
	w.visit(clinic.Visit{Patient: p.ID, Prescriptions: []clinic.Prescription{{INN: drug}}, Diagnoses: []clinic.Diagnosis{{Text: "ОРВИ"}}})
	if _, err := w.AddAllergy(ctx, clinic.Allergy{Patient: p.ID, Substance: "йод " + family}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.AddProblem(ctx, clinic.Problem{Patient: p.ID, Text: "Мигрень"}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Attach(ctx, clinic.Attachment{Patient: p.ID, Kind: "other", Title: family}, strings.NewReader("текст")); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// Either of two merged cards opens both, nothing moves, and parting gives back
// exactly what was (R1.6).
func TestMergeAndUnmerge(t *testing.T) {
	w, ctx := open(t), context.Background()
	a, b := w.furnished("Яшина", "парацетамол"), w.furnished("Яшкина", "ибупрофен")
	chart := func(id clinic.ID) records.Chart {
		t.Helper()
		c, err := w.Chart(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	was := [2]records.Chart{chart(a.ID), chart(b.ID)}
	for _, c := range []struct {
		a, b  clinic.ID
		why   string
		kind  fault.Kind
		field string
	}{
		{a.ID, b.ID, " ", fault.Invalid, "why"},
		{a.ID, a.ID, "так", fault.Invalid, "other"},
		{a.ID, clinic.NewID(), "так", fault.NotFound, ""},
		{clinic.NewID(), a.ID, "так", fault.NotFound, ""},
	} {
		_, err := w.MergePatients(ctx, c.a, c.b, c.why)
		refused(t, err, c.kind, c.field)
	}
	_, err := w.UnmergePatients(ctx, a.ID, b.ID)
	refused(t, err, fault.Conflict, "")
	m, err := w.MergePatients(ctx, b.ID, a.ID, "вторая карта")
	if err != nil || m.Root != a.ID || !slices.Equal(m.Cards, []clinic.ID{a.ID, b.ID}) {
		t.Fatalf("%+v, %v", m, err)
	}
	_, err = w.MergePatients(ctx, a.ID, b.ID, "ещё раз")
	refused(t, err, fault.Conflict, "")
	refused(t, w.AnnulPatient(ctx, b.ID, "ошибка"), fault.Conflict, "")
	for _, id := range []clinic.ID{a.ID, b.ID} {
		c := chart(id)
		if c.Patient.ID != a.ID || len(c.Merged) != 1 || c.Merged[0].ID != b.ID || len(c.Visits) != 2 || len(c.Allergies) != 2 || len(c.Problems) != 2 {
			t.Errorf("%+v", c)
		}
		if list, err := w.Visits(ctx, id); err != nil || len(list) != 2 || list[0].CareFrom < list[1].CareFrom {
			t.Error(list, err)
		}
		if list, err := w.Attachments(ctx, id); err != nil || len(list) != 2 {
			t.Error(list, err)
		}
		if cards, err := w.MergedCards(ctx, id); err != nil || len(cards) != 2 || cards[0].ID != a.ID {
			t.Error(cards, err)
		}
	}
	if p, err := w.PatientByCase(ctx, b.CaseNumber); err != nil || p.ID != a.ID {
		t.Error(p, err)
	}
	if id, err := w.CardID(ctx, b.CaseNumber); err != nil || id != b.ID {
		t.Error(id, err)
	}
	if list, err := w.FindPatients(ctx, "яшкина", 5); err != nil || len(list) != 1 || list[0].ID != a.ID {
		t.Error(list, err)
	}

	// What the other card knows warns, and what is new goes to the root.
	again, err := w.AddVisit(ctx, clinic.Visit{Patient: b.ID, Prescriptions: []clinic.Prescription{{INN: "парацетамол"}, {INN: "ибупрофен"}}})
	if err != nil || again.Patient != a.ID || len(again.Warnings) != 2 {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := w.EditVisit(ctx, again.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Status, v.Struck = clinic.VisitStruck, "проба"
		return v, nil
	}); err != nil {
		t.Fatal(err)
	}
	// A protocol of the second card's visit may be named by either.
	d, err := w.AddProtocol(ctx, fixed{}, clinic.Protocol{Visit: was[1].Visits[0].ID, Patient: a.ID})
	if err != nil || d.Patient != b.ID {
		t.Error(d.Patient, err)
	}
	if list, err := w.Protocols(ctx, a.ID); err != nil || len(list) != 1 {
		t.Error(list, err)
	}

	if m, err = w.UnmergePatients(ctx, b.ID, a.ID); err != nil || m.Root != b.ID || len(m.Cards) != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	left := chart(a.ID)
	left.Visits = left.Visits[1:] // the one that was struck out
	same(t, "first card", left, was[0])
	second := chart(b.ID)
	second.Protocols = nil
	same(t, "second card", second, was[1])
	if m, err = w.MergePatients(ctx, a.ID, b.ID, "и всё же"); err != nil || len(m.Cards) != 2 {
		t.Errorf("%+v, %v", m, err)
	}
	w.sound()
}

// An annulled card can't be merged (R1.6).
func TestAnnulledCardsStayAlone(t *testing.T) {
	w, ctx := open(t), context.Background()
	a, b := w.register(clinic.Patient{Name: clinic.Name{Family: "Яшина"}}), w.register(clinic.Patient{Name: clinic.Name{Family: "Яшина"}})
	if err := w.AnnulPatient(ctx, b.ID, "ошибка"); err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]clinic.ID{{a.ID, b.ID}, {b.ID, a.ID}} {
		_, err := w.MergePatients(ctx, pair[0], pair[1], "так")
		refused(t, err, fault.Conflict, "")
	}
}

// The history of either card tells of merging and parting, also when the link is
// kept with the other one (R11.4).
func TestHistory(t *testing.T) {
	w, ctx := open(t), context.Background()
	a, b := w.furnished("Яшина", "парацетамол"), w.furnished("Яшкина", "ибупрофен")
	count := func(r *records.Records, id clinic.ID, limit int) (int, bool, []string) {
		t.Helper()
		acts, more, err := r.History(ctx, id, limit)
		if err != nil {
			t.Fatal(err)
		}
		var intents []string
		for i, a := range acts {
			if i > 0 && a.Header.HLC > acts[i-1].Header.HLC || a.Who == "" {
				t.Errorf("act %d: %+v", i, a.Header)
			}
			intents = append(intents, a.Payload.Intent)
		}
		return len(acts), more, intents
	}
	n, more, _ := count(w.Records, b.ID, 100)
	if n != 5 || more {
		t.Errorf("%d acts", n)
	}
	if n, more, _ := count(w.Records, b.ID, 2); n != 2 || !more {
		t.Errorf("%d acts, more %v", n, more)
	}
	if _, err := w.MergePatients(ctx, a.ID, b.ID, "так"); err != nil {
		t.Fatal(err)
	}
	if n, _, intents := count(w.Records, b.ID, 100); n != 11 || intents[0] != "patient.merge" {
		t.Errorf("%d acts, %v", n, intents)
	}
	if _, err := w.UnmergePatients(ctx, a.ID, b.ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []clinic.ID{a.ID, b.ID} {
		if n, _, intents := count(w.Records, id, 100); n != 7 || intents[0] != "patient.unmerge" || intents[1] != "patient.merge" {
			t.Errorf("%d acts, %v", n, intents)
		}
	}
	// Reception sees the card's values and none of care.
	acts, _, err := w.as("", clinic.Reception).History(ctx, a.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, act := range acts {
		for _, part := range act.Payload.Parts {
			for _, row := range part.Rows {
				for _, c := range row.Columns {
					medical := row.Table != "patient" && row.Table != "patient_link"
					if medical && (c.Old != nil || c.New != nil) {
						t.Errorf("%s.%s is shown", row.Table, c.Name)
					} else if !medical && c.New != nil {
						seen++
					}
				}
			}
		}
	}
	if seen == 0 {
		t.Error("reception sees nothing")
	}
}

// The warning while typing (R1.6).
func TestSimilarWhileTyping(t *testing.T) {
	w, ctx := open(t), context.Background()
	a := w.register(clinic.Patient{Name: clinic.Name{Family: "Яшина", Given: "Анна", Patronymic: "Ильинична"}, BirthDate: "1980-05-17"})
	draft := clinic.Patient{Name: a.Name, BirthDate: "1980-05-17"}
	if list, err := w.Similar(ctx, draft, 5); err != nil || len(list) != 1 || list[0].Grade != clinic.Certain {
		t.Errorf("%+v, %v", list, err)
	}
	draft.ID = a.ID
	if list, err := w.Similar(ctx, draft, 5); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	order, err := w.PatientOrder(ctx, 0)
	if err != nil || order.Len() != 1 {
		t.Fatal(order.Len(), err)
	}
	if rows, err := w.PatientRows(ctx, order, 0, 5); err != nil || len(rows) != 1 || rows[0].ID != a.ID {
		t.Error(rows, err)
	}
	if b, ok, err := w.Brief(ctx, a.ID); err != nil || !ok || b.CaseNumber != a.CaseNumber {
		t.Error(b, ok, err)
	}
	if _, ok, err := w.Brief(ctx, clinic.NewID()); err != nil || ok {
		t.Error(ok, err)
	}
}
