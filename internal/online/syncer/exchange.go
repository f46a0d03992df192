package syncer

import (
	"context"
	"errors"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/client"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/store"
)

// exchange is the work with one server. It is for one goroutine.
type exchange struct {
	st   *store.Store
	url  string
	o    Options
	note func(func(*LinkState))

	client  *client.Client
	sess    *client.Session
	device  ledger.ID // whose session it is
	greeted time.Time
	page    pace

	server   ledger.ID        // the database that the places below belong to
	known    map[chain]uint64 // how far the server has each chain
	theirs   []wire.Head      // the same, at the beginning of the round
	lacking  []ledger.ID      // workstations without the ring's wrapping key
	wanted   uint64           // the server's last ordinal
	pulling  place            // where pulling goes on
	pushing  place            // where pushing goes on
	searched bool             // all was asked for from the beginning, since something is lacking
	divided  bool             // the server has entries of ours that are not here
	refused  error            // the first that was left lying
	went     error            // the server has gone back behind what it had confirmed
	batch    int              // entries that are merged in one transaction

	pushed, pulled int
}

type chain struct {
	device ledger.ID
	chain  ledger.Chain
}

// place is how far a walk has come. What could not be taken holds the place that is
// kept where it lies, and each round goes back there.
type place struct {
	at   uint64
	held bool
	set  bool
}

func newExchange(st *store.Store, url string, o Options, note func(func(*LinkState))) *exchange {
	return &exchange{st: st, url: url, o: o, note: note, page: pace{size: firstPage}, batch: firstBatch}
}

func (x *exchange) close() {
	if x.client != nil {
		x.client.Close()
		x.client, x.sess = nil, nil
	}
}

// errAgain says that the round must begin anew: the ring's generation has moved on,
// the database behind the server is another one, the workstation has a new identity.
var errAgain = errors.New("syncer: the round begins anew")

// mostRounds is how often a round begins anew before that counts as a failure.
const mostRounds = 8

// whole is one round to its end: everything goes, everything comes.
func (x *exchange) whole(ctx context.Context) error {
	x.note(func(l *LinkState) { l.Working, l.Tried = true, x.o.now() })
	err := x.again(ctx, func() error {
		if err := x.round(ctx); err != nil {
			return err
		}
		return x.files(ctx)
	})
	return x.ended(ctx, err)
}

// again repeats what asks for it.
func (x *exchange) again(ctx context.Context, do func() error) error {
	once := func() error {
		err := do()
		if errors.Is(err, client.ErrBehind) {
			return x.wentBack(ctx, err)
		}
		return err
	}
	err := once()
	for n := 1; n < mostRounds && errors.Is(err, errAgain); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err = once()
	}
	if errors.Is(err, errAgain) {
		return fault.Wrap(err, fault.Offline, "fault.syncer.restless", "host", host(x.url))
	}
	return err
}

// round exchanges all but attachments. Erasures are pulled before anything is
// pushed, keys go before entries.
func (x *exchange) round(ctx context.Context) error {
	x.refused = x.went
	x.goBack()
	if err := x.connect(ctx); err != nil {
		return err
	}
	// Before anything else: an ended workstation must do nothing there any more.
	if err := x.tellEnded(ctx); err != nil {
		return err
	}
	if err := x.heads(ctx); err != nil {
		return err
	}
	if err := x.publish(ctx); err != nil {
		return err
	}
	if err := x.ring(ctx); err != nil {
		return err
	}
	// The server must know the workstations whose entries it is given.
	if err := x.chores(ctx); err != nil {
		return err
	}
	if err := x.push(ctx); err != nil {
		return err
	}
	if err := x.pull(ctx); err != nil {
		return err
	}
	if err := x.lack(ctx); err != nil {
		return err
	}
	if err := x.st.Retry(ctx); err != nil { // entries whose key has come meanwhile
		return err
	}
	return x.chores(ctx)
}

// goBack begins again where something was left lying: it may be taken now, and as long
// as it is not, each round says so.
func (x *exchange) goBack() {
	if x.pulling.held && !x.divided {
		x.pulling = place{}
	}
	if x.pushing.held {
		x.pushing = place{}
	}
}

// publish brings what the key files hold into the ledger. Where nobody is at work
// (the screen is locked) it waits for somebody.
func (x *exchange) publish(ctx context.Context) error {
	if x.st.Session().User().IsZero() {
		return nil
	}
	return x.st.Publish(ctx, "keys.publish")
}

// ended notes how a round went, for the state and for the next start.
func (x *exchange) ended(ctx context.Context, err error) error {
	if err == nil {
		err = x.refused
	}
	x.went = nil
	broken := ctx.Err() != nil // by who ended the program: that is no problem of the exchange
	ctx = context.WithoutCancel(ctx)
	now := x.o.now()
	l, e := x.change(ctx, func(l *store.Link) {
		l.Tried = now
		if err == nil || errors.Is(err, x.refused) {
			l.Reached = now
		}
		var f *fault.Error
		if errors.As(err, &f) && !broken {
			l.Problem = f.Key
		} else {
			l.Problem = ""
		}
	})
	if e != nil {
		return errors.Join(err, e)
	}
	unsent, e := x.st.Unsent(ctx, l.Pushed)
	x.note(func(s *LinkState) {
		s.Working, s.Progress, s.Tried, s.Reached, s.Unsent, s.Problem = false, Progress{}, l.Tried, l.Reached, unsent, nil
		if !broken {
			s.Problem = err
		}
	})
	return errors.Join(err, e)
}

// link reads how far the exchange has come.
func (x *exchange) link(ctx context.Context) (store.Link, error) {
	links, err := x.st.Links(ctx)
	if err != nil {
		return store.Link{}, err
	}
	for _, l := range links {
		if l.URL == x.url {
			return l, nil
		}
	}
	return store.Link{}, fault.New(fault.NotFound, "fault.syncer.unlinked")
}

func (x *exchange) change(ctx context.Context, fn func(*store.Link)) (store.Link, error) {
	return x.st.ChangeLink(ctx, x.url, fn)
}

// move changes places of the link, which belong to the database that they were
// made with: of another one they mean nothing.
func (x *exchange) move(ctx context.Context, fn func(*store.Link)) (store.Link, error) {
	other := false
	l, err := x.change(ctx, func(l *store.Link) {
		if other = l.Server != x.server; !other {
			fn(l)
		}
	})
	if err == nil && other {
		err = errAgain
	}
	return l, err
}

// stands takes in how the server stands; every answer says it.
func (x *exchange) stands(st *wire.Standing) error {
	if st.Server != x.server {
		return errAgain // put back from a backup since Hello: connect sees to it
	}
	x.lacking, x.wanted = st.Lacking, st.Ordinal
	return nil
}

// problem gives the server's refusal, nil where the error is another one.
func problem(err error) *wire.Problem {
	var p *wire.Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}

func isProblem(err error, codes ...string) bool {
	p := problem(err)
	for _, c := range codes {
		if p != nil && p.Code == c {
			return true
		}
	}
	return false
}
