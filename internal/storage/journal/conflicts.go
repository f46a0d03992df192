package journal

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// OpenConflict is a field group of a row of which several writes stand beside one
// another, none of whose writers had seen the other, and that say different
// things (R7.5). Groups whose last write simply wins are none.
type OpenConflict struct {
	Table   string
	ID      ledger.ID
	Patient ledger.ID // zero for the clinic's own rows
	Group   string
	Heads   []HeadValue // in order; of a late write the heads that hold, then the late ones
	// Late says that a write came after one that was the last of its group. It
	// counts for nothing and is shown only.
	Late bool
	// Sealed says that the group is written no more: the conflict can be shown, not
	// settled.
	Sealed bool
	// Clash says that the row was made for several patients. Group is empty; the
	// heads are the entries that made it, the one that holds first, and their values
	// those that differ from the defaults.
	Clash bool
}

// HeadValue is one of the writes of an open conflict.
type HeadValue struct {
	Entry    int64 // its local ordinal
	Hash     ledger.Hash
	Device   ledger.ID
	HLC      ledger.HLC
	Actor    ledger.ID
	Intent   string
	Patient  ledger.ID      // in whose name it was written
	Values   map[string]any // by column: nil, int64, string or []byte; nil where they can't be read any more
	Standing bool           // its values are those in the table
}

// newest is the stamp of the last write of a conflict.
func (c *OpenConflict) newest() (last ledger.HLC) {
	for _, h := range c.Heads {
		last = max(last, h.HLC)
	}
	return last
}

// notesShown lists what a person is to see. Only that is read of the table of
// heads, however many rows have several heads that say the same.
const notesShown = `SELECT DISTINCT tbl, id, grp FROM head WHERE grp < 0`

// Conflicts lists what waits for a person, the newest first.
func Conflicts(ctx context.Context, db *sql.DB, keys ledger.Keys) ([]OpenConflict, error) {
	l, err := newLister(ctx, db, keys)
	if err != nil {
		return nil, err
	}
	defer l.close()
	notes, err := l.notes(ctx, notesShown)
	if err != nil {
		return nil, err
	}
	var out []OpenConflict
	for _, n := range notes {
		c, err := l.conflict(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b OpenConflict) int { return cmp.Compare(b.newest(), a.newest()) })
	return out, nil
}

// CountConflicts counts what Conflicts lists; it opens no entry.
func CountConflicts(ctx context.Context, db *sql.DB) (n int, err error) {
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM (`+notesShown+`)`).Scan(&n); err != nil {
		return 0, fmt.Errorf("journal: conflicts: %w", err)
	}
	return n, nil
}

// ConflictOf gives the open conflict of one field group; false when there is none
// (any more).
func ConflictOf(ctx context.Context, db *sql.DB, keys ledger.Keys, table string, id ledger.ID, group string) (OpenConflict, bool, error) {
	l, err := newLister(ctx, db, keys)
	if err != nil {
		return OpenConflict{}, false, err
	}
	defer l.close()
	at := slices.IndexFunc(clinic.Tables, func(t clinic.Table) bool { return t.Name == table })
	if at < 0 {
		return OpenConflict{}, false, fault.New(fault.NotFound, "fault.ledger.table", "table", table)
	}
	notes, err := l.notes(ctx, notesShown+` AND tbl = ? AND id = ? ORDER BY grp`, at, id[:])
	if err != nil {
		return OpenConflict{}, false, err
	}
	for _, n := range notes {
		if l.groupName(n) == group {
			c, err := l.conflict(ctx, n)
			return c, err == nil, err
		}
	}
	return OpenConflict{}, false, nil
}

// lister reads conflicts in one snapshot.
type lister struct {
	conn   *sql.Conn
	opener *opener
	tables map[int]*table
}

func newLister(ctx context.Context, db *sql.DB, keys ledger.Keys) (*lister, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("journal: conflicts: %w", err)
	}
	l := &lister{conn: conn, opener: newOpener(conn, keys), tables: map[int]*table{}}
	if _, err := conn.ExecContext(ctx, `BEGIN`); err != nil {
		l.close()
		return nil, fmt.Errorf("journal: conflicts: %w", err)
	}
	return l, nil
}

func (l *lister) close() {
	// Also for a BEGIN whose success an ending context has hidden.
	_, _ = l.conn.ExecContext(context.Background(), `ROLLBACK`)
	_ = l.conn.Close()
}

func (l *lister) notes(ctx context.Context, query string, args ...any) ([]noted, error) {
	rows, err := l.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("journal: conflicts: %w", err)
	}
	defer rows.Close()
	var out []noted
	for rows.Next() {
		var n noted
		if err := rows.Scan(&n.table, &n.id, &n.group); err != nil {
			return nil, fmt.Errorf("journal: conflicts: %w", err)
		}
		if n.table < 0 || n.table >= len(clinic.Tables) || groupOfNote(n.group) >= len(clinic.Tables[n.table].Groups) {
			return nil, fault.New(fault.Damaged, "fault.verify.heads", "table", fmt.Sprint(n.table), "row", n.id, "group", fmt.Sprint(n.group))
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// groupName is empty for what concerns the whole row.
func (l *lister) groupName(n noted) string {
	if g := groupOfNote(n.group); g >= 0 {
		return clinic.Tables[n.table].Groups[g].Name
	}
	return ""
}

func (l *lister) table(ctx context.Context, number int) (*table, error) {
	if t := l.tables[number]; t != nil {
		return t, nil
	}
	t, err := newTable(ctx, l.conn, number, clinic.Tables[number])
	if err == nil {
		l.tables[number] = t
	}
	return t, err
}

func (l *lister) conflict(ctx context.Context, n noted) (OpenConflict, error) {
	c := OpenConflict{Table: clinic.Tables[n.table].Name, ID: n.id, Group: l.groupName(n)}
	t, err := l.table(ctx, n.table)
	if err != nil {
		return c, err
	}
	row, err := l.row(ctx, t, n.id)
	if err != nil {
		return c, err
	}
	c.Patient = t.patientOf(row)
	g := groupOfNote(n.group)
	if g < 0 {
		c.Clash = true
		return c, l.clash(ctx, &c, t, row, n)
	}
	c.Late, c.Sealed = n.group == late(g), t.seals(g, t.groupOf(row, g))
	heads, err := l.entries(ctx, n.table, n.id, g)
	if err != nil {
		return c, err
	}
	if len(heads) == 0 {
		heads = []int64{row[t.born].(int64)}
	}
	for _, entry := range heads {
		if err := l.add(ctx, &c, t, entry, g); err != nil {
			return c, err
		}
	}
	l.stand(&c, t, g)
	if !c.Late {
		return c, nil
	}
	lates, err := l.entries(ctx, n.table, n.id, late(g))
	if err != nil {
		return c, err
	}
	for _, entry := range lates {
		if err := l.add(ctx, &c, t, entry, g); err != nil {
			return c, err
		}
	}
	return c, nil
}

// stand marks the head whose values hold, as standing does.
func (l *lister) stand(c *OpenConflict, t *table, g int) {
	at := len(c.Heads) - 1
	for i := len(c.Heads) - 1; i >= 0; i-- {
		seal := t.Groups[g].Seals
		if t.Groups[g].Policy == ledger.InsertOnly || seal.Column != "" && c.Heads[i].Values[seal.Column] == any(seal.Value) {
			at = i
		}
	}
	c.Heads[at].Standing = true
}

// clash lists the entries that have made a row for several patients.
func (l *lister) clash(ctx context.Context, c *OpenConflict, t *table, row []any, n noted) error {
	entries, err := l.entries(ctx, n.table, n.id, clashed)
	if err != nil {
		return err
	}
	for i, entry := range append([]int64{row[t.born].(int64)}, entries...) {
		x, err := l.opener.entry(ctx, entry)
		if err != nil {
			return err
		}
		for name, s := range x.changes {
			if name.table != t.Name || name.id != n.id || (name.patient == c.Patient) != (i == 0) {
				continue
			}
			h := headValue(entry, x, s, name.patient)
			h.Standing = i == 0
			for _, col := range s.Columns {
				h.Values[col.Name] = col.New
			}
			c.Heads = append(c.Heads, h)
		}
	}
	return nil
}

func headValue(entry int64, x *openEntryRows, s spoken, patient ledger.ID) HeadValue {
	return HeadValue{
		Entry: entry, Hash: x.e.Hash, Device: x.e.Header.Device, HLC: x.e.Header.HLC, Actor: s.in.Actor, Intent: s.in.Intent,
		Patient: patient, Values: map[string]any{},
	}
}

// add puts a write of a group among the heads.
func (l *lister) add(ctx context.Context, c *OpenConflict, t *table, entry int64, g int) error {
	x, err := l.opener.entry(ctx, entry)
	if err != nil {
		return err
	}
	s, ok := x.changes[rowName{t.Name, c.ID, c.Patient}]
	if !ok { // erased between the key and the rows
		c.Heads = append(c.Heads, HeadValue{Entry: entry, Hash: x.e.Hash, Device: x.e.Header.Device, HLC: x.e.Header.HLC, Patient: c.Patient})
		return nil
	}
	groups, err := t.valuesOf(s.Change)
	if err != nil {
		return err
	}
	h := headValue(entry, x, s, c.Patient)
	for i, at := range t.groupCol[g] {
		if groups[g] != nil {
			h.Values[t.columns[at].name] = groups[g][i]
		}
	}
	c.Heads = append(c.Heads, h)
	return nil
}

func (l *lister) row(ctx context.Context, t *table, id ledger.ID) ([]any, error) {
	rows, err := l.conn.QueryContext(ctx, `SELECT * FROM `+t.Name+` WHERE id = ?`, id[:])
	if err != nil {
		return nil, fmt.Errorf("journal: conflicts: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("journal: conflicts: %w", err)
		}
		return nil, fault.New(fault.Damaged, "fault.ledger.missing_row", "table", t.Name)
	}
	return t.scan(rows)
}

// entries lists what is noted of a group, in the order of heads.
func (l *lister) entries(ctx context.Context, table int, id ledger.ID, group int) ([]int64, error) {
	rows, err := l.conn.QueryContext(ctx, `SELECT h.entry FROM head h JOIN entry e ON e.n = h.entry JOIN device d ON d.n = e.device
		WHERE h.tbl = ? AND h.id = ? AND h.grp = ? ORDER BY e.hlc, d.id, e.seq`, table, id[:], group)
	if err != nil {
		return nil, fmt.Errorf("journal: conflicts: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, fmt.Errorf("journal: conflicts: %w", err)
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
