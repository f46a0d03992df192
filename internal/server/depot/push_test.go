package depot

import (
	"bytes"
	"slices"
	"testing"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// TestPush: what comes is numbered; what comes again is passed over; gaps, forks and
// entries that are early are refused, and those before them are kept. (R7.2)
func TestPush(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 2)
		a, b := c.stations[0], c.stations[1]
		first := a.changes(3)
		if s := c.push(t, a, 3, first...); s.Ordinal != 3 || s.Server != c.d.Server() || len(s.Lacking) != 0 {
			t.Fatalf("%+v", s)
		}
		c.push(t, a, 0, first...)
		c.push(t, b, 1, first[1], first[2], b.change(headOf(first[1])))
		look := a.entry(ledger.Accesses, 10)
		c.push(t, b, 1, look)

		lost := a.change()
		next := a.change()
		if heads := c.refuse(t, a, 0, 0, ErrGap, next); len(heads) != 1 || heads[0] != wireHead(first[2]) {
			t.Fatalf("%+v", heads)
		}
		c.push(t, a, 2, lost, next)

		t.Run("fork", func(t *testing.T) {
			h := next.Header
			other := sealedEntry(h, 80)
			if heads := c.refuse(t, a, 1, 0, ErrFork, next, other); heads[0] != wireHead(next) {
				t.Fatalf("%+v", heads)
			}
			h.Seq, h.Prev = h.Seq+1, other.Hash // follows what is not stored
			c.refuse(t, a, 0, 0, ErrFork, sealedEntry(h, 80))
			h = first[1].Header // far behind
			c.refuse(t, a, 0, 0, ErrFork, sealedEntry(h, 80))
			h = ledger.Header{Format: 1, Org: c.org, Device: ledger.NewID(), Chain: ledger.Changes, Seq: 1}
			c.refuse(t, a, 0, 0, ErrUnknown, sealedEntry(h, 80))
		})
		t.Run("seen", func(t *testing.T) {
			b2 := *b
			b2.head = map[ledger.Chain]*ledger.Entry{ledger.Changes: b.head[ledger.Changes]}
			early := b2.change(ledger.Head{Device: a.id, Seq: 6, Hash: next.Hash})
			if heads := c.refuse(t, b, 0, 0, ErrEarly, early); heads[0] != wireHead(b.head[ledger.Changes]) {
				t.Fatalf("%+v", heads)
			}
			b2.head[ledger.Changes] = b.head[ledger.Changes]
			wrong := b2.change(ledger.Head{Device: a.id, Seq: 2, Hash: next.Hash})
			c.refuse(t, b, 0, 0, ErrFork, wrong)
			b2.head[ledger.Changes] = b.head[ledger.Changes]
			stranger := b2.change(ledger.Head{Device: ledger.NewID(), Seq: 1})
			c.refuse(t, b, 0, 0, ErrEarly, stranger)
		})
		t.Run("partly", func(t *testing.T) {
			good := a.changes(2)
			late := b.change(headOf(good[1])) // seen in the same push
			bad := a.change(ledger.Head{Device: b.id, Seq: 99})
			c.refuse(t, a, 3, 3, ErrEarly, good[0], good[1], late, bad)
			a.head[ledger.Changes] = good[1]
		})
		t.Run("who", func(t *testing.T) {
			stranger := newStation(c.org)
			_, _, err := c.d.Push(t.Context(), stranger.caller(), 0, nil)
			want(t, err, ErrUnknown)
			_, _, err = c.d.Push(t.Context(), newStation(ledger.NewID()).caller(), 0, nil)
			want(t, err, ErrUnknown)
			_, _, err = c.d.Push(t.Context(), a.caller(), 1, nil)
			want(t, err, ErrStale)
			foreign := newStation(ledger.NewID())
			foreign.id = a.id
			c.refuse(t, a, 0, 0, ErrOrg, foreign.change())
		})
		if n := len(c.all(t)); n != 10 {
			t.Fatalf("%d entries", n)
		}
		heads, err := c.d.Heads(t.Context(), c.org)
		if err != nil || len(heads) != 3 {
			t.Fatalf("%v %v", heads, err)
		}
		for _, h := range heads {
			s := a
			if h.Device == b.id {
				s = b
			}
			if h != wireHead(s.head[h.Chain]) {
				t.Fatalf("%+v", h)
			}
		}
	})
}

// TestPull: pages, and what the workstation has left out.
func TestPull(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 2)
		a, b := c.stations[0], c.stations[1]
		var sent [][]byte
		for range 5 {
			for _, s := range c.stations {
				e := s.entry(ledger.Changes, 1000)
				c.push(t, s, 1, e)
				sent = append(sent, e.Encode())
			}
		}
		pull := func(since uint64, limit int, have ...wire.Head) wire.Pulled {
			t.Helper()
			p, err := c.d.Pull(t.Context(), c.org, since, have, limit)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		if p := pull(0, 1); len(p.Entries) != 1 || p.Next != 1 || !p.More || !bytes.Equal(p.Entries[0], sent[0]) {
			t.Fatalf("a larger one comes alone: %d, %d", len(p.Entries), p.Next)
		}
		if p := pull(0, 3*len(sent[0])+100); len(p.Entries) != 3 || p.Next != 3 {
			t.Fatalf("%d, %d", len(p.Entries), p.Next)
		}
		if p := pull(7, 1<<20); len(p.Entries) != 3 || p.Next != 10 || p.More || p.Standing.Ordinal != 10 {
			t.Fatalf("%d, %d", len(p.Entries), p.Next)
		}
		mine := wire.Head{Device: a.id, Chain: ledger.Changes, Seq: 4}
		p := pull(0, 1<<20, mine, wire.Head{Device: b.id, Chain: ledger.Accesses, Seq: 9})
		if len(p.Entries) != 6 || p.Next != 10 || p.More || !bytes.Equal(p.Entries[0], sent[1]) || !bytes.Equal(p.Entries[5], sent[9]) {
			t.Fatalf("%d, %d", len(p.Entries), p.Next)
		}
		if p := pull(99, 1<<20); len(p.Entries) != 0 || p.Next != 10 || p.More {
			t.Fatalf("beyond: %d, %d", len(p.Entries), p.Next)
		}
		_, err := c.d.Pull(t.Context(), ledger.NewID(), 0, nil, 1)
		want(t, err, ErrUnknown)
	})
}

// TestPushLarge: what speaks of many chains and places is judged the same.
func TestPushLarge(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), manyChains+6)
		a := c.stations[0]
		var seen []ledger.Head
		var others []*ledger.Entry
		for _, s := range c.stations[1:] {
			e := s.changes(2)
			others = append(others, e...)
			seen = append(seen, headOf(e[0]))
		}
		mine := a.changes(300)
		c.push(t, a, 300, mine...)
		c.push(t, a, len(others), slices.Concat(mine, others)...)
		all := slices.Concat(mine, others)
		next := a.change(seen...)
		c.push(t, a, 1, append(all, next)...)
		forged := *mine[7]
		forged.Hash[0] ^= 1
		all[7] = &forged
		c.refuse(t, a, 7, 0, ErrFork, all...)
		all[7] = mine[7]
		seen[9].Hash[0] ^= 1
		c.refuse(t, a, len(all), 0, ErrFork, append(all, a.change(seen...))...)
		a.head[ledger.Changes] = next
		seen[9].Device = ledger.NewID()
		c.refuse(t, a, len(all), 0, ErrEarly, append(all, a.change(seen...))...)
		stranger := newStation(c.org)
		_, _, err := c.d.Push(t.Context(), stranger.caller(), 0, all)
		want(t, err, ErrUnknown)
		if n := len(c.all(t)); n != len(all)+1 {
			t.Fatalf("%d entries", n)
		}
	})
}
