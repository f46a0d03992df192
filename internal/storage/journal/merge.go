package journal

import (
	"context"
	"errors"
	"strings"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

func (a *application) merge(ctx context.Context) error {
	for i := range a.changes {
		if err := a.mergeRow(ctx, &a.changes[i]); err != nil {
			return err
		}
	}
	return nil
}

// mergeRow merges one changed row into the tables.
func (a *application) mergeRow(ctx context.Context, c *change) error {
	t, k := c.table, touchKey{c.table.number, c.Key}
	a.wrote(k, t)
	if err := a.parents(ctx, c); err != nil {
		return err
	}
	if c.Kind == ledger.Insert {
		row := t.flat(c.Key, c.groups)
		row[t.born] = a.n
		if t.patientOf(row) != c.part.patient {
			return fault.New(fault.Damaged, "fault.ledger.part", "table", t.Name)
		}
		if made, err := a.j.insertNew(ctx, t, row); err != nil || made {
			return err
		}
	}
	row, err := a.j.read(ctx, t, c.Key)
	if err != nil {
		return err
	}
	switch {
	case row == nil:
		return fault.New(fault.Damaged, "fault.ledger.missing_row", "table", t.Name)
	case a.again.has(k):
	case t.patientOf(row) == c.part.patient:
		return a.mergeGroups(ctx, c, k, row)
	case c.Kind == ledger.Update:
		made, err := a.j.wasMade(ctx, t, c.Key, c.part.patient, a.n)
		if err != nil {
			return err
		}
		if !made {
			return fault.New(fault.Damaged, "fault.ledger.part", "table", t.Name)
		}
	}
	// The row was made for two patients.
	a.again.add(k, t.patientOf(row), c.part.patient)
	return nil
}

func (a *application) mergeGroups(ctx context.Context, c *change, k touchKey, row []any) error {
	heads, err := a.j.headsOf(ctx, c.table, k)
	if err != nil {
		return err
	}
	for g, values := range c.groups {
		if values == nil {
			continue
		}
		if err := a.mergeGroup(ctx, c.table, k, g, heads, row, values); err != nil {
			return err
		}
	}
	return nil
}

// mergeGroup merges one write of a field group with the heads known here.
func (a *application) mergeGroup(ctx context.Context, t *table, k touchKey, g int, heads *rowHeads, row, values []any) error {
	before, err := a.j.headsIn(ctx, heads, t, k, g, row)
	if err != nil {
		return err
	}
	w := head{ledger.Write{Device: a.h.Device, Seq: a.h.Seq, HLC: a.h.HLC, Seals: t.seals(g, values)}, a.n}
	after, isLate := mergeHeads(before, w, a.seen)
	if isLate {
		return a.j.noteHead(ctx, k, late(g), a.n)
	}
	name := rowName{t.Name, k.id, t.patientOf(row)}
	written := func(h head) ([]any, error) {
		switch h {
		case w:
			return values, nil
		case standing(before):
			return t.groupOf(row, g), nil
		}
		return a.j.opener.values(ctx, h.entry, t, name, g)
	}
	open, err := isOpen(t.Groups[g].Policy, after, written)
	if err != nil {
		return err
	}
	if err := a.j.setHeads(ctx, k, g, after, heads.noted[g] == nil, open); err != nil {
		return err
	}
	now := standing(after)
	if now == standing(before) {
		return nil
	}
	if values, err = written(now); err != nil {
		return err
	}
	return a.j.setGroup(ctx, t, k.id, g, row, values)
}

// insertNew inserts a row; false when its id is taken.
func (j *Journal) insertNew(ctx context.Context, t *table, row []any) (bool, error) {
	n, err := j.own(ctx, t.insertNew, row)
	return n == 1, err
}

// setGroup writes the values of a field group where they differ from the row's.
func (j *Journal) setGroup(ctx context.Context, t *table, id ledger.ID, g int, row, values []any) error {
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
	_, err := j.own(ctx, `UPDATE `+t.Name+` SET `+strings.Join(sets, ", ")+` WHERE id = ?`, append(args, id[:]))
	return err
}

// parents sees to the rows that a change names where those were erased: in the
// place of each stands an empty row, or the reference would lead nowhere.
func (a *application) parents(ctx context.Context, c *change) error {
	for _, p := range c.table.parents {
		id := c.named(p)
		if id.IsZero() {
			continue
		}
		parent := a.j.byName[p.table]
		key := partKey{parent.ownerOf(id, c.part.patient), parent.Class}
		if a.erased == nil {
			a.erased = map[partKey]bool{}
		}
		gone, asked := a.erased[key]
		if !asked {
			gone = isErased(a.j.keys, key)
			a.erased[key] = gone
		}
		if !gone {
			continue
		}
		if err := a.j.stub(ctx, parent, id, key.patient); err != nil {
			return err
		}
	}
	return nil
}

// named gives the row that a change puts into a parent's column; zero for none.
func (c *change) named(p parent) ledger.ID {
	g := c.table.columns[p.column].group
	if c.groups[g] == nil {
		return ledger.ID{}
	}
	for i, at := range c.table.groupCol[g] {
		if at == p.column {
			return idOf(c.groups[g][i])
		}
	}
	return ledger.ID{}
}

// ownerOf gives the patient of a row that another patient's row names.
func (t *table) ownerOf(id, child ledger.ID) ledger.ID {
	if t.Patient == "id" {
		return id
	}
	return child
}

func isErased(keys ledger.Keys, k partKey) bool {
	if k.class == ledger.None {
		return false
	}
	_, err := keys.PatientKeys(k.patient, k.class)
	return errors.Is(err, ledger.ErrErased)
}
