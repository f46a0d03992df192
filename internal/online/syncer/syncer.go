package syncer

import (
	"context"
	"crypto/x509"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/client"
	"feldsher/internal/storage/store"
)

// Options of a Syncer; the zero ones are right for a program.
type Options struct {
	Now   func() time.Time // the computer's clock; nil: time.Now
	Roots *x509.CertPool   // that vouch for servers without a pinned certificate; nil: the system's
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o Options) client(pin []byte) client.Options {
	return client.Options{Pin: pin, Roots: o.Roots, Now: o.Now}
}

// Syncer exchanges an open clinic's entries with its servers. Its methods may be
// called from several goroutines.
type Syncer struct {
	st   *store.Store
	o    Options
	wake chan struct{} // holds one: exchange at once

	mu        sync.Mutex
	links     map[string]LinkState
	conflicts int
	watchers  map[int]func(State)
	nextID    int
}

// New makes a Syncer for an open clinic. Run or Once set it to work; neither may be
// under way when the store is closed.
func New(st *store.Store, o Options) *Syncer {
	return &Syncer{st: st, o: o, wake: make(chan struct{}, 1), links: map[string]LinkState{}, watchers: map[int]func(State){}}
}

// Once exchanges all there is with every server, and returns. Faults:
// fault.syncer.unlinked (NotFound) without a server; those of the client, of kind
// Offline for a server that can't be reached; fault.syncer.refused (Conflict) where
// all went well but for entries that could not be taken. What the report counts is
// confirmed also where there is an error.
func (s *Syncer) Once(ctx context.Context) (Report, error) {
	links, err := s.st.Links(ctx)
	if err != nil {
		return Report{}, err
	}
	if len(links) == 0 {
		return Report{}, fault.New(fault.NotFound, "fault.syncer.unlinked")
	}
	var total Report
	var errs []error
	for _, l := range links {
		x := newExchange(s.st, l.URL, s.o, s.noting(l.URL))
		err := x.whole(ctx)
		x.close()
		total.add(Report{Pushed: x.pushed, Pulled: x.pulled})
		errs = append(errs, err)
	}
	n, err := s.st.CountConflicts(ctx)
	total.Conflicts = n
	s.count(n)
	return total, errors.Join(append(errs, err)...)
}

// Wake has Run exchange at once, also where it waits after a failure.
func (s *Syncer) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// State is how things stand. Before Run or Once it knows nothing of links.
func (s *Syncer) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return merged(s.links, s.conflicts)
}

// Watch calls fn whenever the state has changed, from any goroutine, until stop.
func (s *Syncer) Watch(fn func(State)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextID
	s.nextID++
	s.watchers[id] = fn
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, id)
	}
}

// noting gives an exchange what it tells its state by.
func (s *Syncer) noting(url string) func(func(*LinkState)) {
	return func(change func(*LinkState)) {
		s.change(func() {
			l := s.links[url]
			l.URL = url
			change(&l)
			s.links[url] = l
		})
	}
}

func (s *Syncer) count(conflicts int) { s.change(func() { s.conflicts = conflicts }) }

// change alters the state and tells the watchers.
func (s *Syncer) change(alter func()) {
	s.mu.Lock()
	alter()
	state, fns := merged(s.links, s.conflicts), slices.Collect(maps.Values(s.watchers))
	s.mu.Unlock()
	for _, fn := range fns {
		fn(state)
	}
}
