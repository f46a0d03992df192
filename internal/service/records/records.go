// Package records is the clinical record: cards, visits and signed protocols
// (R1, R3). Every use case asks for the user's right, checks the rules, writes
// through the one door of the store and notes who has looked at what.
//
// It promises that a signed protocol never changes and that what it returned
// without an error is on the disk.
package records

import (
	"context"
	"sync"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Records works for one logged-in user.
type Records struct {
	store *store.Store
	who   *access.User
	now   func() time.Time

	mu       sync.Mutex
	accesses []ledger.Access
}

// New is for the logged-in user who.
func New(s *store.Store, who *access.User, now func() time.Time) *Records {
	return &Records{store: s, who: who, now: now}
}

func (r *Records) update(ctx context.Context, intent string, fn func(*store.Tx) error) error {
	return r.store.Update(ctx, journal.Act{Actor: r.who.ID, Intent: intent}, fn)
}

// accessBatch is how many acts of looking are held back for one entry.
const accessBatch = 100

// looked notes an act of looking; Flush writes the notes.
func (r *Records) looked(ctx context.Context, action, what string, patient clinic.ID, count int) error {
	r.mu.Lock()
	r.accesses = append(r.accesses, ledger.Access{
		At: r.now().UnixMilli(), Action: action, What: what, Patient: patient, Count: int64(count),
	})
	full := len(r.accesses) >= accessBatch
	r.mu.Unlock()
	if full {
		return r.Flush(ctx)
	}
	return nil
}

// Flush writes the acts of looking noted so far to the ledger (R11.4). Call it
// when the user leaves.
func (r *Records) Flush(ctx context.Context) error {
	r.mu.Lock()
	acts := r.accesses
	r.accesses = nil
	r.mu.Unlock()
	if err := r.store.Access(ctx, acts); err != nil {
		r.mu.Lock()
		r.accesses = append(acts, r.accesses...)
		r.mu.Unlock()
		return err
	}
	return nil
}

// txWriter is what a single record needs of a transaction.
type txWriter interface {
	PutProblem(*clinic.Problem) error
	PutAllergy(*clinic.Allergy) error
}

func (r *Records) putOne(ctx context.Context, intent string, patient clinic.ID, put func(txWriter) error) error {
	return r.update(ctx, intent, func(tx *store.Tx) error {
		if _, err := tx.Patient(patient); err != nil {
			return err
		}
		return put(tx)
	})
}
