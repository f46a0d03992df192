package store

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

// Two directories with one identity may both have written before anybody noticed.
// The one that meets the other's entries gives way: from the first entry in which
// they differ, its own are written anew under a new identity, with their stamps,
// contents and what they had seen, and then stand beside the other's like any
// colleague's. Nothing of either is lost. Nobody has accepted the entries that are
// replaced: their place was taken.

// ourOwn deals with an entry that was refused because it is signed as this
// workstation, or as what it was before, and another stands in its place here or
// none does.
func (s *Store) ourOwn(ctx context.Context, e *ledger.Entry, refused error) (again bool, err error) {
	var f *fault.Error
	if !errors.As(refused, &f) || f.Key != "fault.ledger.fork" {
		return false, refused
	}
	h := e.Header
	formers, err := s.formers(ctx)
	if err != nil {
		return false, err
	}
	own := append(formers, s.session.Device())
	key, known := s.session.DeviceKey(h.Device)
	if !slices.Contains(own, h.Device) || !known || !e.Verify(key) {
		return false, refused
	}
	b := branch{s: s, own: own, device: h.Device, chain: h.Chain, seq: h.Seq}
	if err := b.read(ctx); err != nil {
		return false, err
	}
	if len(b.entries) == 0 && h.Device != s.session.Device() {
		return false, refused // nothing of ours stands in the way
	}
	if err := b.move(ctx); err != nil {
		return false, err
	}
	return true, nil
}

// branch is the part of our own chains that gives way.
type branch struct {
	s      *Store
	own    []ledger.ID
	device ledger.ID // whose chain has divided
	chain  ledger.Chain
	seq    uint64 // of the first entry in which the two differ

	entries []ownEntry
	base    map[ledger.ID]ledger.Head // what had been seen before them
}

// ownEntry is an entry of ours with its local ordinal, and what its boxes hold.
type ownEntry struct {
	n        int64
	e        *ledger.Entry
	payloads []*ledger.Payload
}

// read finds the entries that give way: those of the chain from there on, and what
// later identities have written into the same chain, for it builds on them.
func (b *branch) read(ctx context.Context) error {
	rows, err := b.s.db.Reader.QueryContext(ctx, `SELECT e.n, e.bytes FROM entry e JOIN device d ON d.n = e.device
		WHERE e.chain = ? AND d.id IN (SELECT unhex(value) FROM json_each(?)) ORDER BY e.n`, b.chain, jsonList(hexed(b.own)))
	if err != nil {
		return err
	}
	defer rows.Close()
	b.base = map[ledger.ID]ledger.Head{}
	for rows.Next() {
		var o ownEntry
		var raw []byte
		if err := rows.Scan(&o.n, &raw); err != nil {
			return err
		}
		if o.e, err = ledger.Decode(raw); err != nil {
			return fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
		}
		h := o.e.Header
		if len(b.entries) > 0 || h.Device == b.device && h.Seq >= b.seq {
			b.entries = append(b.entries, o)
			continue
		}
		for _, head := range h.Seen {
			b.base[head.Device] = head
		}
		b.base[h.Device] = ledger.Head{Device: h.Device, Seq: h.Seq, Hash: o.e.Hash}
	}
	return rows.Err()
}

// move gives this directory a new identity, where it has not one without entries
// in the chain, and moves the entries under it.
func (b *branch) move(ctx context.Context) error {
	s := b.s
	fresh, err := b.untouched(ctx)
	if err != nil {
		return err
	}
	if !fresh {
		if err := s.noteFormer(ctx); err != nil {
			return err
		}
		if _, _, err := s.session.Succeed(); err != nil {
			return err
		}
	}
	if b.chain == ledger.Changes {
		err = s.journal.Migrate(ctx, func(jtx *journal.Tx) error { return b.rewrite(&Tx{Tx: jtx, s: s}) })
	}
	if err != nil {
		return err
	}
	if err := s.restart(ctx); err != nil {
		return err
	}
	if b.chain == ledger.Accesses {
		return b.logAgain(ctx)
	}
	return nil
}

// untouched reports whether the present identity is not the divided one and has
// written nothing into the chain.
func (b *branch) untouched(ctx context.Context) (bool, error) {
	now := b.s.session.Device()
	if now == b.device {
		return false, nil
	}
	heads, err := journal.Heads(ctx, b.s.db.Reader)
	return !slices.ContainsFunc(heads, func(h journal.ChainHead) bool { return h.Device == now && h.Chain == b.chain }), err
}

// restart has the journal begin anew under the present identity.
func (s *Store) restart(ctx context.Context) error {
	if err := s.journal.Close(); err != nil {
		return err
	}
	if err := s.resume(ctx, s.version); err != nil {
		return err
	}
	if s.outside == "" {
		return nil
	}
	return s.noteAnew(ctx)
}

// rewrite signs the entries as the new identity, in their places.
func (b *branch) rewrite(tx *Tx) error {
	if len(b.entries) == 0 {
		return nil
	}
	now := b.s.session.Device()
	if _, err := tx.Exec(`INSERT OR IGNORE INTO device (id) VALUES (?)`, now); err != nil {
		return err
	}
	from := b.entries[0].n
	if err := b.unintroduce(tx); err != nil {
		return err
	}
	knew := maps.Clone(b.base) // of the divided chain's writer
	delete(knew, b.device)
	seen := slices.SortedFunc(maps.Values(b.base), byDevice)
	last := ledger.Head{Device: now}
	var stamp ledger.HLC
	for i, o := range b.entries {
		h := o.e.Header
		seen = mergeSeen(seen, h.Seen, b.own)
		// Identities that followed one another may have had clocks of their own; in one
		// chain stamps only grow.
		stamp = max(h.HLC, stamp+1)
		h.Device, h.Seq, h.Prev, h.Seen, h.HLC = now, last.Seq+1, last.Hash, seen, stamp
		e, err := b.sealAnew(tx, o, h, i == 0)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE entry SET device = (SELECT n FROM device WHERE id = ?), seq = ?, hlc = ?, hash = ?, bytes = ? WHERE n = ?`,
			now, int64(h.Seq), int64(h.HLC), e.Hash[:], e.Encode(), o.n)
		if err != nil {
			return err
		}
		for _, head := range seen {
			b.base[head.Device] = head
		}
		last, seen = ledger.Head{Device: now, Seq: h.Seq, Hash: e.Hash}, nil
	}
	for device, known := range map[ledger.ID]map[ledger.ID]ledger.Head{b.device: knew, now: b.base} {
		if err := putKnows(tx, device, known); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`UPDATE link SET pushed = min(pushed, ?)`, from-1)
	return err
}

// unintroduce opens the entries and takes the certificates out of them that the new
// identity will bring in its first entry: a former one, which nobody has met, may
// have brought them in a later one. An entry that held nothing else goes.
func (b *branch) unintroduce(tx *Tx) error {
	ours := map[ledger.ID]bool{}
	for _, r := range b.s.session.Introduction() {
		ours[r.ID] = true
	}
	var kept []ownEntry
	for _, o := range b.entries {
		var taken []ledger.ID
		empty := true
		for _, box := range o.e.Boxes {
			p, err := o.e.OpenBox(box, keys{b.s.session})
			if err != nil {
				return fault.Wrap(err, fault.Damaged, "fault.ledger.box", "seq", o.e.Header.Seq)
			}
			p.Rows = slices.DeleteFunc(p.Rows, func(c ledger.Change) bool {
				if c.Table != keyRecordTable || c.Kind != ledger.Insert || !ours[c.Key] {
					return false
				}
				taken = append(taken, c.Key)
				return true
			})
			empty = empty && len(p.Rows)+len(p.Parts) == 0
			p.Parts = slices.DeleteFunc(p.Parts, func(part ledger.Part) bool { return part.Erased })
			o.payloads = append(o.payloads, p)
		}
		for _, id := range taken {
			if _, err := tx.Exec(`DELETE FROM key_record WHERE id = ? AND born = ?`, id, o.n); err != nil {
				return err
			}
		}
		if !empty {
			kept = append(kept, o)
		} else if _, err := tx.Exec(`DELETE FROM entry WHERE n = ?`, o.n); err != nil {
			return err
		}
	}
	b.entries = kept
	return nil
}

func byDevice(a, b ledger.Head) int { return bytes.Compare(a.Device[:], b.Device[:]) }

// mergeSeen adds what an entry had seen, but for our own, which are moving.
func mergeSeen(base, more []ledger.Head, own []ledger.ID) []ledger.Head {
	all := map[ledger.ID]ledger.Head{}
	for _, h := range base {
		all[h.Device] = h
	}
	for _, h := range more {
		if !slices.Contains(own, h.Device) {
			all[h.Device] = h
		}
	}
	return slices.SortedFunc(maps.Values(all), byDevice)
}

// sealAnew seals what an entry holds for its new header. What was erased since is
// left out. The first entry carries the certificates of the new identity.
func (b *branch) sealAnew(tx *Tx, o ownEntry, h ledger.Header, first bool) (*ledger.Entry, error) {
	all := keys{b.s.session}
	var boxes []ledger.Box
	for i, old := range o.e.Boxes {
		if first && i == 0 {
			if err := b.introduction(tx, o.n, o.payloads[i]); err != nil {
				return nil, err
			}
		}
		box, err := ledger.SealBox(h, old.Scope, old.Epoch, o.payloads[i], all)
		if err != nil {
			return nil, err
		}
		boxes = append(boxes, box)
	}
	return ledger.Sign(h, boxes, all.Sign)
}

// introduction adds the certificates that no row holds yet to a payload and to the
// table.
func (b *branch) introduction(tx *Tx, n int64, p *ledger.Payload) error {
	for _, r := range b.s.session.Introduction() {
		have, err := scalar[int64](tx, `SELECT count(*) FROM key_record WHERE id = ?`, r.ID)
		if err != nil {
			return err
		}
		if have > 0 {
			continue
		}
		p.Rows = append(p.Rows, ledger.Change{Table: keyRecordTable, Key: r.ID, Kind: ledger.Insert, Columns: []ledger.Column{
			{Name: "kind", New: int64(r.Kind)}, {Name: "record", New: r.Bytes},
		}})
		_, err = tx.Exec(`INSERT INTO key_record (id, born, kind, record) VALUES (?, ?, ?, ?)`, r.ID, n, int64(r.Kind), r.Bytes)
		if err != nil {
			return err
		}
	}
	return nil
}

// putKnows replaces what a device is known to have seen.
func putKnows(tx *Tx, device ledger.ID, known map[ledger.ID]ledger.Head) error {
	if _, err := tx.Exec(`DELETE FROM knows WHERE device = (SELECT n FROM device WHERE id = ?)`, device); err != nil {
		return err
	}
	for _, h := range known {
		_, err := tx.Exec(`INSERT INTO knows (device, other, seq, hash)
			SELECT (SELECT n FROM device WHERE id = ?), n, ?, ? FROM device WHERE id = ?`, device, int64(h.Seq), h.Hash[:], h.Device)
		if err != nil {
			return err
		}
	}
	return nil
}

// logAgain writes what our branch of the accesses holds as new entries and then
// takes the branch away. A break between the two makes accesses stand twice, never
// not at all.
func (b *branch) logAgain(ctx context.Context) error {
	s := b.s
	for _, o := range b.entries {
		for _, box := range o.e.Boxes {
			p, err := o.e.OpenBox(box, keys{s.session})
			if err != nil {
				return fault.Wrap(err, fault.Damaged, "fault.ledger.box", "seq", o.e.Header.Seq)
			}
			if err := s.introduceSelf(ctx, p.Actor); err != nil {
				return err
			}
			if err := s.journal.Access(ctx, p.Actor, p.Accesses); err != nil {
				return err
			}
		}
	}
	err := s.journal.Local(ctx, func(jtx *journal.Tx) error {
		for _, o := range b.entries {
			for _, q := range []string{`DELETE FROM entry_patient WHERE entry = ?`, `DELETE FROM entry WHERE n = ?`} {
				if _, err := jtx.Exec(q, o.n); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.restart(ctx)
}
