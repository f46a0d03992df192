package sealed

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feldsher/internal/fault"
)

// testKey is a key that differs for each n.
func testKey(n byte) (k Key) {
	for i := range k {
		k[i] = n + byte(i)*7
	}
	return k
}

func mustCreate(t testing.TB, path string, o Options) *DB {
	t.Helper()
	db, err := Create(t.Context(), path, testKey(1), o)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return db
}

func mustOpen(t testing.TB, path string, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), path, testKey(1), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return db
}

func mustClose(t testing.TB, db *DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

func mustExec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func queryInt(t testing.TB, db *sql.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestRoundTripAndReopen(t *testing.T) {
	for _, name := range []string{"clinic.db", "Карточки пациентов/база данных №1.db", "what? 50%#a&b.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			db := mustCreate(t, path, Options{})
			salt := db.Salt()
			mustExec(t, db.Writer, "CREATE TABLE patient(id INTEGER PRIMARY KEY, name TEXT)")
			for i := range 500 {
				mustExec(t, db.Writer, "INSERT INTO patient(name) VALUES(?)", fmt.Sprint("Пациент ", i))
			}
			if n := queryInt(t, db.Reader, "SELECT count(*) FROM patient"); n != 500 {
				t.Fatalf("reader sees %d rows", n)
			}
			mustClose(t, db)
			for _, left := range Files(path)[1:] {
				if _, err := os.Stat(left); !os.IsNotExist(err) {
					t.Errorf("left behind: %s (%v)", filepath.Base(left), err)
				}
			}
			for _, saved := range [][]byte{nil, salt} {
				db = mustOpen(t, path, Options{Salt: saved})
				if n := queryInt(t, db.Reader, "SELECT count(*) FROM patient WHERE name LIKE 'Пациент %'"); n != 500 {
					t.Fatalf("%d rows after reopening", n)
				}
				if !bytes.Equal(db.Salt(), salt) {
					t.Fatal("salt changed")
				}
				if err := db.Check(t.Context()); err != nil {
					t.Fatal(err)
				}
				mustClose(t, db)
			}
		})
	}
}

func TestCreateRefusesWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	mustClose(t, mustCreate(t, path, Options{}))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(t.Context(), path, testKey(1), Options{}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("second creation: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Fatal("the refused creation changed the file")
	}
}

func TestOpenWithoutFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := Open(t.Context(), path, testKey(1), Options{}); !fault.Is(err, fault.NotFound) {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Fatal("opening made a file")
	}
}

func TestSettings(t *testing.T) {
	db := mustCreate(t, filepath.Join(t.TempDir(), "x.db"), Options{CacheMB: 16})
	defer mustClose(t, db)
	for pool, queryOnly := range map[*sql.DB]int{db.Writer: 0, db.Reader: 1} {
		want := map[string]int{
			"synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "temp_store": 2, "busy_timeout": 10000,
			"cache_size": -16384, "query_only": queryOnly, "wal_autocheckpoint": 2000,
		}
		for name, value := range want {
			if got := queryInt(t, pool, "PRAGMA "+name); got != value {
				t.Errorf("%s = %d, want %d", name, got, value)
			}
		}
		var mode string
		if err := pool.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
			t.Errorf("journal_mode %q, %v", mode, err)
		}
	}
	if _, err := db.Reader.Exec("CREATE TABLE t(a)"); !fault.Is(Classify(err), fault.Space) {
		t.Errorf("a reader could write: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := mustCreate(t, path, Options{})
	mustExec(t, db.Writer, "CREATE TABLE t(a)")
	mustClose(t, db)
	db = mustOpen(t, path, Options{ReadOnly: true})
	defer mustClose(t, db)
	if _, err := db.Writer.Exec("INSERT INTO t VALUES(1)"); err == nil {
		t.Fatal("a read-only database took a row")
	}
	if err := db.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestNothingReadable looks for needles in every file beside the database, in
// the middle of a transaction, after commits, and after a checkpoint (R11.1).
func TestNothingReadable(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	db := mustCreate(t, path, Options{CacheMB: 1})
	needles := []string{"Ескендирова-Заря", "needle_table", "needle_column", "SQLite format", "CREATE TABLE", "sqlite_schema"}
	search := func(when string) {
		t.Helper()
		files := map[string]bool{}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files[strings.TrimPrefix(e.Name(), "x.db")] = true
			for _, needle := range needles {
				if bytes.Contains(data, []byte(needle)) {
					t.Errorf("%s: %q stands readable in %s", when, needle, e.Name())
				}
			}
		}
		if !files[""] || !files[walSuffix] || !files[shmSuffix] {
			t.Fatalf("%s: looked only at %v", when, files)
		}
	}
	mustExec(t, db.Writer, "CREATE TABLE needle_table(needle_column TEXT)")
	ctx := context.Background()
	tx, err := db.Writer.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 20_000 { // more than the cache holds
		if _, err := tx.Exec("INSERT INTO needle_table VALUES(?)", strings.Repeat("Ескендирова-Заря ", 10)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec("CREATE TEMP TABLE scratch AS SELECT needle_column FROM needle_table ORDER BY needle_column"); err != nil {
		t.Fatal(err)
	}
	search("in the transaction")
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + anchorSuffix); err != nil {
		t.Fatal(err)
	}
	search("after the commit")
	mustExec(t, db.Writer, "PRAGMA wal_checkpoint")
	mustExec(t, db.Writer, "UPDATE needle_table SET needle_column = needle_column || 'x' WHERE rowid < 10")
	search("after the checkpoint")
	mustClose(t, db)
}

// TestLink: a link to the database finds the log beside the real file.
func TestLink(t *testing.T) {
	s := makeSpecimen(t, false)
	path := s.lay(t, t.TempDir())
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Skip("no links here:", err)
	}
	if got, err := verdict(t.Context(), link, nil); err != nil || got != s.want {
		t.Fatalf("contents differ: %v", err)
	}
}
