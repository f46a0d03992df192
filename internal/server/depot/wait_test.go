package depot

import (
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// TestWait: who waits is woken by what moves in his organisation, and by nothing else.
// (R7.4)
func TestWait(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w where) { testWait(t, w.open(t), nil) })
}

// TestWaitAcross: also where another process did it.
func TestWaitAcross(t *testing.T) {
	t.Parallel()
	w := postgresHere(t)
	testWait(t, w.open(t), w.open(t))
}

// testWait has one depot wait for what happens in the other, or in itself.
func testWait(t *testing.T, here, there Depot) {
	if there == nil {
		there = here
	}
	c, foreign := found(t, there, 2), found(t, there, 1)
	a, b := c.stations[0], c.stations[1]
	waiting := func(s wire.Standing) (result func() wire.Standing) {
		var got wire.Standing
		var g errgroup.Group
		g.Go(func() (err error) {
			got, err = here.Wait(t.Context(), c.org, s.Ordinal, s.RingGen, s.RingN)
			return err
		})
		return func() wire.Standing {
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			return got
		}
	}
	s := c.standing(t)
	if got, err := here.Wait(t.Context(), c.org, 9, 0, 0); err != nil || got.Ordinal != 0 {
		t.Fatalf("%+v %v", got, err)
	}
	for range soak(5, 50) {
		result := waiting(s)
		foreign.push(t, foreign.stations[0], 1, foreign.stations[0].change())
		c.push(t, a, 1, a.change())
		if got := result(); got.Ordinal != s.Ordinal+1 {
			t.Fatalf("%+v after %+v", got, s)
		}
		s = c.standing(t)
		result = waiting(s)
		c.ring(t, a, []byte("keys"))
		if got := result(); got.RingGen != s.RingGen+1 {
			t.Fatalf("%+v after %+v", got, s)
		}
		s = c.standing(t)
		result = waiting(s)
		if _, err := there.PushRing(t.Context(), b.caller(), &wire.RingPush{Gen: s.RingGen, Records: [][]byte{random(9)}}); err != nil {
			t.Fatal(err)
		}
		if got := result(); got.RingN != s.RingN+1 {
			t.Fatalf("%+v after %+v", got, s)
		}
		s = c.standing(t)
	}
	_, err := here.Wait(t.Context(), ledger.NewID(), 0, 0, 0)
	want(t, err, ErrUnknown)
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = here.Wait(short, c.org, s.Ordinal, s.RingGen, s.RingN)
	want(t, err, context.DeadlineExceeded)

	var g errgroup.Group
	for range 20 {
		g.Go(func() error {
			if _, err := here.Wait(t.Context(), c.org, s.Ordinal, s.RingGen, s.RingN); !errors.Is(err, ErrClosed) {
				return errors.Join(errors.New("closing didn't end the waiting"), err)
			}
			return nil
		})
	}
	if err := here.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if rooms := len(here.(*depot).hub.rooms); rooms != 0 {
		t.Fatalf("%d rooms stay", rooms)
	}
}
