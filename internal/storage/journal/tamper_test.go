package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// scene is a small clinic with a history, to be tampered with.
type scene struct {
	dir                               string
	device                            ledger.ID
	patient, contact, visit, diagnose ledger.ID
	heads                             []ledger.Head
}

// newScene writes eight entries: in the chain of changes 1 founding, 2 patient
// and contact, 3 visit, 4 contact changed, 5 visit changed, 6 diagnosis; in that
// of accesses 1 and 2. In the order of n: 1 2 3 4, access, 5, access, 6.
func newScene(t *testing.T) scene {
	t.Helper()
	s := scene{dir: foundDir(t), patient: clinic.NewID(), contact: clinic.NewID(), visit: clinic.NewID(), diagnose: clinic.NewID()}
	r := enterRoom(t, s.dir, true)
	s.device = r.session.Device()
	put := func(fn func(tx *journal.Tx) error) {
		t.Helper()
		if err := r.j.Update(context.Background(), act, fn); err != nil {
			t.Fatal(err)
		}
	}
	look := func() {
		t.Helper()
		if err := r.j.Access(context.Background(), r.session.User(), []ledger.Access{{At: 1, Action: "view", What: "patient", Patient: s.patient}}); err != nil {
			t.Fatal(err)
		}
	}
	put(func(tx *journal.Tx) error {
		_, err := tx.Exec(`INSERT INTO patient (id, born, family, sex) VALUES (?, ?, 'П', 'male')`, s.patient, tx.Ordinal())
		_, err2 := tx.Exec(`INSERT INTO contact (id, born, patient, kind, value) VALUES (?, ?, ?, 'phone', '1')`, s.contact, tx.Ordinal(), s.patient)
		return errors.Join(err, err2)
	})
	put(func(tx *journal.Tx) error {
		_, err := tx.Exec(`INSERT INTO visit (id, born, patient, complaints, care_from) VALUES (?, ?, ?, 'К', 5)`, s.visit, tx.Ordinal(), s.patient)
		return err
	})
	put(func(tx *journal.Tx) error { _, err := tx.Exec(`UPDATE contact SET value = '2'`); return err })
	look()
	put(func(tx *journal.Tx) error { _, err := tx.Exec(`UPDATE visit SET complaints = 'Л'`); return err })
	look()
	put(func(tx *journal.Tx) error {
		_, err := tx.Exec(`INSERT INTO diagnosis (id, born, patient, visit, code) VALUES (?, ?, ?, ?, 'J06')`, s.diagnose, tx.Ordinal(), s.patient, s.visit)
		return err
	})
	s.heads = []ledger.Head{r.j.Head(ledger.Changes)}
	if _, err := r.verify(); err != nil {
		t.Fatal(err)
	}
	r.leave(t)
	return s
}

// behind copies the clinic and opens the copy without the program's care.
func (s scene) behind(t *testing.T) *room {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	r := enterRoom(t, dir, false)
	r.do(t, `PRAGMA foreign_keys = OFF`)
	return r
}

func (r *room) do(t *testing.T, query string, args ...any) {
	t.Helper()
	res, err := r.conn.ExecContext(context.Background(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); query[0] != 'P' && (err != nil || n == 0) {
		t.Fatalf("%s: %d rows, %v", query, n, err)
	}
}

func (r *room) raw(t *testing.T, n int) []byte {
	t.Helper()
	var raw []byte
	if err := r.conn.QueryRowContext(context.Background(), `SELECT bytes FROM entry WHERE n = ?`, n).Scan(&raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestTampering: whatever is changed behind the program's back, verification
// names the first difference (R11.4, "Must hold").
func TestTampering(t *testing.T) {
	s := newScene(t)
	entry := func(chain, seq int, why string) []any {
		return []any{"fault.verify.entry", "device", s.device, "chain", chain, "seq", seq, "why", why}
	}
	columnOf := func(table string, row ledger.ID, name string) []any {
		return []any{"fault.verify.column", "table", table, "row", row, "column", name}
	}
	headOf := func(table string, row ledger.ID, group string) []any {
		return []any{"fault.verify.heads", "table", table, "row", row, "group", group}
	}
	added := clinic.NewID()
	one := func(query string, args ...any) func(*testing.T, *room) {
		return func(t *testing.T, r *room) { r.do(t, query, args...) }
	}
	place := func(name string) int {
		for i, table := range clinic.Tables {
			if table.Name == name {
				return i
			}
		}
		return -1
	}
	for name, c := range map[string]struct {
		tamper func(*testing.T, *room)
		want   []any
	}{
		"value of a row":         {one(`UPDATE patient SET family = 'Р'`), columnOf("patient", s.patient, "family")},
		"value back to default":  {one(`UPDATE patient SET sex = ''`), columnOf("patient", s.patient, "sex")},
		"value to NULL":          {one(`UPDATE visit SET care_from = NULL`), columnOf("visit", s.visit, "care_from")},
		"value that was changed": {one(`UPDATE visit SET complaints = 'К'`), columnOf("visit", s.visit, "complaints")},
		"tombstone set":          {one(`UPDATE contact SET deleted = 5`), columnOf("contact", s.contact, "deleted")},
		"patient of a row":       {one(`UPDATE contact SET patient = ?`, added[:]), columnOf("contact", s.contact, "patient")},
		"born":                   {one(`UPDATE visit SET born = born + 1`), columnOf("visit", s.visit, "born")},
		"born of an unchanged":   {one(`UPDATE diagnosis SET born = 1`), columnOf("diagnosis", s.diagnose, "born")},
		"row deleted":            {one(`DELETE FROM diagnosis`), []any{"fault.verify.missing", "table", "diagnosis", "row", s.diagnose}},
		"changed row deleted":    {one(`DELETE FROM contact`), []any{"fault.verify.missing", "table", "contact", "row", s.contact}},
		"row added": {
			one(`INSERT INTO allergy (id, born, patient) VALUES (?, 3, ?)`, added[:], s.patient[:]),
			[]any{"fault.verify.extra", "table", "allergy", "row", added},
		},
		"id of a row":   {one(`UPDATE diagnosis SET id = ?`, added[:]), []any{"fault.verify.extra", "table", "diagnosis", "row", added}},
		"last entry":    {one(`DELETE FROM entry WHERE n = 8`), []any{"fault.verify.extra", "table", "diagnosis", "row", s.diagnose}},
		"middle entry":  {one(`DELETE FROM entry WHERE n = 3`), entry(1, 3, "gap")},
		"first entry":   {one(`DELETE FROM entry WHERE n = 1`), entry(1, 1, "gap")},
		"first access":  {one(`DELETE FROM entry WHERE n = 5`), entry(2, 1, "gap")},
		"column seq":    {one(`UPDATE entry SET seq = 70 WHERE n = 3`), entry(1, 70, "index")},
		"column hlc":    {one(`UPDATE entry SET hlc = hlc + 1 WHERE n = 3`), entry(1, 3, "index")},
		"column hash":   {one(`UPDATE entry SET hash = zeroblob(32) WHERE n = 3`), entry(1, 3, "index")},
		"column chain":  {one(`UPDATE entry SET chain = 2 WHERE n = 3`), entry(2, 3, "index")},
		"column device": {one(`UPDATE entry SET device = 9 WHERE n = 3`), []any{"fault.verify.entry", "device", ledger.ID{}, "chain", 1, "seq", 3, "why", "index"}},
		"device's id":   {one(`UPDATE device SET id = ?`, added[:]), []any{"fault.verify.entry", "device", added, "chain", 1, "seq", 1, "why", "index"}},
		"device gone":   {one(`DELETE FROM device`), []any{"fault.verify.entry", "device", ledger.ID{}, "chain", 1, "seq", 1, "why", "index"}},
		"device no id":  {one(`UPDATE device SET id = x'01'`), []any{"fault.verify.entry", "device", ledger.ID{}, "chain", 1, "seq", 1, "why", "index"}},
		"order of entries": {func(t *testing.T, r *room) {
			r.do(t, `UPDATE entry SET n = 99 WHERE n = 3`)
			r.do(t, `UPDATE entry SET n = 3 WHERE n = 4`)
			r.do(t, `UPDATE entry SET n = 4 WHERE n = 99`)
		}, entry(1, 3, "gap")},
		"bytes swapped": {func(t *testing.T, r *room) {
			a, b := r.raw(t, 3), r.raw(t, 4)
			r.do(t, `UPDATE entry SET bytes = ? WHERE n = 3`, b)
			r.do(t, `UPDATE entry SET bytes = ? WHERE n = 4`, a)
		}, entry(1, 3, "index")},
		"bytes twice":   {func(t *testing.T, r *room) { r.do(t, `UPDATE entry SET bytes = ? WHERE n = 4`, r.raw(t, 3)) }, entry(1, 4, "index")},
		"bytes cut":     {one(`UPDATE entry SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE n = 6`), entry(1, 5, "format")},
		"bytes no more": {one(`UPDATE entry SET bytes = x'' WHERE n = 2`), entry(1, 2, "format")},
		"byte changed": {func(t *testing.T, r *room) {
			raw := r.raw(t, 4)
			raw[len(raw)/2] ^= 1
			r.do(t, `UPDATE entry SET bytes = ? WHERE n = 4`, raw)
		}, entry(1, 4, "index")},
		"byte and hash changed": {func(t *testing.T, r *room) {
			raw := r.raw(t, 4)
			raw[len(raw)/2] ^= 1
			e, err := ledger.Decode(raw)
			if err != nil {
				t.Fatal(err)
			}
			r.do(t, `UPDATE entry SET bytes = ?, hash = ? WHERE n = 4`, raw, e.Hash[:])
		}, entry(1, 4, "signature")},
		"signature swapped": {func(t *testing.T, r *room) {
			r.do(t, `UPDATE entry SET bytes = ? WHERE n = 4`, withSignatureOf(t, r.raw(t, 4), r.raw(t, 6)))
		}, entry(1, 4, "signature")},
		"head moved":             {one(`UPDATE head SET entry = 2 WHERE tbl = ?`, place("visit")), headOf("visit", s.visit, "complaints")},
		"head gone":              {one(`DELETE FROM head WHERE tbl = ?`, place("contact")), headOf("contact", s.contact, "value")},
		"head beside another":    {one(`INSERT INTO head SELECT tbl, id, grp, 2 FROM head WHERE tbl = ?`, place("contact")), headOf("contact", s.contact, "value")},
		"head of an unchanged":   {one(`INSERT INTO head VALUES (?, ?, 1, 8)`, place("diagnosis"), s.diagnose[:]), headOf("diagnosis", s.diagnose, "code")},
		"head of no row":         {one(`INSERT INTO head VALUES (?, ?, 0, 8)`, place("icd"), added[:]), headOf("icd", added, "row")},
		"head of no table":       {one(`INSERT INTO head VALUES (77, ?, 3, 8)`, added[:]), headOf("77", added, "3")},
		"hidden from the card":   {one(`DELETE FROM entry_patient WHERE entry = 6`), []any{"fault.verify.link", "entry", 6, "patient", s.patient}},
		"access hidden":          {one(`DELETE FROM entry_patient WHERE entry = 5`), []any{"fault.verify.link", "entry", 5, "patient", s.patient}},
		"put on another's card":  {one(`INSERT INTO entry_patient VALUES (?, 3)`, added[:]), []any{"fault.verify.link", "entry", 3, "patient", added}},
		"whole table's contents": {one(`UPDATE contact SET patient = x'00', value = ''`), columnOf("contact", s.contact, "patient")},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.behind(t)
			c.tamper(t, r)
			_, err := r.verify()
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Damaged {
				t.Fatalf("found %v", err)
			}
			got := fmt.Sprint(f.Key, f.Args)
			want := map[string]any{}
			for i := 1; i+1 < len(c.want); i += 2 {
				want[c.want[i].(string)] = c.want[i+1]
			}
			if got != fmt.Sprint(c.want[0], want) {
				t.Fatalf("found %s, want %s", got, fmt.Sprint(c.want[0], want))
			}
		})
	}
}

// withSignatureOf gives an entry another one's signature.
func withSignatureOf(t *testing.T, raw, other []byte) []byte {
	t.Helper()
	var a, b [][]byte
	if err := errors.Join(cbor.Unmarshal(raw, &a), cbor.Unmarshal(other, &b)); err != nil {
		t.Fatal(err)
	}
	a[1] = b[1]
	out, err := cbor.Marshal(a)
	if err != nil || bytes.Equal(out, raw) {
		t.Fatal(err)
	}
	return out
}

// TestTailCut: a chain alone can't see its own end cut off together with what it
// wrote; the heads that other places know show it.
func TestTailCut(t *testing.T) {
	s := newScene(t)
	r := s.behind(t)
	r.do(t, `DELETE FROM entry WHERE n = 8`)
	r.do(t, `DELETE FROM entry_patient WHERE entry = 8`)
	r.do(t, `DELETE FROM diagnosis`)
	if _, err := r.verify(); err != nil {
		t.Fatalf("the cut was seen without help: %v; then the documents may promise more", err)
	}
	v := journal.Verifier{DB: r.db.Reader, Keys: r.keys, Org: r.session.Organisation(), Trust: known(r.session.DeviceKey), Heads: s.heads}
	_, err := v.Verify(context.Background())
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "fault.verify.entry" || f.Args["why"] != "tail" || f.Args["seq"] != uint64(6) {
		t.Fatal(err)
	}
	v.Heads = []ledger.Head{{Device: s.device, Seq: 5, Hash: ledger.Hash{1}}}
	if _, err = v.Verify(context.Background()); !errors.As(err, &f) || f.Args["why"] != "fork" {
		t.Fatal(err)
	}
}

// TestTailCutIsSeenByOthers: what another workstation has seen can't be cut off.
func TestTailCutIsSeenByOthers(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	a.put(t, insertStaff, clinic.NewID(), ordinal, "А")
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	b.put(t, `UPDATE staff SET family = 'Б'`)
	if err := a.apply(b.entries(t)[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := a.verify(); err != nil {
		t.Fatal(err)
	}
	if err := a.j.Close(); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{`DELETE FROM entry WHERE n = 1`, `DELETE FROM staff`, `DELETE FROM head`} {
		if _, err := a.conn.ExecContext(context.Background(), q); err != nil {
			t.Fatal(err)
		}
	}
	_, err := a.verify()
	var f *fault.Error
	if !errors.As(err, &f) || f.Args["why"] != "tail" || f.Args["device"] != a.keys.device {
		t.Fatal(err)
	}
	a.j = nil
	a.start(t)
}

// TestVerifyThroughTheStore: the program's own door finds the same.
func TestVerifyThroughTheStore(t *testing.T) {
	s := newScene(t)
	r := s.behind(t)
	r.do(t, `UPDATE visit SET complaints = 'М'`)
	r.leave(t)
	st, err := store.Open(context.Background(), r.dir, login, password, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := st.Verify(context.Background()); !fault.Is(err, fault.Damaged) {
		t.Fatal(err)
	}
}

// TestVerifyWhileWriting: verification sees one state of the database, however
// much is written meanwhile.
func TestVerifyWhileWriting(t *testing.T) {
	s := newScene(t)
	r := enterRoom(t, s.dir, true)
	done := make(chan error, 1)
	go func() {
		for i := range soak(400, 4000) {
			if err := r.j.Update(context.Background(), act, func(tx *journal.Tx) error {
				_, err := tx.Exec(`UPDATE visit SET complaints = ?, care_from = ?`, fmt.Sprint(i), i)
				if err == nil && i%3 == 0 {
					_, err = tx.Exec(`INSERT INTO allergy (id, born, patient) VALUES (?, ?, ?)`, clinic.NewID(), tx.Ordinal(), s.patient)
				}
				return err
			}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for times := 1; ; times++ {
		if _, err := r.verify(); err != nil {
			t.Error(err)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("verified %d times meanwhile", times)
			return
		default:
		}
	}
}
