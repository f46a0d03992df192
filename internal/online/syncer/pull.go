package syncer

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// pull fetches what is not here, page by page.
func (x *exchange) pull(ctx context.Context) error {
	for {
		in, err := x.question(ctx)
		if err != nil {
			return err
		}
		var out *wire.Pulled
		err = call(ctx, func() (err error) {
			start := time.Now()
			in.Max = uint32(x.page.size)
			out, err = x.sess.Pull(ctx, in)
			x.paced(err, start)
			return err
		})
		if err != nil {
			return err
		}
		if err := x.take(ctx, out); err != nil {
			return err
		}
		if !out.More {
			return x.joined(ctx)
		}
	}
}

// lack finds out whether all has come that the server has. Its numbers are no proof:
// a server that was put back without saying so gives them anew, to other entries.
func (x *exchange) lack(ctx context.Context) error {
	ours, err := x.ours(ctx)
	if err != nil {
		return err
	}
	for _, h := range x.theirs {
		c := chain{h.Device, h.Chain}
		if h.Device == x.device || ours[c].Seq >= h.Seq {
			continue
		}
		if h.Chain == ledger.Changes && !x.st.Session().Accepts(h.Device, h.Seq) {
			continue // of an ended workstation; never taken
		}
		if x.searched || fault.Is(x.refused, fault.Newer) {
			x.leave(errLacking) // tried again in each round
			return nil
		}
		x.searched = true
		return x.beginAnew(ctx)
	}
	x.searched = false
	return nil
}

var errLacking = errors.New("syncer: the server has entries that have not come")

// joined ends the search for a branch of our own chain: what it has led to begins
// the round anew.
func (x *exchange) joined(ctx context.Context) error {
	if !x.divided {
		return nil
	}
	if x.st.Session().Device() == x.device {
		// It is still ours, and can't be merged: a defect, or somebody has our key.
		return fault.New(fault.Conflict, "fault.syncer.divided")
	}
	x.divided, x.sess = false, nil
	return errAgain
}

// question asks for what comes after the place of pulling.
func (x *exchange) question(ctx context.Context) (*wire.Pull, error) {
	l, err := x.link(ctx)
	if err != nil {
		return nil, err
	}
	if !x.pulling.set {
		x.pulling = place{at: l.Cursor, set: true}
	}
	heads, err := x.st.Heads(ctx)
	if err != nil {
		return nil, err
	}
	in := &wire.Pull{Since: x.pulling.at, RingGen: l.RingGen, RingN: l.RingN}
	for _, h := range heads {
		if h.Device == x.device {
			continue
		}
		in.Have = append(in.Have, wire.Head{Device: h.Device, Chain: h.Chain, Seq: h.Seq})
	}
	if !x.divided {
		// Ours need not come back; what will have been pushed meanwhile least of all.
		for _, c := range []ledger.Chain{ledger.Changes, ledger.Accesses} {
			in.Have = append(in.Have, wire.Head{Device: x.device, Chain: c, Seq: math.MaxInt64})
		}
	}
	if len(in.Have) > wire.MaxItems {
		in.Have = in.Have[len(in.Have)-wire.MaxItems:]
	}
	return in, nil
}

// take merges a page. Keys that have come before its entries are fetched before
// them.
func (x *exchange) take(ctx context.Context, out *wire.Pulled) error {
	if err := x.stands(&out.Standing); err != nil {
		return err
	}
	l, err := x.link(ctx)
	if err != nil {
		return err
	}
	if out.Standing.RingGen != l.RingGen || out.Standing.RingN > l.RingN {
		if err := x.ring(ctx); err != nil {
			return err
		}
	}
	if err := x.merge(ctx, out.Entries); err != nil {
		return err
	}
	x.pulling.at = out.Next
	if !x.pulling.held {
		if _, err := x.move(ctx, func(l *store.Link) { l.Cursor = max(l.Cursor, out.Next) }); err != nil {
			return err
		}
	}
	now := x.o.now()
	x.note(func(s *LinkState) {
		s.Reached, s.Pushed, s.Pulled = now, x.pushed, x.pulled
		s.Progress = Progress{}
		if out.More {
			s.Progress = Progress{Done: out.Next, Of: out.Standing.Ordinal}
		}
	})
	return nil
}

const (
	firstBatch = 64
	mostBatch  = 4096
	// mergeFor is how long a transaction of the exchange may keep others from writing.
	mergeFor = 100 * time.Millisecond
)

// merge applies entries in batches that let other writers pass. One that can't be
// taken is left, and so is what needs it; the others go on.
func (x *exchange) merge(ctx context.Context, raw [][]byte) error {
	entries := make([]*ledger.Entry, 0, len(raw))
	for _, r := range raw {
		e, err := ledger.Decode(r)
		if err != nil {
			x.hold(fault.Wrap(err, fault.Damaged, "fault.syncer.entry"))
			continue
		}
		entries = append(entries, e)
	}
	for len(entries) > 0 {
		n, err := x.apply(ctx, entries[:min(len(entries), x.batch)])
		entries = entries[n:]
		if err == nil {
			continue
		}
		if !leaves(err) {
			return err
		}
		h := entries[0].Header
		if h.Chain == ledger.Changes && !x.st.Session().Accepts(h.Device, h.Seq) {
			if x.url != "" {
				x.leave(err) // written after its workstation was ended: never to be taken
			}
		} else {
			x.hold(err)
		}
		entries = entries[1:]
	}
	return nil
}

// apply merges a batch, and moves the place of pushing over it: what came from the
// server need not go there.
func (x *exchange) apply(ctx context.Context, batch []*ledger.Entry) (int, error) {
	had, err := x.ours(ctx)
	if err != nil {
		return 0, err
	}
	if x.url == "" { // a stick
		n, err := x.st.Apply(ctx, batch)
		x.pulled += fresh(had, batch[:n])
		return n, err
	}
	l, err := x.link(ctx)
	if err != nil {
		return 0, err
	}
	before, err := x.st.Unsent(ctx, l.Pushed)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	n, applyErr := x.st.Apply(ctx, batch)
	switch took := time.Since(start); {
	case n == len(batch) && took < mergeFor/2:
		x.batch = min(x.batch*2, mostBatch)
	case took > mergeFor*2:
		x.batch = max(x.batch/2, 1)
	}
	x.has(batch[:n])
	fresh := fresh(had, batch[:n])
	x.pulled += fresh
	if before > 0 || fresh == 0 {
		return n, applyErr
	}
	after, err := x.st.Unsent(ctx, l.Pushed)
	if err != nil || after != fresh {
		return n, errors.Join(applyErr, err) // somebody has written here meanwhile
	}
	last, err := x.st.Outbox(ctx, l.Pushed+int64(fresh)-1, 1)
	if err == nil && len(last) == 1 && last[0].N == l.Pushed+int64(fresh) {
		err = x.passed(ctx, uint64(last[0].N))
	}
	return n, errors.Join(applyErr, err)
}

// has notes what the server has.
func (x *exchange) has(entries []*ledger.Entry) {
	for _, e := range entries {
		c := chain{e.Header.Device, e.Header.Chain}
		x.known[c] = max(x.known[c], e.Header.Seq)
	}
}

// fresh counts the entries that were not here.
func fresh(had map[chain]journal.ChainHead, entries []*ledger.Entry) int {
	n := 0
	for _, e := range entries {
		if e.Header.Seq > had[chain{e.Header.Device, e.Header.Chain}].Seq {
			n++
		}
	}
	return n
}

// hold leaves something lying, and keeps the place before it for the next round.
func (x *exchange) hold(err error) {
	x.leave(err)
	x.pulling.held = true
}

// leaves reports whether an error is about one entry, so that others may go on.
func leaves(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && strings.HasPrefix(f.Key, "fault.ledger.")
}

// leftLying is what a round ends with that went well but for some entries.
func leftLying(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Newer {
		return err // the program is to be updated: its own words say so
	}
	return fault.Wrap(err, fault.Conflict, "fault.syncer.refused")
}
