package records

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
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

// AddProblem writes a line of the problem list; one with the id of a line that is
// there changes it, but for whose it is and where it came from.
func (r *Records) AddProblem(ctx context.Context, p clinic.Problem) (clinic.Problem, error) {
	if err := r.who.Require(clinic.Prescribe); err != nil {
		return p, err
	}
	if p.Status == "" {
		p.Status = "active"
	}
	var c checker
	c.oneOf("status", p.Status, []string{"active", "remission", "resolved"})
	c.text("text", &p.Text)
	if p.Code == "" && p.Text == "" {
		c.fail(fault.At("code", "fault.field.empty"))
	}
	c.date("since", p.Since)
	c.date("resolved", p.Resolved)
	c.sane(&p)
	if c.err != nil {
		return clinic.Problem{}, c.err
	}
	p.Deleted = 0
	err := r.update(ctx, "problem.save", func(tx *store.Tx) error {
		if _, err := liveCard(tx, p.Patient); err != nil {
			return err
		}
		// Nobody else writes meanwhile: the committed state is the present one.
		stored, err := r.store.Reader(ctx).Problems(p.Patient)
		if err != nil {
			return err
		}
		for i := range stored {
			if stored[i].ID == p.ID {
				p.Source, p.Diagnosis = stored[i].Source, stored[i].Diagnosis
			}
		}
		return tx.PutProblem(&p)
	})
	if err != nil {
		return clinic.Problem{}, err
	}
	return p, nil
}

// SavedAllergy is a stored allergy with what the patient takes against it.
type SavedAllergy struct {
	clinic.Allergy
	Warnings []check.Warning `json:"-"`
}

// AddAllergy writes an allergy and holds it against what the patient takes; the next
// prescriptions are held against it (R3.3). One with the id of an allergy that is
// there changes it: it is refuted, say.
func (r *Records) AddAllergy(ctx context.Context, a clinic.Allergy) (SavedAllergy, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return SavedAllergy{}, err
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
		return SavedAllergy{}, c.err
	}
	a.Deleted = 0
	var warnings []check.Warning
	err := r.update(ctx, "allergy.save", func(tx *store.Tx) error {
		if _, err := liveCard(tx, a.Patient); err != nil {
			return err
		}
		stored, err := tx.Allergies(a.Patient)
		if err != nil {
			return err
		}
		for i := range stored {
			if stored[i].ID == a.ID {
				a.Source = stored[i].Source
			}
		}
		if warnings, err = r.allergyWarnings(tx, &a); err != nil {
			return err
		}
		return tx.PutAllergy(&a)
	})
	if err != nil {
		return SavedAllergy{}, err
	}
	return SavedAllergy{a, warnings}, nil
}
