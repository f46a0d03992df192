package journal_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

// local lists the tables that belong to one workstation and are not synced. A new
// table stands here or in clinic.Tables; one that is in neither is a table whose
// changes nobody records, and fails TestEveryTableIsKnown.
var local = []string{
	// The ledger itself and what is derived from it.
	"meta", "device", "entry", "entry_patient", "head", "knows",
	// Text being typed (R3.8).
	"draft",
	"pref",
	// The exchange with servers (R7).
	"link", "blob_wanted", "blob_due", "aside",
	// The search index, derived from patients' rows (R1.5).
	"find_name", "find_code", "find_patient", "find_vocabulary", "find_typo",
}

func names(t *testing.T, r *room, query string) []string {
	t.Helper()
	rows, err := r.db.Reader.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEveryTableIsKnown: no table bypasses the ledger unnoticed, and no view or
// trigger writes behind its back.
func TestEveryTableIsKnown(t *testing.T) {
	r := newRoom(t)
	have := names(t, r, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	for _, table := range have {
		synced := policyOf(table).Name != ""
		if synced == slices.Contains(local, table) {
			t.Errorf("table %s is synced: %v, local: %v; it must be one of both", table, synced, !synced)
		}
	}
	for _, table := range clinic.Tables {
		if !slices.Contains(have, table.Name) {
			t.Errorf("table %s of the policy is not in the schema", table.Name)
		}
	}
	for _, table := range local {
		if !slices.Contains(have, table) {
			t.Errorf("local table %s is not in the schema any more", table)
		}
	}
	if other := names(t, r, `SELECT type || ' ' || name FROM sqlite_schema WHERE type NOT IN ('table', 'index')`); len(other) > 0 {
		t.Errorf("the schema has %v", other)
	}
}

// TestNothingCascades: a row of a synced table changes only where a statement
// names it.
func TestNothingCascades(t *testing.T) {
	r := newRoom(t)
	for _, table := range clinic.Tables {
		rows, err := r.db.Reader.QueryContext(context.Background(),
			`SELECT "table", on_update, on_delete FROM pragma_foreign_key_list(?)`, table.Name)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var to, update, del string
			if err := rows.Scan(&to, &update, &del); err != nil {
				t.Fatal(err)
			}
			if update != "NO ACTION" || del != "NO ACTION" {
				t.Errorf("%s → %s: on update %s, on delete %s", table.Name, to, update, del)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		unique := names(t, r, `SELECT group_concat(c.name) FROM pragma_index_list('`+table.Name+`') i, pragma_index_info(i.name) c
			WHERE i."unique" = 1 GROUP BY i.name`)
		if !slices.Equal(unique, []string{"id"}) {
			t.Errorf("%s: unique are %v; doubles of synced rows are shown to a person, never refused", table.Name, unique)
		}
		for _, sql := range names(t, r, `SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '`+table.Name+`'`) {
			if up := strings.ToUpper(sql); !strings.Contains(up, "STRICT") || strings.Contains(up, "ON CONFLICT") || strings.Contains(up, "CHECK") {
				t.Errorf("%s is not plain and STRICT", table.Name)
			}
		}
	}
	// What SQLite would read without a check on foreign keys at each statement.
	if n := count(t, r.conn, `SELECT count(*) FROM sqlite_schema, pragma_foreign_key_list(name) WHERE type = 'table' AND sql NOT LIKE '%DEFERRABLE INITIALLY DEFERRED%' AND name <> 'entry'`); n > 0 {
		t.Errorf("%d foreign keys are not deferred: rows arrive in any order within an entry", n)
	}
}

// TestSignedIsSealed: what a signature stands for is one group with it, sealed by
// it, or written once; only where the original is may change (R3.4).
func TestSignedIsSealed(t *testing.T) {
	r := newRoom(t)
	policy := policyOf("protocol")
	open := []string{"id", "born", "original", "scan", "qualified"}
	for _, c := range columnsOf(t, r.conn, "protocol") {
		for _, g := range policy.Groups {
			if !slices.Contains(g.Columns, c.name) {
				continue
			}
			kept := g.Policy == ledger.InsertOnly || g.Seals == clinic.Seal{Column: "status", Value: clinic.ProtocolSigned}
			if kept == slices.Contains(open, c.name) {
				t.Errorf("protocol.%s: kept with the signature: %v", c.name, kept)
			}
		}
	}
}

// TestParentsAreSynced: a row that another names comes by the same ledger.
func TestParentsAreSynced(t *testing.T) {
	r := newRoom(t)
	for _, table := range clinic.Tables {
		for _, to := range names(t, r, `SELECT "table" || '.' || "to" FROM pragma_foreign_key_list('`+table.Name+`')`) {
			if name, isID := strings.CutSuffix(to, ".id"); !isID || policyOf(name).Name == "" {
				t.Errorf("%s names a row of %s", table.Name, to)
			}
		}
	}
}

// TestEveryColumnHasOneGroup holds the policy against the schema.
func TestEveryColumnHasOneGroup(t *testing.T) {
	r := newRoom(t)
	for _, table := range clinic.Tables {
		groups := map[string]int{}
		seen := map[string]bool{}
		for _, g := range table.Groups {
			if seen[g.Name] || g.Policy == 0 || len(g.Columns) == 0 {
				t.Errorf("%s: group %q stands twice, is empty or has no policy", table.Name, g.Name)
			}
			seen[g.Name] = true
			if s := g.Seals; (s.Column == "") != (s.Value == "") || s.Column != "" && (!slices.Contains(g.Columns, s.Column) || g.Policy == ledger.InsertOnly) {
				t.Errorf("%s: group %q is sealed by %+v", table.Name, g.Name, s)
			}
			for _, c := range g.Columns {
				groups[c]++
			}
		}
		for _, c := range columnsOf(t, r.conn, table.Name) {
			want := 1
			if c.name == "id" || c.name == "born" {
				want = 0
			}
			if groups[c.name] != want {
				t.Errorf("%s.%s stands in %d groups", table.Name, c.name, groups[c.name])
			}
			delete(groups, c.name)
			if !slices.Contains([]string{"TEXT", "INTEGER", "BLOB"}, c.kind) {
				t.Errorf("%s.%s is %s: the ledger has no such values", table.Name, c.name, c.kind)
			}
			// A column of another workstation's newer schema is filled by its default.
			if c.notNull && c.standard == nil && c.name != "id" && c.name != "born" && c.kind != "BLOB" {
				t.Errorf("%s.%s must not be NULL and has no default", table.Name, c.name)
			}
		}
		if len(groups) > 0 {
			t.Errorf("%s: columns %v are not there", table.Name, groups)
		}
		if (table.Class == 0) != (table.Patient == "") {
			t.Errorf("%s: class %d, patient %q", table.Name, table.Class, table.Patient)
		}
	}
}
