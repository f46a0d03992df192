package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// opener reads what stored entries say of a row. It keeps the last few open: the
// rows that are asked for lie close together.
type opener struct {
	conn interface {
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}
	keys  ledger.Keys
	kept  map[int64]*openEntryRows
	order []int64
}

const keptOpen = 16

func newOpener(conn *sql.Conn, keys ledger.Keys) *opener {
	return &opener{conn: conn, keys: keys, kept: map[int64]*openEntryRows{}}
}

// openEntryRows is an entry with its changes by row.
type openEntryRows struct {
	e       *ledger.Entry
	changes map[rowName]spoken
}

type rowName struct {
	table   string
	id      ledger.ID
	patient ledger.ID
}

// spoken is a change with the payload it stands in.
type spoken struct {
	*ledger.Change
	in *ledger.Payload
}

func (o *opener) forget() {
	clear(o.kept)
	o.order = o.order[:0]
}

// entry opens what of an entry can be opened.
func (o *opener) entry(ctx context.Context, n int64) (*openEntryRows, error) {
	if x, ok := o.kept[n]; ok {
		return x, nil
	}
	var raw []byte
	if err := o.conn.QueryRowContext(ctx, `SELECT bytes FROM entry WHERE n = ?`, n).Scan(&raw); err != nil {
		return nil, fmt.Errorf("journal: entry %d: %w", n, err)
	}
	e, err := ledger.Decode(raw)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
	}
	x := &openEntryRows{e: e, changes: map[rowName]spoken{}}
	for _, b := range e.Boxes {
		p, err := e.OpenBox(b, o.keys)
		if errors.Is(err, ledger.ErrNoKey) {
			continue
		} else if err != nil {
			return nil, fault.Wrap(err, fault.Damaged, "fault.ledger.box", "seq", e.Header.Seq)
		}
		for part, c := range changesOf(p) {
			name := rowName{c.Table, c.Key, part.patient}
			if _, twice := x.changes[name]; !twice {
				x.changes[name] = spoken{c, p}
			}
		}
	}
	if len(o.order) == keptOpen {
		delete(o.kept, o.order[0])
		o.order = append(o.order[:0], o.order[1:]...)
	}
	o.kept[n], o.order = x, append(o.order, n)
	return x, nil
}

// change finds what an entry says of a row.
func (o *opener) change(ctx context.Context, n int64, row rowName) (*ledger.Change, error) {
	x, err := o.entry(ctx, n)
	if err != nil {
		return nil, err
	}
	c, ok := x.changes[row]
	if !ok {
		return nil, fault.New(fault.Damaged, "fault.ledger.missing_row", "table", row.table)
	}
	return c.Change, nil
}

// values gives what an entry wrote to a field group of a row.
func (o *opener) values(ctx context.Context, n int64, t *table, row rowName, group int) ([]any, error) {
	c, err := o.change(ctx, n, row)
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
