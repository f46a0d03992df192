package records_test

import (
	"context"
	"errors"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// TestEditProblem: a problem changes its state, keeps its origin and where it was first
// stated, and never moves to another card.
func TestEditProblem(t *testing.T) {
	w, ctx := open(t), context.Background()
	a, b := w.register(clinic.Patient{NameUnknown: true}).ID, w.register(clinic.Patient{NameUnknown: true}).ID
	origin, stated := clinic.Source{System: "fhir", Code: "1"}, clinic.NewID()
	problem, err := w.AddProblem(ctx, clinic.Problem{Patient: a, Text: "астма", Source: origin, Diagnosis: stated})
	if err != nil || problem.Status != "active" {
		t.Fatal(problem, err)
	}
	_, err = w.AddProblem(ctx, problem)
	refused(t, err, fault.Conflict, "")
	edited, err := w.EditProblem(ctx, problem.ID, func(p clinic.Problem) (clinic.Problem, error) {
		p.ID, p.Status, p.Source, p.Diagnosis, p.Deleted = clinic.NewID(), "remission", clinic.Source{}, clinic.ID{}, 5
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	problem.Status = "remission"
	same(t, "edited", edited, problem)
	for name, c := range map[string]struct {
		id     clinic.ID
		change func(*clinic.Problem) error
		kind   fault.Kind
		field  string
	}{
		"another card": {problem.ID, func(p *clinic.Problem) error { p.Patient = b; return nil }, fault.Conflict, ""},
		"bad state":    {problem.ID, func(p *clinic.Problem) error { p.Status = "x"; return nil }, fault.Invalid, "status"},
		"nothing left": {problem.ID, func(p *clinic.Problem) error { p.Text = " "; return nil }, fault.Invalid, "code"},
		"not there":    {clinic.NewID(), func(*clinic.Problem) error { return nil }, fault.NotFound, ""},
		"refused":      {problem.ID, func(*clinic.Problem) error { return fault.At("text", "fault.field.empty") }, fault.Invalid, "text"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.EditProblem(ctx, c.id, func(p clinic.Problem) (clinic.Problem, error) {
				err := c.change(&p)
				return p, err
			})
			refused(t, err, c.kind, c.field)
		})
	}
	chart, err := w.Chart(ctx, a)
	if err != nil || len(chart.Problems) != 1 {
		t.Fatal(err, len(chart.Problems))
	}
	same(t, "stored", chart.Problems[0], problem)
	w.sound()
}

// TestEditAllergy: an allergy is refuted and stated again, with warnings; it never moves
// to another card, and one on a card that was struck out stays as it is (R3.3).
func TestEditAllergy(t *testing.T) {
	w, ctx := open(t), context.Background()
	visit := w.sick()
	other := w.register(clinic.Patient{NameUnknown: true}).ID
	a, err := w.AddAllergy(ctx, clinic.Allergy{Patient: visit.Patient, Substance: "парацетамол", Kind: "drug", Severity: "mild"})
	if err != nil || len(a.Warnings) != 1 {
		t.Fatal(a.Warnings, err)
	}
	_, err = w.AddAllergy(ctx, a.Allergy)
	refused(t, err, fault.Conflict, "")
	edit := func(change func(*clinic.Allergy)) (got clinic.Allergy, warnings int, err error) {
		saved, err := w.EditAllergy(ctx, a.ID, func(a clinic.Allergy) (clinic.Allergy, error) { change(&a); return a, nil })
		return saved.Allergy, len(saved.Warnings), err
	}
	got, warnings, err := edit(func(a *clinic.Allergy) { a.Status = "refuted" })
	if err != nil || warnings != 0 || got.Status != "refuted" || got.ID != a.ID || got.Severity != "mild" {
		t.Fatal(got, warnings, err)
	}
	got, warnings, err = edit(func(a *clinic.Allergy) { a.Status, a.Severity = "active", "severe" })
	if err != nil || warnings != 1 || got.Severity != "severe" {
		t.Fatal(got, warnings, err)
	}
	_, _, err = edit(func(a *clinic.Allergy) { a.Patient = other })
	refused(t, err, fault.Conflict, "")
	_, _, err = edit(func(a *clinic.Allergy) { a.Substance = "" })
	refused(t, err, fault.Invalid, "substance")
	_, err = w.EditAllergy(ctx, clinic.NewID(), func(a clinic.Allergy) (clinic.Allergy, error) { return a, nil })
	refused(t, err, fault.NotFound, "")
	stop := errors.New("stop")
	if _, err = w.EditAllergy(ctx, a.ID, func(a clinic.Allergy) (clinic.Allergy, error) { return a, stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := w.AnnulPatient(ctx, visit.Patient, "дубль"); err != nil {
		t.Fatal(err)
	}
	_, _, err = edit(func(a *clinic.Allergy) { a.Status = "refuted" })
	refused(t, err, fault.NotFound, "")
	w.sound()
}
