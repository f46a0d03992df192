package server

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate says how many calls a second somebody may make in the long run, and how
// many at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Rates are the limits of calls.
type Rates struct {
	Device  Rate // of a workstation with a session
	Knock   Rate // of a workstation that opens a session
	Address Rate // of all from one address that have no session
	Code    Rate // from one address, of codes that are none or were not proved
	Secret  Rate // from one address, of wrong secrets of the operator
}

// DefaultRates let a clinic of a hundred workstations behind one address come back
// at once after an outage, and make guessing pointless.
func DefaultRates() Rates {
	return Rates{
		Device: Rate{50, 400}, Knock: Rate{1, 20}, Address: Rate{200, 6000}, Code: Rate{0.5, 30}, Secret: Rate{1.0 / 12, 5},
	}
}

// limiter counts calls by key. What it remembers is bounded: keys that have been
// quiet long enough to have their whole burst again are forgotten first.
type limiter struct {
	rate Rate
	now  func() time.Time

	mu   sync.Mutex
	keys map[string]*rate.Limiter
}

// maxKeys is how many keys one limiter remembers.
const maxKeys = 20_000

func newLimiter(r Rate, now func() time.Time) *limiter {
	return &limiter{rate: r, now: now, keys: map[string]*rate.Limiter{}}
}

func (l *limiter) of(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.keys[key]; k != nil {
		return k
	}
	if len(l.keys) >= maxKeys {
		l.forget()
	}
	k := rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)
	l.keys[key] = k
	return k
}

// forget drops the quiet keys, and some others when all are busy: an attack from
// very many addresses must not fill the memory.
func (l *limiter) forget() {
	now := l.now()
	for key, k := range l.keys {
		if k.TokensAt(now) >= float64(l.rate.Burst) {
			delete(l.keys, key)
		}
	}
	for key := range l.keys {
		if len(l.keys) < maxKeys*9/10 {
			return
		}
		delete(l.keys, key)
	}
}

// take counts a call; not ok means to come again after wait.
func (l *limiter) take(key string) (wait time.Duration, ok bool) {
	now := l.now()
	r := l.of(key).ReserveN(now, 1)
	if !r.OK() {
		return time.Minute, false
	}
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return wait, false
	}
	return 0, true
}

// spent reports whether a key has nothing left, without counting.
func (l *limiter) spent(key string) bool { return l.of(key).TokensAt(l.now()) < 1 }
