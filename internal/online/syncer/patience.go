package syncer

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"feldsher/internal/fault"
	"feldsher/internal/online/client"
	"feldsher/internal/online/wire"
)

// pace finds how much may travel at once: a page must pass before the line drops,
// and must not be so small that the way there and back is all it costs.
type pace struct{ size int }

const (
	firstPage = 128 << 10
	leastPage = 4 << 10
	quick     = 2 * time.Second  // a page that took less may be larger
	slow      = 15 * time.Second // a page that took more shall be smaller
)

func (p *pace) took(d time.Duration) {
	switch {
	case d < quick:
		p.size = min(p.size*2, wire.MaxPage)
	case d > slow:
		p.size = max(p.size/2, leastPage)
	}
}

func (p *pace) failed() { p.size = max(p.size/2, leastPage) }

// tries repeats a call that a bad line has cut. It counts failures in a row.
type tries struct {
	n int
	b *backoff.ExponentialBackOff
}

const mostTries = 6

func newTries() *tries {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = 200*time.Millisecond, 10*time.Second
	return &tries{b: b}
}

// after reports whether to call once more, and waits until then.
func (t *tries) after(ctx context.Context, err error) bool {
	if err == nil {
		t.n = 0
		t.b.Reset()
		return false
	}
	wait, asked := client.Wait(err)
	if t.n++; t.n >= mostTries || !asked && !passing(err) {
		return false
	}
	// What was refused may be several calls, each of which needs a turn.
	return sleep(ctx, max(wait*time.Duration(t.n), t.b.NextBackOff())) == nil
}

// passing reports whether an error is the line's, and may be gone in a moment.
func passing(err error) bool {
	var f *fault.Error
	if !errors.As(err, &f) {
		return false
	}
	switch f.Key {
	case "fault.sync.cut", "fault.sync.slow", "fault.sync.unreachable":
		return true
	}
	return false
}

// sleep waits for a time or the context's end.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// call repeats do while the line is what fails.
func call(ctx context.Context, do func() error) error {
	t := newTries()
	for {
		err := do()
		if !t.after(ctx, err) {
			return err
		}
	}
}
