package journal

import (
	"context"
	"fmt"

	"modernc.org/sqlite"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// touch is a row that the present transaction has written to: which, and how it
// was before the first write (nil: not there).
type touch struct {
	touchKey
	old []any
}

type touchKey struct {
	table int
	id    ledger.ID
}

// The operations as the pre-update hook numbers them (sqlite3.h).
const (
	opDelete = 9
	opInsert = 18
	opUpdate = 23
)

// hook installs the pre-update and commit hooks on the writing connection.
func (j *Journal) hook() error {
	return j.conn.Raw(func(c any) error {
		h, ok := c.(sqlite.HookRegisterer)
		if !ok {
			return fmt.Errorf("journal: connection %T has no hooks", c)
		}
		h.RegisterPreUpdateHook(j.note)
		h.RegisterCommitHook(j.guard)
		return nil
	})
}

// guard refuses a commit that would leave rows of synced tables changed without
// an entry, or whose hook could not read a row.
func (j *Journal) guard() int32 {
	if j.hookErr != nil || len(j.touched) > 0 && (j.mode == idle || j.mode == local || j.mode == apply) {
		return 1
	}
	return 0
}

// note is the pre-update hook: it remembers a row's first old state. SQLite
// calls it before the change, also for the delete inside REPLACE, and also for
// rows that a failing statement takes back, so nothing here is believed before
// the row has been read again.
func (j *Journal) note(d sqlite.SQLitePreUpdateData) {
	t, synced := j.byName[d.TableName]
	if !synced || j.mode == migrate || j.mode == merging || j.hookErr != nil {
		return
	}
	var key [1]any
	var old []any
	if d.Op == opInsert {
		if err := d.New(key[:]...); err != nil {
			j.hookErr = err
			return
		}
	} else {
		old = make([]any, len(t.columns))
		if err := d.Old(old...); err != nil {
			j.hookErr = err
			return
		}
		key[0] = old[0]
		if d.Op == opUpdate && !j.keepsID(d, key[0], t.Name) {
			return
		}
	}
	id := idOf(key[0])
	if id.IsZero() {
		j.hookErr = fmt.Errorf("journal: %s: id is no UUID", t.Name)
		return
	}
	k := touchKey{t.number, id}
	if _, seen := j.index[k]; seen {
		return
	}
	j.index[k] = len(j.touched)
	j.touched = append(j.touched, touch{k, old})
}

func (j *Journal) keepsID(d sqlite.SQLitePreUpdateData, id any, name string) bool {
	var now [1]any
	if err := d.New(now[:]...); err != nil {
		j.hookErr = err
		return false
	}
	if !same(now[0], id) {
		j.hookErr = fmt.Errorf("journal: %s: a row's id was changed", name)
		return false
	}
	return true
}

// clear forgets what was touched.
func (j *Journal) clear() {
	j.touched = j.touched[:0]
	clear(j.index)
	j.hookErr = nil
}

// difference is a touched row that really differs.
type difference struct {
	touch
	forced map[int]bool // groups that are written whole, differing or not
	table  *table
	now    []any // nil: gone
}

// differences reads every touched row again.
func (j *Journal) differences(ctx context.Context) ([]difference, error) {
	if j.hookErr != nil {
		return nil, j.hookErr
	}
	states, err := j.reread(ctx)
	if err != nil {
		return nil, err
	}
	var out []difference
	for i, t := range j.touched {
		tab, now := j.tables[t.table], states[i]
		if t.old == nil && now == nil {
			continue
		}
		d := difference{touch: t, table: tab, now: now}
		if t.old != nil && now != nil {
			if !same(t.old[tab.born], now[tab.born]) {
				return nil, fmt.Errorf("journal: %s: column born was changed", tab.Name)
			}
			if tab.patientOf(t.old) != tab.patientOf(now) {
				return nil, fault.New(fault.Conflict, "fault.ledger.patient", "table", tab.Name)
			}
			if !tab.differs(t.old, now) {
				continue
			}
		}
		out = append(out, d)
	}
	return out, nil
}

func (t *table) differs(a, b []any) bool {
	for i, c := range t.columns {
		if c.group >= 0 && !same(a[i], b[i]) {
			return true
		}
	}
	return false
}

// change puts a difference into the ledger's form. An insert leaves out columns
// that hold their default; an update carries every column of each field group
// that has changed, so that a group is always whole.
func (d *difference) change() ledger.Change {
	c := ledger.Change{Table: d.table.Name, Key: d.id}
	switch {
	case d.old == nil:
		c.Kind = ledger.Insert
		for i, col := range d.table.columns {
			if col.group >= 0 && !same(d.now[i], col.standard) {
				c.Columns = append(c.Columns, ledger.Column{Name: col.name, New: d.now[i]})
			}
		}
	case d.now == nil:
		c.Kind = ledger.Purge
	default:
		c.Kind = ledger.Update
		for _, g := range d.groups() {
			for _, i := range d.table.groupCol[g] {
				c.Columns = append(c.Columns, ledger.Column{Name: d.table.columns[i].name, Old: d.old[i], New: d.now[i]})
			}
		}
	}
	return c
}

// allowed refuses an update of a group that is written no more.
func (d *difference) allowed() error {
	if d.old == nil || d.now == nil {
		return nil
	}
	for _, g := range d.groups() {
		if d.table.seals(g, d.table.groupOf(d.old, g)) {
			return fault.New(fault.Conflict, "fault.ledger.once", "table", d.table.Name, "group", d.table.Groups[g].Name)
		}
	}
	return nil
}

// groups lists the field groups in which an update differs, and those that are
// settled by it.
func (d *difference) groups() []int {
	var out []int
	for g, cols := range d.table.groupCol {
		if d.forced[g] {
			out = append(out, g)
			continue
		}
		for _, i := range cols {
			if !same(d.old[i], d.now[i]) {
				out = append(out, g)
				break
			}
		}
	}
	return out
}
