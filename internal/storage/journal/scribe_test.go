package journal_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

// scribe writes random statements into one transaction.
type scribe struct {
	t       testing.TB
	r       *rand.Rand
	conn    *sql.Conn
	keys    journal.Keys
	j       *journal.Journal
	pool    []ledger.ID // ids that rows made elsewhere may have, too
	columns map[string][]column
	before  map[string]tableRows
	fresh   []ledger.ID // patients of this transaction
	bad     string      // what of it must make the Update fail
	once    bool        // it changes what is written once
	cancel  context.CancelFunc
	ended   bool // cancelled from within
	depth   int
}

func newScribe(t testing.TB, r *rand.Rand, conn *sql.Conn, keys journal.Keys, j *journal.Journal) *scribe {
	c := &scribe{t: t, r: r, conn: conn, keys: keys, j: j, columns: map[string][]column{}}
	for _, table := range clinic.Tables {
		c.columns[table.Name] = columnsOf(t, conn, table.Name)
	}
	c.before = snapshot(t, conn)
	return c
}

// exec runs a statement that must go through.
func (c *scribe) exec(tx *journal.Tx, query string, args ...any) {
	if _, err := tx.Exec(query, args...); err != nil && tx.Context().Err() == nil {
		c.t.Fatalf("%s: %v", query, err)
	}
}

func (c *scribe) table() clinic.Table { return clinic.Tables[c.r.IntN(len(clinic.Tables))] }

// some picks a row that was there before the transaction.
func (c *scribe) some(table string) (ledger.ID, bool) {
	rows := c.before[table]
	skip := 0
	if len(rows) > 0 {
		skip = c.r.IntN(len(rows))
	}
	for id := range rows { // the order of a map adds its own chance; the outcome is checked all the same
		if skip--; skip < 0 {
			return id, true
		}
	}
	return ledger.ID{}, false
}

func (c *scribe) patient() ledger.ID {
	if len(c.fresh) > 0 && c.r.IntN(2) == 0 {
		return c.fresh[c.r.IntN(len(c.fresh))]
	}
	id, _ := c.some("patient")
	return id
}

// value draws one for a column.
func (c *scribe) value(table string, col column) any {
	switch {
	case table == "protocol" && col.name == "status" && c.r.IntN(3) > 0:
		return []string{clinic.ProtocolDraft, clinic.ProtocolSigned}[c.r.IntN(2)]
	case col.name == policyOf(table).Patient: // whose row it is, under whichever name
		id := c.patient()
		return id[:]
	case col.name == "subject": // a patient's, or of somebody who has no card
		id := c.patient()
		if id.IsZero() || c.r.IntN(3) == 0 {
			id = clinic.NewID()
		}
		return id[:]
	case col.name == "card" && table != "staff":
		if id := c.patient(); !id.IsZero() && c.r.IntN(3) > 0 {
			return id[:]
		}
		return nil
	case col.name == "visit":
		if id, ok := c.some("visit"); ok && (col.notNull || c.r.IntN(2) == 0) {
			return id[:]
		}
		return nil
	case !col.notNull && c.r.IntN(3) == 0:
		return nil
	case col.kind == "TEXT":
		return []string{"", "а", "Ёж", "line\nline", strings.Repeat("длинно ", 400), fmt.Sprint(c.r.IntN(5))}[c.r.IntN(6)]
	case col.kind == "INTEGER":
		return []int64{0, 1, -1, 1 << 62, -1 << 63, c.r.Int64N(3)}[c.r.IntN(6)]
	}
	return [][]byte{{}, {0}, {1, 0, 2}, make([]byte, 5000)}[c.r.IntN(4)]
}

// row draws a new row.
func (c *scribe) row(tx *journal.Tx, table string, id ledger.ID) []any {
	out := make([]any, len(c.columns[table]))
	for i, col := range c.columns[table] {
		switch {
		case col.name == "id":
			out[i] = id[:]
		case col.name == "born":
			out[i] = tx.Ordinal()
		case col.standard != nil && c.r.IntN(2) == 0:
			out[i] = col.standard
		default:
			out[i] = c.value(table, col)
		}
	}
	return out
}

func marks(n int) string { return "(?" + strings.Repeat(", ?", n-1) + ")" }

// possible says whether rows of the table can be made now: their parents exist.
func (c *scribe) possible(t clinic.Table) bool {
	if t.Patient != "" && t.Patient != "id" && len(c.before["patient"]) == 0 {
		return false
	}
	return t.Name != "protocol" && t.Name != "rendered" || len(c.before["visit"]) > 0
}

func (c *scribe) step(tx *journal.Tx) {
	if tx.Context().Err() != nil {
		return
	}
	t := c.table()
	if !c.possible(t) || len(c.before["patient"]) < 3 {
		t = policyOf("patient")
	}
	switch n := c.r.IntN(40); {
	case n < 8:
		c.insert(tx, t)
	case n < 12:
		c.upsert(tx, t)
	case n < 14:
		c.replace(tx, t)
	case n < 22:
		c.update(tx, t)
	case n < 26:
		c.savepoint(tx)
	case n < 29:
		c.nothing(tx, t)
	case n < 31:
		c.swallowed(tx, t)
	case n < 33 && c.depth == 0:
		c.refused(tx, t)
	case n == 33 && c.depth == 0:
		c.bad = "own error"
	case n == 34 && c.depth == 0:
		c.ended = true
		c.cancel()
	}
}

// insert writes one to three rows by one statement.
func (c *scribe) insert(tx *journal.Tx, t clinic.Table) {
	rows := 1 + c.r.IntN(3)
	width := len(c.columns[t.Name])
	var args []any
	for range rows {
		id := clinic.NewID()
		if t.Name == "patient" && c.depth == 0 {
			defer func() { c.fresh = append(c.fresh, id) }()
		}
		args = append(args, c.row(tx, t.Name, id)...)
	}
	c.exec(tx, `INSERT INTO `+t.Name+` VALUES `+marks(width)+strings.Repeat(", "+marks(width), rows-1), args...)
}

func (c *scribe) upsert(tx *journal.Tx, t clinic.Table) {
	id, ok := c.some(t.Name)
	if !ok || c.r.IntN(4) == 0 {
		id = clinic.NewID()
		if len(c.pool) > 0 && (t.Patient == "" || t.Patient == "id") { // as an import derives them
			id = c.pool[c.r.IntN(len(c.pool))]
		}
	}
	var sets []string
	for _, col := range c.columns[t.Name] {
		if c.mutable(t, col) && c.r.IntN(2) == 0 {
			sets = append(sets, fmt.Sprintf(`"%s" = excluded."%s"`, col.name, col.name))
		}
	}
	action := "NOTHING"
	if len(sets) > 0 {
		action = "UPDATE SET " + strings.Join(sets, ", ")
	}
	c.exec(tx, `INSERT INTO `+t.Name+` VALUES `+marks(len(c.columns[t.Name]))+` ON CONFLICT (id) DO `+action, c.row(tx, t.Name, id)...)
}

// mutable says whether a column may change; now and then what is written once
// seems to.
func (c *scribe) mutable(t clinic.Table, col column) bool {
	if col.name == "id" || col.name == "born" || col.name == t.Patient {
		return false
	}
	for _, g := range t.Groups {
		if g.Policy == ledger.InsertOnly && slices.Contains(g.Columns, col.name) {
			return c.r.IntN(20) == 0
		}
	}
	return true
}

// replace writes a row anew, its born, patient and mostly what is written once kept.
func (c *scribe) replace(tx *journal.Tx, t clinic.Table) {
	id, ok := c.some(t.Name)
	if !ok {
		return
	}
	row := c.row(tx, t.Name, id)
	for i, col := range c.columns[t.Name] {
		if !c.mutable(t, col) {
			row[i] = c.before[t.Name][id][i]
		}
	}
	c.exec(tx, `REPLACE INTO `+t.Name+` VALUES `+marks(len(row)), row...)
}

// free picks a column that may change.
func (c *scribe) free(t clinic.Table) column {
	for {
		col := c.columns[t.Name][c.r.IntN(len(c.columns[t.Name]))]
		if c.mutable(t, col) {
			return col
		}
	}
}

// update changes one or many rows.
func (c *scribe) update(tx *journal.Tx, t clinic.Table) {
	a, b := c.free(t), c.free(t)
	args := []any{c.value(t.Name, a)}
	set := `"` + a.name + `" = ?`
	if a != b {
		set += `, "` + b.name + `" = ?`
		args = append(args, c.value(t.Name, b))
	}
	where := ` WHERE rowid % 3 = 1`
	if id, ok := c.some(t.Name); ok && c.r.IntN(2) == 0 {
		where = ` WHERE id = ?`
		args = append(args, id[:])
	}
	c.exec(tx, `UPDATE `+t.Name+` SET `+set+where, args...)
}

// savepoint wraps steps that are kept or taken back.
func (c *scribe) savepoint(tx *journal.Tx) {
	name := fmt.Sprint("s", c.depth)
	c.depth++
	c.exec(tx, `SAVEPOINT `+name)
	for range 1 + c.r.IntN(3) {
		c.step(tx)
	}
	if id, ok := c.some("contact"); ok && c.r.IntN(3) == 0 { // a delete that is taken back is none
		c.exec(tx, `DELETE FROM contact WHERE id = ?`, id[:])
		c.exec(tx, `ROLLBACK TO `+name)
	} else if c.r.IntN(2) == 0 {
		c.exec(tx, `ROLLBACK TO `+name)
	}
	c.exec(tx, `RELEASE `+name)
	c.depth--
}

// nothing writes what makes no difference.
func (c *scribe) nothing(tx *journal.Tx, t clinic.Table) {
	col := c.free(t)
	switch c.r.IntN(4) {
	case 0:
		c.exec(tx, `UPDATE `+t.Name+` SET "`+col.name+`" = "`+col.name+`"`)
	case 1: // there and back
		id, ok := c.some(t.Name)
		if !ok {
			return
		}
		var now any
		rows, err := tx.Query(`SELECT "`+col.name+`" FROM `+t.Name+` WHERE id = ?`, id[:])
		if err != nil {
			return
		}
		if rows.Next() {
			_ = rows.Scan(&now)
		}
		_ = rows.Close()
		if tx.Context().Err() != nil {
			return
		}
		c.exec(tx, `UPDATE `+t.Name+` SET "`+col.name+`" = ? WHERE id = ?`, c.value(t.Name, col), id[:])
		c.exec(tx, `UPDATE `+t.Name+` SET "`+col.name+`" = ? WHERE id = ?`, now, id[:])
	case 2: // made and gone
		id := clinic.NewID()
		c.exec(tx, `INSERT INTO `+t.Name+` VALUES `+marks(len(c.columns[t.Name])), c.row(tx, t.Name, id)...)
		c.exec(tx, `DELETE FROM `+t.Name+` WHERE id = ?`, id[:])
	case 3:
		c.exec(tx, `UPDATE `+t.Name+` SET "`+col.name+`" = ? WHERE id = x'00'`, c.value(t.Name, col))
	}
}

// swallowed runs statements that fail, past the transaction's own care: what
// SQLite takes back of them must not be told.
func (c *scribe) swallowed(tx *journal.Tx, t clinic.Table) {
	id := clinic.NewID()
	row := c.row(tx, t.Name, id)
	twice := append(append([]any{}, row...), row...)
	width := len(row)
	verb := []string{"INSERT", "INSERT OR ABORT", "INSERT OR IGNORE", "INSERT OR FAIL"}[c.r.IntN(4)]
	_, err := c.conn.ExecContext(tx.Context(), verb+` INTO `+t.Name+` VALUES `+marks(width)+`, `+marks(width), twice...)
	if err == nil && verb != "INSERT OR IGNORE" && tx.Context().Err() == nil {
		c.t.Fatal("the same id was inserted twice")
	}
	_, _ = c.conn.ExecContext(tx.Context(), `UPDATE `+t.Name+` SET born = NULL`)
}

// refused does what must make the whole transaction fail.
func (c *scribe) refused(tx *journal.Tx, t clinic.Table) {
	id, ok := c.some(t.Name)
	if !ok {
		return
	}
	width := len(c.columns[t.Name])
	fresh := clinic.NewID()
	switch c.r.IntN(8) {
	case 0:
		c.bad = "id changed"
		_, _ = tx.Exec(`UPDATE `+t.Name+` SET id = ? WHERE id = ?`, fresh[:], id[:])
	case 1:
		other := c.patient()
		if t.Patient == "" || t.Patient == "id" || sameValue(c.before[t.Name][id][c.at(t.Name, t.Patient)], other[:]) {
			return
		}
		c.bad = "patient changed"
		_, _ = tx.Exec(`UPDATE `+t.Name+` SET `+t.Patient+` = ? WHERE id = ?`, other[:], id[:])
	case 2:
		c.bad = "deleted"
		_, _ = tx.Exec(`DELETE FROM `+t.Name+` WHERE id = ?`, id[:])
	case 3:
		c.bad = "all deleted"
		_, _ = tx.Exec(`DELETE FROM ` + t.Name)
	case 4:
		c.bad = "failed statement"
		row := c.row(tx, t.Name, fresh)
		_, err := tx.Exec(`INSERT INTO `+t.Name+` VALUES `+marks(width)+`, `+marks(width), append(append([]any{}, row...), row...)...)
		if err == nil {
			c.t.Fatal("the same id was inserted twice")
		}
	case 5:
		c.bad = "born changed"
		_, _ = tx.Exec(`UPDATE `+t.Name+` SET born = born + 1 WHERE id = ?`, id[:])
	case 6:
		c.bad = "born wrong"
		row := c.row(tx, t.Name, fresh)
		row[c.at(t.Name, "born")] = tx.Ordinal() + int64(1-2*c.r.IntN(2))
		_, _ = tx.Exec(`INSERT INTO `+t.Name+` VALUES `+marks(width), row...)
	case 7:
		c.bad = "id no UUID"
		row := c.row(tx, t.Name, fresh)
		row[0] = []byte("short")
		_, _ = tx.Exec(`INSERT INTO `+t.Name+` VALUES `+marks(width), row...)
	}
}

func (c *scribe) at(table, name string) int {
	for i, col := range c.columns[table] {
		if col.name == name {
			return i
		}
	}
	c.t.Fatal("no column", table, name)
	return -1
}
