package journal

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"feldsher/internal/ledger"
)

// A row made for two patients on two workstations is the patient's whose making
// stands first in the order of heads, on every device alike; the others stay in
// the ledger and are shown. It comes of an import that took the same document for
// another patient's.

// rival takes in a change of the row as another patient's than the one that it
// is of so far.
func (r *replay) rival(ctx context.Context, s *state, x write, patient ledger.ID) error {
	id := x.c.Key
	rivals := s.rivals[id]
	at := slices.IndexFunc(rivals, func(row rowState) bool { return row.patient == patient })
	switch {
	case at >= 0:
		if err := r.write(ctx, s, &rivals[at], x); err != nil {
			return err
		}
	case x.c.Kind != ledger.Insert:
		return differs("fault.verify.update", "table", s.Name, "row", id, "seq", x.h.Seq)
	default:
		at = len(rivals)
		rivals = append(rivals, rowState{patient: patient, entry: x.n, hash: r.hash(s.table, s.flat(id, x.groups))})
		s.rivals[id] = rivals
	}
	mine, err := r.madeBy(ctx, rivals[at])
	if err != nil {
		return err
	}
	holds := s.rows[id]
	theirs, err := r.madeBy(ctx, holds)
	if err != nil {
		return err
	}
	if cmp.Or(mine.order(theirs), bytes.Compare(patient[:], holds.patient[:])) < 0 {
		s.rows[id], rivals[at] = rivals[at], holds
	}
	return nil
}

// madeBy is the first in order of the entries that made a row.
func (r *replay) madeBy(ctx context.Context, row rowState) (head, error) {
	if row.full != nil && row.full.made != nil {
		return *row.full.made, nil
	}
	return r.bornHead(ctx, row.entry)
}

// madeAgain notes that another entry has made the row, too.
func (r *replay) madeAgain(ctx context.Context, row *rowState, again head) error {
	made, err := r.madeBy(ctx, *row)
	if err != nil {
		return err
	}
	if again.order(made) < 0 {
		made = again
	}
	row.full.made = &made
	return nil
}

// wasMade reports whether a merged entry before the given one has made the row for
// a patient.
func (j *Journal) wasMade(ctx context.Context, t *table, id, patient ledger.ID, before int64) (bool, error) {
	entries := map[int64]bool{}
	if err := j.entriesOf(ctx, patient, entries); err != nil {
		return false, err
	}
	for n := range entries {
		if n >= before {
			continue
		}
		x, err := j.opener.entry(ctx, n)
		if err != nil {
			return false, err
		}
		c, ok := x.changes[rowName{t.Name, id, patient}]
		if !ok || c.Kind != ledger.Insert {
			continue
		}
		var waiting bool
		if err := j.conn.QueryRowContext(ctx, `SELECT waiting FROM entry WHERE n = ?`, n).Scan(&waiting); err != nil {
			return false, fmt.Errorf("journal: entry %d: %w", n, err)
		}
		if !waiting {
			return true, nil
		}
	}
	return false, nil
}

// rivals lists the patients besides the given one for whom a row is noted to have
// been made, as far as they are not erased.
func (j *Journal) rivals(ctx context.Context, k touchKey, patient ledger.ID) ([]ledger.ID, error) {
	rows, err := j.conn.QueryContext(ctx, `SELECT entry FROM head WHERE tbl = ? AND id = ? AND grp = ?`, k.table, k.id[:], clashed)
	if err != nil {
		return nil, fmt.Errorf("journal: rivals: %w", err)
	}
	defer rows.Close()
	var entries []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, fmt.Errorf("journal: rivals: %w", err)
		}
		entries = append(entries, n)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("journal: rivals: %w", err)
	}
	_ = rows.Close()
	var out []ledger.ID
	for _, n := range entries {
		x, err := j.opener.entry(ctx, n)
		if err != nil {
			return nil, err
		}
		for name := range x.changes {
			if name.table == j.tables[k.table].Name && name.id == k.id && name.patient != patient {
				out = append(out, name.patient)
			}
		}
	}
	return out, nil
}
