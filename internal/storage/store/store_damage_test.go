package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// What a clinic must survive, or say clearly: issue "must hold", R11.1, R11.4.

const rightPassword = "correct horse"

func open(dir, password string) (*store.Store, error) {
	return store.Open(context.Background(), dir, "admin", password, store.Options{})
}

func reopened(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := open(dir, rightPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func closed(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// whole checks that the patients are there and the ledger fits the tables.
func whole(t testing.TB, s *store.Store, patients ...clinic.ID) {
	t.Helper()
	for _, id := range patients {
		if _, err := s.Reader(context.Background()).Patient(id); err != nil {
			t.Fatalf("patient %s: %v", id, err)
		}
	}
	if _, err := s.Verify(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// contents maps the files of a folder to their bytes.
func contents(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, path := range filesUnder(t, dir) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = raw
	}
	return out
}

func putBack(t testing.TB, files map[string][]byte) {
	t.Helper()
	for path, raw := range files {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWrongPassword(t *testing.T) {
	dir := t.TempDir()
	s := found(t, dir)
	p := registered(t, s, "Иванов")
	closed(t, s)
	before := contents(t, dir)
	for _, c := range []struct{ login, password string }{{"admin", "wrong horse"}, {"nobody", rightPassword}, {"admin", ""}} {
		s, err := store.Open(context.Background(), dir, c.login, c.password, store.Options{})
		if !fault.Is(err, fault.Password) {
			t.Errorf("%v: %v, %v", c, s, err)
		}
	}
	for path, raw := range contents(t, dir) {
		if !bytes.Equal(raw, before[path]) {
			t.Errorf("%s changed", path)
		}
	}
	whole(t, reopened(t, dir), p)
}

// One damaged copy of slots or keyring is used up and mended in silence; both
// damaged is said, and nothing else is touched.
func TestDamagedSlotsAndKeyring(t *testing.T) {
	harm := map[string]func([]byte) []byte{
		"flipped": func(b []byte) []byte { b[len(b)/2] ^= 0x40; return b },
		"cut":     func(b []byte) []byte { return b[:len(b)/2] },
		"empty":   func([]byte) []byte { return nil },
		"noise":   func(b []byte) []byte { return noiseLike(b) },
	}
	for _, name := range []string{"slots", "keyring"} {
		dir := t.TempDir()
		s := found(t, dir)
		p := registered(t, s, "Иванов")
		a := attached(t, s, p, []byte("снимок"))
		closed(t, s)
		good := contents(t, dir)
		for how, harm := range harm {
			for _, copies := range [][]string{{".a"}, {".b"}, {".a", ".b"}} {
				label := fmt.Sprint(name, copies, how)
				putBack(t, good)
				for _, copy := range copies {
					path := filepath.Join(dir, name+copy)
					if err := os.WriteFile(path, harm(bytes.Clone(good[path])), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				s, err := open(dir, rightPassword)
				if len(copies) == 2 {
					bothCopies(t, label, name, s, err, p)
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", label, err)
					continue
				}
				if len(s.Session().Damage()) == 0 {
					t.Errorf("%s: nobody is told", label)
				}
				whole(t, s, p)
				if got, err := readAttachment(s, a.ID); err != nil || string(got) != "снимок" {
					t.Errorf("%s: %q, %v", label, got, err)
				}
				closed(t, s)
				s = reopened(t, dir)
				if d := s.Session().Damage(); len(d) > 0 {
					t.Errorf("%s: not mended: %v", label, d)
				}
				closed(t, s)
			}
		}
		putBack(t, good)
		whole(t, reopened(t, dir), p)
	}
}

// bothCopies is what is expected with both copies damaged. A keyring stands in
// more places than two, so it may open without loss; with loss the check says so.
func bothCopies(t *testing.T, label, name string, s *store.Store, err error, p clinic.ID) {
	t.Helper()
	switch {
	case err != nil && !fault.Is(err, fault.Damaged):
		t.Errorf("%s: %v", label, err)
	case err == nil && name != "keyring":
		t.Errorf("%s: opened", label)
	case err == nil:
		_, keyErr := s.Session().Keyring().Key(p, vault.Identity)
		_, verifyErr := s.Verify(context.Background())
		if keyErr != nil && len(s.Session().Damage()) == 0 && verifyErr == nil {
			t.Errorf("%s: a key is lost in silence", label)
		}
		closed(t, s)
	}
}

func noiseLike(b []byte) []byte {
	out := make([]byte, len(b))
	for i := range out {
		out[i] = byte(i*i*31 + 7)
	}
	return out
}

func TestDatabaseOfNewerVersion(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := found(t, dir)
	p := registered(t, s, "Иванов")
	key := sealed.Key(s.Session().DatabaseKey())
	salt, _ := s.Session().Salt()
	closed(t, s)
	setVersion := func(f func(have int) int) {
		t.Helper()
		db, err := sealed.Open(ctx, filepath.Join(dir, "clinic.db"), key, sealed.Options{Salt: salt[:]})
		if err != nil {
			t.Fatal(err)
		}
		var have int
		if err := db.Writer.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&have); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Writer.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, f(have))); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	setVersion(func(have int) int { return have + 1 })
	for range 2 { // it is not changed by looking at it
		if _, err := open(dir, rightPassword); !isFault(err, fault.Newer, "fault.schema.newer") {
			t.Fatal(err)
		}
	}
	setVersion(func(have int) int { return have - 1 })
	whole(t, reopened(t, dir), p)
}

func TestMissingFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := open(filepath.Join(dir, "none"), rightPassword); !isFault(err, fault.NotFound, "fault.dir.none") {
		t.Error(err)
	}
	if _, err := open(dir, rightPassword); !isFault(err, fault.NotFound, "fault.dir.none") {
		t.Error(err)
	}
	if left := filesUnder(t, dir); len(left) > 0 {
		t.Error("looking made", left)
	}
	s := found(t, dir)
	closed(t, s)
	path := filepath.Join(dir, "clinic.db")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := open(dir, rightPassword); !isFault(err, fault.Damaged, "fault.dir.no_database") {
		t.Error(err)
	}
	_, _, err = store.Found(context.Background(), dir, founding(), store.Options{})
	if !isFault(err, fault.Conflict, "fault.dir.taken") {
		t.Error("a clinic without its database was founded over:", err)
	}
	putBack(t, map[string][]byte{path: raw})
	whole(t, reopened(t, dir))
}

// A database file of another clinic does not open, and says so.
func TestForeignDatabase(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	closed(t, found(t, dir))
	closed(t, found(t, other))
	raw, err := os.ReadFile(filepath.Join(other, "clinic.db"))
	if err != nil {
		t.Fatal(err)
	}
	putBack(t, map[string][]byte{filepath.Join(dir, "clinic.db"): raw})
	if _, err := open(dir, rightPassword); !isFault(err, fault.Damaged, "fault.dir.database_key") {
		t.Fatal(err)
	}
}

// Letters, spaces and signs that mean something in a URI or to a shell.
func TestPathWithCyrillicAndSpaces(t *testing.T) {
	for _, name := range []string{"Данные клиники «Проба» № 1", "Қазақ әліпбиі", "a b", "100% #1 и;тд&c=d'e", "с точкой."} {
		dir := filepath.Join(t.TempDir(), name, "внутри")
		s := found(t, dir)
		p := registered(t, s, "Иванов")
		a := attached(t, s, p, []byte("снимок"))
		closed(t, s)
		s = reopened(t, dir)
		whole(t, s, p)
		if got, err := readAttachment(s, a.ID); err != nil || string(got) != "снимок" {
			t.Errorf("%s: %v", name, err)
		}
		closed(t, s)
		if _, err := os.Stat(filepath.Join(dir, "clinic.db")); err != nil {
			t.Error(err)
		}
	}
}

func founding() store.Founding {
	return store.Founding{
		Organisation: clinic.Organisation{Title: "Проба", Country: clinic.Russia, Zone: "Europe/Moscow", Language: "ru"},
		Admin:        clinic.Staff{Login: "admin", Roles: []clinic.Role{clinic.Administrator}, Active: true},
		Password:     rightPassword, Params: cheap,
	}
}

// A failed Update leaves nothing of itself, whatever it had done before.
func TestFailedUpdateLeavesNothing(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	p := clinic.Patient{Name: clinic.Name{Family: "Иванов"}}
	cause := fault.New(fault.Invalid, "fault.test")
	err := s.Update(ctx, journal.Act{Intent: "patient.register"}, func(tx *store.Tx) error {
		if err := tx.PutPatient(&p); err != nil {
			return err
		}
		return cause
	})
	if !isFault(err, fault.Invalid, "fault.test") {
		t.Fatal(err)
	}
	if n, err := s.Reader(ctx).PatientCount(); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	next := registered(t, s, "Петров")
	card, err := s.Reader(ctx).Patient(next)
	if err != nil || card.CaseNumber != "А-000001" {
		t.Fatal("the number was used up:", card.CaseNumber, err)
	}
	whole(t, s, next)
}
