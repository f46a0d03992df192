package records_test

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
)

// TestLate: an entry made more than a day after care is marked; the time of entry is
// ours and stays through edits (R3.9).
func TestLate(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{NameUnknown: true}).ID
	for before, late := range map[time.Duration]bool{0: false, 24 * time.Hour: false, 24*time.Hour + time.Minute: true, 400 * 24 * time.Hour: true} {
		v := w.visit(clinic.Visit{Patient: p, CareFrom: clinic.TimeOf(today.Add(-before)), Entered: 7, Late: !late})
		if v.Late != late || v.Entered != clinic.TimeOf(today) {
			t.Errorf("%s before: late %v, entered %v", before, v.Late, v.Entered.Std())
		}
	}
	v := w.visit(clinic.Visit{Patient: p, Source: clinic.Source{System: "blank", Code: "12"}})
	if v.CareFrom != clinic.TimeOf(today) || v.Staff != w.who.ID || v.StaffName != "Озёрная Вера" || v.Kind != "clinic" || v.Status != clinic.VisitOpen {
		t.Errorf("defaults: %s", asJSON(t, v))
	}
	w.clock.forward(48 * time.Hour)
	edited, err := w.EditVisit(ctx, v.ID, func(x clinic.Visit) (clinic.Visit, error) {
		x.Entered, x.Source, x.Deleted, x.ID, x.Complaints = 1, clinic.Source{}, 1, clinic.NewID(), "кашель"
		return x, nil
	})
	if err != nil || edited.Entered != v.Entered || edited.Source != v.Source || !edited.Deleted.IsZero() || edited.ID != v.ID || edited.Late {
		t.Errorf("edited: %s, %v", asJSON(t, edited.Visit), err)
	}
	read, err := w.Visit(ctx, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "edited visit", read, edited.Visit)
	w.sound()
}

// TestVisitStays: a visit moves to no other patient, nor do the rows on it; one that
// was struck out stays in the list and is no longer edited (DESIGN, "Storage").
func TestVisitStays(t *testing.T) {
	w, ctx := open(t), context.Background()
	a, b := w.register(clinic.Patient{NameUnknown: true}).ID, w.register(clinic.Patient{NameUnknown: true}).ID
	v := w.visit(clinic.Visit{Patient: a, Diagnoses: []clinic.Diagnosis{{Text: "ОРВИ"}}})
	other := w.visit(clinic.Visit{Patient: b})
	_, err := w.EditVisit(ctx, v.ID, func(x clinic.Visit) (clinic.Visit, error) { x.Patient = b; return x, nil })
	refused(t, err, fault.Conflict, "")
	_, err = w.AddVisit(ctx, clinic.Visit{Record: clinic.Record{ID: v.ID}, Patient: a})
	refused(t, err, fault.Conflict, "")
	if _, err = w.EditVisit(ctx, other.ID, func(x clinic.Visit) (clinic.Visit, error) { x.Diagnoses = v.Diagnoses; return x, nil }); err == nil {
		t.Error("a diagnosis moved to another patient's visit")
	}
	_, err = w.EditVisit(ctx, v.ID, func(x clinic.Visit) (clinic.Visit, error) { x.Status = clinic.VisitStruck; return x, nil })
	refused(t, err, fault.Invalid, "struck")
	strike := func(x clinic.Visit) (clinic.Visit, error) {
		x.Status, x.Struck = clinic.VisitStruck, "не тот пациент"
		return x, nil
	}
	if _, err := w.EditVisit(ctx, v.ID, strike); err != nil {
		t.Fatal(err)
	}
	_, err = w.EditVisit(ctx, v.ID, strike)
	refused(t, err, fault.Conflict, "")
	list, err := w.Visits(ctx, a)
	if err != nil || len(list) != 1 || list[0].Struck != "не тот пациент" || len(list[0].Diagnoses) != 1 {
		t.Errorf("the struck visit: %s, %v", asJSON(t, list), err)
	}
	_, err = w.AddProtocol(ctx, fixed{}, clinic.Protocol{Visit: v.ID})
	refused(t, err, fault.Conflict, "")
	_, err = w.EditVisit(ctx, clinic.NewID(), strike)
	refused(t, err, fault.NotFound, "")
	_, err = w.Visits(ctx, clinic.NewID())
	refused(t, err, fault.NotFound, "")
	w.sound()
}

// TestNurseEdits: who may not diagnose changes nothing of diagnoses and prescriptions,
// neither in place nor by striking the visit out (R11.2).
func TestNurseEdits(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{NameUnknown: true}).ID
	v := w.visit(clinic.Visit{Patient: p, Diagnoses: []clinic.Diagnosis{{Text: "ОРВИ"}}, Prescriptions: []clinic.Prescription{{INN: "парацетамол"}}})
	nurse := w.as("", clinic.Nurse)
	for name, change := range map[string]func(*clinic.Visit){
		"diagnosis in place":    func(x *clinic.Visit) { x.Diagnoses[0].Text = "грипп" },
		"prescription in place": func(x *clinic.Visit) { x.Prescriptions[0].Dose = "5" },
		"new prescription": func(x *clinic.Visit) {
			x.Prescriptions = append(x.Prescriptions, clinic.Prescription{INN: "морфин"})
		},
		"no diagnoses": func(x *clinic.Visit) { x.Diagnoses = nil },
		"struck out":   func(x *clinic.Visit) { x.Status, x.Struck = clinic.VisitStruck, "так" },
	} {
		_, err := nurse.EditVisit(ctx, v.ID, func(x clinic.Visit) (clinic.Visit, error) { change(&x); return x, nil })
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	read, err := w.Visit(ctx, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the visit", read, v)
	measured := func(x clinic.Visit) (clinic.Visit, error) {
		x.Observations = append(x.Observations, clinic.Observation{Value: "36,6"})
		return x, nil
	}
	if _, err := nurse.EditVisit(ctx, v.ID, measured); err != nil {
		t.Errorf("a nurse may measure: %v", err)
	}
	if _, err := w.as("приказ № 7", clinic.Feldsher).EditVisit(ctx, v.ID, func(x clinic.Visit) (clinic.Visit, error) {
		x.Prescriptions = append(x.Prescriptions, clinic.Prescription{INN: "ибупрофен"})
		return x, nil
	}); err != nil {
		t.Fatal(err)
	}
	if read, err = w.Visit(ctx, v.ID); err != nil || read.Prescriptions[0].Staff != w.who.ID || read.Prescriptions[1].Staff == w.who.ID {
		t.Errorf("who prescribed what is lost: %v", err)
	}
}

func count(list []check.Warning, key string) (n int) {
	for _, w := range list {
		if w.Key == key {
			n++
		}
	}
	return n
}

const (
	allergic = "warn.prescription.allergy"
	doubled  = "warn.prescription.double"
)

// TestPrescriptionWarnings: a prescription against an allergy, or of what the patient
// takes, warns and is stored; so does an allergy that is stated later (R3.3).
func TestPrescriptionWarnings(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{NameUnknown: true}).ID
	visit := func(list ...clinic.Prescription) clinic.Visit { return clinic.Visit{Patient: p, Prescriptions: list} }
	add := func(v clinic.Visit) (clinic.Visit, []check.Warning) {
		t.Helper()
		saved, err := w.AddVisit(ctx, v)
		if err != nil {
			t.Fatal(err)
		}
		return saved.Visit, saved.Warnings
	}
	first, got := add(visit(clinic.Prescription{INN: "амоксициллин"}, clinic.Prescription{INN: "ибупрофен"}, clinic.Prescription{Trade: "Нурофен"}))
	if count(got, allergic) != 0 || count(got, doubled) != 1 || got[0].Field != "prescriptions[2]" {
		t.Errorf("a double within one visit: %v", got)
	}
	_, got = add(visit(clinic.Prescription{Trade: "Нурофен"}, clinic.Prescription{INN: "ибупрофен", Status: "stopped"}))
	if count(got, doubled) != 1 {
		t.Errorf("a double of a running one: %v", got)
	}
	penicillin, err := w.AddAllergy(ctx, clinic.Allergy{Patient: p, Substance: "пенициллины", Kind: "drug"})
	if err != nil || count(penicillin.Warnings, allergic) != 1 {
		t.Errorf("an allergy stated later: %v, %v", penicillin.Warnings, err)
	}
	if a, err := w.AddAllergy(ctx, clinic.Allergy{Patient: p, Substance: "йод"}); err != nil || len(a.Warnings) != 0 {
		t.Errorf("an allergy to what nobody takes: %v, %v", a.Warnings, err)
	}
	_, got = add(visit(clinic.Prescription{Trade: "Флемоксин Солютаб"}))
	if count(got, allergic) != 1 || count(got, doubled) != 1 {
		t.Errorf("another penicillin: %v", got)
	}
	edited, err := w.EditVisit(ctx, first.ID, func(v clinic.Visit) (clinic.Visit, error) { return v, nil })
	if err != nil || count(edited.Warnings, allergic) != 1 {
		t.Errorf("an edit after the allergy: %v, %v", edited.Warnings, err)
	}
	// Refuted, it warns no more.
	refuted, err := w.EditAllergy(ctx, penicillin.ID, func(a clinic.Allergy) (clinic.Allergy, error) {
		a.Status = "refuted"
		return a, nil
	})
	if err != nil || len(refuted.Warnings) != 0 {
		t.Fatal(refuted.Warnings, err)
	}
	if chart, err := w.Chart(ctx, p); err != nil || len(chart.Allergies) != 2 {
		t.Errorf("refuting made another allergy: %v", err)
	}
	_, got = add(visit(clinic.Prescription{INN: "ампициллин"}))
	if len(got) != 0 {
		t.Errorf("against a refuted allergy: %v", got)
	}
	// What is over, and what a struck visit prescribed, is not taken any more.
	over, _ := add(visit(clinic.Prescription{INN: "цетиризин", Stop: "2026-11-01"}, clinic.Prescription{INN: "омепразол"}))
	if _, err := w.EditVisit(ctx, over.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Status, v.Struck = clinic.VisitStruck, "ошибка"
		return v, nil
	}); err != nil {
		t.Fatal(err)
	}
	add(visit(clinic.Prescription{INN: "лоратадин", Stop: "2026-11-01"}))
	_, got = add(visit(clinic.Prescription{INN: "омепразол"}, clinic.Prescription{INN: "лоратадин"}, clinic.Prescription{INN: "цетиризин"}))
	if len(got) != 0 {
		t.Errorf("of courses that are over: %v", got)
	}
	w.sound()
}
