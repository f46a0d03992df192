package records

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// The values that states and kinds may have.
var (
	problemState = []string{"active", "remission", "resolved"}
	allergyState = []string{"active", "refuted", "resolved"}
	allergyKinds = []string{"drug", "food", "environment", "other"}
	severities   = []string{"", "mild", "moderate", "severe"}
)

// AddProblem writes a line of the problem list: what goes on between visits.
func (r *Records) AddProblem(ctx context.Context, p clinic.Problem) (clinic.Problem, error) {
	if err := r.who.Require(clinic.Prescribe); err != nil {
		return clinic.Problem{}, err
	}
	if err := prepareProblem(&p); err != nil {
		return clinic.Problem{}, err
	}
	p.Deleted = 0
	err := r.update(ctx, "problem.add", func(tx *store.Tx) error {
		card, err := rootCard(tx, p.Patient)
		if err != nil {
			return err
		}
		p.Patient = card.ID
		if err := refuseTaken(tx, "problem", p.ID, "fault.problem.known"); err != nil {
			return err
		}
		return tx.PutProblem(&p)
	})
	if err != nil {
		return clinic.Problem{}, err
	}
	return p, nil
}

// EditProblem changes a line of the problem list: change gets the stored one and
// returns what it shall be. Whose it is, where it was first stated and where it
// came from stay.
func (r *Records) EditProblem(ctx context.Context, id clinic.ID, change func(clinic.Problem) (clinic.Problem, error)) (clinic.Problem, error) {
	if err := r.who.Require(clinic.Prescribe); err != nil {
		return clinic.Problem{}, err
	}
	var out clinic.Problem
	err := r.update(ctx, "problem.edit", func(tx *store.Tx) error {
		old, err := tx.Problem(id)
		if err != nil {
			return err
		}
		if _, err := liveCard(tx, old.Patient); err != nil {
			return err
		}
		p, err := change(old)
		if err != nil {
			return err
		}
		if p.Patient != old.Patient {
			return fault.New(fault.Conflict, "fault.record.patient")
		}
		p.Record, p.Diagnosis, p.Source = old.Record, old.Diagnosis, old.Source
		if err := prepareProblem(&p); err != nil {
			return err
		}
		out = p
		return tx.PutProblem(&out)
	})
	if err != nil {
		return clinic.Problem{}, err
	}
	return out, nil
}

func prepareProblem(p *clinic.Problem) error {
	if p.Status == "" {
		p.Status = "active"
	}
	var c checker
	if p.Patient.IsZero() {
		c.fail(fault.At("patient", "fault.field.empty"))
	}
	c.oneOf("status", p.Status, problemState)
	c.text("text", &p.Text)
	if p.Code == "" && p.Text == "" {
		c.fail(fault.At("code", "fault.field.empty"))
	}
	c.date("since", p.Since)
	c.date("resolved", p.Resolved)
	c.inOrder("resolved", p.Since, p.Resolved)
	c.sane(p)
	return c.err
}

// refuseTaken refuses a new record whose id another has already.
func refuseTaken(tx *store.Tx, table string, id clinic.ID, key string) error {
	if id.IsZero() {
		return nil
	}
	taken, err := tx.Has(table, id)
	if err == nil && taken {
		err = fault.New(fault.Conflict, key)
	}
	return err
}

// SavedAllergy is a stored allergy with what the patient takes against it.
type SavedAllergy struct {
	clinic.Allergy
	Warnings []check.Warning `json:"-"`
}

// AddAllergy writes an allergy and holds it against what the patient takes; the next
// prescriptions are held against it (R3.3).
func (r *Records) AddAllergy(ctx context.Context, a clinic.Allergy) (SavedAllergy, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return SavedAllergy{}, err
	}
	if err := prepareAllergy(&a); err != nil {
		return SavedAllergy{}, err
	}
	a.Deleted = 0
	var out SavedAllergy
	err := r.update(ctx, "allergy.add", func(tx *store.Tx) (err error) {
		card, err := rootCard(tx, a.Patient)
		if err != nil {
			return err
		}
		a.Patient = card.ID
		if err := refuseTaken(tx, "allergy", a.ID, "fault.allergy.known"); err != nil {
			return err
		}
		out, err = r.putAllergy(tx, a)
		return err
	})
	if err != nil {
		return SavedAllergy{}, err
	}
	return out, nil
}

// EditAllergy changes an allergy: it is refuted or resolved, say, and warns no more.
// change gets the stored one and returns what it shall be; whose it is and where it
// came from stay.
func (r *Records) EditAllergy(ctx context.Context, id clinic.ID, change func(clinic.Allergy) (clinic.Allergy, error)) (SavedAllergy, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return SavedAllergy{}, err
	}
	var out SavedAllergy
	err := r.update(ctx, "allergy.edit", func(tx *store.Tx) error {
		old, err := tx.Allergy(id)
		if err != nil {
			return err
		}
		if _, err := liveCard(tx, old.Patient); err != nil {
			return err
		}
		a, err := change(old)
		if err != nil {
			return err
		}
		if a.Patient != old.Patient {
			return fault.New(fault.Conflict, "fault.record.patient")
		}
		a.Record, a.Source = old.Record, old.Source
		if err := prepareAllergy(&a); err != nil {
			return err
		}
		out, err = r.putAllergy(tx, a)
		return err
	})
	if err != nil {
		return SavedAllergy{}, err
	}
	return out, nil
}

func (r *Records) putAllergy(tx *store.Tx, a clinic.Allergy) (SavedAllergy, error) {
	warnings, err := r.allergyWarnings(tx, &a)
	if err != nil {
		return SavedAllergy{}, err
	}
	err = tx.PutAllergy(&a)
	return SavedAllergy{a, warnings}, err
}

func prepareAllergy(a *clinic.Allergy) error {
	if a.Status == "" {
		a.Status = "active"
	}
	if a.Kind == "" {
		a.Kind = "other"
	}
	var c checker
	if a.Patient.IsZero() {
		c.fail(fault.At("patient", "fault.field.empty"))
	}
	c.line("substance", &a.Substance)
	c.text("reaction", &a.Reaction)
	if a.Substance == "" {
		c.fail(fault.At("substance", "fault.field.empty"))
	}
	c.oneOf("status", a.Status, allergyState)
	c.oneOf("kind", a.Kind, allergyKinds)
	c.oneOf("severity", a.Severity, severities)
	c.date("since", a.Since)
	c.sane(a)
	return c.err
}
