package journal

import (
	"context"
	"fmt"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// head is one of the latest writes of a field group, with the entry it stands in.
type head struct {
	ledger.Write
	entry int64
}

// headsOf gives the heads of a row's field group in order: those noted, else the
// entry that made the row.
func (j *Journal) headsOf(ctx context.Context, t *table, k touchKey, group int, row []any) ([]head, error) {
	noted, err := j.queryHeads(ctx, `SELECT d.id, e.seq, e.hlc, e.n FROM head h JOIN entry e ON e.n = h.entry JOIN device d ON d.n = e.device
		WHERE h.tbl = ? AND h.id = ? AND h.grp = ? ORDER BY e.hlc, d.id, e.seq`, k.table, k.id[:], group)
	if err != nil || len(noted) > 0 {
		return noted, err
	}
	born, err := j.queryHeads(ctx, `SELECT d.id, e.seq, e.hlc, e.n FROM entry e JOIN device d ON d.n = e.device WHERE e.n = ?`, row[t.born])
	if err == nil && len(born) == 0 {
		err = fault.New(fault.Damaged, "fault.ledger.born", "table", t.Name)
	}
	return born, err
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
		for c := range changesOf(p) {
			if c.Table == table && c.Key == id {
				return c, nil
			}
		}
	}
	return nil, fault.New(fault.Damaged, "fault.ledger.missing_row", "table", table)
}

// changesOf walks over all changes that could be opened.
func changesOf(p *ledger.Payload) func(func(*ledger.Change) bool) {
	return func(yield func(*ledger.Change) bool) {
		for i := range p.Rows {
			if !yield(&p.Rows[i]) {
				return
			}
		}
		for _, part := range p.Parts {
			for i := range part.Rows {
				if !yield(&part.Rows[i]) {
					return
				}
			}
		}
	}
}
