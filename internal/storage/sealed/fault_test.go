package sealed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/storage/sealed/faultfs"
)

// scenario is a script that meets every way of writing: small commits, one that
// spills the cache, savepoints, checkpoints, VACUUM, the end. It goes on after
// an error, as a program would, and notes which contents the database may have.
type scenario struct {
	acked   string   // contents after the last commit that returned
	maybe   string   // what a failed commit would have made of it; may turn up after a restart
	history []string // all contents that were ever acknowledged
}

func (s *scenario) commit(after string) {
	s.acked, s.maybe = after, after
	s.history = append(s.history, after)
}

func (s *scenario) run(ctx context.Context, path string, layer faultfs.Layer, checkpoints bool) error {
	db, err := Open(ctx, path, testKey(1), Options{CacheMB: 1, Readers: 1, Faults: layer})
	if err != nil {
		return err
	}
	var errs []error
	if _, err := db.Writer.ExecContext(ctx, "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=20"); err != nil {
		errs = append(errs, err)
	}
	for n := range 9 {
		errs = append(errs, s.transaction(ctx, db, n))
		if checkpoints && n%3 == 2 {
			_, err := db.Writer.ExecContext(ctx, "PRAGMA wal_checkpoint(RESTART)")
			errs = append(errs, Classify(err))
		}
	}
	if checkpoints {
		_, err := db.Writer.ExecContext(ctx, "VACUUM")
		errs = append(errs, Classify(err))
	}
	errs = append(errs, db.Close())
	return errors.Join(errs...)
}

// transaction changes the table and foresees the contents.
func (s *scenario) transaction(ctx context.Context, db *DB, n int) error {
	tx, err := db.Writer.BeginTx(ctx, nil)
	if err != nil {
		return Classify(err)
	}
	defer tx.Rollback()
	rows := 3
	if n == 4 {
		rows = 300 // spills: the cache has 20 pages
	}
	text := strings.Repeat("x", 400)
	statements := []string{
		fmt.Sprintf("WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM c WHERE i < %d) INSERT INTO t(v) SELECT 'n%d-' || i || '%s' FROM c", rows-1, n, text),
		"SAVEPOINT a",
		"UPDATE t SET v = 'gone' WHERE id % 2 = 0",
		"ROLLBACK TO a",
		fmt.Sprintf("UPDATE t SET v = 'changed by %d' WHERE id = %d", n, n*2+1),
	}
	for _, q := range statements {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return Classify(err)
		}
	}
	var after strings.Builder
	result, err := tx.QueryContext(ctx, "SELECT id, v FROM t ORDER BY id")
	if err != nil {
		return Classify(err)
	}
	defer result.Close()
	for result.Next() {
		var id int
		var v string
		if err := result.Scan(&id, &v); err != nil {
			return Classify(err)
		}
		fmt.Fprintf(&after, "%d=%s\n", id, v)
	}
	if err := errors.Join(result.Err(), result.Close()); err != nil {
		return Classify(err)
	}
	if err := tx.Commit(); err != nil {
		s.maybe = after.String()
		return Classify(err)
	}
	s.commit(after.String())
	return nil
}

// startDir is a folder with a database to start a scenario from.
func startDir(t *testing.T) (dir string, start string) {
	t.Helper()
	dir = t.TempDir()
	db := mustCreate(t, filepath.Join(dir, "x.db"), Options{})
	mustExec(t, db.Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX i ON t(v)")
	mustExec(t, db.Writer, "INSERT INTO t(v) VALUES('one'), ('two')")
	start, err := contents(t.Context(), db.Reader)
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, db)
	return dir, start
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// run starts from a copy of dir with one plan of failure.
func runScenario(t *testing.T, dir, start string, checkpoints bool, plan func(int, faultfs.Op) faultfs.Outcome, lie bool) (*scenario, *faultfs.Disk, string, error) {
	t.Helper()
	work := copyDir(t, dir)
	disk, err := faultfs.NewDisk(work)
	if err != nil {
		t.Fatal(err)
	}
	disk.Plan(plan)
	disk.Lie(lie)
	s := &scenario{}
	s.commit(start)
	err = s.run(context.Background(), filepath.Join(work, "x.db"), disk, checkpoints)
	return s, disk, work, err
}

// operations counts the scenario's disk operations when nothing fails.
func operations(t *testing.T, dir, start string, checkpoints bool) int {
	t.Helper()
	_, disk, _, err := runScenario(t, dir, start, checkpoints, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := disk.Count()
	return n
}

// chosen is every operation in a soak, some of them otherwise.
func chosen(rng *rand.Rand, n, some int) []int {
	var out []int
	for i := 1; i <= n; i++ {
		if soak() || rng.IntN(n) < some {
			out = append(out, i)
		}
	}
	return out
}

// TestFaultAtEveryOperation lets each disk operation fail once, or fail from
// then on: errors are of a known kind, and a restart finds what was acknowledged.
func TestFaultAtEveryOperation(t *testing.T) {
	rng := seeded(t)
	dir, start := startDir(t)
	n := operations(t, dir, start, true)
	outcomes := map[string]faultfs.Outcome{
		"EIO":         {Err: faultfs.EIO},
		"ENOSPC":      {Err: faultfs.ENOSPC},
		"read-only":   {Err: faultfs.EROFS},
		"short write": {Err: faultfs.EIO, Wrote: 700},
	}
	t.Logf("%d operations", n)
	for name, out := range outcomes {
		for _, i := range chosen(rng, n, 25) {
			plan := faultfs.At(i, out)
			if rng.IntN(2) == 0 {
				plan = faultfs.From(i, out)
			}
			s, disk, work, err := runScenario(t, dir, start, true, plan, false)
			checkKinds(t, err)
			got, verr := verdict(t.Context(), filepath.Join(work, "x.db"), nil)
			if verr != nil || (got != s.acked && got != s.maybe) {
				_, op := disk.Count()
				t.Fatalf("%s at operation %d of %d (last %v %s): %v; errors on the way: %v; %s", name, i, n, op.Kind, op.Path, verr, err, s.describe(got))
			}
		}
	}
}

func (s *scenario) describe(got string) string {
	return fmt.Sprintf("contents are number %d of %d acknowledged, the attempt: %v", slices.Index(s.history, got), len(s.history), got == s.maybe)
}

// checkKinds: no failure of the disk may look like a defect of the program.
func checkKinds(t *testing.T, err error) {
	t.Helper()
	for _, err := range flatten(err) {
		var f *fault.Error
		if errors.As(err, &f) {
			continue
		}
		if !strings.Contains(err.Error(), "no transaction is active") {
			t.Errorf("an error without a kind: %v", err)
		}
	}
}

func flatten(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range many.Unwrap() {
			all = append(all, flatten(e)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// TestPowerCutAtEveryOperation cuts the power at each operation. Any subset of
// the unflushed sectors survives; what was acknowledged does in any case.
func TestPowerCutAtEveryOperation(t *testing.T) {
	rng := seeded(t)
	dir, start := startDir(t)
	n := operations(t, dir, start, true)
	for _, i := range chosen(rng, n, 50) {
		out := faultfs.Outcome{Err: faultfs.EPOWER, Wrote: rng.IntN(pageSize)}
		s, disk, _, _ := runScenario(t, dir, start, true, faultfs.At(i, out), false)
		for range 3 {
			image := t.TempDir()
			if err := disk.Image(image, rng); err != nil {
				t.Fatal(err)
			}
			got, err := verdict(t.Context(), filepath.Join(image, "x.db"), nil)
			if err != nil || (got != s.acked && got != s.maybe) {
				t.Fatalf("operation %d of %d: %v; %s", i, n, err, s.describe(got))
			}
		}
	}
}

// TestLyingDisk: a disk that loses flushed writes costs commits at worst, or is
// reported; what is read is a state that was once committed, never a mixture.
// (If nothing at all is left that opens, the key seems wrong; the file's limits
// stand in docs/formats/database-file.md.)
func TestLyingDisk(t *testing.T) {
	rng := seeded(t)
	dir, start := startDir(t)
	for _, checkpoints := range []bool{false, true} {
		n := operations(t, dir, start, checkpoints)
		whole, older, reported := 0, 0, 0
		for _, i := range chosen(rng, n, 40) {
			cut := faultfs.At(i, faultfs.Outcome{Err: faultfs.EPOWER})
			s, disk, _, _ := runScenario(t, dir, start, checkpoints, cut, true)
			for range 3 {
				image := t.TempDir()
				if err := disk.Image(image, rng); err != nil {
					t.Fatal(err)
				}
				got, err := verdict(t.Context(), filepath.Join(image, "x.db"), nil)
				switch {
				case fault.Is(err, fault.Damaged), fault.Is(err, fault.Password):
					reported++
				case err != nil:
					t.Fatalf("operation %d: %v", i, err)
				case got == s.acked || got == s.maybe:
					whole++
				case slices.Contains(s.history, got):
					older++
				default:
					t.Fatalf("operation %d: a mixture", i)
				}
			}
		}
		t.Logf("checkpoints=%v: %d whole, %d older, %d reported", checkpoints, whole, older, reported)
	}
}

// TestCreateFaults: an interrupted creation leaves nothing under the name, or
// the whole database.
func TestCreateFaults(t *testing.T) {
	rng := seeded(t)
	for i := 1; ; i++ {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.db")
		disk, err := faultfs.NewDisk(dir)
		if err != nil {
			t.Fatal(err)
		}
		out := []faultfs.Outcome{{Err: faultfs.EIO}, {Err: faultfs.ENOSPC}, {Err: faultfs.EPOWER}}[i%3]
		disk.Plan(faultfs.At(i, out))
		db, err := Create(t.Context(), path, testKey(1), Options{Faults: disk})
		if n, _ := disk.Count(); n < i {
			disk.Plan(nil)
			mustClose(t, db)
			t.Logf("%d operations", n)
			break
		}
		if err == nil {
			_ = db.Close()
		}
		checkKinds(t, err)
		image := t.TempDir()
		if err := disk.Image(image, rng); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{dir, image} {
			path := filepath.Join(dir, "x.db")
			db, err := Open(t.Context(), path, testKey(1), Options{})
			if fault.Is(err, fault.NotFound) {
				db, err = Create(t.Context(), path, testKey(1), Options{})
			}
			if err != nil {
				t.Fatalf("operation %d: %v", i, err)
			}
			mustExec(t, db.Writer, "CREATE TABLE t(a)")
			mustClose(t, db)
		}
	}
}
