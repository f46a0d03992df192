package sealed

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// TestSameAsPlain runs random SQL on a sealed and a plain database: results and
// errors are the same, statement by statement, over reopening too.
func TestSameAsPlain(t *testing.T) {
	rng := seeded(t)
	for range times(40) {
		dir := t.TempDir()
		p, err := openPlain(filepath.Join(dir, "plain.db"), Options{CacheMB: 1})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "sealed.db")
		db := mustCreate(t, path, Options{CacheMB: 1})
		script := []string{
			"PRAGMA cache_size=15",
			"CREATE TABLE a(id INTEGER PRIMARY KEY, k TEXT, v BLOB)",
			"CREATE TABLE b(k TEXT PRIMARY KEY, a INT REFERENCES a(id) ON DELETE CASCADE) WITHOUT ROWID",
			"CREATE VIRTUAL TABLE f USING fts5(text, prefix='2')",
		}
		for range 120 {
			script = append(script, randomStatement(rng))
		}
		for i, q := range script {
			want, got := outcome(p.writer, q), outcome(db.Writer, q)
			if strings.Contains(q, "checkpoint") && !strings.HasPrefix(want+got, "error") {
				continue // it answers with numbers of pages; ours hold 40 bytes less
			}
			if want != got {
				t.Fatalf("statement %d: %s\nplain:  %.300s\nsealed: %.300s", i, q, want, got)
			}
			if i == len(script)/2 {
				outcome(p.writer, "ROLLBACK")
				outcome(db.Writer, "ROLLBACK")
				mustClose(t, db)
				db = mustOpen(t, path, Options{CacheMB: 1})
				mustExec(t, db.Writer, "PRAGMA cache_size=15")
			}
		}
		outcome(p.writer, "ROLLBACK")
		outcome(db.Writer, "ROLLBACK")
		for _, q := range []string{"SELECT * FROM a ORDER BY id", "SELECT * FROM b ORDER BY k", "SELECT rowid, * FROM f"} {
			if want, got := outcome(p.writer, q), outcome(db.Reader, q); want != got {
				t.Fatalf("%s differs at the end", q)
			}
		}
		if err := db.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		mustClose(t, db)
		p.writer.Close()
		p.reader.Close()
	}
}

func randomStatement(r *rand.Rand) string {
	n := func(k int) int { return r.IntN(k) }
	switch n(22) {
	case 0, 1, 2, 3:
		return fmt.Sprintf("INSERT INTO a(k, v) VALUES('ключ %d', zeroblob(%d))", n(50), n(9000))
	case 4:
		return fmt.Sprintf("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i < %d) INSERT INTO a(k, v) SELECT 'много ' || i, printf('%%0%dd', i) FROM c", 1+n(300), 1+n(500))
	case 5, 6:
		return fmt.Sprintf("INSERT OR REPLACE INTO b SELECT 'b%d', max(id) FROM a", n(30))
	case 7:
		return fmt.Sprintf("DELETE FROM a WHERE id %% %d = 0", 2+n(5))
	case 8, 9:
		return fmt.Sprintf("UPDATE a SET v = zeroblob(%d), k = k || 'x' WHERE id %% 7 = %d", n(5000), n(7))
	case 10:
		return fmt.Sprintf("INSERT INTO f(text) SELECT k || ' слово%d' FROM a LIMIT 50", n(20))
	case 11:
		return fmt.Sprintf("SELECT count(*), sum(rowid) FROM f WHERE f MATCH 'сл* OR ключ*' AND rowid > %d", n(30))
	case 12:
		return "SELECT k, length(v), hex(substr(v, 1, 8)) FROM a ORDER BY k, id"
	case 13:
		return "BEGIN"
	case 14, 15:
		return "COMMIT"
	case 16:
		return "ROLLBACK"
	case 17:
		return "SAVEPOINT s"
	case 18:
		return []string{"ROLLBACK TO s", "RELEASE s"}[n(2)]
	case 19:
		return []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA incremental_vacuum(5)"}[n(4)]
	case 20:
		return []string{"CREATE INDEX IF NOT EXISTS ak ON a(k)", "DROP INDEX IF EXISTS ak", "REINDEX", "ANALYZE", "DELETE FROM f"}[n(5)]
	}
	return fmt.Sprintf("SELECT a.k, b.k FROM a LEFT JOIN b ON b.a = a.id WHERE a.id > %d ORDER BY 1, 2 LIMIT 20", n(50))
}

// outcome is all that a statement answers, as text.
func outcome(db *sql.DB, q string) string {
	rows, err := db.Query(q)
	if err != nil {
		return "error " + err.Error()
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "error " + err.Error()
	}
	var out strings.Builder
	cells := make([]any, len(columns))
	for i := range cells {
		cells[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return "error " + err.Error()
		}
		for _, c := range cells {
			fmt.Fprintf(&out, "%v|", *c.(*any))
		}
		out.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		return "error " + err.Error()
	}
	return out.String()
}
