package access

import (
	"context"
	"sync"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/store"
)

// Looks notes who has looked at what, for the ledger's chain of accesses (R11.4).
// Acts are held back and written together, so that looking costs no wait. It may be
// used by several goroutines at once.
type Looks struct {
	store *store.Store
	who   clinic.ID // whose looks: somebody else may be at work when they are written
	now   func() time.Time

	mu   sync.Mutex
	acts []ledger.Access
	seen map[look]time.Time
}

// look is an act that a page repeats whenever it draws itself anew.
type look struct {
	action, what string
	of           string
	count        int
}

// lookBatch is how many acts are held back for one entry, lookHeld how many at most
// while they can't be written, lookAgain for how long the same page drawn again is
// the same act of looking.
const (
	lookBatch = 100
	lookHeld  = 5000
	lookAgain = 10 * time.Minute
)

// NewLooks is for the logged-in user who.
func NewLooks(s *store.Store, who *User, now func() time.Time) *Looks {
	return &Looks{store: s, who: who.ID, now: now, seen: map[look]time.Time{}}
}

// Note notes an act of looking: "view", "search", "print" or "export", at which
// table or command, never content; the patient where one is concerned, and how many
// records were seen. It fails only when too many acts could not be written.
func (l *Looks) Note(ctx context.Context, action, what string, patient clinic.ID, count int) error {
	l.mu.Lock()
	l.acts = append(l.acts, ledger.Access{At: l.now().UnixMilli(), Action: action, What: what, Patient: patient, Count: int64(count)})
	held := len(l.acts)
	l.mu.Unlock()
	if held%lookBatch != 0 && held < lookHeld {
		return nil
	}
	// What was seen was seen, also where nobody waits for it any more.
	if err := l.Flush(context.WithoutCancel(ctx)); err != nil && held >= lookHeld {
		return err
	}
	return nil
}

// NotePage is Note for a page that draws itself anew whenever something changes: the
// same page (of says which) with no more records counts once in ten minutes.
func (l *Looks) NotePage(ctx context.Context, action, what, of string, count int) error {
	if count == 0 {
		return nil
	}
	key, now := look{action, what, of, count}, l.now()
	l.mu.Lock()
	last, known := l.seen[key]
	again := known && now.Sub(last) < lookAgain && !now.Before(last)
	if !again {
		if len(l.seen) > lookHeld {
			clear(l.seen)
		}
		l.seen[key] = now
	}
	l.mu.Unlock()
	if again {
		return nil
	}
	return l.Note(ctx, action, what, clinic.ID{}, count)
}

// Flush writes the acts noted so far to the ledger.
func (l *Looks) Flush(ctx context.Context) error {
	l.mu.Lock()
	acts := l.acts
	l.acts = nil
	l.mu.Unlock()
	if err := l.store.AccessBy(ctx, l.who, acts); err != nil {
		l.mu.Lock()
		l.acts = append(acts, l.acts...)
		l.mu.Unlock()
		return err
	}
	return nil
}
