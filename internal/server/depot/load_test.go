package depot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"feldsher/internal/ledger"
)

// TestLoad is a day's traffic: 200 organisations of ten workstations (a tenth of them
// without FELDSHER_SOAK=1), each of which waits in a long poll, pulls when it is
// woken, and pushes an entry of about 1 KB every few seconds. It prints what a push
// takes; what is checked is that everybody gets everything.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a load for ten seconds says nothing under the race detector; make unit runs it")
	}
	t.Run("sqlite", func(t *testing.T) {
		load(t, sqliteHere(t).open(t))
	})
	t.Run("postgres", func(t *testing.T) {
		load(t, postgresHere(t).open(t))
	})
	t.Run("two on one postgres", func(t *testing.T) {
		w := postgresHere(t)
		load(t, w.open(t), w.open(t))
	})
}

const perOrg = 10

func load(t *testing.T, depots ...Depot) {
	orgs, seconds, every := soak(20, 200), soak(3, 30), 5*time.Second
	var clinics []*clinic
	for range orgs {
		clinics = append(clinics, found(t, depots[0], perOrg))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	stopPushing, stop := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	defer stop()
	m := &measured{stored: make([]atomic.Int64, len(depots))}
	var pushers, pullers errgroup.Group
	for _, c := range clinics {
		for i, s := range c.stations {
			at := i % len(depots)
			pushers.Go(func() error { return m.pushEvery(stopPushing, depots[at], at, s, every) })
			pullers.Go(func() error { return m.follow(ctx, depots[at], c) })
		}
	}
	if err := pushers.Wait(); err != nil {
		t.Fatal(err)
	}
	memory := memoryNow()
	for _, c := range clinics { // an access is the last that anybody waits for
		c.push(t, c.stations[0], 1, c.stations[0].entry(ledger.Accesses, 100))
	}
	if err := pullers.Wait(); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	var shares []string
	for i := range m.stored {
		total += m.stored[i].Load()
		shares = append(shares, fmt.Sprint(m.stored[i].Load()))
	}
	if got, wanted := m.pulled.Load(), (total+int64(orgs))*perOrg; got != wanted {
		t.Fatalf("%d entries pulled, want %d", got, wanted)
	}
	t.Logf("%d devices of %d organisations: %d pushes (%s) and %d pulls in %d s; push p50 %v, p99 %v, max %v; woken p50 %v, p99 %v; %s",
		orgs*perOrg, orgs, total, strings.Join(shares, " + "), m.pulls.Load(), seconds,
		m.push.at(50), m.push.at(99), m.push.at(100), m.woken.at(50), m.woken.at(99), memory)
}

// measured is what a simulation counts.
type measured struct {
	stored        []atomic.Int64 // by depot
	pulled, pulls atomic.Int64
	push, woken   times
	sent          sync.Map // hash → when its push was answered
}

// times are durations, for their quantiles.
type times struct {
	mu  sync.Mutex
	all []time.Duration
}

func (x *times) add(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.all = append(x.all, d)
}

func (x *times) at(percent int) time.Duration {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.all) == 0 {
		return 0
	}
	slices.Sort(x.all)
	return x.all[min(len(x.all)*percent/100, len(x.all)-1)].Round(10 * time.Microsecond)
}

// pushEvery pushes at random moments, on average so often.
func (m *measured) pushEvery(ctx context.Context, d Depot, at int, s *station, every time.Duration) error {
	for {
		select {
		case <-time.After(time.Duration(rand.ExpFloat64() * float64(every))):
		case <-ctx.Done():
			return nil
		}
		e := s.entry(ledger.Changes, 800+rand.IntN(400))
		began := time.Now()
		if _, _, err := d.Push(context.WithoutCancel(ctx), s.caller(), 0, []*ledger.Entry{e}); err != nil {
			return err
		}
		m.sent.Store(e.Hash, time.Now())
		m.push.add(time.Since(began))
		m.stored[at].Add(1)
	}
}

// follow pulls whatever comes, waiting in between, until somebody's accesses come.
func (m *measured) follow(ctx context.Context, d Depot, c *clinic) error {
	for cursor := uint64(0); ; {
		if _, err := d.Wait(ctx, c.org, cursor, 0, 0); err != nil {
			return err
		}
		p, err := d.Pull(ctx, c.org, cursor, nil, 1<<20)
		if err != nil {
			return err
		}
		cursor = p.Next
		m.pulls.Add(1)
		m.pulled.Add(int64(len(p.Entries)))
		for _, raw := range p.Entries {
			e, err := ledger.Decode(raw)
			if err != nil || e.Header.Chain == ledger.Accesses {
				return err
			}
			if at, ok := m.sent.Load(e.Hash); ok {
				m.woken.add(time.Since(at.(time.Time)))
			}
		}
	}
}

func memoryNow() string {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	rss := "?"
	if b, err := os.ReadFile("/proc/self/status"); err == nil {
		for _, line := range strings.Split(string(b), "\n") {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				rss = strings.TrimSpace(rest)
			}
		}
	}
	return fmt.Sprintf("heap %d MB, resident %s, %d goroutines", m.HeapInuse>>20, rss, runtime.NumGoroutine())
}
