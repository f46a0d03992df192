package journal

import (
	"strings"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

func (a *application) merge(p *ledger.Payload, n int64) error {
	for part, c := range changesOf(p) {
		if err := a.mergeRow(c, part, n); err != nil {
			return err
		}
	}
	return nil
}

// check holds a change against the policy, whatever rows are here. It must stand
// in the part of the patient and class that it belongs to, else it would outlive
// the erasure of their key.
func (j *Journal) check(c *ledger.Change, part partKey) error {
	t, known := j.byName[c.Table]
	if !known {
		return fault.New(fault.Damaged, "fault.ledger.table", "table", c.Table)
	}
	misplaced := t.Class != part.class
	for _, col := range c.Columns {
		misplaced = misplaced || col.Name == t.Patient && idOf(col.New) != part.patient
	}
	if c.Kind == ledger.Insert && t.Patient == "id" {
		misplaced = misplaced || c.Key != part.patient
	}
	if misplaced {
		return fault.New(fault.Damaged, "fault.ledger.part", "table", c.Table)
	}
	_, err := t.valuesOf(c)
	return err
}

// mergeRow merges one changed row into the tables.
func (a *application) mergeRow(c *ledger.Change, part partKey, n int64) error {
	t := a.j.byName[c.Table]
	row, err := a.j.read(a.tx.ctx, t, c.Key)
	if err != nil {
		return err
	}
	k := touchKey{t.number, c.Key}
	a.written[k] = true
	a.rows = append(a.rows, Row{t.Name, c.Key})
	if row == nil {
		if c.Kind != ledger.Insert {
			return fault.New(fault.Damaged, "fault.ledger.missing_row", "table", c.Table)
		}
		return a.insert(t, c, part, n)
	}
	if t.patientOf(row) != part.patient {
		return fault.New(fault.Damaged, "fault.ledger.part", "table", c.Table)
	}
	groups, err := t.valuesOf(c)
	if err != nil {
		return err
	}
	for g, values := range groups {
		if values == nil {
			continue
		}
		if err := a.mergeGroup(t, k, g, row, values, n); err != nil {
			return err
		}
	}
	return nil
}

// valuesOf gives, for each field group that a change writes, the group's values;
// nil for the groups it leaves alone.
func (t *table) valuesOf(c *ledger.Change) ([][]any, error) {
	given := make(map[string]any, len(c.Columns))
	for _, col := range c.Columns {
		given[col.Name] = col.New
	}
	out := make([][]any, len(t.Groups))
	used := 0
	for g, cols := range t.groupCol {
		values := make([]any, len(cols))
		has := c.Kind == ledger.Insert
		for i, at := range cols {
			v, ok := given[t.columns[at].name]
			if ok {
				used++
				has = true
			} else {
				v = t.columns[at].standard
			}
			values[i] = v
		}
		if has {
			out[g] = values
		}
	}
	if used != len(c.Columns) {
		return nil, fault.New(fault.Damaged, "fault.ledger.columns", "table", t.Name)
	}
	return out, nil
}

func (a *application) insert(t *table, c *ledger.Change, part partKey, n int64) error {
	groups, err := t.valuesOf(c)
	if err != nil {
		return err
	}
	row := t.flat(c.Key, groups)
	row[t.born] = n
	if t.patientOf(row) != part.patient {
		return fault.New(fault.Damaged, "fault.ledger.part", "table", c.Table)
	}
	_, err = a.tx.Exec(t.insert, row...)
	return err
}

// mergeGroup merges one write of a field group with the heads known here.
func (a *application) mergeGroup(t *table, k touchKey, g int, row, values []any, n int64) error {
	before, err := a.j.headsOf(a.tx.ctx, t, k, g, row)
	if err != nil {
		return err
	}
	h := a.e.Header
	w := head{ledger.Write{Device: h.Device, Seq: h.Seq, HLC: h.HLC, Seals: t.seals(g, values)}, n}
	after, isLate := mergeHeads(before, w, a.seen)
	if isLate {
		return a.j.noteHead(a.tx.ctx, k, late(g), n)
	}
	entries := make([]int64, len(after))
	for i := range after {
		entries[i] = after[i].entry
	}
	if err := a.j.setHeads(a.tx.ctx, k, g, entries); err != nil {
		return err
	}
	now := standing(after)
	switch {
	case now == standing(before):
		return nil
	case now != w:
		if values, err = a.j.valuesAt(a.tx.ctx, t, k.id, g, now.entry); err != nil {
			return err
		}
	}
	return a.set(t, k.id, g, row, values)
}

func (a *application) set(t *table, id ledger.ID, g int, row, values []any) error {
	var sets []string
	var args []any
	for i, at := range t.groupCol[g] {
		if !same(row[at], values[i]) {
			sets = append(sets, `"`+t.columns[at].name+`" = ?`)
			args = append(args, values[i])
		}
	}
	if len(sets) == 0 {
		return nil
	}
	_, err := a.tx.Exec(`UPDATE `+t.Name+` SET `+strings.Join(sets, ", ")+` WHERE id = ?`, append(args, id[:])...)
	return err
}
