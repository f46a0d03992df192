package journal

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Settle has a field group of a row written whole into the transaction's entry,
// also where its values stay as they are: the entry, which has seen all heads of
// the group, becomes its only one. Faults: NotFound when there is no such table,
// group or row; at the end of the transaction Conflict, when the group is written
// no more.
func (tx *Tx) Settle(table string, id ledger.ID, group string) error {
	if tx.err != nil {
		return tx.err
	}
	t := tx.j.byName[table]
	g := -1
	if t != nil {
		g = t.groupNamed(group)
	}
	if g < 0 {
		return tx.doom(fault.New(fault.NotFound, "fault.ledger.table", "table", table))
	}
	if tx.j.settled == nil {
		tx.j.settled = map[touchKey]map[int]bool{}
	}
	k := touchKey{t.number, id}
	if tx.j.settled[k] == nil {
		tx.j.settled[k] = map[int]bool{}
	}
	tx.j.settled[k][g] = true
	return nil
}

func (t *table) groupNamed(name string) int {
	for g := range t.Groups {
		if t.Groups[g].Name == name {
			return g
		}
	}
	return -1
}

// settle has the settled groups stand among the differences.
func (j *Journal) settle(ctx context.Context, diffs []difference) ([]difference, error) {
	if len(j.settled) == 0 {
		return diffs, nil
	}
	at := map[touchKey]int{}
	for i := range diffs {
		at[diffs[i].touchKey] = i
	}
	keys := slices.SortedFunc(maps.Keys(j.settled), func(a, b touchKey) int {
		return cmp.Or(cmp.Compare(a.table, b.table), bytes.Compare(a.id[:], b.id[:]))
	})
	for _, k := range keys {
		if i, differs := at[k]; differs {
			diffs[i].forced = j.settled[k]
			continue
		}
		t := j.tables[k.table]
		row, err := j.read(ctx, t, k.id)
		if err != nil {
			return nil, err
		}
		if row == nil {
			return nil, fault.New(fault.NotFound, "fault.ledger.no_row", "table", t.Name)
		}
		if row[t.born] == j.ordinal+1 { // made by this very transaction
			return nil, fmt.Errorf("journal: settle: a new row of %s", t.Name)
		}
		diffs = append(diffs, difference{touch: touch{k, row}, table: t, now: row, forced: j.settled[k]})
	}
	return diffs, nil
}
