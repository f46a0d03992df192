package syncer

import (
	"context"
	"iter"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// renewRing replaces the server's keyring by one under a fresh wrapping key, or
// makes the first. Where another workstation was quicker, its generation is taken
// in, and ours follows it if it has still a reason.
func (x *exchange) renewRing(ctx context.Context) error {
	for range mostRounds {
		l, err := x.link(ctx)
		if err != nil {
			return err
		}
		if l.RingGen > 0 && !l.Renew {
			return nil
		}
		why := x.reasons()
		draft, err := x.st.Session().DraftRing(l.RingGen + 1)
		if err != nil {
			return err
		}
		out, err := x.sendDraft(ctx, l, draft)
		if isProblem(err, wire.ProblemStale, wire.ProblemGap) {
			if err := x.takeRing(ctx); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := x.st.Session().AdoptRing(draft); err != nil {
			return err
		}
		_, err = x.move(ctx, func(l *store.Link) {
			l.RingGen, l.RingN, l.KeyPlace = draft.Gen, out.Standing.RingN, draft.Place
			l.Renew = x.reasons() != why // something more was erased while it was sent
		})
		return err
	}
	return errAgain
}

// reasons counts what a keyring is replaced for.
func (x *exchange) reasons() [2]int {
	keys := x.st.Session()
	return [2]int{len(keys.Keyring().Tombstones()), len(keys.Revocations())}
}

const (
	// mostPart is how large a part of a draft may be: a part is repeated as it is, since
	// its number names it.
	mostPart = 256 << 10
	// mostRests is how often others may bring keys while a draft is being ended.
	mostRests = 64
)

// sendDraft hands a generation over in parts; what it gives is of the last. Keys that
// others have given to the former generation meanwhile follow in further parts.
func (x *exchange) sendDraft(ctx context.Context, l store.Link, draft *vault.RingDraft) (*wire.RingPushed, error) {
	d := drafting{exchange: x, part: wire.RingRenew{Old: l.RingGen, Draft: ledger.NewID()}}
	for _, w := range draft.Wraps {
		d.part.Wraps = append(d.part.Wraps, wire.Wrap{Reader: w.Reader, Sealed: w.Sealed})
	}
	why := x.reasons()
	if err := d.add(ctx, draft.Records()); err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		out, err := d.last(ctx, l.RingN)
		if !isProblem(err, wire.ProblemStale) || n >= mostRests {
			return out, err
		}
		if err := x.takeRing(ctx); err != nil {
			return nil, err
		}
		now, e := x.link(ctx)
		if e != nil {
			return nil, e
		}
		if now.RingGen != l.RingGen || x.reasons() != why {
			return nil, err // another generation, or what was erased is in the draft
		}
		l = now
		rest, err := draft.Rest()
		if err != nil {
			return nil, err
		}
		if err := d.add(ctx, rest); err != nil {
			return nil, err
		}
	}
}

// drafting is a draft on its way; part is what has not gone yet.
type drafting struct {
	*exchange
	part wire.RingRenew
	size int
}

func (d *drafting) add(ctx context.Context, records iter.Seq[[]byte]) error {
	for r := range records {
		if len(d.part.Records) > 0 && (d.size+len(r) > min(d.page.size, mostPart) || len(d.part.Records) == wire.MaxItems) {
			if _, err := d.sendPart(ctx, &d.part); err != nil {
				return err
			}
			d.part.Part, d.part.Wraps, d.part.Records, d.size = d.part.Part+1, nil, nil, 0
		}
		d.part.Records, d.size = append(d.part.Records, r), d.size+len(r)
	}
	return nil
}

// last ends the draft. Where it fails with stale the part has not come, and others may
// be added to it.
func (d *drafting) last(ctx context.Context, oldN uint64) (*wire.RingPushed, error) {
	part := d.part
	part.OldN, part.Last = oldN, true
	return d.sendPart(ctx, &part)
}

func (x *exchange) sendPart(ctx context.Context, part *wire.RingRenew) (out *wire.RingPushed, err error) {
	err = call(ctx, func() (err error) {
		start := time.Now()
		out, err = x.sess.RingRenew(ctx, part)
		x.paced(err, start)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, x.stands(&out.Standing)
}
