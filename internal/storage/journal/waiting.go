package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
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
	lack   *ledger.Lack // the key it waited for when it was last tried
	need   *need        // or the row
}

// worthTrying reports whether the key that an entry waits for has come, or is not
// known. opened says that entries before it have just come in.
func (w *wait) worthTrying(j *Journal, opened bool) bool {
	switch {
	case w.lack != nil:
		return w.lack.Ended(j.keys)
	case w.need != nil:
		t := j.byName[w.need.Table]
		return opened || isErased(j.keys, partKey{t.ownerOf(w.need.ID, w.need.patient), t.Class})
	}
	return true
}

// waits are the entries that wait, in the order of arrival.
type waits struct {
	list  []wait
	first map[ledger.ID]uint64 // the first change that waits of each device
}

func waitsOf(list []wait) waits {
	var w waits
	for _, x := range list {
		w.add(x)
	}
	return w
}

func (w *waits) add(x wait) {
	w.list = append(w.list, x)
	if x.chain != ledger.Changes {
		return
	}
	if w.first == nil {
		w.first = map[ledger.ID]uint64{}
	}
	if seq, ok := w.first[x.device]; !ok || x.seq < seq {
		w.first[x.device] = x.seq
	}
}

func (w *waits) copy() waits {
	return waits{list: w.list[:len(w.list):len(w.list)], first: maps.Clone(w.first)}
}

// seenBy reports whether the writer of an entry had seen one that waits here:
// only then may rows be lacking without anything being wrong.
func (w *waits) seenBy(h ledger.Header, seen ledger.Vector) bool {
	for device, seq := range w.first {
		if device == h.Device && seq < h.Seq || seen.Has(device, seq) {
			return true
		}
	}
	return false
}

// need is a row that must be there before a change. Own says that it is the
// changed row itself: then it must have been made for the same patient.
type need struct {
	Row
	patient ledger.ID // of the part in which the row is spoken of
	own     bool
}

// rows tells which rows there are.
type rows func(t *table, n need) (bool, error)

// lacking finds the first row that a payload changes or names as a parent, and
// that neither is there nor made by the payload; nil for none.
func lacking(payloads []*ledger.Payload, tables func(string) *table, there rows) (*need, error) {
	made, madeFor := map[Row]bool{}, map[rowName]bool{}
	for _, p := range payloads {
		for part, c := range changesOf(p) {
			if c.Kind == ledger.Insert {
				made[Row{c.Table, c.Key}] = true
				madeFor[rowName{c.Table, c.Key, part.patient}] = true
			}
		}
	}
	for _, p := range payloads {
		for part, c := range changesOf(p) {
			for _, n := range needs(tables(c.Table), c, part.patient) {
				if n.own && madeFor[rowName{n.Table, n.ID, n.patient}] || !n.own && made[n.Row] {
					continue
				}
				if ok, err := there(tables(n.Table), n); err != nil || !ok {
					return &n, err
				}
			}
		}
	}
	return nil, nil
}

// needs lists the rows that must be there before a change: the row itself, unless
// the change makes it, and those that it names.
func needs(t *table, c *ledger.Change, patient ledger.ID) []need {
	var out []need
	if c.Kind != ledger.Insert {
		out = append(out, need{Row{c.Table, c.Key}, patient, true})
	}
	for _, p := range t.parents {
		for _, col := range c.Columns {
			if col.Name == t.columns[p.column].name && col.New != nil {
				out = append(out, need{Row{p.table, idOf(col.New)}, patient, false})
			}
		}
	}
	return out
}

// isThere reports whether a needed row was made by an entry before the given one,
// or erased.
func (j *Journal) isThere(ctx context.Context, t *table, n need, before int64) (bool, error) {
	if isErased(j.keys, partKey{t.ownerOf(n.ID, n.patient), t.Class}) {
		return true, nil
	}
	row, err := j.read(ctx, t, n.ID)
	if err != nil || row == nil {
		return false, err
	}
	if n.own && t.patientOf(row) != n.patient {
		return j.wasMade(ctx, t, n.ID, n.patient, before)
	}
	if born, _ := row[t.born].(int64); born < before {
		return true, nil
	}
	// Another may have made it before.
	rivals, err := j.rivals(ctx, touchKey{t.number, n.ID}, ledger.ID{})
	if err != nil {
		return false, err
	}
	for _, patient := range rivals {
		made, err := j.wasMade(ctx, t, n.ID, patient, before)
		if err != nil || made {
			return made, err
		}
	}
	return false, nil
}

// dependent names a row that the entry builds on and that an entry which waits
// will bring; nil for none. What is erased was there.
func (a *application) dependent(ctx context.Context) (*need, error) {
	if !a.j.waits.seenBy(a.h, a.seen) {
		return nil, nil
	}
	return lacking(a.payloads, a.j.table, func(t *table, n need) (bool, error) {
		return a.j.isThere(ctx, t, n, math.MaxInt64)
	})
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
		j.waits.add(w)
	}
	return rows.Err()
}

// noteWait adds an entry that waits.
func (j *Journal) noteWait(ctx context.Context, w wait) error {
	j.waits.add(w)
	if len(j.waits.list) > 1 {
		return nil
	}
	return j.noteWaits(ctx)
}

// noteWaits notes the first entry that waits.
func (j *Journal) noteWaits(ctx context.Context) error {
	query, args := `DELETE FROM meta WHERE name = 'waiting_from'`, []any{}
	if len(j.waits.list) > 0 {
		query = `INSERT INTO meta (name, value) VALUES ('waiting_from', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
		args = append(args, strconv.AppendInt(nil, j.waits.list[0].n, 10))
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
