package entry

import (
	"context"
	"errors"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
)

// Reason says why the screen was locked.
type Reason string

// The reasons.
const (
	ByHand   Reason = "hand"    // Ctrl+Shift+L
	LongIdle Reason = "idle"    // nobody touched anything for long
	Suspend  Reason = "suspend" // the computer slept
	DayEnd   Reason = "day"     // the clinic's day is over
)

// Waiting is what waits while the clinic is locked. It names counts, nobody's
// data.
type Waiting struct {
	Reason Reason
	Drafts int // texts begun and not finished, of all users of this workstation
	Err    error
}

// Waiting says what waits, in the state Locked.
func (g *Gate) Waiting() Waiting { g.mu.Lock(); defer g.mu.Unlock(); return g.waiting }

// Hide takes everything off the screen; keys and database stay open, so that
// exchange and backup go on. The frame has kept the drafts before. An error tells
// that what was looked at could not be written yet; the screen is hidden all the
// same, and it is tried again before anybody else sits down.
func (g *Gate) Hide(ctx context.Context) error {
	g.working.Lock()
	defer g.working.Unlock()
	g.mu.Lock()
	if g.state != Working {
		g.mu.Unlock()
		return nil
	}
	g.state = Hidden
	g.mu.Unlock()
	return g.flush(ctx)
}

// Lock forgets all keys and closes the database. The frame has kept the drafts
// before. It closes in any case; an error is kept for the lock page too.
func (g *Gate) Lock(ctx context.Context, why Reason) error {
	g.working.Lock()
	defer g.working.Unlock()
	g.mu.Lock()
	st := g.store
	if g.state != Working && g.state != Hidden || st == nil {
		g.mu.Unlock()
		return nil
	}
	g.mu.Unlock()
	g.quiet()
	err := g.flush(ctx)
	drafts, counted := countDrafts(ctx, st)
	err = errors.Join(err, counted, st.Close())
	g.mu.Lock()
	defer g.mu.Unlock()
	g.store, g.seats, g.session, g.former = nil, nil, nil, nil
	g.state, g.waiting = Locked, Waiting{Reason: why, Drafts: drafts, Err: err}
	return err
}

// Close is Lock for the end of the program.
func (g *Gate) Close(ctx context.Context) error {
	g.mu.Lock()
	w := g.wizard
	g.wizard = nil
	g.mu.Unlock()
	if w != nil {
		return errors.Join(w.Close(), g.Lock(ctx, ByHand))
	}
	return g.Lock(ctx, ByHand)
}

func countDrafts(ctx context.Context, st *store.Store) (n int, err error) {
	r := st.Reader(ctx)
	staff, err := r.AllStaff()
	if err != nil {
		return 0, err
	}
	for _, s := range staff {
		drafts, err := r.Drafts(s.ID)
		if err != nil {
			return n, err
		}
		n += len(drafts)
	}
	return n, nil
}

// Seats lists who entered with a password today, for the hidden screen.
func (g *Gate) Seats(ctx context.Context) ([]access.Seat, error) {
	_, _, seats, _ := g.at()
	if seats == nil {
		return nil, nil
	}
	return seats.List(ctx)
}

// EnterPIN lets a user of today back in. Faults: those of access.Seats.CheckPIN.
func (g *Gate) EnterPIN(ctx context.Context, user clinic.ID, pin string) error {
	g.working.Lock()
	defer g.working.Unlock()
	_, _, seats, state := g.at()
	if state != Hidden || seats == nil {
		return fault.New(fault.Password, "access.pin.password")
	}
	if err := g.flush(ctx); err != nil {
		return err
	}
	if _, err := seats.CheckPIN(ctx, user, pin); err != nil {
		return err
	}
	return g.begin(ctx)
}

// HasPIN reports whether who works has a PIN; false while nobody does.
func (g *Gate) HasPIN(ctx context.Context) (bool, error) {
	s := g.Session()
	_, _, seats, _ := g.at()
	if s == nil || seats == nil {
		return false, nil
	}
	return seats.HasPIN(ctx, s.User.ID)
}

// SetPIN keeps a PIN for who works, who says the password once more: whoever finds an
// open screen must not make a way back in. An empty PIN takes it away and needs none.
// Faults: Invalid, and those of access.Door.Admit.
func (g *Gate) SetPIN(ctx context.Context, password, pin string) error {
	s := g.Session()
	door, st, seats, _ := g.at()
	if s == nil || seats == nil || door == nil {
		return fault.New(fault.Forbidden, "vault.closed")
	}
	if pin != "" {
		if !access.ValidPIN(pin) {
			return fault.New(fault.Invalid, "access.pin.shape")
		}
		if _, err := door.Admit(ctx, st, s.User.Login, password); err != nil {
			return err
		}
	}
	return seats.SetPIN(ctx, s.User, pin)
}
