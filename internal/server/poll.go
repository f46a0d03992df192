package server

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/server/depot"
)

// recheckPoll is how often a poll that is being held asks whether its workstation
// still may: a revocation by this process ends it at once, one by another process
// on the database within this time.
const recheckPoll = 3 * time.Second

// maxPolls is how many polls of one workstation are held. On a line that drops,
// the server does not see that the former ones are dead; the oldest then goes.
const maxPolls = 4

// hold waits until there is news, the time is over, the server is to end, or the
// workstation may no longer be told.
func (s *Server) hold(c *call, in *wire.Pull, wait time.Duration) error {
	began := time.Now()
	s.metrics.waiting.Inc()
	defer func() {
		s.metrics.waiting.Dec()
		c.seen.held = time.Since(began)
	}()
	ctx, cancel := context.WithTimeout(c.ctx, wait)
	defer cancel()
	defer context.AfterFunc(s.alive, cancel)()
	defer s.polls.enter(c.by, cancel)()
	for {
		changed := s.polls.changed(c.by.Org)
		if err := s.still(c); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		err := s.waitOnce(ctx, changed, c.by.Org, in)
		switch {
		case err == nil:
			return s.still(c)
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		default:
			return err
		}
	}
}

// waitOnce waits until there is news, or the workstations of the organisation are
// to be looked at anew.
func (s *Server) waitOnce(ctx, changed context.Context, org ledger.ID, in *wire.Pull) error {
	ctx, cancel := context.WithTimeout(ctx, recheckPoll)
	defer cancel()
	defer context.AfterFunc(changed, cancel)()
	_, err := s.options.Depot.Wait(ctx, org, in.Since, in.RingGen, in.RingN)
	return err
}

// polls are the long polls that this process holds.
type polls struct {
	mu   sync.Mutex
	held map[depot.Caller][]*poll
	orgs map[ledger.ID]org
}

type poll struct{ end context.CancelFunc }

// org tells all polls of an organisation that workstations were revoked.
type org struct {
	changed context.Context
	tell    context.CancelFunc
}

func newPolls() *polls { return &polls{held: map[depot.Caller][]*poll{}, orgs: map[ledger.ID]org{}} }

// enter counts a poll, and ends the oldest of a workstation that has too many.
// What it gives takes the poll out again.
func (p *polls) enter(by depot.Caller, end context.CancelFunc) (leave func()) {
	one := &poll{end}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held[by] = append(p.held[by], one)
	if all := p.held[by]; len(all) > maxPolls {
		all[0].end()
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.held[by] = slices.DeleteFunc(p.held[by], func(o *poll) bool { return o == one })
		if len(p.held[by]) == 0 {
			delete(p.held, by)
		}
	}
}

// changed ends when a workstation of the organisation is revoked by this process.
func (p *polls) changed(id ledger.ID) context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.orgs[id]
	if !ok {
		o.changed, o.tell = context.WithCancel(context.Background())
		p.orgs[id] = o
	}
	return o.changed
}

// revoked has all polls of an organisation look anew.
func (p *polls) revoked(id ledger.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o, ok := p.orgs[id]; ok {
		o.tell()
		delete(p.orgs, id)
	}
}

// count is how many polls are being held.
func (p *polls) count() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, all := range p.held {
		n += len(all)
	}
	return n
}
