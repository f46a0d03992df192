package ledger

import (
	"sync"
	"time"
)

// HLC is a hybrid logical clock stamp (Kulkarni et al., 2014): milliseconds of
// UTC in the upper 48 bits, a counter in the lower 16. It grows with every
// entry even when the machine's clock stands or goes back.
type HLC uint64

// MaxAhead is how far a received stamp may run ahead of our clock before it is
// no longer believed.
const MaxAhead = 5 * time.Minute

// Time is the stamp's wall-clock part.
func (h HLC) Time() time.Time { return time.UnixMilli(int64(h >> 16)).UTC() }

// Clock gives growing stamps.
type Clock struct {
	mu   sync.Mutex
	now  func() time.Time
	last HLC
}

// NewClock starts after the last stamp that was stored here.
func NewClock(now func() time.Time, last HLC) *Clock { return &Clock{now: now, last: last} }

func stamp(t time.Time) HLC {
	ms := t.UnixMilli()
	if ms < 0 {
		ms = 0
	}
	return HLC(uint64(ms) << 16)
}

// Now draws the next stamp.
func (c *Clock) Now() HLC {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := stamp(c.now()); t > c.last {
		c.last = t
	} else {
		c.last++
	}
	return c.last
}

// Observe takes a received stamp into account, so that what follows it here is
// stamped later. It reports false, and does nothing, when the stamp runs more
// than MaxAhead before our own clock: such a stamp neither moves us nor wins by
// itself.
func (c *Clock) Observe(h HLC) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h > stamp(c.now().Add(MaxAhead)) && h > c.last {
		return false
	}
	c.last = max(c.last, h)
	return true
}

// SetBack reports by how much the machine's clock stands behind the last stamp:
// a sign of a clock that was set back.
func (c *Clock) SetBack() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(0, c.last.Time().Sub(c.now()))
}
