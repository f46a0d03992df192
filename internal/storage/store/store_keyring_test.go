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

// TestOlderKeyringPutBack: both copies of the keyring are replaced by older ones,
// whole in themselves. Cards can be read, nothing more is written, and the check
// says why: a key made anew would bury what the lost one has sealed.
func TestOlderKeyringPutBack(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := found(t, dir)
	add := func(s *store.Store, family string) (clinic.ID, error) {
		p := clinic.Patient{Name: clinic.Name{Family: family}, Sex: clinic.Female}
		err := s.Update(ctx, journal.Act{Intent: "patient.register"}, func(tx *store.Tx) error { return tx.PutPatient(&p) })
		return p.ID, err
	}
	if _, err := add(s, "Первая"); err != nil {
		t.Fatal(err)
	}
	old := map[string][]byte{}
	for _, name := range []string{"keyring.a", "keyring.b"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		old[name] = b
	}
	id, err := add(s, "Вторая")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, b := range old {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err = store.Open(ctx, dir, "admin", "correct horse", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if p, err := s.Reader(ctx).Patient(id); err != nil || p.Family != "Вторая" {
		t.Errorf("a card must stay readable: %v", err)
	}
	if _, err := add(s, "Третья"); !fault.Is(err, fault.Damaged) {
		t.Errorf("writing on: %v, want Damaged", err)
	}
	failed := ""
	for _, c := range s.Checks() {
		if _, err := c.Run(ctx); err != nil {
			failed += c.Part + " "
		}
	}
	if failed != "keys ledger " {
		t.Errorf("checks that failed: %q", failed)
	}
}
