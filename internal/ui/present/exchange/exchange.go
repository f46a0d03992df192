// Package exchange gives the screens the clinic's exchange with other workstations:
// it shows a syncer as present.Sync, and makes a workstation out of a code for the
// first start. What it calls done was confirmed by the server.
package exchange

import (
	"context"
	"errors"

	"feldsher/internal/fault"
	"feldsher/internal/online/client"
	"feldsher/internal/online/syncer"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
	"feldsher/internal/ui/present"
)

// exchange shows a syncer to the screens.
type exchange struct {
	syncer.Deeds // what people order: station.Exchange
	s            *syncer.Syncer
}

// Begin exchanges an open clinic's entries until stop, which waits for the end; failed
// is told why it ended before, and may be nil.
func Begin(st *store.Store, failed func(error)) (x present.Sync, stop func()) {
	s := syncer.New(st, syncer.Options{})
	e := &exchange{syncer.Deeds{Store: st, Wake: s.Wake}, s}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := e.s.Run(ctx); err != nil && ctx.Err() == nil && failed != nil {
			failed(err)
		}
	}()
	return e, func() { cancel(); <-done }
}

// State implements present.Sync.
func (x *exchange) State() present.SyncState { return stateOf(x.s.State()) }

// Watch implements present.Sync.
func (x *exchange) Watch(fn func(present.SyncState)) (stop func()) {
	return x.s.Watch(func(s syncer.State) { fn(stateOf(s)) })
}

// Wake implements present.Sync.
func (x *exchange) Wake() { x.s.Wake() }

func stateOf(s syncer.State) present.SyncState {
	out := present.SyncState{Last: s.Last, Waiting: s.Unsent, Working: s.Working, Done: s.Progress.Done, Of: s.Progress.Of}
	for _, l := range s.Links {
		out.Links = append(out.Links, present.SyncLink{
			Address: l.URL, Reached: l.Reached, Tried: l.Tried, Waiting: l.Unsent, Problem: l.Problem,
		})
	}
	return out
}

// Join makes this computer a workstation of a clinic that exists, and fetches its
// entries until all are here or the user would rather begin. Without a code it goes on
// with a joining that was cut off after its keys had come, until one can begin.
func Join(ctx context.Context, j present.Joining) (*store.Store, error) {
	st, err := opened(ctx, j)
	if err != nil {
		return nil, err
	}
	if err := fetch(ctx, st, j); err != nil {
		// What has come stays: the next try goes on from there.
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

func opened(ctx context.Context, j present.Joining) (*store.Store, error) {
	if j.Code == "" {
		return store.Open(ctx, j.Dir, j.Login, j.Password, j.Options)
	}
	code, err := client.ParseCode(j.Code)
	if err != nil {
		return nil, err
	}
	st, err := syncer.Join(ctx, j.Dir, j.Address, code, j.Login, j.Password, j.Options)
	if fault.Is(err, fault.Conflict) && vault.Exists(j.Dir) { // an earlier try has brought the keys
		return store.Open(ctx, j.Dir, j.Login, j.Password, j.Options)
	}
	return st, err
}

// ready reports why nobody could work yet; nil where the clinic and who joins are known.
func ready(ctx context.Context, st *store.Store) error {
	if _, err := access.Whoami(ctx, st); err != nil {
		return err
	}
	_, err := st.Organisation(ctx)
	return err
}

// fetch brings the clinic's entries. What could not be fetched comes later, but who
// joins must be known here.
func fetch(ctx context.Context, st *store.Store, j present.Joining) error {
	s := syncer.New(st, syncer.Options{})
	fetching, cancel := context.WithCancel(ctx)
	defer cancel()
	begin := make(chan struct{}, 1)
	defer s.Watch(func(state syncer.State) {
		can := ready(fetching, st) == nil
		j.Progress(state.Progress.Done, state.Progress.Of, can)
		if can && j.Enough == nil {
			select {
			case begin <- struct{}{}:
			default:
			}
		}
	})()
	var err error
	done := make(chan struct{})
	go func() { defer close(done); _, err = s.Once(fetching) }()
	whole := false
	select {
	case <-done:
		whole = true
	case <-begin:
	case <-j.Enough: // the rest comes while they work
	}
	cancel()
	<-done
	switch missing := ready(ctx, st); {
	case missing == nil:
		return nil
	case whole && err != nil:
		return err
	default:
		return missing
	}
}
