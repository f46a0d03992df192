package entry

import (
	"context"
	"sync"
	"time"
)

// Times after which nobody's touching anything hides and locks.
const (
	IdleHides = 5 * time.Minute
	IdleLocks = 30 * time.Minute
)

// tick is how often the guard looks; slept is how long a gap between two looks, or
// a jump of the clock on the wall against the one that only counts, means that the
// computer was not awake.
const (
	tick  = time.Second
	slept = time.Minute
)

// lull is how long nobody may have touched anything for the end of the day to
// lock: a night duty is not thrown out in the middle of a word.
const lull = time.Minute

// Order is what the guard wants done.
type Order struct {
	Hide bool
	Lock bool
	Why  Reason // of a lock
}

// Guard watches how long nobody has worked, whether the computer slept and when
// the clinic's day ends. It only says what is to be done; the frame keeps the
// drafts and does it.
type Guard struct {
	Hides, Locks time.Duration  // 0 for IdleHides, IdleLocks
	Zone         *time.Location // the clinic's; nil is UTC
	Wall         func() time.Time

	mu      sync.Mutex
	touched time.Time // with the monotonic clock
	looked  time.Time
	wall    time.Time // without it
	day     string    // the clinic's day when somebody entered; "" before anybody has
}

// Touch tells that somebody works: a key, a click, a move to another page.
func (g *Guard) Touch() { g.mu.Lock(); defer g.mu.Unlock(); g.touched = time.Now() }

// Begin tells that somebody has just entered; zone is the clinic's.
func (g *Guard) Begin(zone *time.Location) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if zone == nil {
		zone = time.UTC
	}
	now := time.Now()
	g.Zone, g.touched, g.looked, g.wall = zone, now, now, g.clock()
	g.day = g.date(g.wall)
}

func (g *Guard) clock() time.Time {
	if g.Wall != nil {
		return g.Wall().Round(0)
	}
	return time.Now().Round(0) // Round(0) leaves the clock on the wall
}

func (g *Guard) date(t time.Time) string {
	if g.Zone == nil {
		return t.UTC().Format(time.DateOnly)
	}
	return t.In(g.Zone).Format(time.DateOnly)
}

// Left is how long it is until the screen hides.
func (g *Guard) Left() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(g.hides()-time.Since(g.touched), 0)
}

func (g *Guard) hides() time.Duration {
	if g.Hides > 0 {
		return g.Hides
	}
	return IdleHides
}

func (g *Guard) locks() time.Duration {
	if g.Locks > 0 {
		return g.Locks
	}
	return IdleLocks
}

// look decides what is to be done now, in a state.
func (g *Guard) look(state State) Order {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, wall := time.Now(), g.clock()
	gap, jump := now.Sub(g.looked), wall.Sub(g.wall)
	g.looked, g.wall = now, wall
	if state != Working && state != Hidden || g.day == "" { // entered, but Begin is still to come
		return Order{}
	}
	idle := now.Sub(g.touched)
	switch {
	case gap > slept || jump > gap+slept:
		return Order{Lock: true, Why: Suspend}
	case idle >= g.locks():
		return Order{Lock: true, Why: LongIdle}
	case g.date(wall) != g.day && (state == Hidden || idle >= lull):
		return Order{Lock: true, Why: DayEnd}
	case state == Working && idle >= g.hides():
		return Order{Hide: true}
	}
	return Order{}
}

// Run looks once a second until the context ends, and gives each order to do, one
// at a time. before is called at each look while somebody works, and may Touch; it
// may be nil. Neither may wait for Run.
func (g *Guard) Run(ctx context.Context, state func() State, before func(), do func(Order)) {
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		s := state()
		if before != nil && s == Working {
			before()
		}
		if o := g.look(s); o.Hide || o.Lock {
			do(o)
		}
	}
}
