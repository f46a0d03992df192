package sealed

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feldsher/internal/fault"
)

// soak says whether the long counts are wanted.
func soak() bool { return os.Getenv("FELDSHER_SOAK") == "1" }

// times is the full count of a repeated test, or a tenth of it.
func times(full int) int {
	if soak() {
		return full
	}
	return full / 10
}

// seeded gives a random generator whose seed stands in the test's output.
func seeded(t testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("FELDSHER_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("FELDSHER_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 7))
}

// contents reads all there is in the test table, in order.
func contents(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, "SELECT id, v FROM t ORDER BY id")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var out bytes.Buffer
	for rows.Next() {
		var id int
		var v string
		if err := rows.Scan(&id, &v); err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "%d=%s\n", id, v)
	}
	return out.String(), rows.Err()
}

// specimen is a database with pages in the file and transactions in the log, as
// a killed program leaves it.
type specimen struct {
	files map[string][]byte // by suffix
	want  string            // its contents
	first string            // the contents before the last transaction
}

func makeSpecimen(t *testing.T, checkpointed bool) specimen {
	t.Helper()
	s, db := growSpecimen(t, checkpointed)
	mustClose(t, db)
	return s
}

// makeClosedSpecimen is a database that was closed: there is no log.
func makeClosedSpecimen(t *testing.T) specimen {
	t.Helper()
	s, db := growSpecimen(t, true)
	mustClose(t, db)
	data, err := os.ReadFile(db.Path())
	if err != nil {
		t.Fatal(err)
	}
	s.files = map[string][]byte{"": data}
	return s
}

func growSpecimen(t *testing.T, checkpointed bool) (specimen, *DB) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	db := mustCreate(t, path, Options{})
	mustExec(t, db.Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX i ON t(v)")
	insert := func(n int) {
		tx, err := db.Writer.Begin()
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if _, err := tx.Exec("INSERT INTO t(v) VALUES(?)", fmt.Sprintf("value %d %0200d", i, n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	insert(120)
	mustExec(t, db.Writer, "PRAGMA wal_checkpoint")
	for range 4 {
		insert(12)
	}
	s := specimen{files: map[string][]byte{}}
	var err error
	if s.first, err = contents(t.Context(), db.Reader); err != nil {
		t.Fatal(err)
	}
	insert(30)
	if checkpointed {
		mustExec(t, db.Writer, "PRAGMA wal_checkpoint")
	}
	if s.want, err = contents(t.Context(), db.Reader); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", walSuffix, anchorSuffix} {
		if s.files[suffix], err = os.ReadFile(path + suffix); err != nil {
			t.Fatal(err)
		}
	}
	return s, db
}

// lay writes the specimen into a new folder and returns the database's path.
func (s specimen) lay(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "x.db")
	for suffix, data := range s.files {
		if err := os.WriteFile(path+suffix, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// verdict opens the database and reads everything there is.
func verdict(ctx context.Context, path string, salt []byte) (string, error) {
	db, err := Open(ctx, path, testKey(1), Options{Salt: salt})
	if err != nil {
		return "", err
	}
	text, err := contents(ctx, db.Reader)
	if err == nil {
		err = db.Check(ctx)
	}
	return text, errors.Join(Classify(err), db.Close())
}

// TestFlips flips random bits: each is reported as damage or does no harm (R11.1).
func TestFlips(t *testing.T) {
	rng := seeded(t)
	live, checkpointed, closed := makeSpecimen(t, false), makeSpecimen(t, true), makeClosedSpecimen(t)
	for _, c := range []struct {
		name   string
		s      specimen
		suffix string
		all    bool // each flip must be reported
	}{
		{"file of a live database", live, "", false}, // the log repairs many
		{"log of a live database", live, walSuffix, true},
		{"anchor of a live database", live, anchorSuffix, false},
		{"file after a checkpoint", checkpointed, "", false},
		{"log after a checkpoint", checkpointed, walSuffix, true},
		{"anchor after a checkpoint", checkpointed, anchorSuffix, false},
		{"file of a closed database", closed, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			reported := 0
			n := times(1000) / 7
			for range n {
				at := rng.IntN(len(c.s.files[c.suffix]))
				if flipOne(t, c.s, c.suffix, at, byte(1)<<rng.IntN(8)) {
					reported++
				}
			}
			t.Logf("%d of %d reported", reported, n)
			if c.all && reported != n {
				t.Errorf("only %d of %d were reported", reported, n)
			}
		})
	}
}

// flipOne says whether the flip was reported. Wrong data fail the test.
func flipOne(t *testing.T, s specimen, suffix string, at int, mask byte) bool {
	t.Helper()
	path := s.lay(t, t.TempDir())
	data := bytes.Clone(s.files[suffix])
	data[at] ^= mask
	if err := os.WriteFile(path+suffix, data, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := verdict(t.Context(), path, nil)
	saltHit := suffix == "" && at < saltSize
	switch {
	case err == nil && got != s.want:
		t.Errorf("bit %#x of byte %d of x.db%s: wrong data without an error", mask, at, suffix)
	case err == nil:
		return false
	case saltHit && (fault.Is(err, fault.Password) || fault.Is(err, fault.Newer)):
	case !fault.Is(err, fault.Damaged):
		t.Errorf("bit %#x of byte %d of x.db%s: %v", mask, at, suffix, err)
	}
	return true
}

// TestSavedSalt: with the copy of the salt a damaged salt is harmless, and the
// next write of page 1 mends it.
func TestSavedSalt(t *testing.T) {
	s := makeSpecimen(t, false)
	salt := bytes.Clone(s.files[""][:saltSize])
	for i := range saltSize {
		path := s.lay(t, t.TempDir())
		data := bytes.Clone(s.files[""])
		data[i] ^= 0x40
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		db := mustOpen(t, path, Options{Salt: salt})
		if got, err := contents(t.Context(), db.Reader); err != nil || got != s.want {
			t.Fatalf("salt byte %d: %v", i, err)
		}
		mustExec(t, db.Writer, "CREATE TABLE more(a)")
		mustClose(t, db)
		if got, err := verdict(t.Context(), path, nil); err != nil || got != s.want {
			t.Fatalf("salt byte %d was not mended: %v", i, err)
		}
	}
}

func TestDamagedPageIsNamed(t *testing.T) {
	s := makeClosedSpecimen(t)
	s.files[""][5*pageSize+100] ^= 1
	path := s.lay(t, t.TempDir())
	db := mustOpen(t, path, Options{})
	defer db.Close()
	err := db.Check(t.Context())
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Damaged || f.Args["page"] != uint32(6) {
		t.Fatalf("check says %v", err)
	}
	if db.Damage() != nil {
		t.Fatal("no statement has met the damage yet")
	}
	if f.Key != "sealed.damaged_database" {
		t.Errorf("the sentence is %s", f.Key)
	}
	if _, err := contents(t.Context(), db.Reader); !fault.Is(Classify(err), fault.Damaged) {
		t.Fatalf("reading says %v", err)
	}
	if err := db.Damage(); !fault.Is(err, fault.Damaged) {
		t.Fatalf("damage: %v", err)
	}
	if d := db.Damages(); len(d) != 1 || d[0].Page != 6 || d[0].Part != PartDatabase {
		t.Fatalf("damages: %v", d)
	}
}

// TestLostLog: the log emptied, removed or cut off is reported while the anchor
// is there.
func TestLostLog(t *testing.T) {
	s := makeSpecimen(t, false)
	for name, size := range map[string]int{"removed": -1, "empty": 0, "header only": 32, "last frame gone": len(s.files[walSuffix]) - 1} {
		t.Run(name, func(t *testing.T) {
			path := s.lay(t, t.TempDir())
			if size < 0 {
				if err := os.Remove(path + walSuffix); err != nil {
					t.Fatal(err)
				}
			} else if err := os.Truncate(path+walSuffix, int64(size)); err != nil {
				t.Fatal(err)
			}
			if _, err := verdict(t.Context(), path, nil); !fault.Is(err, fault.Damaged) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// TestTornTail: without the anchor's word the last transaction, torn, is
// dropped like a power cut's leavings.
func TestTornTail(t *testing.T) {
	s := makeSpecimen(t, false)
	delete(s.files, anchorSuffix)
	s.files[walSuffix][len(s.files[walSuffix])-1000] ^= 1
	got, err := verdict(t.Context(), s.lay(t, t.TempDir()), nil)
	if err != nil || got != s.first {
		t.Fatalf("%v; contents as before the last transaction: %v", err, got == s.first)
	}
}

// TestDamagedLogIsNamed: opening says which record of the log is bad.
func TestDamagedLogIsNamed(t *testing.T) {
	s := makeSpecimen(t, false)
	s.files[walSuffix][frameOffset(3)+700] ^= 1
	_, err := Open(t.Context(), s.lay(t, t.TempDir()), testKey(1), Options{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "sealed.damaged_log" || f.Args["frame"] != uint32(3) {
		t.Fatalf("got %v", err)
	}
}

func TestSwappedPages(t *testing.T) {
	s := makeClosedSpecimen(t)
	db := s.files[""]
	a, b := db[3*pageSize:4*pageSize], db[4*pageSize:5*pageSize]
	tmp := bytes.Clone(a)
	copy(a, b)
	copy(b, tmp)
	if _, err := verdict(t.Context(), s.lay(t, t.TempDir()), nil); !fault.Is(err, fault.Damaged) {
		t.Fatalf("got %v", err)
	}
}

func TestWrongKey(t *testing.T) {
	for _, checkpointed := range []bool{false, true} {
		s := makeSpecimen(t, checkpointed)
		path := s.lay(t, t.TempDir())
		before := s.files[walSuffix]
		for _, salt := range [][]byte{nil, s.files[""][:saltSize]} {
			if _, err := Open(t.Context(), path, testKey(2), Options{Salt: salt}); !fault.Is(err, fault.Password) {
				t.Fatalf("got %v", err)
			}
		}
		if after, err := os.ReadFile(path + walSuffix); err != nil || !bytes.Equal(after, before) {
			t.Fatal("the wrong key changed the log")
		}
		// The right key with a broken first page is damage, not a wrong key.
		s.files[""][2000] ^= 1
		delete(s.files, anchorSuffix)
		delete(s.files, walSuffix)
		if _, err := Open(t.Context(), s.lay(t, t.TempDir()), testKey(1), Options{}); !fault.Is(err, fault.Damaged) {
			t.Fatalf("damaged page 1: %v", err)
		}
	}
}

func TestNewerFormat(t *testing.T) {
	s := makeSpecimen(t, true)
	s.files[""][0] = formatVersion + 1
	path := s.lay(t, t.TempDir())
	if _, err := Open(t.Context(), path, testKey(1), Options{}); !fault.Is(err, fault.Newer) {
		t.Fatalf("got %v", err)
	}
}

func TestNotADatabase(t *testing.T) {
	for size, kind := range map[int]fault.Kind{0: fault.Damaged, 100: fault.Damaged, 3 * pageSize: fault.Password} {
		path := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(path, bytes.Repeat([]byte{1}, size), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), path, testKey(1), Options{}); fault.KindOf(err) != kind {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
