package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed/faultfs"
	"feldsher/internal/storage/store"
)

// ackedDay is what the scenario was told is saved.
type ackedDay struct {
	patients []clinic.ID
	visits   []clinic.ID
	family   map[clinic.ID]string // of edited cards
}

// scenario is a short day: cards, visits, an edit. It stops at the first failure.
func scenario(ctx context.Context, s *store.Store, ack *ackedDay) error {
	act := journal.Act{Intent: "scenario"}
	for i := range 4 {
		p := clinic.Patient{Name: clinic.Name{Family: fmt.Sprintf("Сценарный%d", i), Given: "Олег"}, Sex: clinic.Male, BirthDate: "1970-02-03"}
		if err := s.Update(ctx, act, func(tx *store.Tx) error { return tx.PutPatient(&p) }); err != nil {
			return err
		}
		ack.patients = append(ack.patients, p.ID)
		v := clinic.Visit{
			Patient: p.ID, Kind: "clinic", CareFrom: 1_700_000_000_000, Entered: 1_700_000_000_000, Status: "done", Complaints: "жалоб нет",
			Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "Z00.0"}}},
		}
		if err := s.Update(ctx, act, func(tx *store.Tx) error { return tx.PutVisit(&v) }); err != nil {
			return err
		}
		ack.visits = append(ack.visits, v.ID)
	}
	p, err := s.Reader(ctx).Patient(ack.patients[0])
	if err != nil {
		return err
	}
	p.Family = "Переименованный"
	if err := s.Update(ctx, act, func(tx *store.Tx) error { return tx.PutPatient(&p) }); err != nil {
		return err
	}
	ack.family = map[clinic.ID]string{p.ID: p.Family}
	return nil
}

// stands opens the clinic again, without faults, and holds it against what was
// acknowledged. earlier allows a disk that lied to have forgotten the end.
func stands(t *testing.T, dir, what string, ack *ackedDay, earlier bool) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, dir, "admin", "correct horse", store.Options{})
	if err != nil {
		if earlier && fault.Is(err, fault.Damaged) {
			return // damage was reported
		}
		t.Errorf("%s: reopen: %v", what, err)
		return
	}
	defer s.Close()
	for _, c := range s.Checks() {
		if _, err := c.Run(ctx); err != nil {
			if earlier && fault.Is(err, fault.Damaged) {
				return
			}
			t.Errorf("%s: check of %s: %v", what, c.Part, err)
		}
	}
	if earlier {
		return
	}
	for _, id := range ack.patients {
		p, err := s.Reader(ctx).Patient(id)
		if err != nil {
			t.Errorf("%s: an acknowledged card is gone: %v", what, err)
		} else if want, edited := ack.family[id]; edited && p.Family != want {
			t.Errorf("%s: an acknowledged edit is gone", what)
		}
	}
	for _, id := range ack.visits {
		if v, err := s.Reader(ctx).Visit(id); err != nil || len(v.Diagnoses) != 1 {
			t.Errorf("%s: an acknowledged visit is gone or in part: %v", what, err)
		}
	}
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestFaultAtEveryOperation breaks each disk operation under the database in
// turn, in every way that disks do, while a clinic is opened and worked in: after
// a restart all checks pass and what was acknowledged stands.
func TestFaultAtEveryOperation(t *testing.T) {
	base := filepath.Join(t.TempDir(), "base")
	if err := found(t, base).Close(); err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	total := countOperations(t, base)
	step := 6
	if testing.Short() {
		step = 30
	}
	if os.Getenv("FELDSHER_SOAK") != "" {
		step = 1
	}
	outcomes := []faultfs.Outcome{{Err: faultfs.EIO}, {Err: faultfs.ENOSPC}, {Err: faultfs.EIO, Wrote: 100}, {Err: faultfs.ENOSPC, Wrote: 2048}}
	for n := 1 + rng.IntN(step); n <= total; n += step {
		out := outcomes[rng.IntN(len(outcomes))]
		oneFault(t, base, fmt.Sprintf("operation %d of %d, %v", n, total, out), faultfs.At(n, out))
		oneFault(t, base, fmt.Sprintf("from operation %d of %d on, %v", n, total, out), faultfs.From(n, out))
		powerCut(t, base, n, rng, false)
		powerCut(t, base, n, rng, true)
	}
}

func countOperations(t *testing.T, base string) int {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "count")
	copyDir(t, base, dir)
	disk := newDisk(t, dir)
	s, err := store.Open(context.Background(), dir, "admin", "correct horse", store.Options{Faults: disk})
	if err != nil {
		t.Fatal(err)
	}
	if err := scenario(context.Background(), s, &ackedDay{}); err != nil {
		t.Fatal(err)
	}
	n, _ := disk.Count()
	_ = s.Close()
	return n
}

func newDisk(t *testing.T, dir string) *faultfs.Disk {
	t.Helper()
	disk, err := faultfs.NewDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	disk.Plan(nil)
	return disk
}

func oneFault(t *testing.T, base, what string, plan func(int, faultfs.Op) faultfs.Outcome) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "fault")
	copyDir(t, base, dir)
	disk := newDisk(t, dir)
	disk.Plan(plan)
	var ack ackedDay
	s, err := store.Open(context.Background(), dir, "admin", "correct horse", store.Options{Faults: disk})
	if err == nil {
		if err := scenario(context.Background(), s, &ack); err != nil && fault.KindOf(err) == fault.Internal && !fault.Is(err, fault.Internal) {
			t.Errorf("%s: the failure has no words for the user: %v", what, err)
		}
		_ = s.Close() // whatever it says: the disk is broken
	}
	disk.Plan(nil)
	stands(t, dir, what, &ack, false)
}

// powerCut stops the machine at an operation and opens what the disk would hold.
// A lying disk has claimed to flush what it did not.
func powerCut(t *testing.T, base string, n int, rng *rand.Rand, lie bool) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "cut")
	copyDir(t, base, dir)
	disk := newDisk(t, dir)
	disk.Lie(lie)
	disk.Plan(faultfs.From(n, faultfs.Outcome{Err: faultfs.EPOWER}))
	var ack ackedDay
	s, err := store.Open(context.Background(), dir, "admin", "correct horse", store.Options{Faults: disk})
	if err == nil {
		_ = scenario(context.Background(), s, &ack)
	}
	image := filepath.Join(t.TempDir(), "image")
	if err := os.MkdirAll(image, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := disk.Image(image, rng); err != nil {
		t.Fatal(err)
	}
	if s != nil {
		_ = s.Close()
	}
	// The keys' files are flushed before a transaction that needs them commits,
	// and have fault tests of their own (package vault).
	for _, name := range []string{"slots.a", "slots.b", "keyring.a", "keyring.b"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(image, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stands(t, image, fmt.Sprintf("power cut at operation %d, lying disk %v", n, lie), &ack, lie)
}
