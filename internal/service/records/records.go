// Package records is the clinical record: cards, visits and signed protocols
// (R1, R3). Every use case asks for the user's right, checks the rules, writes
// through the one door of the store and notes who has looked at what.
//
// It promises that a signed protocol never changes and that what it returned
// without an error is on the disk.
package records

import (
	"context"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Records works for one logged-in user.
type Records struct {
	store *store.Store
	who   *access.User
	now   func() time.Time
	looks *access.Looks
}

// New is for the logged-in user who.
func New(s *store.Store, who *access.User, now func() time.Time) *Records {
	return &Records{store: s, who: who, now: now, looks: access.NewLooks(s, who, now)}
}

func (r *Records) update(ctx context.Context, intent string, fn func(*store.Tx) error) error {
	return r.store.Update(ctx, journal.Act{Actor: r.who.ID, Intent: intent}, fn)
}

// looked notes an act of looking; Flush writes the notes. It fails only when too
// many could not be written: a full disk keeps nobody from a card at once, and what
// was looked at is not forgotten.
func (r *Records) looked(ctx context.Context, action, what string, patient clinic.ID, count int) error {
	return r.looks.Note(ctx, action, what, patient, count)
}

// left notes that data leave the program, at once: of all acts this is the one that
// a power cut must not wipe out (R10.4).
func (r *Records) left(ctx context.Context, action, what string, count int) error {
	if err := r.looked(ctx, action, what, clinic.ID{}, count); err != nil {
		return err
	}
	return r.Flush(ctx)
}

// Flush writes the acts of looking noted so far to the ledger (R11.4). Call it
// when the user leaves, locks the screen or has been idle for a while: until then
// at most a hundred acts are held in memory.
func (r *Records) Flush(ctx context.Context) error { return r.looks.Flush(ctx) }
