package journal

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

// table is a synced table with what the schema says of it.
type table struct {
	clinic.Table
	number    int // place in clinic.Tables
	columns   []column
	patient   int // column with the patient's id; -1 for none
	born      int
	reread    [len(batches)]string // by the place in batches
	insert    string
	insertNew string         // where the id is not taken
	byName    map[string]int // places of columns
	groupCol  [][]int        // columns of each group
	sealAt    []int          // by group: place within it of the column that seals; -1 for none
	parents   []parent
}

// parent says that a column names a row of another table.
type parent struct {
	column int
	table  string
}

type column struct {
	name     string
	standard any // its default: nil, int64 or string
	group    int // -1: id and born, which no entry carries
}

// newTable reads the table's columns and holds them against the policy.
func newTable(ctx context.Context, conn *sql.Conn, number int, policy clinic.Table) (*table, error) {
	t := &table{
		Table: policy, number: number, patient: -1, born: -1,
		groupCol: make([][]int, len(policy.Groups)), sealAt: make([]int, len(policy.Groups)),
	}
	rows, err := conn.QueryContext(ctx, `SELECT name, dflt_value FROM pragma_table_info(?) ORDER BY cid`, policy.Name)
	if err != nil {
		return nil, fmt.Errorf("journal: table %s: %w", policy.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var standard sql.NullString
		if err := rows.Scan(&name, &standard); err != nil {
			return nil, fmt.Errorf("journal: table %s: %w", policy.Name, err)
		}
		if err := t.add(name, standard); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("journal: table %s: %w", policy.Name, err)
	}
	_ = rows.Close()
	if err := t.addParents(ctx, conn); err != nil {
		return nil, err
	}
	return t, t.finish()
}

func (t *table) addParents(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, `SELECT "from", "table" FROM pragma_foreign_key_list(?) ORDER BY id`, t.Name)
	if err != nil {
		return fmt.Errorf("journal: table %s: %w", t.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var from string
		var p parent
		if err := rows.Scan(&from, &p.table); err != nil {
			return fmt.Errorf("journal: table %s: %w", t.Name, err)
		}
		p.column = slices.IndexFunc(t.columns, func(c column) bool { return c.name == from })
		t.parents = append(t.parents, p)
	}
	return rows.Err()
}

func (t *table) add(name string, standard sql.NullString) error {
	c := column{name: name, group: -1}
	switch {
	case !standard.Valid || standard.String == "NULL":
	case standard.String == "''":
		c.standard = ""
	default:
		n, err := strconv.ParseInt(standard.String, 10, 64)
		if err != nil {
			return fmt.Errorf("journal: %s.%s: default %s is neither '' nor an integer", t.Name, name, standard.String)
		}
		c.standard = n
	}
	place := len(t.columns)
	if name == t.Patient && t.Patient != "" {
		t.patient = place
	}
	if name == "born" {
		t.born = place
	}
	for g, group := range t.Groups {
		for _, member := range group.Columns {
			if member == name {
				c.group = g
				t.groupCol[g] = append(t.groupCol[g], place)
			}
		}
	}
	if c.group < 0 && name != "id" && name != "born" {
		return fmt.Errorf("journal: %s.%s stands in no field group", t.Name, name)
	}
	t.columns = append(t.columns, c)
	return nil
}

func (t *table) finish() error {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	if len(names) < 3 || names[0] != "id" || t.born < 0 || (t.Patient != "" && t.patient < 0) {
		return fmt.Errorf("journal: table %s is missing or lacks id, born or %q", t.Name, t.Patient)
	}
	for g, cols := range t.groupCol {
		if len(cols) != len(t.Groups[g].Columns) {
			return fmt.Errorf("journal: table %s: group %s names a column that is not there", t.Name, t.Groups[g].Name)
		}
		seal := t.Groups[g].Seals.Column
		t.sealAt[g] = slices.IndexFunc(cols, func(at int) bool { return names[at] == seal })
		if seal != "" && t.sealAt[g] < 0 {
			return fmt.Errorf("journal: table %s: group %s is sealed by a column that is not its own", t.Name, t.Groups[g].Name)
		}
	}
	list := `"` + strings.Join(names, `", "`) + `"`
	for i, n := range batches {
		t.reread[i] = `SELECT ` + list + ` FROM ` + t.Name + ` WHERE id IN (?` + strings.Repeat(", ?", n-1) + `)`
	}
	t.byName = make(map[string]int, len(names))
	for i, name := range names {
		t.byName[name] = i
	}
	t.insert = `INSERT INTO ` + t.Name + ` (` + list + `) VALUES (?` + strings.Repeat(", ?", len(names)-1) + `)`
	t.insertNew = t.insert + ` ON CONFLICT (id) DO NOTHING`
	return nil
}

// seals reports whether a write of a group with these values is its last.
func (t *table) seals(g int, values []any) bool {
	if t.Groups[g].Policy == ledger.InsertOnly {
		return true
	}
	at := t.sealAt[g]
	return at >= 0 && same(values[at], t.Groups[g].Seals.Value)
}

// groupOf gives the values of a group of a row.
func (t *table) groupOf(row []any, g int) []any {
	out := make([]any, len(t.groupCol[g]))
	for i, at := range t.groupCol[g] {
		out[i] = row[at]
	}
	return out
}

// patientOf gives the patient a row belongs to; zero for the clinic's own rows.
func (t *table) patientOf(row []any) ledger.ID {
	if t.patient < 0 {
		return ledger.ID{}
	}
	return idOf(row[t.patient])
}

func idOf(v any) ledger.ID {
	var id ledger.ID
	if b, ok := v.([]byte); ok && len(b) == len(id) {
		copy(id[:], b)
	}
	return id
}

// same compares two driver values.
func same(a, b any) bool {
	switch a := a.(type) {
	case []byte:
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	default:
		if _, ok := b.([]byte); ok {
			return false
		}
		return a == b
	}
}
