package journal_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

const (
	login    = "admin"
	password = "correct horse"
)

// vaultKeys shows an unlocked vault to a journal, as package store does.
type vaultKeys struct{ s *vault.Session }

func (k vaultKeys) ScopeKey(scope ledger.ID, epoch uint32) (*[32]byte, error) {
	key, err := k.s.ScopeKey(scope, epoch)
	if err != nil {
		return nil, errors.Join(ledger.ErrNoKey, err)
	}
	return key, nil
}

func (k vaultKeys) PatientKey(patient ledger.ID, class ledger.Class) (*[32]byte, error) {
	key, err := k.s.Keyring().Key(patient, vault.Class(class))
	switch {
	case errors.Is(err, vault.ErrErased):
		return nil, errors.Join(ledger.ErrErased, err)
	case errors.Is(err, vault.ErrNoKey):
		return nil, errors.Join(ledger.ErrNoKey, err)
	}
	return key, err
}

func (k vaultKeys) PatientKeys(patient ledger.ID, class ledger.Class) ([]*[32]byte, error) {
	return one(k.PatientKey(patient, class))
}

// one makes a list of the only key.
func one(key *[32]byte, err error) ([]*[32]byte, error) {
	if err != nil {
		return nil, err
	}
	return []*[32]byte{key}, nil
}

// known trusts the devices whose keys it gives.
type known func(ledger.ID) (ed25519.PublicKey, bool)

func (k known) DeviceKey(id ledger.ID) (ed25519.PublicKey, bool) { return k(id) }
func (k known) Accepts(ledger.ID, uint64) bool                   { return true }
func (k known) Introduced(ledger.ID, []journal.Record) (ed25519.PublicKey, bool) {
	return nil, false
}

func (k vaultKeys) Ensure(patients []ledger.ID, class ledger.Class) error {
	return k.s.Keyring().Ensure(patients, vault.Class(class))
}

func (k vaultKeys) Scope() (ledger.ID, uint32) {
	scope, epoch, _, _ := k.s.CurrentScope()
	return scope, epoch
}

func (k vaultKeys) Organisation() ledger.ID { return k.s.Organisation() }
func (k vaultKeys) Device() ledger.ID       { return k.s.Device() }
func (k vaultKeys) Issued() int             { return k.s.Keyring().Issued() }
func (k vaultKeys) Sign(m []byte) []byte    { return k.s.Sign(m) }

// room is a real encrypted clinic, opened below package store: its connections,
// keys and journal in the test's hands.
type room struct {
	dir     string
	session *vault.Session
	db      *sealed.DB
	conn    *sql.Conn
	keys    vaultKeys
	j       *journal.Journal
}

// foundDir makes a clinic and closes it.
func foundDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	s, _, err := store.Found(context.Background(), dir, store.Founding{
		Organisation: clinic.Organisation{Title: "Проба", Country: clinic.Russia, Zone: "Europe/Moscow", Language: "ru"},
		Admin:        clinic.Staff{Login: login, Roles: []clinic.Role{clinic.Administrator}, Active: true},
		Password:     password, Params: vault.Params{Time: 1, Memory: 8192, Threads: 1},
	}, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// enterRoom opens a clinic; without a journal its writer is free of hooks.
func enterRoom(t testing.TB, dir string, withJournal bool) *room {
	t.Helper()
	ctx := context.Background()
	r := &room{dir: dir}
	var err error
	if r.session, err = vault.Open(dir, login, password); err != nil {
		t.Fatal(err)
	}
	r.keys = vaultKeys{r.session}
	if r.db, err = sealed.Open(ctx, filepath.Join(dir, "clinic.db"), r.session.DatabaseKey(), sealed.Options{}); err != nil {
		t.Fatal(err)
	}
	if r.conn, err = r.db.Writer.Conn(ctx); err != nil {
		t.Fatal(err)
	}
	if withJournal {
		r.resume(t)
	}
	t.Cleanup(func() { r.leave(t) })
	return r
}

func newRoom(t testing.TB) *room { return enterRoom(t, foundDir(t), true) }

// resume starts a journal on the writing connection.
func (r *room) resume(t testing.TB) {
	t.Helper()
	var version uint32
	if err := r.conn.QueryRowContext(context.Background(), `PRAGMA user_version`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	var err error
	if r.j, err = journal.New(context.Background(), r.conn, r.keys, version, time.Now); err != nil {
		t.Fatal(err)
	}
}

func (r *room) leave(t testing.TB) {
	if r.db == nil {
		return
	}
	if r.j != nil {
		if err := r.j.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(r.conn.Close(), r.db.Close(), r.session.Close()); err != nil {
		t.Error(err)
	}
	r.db = nil
}

func (r *room) verify() (journal.Report, error) {
	v := journal.Verifier{DB: r.db.Reader, Keys: r.keys, Org: r.session.Organisation(), Trust: known(r.session.DeviceKey)}
	return v.Verify(context.Background())
}

var act = journal.Act{Intent: "test"}

// column of a table as SQLite tells of it.
type column struct {
	name, kind string
	notNull    bool
	standard   any
}

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// columnsOf reads the columns of a table.
func columnsOf(t testing.TB, db querier, table string) []column {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), `SELECT name, type, "notnull", dflt_value FROM pragma_table_info(?) ORDER BY cid`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []column
	for rows.Next() {
		var c column
		var standard sql.NullString
		if err := rows.Scan(&c.name, &c.kind, &c.notNull, &standard); err != nil {
			t.Fatal(err)
		}
		if standard.Valid {
			if n, err := strconv.ParseInt(standard.String, 10, 64); err == nil {
				c.standard = n
			} else if standard.String == "''" {
				c.standard = ""
			} else {
				t.Fatalf("%s.%s: default %s", table, c.name, standard.String)
			}
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		t.Fatal(table, err)
	}
	return out
}

// tableRows is a table by the id of its rows.
type tableRows map[ledger.ID][]any

// snapshot reads all synced tables.
func snapshot(t testing.TB, db querier) map[string]tableRows {
	t.Helper()
	out := map[string]tableRows{}
	for _, table := range clinic.Tables {
		out[table.Name] = readTable(t, db, table.Name)
	}
	return out
}

func readTable(t testing.TB, db querier, table string) tableRows {
	t.Helper()
	columns := columnsOf(t, db, table)
	rows, err := db.QueryContext(context.Background(), `SELECT * FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := tableRows{}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out[asID(row[0])] = row
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func asID(v any) ledger.ID {
	if b, ok := v.([]byte); ok && len(b) == 16 {
		return ledger.ID(b)
	}
	return ledger.ID{}
}

func sameValue(a, b any) bool {
	x, blobA := a.([]byte)
	y, blobB := b.([]byte)
	if blobA || blobB {
		return blobA && blobB && bytes.Equal(x, y)
	}
	return a == b
}

func sameRow(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sameValue(a[i], b[i]) {
			return false
		}
	}
	return true
}

// policyOf finds a table of the policy.
func policyOf(name string) clinic.Table {
	for _, t := range clinic.Tables {
		if t.Name == name {
			return t
		}
	}
	return clinic.Table{}
}

// count reads one number.
func count(t testing.TB, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, query string, args ...any,
) int64 {
	t.Helper()
	var n int64
	if err := db.QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// soak gives the long count under FELDSHER_SOAK=1, and a small one under -short:
// with the race detector everything takes twenty times as long.
func soak(ordinary, long int) int {
	if os.Getenv("FELDSHER_SOAK") == "1" {
		return long
	}
	return brief(ordinary, (ordinary+7)/8)
}

// brief gives the second count under -short.
func brief(whole, short int) int {
	if testing.Short() && os.Getenv("FELDSHER_SOAK") != "1" {
		return short
	}
	return whole
}

// seed is FELDSHER_SEED, or a new one; it is printed.
func seed(t testing.TB) uint64 {
	t.Helper()
	s := uint64(time.Now().UnixNano())
	if v := os.Getenv("FELDSHER_SEED"); v != "" {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		s = n
	}
	fmt.Printf("%s: FELDSHER_SEED=%d\n", t.Name(), s)
	return s
}
