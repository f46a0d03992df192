package entry

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// watch runs a guard in a bubble of its own time; state is what the frame is in.
type watch struct {
	guard  Guard
	state  State
	orders []Order
	at     []time.Duration
}

// run lets the guard work for a while; step is called each second.
func run(t *testing.T, zone *time.Location, wall func(time.Time) time.Time, d time.Duration, step func(*watch, time.Duration)) *watch {
	t.Helper()
	w := &watch{state: Working}
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if wall != nil {
			w.guard.Wall = func() time.Time { return wall(time.Now()) }
		}
		w.guard.Begin(zone)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.guard.Run(ctx, func() State { return w.state }, func() {
				if step != nil {
					step(w, time.Since(begun))
				}
			}, func(o Order) {
				w.orders, w.at = append(w.orders, o), append(w.at, time.Since(begun))
				switch {
				case o.Lock:
					w.state = Locked
				case o.Hide:
					w.state = Hidden
				}
			})
		}()
		time.Sleep(d)
		stop()
		<-done
	})
	return w
}

// Issue 3: five minutes without anybody hide, thirty lock.
func TestGuardIdle(t *testing.T) {
	w := run(t, time.UTC, nil, 2*time.Hour, nil)
	if want := []Order{{Hide: true}, {Lock: true, Why: LongIdle}}; !slices.Equal(w.orders, want) {
		t.Fatal(w.orders)
	}
	if w.at[0] < IdleHides || w.at[0] > IdleHides+2*time.Second || w.at[1] < IdleLocks || w.at[1] > IdleLocks+2*time.Second {
		t.Error(w.at)
	}
	w = run(t, time.UTC, nil, 3*time.Hour, func(w *watch, _ time.Duration) { w.guard.Touch() })
	if len(w.orders) != 0 {
		t.Error("who works was sent away:", w.orders, w.at)
	}
	w = run(t, time.UTC, nil, 10*time.Minute, func(w *watch, at time.Duration) {
		w.guard.Hides = 90 * time.Second
		if at < time.Minute {
			w.guard.Touch()
		}
		if left := w.guard.Left(); left > 90*time.Second {
			t.Error(left)
		}
	})
	if len(w.orders) != 1 || w.at[0] < 149*time.Second || w.at[0] > 152*time.Second {
		t.Error(w.orders, w.at)
	}
}

// A computer that slept locks at once when it wakes, whether its counting clock
// slept with it or not. A clock that was corrected a little does not.
func TestGuardSuspend(t *testing.T) {
	busy := func(w *watch, _ time.Duration) { w.guard.Touch() }
	for name, c := range map[string]struct {
		jump time.Duration
		want int
	}{"slept": {20 * time.Minute, 1}, "corrected": {30 * time.Second, 0}, "set back": {-3 * time.Hour, 0}} {
		t.Run(name, func(t *testing.T) {
			var begun time.Time
			wall := func(now time.Time) time.Time {
				if begun.IsZero() {
					begun = now
				}
				if now.Sub(begun) > 10*time.Second {
					return now.Add(c.jump)
				}
				return now
			}
			// Noon, so that no day ends.
			w := run(t, time.FixedZone("x", 12*3600), wall, time.Minute, busy)
			if len(w.orders) != c.want || c.want == 1 && w.orders[0] != (Order{Lock: true, Why: Suspend}) {
				t.Error(w.orders, w.at)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		var g Guard
		g.Begin(time.UTC)
		time.Sleep(tick)
		g.Touch()
		if o := g.look(Working); o != (Order{}) {
			t.Error(o)
		}
		time.Sleep(2 * time.Minute) // nobody looked: the process stood still
		g.Touch()
		if o := g.look(Working); o != (Order{Lock: true, Why: Suspend}) {
			t.Error(o)
		}
	})
}

// The clinic's midnight locks, but nobody in the middle of a word.
func TestGuardDayEnd(t *testing.T) {
	// The bubble begins at midnight UTC: 23:30 in a zone of half an hour less.
	zone := time.FixedZone("x", -1800)
	w := run(t, zone, nil, 2*time.Hour, func(w *watch, at time.Duration) {
		if at < 50*time.Minute {
			w.guard.Touch()
		}
	})
	if len(w.orders) != 1 || w.orders[0] != (Order{Lock: true, Why: DayEnd}) || w.at[0] < 49*time.Minute+lull || w.at[0] > 52*time.Minute {
		t.Error(w.orders, w.at)
	}
	w = run(t, zone, nil, time.Hour, func(w *watch, at time.Duration) {
		if at < 10*time.Minute {
			w.guard.Touch()
		}
		w.guard.Hides = time.Minute
	})
	if want := []Order{{Hide: true}, {Lock: true, Why: DayEnd}}; !slices.Equal(w.orders, want) || w.at[1] > 30*time.Minute+2*time.Second {
		t.Error("hidden:", w.orders, w.at)
	}
}

func TestGuardRestsWhileNobodyWorks(t *testing.T) {
	w := run(t, time.UTC, nil, time.Hour, func(w *watch, _ time.Duration) { w.state = Login })
	if len(w.orders) != 0 {
		t.Error(w.orders)
	}
}

// A clinic that was opened within the first second, before Begin is called, stays open:
// the guard knows of no day and no earlier look yet.
func TestGuardBeforeBegin(t *testing.T) {
	g := &Guard{}
	g.Touch()
	if o := g.look(Working); o != (Order{}) {
		t.Fatal(o)
	}
}
