package records

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
)

// Similar gives the cards that a card being typed may be a second one of, the
// surest first, at most limit (R1.6). The draft is as it stands in the form, checked
// or not; with an id it is a card that is being edited, which is not like itself. A
// few milliseconds at a hundred thousand cards: it may be asked at every key.
func (r *Records) Similar(ctx context.Context, draft clinic.Patient, limit int) ([]clinic.Candidate, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return nil, err
	}
	found, err := r.store.Reader(ctx).Similar(&draft, limit)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found, r.looked(ctx, "search", "patient", clinic.ID{}, len(found))
}

// PatientOrder reads the list of all cards by name, or the first ones of it, if
// limit is above zero; PatientRows gives its rows.
func (r *Records) PatientOrder(ctx context.Context, limit int) (store.Order, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return store.Order{}, err
	}
	return r.store.Reader(ctx).PatientOrder(limit)
}

// PatientRows reads rows of the list of all cards from a place on, at most count. A
// card that was struck out since the order was read has a zero id.
func (r *Records) PatientRows(ctx context.Context, order store.Order, from, count int) ([]clinic.Brief, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return nil, err
	}
	rows, err := r.store.Reader(ctx).PatientRows(order, from, count)
	if err != nil {
		return nil, err
	}
	return rows, r.looked(ctx, "view", "patients", clinic.ID{}, len(rows))
}

// Brief reads what a list shows of a card, or of the card that it is merged into;
// ok is false for one that is not there or was annulled.
func (r *Records) Brief(ctx context.Context, id clinic.ID) (b clinic.Brief, ok bool, err error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return b, false, err
	}
	b, ok, err = r.store.Reader(ctx).Brief(id)
	if err != nil || !ok {
		return b, ok, err
	}
	return b, ok, r.looked(ctx, "view", "patient", b.ID, 1)
}
