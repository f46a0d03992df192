package records

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// Visit reads a visit whole and notes that it was viewed.
func (r *Records) Visit(ctx context.Context, id clinic.ID) (clinic.Visit, error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return clinic.Visit{}, err
	}
	v, err := r.store.Reader(ctx).Visit(id)
	if err != nil {
		return v, err
	}
	return v, r.looked(ctx, "view", "visit", v.Patient, 1)
}

// Chart is what a doctor opens: the card with everything that hangs on it.
type Chart struct {
	Patient   clinic.Patient    `json:"patient"`
	Problems  []clinic.Problem  `json:"problems,omitempty"`
	Allergies []clinic.Allergy  `json:"allergies,omitempty"`
	Visits    []clinic.Visit    `json:"visits,omitempty"`
	Protocols []clinic.Protocol `json:"protocols,omitempty"`

	// What hangs on no visit: imported results and the like.
	Observations  []clinic.Observation  `json:"observations,omitempty"`
	Prescriptions []clinic.Prescription `json:"prescriptions,omitempty"`
	Diagnoses     []clinic.Diagnosis    `json:"diagnoses,omitempty"`
}

// Chart opens a patient's whole record.
func (r *Records) Chart(ctx context.Context, id clinic.ID) (c Chart, err error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return c, err
	}
	q := r.store.Reader(ctx)
	if c.Patient, err = q.Patient(id); err != nil {
		return c, err
	}
	if c.Problems, err = q.Problems(id); err != nil {
		return c, err
	}
	if c.Allergies, err = q.Allergies(id); err != nil {
		return c, err
	}
	if c.Visits, err = q.Visits(id); err != nil {
		return c, err
	}
	if c.Protocols, err = q.Protocols(id); err != nil {
		return c, err
	}
	if c.Observations, c.Prescriptions, c.Diagnoses, err = q.Loose(id); err != nil {
		return c, err
	}
	return c, r.looked(ctx, "view", "chart", id, 1)
}

// Visits reads a patient's visits, the newest first.
func (r *Records) Visits(ctx context.Context, patient clinic.ID) ([]clinic.Visit, error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return nil, err
	}
	q := r.store.Reader(ctx)
	if known, err := q.HasPatient(patient); err != nil {
		return nil, err
	} else if !known {
		return nil, fault.New(fault.NotFound, "fault.patient.none")
	}
	list, err := q.Visits(patient)
	if err != nil {
		return nil, err
	}
	return list, r.looked(ctx, "view", "visit", patient, len(list))
}

// AddProblem writes a line of the problem list.
func (r *Records) AddProblem(ctx context.Context, p clinic.Problem) (clinic.Problem, error) {
	if err := r.who.Require(clinic.Prescribe); err != nil {
		return p, err
	}
	var c checker
	c.oneOf("status", p.Status, []string{"active", "remission", "resolved"})
	c.text("text", &p.Text)
	c.date("since", p.Since)
	c.sane(&p)
	if c.err != nil {
		return p, c.err
	}
	return p, r.putOne(ctx, "problem.save", p.Patient, func(tx txWriter) error { return tx.PutProblem(&p) })
}

// AddAllergy writes an allergy; the next prescriptions are held against it.
func (r *Records) AddAllergy(ctx context.Context, a clinic.Allergy) (clinic.Allergy, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return a, err
	}
	if a.Status == "" {
		a.Status = "active"
	}
	if a.Kind == "" {
		a.Kind = "other"
	}
	var c checker
	c.line("substance", &a.Substance)
	if a.Substance == "" {
		c.fail(fault.At("substance", "fault.field.empty"))
	}
	c.oneOf("status", a.Status, []string{"active", "refuted", "resolved"})
	c.oneOf("kind", a.Kind, []string{"drug", "food", "environment", "other"})
	c.date("since", a.Since)
	c.sane(&a)
	if c.err != nil {
		return a, c.err
	}
	return a, r.putOne(ctx, "allergy.save", a.Patient, func(tx txWriter) error { return tx.PutAllergy(&a) })
}
