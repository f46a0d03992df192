package client

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// patience says how long each phase of a call may last. There is no limit for a
// call as a whole: a page may take minutes on a line of 64 kbit/s, as long as it
// moves.
type patience struct {
	connect time.Duration // to a connection, and again to its TLS
	idle    time.Duration // without a byte in either direction
	answer  time.Duration // from the last byte of the question, long poll apart
	rate    int64         // bytes a second that buffers on the way still drain at
}

var usual = patience{connect: 15 * time.Second, idle: 60 * time.Second, answer: 45 * time.Second, rate: 4 << 10}

// errSlow ends a call in which nothing moved for too long.
var errSlow = errors.New("client: nothing moved for too long")

// watch ends a context unless it is given time again and again.
type watch struct {
	mu      sync.Mutex
	timer   *time.Timer
	answers bool
	end     context.CancelCauseFunc
}

func watching(ctx context.Context, first time.Duration) (context.Context, *watch) {
	ctx, end := context.WithCancelCause(ctx)
	w := &watch{end: end}
	w.timer = time.AfterFunc(first, func() { end(errSlow) })
	return ctx, w
}

// ask gives time while the question is on its way: once an answer has begun, the
// question's end may still be told late, and says nothing more.
func (w *watch) ask(d time.Duration) { w.reset(d, false) }

// answer gives time while the answer comes.
func (w *watch) answer(d time.Duration) { w.reset(d, true) }

func (w *watch) reset(d time.Duration, answer bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer == nil || w.answers && !answer {
		return
	}
	w.answers = answer
	w.timer.Reset(d)
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	w.timer = nil
	w.end(nil)
}

// fed is a reader whose every byte gives the watch time: idle, and last at its end.
type fed struct {
	io.Reader
	give       func(time.Duration)
	idle, last time.Duration
}

func (f fed) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	switch {
	case err != nil:
		f.give(f.last)
	case n > 0:
		f.give(f.idle)
	}
	return n, err
}
