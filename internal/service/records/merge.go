package records

import (
	"context"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// Merged is what became of merging or parting: the card under which the first of
// the two is shown now, and all cards that are one with it, the root first.
type Merged struct {
	Root  clinic.ID   `json:"root"`
	Cards []clinic.ID `json:"cards"`
}

// MergePatients says that two cards are of one person (R1.6). From then on either
// of them opens both; nothing moves from card to card, so that UnmergePatients gives
// back exactly what was. New visits go to the root, the card with the smallest id.
// Faults: NotFound, Invalid without a reason and for a card with itself, Conflict
// for a card that was annulled and for cards that are one already.
func (r *Records) MergePatients(ctx context.Context, a, b clinic.ID, why string) (Merged, error) {
	if err := r.who.Require(clinic.WriteCards); err != nil {
		return Merged{}, err
	}
	if err := reason(&why, "fault.patient.merge_why"); err != nil {
		return Merged{}, err
	}
	if a == b {
		return Merged{}, fault.At("other", "fault.patient.merge_self")
	}
	var out Merged
	err := r.update(ctx, "patient.merge", func(tx *store.Tx) error {
		for _, id := range []clinic.ID{a, b} {
			p, err := tx.Patient(id)
			if err != nil {
				return err
			}
			if !p.Deleted.IsZero() {
				return fault.New(fault.Conflict, "fault.patient.merge_annulled", "number", p.CaseNumber)
			}
		}
		links, err := tx.LiveLinks(a)
		if err != nil {
			return err
		}
		if slices.Contains(clinic.Component(links, a), b) {
			return fault.New(fault.Conflict, "fault.patient.merge_again")
		}
		l := clinic.Link{Patient: a, Other: b, Why: why, At: tx.Now(), By: r.who.ID}
		if err := tx.PutLink(&l); err != nil {
			return err
		}
		out, err = mergedWith(tx, a)
		return err
	})
	if err != nil {
		return Merged{}, err
	}
	return out, nil
}

// UnmergePatients parts card b from card a: each shows again what was written on
// it. What had been merged with b before goes with b. Faults: NotFound, Conflict
// for cards that are not one.
func (r *Records) UnmergePatients(ctx context.Context, a, b clinic.ID) (Merged, error) {
	if err := r.who.Require(clinic.WriteCards); err != nil {
		return Merged{}, err
	}
	var out Merged
	err := r.update(ctx, "patient.unmerge", func(tx *store.Tx) error {
		for _, id := range []clinic.ID{a, b} {
			if _, err := tx.Patient(id); err != nil {
				return err
			}
		}
		links, err := tx.LiveLinks(a)
		if err != nil {
			return err
		}
		ending := clinic.Dividing(links, a, b)
		if len(ending) == 0 {
			return fault.New(fault.Conflict, "fault.patient.merge_none")
		}
		for i := range links {
			if l := &links[i]; slices.Contains(ending, l.ID) {
				l.Ended, l.EndedBy = tx.Now(), r.who.ID
				if err := tx.PutLink(l); err != nil {
					return err
				}
			}
		}
		out, err = mergedWith(tx, a)
		return err
	})
	if err != nil {
		return Merged{}, err
	}
	return out, nil
}

func mergedWith(tx *store.Tx, card clinic.ID) (Merged, error) {
	cards, err := tx.Component(card)
	if err != nil {
		return Merged{}, err
	}
	return Merged{cards[0], cards}, nil
}

// CardID gives the id of the very card that bears a number, be it merged or
// annulled. Faults: NotFound, Conflict where two bear it.
func (r *Records) CardID(ctx context.Context, number string) (clinic.ID, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return clinic.ID{}, err
	}
	p, err := r.store.Reader(ctx).PatientByCase(number)
	return p.ID, err
}

// MergedCards reads the cards that are one with a card, the root first, itself
// among them: what differs between them is shown side by side.
func (r *Records) MergedCards(ctx context.Context, id clinic.ID) ([]clinic.Patient, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return nil, err
	}
	list, err := cardsOf(r.store.Reader(ctx), id)
	if err != nil {
		return nil, err
	}
	return list, r.looked(ctx, "view", "patient", list[0].ID, len(list))
}

func cardsOf(q *store.Reader, id clinic.ID) ([]clinic.Patient, error) {
	ids, err := q.Component(id)
	if err != nil {
		return nil, err
	}
	out := make([]clinic.Patient, 0, len(ids))
	for _, id := range ids {
		p, err := q.Patient(id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// rootCard is liveCard for what is newly written: it goes to the root of merged
// cards.
func rootCard(tx *store.Tx, id clinic.ID) (clinic.Patient, error) {
	if _, err := liveCard(tx, id); err != nil {
		return clinic.Patient{}, err
	}
	root, err := tx.Root(id)
	if err != nil {
		return clinic.Patient{}, err
	}
	return liveCard(tx, root)
}

// gather joins what each of some cards has.
func gather[T any](cards []clinic.ID, list func(clinic.ID) ([]T, error)) ([]T, error) {
	var out []T
	for _, id := range cards {
		some, err := list(id)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = some
			continue
		}
		out = append(out, some...)
	}
	return out, nil
}

// newestFirst sorts what several cards have; what one card has is in order already.
func newestFirst[T any](cards []clinic.ID, list []T, at func(*T) clinic.Time) []T {
	if len(cards) > 1 {
		slices.SortStableFunc(list, func(a, b T) int { return int(min(max(at(&b)-at(&a), -1), 1)) })
	}
	return list
}
