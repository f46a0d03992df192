package store

import (
	"context"
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"feldsher/internal/fault"
	"feldsher/internal/storage/sealed"
)

var update = flag.Bool("update", false, "rewrite golden files")

// database is an encrypted file without a clinic.
func database(t *testing.T) (*sealed.DB, *sql.Conn, string) {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	db, err := sealed.Create(ctx, filepath.Join(dir, databaseFile), sealed.Key{1}, sealed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Writer.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		_ = db.Close()
	})
	return db, conn, dir
}

func schemaOf(t *testing.T, conn *sql.Conn) string {
	t.Helper()
	rows, err := conn.QueryContext(context.Background(), `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		b.WriteString(text + ";\n\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSchemaIsTheGolden: what the migrations make is what a person has looked at;
// a released one never changes.
func TestSchemaIsTheGolden(t *testing.T) {
	_, conn, dir := database(t)
	if _, err := migrateSchema(context.Background(), conn, dir, schemaFiles); err != nil {
		t.Fatal(err)
	}
	got := schemaOf(t, conn)
	const golden = "testdata/schema.sql"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the schema differs from %s; look at it and run the test with -update", golden)
	}
}

// TestEveryEntityFitsItsTable prepares what the entities are written and read by.
func TestEveryEntityFitsItsTable(t *testing.T) {
	ctx := context.Background()
	_, conn, dir := database(t)
	if _, err := migrateSchema(ctx, conn, dir, schemaFiles); err != nil {
		t.Fatal(err)
	}
	for table, statements := range map[string][2]string{
		"organisation": {organisations.put, organisations.get}, "staff": {staffTable.put, staffTable.get},
		"template": {templates.put, templates.get}, "pathway": {pathways.put, pathways.get}, "icd": {icdTable.put, icdTable.get},
		"patient": {patients.put, patients.get}, "former_name": {formerNames.put, formerNames.get},
		"contact": {contacts.put, contacts.get}, "address": {addresses.put, addresses.get}, "document": {documents.put, documents.get},
		"background": {backgrounds.put, backgrounds.get}, "representative": {representatives.put, representatives.get},
		"schedule": {schedules.put, schedules.get}, "absence": {absences.put, absences.get}, "service": {services.put, services.get},
		"booking": {bookings.put, bookings.get}, "waiting": {waitings.put, waitings.get}, "rendered": {rendered.put, rendered.get},
		"visit": {visits.put, visits.get}, "diagnosis": {diagnoses.put, diagnoses.get}, "problem": {problems.put, problems.get},
		"allergy": {allergies.put, allergies.get}, "observation": {observations.put, observations.get},
		"prescription": {prescriptions.put, prescriptions.get}, "patient_link": {links.put, links.get}, "care_order": {careOrders.put, careOrders.get},
		"protocol": {protocols.put, protocols.get}, "attachment": {attachments.put, attachments.get},
	} {
		for _, q := range []string{statements[0], statements[1] + `1`} {
			stmt, err := conn.PrepareContext(ctx, q)
			if err != nil {
				t.Errorf("%s: %v", table, err)
				continue
			}
			_ = stmt.Close()
		}
		columns := 0
		if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM pragma_table_info(?)`, table).Scan(&columns); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(statements[0][strings.Index(statements[0], "VALUES"):strings.Index(statements[0], "ON CONFLICT")], "?"); got != columns {
			t.Errorf("%s: %d values for %d columns", table, got, columns)
		}
	}
}

// TestMigrationKeepsACopy: a database of an older version is copied before it
// changes, and a step that fails changes nothing.
func TestMigrationKeepsACopy(t *testing.T) {
	ctx := context.Background()
	_, conn, dir := database(t)
	first := &fstest.MapFile{Data: []byte(`CREATE TABLE a (x TEXT) STRICT; INSERT INTO a VALUES ('was here')`)}
	if v, err := migrateSchema(ctx, conn, dir, fstest.MapFS{"schema/1.sql": first}); err != nil || v != 1 {
		t.Fatal(v, err)
	}
	broken := fstest.MapFS{"schema/1.sql": first, "schema/2.sql": {Data: []byte(`CREATE TABLE b (x TEXT) STRICT; CREATE TABLE b (y TEXT)`)}}
	if _, err := migrateSchema(ctx, conn, dir, broken); err == nil {
		t.Fatal("a broken step succeeded")
	}
	if strings.Contains(schemaOf(t, conn), "TABLE b") {
		t.Error("half a step stayed")
	}
	second := fstest.MapFS{"schema/1.sql": first, "schema/2.sql": {Data: []byte(`ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT ''`)}}
	if v, err := migrateSchema(ctx, conn, dir, second); err != nil || v != 2 {
		t.Fatal(v, err)
	}
	copied, err := sealed.Open(ctx, filepath.Join(dir, "before-upgrade", "schema-1.db"), sealed.Key{1}, sealed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	var x string
	if err := copied.Reader.QueryRowContext(ctx, `SELECT x FROM a`).Scan(&x); err != nil || x != "was here" {
		t.Error(x, err)
	}
	if _, err := migrateSchema(ctx, conn, dir, fstest.MapFS{"schema/1.sql": first}); !fault.Is(err, fault.Newer) {
		t.Errorf("a newer database: %v", err)
	}
}
