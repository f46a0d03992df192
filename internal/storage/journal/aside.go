package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// What a device wrote after its revocation is refused, and kept in table aside all
// the same: a colleague who did not know of the revocation yet may have built on it,
// and then his chain can't go on without it. It is no part of the ledger there; it
// is taken in when an entry of somebody who is trusted names it as seen.

// asideBytes bounds what is kept of one device.
const asideBytes = 256 << 20

// saysOf reports whether an error is the fault of that key.
func saysOf(err error, key string) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Key == key
}

// vouch notes which late entries of a delivery others in it have built on.
func (r *reception) vouch(entries []*ledger.Entry) {
	late := func(e *ledger.Entry) bool { return !r.believed(e.Header) }
	if !slices.ContainsFunc(entries, late) {
		return
	}
	for _, e := range slices.Backward(entries) {
		h := e.Header
		switch {
		case h.Chain != ledger.Changes:
		case r.vouched[e.Hash]:
			r.vouched[h.Prev] = true
		case len(h.Seen) > 0 && !late(e) && r.signed(e):
			for _, head := range h.Seen {
				r.vouched[head.Hash] = true
			}
		}
	}
}

// signed reports whether an entry is of a device that is known, and of ours.
func (r *reception) signed(e *ledger.Entry) bool {
	key, known := r.key(e.Header.Device)
	return known && e.Header.Org == r.j.keys.Organisation() && e.Verify(key)
}

// putAside keeps an entry whose signature holds.
func (j *Journal) putAside(ctx context.Context, e *ledger.Entry) error {
	return j.run(ctx, idle, func(*Tx) error {
		h := e.Header
		var kept int
		row := j.conn.QueryRowContext(ctx, `SELECT coalesce(sum(length(bytes)), 0) FROM aside WHERE device = ?`, h.Device[:])
		if err := row.Scan(&kept); err != nil {
			return fmt.Errorf("journal: aside: %w", err)
		}
		raw := e.Encode()
		if kept+len(raw) > asideBytes {
			return nil
		}
		if _, err := j.conn.ExecContext(ctx, `INSERT OR IGNORE INTO aside (hash, device, seq, bytes) VALUES (?, ?, ?, ?)`,
			e.Hash[:], h.Device[:], int64(h.Seq), raw); err != nil {
			return fmt.Errorf("journal: aside: %w", err)
		}
		return nil
	})
}

// recall takes in, out of what was kept aside, all that an early entry builds on,
// and then the entry itself. Where something is lacking still it stays early.
func (j *Journal) recall(ctx context.Context, r *reception, e *ledger.Entry, early error, after func(*Tx, []Row) error) error {
	if e.Header.Chain != ledger.Changes || !r.accepts(e) || !r.signed(e) {
		return early
	}
	kept, err := j.builtOn(ctx, e)
	if err != nil {
		return err
	}
	if len(kept) == 0 {
		return early
	}
	for _, k := range kept {
		r.vouched[k.Hash] = true
	}
	for rest := append(kept, e); len(rest) > 0; {
		n, err := j.segment(ctx, r, rest, after)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	return j.run(ctx, idle, func(*Tx) error {
		_, err := j.conn.ExecContext(ctx, `DELETE FROM aside WHERE EXISTS (SELECT 1 FROM device d
			JOIN entry e ON e.device = d.n AND e.chain = 1 AND e.seq = aside.seq
			WHERE d.id = aside.device AND e.hash = aside.hash)`)
		if err != nil {
			return fmt.Errorf("journal: aside: %w", err)
		}
		return nil
	})
}

// builtOn lists what an entry lacks in a causal order; nothing where not all of it
// was kept.
func (j *Journal) builtOn(ctx context.Context, e *ledger.Entry) ([]*ledger.Entry, error) {
	known, err := j.known(ctx)
	if err != nil {
		return nil, err
	}
	h := e.Header
	heads := append(slices.Clone(h.Seen), ledger.Head{Device: h.Device, Seq: h.Seq - 1, Hash: h.Prev})
	have := map[ledger.Hash]bool{}
	var found []*ledger.Entry
	for len(heads) > 0 {
		head := heads[len(heads)-1]
		heads = heads[:len(heads)-1]
		if have[head.Hash] || head.Seq == 0 || known.applied.Has(head.Device, head.Seq) {
			continue
		}
		k, err := j.kept(ctx, head)
		if err != nil || k == nil {
			return nil, err
		}
		have[head.Hash] = true
		found = append(found, k)
		heads = append(heads, k.Header.Seen...)
		heads = append(heads, ledger.Head{Device: head.Device, Seq: head.Seq - 1, Hash: k.Header.Prev})
	}
	return inOrder(known, found), nil
}

// inOrder sorts entries so that each comes after what it builds on.
func inOrder(known *chains, entries []*ledger.Entry) []*ledger.Entry {
	applied := maps.Clone(known.applied)
	slices.Reverse(entries) // they were found from the last one back
	var out []*ledger.Entry
	for len(entries) > 0 {
		i := slices.IndexFunc(entries, func(e *ledger.Entry) bool { return applied.Ready(e.Header) })
		if i < 0 {
			return nil // two branches of one chain
		}
		h := entries[i].Header
		applied.Add([]ledger.Head{{Device: h.Device, Seq: h.Seq}})
		out = append(out, entries[i])
		entries = slices.Delete(entries, i, i+1)
	}
	return out
}

// kept reads the entry that a head names; nil when it was not kept aside.
func (j *Journal) kept(ctx context.Context, head ledger.Head) (*ledger.Entry, error) {
	var raw []byte
	err := j.conn.QueryRowContext(ctx, `SELECT bytes FROM aside WHERE hash = ?`, head.Hash[:]).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("journal: aside: %w", err)
	}
	e, err := ledger.Decode(raw)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
	}
	if e.Hash != head.Hash || e.Header.Device != head.Device || e.Header.Seq != head.Seq {
		return nil, nil
	}
	return e, nil
}
