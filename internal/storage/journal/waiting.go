package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"feldsher/internal/ledger"
)

// wait is an entry that is stored and not merged: a box of it can't be opened
// here yet, or it builds on an entry for which that is so.
type wait struct {
	n      int64
	chain  ledger.Chain
	device ledger.ID
	seq    uint64
}

// sawWaiting reports whether the writer of an entry had seen one that waits here:
// only then may rows be lacking without anything being wrong.
func sawWaiting(waits []wait, h ledger.Header, seen ledger.Vector) bool {
	for _, w := range waits {
		if w.chain == ledger.Changes && (w.device == h.Device && w.seq < h.Seq || seen.Has(w.device, w.seq)) {
			return true
		}
	}
	return false
}

// rows tells which rows there are. The patient is that of the part in which the
// row is spoken of.
type rows func(t *table, id, patient ledger.ID) (bool, error)

// lacking finds the first row that a payload changes or names as a parent, and
// that neither is there nor made by the payload; nil for none.
func lacking(payloads []*ledger.Payload, tables func(string) *table, there rows) (*Row, error) {
	made := map[Row]bool{}
	for _, p := range payloads {
		for _, c := range changesOf(p) {
			if c.Kind == ledger.Insert {
				made[Row{c.Table, c.Key}] = true
			}
		}
	}
	for _, p := range payloads {
		for part, c := range changesOf(p) {
			for _, need := range needs(tables(c.Table), c) {
				if made[need] {
					continue
				}
				if ok, err := there(tables(need.Table), need.ID, part.patient); err != nil || !ok {
					return &need, err
				}
			}
		}
	}
	return nil, nil
}

// needs lists the rows that must be there before a change: the row itself, unless
// the change makes it, and those that it names.
func needs(t *table, c *ledger.Change) []Row {
	var out []Row
	if c.Kind != ledger.Insert {
		out = append(out, Row{c.Table, c.Key})
	}
	for _, p := range t.parents {
		for _, col := range c.Columns {
			if col.Name == t.columns[p.column].name && col.New != nil {
				out = append(out, Row{p.table, idOf(col.New)})
			}
		}
	}
	return out
}

// dependent reports whether the entry builds on rows that an entry which waits
// will bring.
func (a *application) dependent(payloads []*ledger.Payload) (bool, error) {
	if !sawWaiting(a.j.waits, a.e.Header, a.seen) {
		return false, nil
	}
	row, err := lacking(payloads, a.j.table, func(t *table, id, _ ledger.ID) (bool, error) {
		found, err := a.j.read(a.tx.ctx, t, id)
		return found != nil, err
	})
	return row != nil, err
}

func (j *Journal) table(name string) *table { return j.byName[name] }

// The first entry that waits is noted in the table meta, so that opening a clinic
// in which none does needs no search.

// resumeWaits reads which entries wait.
func (j *Journal) resumeWaits(ctx context.Context) error {
	var noted []byte
	err := j.conn.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'waiting_from'`).Scan(&noted)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return fmt.Errorf("journal: waiting: %w", err)
	}
	from, err := strconv.ParseInt(string(noted), 10, 64)
	if err != nil {
		from = 0 // whatever stands there, a search finds them all
	}
	rows, err := j.conn.QueryContext(ctx, `SELECT e.n, e.chain, d.id, e.seq FROM entry e JOIN device d ON d.n = e.device
		WHERE e.n >= ? AND e.waiting <> 0 ORDER BY e.n`, from)
	if err != nil {
		return fmt.Errorf("journal: waiting: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var w wait
		var seq int64
		if err := rows.Scan(&w.n, &w.chain, &w.device, &seq); err != nil {
			return fmt.Errorf("journal: waiting: %w", err)
		}
		w.seq = uint64(seq)
		j.waits = append(j.waits, w)
	}
	return rows.Err()
}

// noteWait adds an entry that waits.
func (j *Journal) noteWait(ctx context.Context, w wait) error {
	j.waits = append(j.waits, w)
	if len(j.waits) > 1 {
		return nil
	}
	return j.noteWaits(ctx)
}

// noteWaits notes the first entry that waits.
func (j *Journal) noteWaits(ctx context.Context) error {
	query, args := `DELETE FROM meta WHERE name = 'waiting_from'`, []any{}
	if len(j.waits) > 0 {
		query = `INSERT INTO meta (name, value) VALUES ('waiting_from', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
		args = append(args, strconv.AppendInt(nil, j.waits[0].n, 10))
	}
	stmt, err := j.prepare(ctx, query)
	if err != nil {
		return err
	}
	if _, err := stmt.ExecContext(ctx, args...); err != nil {
		return fmt.Errorf("journal: waiting: %w", err)
	}
	return nil
}
