package syncer

import (
	"context"
	"errors"
	"time"

	"feldsher/internal/online/wire"
	"feldsher/internal/storage/store"
)

// news is what an exchange may be woken by.
type news struct {
	changed chan struct{} // something was written here
	wake    chan struct{} // somebody asks for a round
	leap    chan struct{} // the computer slept, or its clock was set
	files   chan *carrier // work for carry
	stop    func()
}

func newNews(st *store.Store, wake chan struct{}) *news {
	n := &news{changed: make(chan struct{}, 1), wake: wake, leap: make(chan struct{}, 1), files: make(chan *carrier, 1)}
	n.stop = st.Watch(func([]string) { poke(n.changed) })
	return n
}

// carry gives work to carry, in the place of older work.
func (n *news) carry(c *carrier) {
	select {
	case <-n.files:
	default:
	}
	n.files <- c
}

// pause waits after a failure; what may mean that the line is back cuts it short.
func (n *news) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-n.wake:
	case <-n.leap:
	case <-t.C:
	}
	return nil
}

// leaps tells when the computer has slept or its clock was set: connections are
// dead then, and the clocks' difference is another one.
func leaps(ctx context.Context, leap chan struct{}) error {
	const tick, far = 2 * time.Second, 15 * time.Second
	t := time.NewTicker(tick)
	defer t.Stop()
	for was := time.Now(); ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
		now := time.Now()
		ran, wall := now.Sub(was), now.Round(0).Sub(was.Round(0))
		if (wall-ran).Abs() > far || ran > tick+far {
			poke(leap)
		}
		was = now
	}
}

// answer is that of a long poll.
type answer struct {
	out *wire.Pulled
	err error
}

// idle waits for news at the server and hands over what changes here meanwhile. It
// ends without an error when a whole round is due.
func (x *exchange) idle(ctx context.Context, n *news) error {
	due := time.NewTimer(wholeEvery)
	defer due.Stop()
	for {
		in, err := x.question(ctx)
		if err != nil {
			return err
		}
		in.Max, in.WaitMS = uint32(x.page.size), uint32(x.longest().Milliseconds())
		out, err := x.poll(ctx, in, n, due.C)
		if err != nil || out == nil {
			return err
		}
		if err := x.news(ctx, out, n); err != nil {
			return err
		}
	}
}

// longest is how long the server may hold an answer.
func (x *exchange) longest() time.Duration {
	server := time.Duration(x.client.Greeting().MaxWaitS) * time.Second
	if server <= 0 {
		return wire.MaxWait
	}
	return min(server, wire.MaxWait)
}

// poll waits for the answer; nil says that a whole round is due instead.
func (x *exchange) poll(ctx context.Context, in *wire.Pull, n *news, due <-chan time.Time) (*wire.Pulled, error) {
	asking, stop := context.WithCancel(ctx)
	answers := make(chan answer, 1)
	sess := x.sess
	go func() {
		out, err := sess.Pull(asking, in)
		answers <- answer{out, err}
	}()
	done := func(out *wire.Pulled, err error) (*wire.Pulled, error) {
		stop()
		return out, err
	}
	for {
		select {
		case a := <-answers:
			return done(a.out, a.err)
		case <-n.changed:
			if err := x.send(ctx); err != nil {
				_, err = done(nil, err)
				<-answers
				return nil, err
			}
			n.carry(x.carrier())
			continue
		case <-n.wake:
		case <-n.leap:
			x.greeted, x.sess = time.Time{}, nil
		case <-due:
		case <-ctx.Done():
		}
		_, _ = done(nil, nil)
		<-answers // the goroutine has ended
		return nil, ctx.Err()
	}
}

// send hands over what was written here just now.
func (x *exchange) send(ctx context.Context) error {
	if err := sleep(ctx, gather); err != nil {
		return err
	}
	before := x.pushed
	if err := x.push(ctx); err != nil {
		return err
	}
	if x.pushed > before {
		now := x.o.now()
		x.note(func(s *LinkState) { s.Reached = now })
	}
	return nil
}

// news takes in what a poll has brought.
func (x *exchange) news(ctx context.Context, out *wire.Pulled, n *news) error {
	if len(out.Entries) > 0 {
		x.note(func(s *LinkState) { s.Working = true })
	}
	held := x.pulling.held
	err := x.take(ctx, out)
	if err == nil && out.More {
		err = x.pull(ctx)
	}
	if err == nil && len(x.lacking) > 0 {
		err = x.putKeys(ctx)
	}
	x.note(func(s *LinkState) { s.Working = false })
	if err != nil {
		return errors.Join(err)
	}
	if len(out.Entries) > 0 {
		n.carry(x.carrier())
	}
	if x.pulling.held && !held {
		return errAgain // a whole round may find what it waits for, and tells if not
	}
	return x.keepReached(ctx)
}

// keepReached writes down now and then that the server was reached.
func (x *exchange) keepReached(ctx context.Context) error {
	l, err := x.link(ctx)
	if err != nil || x.o.now().Sub(l.Reached).Abs() < time.Minute {
		return err
	}
	now := x.o.now()
	_, err = x.change(ctx, func(l *store.Link) { l.Reached, l.Tried = now, now })
	return err
}
