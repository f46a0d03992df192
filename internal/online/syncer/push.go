package syncer

import (
	"context"
	"time"

	"feldsher/internal/online/wire"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// heads asks how far the server has each chain.
func (x *exchange) heads(ctx context.Context) error {
	var out *wire.Standing
	err := call(ctx, func() (err error) {
		out, err = x.sess.State(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if err := x.stands(out); err != nil {
		return err
	}
	x.known, x.theirs = map[chain]uint64{}, out.Heads
	for _, h := range out.Heads {
		x.known[chain{h.Device, h.Chain}] = h.Seq
	}
	return x.compare(ctx, out.Heads)
}

// compare finds out whether the server has entries in this workstation's name that
// are not here: the directory was put back from an older copy.
func (x *exchange) compare(ctx context.Context, theirs []wire.Head) error {
	ours, err := x.ours(ctx)
	if err != nil {
		return err
	}
	for _, h := range theirs {
		if h.Device != x.device {
			continue
		}
		own := ours[chain{h.Device, h.Chain}]
		if h.Seq > own.Seq || h.Seq == own.Seq && h.Hash != own.Hash {
			x.divide()
		}
	}
	return nil
}

// divide has everything in this workstation's name fetched, from the beginning: the
// store sees the other branch then, and takes a new identity.
func (x *exchange) divide() { x.divided, x.pulling = true, place{set: true, held: true} }

func (x *exchange) ours(ctx context.Context) (map[chain]journal.ChainHead, error) {
	heads, err := x.st.Heads(ctx)
	out := make(map[chain]journal.ChainHead, len(heads))
	for _, h := range heads {
		out[chain{h.Device, h.Chain}] = h
	}
	return out, err
}

// push hands over what the server lacks, in the order in which it came here: so
// each entry comes after all that it has seen.
func (x *exchange) push(ctx context.Context) error {
	if x.divided {
		return nil // first the other branch comes here
	}
	l, err := x.link(ctx)
	if err != nil {
		return err
	}
	if !x.pushing.set {
		x.pushing = place{at: uint64(l.Pushed), set: true}
	}
	p := pusher{exchange: x}
	for {
		batch, err := x.st.Outbox(ctx, int64(x.pushing.at), x.page.size)
		if err != nil || len(batch) == 0 {
			return err
		}
		if len(batch) > wire.MaxItems {
			batch = batch[:wire.MaxItems]
		}
		// The keys that these entries need were made before them.
		if err := x.putKeys(ctx); err != nil {
			return err
		}
		if err := p.hand(ctx, batch); err != nil {
			return err
		}
		if p.from {
			p.from = false
			continue
		}
		if err := x.passed(ctx, uint64(batch[len(batch)-1].N)); err != nil {
			return err
		}
	}
}

// passed moves the place of pushing on.
func (x *exchange) passed(ctx context.Context, to uint64) error {
	x.pushing.at = to
	if x.pushing.held {
		return nil
	}
	l, err := x.move(ctx, func(l *store.Link) { l.Pushed = max(l.Pushed, int64(to)) })
	if err != nil {
		return err
	}
	unsent, err := x.st.Unsent(ctx, l.Pushed)
	x.note(func(s *LinkState) { s.Unsent, s.Pushed, s.Pulled = unsent, x.pushed, x.pulled })
	return err
}

// pusher is one walk over the outbox.
type pusher struct {
	*exchange
	again bool // it has begun anew once, since the server had less than we thought
	from  bool // it begins anew now
}

// hand gives a batch to the server, leaving out what it has. One entry that it
// refuses for good is passed over, so that the others still get there.
func (p *pusher) hand(ctx context.Context, batch []journal.Stored) error {
	t := newTries()
	for {
		batch = p.lacked(batch)
		if len(batch) == 0 {
			return nil
		}
		part := batch[:p.fits(batch)]
		err := p.send(ctx, part)
		if err == nil {
			_ = t.after(ctx, nil)
			p.mark(part)
			continue
		}
		no := problem(err)
		if no == nil || int(no.At) >= len(part) || isProblem(err, wire.ProblemBusy, wire.ProblemUnavailable) {
			if t.after(ctx, err) {
				continue
			}
			return err
		}
		p.mark(part[:no.At])
		next, err := p.refuse(ctx, err, part[no.At])
		if err != nil || !next || p.from {
			return err
		}
		batch = batch[no.At+1:]
	}
}

// lacked leaves out what the server has.
func (p *pusher) lacked(batch []journal.Stored) []journal.Stored {
	out := make([]journal.Stored, 0, len(batch))
	for _, e := range batch {
		if e.Seq > p.known[chain{e.Device, e.Chain}] {
			out = append(out, e)
		}
	}
	return out
}

// fits counts the entries of a page; one that is larger goes alone.
func (p *pusher) fits(batch []journal.Stored) int {
	size := 0
	for i, e := range batch {
		if size += len(e.Raw); i > 0 && size > p.page.size {
			return i
		}
	}
	return len(batch)
}

// mark notes what the server has now.
func (p *pusher) mark(sent []journal.Stored) {
	for _, e := range sent {
		c := chain{e.Device, e.Chain}
		p.known[c] = max(p.known[c], e.Seq)
	}
	p.pushed += len(sent)
}

func (p *pusher) send(ctx context.Context, part []journal.Stored) error {
	l, err := p.link(ctx)
	if err != nil {
		return err
	}
	raw := make([][]byte, len(part))
	for i := range part {
		raw[i] = part[i].Raw
	}
	start := time.Now()
	out, err := p.sess.Push(ctx, &wire.Push{RingGen: l.RingGen, Entries: raw})
	p.paced(err, start)
	if err != nil {
		return err
	}
	return p.stands(&out.Standing)
}

// refuse decides what follows from the refusal of one entry: next says that the
// others may go on.
func (p *pusher) refuse(ctx context.Context, err error, e journal.Stored) (next bool, _ error) {
	switch {
	case isProblem(err, wire.ProblemStale):
		return false, errAgain
	case isProblem(err, wire.ProblemGap, wire.ProblemEarly):
		if p.again {
			break
		}
		// The server has less than it had confirmed, or than we remember of it.
		p.again, p.from = true, true
		p.pushing = place{set: true}
		return true, p.heads(ctx)
	case isProblem(err, wire.ProblemFork) && e.Device == p.device:
		p.divide()
		return false, errAgain
	case isProblem(err, wire.ProblemFork, wire.ProblemSignature):
	case isProblem(err, wire.ProblemRevoked, wire.ProblemUnknown):
		// The entry's workstation, or this one? A call of our own tells.
		if err := p.heads(ctx); err != nil {
			return false, err
		}
		if e.Device == p.device {
			return false, err
		}
	default:
		return false, err
	}
	p.leave(err)
	p.pushing.held = true
	return true, nil
}

// leave notes that something was left lying.
func (x *exchange) leave(err error) {
	if x.refused == nil {
		x.refused = leftLying(err)
	}
}
