package records

import (
	"context"
	"fmt"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// Saved is a stored card with what looked wrong and did not block it (R1.7).
type Saved struct {
	clinic.Patient
	Warnings []check.Warning `json:"-"`
}

// defaultLimit is the most cards of an organisation whose licence says nothing
// else (R1.4).
const defaultLimit = 100_000

// RegisterPatient stores a new card and gives it its case number.
func (r *Records) RegisterPatient(ctx context.Context, p clinic.Patient) (Saved, error) {
	if err := r.who.Require(clinic.WriteCards); err != nil {
		return Saved{}, err
	}
	org, err := r.store.Organisation(ctx)
	if err != nil {
		return Saved{}, err
	}
	p = cloneCard(p)
	warnings, err := preparePatient(&p, org.Country, r.now())
	if err != nil {
		return Saved{}, err
	}
	p.CaseNumber, p.Annulled, p.Deleted = "", "", 0
	err = r.update(ctx, "patient.register", func(tx *store.Tx) error {
		if !p.ID.IsZero() {
			if err := refuseKnown(tx, p.ID); err != nil {
				return err
			}
		}
		if err := refers(tx, &p, &clinic.Patient{}); err != nil {
			return err
		}
		w, err := checkLimit(tx, org.Patients)
		if err != nil {
			return err
		}
		warnings = append(warnings, w...)
		return tx.PutPatient(&p)
	})
	if err != nil {
		return Saved{}, err // with no number that was never given
	}
	return Saved{p, warnings}, nil
}

// cloneCard copies the lists of a card, so that what the caller holds stays as it
// is and what was stored can be told from what was changed in place.
func cloneCard(p clinic.Patient) clinic.Patient {
	p.FormerNames, p.Contacts, p.Addresses = slices.Clone(p.FormerNames), slices.Clone(p.Contacts), slices.Clone(p.Addresses)
	p.Documents, p.Background = slices.Clone(p.Documents), slices.Clone(p.Background)
	p.Representatives = slices.Clone(p.Representatives)
	return p
}

// refers checks that the cards a card newly names are there: the mother's, those
// of representatives.
func refers(tx *store.Tx, p, old *clinic.Patient) error {
	known := map[clinic.ID]bool{{}: true, old.Mother: true}
	for i := range old.Representatives {
		known[old.Representatives[i].Person] = true
	}
	there := func(field string, id clinic.ID) error {
		if known[id] {
			return nil
		}
		if ok, err := tx.Has("patient", id); err != nil || ok {
			return err
		}
		return fault.At(field, "fault.patient.none")
	}
	if err := there("mother", p.Mother); err != nil {
		return err
	}
	if err := photoOf(tx, p, old); err != nil {
		return err
	}
	for i := range p.Representatives {
		if err := there(fmt.Sprintf("representatives[%d].person", i), p.Representatives[i].Person); err != nil {
			return err
		}
	}
	return nil
}

// liveCard reads a card that can be written to: one that was struck out can't.
func liveCard(tx *store.Tx, id clinic.ID) (clinic.Patient, error) {
	p, err := tx.Patient(id)
	if err == nil && !p.Deleted.IsZero() {
		err = fault.New(fault.NotFound, "fault.patient.none")
	}
	return p, err
}

func refuseKnown(tx *store.Tx, id clinic.ID) error {
	switch _, err := tx.Patient(id); {
	case err == nil:
		return fault.New(fault.Conflict, "fault.patient.known")
	case fault.Is(err, fault.NotFound):
		return nil
	default:
		return err
	}
}

// limitOf is the most cards that an organisation may have.
func limitOf(licence int) int {
	if licence <= 0 {
		return defaultLimit
	}
	return licence
}

// roomFor counts how many more cards fit under the limit.
func roomFor(tx *store.Tx, licence int) (int, error) {
	n, err := tx.PatientCount()
	return limitOf(licence) - n, err
}

// checkLimit refuses a card beyond the licence's limit and warns from 95 % on.
func checkLimit(tx *store.Tx, licence int) ([]check.Warning, error) {
	room, err := roomFor(tx, licence)
	if err != nil {
		return nil, err
	}
	limit := limitOf(licence)
	switch n := limit - room + 1; {
	case room < 1:
		return nil, fault.New(fault.Conflict, "fault.patient.limit", "limit", limit)
	case n*100 >= limit*95:
		return []check.Warning{{Key: "warn.patient.limit", Args: map[string]any{"n": n, "limit": limit}}}, nil
	}
	return nil, nil
}

// EditPatient changes a card: change gets the stored one and returns what it
// shall be. Number, origin and tombstone are not the user's to change.
func (r *Records) EditPatient(ctx context.Context, id clinic.ID, change func(clinic.Patient) (clinic.Patient, error)) (Saved, error) {
	if err := r.who.Require(clinic.WriteCards); err != nil {
		return Saved{}, err
	}
	org, err := r.store.Organisation(ctx)
	if err != nil {
		return Saved{}, err
	}
	var out Saved
	err = r.update(ctx, "patient.edit", func(tx *store.Tx) error {
		old, err := liveCard(tx, id)
		if err != nil {
			return err
		}
		p, err := change(cloneCard(old))
		if err != nil {
			return err
		}
		p.ID, p.CaseNumber, p.Source = old.ID, old.CaseNumber, old.Source
		p.Deleted, p.Annulled = old.Deleted, old.Annulled
		warnings, err := preparePatient(&p, org.Country, r.now())
		if err != nil {
			return err
		}
		if err := refers(tx, &p, &old); err != nil {
			return err
		}
		out = Saved{p, warnings}
		return tx.PutPatient(&out.Patient)
	})
	if err != nil {
		return Saved{}, err
	}
	return out, nil
}

// AnnulPatient strikes a card out that was made by mistake; its number stays
// listed with the reason (R1.2).
func (r *Records) AnnulPatient(ctx context.Context, id clinic.ID, why string) error {
	if err := r.who.Require(clinic.WriteCards); err != nil {
		return err
	}
	if err := reason(&why, "fault.patient.annul_why"); err != nil {
		return err
	}
	return r.update(ctx, "patient.annul", func(tx *store.Tx) error {
		p, err := liveCard(tx, id)
		if err != nil {
			return err
		}
		if cards, err := tx.Component(p.ID); err != nil {
			return err
		} else if len(cards) > 1 {
			return fault.New(fault.Conflict, "fault.patient.annul_merged")
		}
		signed, err := hasSigned(tx, p.ID, clinic.ID{})
		if err != nil {
			return err
		}
		if signed {
			return fault.New(fault.Conflict, "fault.patient.signed")
		}
		p.Annulled, p.Deleted = why, tx.Now()
		return tx.PutPatient(&p)
	})
}

// reason checks why something was done: it must be said, on one line of text.
func reason(why *string, key string) error {
	var c checker
	c.line("why", why)
	if *why == "" {
		c.fail(fault.At("why", key))
	}
	return c.err
}

// Annulled lists the cards that were struck out, with their numbers and why (R1.2).
func (r *Records) Annulled(ctx context.Context) ([]clinic.Patient, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return nil, err
	}
	list, err := r.store.Reader(ctx).Annulled()
	if err != nil {
		return nil, err
	}
	return list, r.looked(ctx, "view", "annulled", clinic.ID{}, len(list))
}

// Patient reads a card by its id and notes that it was viewed.
func (r *Records) Patient(ctx context.Context, id clinic.ID) (clinic.Patient, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return clinic.Patient{}, err
	}
	p, err := r.store.Reader(ctx).Patient(id)
	if err != nil {
		return p, err
	}
	return p, r.looked(ctx, "view", "patient", p.ID, 1)
}

// PatientByCase reads a card by its case number; of merged cards any number opens
// the root. CardID names the very card.
func (r *Records) PatientByCase(ctx context.Context, number string) (clinic.Patient, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return clinic.Patient{}, err
	}
	q := r.store.Reader(ctx)
	p, err := q.PatientByCase(number)
	if err != nil {
		return p, err
	}
	if cards, err := q.Component(p.ID); err != nil {
		return p, err
	} else if cards[0] != p.ID {
		if p, err = q.Patient(cards[0]); err != nil {
			return p, err
		}
	}
	return p, r.looked(ctx, "view", "patient", p.ID, 1)
}

// FindPatients searches cards by any part (R1.5), the best first.
func (r *Records) FindPatients(ctx context.Context, query string, limit int) ([]clinic.Brief, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return nil, err
	}
	found, err := r.store.Reader(ctx).FindPatients(query, limit)
	if err != nil {
		return nil, err
	}
	return found, r.looked(ctx, "search", "patient", clinic.ID{}, len(found))
}
