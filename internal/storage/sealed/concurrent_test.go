package sealed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"modernc.org/sqlite"

	"feldsher/internal/fault"
)

// group runs goroutines and collects their errors.
type group struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	errs []error
}

func (g *group) run(f func() error) {
	g.wg.Go(func() {
		if err := f(); err != nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.errs = append(g.errs, err)
		}
	})
}

func (g *group) wait() error {
	g.wg.Wait()
	return errors.Join(g.errs...)
}

// TestReadersBesideWriter: readers see whole transactions only, while the log
// grows, is moved into the file, and the database is checked and copied.
func TestReadersBesideWriter(t *testing.T) {
	dir := t.TempDir()
	db := mustCreate(t, filepath.Join(dir, "x.db"), Options{CacheMB: 1})
	mustExec(t, db.Writer, "CREATE TABLE account(id INTEGER PRIMARY KEY, sum INT, note TEXT)")
	for range 200 {
		mustExec(t, db.Writer, "INSERT INTO account(sum, note) VALUES(100, '')")
	}
	mustExec(t, db.Writer, "PRAGMA wal_autocheckpoint=50")
	rounds := times(2000)
	var done atomic.Bool
	ctx := t.Context()
	var g group
	g.run(func() error {
		defer done.Store(true)
		for i := range rounds {
			if err := transfer(ctx, db.Writer, i); err != nil {
				return fmt.Errorf("transfer %d: %w", i, err)
			}
		}
		return nil
	})
	for range 4 {
		g.run(func() error {
			for !done.Load() {
				if err := sumUp(ctx, db.Reader); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.run(func() error {
		for n := 0; !done.Load(); n++ {
			if err := db.Check(ctx); err != nil {
				return fmt.Errorf("check: %w", err)
			}
			copied := filepath.Join(dir, fmt.Sprint("copy", n))
			if _, err := db.CopyTo(ctx, copied, testKey(3)); err != nil {
				return fmt.Errorf("copy: %w", err)
			}
			other, err := Open(ctx, copied, testKey(3), Options{})
			if err != nil {
				return fmt.Errorf("open copy: %w", err)
			}
			if err := errors.Join(sumUp(ctx, other.Reader), other.Close(), os.Remove(copied)); err != nil {
				return fmt.Errorf("copy: %w", err)
			}
		}
		return nil
	})
	if err := g.wait(); err != nil {
		t.Fatal(err)
	}
	if err := db.Damage(); err != nil {
		t.Fatal(err)
	}
	mustClose(t, db)
}

func transfer(ctx context.Context, db *sql.DB, i int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	note := strings.Repeat("n", i%700)
	if _, err := tx.Exec("UPDATE account SET sum = sum - 1, note = ? WHERE id = ?", note, 1+i%200); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE account SET sum = sum + 1, note = ? WHERE id = ?", note, 1+i*7%200); err != nil {
		return err
	}
	return tx.Commit()
}

func sumUp(ctx context.Context, db *sql.DB) error {
	var sum, n int
	if err := db.QueryRowContext(ctx, "SELECT sum(sum), count(*) FROM account").Scan(&sum, &n); err != nil {
		return fmt.Errorf("sum: %w", err)
	}
	if sum != 20_000 || n != 200 {
		return fmt.Errorf("half a transaction: %d in %d accounts", sum, n)
	}
	return nil
}

// TestSeveralDatabases: two keys at once, and the same file opened twice.
func TestSeveralDatabases(t *testing.T) {
	dir := t.TempDir()
	var g group
	for n := range byte(3) {
		g.run(func() error {
			path := filepath.Join(dir, fmt.Sprint("база ", n, ".db"))
			db, err := Create(t.Context(), path, testKey(n), Options{})
			if err != nil {
				return err
			}
			again, err := Open(t.Context(), path, testKey(n), Options{Salt: db.Salt()})
			if err != nil {
				return err
			}
			if _, err := db.Writer.Exec("CREATE TABLE t(v)"); err != nil {
				return err
			}
			for i := range 50 {
				w := []*sql.DB{db.Writer, again.Writer}[i%2]
				if _, err := w.Exec("INSERT INTO t VALUES(?)", n); err != nil {
					return fmt.Errorf("database %d row %d: %w", n, i, err)
				}
			}
			var rows, sum int
			if err := again.Reader.QueryRow("SELECT count(*), sum(v) FROM t").Scan(&rows, &sum); err != nil {
				return err
			}
			if rows != 50 || sum != 50*int(n) {
				return fmt.Errorf("database %d: %d rows, sum %d", n, rows, sum)
			}
			return errors.Join(db.Close(), again.Check(t.Context()), again.Close())
		})
	}
	if err := g.wait(); err != nil {
		t.Fatal(err)
	}
}

// TestTwoWriters: what one connection spilled and rolled back never overwrites
// what another committed after it.
func TestTwoWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	a := mustCreate(t, path, Options{CacheMB: 1})
	mustExec(t, a.Writer, "CREATE TABLE t(v); PRAGMA cache_size=10")
	b := mustOpen(t, path, Options{CacheMB: 1})
	mustExec(t, b.Writer, "PRAGMA cache_size=10")
	for i := range 30 {
		tx, err := a.Writer.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM c WHERE i < ?) INSERT INTO t SELECT randomblob(1000) FROM c", 20+i*3); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		mustExec(t, b.Writer, "INSERT INTO t VALUES(?)", i)
		mustExec(t, a.Writer, "INSERT INTO t VALUES(?)", i)
	}
	if n := queryInt(t, a.Reader, "SELECT count(*) FROM t"); n != 60 {
		t.Fatalf("%d rows", n)
	}
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustClose(t, a)
	mustClose(t, b)
}

// TestShortenedLog: SQLite may cut a log short after a commit; the anchor goes
// on vouching for what is left.
func TestShortenedLog(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	db := mustCreate(t, path, Options{})
	mustExec(t, db.Writer, "PRAGMA journal_size_limit=20000")
	mustExec(t, db.Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v); WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM c WHERE i < 500) INSERT INTO t(v) SELECT hex(randomblob(100)) FROM c")
	long := logLength(t, path)
	mustExec(t, db.Writer, "PRAGMA wal_checkpoint(RESTART)")
	mustExec(t, db.Writer, "INSERT INTO t(v) VALUES('last')")
	if short := logLength(t, path); short >= long {
		t.Fatalf("the log was not cut: %d, then %d", long, short)
	}
	crashed := filepath.Join(copyDir(t, dir), "x.db")
	mustClose(t, db)
	if err := os.Truncate(crashed+walSuffix, walHeaderSize); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), crashed, testKey(1), Options{}); !fault.Is(err, fault.Damaged) {
		t.Fatalf("the lost commit went unnoticed: %v", err)
	}
}

func logLength(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path + walSuffix)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestWriteConnectionHook: the caller's pre-update hook sees every change.
func TestWriteConnectionHook(t *testing.T) {
	var changes, connections int
	db := mustCreate(t, filepath.Join(t.TempDir(), "x.db"), Options{
		OnWriteConn: func(c sqlite.HookRegisterer) error {
			connections++
			c.RegisterPreUpdateHook(func(d sqlite.SQLitePreUpdateData) {
				if d.TableName == "t" {
					changes++
				}
			})
			return nil
		},
	})
	mustExec(t, db.Writer, "CREATE TABLE t(v)")
	mustExec(t, db.Writer, "INSERT INTO t VALUES(1), (2); UPDATE t SET v = 3; DELETE FROM t WHERE v = 3")
	if changes != 6 || connections != 1 {
		t.Errorf("%d changes on %d connections", changes, connections)
	}
	mustClose(t, db)

	broken := errors.New("no hook today")
	_, err := Open(t.Context(), db.Path(), testKey(1), Options{OnWriteConn: func(sqlite.HookRegisterer) error { return broken }})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// TestCloseWithOpenRows: the VFS stays while SQLite may still call it.
func TestCloseWithOpenRows(t *testing.T) {
	db := mustCreate(t, filepath.Join(t.TempDir(), "x.db"), Options{})
	mustExec(t, db.Writer, "CREATE TABLE t(v); INSERT INTO t VALUES(1), (2)")
	rows, err := db.Reader.Query("SELECT v FROM t")
	if err != nil {
		t.Fatal(err)
	}
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	if err := db.Close(); !fault.Is(err, fault.Internal) {
		t.Fatalf("close: %v", err)
	}
	if !rows.Next() {
		t.Fatalf("the open statement broke: %v", rows.Err())
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
}
