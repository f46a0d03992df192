package journal

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Retry merges the entries that waited for a key which is here now, all in one
// transaction, and gives their number; after runs at its end with the rows that
// were written, as in Apply. The rows are then what they would be had the keys
// been here when the entries arrived: those that nobody has written since are
// put in, the others made anew from the ledger.
//
// It asks for the keys that are lacking first, so that it costs little to call it
// whenever a key has come. An entry that opens and is no better than those that
// Apply refuses goes on waiting; the first of them is the error, beside the number
// of those merged.
func (j *Journal) Retry(ctx context.Context, after func(*Tx, []Row) error) (replayed int, err error) {
	if !j.worthRetrying() {
		return 0, nil
	}
	var r retry
	err = j.run(ctx, apply, func(tx *Tx) error {
		r = retry{session: session{j: j, tx: tx, again: remake{j: j, tx: tx}}, made: map[rowName]bool{}}
		if err := r.open(ctx); err != nil || r.opened == 0 {
			return err
		}
		if err := j.noteWaits(ctx); err != nil {
			return err
		}
		if _, err := r.again.write(ctx); err != nil {
			return err
		}
		switch {
		case j.hookErr != nil:
			return j.hookErr
		case len(j.touched) > 0:
			return fmt.Errorf("journal: retry: a row of %s was written outside the merge", j.tables[j.touched[0].table].Name)
		case after == nil || len(r.rows) == 0:
			return nil
		}
		return after(tx, r.rows)
	})
	if err != nil {
		return 0, err
	}
	return r.opened, r.refused
}

// worthRetrying reports whether any entry waits for a key that is here now, or for
// what is not known.
func (j *Journal) worthRetrying() bool {
	for i := range j.waits.list {
		if j.waits.list[i].worthTrying(j, false) {
			return true
		}
	}
	return false
}

// retry is the work of one Retry.
type retry struct {
	session                  // again: rows that others or we have written since
	made    map[rowName]bool // rows that the opened entries have made
	opened  int
	refused error
}

// open opens what can be opened, in the order of arrival.
func (r *retry) open(ctx context.Context) error {
	var still []wait
	for _, w := range r.j.waits.list {
		changes, err := r.try(ctx, &w)
		var f *fault.Error
		switch {
		case errors.As(err, &f):
			r.refused = cmp.Or(r.refused, err)
		case err != nil:
			return err
		}
		if changes == nil {
			still = append(still, w)
			continue
		}
		if err := r.merge(ctx, w, changes); err != nil {
			return err
		}
		if err := r.settle(ctx, w.n); err != nil {
			return err
		}
		r.opened++
	}
	r.j.waits = waitsOf(still)
	return nil
}

// try opens an entry; nothing of it as long as a key is missing, or a row that
// another entry is to bring, or when Apply would have refused it.
func (r *retry) try(ctx context.Context, w *wait) ([]change, error) {
	if !w.worthTrying(r.j, r.opened > 0) {
		return nil, nil
	}
	var raw []byte
	if err := r.j.conn.QueryRowContext(ctx, `SELECT bytes FROM entry WHERE n = ?`, w.n).Scan(&raw); err != nil {
		return nil, fmt.Errorf("journal: entry %d: %w", w.n, err)
	}
	e, err := ledger.Decode(raw)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
	}
	payloads, lack, err := openAll(e, r.j.keys)
	if w.lack, w.need = lack, nil; err != nil || lack != nil {
		return nil, err
	}
	changes, err := r.j.changesIn(payloads)
	if err != nil {
		return nil, err
	}
	for i := range changes {
		c := &changes[i]
		if c.Kind == ledger.Insert && c.table.patientOf(c.table.flat(c.Key, c.groups)) != c.part.patient {
			return nil, fault.New(fault.Damaged, "fault.ledger.part", "table", c.table.Name)
		}
	}
	// What can be read belongs to the history of a card, merged or not.
	if err := r.j.link(ctx, w.n, patientsOf(payloads)); err != nil {
		return nil, err
	}
	w.need, err = lacking(payloads, r.j.table, func(t *table, n need) (bool, error) {
		if r.made[rowName{t.Name, n.ID, t.ownerOf(n.ID, n.patient)}] {
			return true, nil
		}
		// As of its arrival: what was made later is no base of it.
		return r.j.isThere(ctx, t, n, w.n)
	})
	if err != nil || w.need != nil {
		return nil, err
	}
	if changes == nil {
		changes = []change{}
	}
	return changes, nil
}

// merge puts in the rows that are new here, and has the others made anew: what
// was written over an entry since may have known it.
func (r *retry) merge(ctx context.Context, w wait, changes []change) error {
	a := application{session: &r.session, n: w.n}
	for i := range changes {
		c := &changes[i]
		t, k := c.table, touchKey{c.table.number, c.Key}
		r.wrote(k, t)
		if err := a.parents(ctx, c); err != nil {
			return err
		}
		if c.Kind == ledger.Insert {
			r.made[rowName{t.Name, c.Key, c.part.patient}] = true
			row := t.flat(c.Key, c.groups)
			row[t.born] = w.n
			made, err := r.j.insertNew(ctx, t, row)
			if err != nil {
				return err
			}
			if made {
				continue
			}
		}
		row, err := r.j.read(ctx, t, c.Key)
		if err != nil {
			return err
		}
		patients := []ledger.ID{c.part.patient}
		if row != nil {
			patients = append(patients, t.patientOf(row))
		}
		r.again.add(k, patients...)
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
