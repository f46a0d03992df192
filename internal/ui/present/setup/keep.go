package setup

import (
	"context"
	"sync"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
)

// draftAfter is how long after the first key that the draft lacks it is written, so
// that it is never more than two seconds old (R3.8).
const draftAfter = 1500 * time.Millisecond

// Keeper keeps what is being typed into a form.
type Keeper struct {
	s  *present.Session
	id clinic.ID // of the section's one draft
	mu sync.Mutex

	body  string
	dirty bool
	timer *time.Timer
}

// NewKeeper is for a section of the page of settings: each keeps one form for a user.
func NewKeeper(s *present.Session, section string) *Keeper {
	return &Keeper{s: s, id: ledger.DeriveID(ledger.ID{}, "feldsher/settings/"+section)}
}

// Read gives the draft that was kept, "" for none.
func (k *Keeper) Read(ctx context.Context) string {
	d, ok, err := k.s.Records.Draft(ctx, records.DraftOther, k.id)
	if err != nil || !ok {
		return ""
	}
	return d.Body
}

// Typed notes what stands in a form; it is written a little later.
func (k *Keeper) Typed(f *Form) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.body, k.dirty = f.Draft(), true
	if k.timer == nil {
		k.timer = time.AfterFunc(draftAfter, func() { _ = k.Flush(context.Background()) })
	}
}

// Forget throws the draft away: what was in it is stored, or not wanted.
func (k *Keeper) Forget() {
	k.mu.Lock()
	k.body, k.dirty = "", true
	k.mu.Unlock()
	_ = k.Flush(context.Background())
}

// Flush writes what is not written yet, at once.
func (k *Keeper) Flush(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
	if !k.dirty {
		return nil
	}
	if err := k.s.Records.SaveDraft(ctx, records.DraftOther, k.id, k.body); err != nil {
		return err
	}
	k.dirty = false
	return nil
}

// Dirty reports whether anything was typed since the form was opened.
func (k *Keeper) Dirty() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.body != ""
}
