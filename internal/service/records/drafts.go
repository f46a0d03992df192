package records

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
)

// The kinds of drafts: what is being typed, and which record the id names.
const (
	DraftVisit   = "visit"   // of a visit, by its id
	DraftPatient = "patient" // of a card, by its id; the zero id for a new one
	DraftBooking = "booking" // of a booking, by the id of the day's page
	DraftOther   = "other"
)

// SaveDraft keeps what the user is typing, outside the ledger (R3.8); an empty body
// forgets it. Drafts are the user's own: nobody else reads them.
func (r *Records) SaveDraft(ctx context.Context, kind string, id clinic.ID, body string) error {
	return r.store.Local(ctx, func(tx *store.Tx) error {
		return tx.PutDraft(store.Draft{Staff: r.who.ID, Kind: kind, ID: id, Body: body})
	})
}

// Draft reads what the user has typed; ok is false where there is nothing.
func (r *Records) Draft(ctx context.Context, kind string, id clinic.ID) (d store.Draft, ok bool, err error) {
	return r.store.Reader(ctx).Draft(r.who.ID, kind, id)
}

// Drafts lists the user's drafts, the newest first.
func (r *Records) Drafts(ctx context.Context) ([]store.Draft, error) {
	return r.store.Reader(ctx).Drafts(r.who.ID)
}
