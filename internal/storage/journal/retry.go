package journal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Retry merges the entries that waited for a key which is here now, all in one
// transaction, and gives their number; after runs at its end with the rows that
// were written, as in Apply. The rows are then what they would be had the keys
// been here when the entries arrived: they are made anew from the ledger, for
// what others and we have written since was written over them. That takes one
// reading of the chains of changes.
//
// An entry that opens and is no better than those that Apply refuses goes on
// waiting; the first of them is the error, beside the number of those merged.
func (j *Journal) Retry(ctx context.Context, after func(*Tx, []Row) error) (replayed int, err error) {
	if len(j.waits) == 0 {
		return 0, nil
	}
	r := retry{j: j, parts: map[touchKey]partKey{}, made: map[touchKey]bool{}}
	err = j.run(ctx, apply, func(tx *Tx) error {
		r.tx = tx
		if err := r.open(ctx); err != nil || r.opened == 0 {
			return err
		}
		if err := j.noteWaits(ctx); err != nil || len(r.parts) == 0 {
			return err
		}
		rows, err := r.write(ctx)
		if err != nil || after == nil {
			return err
		}
		return after(tx, rows)
	})
	if err != nil {
		return 0, err
	}
	return r.opened, r.refused
}

// retry is the work of one Retry.
type retry struct {
	j       *Journal
	tx      *Tx
	parts   map[touchKey]partKey // rows that are to be made anew
	made    map[touchKey]bool    // rows that the opened entries have made
	opened  int
	refused error
}

// open opens what can be opened, in the order of arrival.
func (r *retry) open(ctx context.Context) error {
	var still []wait
	for _, w := range r.j.waits {
		payloads, err := r.payloads(ctx, w)
		var f *fault.Error
		switch {
		case errors.As(err, &f):
			r.refused = cmp.Or(r.refused, err)
		case err != nil:
			return err
		}
		if payloads == nil {
			still = append(still, w)
			continue
		}
		for _, p := range payloads {
			for part, c := range changesOf(p) {
				k := touchKey{r.j.byName[c.Table].number, c.Key}
				r.parts[k] = part
				r.made[k] = r.made[k] || c.Kind == ledger.Insert
			}
		}
		if err := r.settle(ctx, w.n); err != nil {
			return err
		}
		r.opened++
	}
	r.j.waits = still
	return nil
}

// payloads opens an entry; none as long as a key is missing, or a row that
// another entry is to bring, or when Apply would have refused it.
func (r *retry) payloads(ctx context.Context, w wait) ([]*ledger.Payload, error) {
	var raw []byte
	if err := r.j.conn.QueryRowContext(ctx, `SELECT bytes FROM entry WHERE n = ?`, w.n).Scan(&raw); err != nil {
		return nil, fmt.Errorf("journal: entry %d: %w", w.n, err)
	}
	e, err := ledger.Decode(raw)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
	}
	payloads, waiting, err := openAll(e, r.j.keys)
	if err != nil || waiting {
		return nil, err
	}
	for _, p := range payloads {
		for part, c := range changesOf(p) {
			if err := r.check(ctx, c, part); err != nil {
				return nil, err
			}
		}
	}
	// What can be read belongs to the history of a card, merged or not.
	if err := r.j.link(ctx, w.n, patientsOf(payloads)); err != nil {
		return nil, err
	}
	lacks, err := lacking(payloads, r.j.table, func(t *table, id, _ ledger.ID) (bool, error) {
		if r.made[touchKey{t.number, id}] {
			return true, nil
		}
		row, err := r.j.read(ctx, t, id)
		// As of its arrival: what was made later is no base of it.
		return row != nil && row[t.born].(int64) < w.n, err
	})
	if err != nil || lacks != nil {
		return nil, err
	}
	return payloads, nil
}

// check refuses what Apply would.
func (r *retry) check(ctx context.Context, c *ledger.Change, part partKey) error {
	if err := r.j.check(c, part); err != nil {
		return err
	}
	t := r.j.byName[c.Table]
	row, err := r.j.read(ctx, t, c.Key)
	if err != nil {
		return err
	}
	earlier, touched := r.parts[touchKey{t.number, c.Key}]
	if touched && earlier != part || row != nil && t.patientOf(row) != part.patient {
		return fault.New(fault.Damaged, "fault.ledger.part", "table", c.Table)
	}
	return nil
}

// settle marks an entry as merged.
func (r *retry) settle(ctx context.Context, n int64) error {
	stmt, err := r.j.prepare(ctx, `UPDATE entry SET waiting = 0 WHERE n = ?`)
	if err != nil {
		return err
	}
	if _, err := stmt.ExecContext(ctx, n); err != nil {
		return fmt.Errorf("journal: entry %d: %w", n, err)
	}
	return nil
}

// write makes the rows anew and puts them into the tables.
func (r *retry) write(ctx context.Context) ([]Row, error) {
	again := newReplay(r.j.conn, r.j.keys, r.j.tables)
	if err := r.replay(ctx, again); err != nil {
		return nil, err
	}
	keys := slices.SortedFunc(maps.Keys(r.parts), func(a, b touchKey) int {
		return cmp.Or(cmp.Compare(a.table, b.table), bytes.Compare(a.id[:], b.id[:]))
	})
	out := make([]Row, len(keys))
	for i, k := range keys {
		if err := r.put(ctx, again, k); err != nil {
			return nil, err
		}
		out[i] = Row{r.j.tables[k.table].Name, k.id}
	}
	if r.j.hookErr != nil {
		return nil, r.j.hookErr
	}
	for _, t := range r.j.touched {
		if _, ours := r.parts[t.touchKey]; !ours {
			return nil, fmt.Errorf("journal: retry: a row of %s was written outside the merge", r.j.tables[t.table].Name)
		}
	}
	r.j.clear()
	return out, nil
}

// replay feeds every merged entry that may speak of the rows, and of the others
// what their writers had seen.
func (r *retry) replay(ctx context.Context, again *replay) error {
	wanted, err := r.wanted(ctx)
	if err != nil {
		return err
	}
	rows, err := r.j.conn.QueryContext(ctx, `SELECT n, waiting, bytes FROM entry WHERE chain = 1 ORDER BY n`)
	if err != nil {
		return fmt.Errorf("journal: retry: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n, waiting int64
		var raw []byte
		if err := rows.Scan(&n, &waiting, &raw); err != nil {
			return fmt.Errorf("journal: retry: %w", err)
		}
		e, err := ledger.Decode(raw)
		if err != nil {
			return fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
		}
		seen := again.follow(e)
		if waiting != 0 || wanted != nil && !wanted[n] {
			continue
		}
		if err := r.feed(ctx, again, n, e, seen); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *retry) feed(ctx context.Context, again *replay, n int64, e *ledger.Entry, seen ledger.Vector) error {
	payloads, waiting, err := openAll(e, r.j.keys)
	if err == nil && waiting { // it was merged once; without it the rows would be others
		err = fault.Wrap(ledger.ErrNoKey, fault.Damaged, "fault.ledger.box", "seq", e.Header.Seq)
	}
	if err != nil {
		return err
	}
	for _, p := range payloads {
		for _, c := range changesOf(p) {
			t := r.j.byName[c.Table]
			if t == nil {
				return fault.New(fault.Damaged, "fault.ledger.table", "table", c.Table)
			}
			if _, ours := r.parts[touchKey{t.number, c.Key}]; !ours {
				continue
			}
			if err := again.change(ctx, n, e.Header, seen, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// wanted lists the entries that speak of the rows' patients; nil for all, where a
// row is the clinic's own.
func (r *retry) wanted(ctx context.Context) (map[int64]bool, error) {
	patients := map[ledger.ID]bool{}
	for _, part := range r.parts {
		if part.patient.IsZero() {
			return nil, nil
		}
		patients[part.patient] = true
	}
	out := map[int64]bool{}
	for patient := range patients {
		if err := r.entriesOf(ctx, patient, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *retry) entriesOf(ctx context.Context, patient ledger.ID, into map[int64]bool) error {
	rows, err := r.j.conn.QueryContext(ctx, `SELECT entry FROM entry_patient WHERE patient = ?`, patient[:])
	if err != nil {
		return fmt.Errorf("journal: retry: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return fmt.Errorf("journal: retry: %w", err)
		}
		into[n] = true
	}
	return rows.Err()
}

// put writes one row and its heads as the replay has them.
func (r *retry) put(ctx context.Context, again *replay, k touchKey) error {
	s := again.tables[k.table]
	state, ok := s.rows[k.id]
	if !ok {
		return fault.New(fault.Damaged, "fault.ledger.missing_row", "table", s.Name)
	}
	full := state.full
	if full == nil {
		var err error
		if full, err = again.load(ctx, s, k.id, state.entry); err != nil {
			return err
		}
	}
	values := slices.Clone(full.values)
	values[s.born] = state.entry
	if err := r.putRow(ctx, s.table, k.id, values); err != nil {
		return err
	}
	del, err := r.j.prepare(ctx, `DELETE FROM head WHERE tbl = ? AND id = ?`)
	if err != nil {
		return err
	}
	if _, err := del.ExecContext(ctx, k.table, k.id[:]); err != nil {
		return fmt.Errorf("journal: heads: %w", err)
	}
	for g := range s.Groups {
		for _, h := range full.heads[g] {
			if err := r.j.noteHead(ctx, k, g, h.entry); err != nil {
				return err
			}
		}
		for _, n := range full.late[g] {
			if err := r.j.noteHead(ctx, k, late(g), n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *retry) putRow(ctx context.Context, t *table, id ledger.ID, values []any) error {
	now, err := r.j.read(ctx, t, id)
	if err != nil {
		return err
	}
	if now == nil {
		_, err = r.tx.Exec(t.insert, values...)
		return err
	}
	var sets []string
	var args []any
	for i, c := range t.columns {
		if !same(now[i], values[i]) {
			sets = append(sets, `"`+c.name+`" = ?`)
			args = append(args, values[i])
		}
	}
	if len(sets) == 0 {
		return nil
	}
	_, err = r.tx.Exec(`UPDATE `+t.Name+` SET `+strings.Join(sets, ", ")+` WHERE id = ?`, append(args, id[:])...)
	return err
}
