package depot

import (
	"context"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// A pull looks first at what comes, then reads the bytes of what is wanted: a
// workstation that has most of it already must not cost reading that.
const (
	pullRows   = 2048 // looked at in one statement
	pullRounds = 64   // statements of one call; then the client goes on from Next
)

// Pull implements Depot.
func (d *depot) Pull(ctx context.Context, org ledger.ID, since uint64, have []wire.Head, limit int) (p wire.Pulled, err error) {
	has := map[chainID]uint64{}
	for _, h := range have {
		c := chainID{h.Device, h.Chain}
		has[c] = max(has[c], h.Seq)
	}
	err = d.look(ctx, func(t tx) error { // entries never change: no need of a snapshot
		if p.Standing, err = d.standingNow(t, org); err != nil {
			return err
		}
		page, err := choose(t, org, since, p.Standing.Ordinal, has, limit)
		if err != nil {
			return err
		}
		p.Next, p.More = page.next, page.next < p.Standing.Ordinal
		p.Entries, err = page.read(t, org)
		return err
	})
	if err != nil {
		return wire.Pulled{}, err
	}
	return p, nil
}

// page is what a pull will give.
type page struct {
	ordinals []int64
	bytes    int
	next     uint64
	full     bool
}

// choose goes through the entries after since, up to last.
func choose(t tx, org ledger.ID, since, last uint64, has map[chainID]uint64, limit int) (*page, error) {
	p := &page{next: since}
	if since >= last {
		p.next = last
	}
	for range pullRounds {
		if p.full || p.next >= last || len(p.ordinals) > 0 && p.bytes >= limit {
			break
		}
		upto := min(last, p.next+pullRows)
		if err := t.query(`SELECT ordinal, device, chain, seq, length(raw) FROM entry
			WHERE org = $1 AND ordinal > $2 AND ordinal <= $3 ORDER BY ordinal`,
			[]any{key(org), int64(p.next), int64(upto)}, func(scan scan) error { return p.take(scan, has, limit) }); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// take looks at one entry.
func (p *page) take(scan scan, has map[chainID]uint64, limit int) error {
	var ordinal int64
	var device []byte
	var c chainID
	var seq uint64
	var size int
	if err := scan(&ordinal, &device, &c.chain, &seq, &size); err != nil {
		return err
	}
	if c.device = idOf(device); seq > has[c] {
		if len(p.ordinals) > 0 && p.bytes+size > limit || len(p.ordinals) == wire.MaxItems {
			p.full = true
			return errEnough
		}
		p.ordinals = append(p.ordinals, ordinal)
		p.bytes += size
	}
	p.next = uint64(ordinal)
	return nil
}

// read fetches the bytes of what was chosen: runs of numbers at once.
func (p *page) read(t tx, org ledger.ID) ([][]byte, error) {
	var runs [][]any
	for i, n := range p.ordinals {
		if i > 0 && p.ordinals[i-1] == n-1 {
			runs[len(runs)-1][2] = n
		} else {
			runs = append(runs, []any{key(org), n, n})
		}
	}
	entries := make([][]byte, 0, len(p.ordinals))
	err := t.many("SELECT raw FROM entry WHERE org = $1 AND ordinal BETWEEN $2 AND $3 ORDER BY ordinal", runs,
		func(_ int, scan scan) error {
			var raw []byte
			err := scan(&raw)
			entries = append(entries, raw)
			return err
		})
	return entries, err
}
