package journal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"feldsher/internal/ledger"
)

// What the journal derives from the entries and keeps beside them, the noted
// heads and the index of patients, held against the replay.

// link says that an entry speaks of a patient.
type link struct {
	entry   int64
	patient ledger.ID
}

// noted is one row of the table head.
type noted struct {
	table int
	id    ledger.ID
	group int
	entry int64
}

func (a noted) compare(b noted) int {
	return cmp.Or(cmp.Compare(a.table, b.table), bytes.Compare(a.id[:], b.id[:]),
		cmp.Compare(a.group, b.group), cmp.Compare(a.entry, b.entry))
}

// compareHeads holds the noted heads against the replay's.
func (r *verification) compareHeads(ctx context.Context) error {
	want := map[noted]bool{}
	for _, s := range r.tables {
		for id := range s.rows {
			if r.leaving[touchKey{s.number, id}] {
				continue
			}
			for _, note := range s.notes(id) {
				want[note] = true
			}
		}
	}
	rows, err := r.conn.QueryContext(ctx, `SELECT tbl, id, grp, entry FROM head`)
	if err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h noted
		var id []byte // of any length, after tampering
		if err := rows.Scan(&h.table, &id, &h.group, &h.entry); err != nil {
			return fmt.Errorf("journal: verify: %w", err)
		}
		h.id = idOf(id)
		if !want[h] && !r.purged(h) {
			return r.headDiffers(h)
		}
		delete(want, h)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	if len(want) > 0 {
		return r.headDiffers(slices.MinFunc(slices.Collect(maps.Keys(want)), noted.compare))
	}
	return nil
}

// purged reports whether a head may belong to a row whose key is destroyed.
func (r *verification) purged(h noted) bool {
	if r.report.Erased == 0 || h.table < 0 || h.table >= len(r.tables) {
		return false
	}
	_, here := r.tables[h.table].rows[h.id]
	return !here || h.group == clashed || r.leaving[touchKey{h.table, h.id}]
}

// findLeaving looks for rows whose key is destroyed and that are not purged yet.
// Another patient's may come in the place of one.
func (r *verification) findLeaving(ctx context.Context) error {
	if r.report.Erased == 0 {
		return nil
	}
	for _, s := range r.tables {
		if s.patient < 0 {
			continue
		}
		rows, err := r.conn.QueryContext(ctx, `SELECT id, "`+s.Patient+`" FROM `+s.Name)
		if err != nil {
			return fmt.Errorf("journal: verify: %w", err)
		}
		for rows.Next() {
			var id, patient []byte
			if err := rows.Scan(&id, &patient); err != nil {
				_ = rows.Close()
				return fmt.Errorf("journal: verify: %w", err)
			}
			if r.isErased(partKey{idOf(patient), s.Class}) {
				r.leaving[touchKey{s.number, idOf(id)}] = true
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return fmt.Errorf("journal: verify: %w", err)
		}
	}
	return nil
}

func (r *verification) headDiffers(h noted) error {
	table, group := fmt.Sprint(h.table), fmt.Sprint(h.group)
	if h.table >= 0 && h.table < len(r.tables) {
		t := r.tables[h.table]
		table = t.Name
		if g := groupOfNote(h.group); g >= 0 && g < len(t.Groups) {
			group = t.Groups[g].Name
		}
	}
	return differs("fault.verify.heads", "table", table, "row", h.id, "group", group)
}

// compareLinks holds the index of patients against the entries: one left out
// would hide an entry from the history of a card.
func (r *verification) compareLinks(ctx context.Context) error {
	rows, err := r.conn.QueryContext(ctx, `SELECT entry, patient FROM entry_patient`)
	if err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l link
		var patient []byte
		if err := rows.Scan(&l.entry, &patient); err != nil {
			return fmt.Errorf("journal: verify: %w", err)
		}
		l.patient = idOf(patient)
		if !r.links[l] && r.report.Waiting == 0 {
			return differs("fault.verify.link", "entry", l.entry, "patient", l.patient)
		}
		delete(r.links, l)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	if len(r.links) > 0 {
		l := slices.MinFunc(slices.Collect(maps.Keys(r.links)), func(a, b link) int {
			return cmp.Or(cmp.Compare(a.entry, b.entry), bytes.Compare(a.patient[:], b.patient[:]))
		})
		return differs("fault.verify.link", "entry", l.entry, "patient", l.patient)
	}
	return nil
}
