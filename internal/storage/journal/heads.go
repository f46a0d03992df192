package journal

import (
	"context"
	"fmt"
	"iter"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// head is one of the latest writes of a field group, with the entry it stands in.
type head struct {
	ledger.Write
	entry int64
}

// mergeHeads is ledger.Merge for heads that remember their entries.
func mergeHeads(heads []head, w head, seen ledger.Vector) (merged []head, late bool) {
	writes := make([]ledger.Write, len(heads))
	entries := map[ledger.Write]int64{w.Write: w.entry}
	for i, h := range heads {
		writes[i], entries[h.Write] = h.Write, h.entry
	}
	writes, late = ledger.Merge(writes, w.Write, seen)
	merged = make([]head, len(writes))
	for i, m := range writes {
		merged[i] = head{m, entries[m]}
	}
	return merged, late
}

// standing gives the head whose values stand in the table.
func standing(heads []head) head {
	writes := make([]ledger.Write, len(heads))
	for i, h := range heads {
		writes[i] = h.Write
	}
	return heads[ledger.Standing(writes)]
}

// headsOf gives the heads of a row's field group in order: those noted, else the
// entry that made the row.
func (j *Journal) headsOf(ctx context.Context, t *table, k touchKey, group int, row []any) ([]head, error) {
	heads, err := j.queryHeads(ctx, `SELECT d.id, e.seq, e.hlc, e.n FROM head h JOIN entry e ON e.n = h.entry JOIN device d ON d.n = e.device
		WHERE h.tbl = ? AND h.id = ? AND h.grp = ? ORDER BY e.hlc, d.id, e.seq`, k.table, k.id[:], group)
	if err != nil {
		return nil, err
	}
	if len(heads) == 0 {
		heads, err = j.queryHeads(ctx, `SELECT d.id, e.seq, e.hlc, e.n FROM entry e JOIN device d ON d.n = e.device WHERE e.n = ?`, row[t.born])
		if err == nil && len(heads) == 0 {
			err = fault.New(fault.Damaged, "fault.ledger.born", "table", t.Name)
		}
		if err != nil {
			return nil, err
		}
	}
	return heads, j.markSeals(ctx, t, k, group, row, heads)
}

// markSeals says of each head whether it seals. Where any does, one of them
// stands in the table; so of most groups no entry has to be read for it.
func (j *Journal) markSeals(ctx context.Context, t *table, k touchKey, group int, row []any, heads []head) error {
	if !t.seals(group, t.groupOf(row, group)) {
		return nil
	}
	for i := range heads {
		heads[i].Seals = true
		if len(heads) == 1 || t.Groups[group].Policy == ledger.InsertOnly {
			continue
		}
		values, err := j.valuesAt(ctx, t, k.id, group, heads[i].entry)
		if err != nil {
			return err
		}
		heads[i].Seals = t.seals(group, values)
	}
	return nil
}

// setHeads notes the heads of a field group.
func (j *Journal) setHeads(ctx context.Context, k touchKey, group int, entries []int64) error {
	del, err := j.prepare(ctx, `DELETE FROM head WHERE tbl = ? AND id = ? AND grp = ?`)
	if err != nil {
		return err
	}
	if _, err := del.ExecContext(ctx, k.table, k.id[:], group); err != nil {
		return fmt.Errorf("journal: heads: %w", err)
	}
	for _, n := range entries {
		if err := j.noteHead(ctx, k, group, n); err != nil {
			return err
		}
	}
	return nil
}

// late is the number under which the late writes of a group are noted, those that
// came after a write that seals and count for nothing: a person is to see them.
func late(group int) int { return -1 - group }

func (j *Journal) noteHead(ctx context.Context, k touchKey, group int, entry int64) error {
	ins, err := j.prepare(ctx, `INSERT INTO head (tbl, id, grp, entry) VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	if _, err := ins.ExecContext(ctx, k.table, k.id[:], group, entry); err != nil {
		return fmt.Errorf("journal: heads: %w", err)
	}
	return nil
}

func (j *Journal) queryHeads(ctx context.Context, query string, args ...any) ([]head, error) {
	stmt, err := j.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("journal: heads: %w", err)
	}
	defer rows.Close()
	var out []head
	for rows.Next() {
		var h head
		var seq, hlc int64
		if err := rows.Scan(&h.Device, &seq, &hlc, &h.entry); err != nil {
			return nil, fmt.Errorf("journal: heads: %w", err)
		}
		h.Seq, h.HLC = uint64(seq), ledger.HLC(hlc)
		out = append(out, h)
	}
	return out, rows.Err()
}

// valuesAt reads what an entry wrote to a field group of a row.
func (j *Journal) valuesAt(ctx context.Context, t *table, id ledger.ID, group int, entry int64) ([]any, error) {
	var raw []byte
	if err := j.conn.QueryRowContext(ctx, `SELECT bytes FROM entry WHERE n = ?`, entry).Scan(&raw); err != nil {
		return nil, fmt.Errorf("journal: entry %d: %w", entry, err)
	}
	c, err := changeIn(raw, t.Name, id, j.keys)
	if err != nil {
		return nil, err
	}
	groups, err := t.valuesOf(c)
	if err != nil {
		return nil, err
	}
	if groups[group] == nil {
		return nil, fault.New(fault.Damaged, "fault.ledger.columns", "table", t.Name)
	}
	return groups[group], nil
}

// changeIn finds the change of a row in an encoded entry.
func changeIn(raw []byte, table string, id ledger.ID, keys ledger.Keys) (*ledger.Change, error) {
	e, err := ledger.Decode(raw)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
	}
	for _, b := range e.Boxes {
		p, err := e.OpenBox(b, keys)
		if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "fault.ledger.box", "seq", e.Header.Seq)
		}
		for _, c := range changesOf(p) {
			if c.Table == table && c.Key == id {
				return c, nil
			}
		}
	}
	return nil, fault.New(fault.Damaged, "fault.ledger.missing_row", "table", table)
}

// changesOf walks over all changes that could be opened, each with the part it
// stands in.
func changesOf(p *ledger.Payload) iter.Seq2[partKey, *ledger.Change] {
	return func(yield func(partKey, *ledger.Change) bool) {
		for i := range p.Rows {
			if !yield(partKey{}, &p.Rows[i]) {
				return
			}
		}
		for _, part := range p.Parts {
			for i := range part.Rows {
				if !yield(partKey{part.Patient, part.Class}, &part.Rows[i]) {
					return
				}
			}
		}
	}
}
