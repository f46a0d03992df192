package syncer

import (
	"context"
	"errors"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// ring brings the keyring here and at the server to the same state: what is there
// is taken in, erasures among it; where something was erased or revoked here, the
// server's is replaced; then our new keys go.
func (x *exchange) ring(ctx context.Context) error {
	end, err := x.st.Exchanging(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := x.takeRing(ctx); err != nil {
		return err
	}
	l, err := x.link(ctx)
	if err != nil {
		return err
	}
	if l.RingGen == 0 || l.Renew {
		if err := x.renewRing(ctx); err != nil {
			return err
		}
	}
	return x.giveKeys(ctx)
}

// putKeys hands over what has come to our keyring since.
func (x *exchange) putKeys(ctx context.Context) error {
	end, err := x.st.Exchanging(ctx)
	if err != nil {
		return err
	}
	defer end()
	return x.giveKeys(ctx)
}

func (x *exchange) takeRing(ctx context.Context) error {
	for {
		l, err := x.link(ctx)
		if err != nil {
			return err
		}
		out, err := x.askRing(ctx, l)
		if err != nil {
			return err
		}
		if out.Gen == 0 {
			return nil
		}
		if open, err := x.openRing(ctx, l, out); err != nil || !open {
			return err
		}
		if err := x.absorb(ctx, out); err != nil {
			return err
		}
		if !out.More {
			return nil
		}
	}
}

func (x *exchange) askRing(ctx context.Context, l store.Link) (*wire.RingPulled, error) {
	var out *wire.RingPulled
	err := call(ctx, func() (err error) {
		start := time.Now()
		out, err = x.sess.RingPull(ctx, &wire.RingPull{Gen: l.RingGen, Since: l.RingN, Max: uint32(x.page.size)})
		x.paced(err, start)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, x.stands(&out.Standing)
}

// paced tells the pace how a page has fared.
func (x *exchange) paced(err error, start time.Time) {
	switch {
	case err == nil:
		x.page.took(time.Since(start))
	case passing(err):
		x.page.failed()
	}
}

// openRing takes the wrapping key of the server's generation over. One that is older
// than ours (the server was put back from a backup) is to be replaced instead; so is
// one that a workstation has made which was ended here.
func (x *exchange) openRing(ctx context.Context, l store.Link, out *wire.RingPulled) (open bool, err error) {
	keys := x.st.Session()
	if keys.RingGen() == out.Gen && l.RingGen == out.Gen {
		return true, nil
	}
	if len(out.Wrap) == 0 {
		return false, fault.New(fault.Offline, "fault.syncer.wrap")
	}
	err = keys.OpenRing(out.Gen, out.Wrap)
	behind := errors.Is(err, vault.ErrRingBehind)
	switch {
	case fault.Is(err, fault.Forbidden) && l.Renew:
		behind = true // that is who replaces it now: what else it held, the others bring again
	case fault.Is(err, fault.Forbidden):
		// Made by a workstation that was ended since: who ended it replaces it.
		return false, fault.Wrap(err, fault.Offline, "fault.syncer.wrap")
	case err != nil && !behind:
		return false, err
	}
	_, err = x.move(ctx, func(l *store.Link) {
		switch {
		case behind:
			l.RingGen, l.RingN, l.Renew = out.Gen, out.Standing.RingN, true
		case l.RingGen != out.Gen:
			// What of our keys is not in it goes again, whoever made it.
			l.RingGen, l.RingN, l.KeyPlace = out.Gen, 0, 0
		}
	})
	return !behind, err
}

// absorb takes records in. One that can't be read is left: it may be an older
// program's, or somebody has damaged it, and neither shall keep the others out.
func (x *exchange) absorb(ctx context.Context, out *wire.RingPulled) error {
	if len(out.Records) == 0 {
		return nil
	}
	for _, r := range out.Records {
		var f *fault.Error
		if err := x.st.AbsorbKeys(ctx, r); errors.As(err, &f) && f.Key == "vault.ring.foreign" {
			x.leave(err)
		} else if err != nil {
			return err
		}
	}
	_, err := x.move(ctx, func(l *store.Link) {
		if l.RingGen == out.Gen {
			l.RingN = max(l.RingN, out.First+uint64(len(out.Records))-1)
		}
	})
	return err
}

// giveKeys hands over the keys that were made or learned here since the last time,
// and the wrapping key to those who lack it.
func (x *exchange) giveKeys(ctx context.Context) error {
	l, err := x.link(ctx)
	if err != nil || l.RingGen == 0 {
		return err
	}
	records, next, err := x.st.Session().SealKeys(l.KeyPlace)
	if err != nil {
		return err
	}
	wraps := x.wraps()
	for t := newTries(); len(records) > 0 || len(wraps) > 0; {
		n := x.fitting(records)
		err := x.giveRecords(ctx, l.RingGen, records[:n], wraps)
		if t.after(ctx, err) {
			continue
		}
		if err != nil {
			return err
		}
		records, wraps = records[n:], nil
	}
	if next == l.KeyPlace {
		return nil
	}
	_, err = x.move(ctx, func(l *store.Link) { l.KeyPlace = max(l.KeyPlace, next) })
	return err
}

// wraps seals the wrapping key to the workstations that lack it, as far as they are
// trusted here.
func (x *exchange) wraps() []wire.Wrap {
	var out []wire.Wrap
	for _, device := range x.lacking {
		if sealed, err := x.st.Session().WrapRing(device); err == nil {
			out = append(out, wire.Wrap{Reader: device, Sealed: sealed})
		}
	}
	x.lacking = nil
	return out
}

// fitting counts the records of a page.
func (x *exchange) fitting(records [][]byte) int {
	size := 0
	for i, r := range records {
		if size += len(r); i > 0 && (size > x.page.size || i == wire.MaxItems) {
			return i
		}
	}
	return len(records)
}

func (x *exchange) giveRecords(ctx context.Context, gen uint32, records [][]byte, wraps []wire.Wrap) error {
	start := time.Now()
	out, err := x.sess.RingPush(ctx, &wire.RingPush{Gen: gen, Records: records, Wraps: wraps})
	x.paced(err, start)
	switch {
	case isProblem(err, wire.ProblemStale):
		return errAgain
	case err != nil:
		return err
	}
	if err := x.stands(&out.Standing); err != nil {
		return err
	}
	_, err = x.move(ctx, func(l *store.Link) {
		// Nothing but ours has come: it need not be fetched.
		if n := l.RingN + uint64(len(records)); l.RingGen == gen && out.Standing.RingGen == gen && out.Standing.RingN == n {
			l.RingN = n
		}
	})
	return err
}
