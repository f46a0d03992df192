package ledger

import (
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestClock: stamps grow whatever the machine's clock does and whatever stamps
// arrive; those too far ahead move nothing.
func TestClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "start"))
		start := HLC(rapid.Uint64Range(0, 4e12).Draw(t, "stored")) << 16
		c := NewClock(func() time.Time { return now }, start)
		last := start
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0: // the clock goes on, stands or is set back
				now = now.Add(time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(t, "move")) * time.Millisecond)
			case 1:
				h := stamp(now.Add(time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(t, "off")) * time.Millisecond))
				far := h > stamp(now.Add(MaxAhead)) && h > last
				if c.Observe(h) == far {
					t.Fatalf("Observe of a stamp %v from now: far is %v", h.Time().Sub(now), far)
				}
				if !far {
					last = max(last, h)
				}
			case 2:
				h := c.Now()
				if h <= last {
					t.Fatalf("stamp %d after %d", h, last)
				}
				if h > stamp(now) && h != last+1 {
					t.Fatalf("stamp %d jumped from %d at %v", h, last, now)
				}
				last = h
			}
			if back, want := c.SetBack(), max(0, last.Time().Sub(now)); back != want {
				t.Fatalf("set back by %v, want %v", back, want)
			}
		}
	})
}

func TestClockConcurrently(t *testing.T) {
	c := NewClock(time.Now, 0)
	var mu sync.Mutex
	seen := map[HLC]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				h := c.Now()
				mu.Lock()
				if seen[h] {
					t.Errorf("stamp %d twice", h)
				}
				seen[h] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestStampBefore1970(t *testing.T) {
	if stamp(time.UnixMilli(-5)) != 0 {
		t.Fatal("a clock before 1970 makes a huge stamp")
	}
}
