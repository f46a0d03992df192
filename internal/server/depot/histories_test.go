package depot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"feldsher/internal/ledger"
)

// TestHistories: workstations that write, pull and push at once, on one depot or two,
// again and again what is there, and now and then what can't be; at the end all is
// there, once, in an order that keeps chains and causes. (R7.2, R7.5)
func TestHistories(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, depots ...Depot) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		for round := range soak(1, 10) {
			c := found(t, depots[0], 5)
			var g errgroup.Group
			for i, s := range c.stations {
				w := &worker{station: s, d: depots[i%len(depots)], clinic: c, rng: rand.New(rand.NewPCG(seed, uint64(round*100+i)))}
				g.Go(func() error { return w.work(t.Context(), soak(40, 200)) })
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			written := 0
			for _, s := range c.stations {
				for _, e := range s.head {
					written += int(e.Header.Seq)
				}
			}
			if n := len(c.all(t)); n != written {
				t.Fatalf("%d entries stored, %d written", n, written)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, sqliteHere(t).open(t)) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		w := postgresHere(t)
		test(t, w.open(t), w.open(t))
	})
}

// worker is a workstation at work: what it has pulled it has seen.
type worker struct {
	*station
	d      Depot
	clinic *clinic
	rng    *rand.Rand
	cursor uint64
	fresh  map[ledger.ID]ledger.Head
	known  []*ledger.Entry // of all, in order
	unsent []*ledger.Entry
}

func (w *worker) work(ctx context.Context, steps int) error {
	w.fresh = map[ledger.ID]ledger.Head{}
	for range steps {
		var err error
		switch w.rng.IntN(8) {
		case 0, 1, 2:
			w.write()
		case 3, 4:
			err = w.pull(ctx)
		case 5, 6:
			err = w.push(ctx)
		default:
			err = w.misbehave(ctx)
		}
		if err != nil {
			return err
		}
	}
	return w.push(ctx)
}

func (w *worker) write() {
	for range 1 + w.rng.IntN(4) {
		chain := ledger.Changes
		var seen []ledger.Head
		if w.rng.IntN(4) == 0 {
			chain = ledger.Accesses
		} else {
			for _, h := range w.fresh {
				seen = append(seen, h)
			}
			clear(w.fresh)
		}
		w.unsent = append(w.unsent, w.entry(chain, w.rng.IntN(2000), seen...))
	}
}

func (w *worker) pull(ctx context.Context) error {
	p, err := w.d.Pull(ctx, w.org, w.cursor, nil, 1+w.rng.IntN(20_000))
	if err != nil {
		return err
	}
	for _, raw := range p.Entries {
		e, err := ledger.Decode(raw)
		if err != nil {
			return err
		}
		w.known = append(w.known, e)
		if e.Header.Chain == ledger.Changes && e.Header.Device != w.id {
			w.fresh[e.Header.Device] = headOf(e)
		}
	}
	w.cursor = p.Next
	return nil
}

// push sends what is unsent, behind some of what is known to be there.
func (w *worker) push(ctx context.Context) error {
	batch := w.unsent
	if n := len(w.known); n > 0 && w.rng.IntN(2) == 0 {
		from := w.rng.IntN(n)
		batch = append(w.known[from:min(from+5, n):min(from+5, n)], batch...)
	}
	n, _, err := w.d.Push(ctx, w.caller(), 0, batch)
	if err != nil || n != len(w.unsent) {
		return fmt.Errorf("%d of %d stored: %w", n, len(w.unsent), err)
	}
	w.known = append(w.known, w.unsent...)
	w.unsent = nil
	return nil
}

// misbehave pushes what has to be refused, without an effect.
func (w *worker) misbehave(ctx context.Context) error {
	h := ledger.Header{Format: ledger.Format, Org: w.org, Device: w.id, Chain: ledger.Changes, Seq: 1, HLC: 1, Schema: 1}
	if last := w.head[ledger.Changes]; last != nil {
		h.Seq, h.Prev = last.Header.Seq+1, last.Hash
	}
	wrong := ErrEarly
	switch w.rng.IntN(3) {
	case 0:
		h.Seq += 5
		wrong = ErrGap
	case 1:
		h.Prev[3] ^= 1
		wrong = ErrFork
	default:
		h.Seen = []ledger.Head{{Device: w.clinic.stations[0].id, Seq: 1 << 40}}
	}
	if len(w.unsent) > 0 && wrong != ErrGap {
		wrong = ErrGap // the others are not there either
	}
	n, _, err := w.d.Push(ctx, w.caller(), 0, []*ledger.Entry{sealedEntry(h, 10)})
	if n != 0 || !errors.Is(err, wrong) && !errors.Is(err, ErrGap) && !errors.Is(err, ErrFork) && !errors.Is(err, ErrEarly) {
		return fmt.Errorf("%d stored: %v, want %v", n, err, wrong)
	}
	return nil
}

// TestPostgresRestarts: the database server dies and comes back in the middle of
// pushes; what was acknowledged is there, nothing is there twice.
func TestPostgresRestarts(t *testing.T) {
	t.Parallel()
	postgresOf(t) // skips without PostgreSQL
	own, err := newCluster()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.remove(); err != nil {
			t.Error(err)
		}
	})
	w := newDatabase(t, own)
	d := w.open(t)
	var clinics []*clinic
	for range 4 {
		clinics = append(clinics, found(t, d, 4))
	}
	waiting := clinics[0].standing(t)
	last, failed := soak(60, 400), make([]int, 16)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var g errgroup.Group
	for i, c := range clinics {
		for k, s := range c.stations {
			g.Go(func() error {
				for n := 0; n < last; {
					e := s.change()
					for {
						stored, _, err := d.Push(ctx, s.caller(), 0, []*ledger.Entry{e})
						var refused *Refused
						if errors.As(err, &refused) || ctx.Err() != nil {
							return err
						}
						if err == nil {
							n++
							if stored == 0 {
								failed[i*4+k]++ // it was stored, only the answer was lost
							}
							break
						}
						failed[i*4+k]++
					}
				}
				return nil
			})
		}
	}
	g.Go(func() error {
		for i := range soak(2, 6) {
			// Something must have been pushed since the last time.
			for s := waiting; s.Ordinal < uint64(5*(i+1)); {
				next, err := d.Wait(ctx, clinics[0].org, s.Ordinal, 0, 0)
				if err == nil {
					s = next
				} else if ctx.Err() != nil {
					return err
				}
			}
			mode := []string{"immediate", "fast"}[i%2]
			if err := errors.Join(own.stop(mode), own.start()); err != nil {
				return err
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	errs := 0
	for _, n := range failed {
		errs += n
	}
	for _, c := range clinics {
		if n := len(c.all(t)); n != 4*last {
			t.Fatalf("%d entries of %d", n, 4*last)
		}
	}
	t.Logf("%d calls failed in between", errs)
}
