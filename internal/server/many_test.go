package server

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// TestMany: many workstations of many organisations push at once; nothing is lost,
// nobody is refused, and what a small push takes is told.
func TestMany(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures many connections; make unit runs it")
	}
	orgs, each, pushes := 10, 5, 4
	if os.Getenv("FELDSHER_SOAK") == "1" {
		orgs, each, pushes = 200, 10, 5
	}
	w := newWorld(t, nil)
	all := make([][]*station, orgs)
	for i := range all {
		first := w.clinic()
		all[i] = append(all[i], first)
		for range each - 1 {
			all[i] = append(all[i], first.invite())
		}
	}
	var mu sync.Mutex
	var took []time.Duration
	var g sync.WaitGroup
	began := time.Now()
	for _, s := range slices.Concat(all...) {
		g.Go(func() {
			for range pushes {
				in := &wire.Push{Entries: [][]byte{s.entry(300).Encode()}}
				at := time.Now()
				p, err := w.ask(context.Background(), s.token, wire.PathPush, in, new(wire.Pushed))
				if p != nil || err != nil {
					t.Errorf("%v %v", p, err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(at))
				mu.Unlock()
			}
		})
	}
	g.Wait()
	slices.Sort(took)
	if len(took) == 0 {
		t.Fatal("nothing was pushed")
	}
	t.Logf("%d workstations, %d pushes in %v: median %v, p99 %v", orgs*each, len(took), time.Since(began), took[len(took)/2], took[len(took)*99/100])
	for i := range all {
		st, err := w.depot.Standing(t.Context(), all[i][0].org)
		if err != nil || st.Ordinal != uint64(each*pushes) {
			t.Fatal(st, err)
		}
	}
	var got wire.Pulled
	s := all[0][0]
	if p := s.call(wire.PathPull, &wire.Pull{Have: []wire.Head{{Device: s.id, Chain: ledger.Changes, Seq: uint64(pushes)}}}, &got); p != nil || len(got.Entries) != (each-1)*pushes {
		t.Fatal(p, len(got.Entries))
	}
}
