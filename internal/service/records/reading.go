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
	if err := r.known(ctx, patient); err != nil {
		return nil, err
	}
	list, err := r.store.Reader(ctx).Visits(patient)
	if err != nil {
		return nil, err
	}
	return list, r.looked(ctx, "view", "visit", patient, len(list))
}

// known refuses the id of a card that is not there, where an empty list would pass
// for an answer.
func (r *Records) known(ctx context.Context, patient clinic.ID) error {
	if there, err := r.store.Reader(ctx).HasPatient(patient); err != nil || there {
		return err
	}
	return fault.New(fault.NotFound, "fault.patient.none")
}
