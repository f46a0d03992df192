package journal_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

// stationKeys are the keys of one of several workstations: scope and patient keys
// shared, the signing key its own. Pairing does not exist yet; the journal does
// not mind where keys come from.
type stationKeys struct {
	device ledger.ID
	sign   ed25519.PrivateKey
	epoch  uint32
	holds  uint32 // the last epoch whose key is held
	erased map[journal.Erased]bool
	// keyed tells of several keys for a patient: the number of the one that this
	// station has made, and of those that it holds.
	keyed func(patient ledger.ID) (own int, held []int)
}

var (
	sharedOrg   = ledger.DeriveID(ledger.ID{}, "organisation")
	sharedScope = ledger.DeriveID(ledger.ID{}, "scope")
)

func sharedKey(parts ...any) *[32]byte {
	sum := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	return &sum
}

func (k *stationKeys) ScopeKey(scope ledger.ID, epoch uint32) (*[32]byte, error) {
	if epoch > k.holds {
		return nil, ledger.ErrNoKey
	}
	return sharedKey("scope", scope, epoch), nil
}

func (k *stationKeys) PatientKey(patient ledger.ID, class ledger.Class) (*[32]byte, error) {
	if k.erased[journal.Erased{Patient: patient, Class: class}] {
		return nil, ledger.ErrErased
	}
	own := 0
	if k.keyed != nil {
		own, _ = k.keyed(patient)
	}
	return sharedKey("patient", patient, class, own), nil
}

func (k *stationKeys) PatientKeys(patient ledger.ID, class ledger.Class) ([]*[32]byte, error) {
	if k.erased[journal.Erased{Patient: patient, Class: class}] {
		return nil, ledger.ErrErased
	}
	held := []int{0}
	if k.keyed != nil {
		_, held = k.keyed(patient)
	}
	var out []*[32]byte
	for _, n := range held {
		out = append(out, sharedKey("patient", patient, class, n))
	}
	if len(out) == 0 {
		return nil, ledger.ErrNoKey
	}
	return out, nil
}

func (k *stationKeys) Ensure(patients []ledger.ID, class ledger.Class) error {
	for _, p := range patients {
		if k.erased[journal.Erased{Patient: p, Class: class}] {
			return ledger.ErrErased
		}
	}
	return nil
}

func (k *stationKeys) Scope() (ledger.ID, uint32) { return sharedScope, k.epoch }
func (k *stationKeys) Organisation() ledger.ID    { return sharedOrg }
func (k *stationKeys) Device() ledger.ID          { return k.device }
func (k *stationKeys) Issued() int                { return 0 }
func (k *stationKeys) Sign(m []byte) []byte       { return ed25519.Sign(k.sign, m) }

// station is a workstation with a plain database: only its merging is of
// interest.
type station struct {
	name  string
	db    *sql.DB
	conn  *sql.Conn
	keys  *stationKeys
	j     *journal.Journal
	now   time.Time
	trust journal.Trust
}

// newStations opens n workstations of one organisation that trust each other.
func newStations(t testing.TB, n int) []*station {
	t.Helper()
	public := map[ledger.ID]ed25519.PublicKey{}
	trust := func(id ledger.ID) (ed25519.PublicKey, bool) { k, ok := public[id]; return k, ok }
	var out []*station
	for i := range n {
		s := &station{name: string(rune('a' + i)), trust: known(trust), now: time.UnixMilli(1_700_000_000_000)}
		seed := sha256.Sum256([]byte(s.name))
		s.keys = &stationKeys{device: ledger.DeriveID(ledger.ID{}, s.name), sign: ed25519.NewKeyFromSeed(seed[:]), epoch: 1, holds: 9}
		public[s.keys.device] = s.keys.sign.Public().(ed25519.PublicKey)
		s.open(t)
		out = append(out, s)
	}
	return out
}

func (s *station) open(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "plain.db")
	var err error
	if s.db, err = sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=foreign_keys(ON)&_pragma=busy_timeout(10000)"); err != nil {
		t.Fatal(err)
	}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		t.Fatal(err)
	}
	s.schema(t)
	s.start(t)
	t.Cleanup(func() {
		if err := errors.Join(s.j.Close(), s.conn.Close(), s.db.Close()); err != nil {
			t.Error(err)
		}
	})
}

// schema makes the tables.
func (s *station) schema(t testing.TB) {
	t.Helper()
	files, err := filepath.Glob("../store/schema/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no schema", err)
	}
	sort.Strings(files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.conn.ExecContext(context.Background(), string(text)); err != nil {
			t.Fatal(name, err)
		}
	}
}

// start begins a journal, also anew.
func (s *station) start(t testing.TB) {
	t.Helper()
	if s.j != nil {
		if err := s.j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if s.j, err = journal.New(context.Background(), s.conn, s.keys, 4, func() time.Time { return s.now }); err != nil {
		t.Fatal(err)
	}
}

func (s *station) verify() (journal.Report, error) {
	v := journal.Verifier{DB: s.db, Keys: s.keys, Org: sharedOrg, Trust: s.trust}
	return v.Verify(context.Background())
}

func (s *station) apply(entries ...*ledger.Entry) error {
	_, err := s.j.Apply(context.Background(), entries, s.trust, nil)
	return err
}

// entries gives all that are stored, in the order of their arrival.
func (s *station) entries(t testing.TB) []*ledger.Entry {
	t.Helper()
	rows, err := s.conn.QueryContext(context.Background(), `SELECT bytes FROM entry ORDER BY n`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []*ledger.Entry
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			t.Fatal(err)
		}
		e, err := ledger.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func (s *station) applied(t testing.TB) ledger.Vector {
	t.Helper()
	v, err := s.j.Applied(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// put runs one statement in an Update.
func (s *station) put(t testing.TB, query string, args ...any) {
	t.Helper()
	if err := s.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		for i, a := range args {
			if a == ordinal {
				args[i] = tx.Ordinal()
			}
		}
		_, err := tx.Exec(query, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// ordinal stands for the transaction's number in the arguments of put.
var ordinal any = struct{ x int }{1}

// headsByName gives the heads of every field group of every row, by device and
// seq: what is the same on all workstations.
func (s *station) headsByName(t testing.TB) map[string][]string {
	t.Helper()
	ctx := context.Background()
	entries := map[int64]string{}
	rows, err := s.conn.QueryContext(ctx, `SELECT e.n, d.id, e.seq FROM entry e JOIN device d ON d.n = e.device`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var n, seq int64
		var id ledger.ID
		if err := rows.Scan(&n, &id, &seq); err != nil {
			t.Fatal(err)
		}
		entries[n] = fmt.Sprintf("%s/%d", id, seq)
	}
	_ = rows.Close()
	out := map[string][]string{}
	rows, err = s.conn.QueryContext(ctx, `SELECT tbl, id, grp, entry FROM head`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var table, group int
		var id ledger.ID
		var n int64
		if err := rows.Scan(&table, &id, &group, &n); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%d/%s/%d", table, id, group)
		out[name] = append(out[name], entries[n])
	}
	_ = rows.Close()
	for i, table := range clinic.Tables {
		columns := columnsOf(t, s.conn, table.Name)
		for id, row := range readTable(t, s.conn, table.Name) {
			if born(columns, row) == 0 {
				continue
			}
			for g := range table.Groups {
				name := fmt.Sprintf("%d/%s/%d", i, id, g)
				if out[name] == nil {
					out[name] = []string{entries[born(columns, row)]}
				}
			}
		}
	}
	for _, entries := range out {
		sort.Strings(entries)
	}
	return out
}

func born(columns []column, row []any) int64 {
	for i, c := range columns {
		if c.name == "born" {
			return row[i].(int64)
		}
	}
	return 0
}

// tables reads all synced tables but for the local column born and the empty rows
// in the place of erased ones.
func (s *station) tables(t testing.TB) map[string]tableRows {
	t.Helper()
	all := snapshot(t, s.conn)
	for table, rows := range all {
		for i, c := range columnsOf(t, s.conn, table) {
			if c.name == "born" {
				for id, row := range rows {
					if row[i] == int64(0) {
						delete(rows, id)
					}
					row[i] = nil
				}
			}
		}
	}
	return all
}
