package depot

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// TestRing: records are appended to the present generation, by its number only.
func TestRing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 2)
		a, b := c.stations[0], c.stations[1]
		ctx := t.Context()
		if p, err := c.d.PullRing(ctx, a.caller(), 3, 7, 100); err != nil || p.Gen != 0 || p.More || len(p.Records) != 0 || p.First != 1 {
			t.Fatalf("%+v %v", p, err)
		}
		_, err := c.d.PushRing(ctx, a.caller(), &wire.RingPush{Records: [][]byte{{1}}})
		want(t, err, ErrStale) // none yet
		if s := c.ring(t, a, []byte("one"), []byte("two")); s.RingGen != 1 || s.RingN != 2 || len(s.Lacking) != 0 {
			t.Fatalf("%+v", s)
		}
		push := &wire.RingPush{Gen: 1, Records: [][]byte{[]byte("three"), []byte("two"), []byte("three"), {}}}
		for range 2 {
			if s, err := c.d.PushRing(ctx, b.caller(), push); err != nil || s.RingN != 4 {
				t.Fatalf("%+v %v", s, err)
			}
		}
		got := bytes.Join(c.records(t, a), []byte("|"))
		if string(got) != "one|two|three|" {
			t.Fatalf("%q", got)
		}
		if p, err := c.d.PullRing(ctx, b.caller(), 1, 1, 4); err != nil || len(p.Records) != 1 || p.First != 2 || !p.More || string(p.Wrap) != "wrap of "+b.id.String() {
			t.Fatalf("%+v %v", p, err)
		}
		if p, err := c.d.PullRing(ctx, b.caller(), 9, 3, 100); err != nil || len(p.Records) != 4 || p.First != 1 || p.Gen != 1 {
			t.Fatalf("another generation is read from the beginning: %+v %v", p, err)
		}
		_, err = c.d.PushRing(ctx, b.caller(), &wire.RingPush{Gen: 2})
		want(t, err, ErrStale)

		// Whoever has the wrapping key gives it to those that lack it; the first counts.
		late := newStation(c.org)
		succeed := c.order()
		succeed.Succeed = &wire.SucceedOrder{Former: b.id, Device: late.id, SignKey: late.public()}
		_, err = c.d.Carry(ctx, succeed, b.public(), day)
		want(t, err, nil)
		if s := c.standing(t); len(s.Lacking) != 1 || s.Lacking[0] != late.id {
			t.Fatalf("%+v", s)
		}
		for _, text := range []string{"first", "second"} {
			s, err := c.d.PushRing(ctx, a.caller(), &wire.RingPush{Gen: 1, Wraps: []wire.Wrap{
				{Reader: late.id, Sealed: []byte(text)}, {Reader: ledger.NewID(), Sealed: []byte("nobody's")},
			}})
			if err != nil || len(s.Lacking) != 0 || s.RingN != 4 {
				t.Fatalf("%+v %v", s, err)
			}
		}
		if p, err := c.d.PullRing(ctx, late.caller(), 1, 4, 100); err != nil || string(p.Wrap) != "first" || len(p.Records) != 0 || p.More {
			t.Fatalf("%+v %v", p, err)
		}
	})
}

// TestRenewal: a draft in parts takes the place of a generation, or it doesn't. (R10.3)
func TestRenewal(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		c := found(t, w.open(t), 3)
		a, b := c.stations[0], c.stations[1]
		ctx := t.Context()
		c.ring(t, a, []byte("one"))
		part := func(by *station, draft ledger.ID, n uint32, oldN uint64, last bool, records ...string) (wire.Standing, error) {
			r := &wire.RingRenew{Old: 1, OldN: oldN, Draft: draft, Part: n, Last: last}
			for _, text := range records {
				r.Records = append(r.Records, []byte(text))
			}
			if n == 0 {
				r.Wraps = []wire.Wrap{{Reader: a.id, Sealed: []byte("w")}, {Reader: ledger.NewID(), Sealed: []byte("phrase")}, {Reader: c.stations[2].id, Sealed: []byte("w")}}
			}
			return c.d.RenewRing(ctx, by.caller(), r, day)
		}
		draft := ledger.NewID()
		_, err := part(a, draft, 1, 0, false, "x")
		want(t, err, ErrGap)
		_, err = part(a, draft, 0, 0, false, "k1", "k2")
		want(t, err, nil)
		_, err = part(a, draft, 0, 0, false, "k1", "k2")
		want(t, err, nil)
		_, err = part(b, draft, 1, 0, false, "not his draft")
		want(t, err, ErrUnknown)
		_, err = part(a, draft, 2, 0, false, "k3")
		want(t, err, ErrGap)
		if s := c.standing(t); s.RingGen != 1 || s.RingN != 1 {
			t.Fatalf("%+v", s)
		}
		// A key that came meanwhile must not be lost with the generation.
		_, err = c.d.PushRing(ctx, b.caller(), &wire.RingPush{Gen: 1, Records: [][]byte{[]byte("new patient")}})
		want(t, err, nil)
		_, err = part(a, draft, 1, 1, true, "k3")
		want(t, err, ErrStale)
		want(t, c.d.Revoke(ctx, c.org, c.stations[2].id, day), nil)
		s, err := part(a, draft, 1, 2, true, "k3", "k4")
		if err != nil || s.RingGen != 2 || s.RingN != 4 || len(s.Lacking) != 1 || s.Lacking[0] != b.id {
			t.Fatalf("%+v %v", s, err)
		}
		if s, err := part(a, draft, 1, 2, true, "k3", "k4"); err != nil || s.RingGen != 2 || s.RingN != 4 {
			t.Fatalf("repeated: %+v %v", s, err)
		}
		if got := bytes.Join(c.records(t, a), []byte("|")); string(got) != "k1|k2|k3|k4" {
			t.Fatalf("%q", got)
		}
		_, err = part(b, ledger.NewID(), 0, 0, true, "another for the same place")
		want(t, err, ErrStale)
		_, err = c.d.PushRing(ctx, b.caller(), &wire.RingPush{Gen: 1})
		want(t, err, ErrStale)
		_, _, err = c.d.Push(ctx, b.caller(), 1, b.changes(1))
		want(t, err, ErrStale)
		if rows := c.count(t, "ring_record"); rows != 4 {
			t.Fatalf("%d records", rows)
		}
		if rows := c.count(t, "ring_wrap"); rows != 2 { // a's and the phrase's
			t.Fatalf("%d wraps", rows)
		}

		// Drafts nobody ends.
		_, err = c.d.RenewRing(ctx, a.caller(), &wire.RingRenew{Old: 2, Draft: ledger.NewID(), Records: [][]byte{{1}}}, day)
		want(t, err, nil)
		_, err = c.d.RenewRing(ctx, a.caller(), &wire.RingRenew{Old: 2, Draft: ledger.NewID(), Records: [][]byte{{1}, {2}}}, day)
		want(t, err, nil)
		if rows := c.count(t, "ring_record"); rows != 6 {
			t.Fatalf("%d records", rows)
		}
		want(t, c.d.Tidy(ctx, day.Add(DraftLives+time.Second)), nil)
		if rows := c.count(t, "ring_record"); rows != 4 {
			t.Fatalf("%d records", rows)
		}
	})
}

// count gives the rows of a table of the organisation.
func (c *clinic) count(t testing.TB, table string) (n int) {
	t.Helper()
	if err := c.d.(*depot).look(t.Context(), func(tx tx) error {
		_, err := one(tx, "SELECT count(*) FROM "+table+" WHERE org = $1", []any{key(c.org)}, &n)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestNoKeyLost: workstations push keys while others renew the ring, each as the
// protocol says; every key that was acknowledged is in the last generation.
func TestNoKeyLost(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) {
		d := w.open(t)
		c := found(t, d, 4)
		c.ring(t, c.stations[0], []byte("first"))
		var mu sync.Mutex
		acknowledged := map[string]bool{"first": true}
		var g errgroup.Group
		for i, s := range c.stations[:2] {
			g.Go(func() error {
				for k := range soak(40, 400) {
					text := fmt.Sprintf("key %d of %d", k, i)
					for {
						now, err := d.Standing(t.Context(), c.org)
						if err != nil {
							return err
						}
						if _, err := d.PushRing(t.Context(), s.caller(), &wire.RingPush{Gen: now.RingGen, Records: [][]byte{[]byte(text)}}); err == nil {
							break
						} else if !errors.Is(err, ErrStale) {
							return err
						}
					}
					mu.Lock()
					acknowledged[text] = true
					mu.Unlock()
				}
				return nil
			})
		}
		for _, s := range c.stations[2:] {
			g.Go(func() error {
				for range soak(8, 80) {
					if err := renew(t, d, s); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		there := map[string]bool{}
		for _, r := range c.records(t, c.stations[0]) {
			if there[string(r)] {
				t.Fatalf("%q twice", r)
			}
			there[string(r)] = true
		}
		for text := range acknowledged {
			if !there[text] {
				t.Fatalf("%q is lost", text)
			}
		}
		t.Logf("%d keys, generation %d", len(there), c.standing(t).RingGen)
	})
}

// renew is what a workstation does that erases: it takes up the generation, and what
// came meanwhile in further parts.
func renew(t testing.TB, d Depot, s *station) error {
	draft := ledger.NewID()
	r := &wire.RingRenew{Draft: draft}
	for {
		p, err := d.PullRing(t.Context(), s.caller(), r.Old, r.OldN, 1<<20)
		if err != nil {
			return err
		}
		if r.Part > 0 && p.Gen != r.Old { // another was faster: begin anew
			draft = ledger.NewID()
			r = &wire.RingRenew{Draft: draft}
		}
		r.Old, r.OldN, r.Records = p.Gen, p.First-1+uint64(len(p.Records)), p.Records
		if _, err := d.RenewRing(t.Context(), s.caller(), r, day); errors.Is(err, ErrStale) {
			return nil
		} else if err != nil {
			return err
		}
		r.Part++
		r.Last, r.Records = true, nil
		_, err = d.RenewRing(t.Context(), s.caller(), r, day)
		if err == nil || !errors.Is(err, ErrStale) {
			return err
		}
		r.Last = false
	}
}
