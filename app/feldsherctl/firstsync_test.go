package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"feldsher/internal/online/syncer"
	"feldsher/internal/storage/store"
)

// mostFirst is how often the time of a plain copy of the encrypted file and a check
// of it the first exchange of a workstation may take.
const mostFirst = 3

// The first exchange of a new workstation is held against copying the database file
// and checking the copy (make bench; FELDSHER_BENCH names the number of patients).
func TestFirstExchangeBesideCopy(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("FELDSHER_BENCH"))
	if n == 0 {
		t.Skip("make bench measures the first exchange beside a copy")
	}
	ctx := t.Context()
	dir := t.TempDir()
	one := filepath.Join(dir, "one")
	start := time.Now()
	st := filled(t, one, n, io.Discard)
	t.Logf("filled in %.1f s", time.Since(start).Seconds())
	line, code := licensord(t, dir)
	start = time.Now()
	if err := syncer.Link(ctx, st, line.url(), code); err != nil {
		t.Fatal(err)
	}
	if _, err := syncer.New(st, syncer.Options{}).Once(ctx); err != nil {
		t.Fatal(err)
	}
	push := time.Since(start)
	invited, _, err := syncer.Invite(ctx, st, "second")
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}

	start = time.Now()
	size := copied(t, filepath.Join(one, "clinic.db"), filepath.Join(dir, "copy.db"))
	copying := time.Since(start)
	if st, err = store.Open(ctx, one, "anna", tourPassword, store.Options{}); err != nil {
		t.Fatal(err)
	}
	start = time.Now()
	for _, c := range st.Checks() {
		if _, err := c.Run(ctx); err != nil {
			t.Fatalf("%s: %v", c.Part, err)
		}
	}
	checking := time.Since(start)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}

	start = time.Now()
	second, err := syncer.Join(ctx, filepath.Join(dir, "two"), line.url(), invited, "anna", tourPassword, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	joined := time.Since(start)
	if _, err := syncer.New(second, syncer.Options{}).Once(ctx); err != nil {
		t.Fatal(err)
	}
	first := time.Since(start)
	if got, err := second.Reader(ctx).PatientCount(); err != nil || got != n {
		t.Fatalf("%d of %d patients arrived (%v)", got, n, err)
	}
	ratio := first.Seconds() / (copying + checking).Seconds()
	t.Logf("%d patients, %.0f MB: push %.1f s; copy %.1f s, check %.1f s; first exchange %.1f s (joined after %.1f s) = %.2f × (at most %d)",
		n, mb(size), push.Seconds(), copying.Seconds(), checking.Seconds(), first.Seconds(), joined.Seconds(), ratio, mostFirst)
	if ratio > mostFirst {
		t.Errorf("the first exchange took %.2f × the time of copy and check, at most %d", ratio, mostFirst)
	}
}

// copied copies a file to the disk and gives its size.
func copied(t *testing.T, from, to string) int64 {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
