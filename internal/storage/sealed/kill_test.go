package sealed

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// killedEnv names the database that this process, a child, is to fill until it
// is killed.
const killedEnv = "FELDSHER_TEST_KILLED"

// TestMain turns the re-executed test binary into the victim.
func TestMain(m *testing.M) {
	if path := os.Getenv(killedEnv); path != "" {
		if err := victim(path); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// victim commits transactions of many sizes and says so after each one. Batch
// n holds size(n) rows that all carry n.
func victim(path string) error {
	ctx := context.Background()
	db, err := Open(ctx, path, testKey(1), Options{CacheMB: 1})
	if err != nil {
		return err
	}
	var n int
	if err := db.Writer.QueryRow("SELECT coalesce(max(batch), 0) FROM t").Scan(&n); err != nil {
		return err
	}
	if _, err := db.Writer.Exec("PRAGMA wal_autocheckpoint=200"); err != nil {
		return err
	}
	for n++; ; n++ {
		tx, err := db.Writer.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for i := range batchRows(n) {
			if _, err := tx.Exec("INSERT INTO t(batch, v) VALUES(?, ?)", n, strings.Repeat("строка ", i%40)); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("DELETE FROM t WHERE batch = ?", n-8); err != nil {
			return err
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		fmt.Println("committed", n)
	}
}

func batchRows(n int) int {
	if n%13 == 0 {
		return 6000 // spills a cache of 1 MiB
	}
	return 1 + n%7*20
}

// TestKill kills a program in the middle of writing, again and again on the
// same database: what it acknowledged is there, and whole.
func TestKill(t *testing.T) {
	rng := seeded(t)
	path := filepath.Join(t.TempDir(), "убитая база.db")
	db := mustCreate(t, path, Options{})
	mustExec(t, db.Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, batch INT, v TEXT); CREATE INDEX i ON t(batch)")
	mustClose(t, db)
	total := 0
	for round := range times(200) {
		acked := killOnce(t, path, rng)
		db := mustOpen(t, path, Options{})
		last := queryInt(t, db.Reader, "SELECT coalesce(max(batch), 0) FROM t")
		if last < acked || last > acked+1 {
			t.Fatalf("round %d: %d was acknowledged, the database ends with %d", round, acked, last)
		}
		total = max(total, last)
		for n := max(1, last-7); n <= last; n++ {
			if got := queryInt(t, db.Reader, "SELECT count(*) FROM t WHERE batch = ?", n); got != batchRows(n) {
				t.Fatalf("round %d: batch %d has %d rows, not %d", round, n, got, batchRows(n))
			}
		}
		if n := queryInt(t, db.Reader, "SELECT count(*) FROM t WHERE batch < ?", last-7); n != 0 {
			t.Fatalf("round %d: %d deleted rows are back", round, n)
		}
		if err := db.Check(t.Context()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if round%3 == 0 {
			mustClose(t, db) // else the next victim finds a log to begin with
			continue
		}
		db.Reader.Close()
		db.Writer.Close()
	}
	t.Logf("%d batches", total)
}

// killOnce runs a victim, kills it after some commits, and returns the last
// batch that it acknowledged.
func killOnce(t *testing.T, path string, rng *rand.Rand) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killedEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acked, left := 0, 1+rng.IntN(25)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		if word != "committed" {
			t.Fatalf("victim: %s", lines.Text())
		}
		if acked, err = strconv.Atoi(rest); err != nil {
			t.Fatal(err)
		}
		if left--; left != 0 {
			continue // once it is killed, what it had still said counts too
		}
		spin := sha256.Sum256(nil)
		for range rng.IntN(4000) { // to hit anywhere in the next transactions
			spin = sha256.Sum256(spin[:])
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Wait() // it was killed
	return acked
}
