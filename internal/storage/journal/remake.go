package journal

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// remake makes rows anew from the ledger: those that several writers have made
// for different patients, and those that a late key has uncovered. They come out
// as if every entry had been merged in its turn.
type remake struct {
	j    *Journal
	tx   *Tx
	rows map[touchKey]map[ledger.ID]bool // with the patients in whose parts they stand
}

func (r *remake) has(k touchKey) bool { return r.rows[k] != nil }

func (r *remake) add(k touchKey, patients ...ledger.ID) {
	if r.rows == nil {
		r.rows = map[touchKey]map[ledger.ID]bool{}
	}
	if r.rows[k] == nil {
		r.rows[k] = map[ledger.ID]bool{}
	}
	for _, p := range patients {
		r.rows[k][p] = true
	}
}

// write makes the rows and puts them into the tables.
func (r *remake) write(ctx context.Context) ([]Row, error) {
	if len(r.rows) == 0 {
		return nil, nil
	}
	for k := range r.rows {
		rivals, err := r.j.rivals(ctx, k, ledger.ID{})
		if err != nil {
			return nil, err
		}
		r.add(k, rivals...)
	}
	again := newReplay(r.j.conn, r.j.keys, r.j.tables)
	if err := r.replay(ctx, again); err != nil {
		return nil, err
	}
	keys := slices.SortedFunc(maps.Keys(r.rows), func(a, b touchKey) int {
		return cmp.Or(cmp.Compare(a.table, b.table), bytes.Compare(a.id[:], b.id[:]))
	})
	out := make([]Row, len(keys))
	for i, k := range keys {
		if err := r.put(ctx, again, k); err != nil {
			return nil, err
		}
		out[i] = Row{r.j.tables[k.table].Name, k.id}
	}
	return out, nil
}

// replay feeds every merged entry that may speak of the rows.
func (r *remake) replay(ctx context.Context, again *replay) error {
	past, err := r.j.memory(ctx)
	if err != nil {
		return err
	}
	seen := past.walk()
	entries, err := r.entries(ctx)
	if err != nil {
		return err
	}
	stmt, err := r.j.prepare(ctx, `SELECT waiting, bytes FROM entry WHERE n = ? AND chain = 1`)
	if err != nil {
		return err
	}
	for _, n := range entries {
		var waiting int64
		var raw []byte
		rows, err := stmt.QueryContext(ctx, n)
		if err != nil {
			return fmt.Errorf("journal: entry %d: %w", n, err)
		}
		found := rows.Next()
		if found {
			err = rows.Scan(&waiting, &raw)
		}
		if err = cmp.Or(err, rows.Err()); err != nil {
			_ = rows.Close()
			return fmt.Errorf("journal: entry %d: %w", n, err)
		}
		_ = rows.Close()
		if !found || waiting != 0 {
			continue
		}
		if err := r.feed(ctx, again, n, raw, seen); err != nil {
			return err
		}
	}
	return nil
}

func (r *remake) feed(ctx context.Context, again *replay, n int64, raw []byte, seen *walk) error {
	e, err := ledger.Decode(raw)
	if err != nil {
		return fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
	}
	payloads, lack, err := openAll(e, r.j.keys)
	if err == nil && lack != nil { // it was merged once; without it the rows would be others
		err = fault.Wrap(lack, fault.Damaged, "fault.ledger.box", "seq", e.Header.Seq)
	}
	if err != nil {
		return err
	}
	vector := seen.seenBy(e.Header.Device, e.Header.Seq)
	for _, p := range payloads {
		for part, c := range changesOf(p) {
			t := r.j.byName[c.Table]
			if t == nil {
				return fault.New(fault.Damaged, "fault.ledger.table", "table", c.Table)
			}
			if !r.has(touchKey{t.number, c.Key}) {
				continue
			}
			if err := again.change(ctx, n, e.Header, vector, c, part.patient); err != nil {
				return err
			}
		}
	}
	return nil
}

// entries lists those that speak of the rows' patients, in the order of arrival;
// all, where a row is the clinic's own.
func (r *remake) entries(ctx context.Context) ([]int64, error) {
	patients := map[ledger.ID]bool{}
	for _, in := range r.rows {
		maps.Copy(patients, in)
	}
	out := map[int64]bool{}
	for patient := range patients {
		if err := r.j.entriesOf(ctx, patient, out); err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(out)), nil
}

// entriesOf lists the entries that speak of a patient; all for the zero id.
func (j *Journal) entriesOf(ctx context.Context, patient ledger.ID, into map[int64]bool) error {
	query, args := `SELECT entry FROM entry_patient WHERE patient = ?`, []any{patient[:]}
	if patient.IsZero() {
		query, args = `SELECT n FROM entry WHERE chain = 1`, nil
	}
	rows, err := j.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("journal: entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return fmt.Errorf("journal: entries: %w", err)
		}
		into[n] = true
	}
	return rows.Err()
}

// put writes one row and its heads as the replay has them.
func (r *remake) put(ctx context.Context, again *replay, k touchKey) error {
	s := again.tables[k.table]
	state, ok := s.rows[k.id]
	if !ok {
		return fault.New(fault.Damaged, "fault.ledger.missing_row", "table", s.Name)
	}
	if err := again.fill(ctx, s, k.id, &state); err != nil {
		return err
	}
	s.rows[k.id] = state
	values := slices.Clone(state.full.values)
	values[s.born] = state.entry
	if err := r.putRow(ctx, s.table, k.id, values); err != nil {
		return err
	}
	if err := r.j.stubParents(ctx, s.table, values); err != nil {
		return err
	}
	if err := r.j.dropHeads(ctx, k); err != nil {
		return err
	}
	for _, h := range s.notes(k.id) {
		if err := r.j.noteHead(ctx, k, h.group, h.entry); err != nil {
			return err
		}
	}
	return nil
}

func (r *remake) putRow(ctx context.Context, t *table, id ledger.ID, values []any) error {
	now, err := r.j.read(ctx, t, id)
	if err != nil {
		return err
	}
	if now == nil {
		_, err = r.j.own(ctx, t.insert, values)
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
	_, err = r.j.own(ctx, `UPDATE `+t.Name+` SET `+strings.Join(sets, ", ")+` WHERE id = ?`, append(args, id[:]))
	return err
}
