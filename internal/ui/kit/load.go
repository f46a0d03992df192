package kit

import (
	"context"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
)

// Loader runs what a page waits for beside Fyne's thread. Of works with the same
// name the latest wins: the earlier one is cancelled and its result thrown away.
// Closing it cancels all; nothing is shown after that.
type Loader struct {
	ctx    context.Context
	cancel context.CancelFunc
	inline bool
	told   func(name string) // see Tell

	mu     sync.Mutex
	turn   map[string]uint64
	stop   map[string]context.CancelFunc
	work   sync.WaitGroup
	busy   atomic.Int32
	closed bool
}

// NewLoader makes the loader of a page.
func NewLoader(ctx context.Context) *Loader {
	l := &Loader{turn: map[string]uint64{}, stop: map[string]context.CancelFunc{}}
	l.ctx, l.cancel = context.WithCancel(ctx)
	return l
}

// Inline makes works run at once where they are asked for: for pictures and tests.
func (l *Loader) Inline() *Loader { l.inline = true; return l }

// Tell sets what is told, on Fyne's thread, the name of each work whose result is shown.
func (l *Loader) Tell(told func(name string)) { l.told = told }

// Note tells what Tell has set something that is no work: how many letters a search
// has answered, never which.
func (l *Loader) Note(what string) {
	if l.told != nil {
		l.told(what)
	}
}

// Context ends with the page.
func (l *Loader) Context() context.Context { return l.ctx }

// Close cancels all works.
func (l *Loader) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
}

// Wait returns when no work runs.
func (l *Loader) Wait() { l.work.Wait() }

// Busy reports whether a work runs; what works have found may still wait to be shown.
func (l *Loader) Busy() bool { return l.busy.Load() > 0 }

// Load runs work in the background and shows its result on Fyne's thread, unless a
// later work of that name was asked for or the page is gone.
func Load[T any](l *Loader, name string, work func(context.Context) (T, error), show func(T, error)) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	if stop := l.stop[name]; stop != nil {
		stop()
	}
	ctx, cancel := context.WithCancel(l.ctx)
	l.turn[name]++
	mine := l.turn[name]
	l.stop[name] = cancel
	l.mu.Unlock()
	latest := func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return !l.closed && l.turn[name] == mine
	}
	if l.inline {
		v, err := work(ctx)
		show(v, err)
		return
	}
	l.busy.Add(1)
	l.work.Go(func() {
		defer l.busy.Add(-1)
		v, err := work(ctx)
		if !latest() {
			return
		}
		fyne.Do(func() {
			if latest() {
				show(v, err)
				l.Note(name)
			}
		})
	})
}
