package journal

import (
	"bytes"
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// head is one of the latest writes of a field group, with the entry it stands in.
type head struct {
	ledger.Write
	entry int64
}

// order is that of heads, the same on every device.
func (h head) order(o head) int {
	return cmp.Or(cmp.Compare(h.HLC, o.HLC), bytes.Compare(h.Device[:], o.Device[:]), cmp.Compare(h.Seq, o.Seq))
}

// mergeHeads is ledger.Merge for heads that remember their entries.
func mergeHeads(heads []head, w head, seen ledger.Vector) (merged []head, late bool) {
	writes := make([]ledger.Write, len(heads))
	entries := map[ledger.Write]int64{w.Write: w.entry}
	for i, h := range heads {
		writes[i], entries[h.Write] = h.Write, h.entry
	}
	writes, late = ledger.Merge(writes, w.Write, seen)
	merged = make([]head, len(writes))
	for i, m := range writes {
		merged[i] = head{m, entries[m]}
	}
	return merged, late
}

// standing gives the head whose values stand in the table.
func standing(heads []head) head {
	writes := make([]ledger.Write, len(heads))
	for i, h := range heads {
		writes[i] = h.Write
	}
	return heads[ledger.Standing(writes)]
}

// rowHeads are the heads of a row's field groups that are noted; of the others
// the entry that made the row is the head.
type rowHeads struct {
	noted [][]head // by group, in order
	born  *head
}

// headsOf reads the noted heads of a row.
func (j *Journal) headsOf(ctx context.Context, t *table, k touchKey) (*rowHeads, error) {
	r := &rowHeads{noted: make([][]head, len(t.Groups))}
	err := j.ask(ctx, `SELECT d.id, e.seq, e.hlc, e.n, h.grp FROM head h JOIN entry e ON e.n = h.entry JOIN device d ON d.n = e.device
		WHERE h.tbl = ? AND h.id = ? AND h.grp >= 0 ORDER BY h.grp, e.hlc, d.id, e.seq`, []any{int64(k.table), k.id[:]}, func(row []driver.Value) error {
		g, _ := row[4].(int64)
		if g >= int64(len(r.noted)) {
			return fault.New(fault.Damaged, "fault.verify.heads", "table", t.Name, "row", k.id, "group", fmt.Sprint(g))
		}
		r.noted[g] = append(r.noted[g], headIn(row))
		return nil
	})
	return r, err
}

func headIn(row []driver.Value) head {
	seq, _ := row[1].(int64)
	hlc, _ := row[2].(int64)
	n, _ := row[3].(int64)
	return head{ledger.Write{Device: idOf(row[0]), Seq: uint64(seq), HLC: ledger.HLC(hlc)}, n}
}

// headsIn gives the heads of one group in order.
func (j *Journal) headsIn(ctx context.Context, r *rowHeads, t *table, k touchKey, group int, row []any) ([]head, error) {
	heads := r.noted[group]
	if heads == nil {
		if r.born == nil {
			err := j.ask(ctx, `SELECT d.id, e.seq, e.hlc, e.n FROM entry e JOIN device d ON d.n = e.device WHERE e.n = ?`, []any{row[t.born]},
				func(row []driver.Value) error { h := headIn(row); r.born = &h; return nil })
			if err == nil && r.born == nil {
				err = fault.New(fault.Damaged, "fault.ledger.born", "table", t.Name)
			}
			if err != nil {
				return nil, err
			}
		}
		heads = []head{*r.born}
	}
	return heads, j.markSeals(ctx, t, k, group, row, heads)
}

// markSeals says of each head whether it seals. Where any does, one of them
// stands in the table; so of most groups no entry has to be read for it.
func (j *Journal) markSeals(ctx context.Context, t *table, k touchKey, group int, row []any, heads []head) error {
	if !t.seals(group, t.groupOf(row, group)) {
		return nil
	}
	for i := range heads {
		heads[i].Seals = true
		if len(heads) == 1 || t.Groups[group].Policy == ledger.InsertOnly {
			continue
		}
		values, err := j.opener.values(ctx, heads[i].entry, t, rowName{t.Name, k.id, t.patientOf(row)}, group)
		if err != nil {
			return err
		}
		heads[i].Seals = t.seals(group, values)
	}
	return nil
}

// setHeads notes the heads of a field group; fresh says that none were noted, open
// that they wait for a person.
func (j *Journal) setHeads(ctx context.Context, k touchKey, group int, heads []head, fresh, open bool) error {
	if !fresh {
		_, err := j.exec(ctx, `DELETE FROM head WHERE tbl = ? AND id = ? AND grp IN (?, ?)`,
			[]any{int64(k.table), k.id[:], int64(group), int64(opened(group))})
		if err != nil {
			return err
		}
	}
	for _, h := range heads {
		if err := j.noteHead(ctx, k, group, h.entry); err != nil {
			return err
		}
	}
	if open {
		return j.noteHead(ctx, k, opened(group), 0)
	}
	return nil
}

// dropHeads forgets all that is noted of a row.
func (j *Journal) dropHeads(ctx context.Context, k touchKey) error {
	_, err := j.exec(ctx, `DELETE FROM head WHERE tbl = ? AND id = ?`, []any{int64(k.table), k.id[:]})
	return err
}

// Beside the heads of a group, what a person is to see is noted under negative
// numbers, so that a list of it needs no look at the rest.

// late is the number of a group's late writes: those that came after a write that
// seals, and count for nothing.
func late(group int) int { return -1 - group }

// opened is the number under which a group with several heads stands whose values
// are not all the same, unless the last of them simply wins. It names no entry.
func opened(group int) int { return -10_001 - group }

// clashed is the number of the entries that made the row for another patient than
// the one it is of.
const clashed = -20_001

// groupOfNote gives the group that a number speaks of; -1 for none.
func groupOfNote(n int) int {
	switch {
	case n >= 0:
		return n
	case n > opened(0):
		return late(n)
	case n > clashed:
		return opened(0) - n
	}
	return -1
}

// isOpen reports whether heads wait for a person. Two workstations that imported
// the same file have written the same.
func isOpen(p ledger.Policy, heads []head, written func(head) ([]any, error)) (bool, error) {
	if p == ledger.Winner || len(heads) < 2 {
		return false, nil
	}
	first, err := written(heads[0])
	if err != nil {
		return false, err
	}
	for _, h := range heads[1:] {
		values, err := written(h)
		if err != nil {
			return false, err
		}
		if !slices.EqualFunc(first, values, same) {
			return true, nil
		}
	}
	return false, nil
}

func (j *Journal) noteHead(ctx context.Context, k touchKey, group int, entry int64) error {
	_, err := j.exec(ctx, `INSERT INTO head (tbl, id, grp, entry) VALUES (?, ?, ?, ?)`, []any{int64(k.table), k.id[:], int64(group), entry})
	return err
}
