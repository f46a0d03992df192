package depot

import (
	"context"
	"maps"
	"slices"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// pushed is what becomes of one push.
type pushed struct {
	stored   int
	standing wire.Standing
	refused  *Refused
}

// Push implements Depot.
func (d *depot) Push(ctx context.Context, by Caller, ringGen uint32, entries []*ledger.Entry) (int, wire.Standing, error) {
	var p pushed
	known, err := d.lookAhead(ctx, by, entries)
	if err != nil {
		return 0, wire.Standing{}, err
	}
	err = d.write(ctx, by.Org, func(t tx) (err error) {
		p, err = d.push(t, by, ringGen, entries, known)
		return err
	})
	if err != nil {
		return 0, wire.Standing{}, err
	}
	if p.stored > 0 {
		d.moved(by.Org)
	}
	if p.refused != nil {
		return p.stored, p.standing, p.refused
	}
	return p.stored, p.standing, nil
}

// A push that speaks of much is looked up before it gets the lock, so that nobody
// waits for it: what is stored of a chain never changes.
const (
	manyPlaces = 256
	manyChains = 64
)

func (d *depot) lookAhead(ctx context.Context, by Caller, entries []*ledger.Entry) (known map[place]ledger.Hash, err error) {
	places := len(entries)
	for _, e := range entries {
		places += len(e.Header.Seen)
	}
	if places <= manyPlaces {
		return nil, nil
	}
	err = d.look(ctx, func(t tx) error {
		j, err := newJudge(t, by, entries, nil)
		if err != nil {
			return err
		}
		known = j.hashes
		return nil
	})
	return known, err
}

func (d *depot) push(t tx, by Caller, ringGen uint32, entries []*ledger.Entry, known map[place]ledger.Hash) (p pushed, err error) {
	o, err := organisation(t, by.Org)
	if err != nil {
		return p, err
	}
	j, err := newJudge(t, by, entries, known)
	if err != nil {
		return p, err
	}
	if caller, known := j.devices[by.Device]; !known {
		return p, ErrUnknown
	} else if !caller.Revoked.IsZero() {
		return p, ErrRevoked
	}
	if ringGen != o.gen {
		return p, ErrStale
	}
	moved := map[chainID]bool{}
	for i, e := range entries {
		fresh, head, err := j.admit(e)
		if err != nil {
			p.refused = refusal(i, head, err)
			break
		}
		if !fresh {
			continue
		}
		o.ordinal++
		o.bytes += int64(len(e.Encode()))
		p.stored++
		moved[chainID{head.Device, head.Chain}] = true
		if err := t.later(`INSERT INTO entry (org, ordinal, device, chain, seq, hash, raw) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			key(o.id), int64(o.ordinal), key(head.Device), int64(head.Chain), int64(head.Seq), e.Hash[:], e.Encode()); err != nil {
			return p, err
		}
	}
	if err := j.keep(t, o, moved); err != nil {
		return p, err
	}
	p.standing, err = d.standing(t, o)
	return p, err
}

func refusal(at int, head wire.Head, err error) *Refused {
	r := &Refused{At: at, Err: err}
	if head.Seq > 0 {
		r.Heads = []wire.Head{head}
	}
	return r
}

// newJudge reads what is stored of the chains that the entries speak of, but for the
// hashes that are known.
func newJudge(t tx, by Caller, entries []*ledger.Entry, known map[place]ledger.Hash) (*judge, error) {
	j := &judge{org: by.Org, devices: map[ledger.ID]Device{}, heads: map[chainID]wire.Head{}, hashes: maps.Clone(known)}
	if j.hashes == nil {
		j.hashes = map[place]ledger.Hash{}
	}
	if err := j.readHeads(t, by, needs(entries)); err != nil {
		return nil, err
	}
	var lists [][]any
	var places []place
	for _, p := range j.behind(entries) {
		if _, ok := known[p]; !ok {
			places = append(places, p)
			lists = append(lists, []any{key(by.Org), key(p.device), int64(p.chain), int64(p.seq)})
		}
	}
	return j, t.many("SELECT hash FROM entry WHERE org = $1 AND device = $2 AND chain = $3 AND seq = $4", lists,
		func(i int, scan scan) error {
			var hash []byte
			err := scan(&hash)
			j.hashes[places[i]] = hashOf(hash)
			return err
		})
}

const headColumns = `SELECT device.device, revoked, revoked_seq, coalesce(chain, 0), coalesce(seq, 0), hash
	FROM device LEFT JOIN head ON head.org = device.org AND head.device = device.device`

// readHeads reads the workstations of some chains, and the caller, with the heads of
// the chains. Where many are named, perhaps to keep us busy, all there are: these are
// no more than the organisation has.
func (j *judge) readHeads(t tx, by Caller, chains []chainID) error {
	row := func(_ int, scan scan) error { return j.readHead(scan) }
	if len(chains) > manyChains {
		return t.many(headColumns+" WHERE device.org = $1", [][]any{{key(by.Org)}}, row)
	}
	caller := chainID{by.Device, ledger.Changes}
	if !slices.Contains(chains, caller) {
		chains = append(chains, caller)
	}
	lists := make([][]any, len(chains))
	for i, c := range chains {
		lists[i] = []any{key(by.Org), key(c.device), int64(c.chain)}
	}
	return t.many(headColumns+" AND head.chain = $3 WHERE device.org = $1 AND device.device = $2", lists, row)
}

func (j *judge) readHead(scan scan) error {
	var id, hash []byte
	var revoked int64
	var dev Device
	var h wire.Head
	if err := scan(&id, &revoked, &dev.RevokedSeq, &h.Chain, &h.Seq, &hash); err != nil {
		return err
	}
	dev.ID, dev.Revoked = idOf(id), moment(revoked)
	j.devices[dev.ID] = dev
	if h.Seq > 0 {
		h.Device, h.Hash = dev.ID, hashOf(hash)
		j.heads[chainID{h.Device, h.Chain}] = h
	}
	return nil
}

// keep writes where chains and numbers stand now.
func (j *judge) keep(t tx, o org, moved map[chainID]bool) error {
	if len(moved) == 0 {
		return nil
	}
	for c := range moved {
		h := j.heads[c]
		if err := t.later(`INSERT INTO head (org, device, chain, seq, hash) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (org, device, chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
			key(o.id), key(c.device), int64(c.chain), int64(h.Seq), h.Hash[:]); err != nil {
			return err
		}
	}
	return t.later("UPDATE organisation SET ordinal = $2, bytes = $3 WHERE org = $1", key(o.id), int64(o.ordinal), o.bytes)
}

// Heads implements Depot.
func (d *depot) Heads(ctx context.Context, id ledger.ID) (all []wire.Head, err error) {
	err = d.look(ctx, func(t tx) error {
		if _, err := organisation(t, id); err != nil {
			return err
		}
		return t.query("SELECT device, chain, seq, hash FROM head WHERE org = $1 ORDER BY device, chain", []any{key(id)},
			func(scan scan) error {
				var h wire.Head
				var device, hash []byte
				err := scan(&device, &h.Chain, &h.Seq, &hash)
				h.Device, h.Hash = idOf(device), hashOf(hash)
				all = append(all, h)
				return err
			})
	})
	return all, err
}
