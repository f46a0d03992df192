package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"sync"
	"testing"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

func TestPushAndPull(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		s := w.clinic()
		other := s.invite()
		a, b := s.entry(100), s.entry(100)
		for i, want := range []uint32{2, 0} { // the second time all is known
			if out, p := s.push(a, b); p != nil || out.Stored != want || out.Standing.Ordinal != 2 || out.Standing.Time == 0 {
				t.Fatal(i, p, out)
			}
		}
		c := other.entry(100, ledger.Head{Device: s.id, Seq: 2, Hash: b.Hash})
		if out, p := other.push(c); p != nil || out.Standing.Ordinal != 3 {
			t.Fatal(p)
		}
		var got wire.Pulled
		if p := other.call(wire.PathPull, &wire.Pull{Have: []wire.Head{{Device: other.id, Chain: ledger.Changes, Seq: 1}}}, &got); p != nil {
			t.Fatal(p)
		}
		if len(got.Entries) != 2 || !bytes.Equal(got.Entries[0], a.Encode()) || !bytes.Equal(got.Entries[1], b.Encode()) || got.Next != 3 || got.More {
			t.Fatalf("%d entries, next %d", len(got.Entries), got.Next)
		}
		var st wire.Standing
		if p := s.call(wire.PathState, &wire.State{}, &st); p != nil || len(st.Heads) != 2 || st.Server != w.depot.Server() {
			t.Fatal(p, st)
		}
	})
}

// What is at fault is named with its place, and those before it are stored.
func TestPushRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	stranger := w.station(s.org)
	foreign := w.station(ledger.NewID())
	good := s.entry(10)
	next := ledger.Header{Format: ledger.Format, Org: s.org, Device: s.id, Chain: ledger.Changes, Seq: 2, HLC: 2, Prev: good.Hash, Schema: 1}
	gap, fork, early, forged, other := next, next, next, next, next
	gap.Seq = 4
	fork.Seq, fork.Prev = 1, ledger.Hash{}
	early.Seen = []ledger.Head{{Device: stranger.id, Seq: 1}}
	other.Org = foreign.org
	forgedEntry := (&station{w: w, key: stranger.key}).sign(forged, 10)
	raw := s.sign(next, 10).Encode()
	for name, c := range map[string]struct {
		bytes []byte
		code  string
	}{
		"gap":                  {s.sign(gap, 10).Encode(), wire.ProblemGap},
		"fork":                 {s.sign(fork, 10).Encode(), wire.ProblemFork},
		"early":                {s.sign(early, 10).Encode(), wire.ProblemEarly},
		"another's signature":  {forgedEntry.Encode(), wire.ProblemSignature},
		"foreign organisation": {s.sign(other, 10).Encode(), wire.ProblemUnknown},
		"unknown workstation":  {stranger.entry(10).Encode(), wire.ProblemUnknown},
		"garbage":              {[]byte("garbage"), wire.ProblemMalformed},
		"truncated":            {raw[:len(raw)-1], wire.ProblemMalformed},
	} {
		p := s.call(wire.PathPush, &wire.Push{Entries: [][]byte{good.Encode(), c.bytes}}, new(wire.Pushed))
		if !is(p, c.code) || p.At != 1 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	var st wire.Standing
	if p := s.call(wire.PathState, &wire.State{}, &st); p != nil || st.Ordinal != 1 {
		t.Fatal("the good entry, and nothing else, is to be stored:", p, st.Ordinal)
	}
	if p := s.call(wire.PathPush, &wire.Push{RingGen: 7, Entries: [][]byte{raw}}, nil); !is(p, wire.ProblemStale) {
		t.Error(p)
	}
}

// One organisation's session reaches nothing of another.
func TestOrganisationsApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	a, b := w.clinic(), w.clinic()
	if _, p := a.push(a.entry(10)); p != nil {
		t.Fatal(p)
	}
	var got wire.Pulled
	if p := b.call(wire.PathPull, &wire.Pull{}, &got); p != nil || len(got.Entries) != 0 || got.Standing.Ordinal != 0 {
		t.Fatal(p, got)
	}
	order := b.signed(&wire.OrderBody{Revoke: &wire.RevokeOrder{Device: a.id}}, b.admin)
	if p := a.call(wire.PathOrder, order, nil); !is(p, wire.ProblemSignature) {
		t.Error("an order for another organisation", p)
	}
	if p := b.call(wire.PathOrder, order, nil); !is(p, wire.ProblemUnknown) {
		t.Error("another organisation's workstation", p)
	}
	if p := b.order(&wire.OrderBody{Revoke: &wire.RevokeOrder{Device: ledger.NewID()}}); !is(p, wire.ProblemUnknown) {
		t.Error(p)
	}
	_, strange, _ := ed25519.GenerateKey(nil)
	if p := b.call(wire.PathOrder, b.signed(&wire.OrderBody{Revoke: &wire.RevokeOrder{Device: b.id}}, strange), nil); !is(p, wire.ProblemSignature) {
		t.Error("an order by nobody", p)
	}
	broken := b.signed(&wire.OrderBody{Revoke: &wire.RevokeOrder{Device: b.id}}, b.admin)
	broken.Signature[0] ^= 1
	if p := b.call(wire.PathOrder, broken, nil); !is(p, wire.ProblemSignature) {
		t.Error(p)
	}
}

// A poll that is held ends with what it waits for, with its time, or when the
// server is to end.
func TestLongPoll(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		s := w.clinic()
		other := s.invite()
		type answer struct {
			out wire.Pulled
			p   *wire.Problem
			err error
		}
		poll := func(since uint64) chan answer {
			c := make(chan answer, 1)
			go func() {
				var a answer
				a.p, a.err = w.ask(context.Background(), other.token, wire.PathPull, &wire.Pull{Since: since, WaitMS: 50_000}, &a.out)
				c <- a
			}()
			w.held(1)
			return c
		}
		waiting := poll(0)
		began := time.Now()
		if _, p := s.push(s.entry(10)); p != nil {
			t.Fatal(p)
		}
		if a := <-waiting; a.p != nil || a.err != nil || len(a.out.Entries) != 1 {
			t.Fatal(a.p, a.err, len(a.out.Entries))
		}
		t.Logf("told after %v", time.Since(began))
		w.held(0)
		var out wire.Pulled
		if p := other.call(wire.PathPull, &wire.Pull{Since: 1, WaitMS: 50}, &out); p != nil || len(out.Entries) != 0 || out.Next != 1 {
			t.Fatal(p, out)
		}
		waiting = poll(1)
		w.stop()
		if a := <-waiting; a.p != nil || a.err != nil || len(a.out.Entries) != 0 {
			t.Fatal(a.p, a.err)
		}
	})
}

// A workstation whose line drops leaves dead polls behind: the oldest go.
func TestPollsOfOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{}, maxPolls+2)
	for i := range maxPolls + 1 {
		all.Add(1)
		go func() {
			defer all.Done()
			_, _ = w.ask(ctx, s.token, wire.PathPull, &wire.Pull{WaitMS: 50_000}, new(wire.Pulled))
			ended <- struct{}{}
		}()
		if i < maxPolls {
			w.held(i + 1)
		}
	}
	<-ended
	w.held(maxPolls)
	cancel()
	all.Wait()
	w.held(0)
}

// Large answers come in pages, within the memory that there is.
func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	for range 5 {
		if _, p := s.push(s.entry(1<<20), s.entry(1<<20)); p != nil {
			t.Fatal(p)
		}
	}
	var since, pages uint64
	for more := true; more; pages++ {
		var out wire.Pulled
		if p := s.call(wire.PathPull, &wire.Pull{Since: since}, &out); p != nil {
			t.Fatal(p)
		}
		if size(out.Entries) > wire.MaxPage {
			t.Fatal("a page of", size(out.Entries))
		}
		since, more = out.Next, out.More
	}
	if since != 10 || pages < 3 {
		t.Fatal(since, pages)
	}
	if used := w.server.used.Load(); used != 0 {
		t.Fatalf("%d bytes are held after all", used)
	}
}
