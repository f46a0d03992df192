package syncer

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"

	"feldsher/internal/fault"
	"feldsher/internal/online/client"
	"feldsher/internal/storage/store"
)

// Run exchanges with every server until the context ends: what changes here goes at
// once, what changes elsewhere comes by a long poll. A server that fails is tried
// again, sooner or later; its problem stands in the State. What Run returns is the
// context's error, or one of the store.
func (s *Syncer) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.countConflicts(ctx) })
	group.Go(func() error { return s.supervise(ctx, group) })
	return group.Wait()
}

// worker serves one link.
type worker struct {
	wake chan struct{}
	stop context.CancelFunc
}

// supervise has each link served that there is.
func (s *Syncer) supervise(ctx context.Context, group *errgroup.Group) error {
	workers := map[string]worker{}
	changed := make(chan struct{}, 1)
	defer s.st.Watch(func(tables []string) {
		if slices.Contains(tables, store.LinkTable) {
			poke(changed)
		}
	})()
	for {
		links, err := s.st.Links(ctx)
		if err != nil {
			return err
		}
		for url, w := range workers {
			if !slices.ContainsFunc(links, func(l store.Link) bool { return l.URL == url }) {
				w.stop()
				delete(workers, url)
				s.change(func() { delete(s.links, url) })
			}
		}
		for _, l := range links {
			if _, ok := workers[l.URL]; !ok {
				own, stop := context.WithCancel(ctx)
				w := worker{make(chan struct{}, 1), stop}
				workers[l.URL] = w
				group.Go(func() error { return s.serve(own, ctx, l, w.wake) })
			}
		}
		select {
		case <-ctx.Done():
			for _, w := range workers {
				w.stop()
			}
			return ctx.Err()
		case <-changed:
		case <-s.wake:
			for _, w := range workers {
				poke(w.wake)
			}
		}
	}
}

// countConflicts keeps the number of conflicts up to date.
func (s *Syncer) countConflicts(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	poke(changed)
	defer s.st.Watch(func([]string) { poke(changed) })()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		n, err := s.st.CountConflicts(ctx)
		if err != nil {
			return err
		}
		s.count(n)
		if err := sleep(ctx, gather); err != nil {
			return err
		}
	}
}

// poke leaves a sign in a channel that holds one.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

const (
	gather     = 30 * time.Millisecond // for changes that come in a burst
	wholeEvery = 10 * time.Minute      // a round of everything, though nothing seems due
	mostWait   = 30 * time.Second      // after a failure
	steady     = 20 * time.Second      // a poll that held so long was no failure when it is cut
)

// serve exchanges with one server until own ends; whole is the context of all.
func (s *Syncer) serve(own, whole context.Context, l store.Link, wake chan struct{}) error {
	group, ctx := errgroup.WithContext(own)
	n := newNews(s.st, wake)
	defer n.stop()
	group.Go(func() error { return leaps(ctx, n.leap) })
	group.Go(func() error { return carry(ctx, n.files) })
	group.Go(func() error { return s.keepUp(ctx, l, n) })
	err := group.Wait()
	if own.Err() != nil && whole.Err() == nil {
		return nil // the link was dropped
	}
	return err
}

// keepUp makes rounds, and waits for news between them.
func (s *Syncer) keepUp(ctx context.Context, l store.Link, n *news) error {
	note := s.noting(l.URL)
	had, err := remembered(ctx, s.st, l)
	if err != nil {
		return err
	}
	note(func(state *LinkState) { *state = had })
	x := newExchange(s.st, l.URL, s.o, note)
	defer x.close()
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = 500*time.Millisecond, mostWait
	for {
		note(func(state *LinkState) { state.Working, state.Tried = true, s.o.now() })
		err := x.ended(ctx, x.again(ctx, func() error { return x.round(ctx) }))
		if over(ctx, err) {
			return first(ctx.Err(), err)
		}
		if err == nil || errors.Is(err, x.refused) {
			n.carry(x.carrier())
			start := time.Now()
			err = x.idle(ctx, n)
			if over(ctx, err) {
				return first(ctx.Err(), err)
			}
			if err == nil || errors.Is(err, errAgain) || time.Since(start) > steady {
				wait.Reset()
				continue
			}
		}
		x.sess = nil // whatever failed, it begins with Hello
		x.greeted = time.Time{}
		asked, _ := client.Wait(err)
		if err := n.pause(ctx, max(asked, wait.NextBackOff())); err != nil {
			return err
		}
	}
}

// over reports whether there is no use in going on: the program ends, or the clinic
// was closed.
func over(ctx context.Context, err error) bool {
	var f *fault.Error
	return ctx.Err() != nil || errors.As(err, &f) && f.Key == "fault.store.closed"
}

// carry brings attachments to and fro, one exchange's after the other.
func carry(ctx context.Context, work <-chan *carrier) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c := <-work:
			if err := c.files(ctx); over(ctx, err) {
				return first(ctx.Err(), err)
			}
			// What failed is tried again after the next round.
		}
	}
}
