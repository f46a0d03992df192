package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Issue 3: a second start, a directory that can't be written and a damaged one are
// told before anybody types a password.
func TestProbe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "clinic")
	if found, err := store.Probe(dir); found || err != nil {
		t.Fatal(found, err)
	}
	s := found(t, dir)
	if found, err := store.Probe(dir); !found || !fault.Is(err, fault.Locked) {
		t.Error("a clinic at work:", found, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := store.Probe(dir); !found || err != nil {
		t.Error("a closed clinic:", found, err)
	}
	for _, name := range []string{"slots.a", "slots.b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("rubbish"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := store.Probe(dir); !found || !fault.Is(err, fault.Damaged) {
		t.Error("a damaged clinic:", found, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "below")} {
		if _, err := store.Probe(bad); !fault.Is(err, fault.Space) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A clinic founded here can be taken away again; one that was opened can't.
func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	if err := found(t, dir).Discard(); err != nil {
		t.Fatal(err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1 { // the lock's own file
		t.Error("left behind:", names)
	}
	s := found(t, dir)
	p := clinic.Patient{Name: clinic.Name{Family: "Иванов"}, Sex: clinic.Male}
	if err := s.Update(context.Background(), journal.Act{Intent: "x"}, func(tx *store.Tx) error { return tx.PutPatient(&p) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), dir, "admin", "correct horse", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Discard(); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
	s, err = store.Open(context.Background(), dir, "admin", "correct horse", store.Options{})
	if err != nil {
		t.Fatal("the clinic is gone", err)
	}
	if _, err := s.Reader(context.Background()).Patient(p.ID); err != nil {
		t.Error(err)
	}
	_ = s.Close()
}
