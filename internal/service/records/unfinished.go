package records

import (
	"context"

	"feldsher/internal/clinic"
)

// UnfinishedVisit finds the user's own visit of a patient that is open and was begun
// since a moment, the newest one: who opens a new visit of that patient goes on with it.
// It tells an id and nothing of what was written, so that no look is noted.
func (r *Records) UnfinishedVisit(ctx context.Context, patient clinic.ID, since clinic.Time) (id clinic.ID, found bool, err error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return id, false, err
	}
	return r.store.Reader(ctx).OpenVisit(patient, r.who.ID, since)
}
