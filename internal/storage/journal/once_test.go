package journal_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

// desk is a patient with a visit and the draft of a protocol, as every station
// has them.
type desk struct {
	patient, visit, protocol ledger.ID
}

func newDesk(t *testing.T, stations []*station) desk {
	t.Helper()
	d := desk{clinic.NewID(), clinic.NewID(), clinic.NewID()}
	a := stations[0]
	a.put(t, `INSERT INTO patient (id, born, case_number) VALUES (?, ?, 'А-1')`, d.patient, ordinal)
	a.put(t, `INSERT INTO visit (id, born, patient) VALUES (?, ?, ?)`, d.visit, ordinal, d.patient)
	a.put(t, `INSERT INTO protocol (id, born, patient, visit, title, status) VALUES (?, ?, ?, ?, 'draft', 'draft')`, d.protocol, ordinal, d.patient, d.visit)
	for _, s := range stations[1:] {
		if err := s.apply(a.entries(t)...); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// text reads one row of text columns.
func (s *station) text(t *testing.T, query string, columns int) []string {
	t.Helper()
	out, into := make([]string, columns), make([]any, columns)
	for i := range out {
		into[i] = &out[i]
	}
	if err := s.conn.QueryRowContext(context.Background(), query).Scan(into...); err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *station) try(query string, args ...any) error {
	return s.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
}

// agree holds stations against each other and each against its own ledger.
func agree(t *testing.T, stations ...*station) {
	t.Helper()
	want, heads := stations[0].tables(t), stations[0].headsByName(t)
	for _, s := range stations {
		if d := difference(want, s.tables(t)); len(d) > 0 {
			t.Fatalf("station %s differs from %s in %v", s.name, stations[0].name, d)
		}
		if !reflect.DeepEqual(heads, s.headsByName(t)) {
			got := s.headsByName(t)
			for name := range heads {
				if !reflect.DeepEqual(heads[name], got[name]) {
					t.Logf("%s: %v, not %v", name, got[name], heads[name])
				}
			}
			t.Fatalf("station %s has other heads than %s", s.name, stations[0].name)
		}
		if _, err := s.verify(); err != nil {
			t.Fatalf("station %s: %v", s.name, err)
		}
	}
}

// groupPlace finds a group by table and name.
func groupPlace(t *testing.T, table, group string) (tbl, grp int) {
	t.Helper()
	for i, p := range clinic.Tables {
		for g := range p.Groups {
			if p.Name == table && p.Groups[g].Name == group {
				return i, g
			}
		}
	}
	t.Fatalf("no group %s.%s", table, group)
	return 0, 0
}

// headCount counts the noted heads of a row's group, and its late writes.
func (s *station) headCount(t *testing.T, table, group string, id ledger.ID) (heads, late int64) {
	t.Helper()
	tbl, grp := groupPlace(t, table, group)
	const query = `SELECT count(*) FROM head WHERE tbl = ? AND id = ? AND grp = ?`
	return count(t, s.conn, query, tbl, id[:], grp), count(t, s.conn, query, tbl, id[:], -1-grp)
}

// TestWrittenOnce: an Update that changes what is written once, or sealed, is
// refused and leaves nothing; what is beside it may change.
func TestWrittenOnce(t *testing.T) {
	st := newStations(t, 1)
	a := st[0]
	newDesk(t, st)
	a.put(t, `UPDATE protocol SET status = 'signed', title = 'signed'`)
	before, entries := a.tables(t), len(a.entries(t))
	for _, c := range []struct{ query, table, group string }{
		{`UPDATE patient SET case_number = 'А-2'`, "patient", "case_number"},
		{`UPDATE patient SET family = 'Б', source_code = 'x'`, "patient", "source"},
		{`UPDATE visit SET source_system = 'x'`, "visit", "source"},
		{`UPDATE protocol SET version = 2`, "protocol", "visit"},
		{`UPDATE protocol SET title = 'other'`, "protocol", "document"},
		{`UPDATE protocol SET digest = x'00'`, "protocol", "document"},
		{`UPDATE protocol SET status = 'draft'`, "protocol", "document"},
		{`UPDATE protocol SET deleted = 5`, "protocol", "document"},
		{`REPLACE INTO protocol (id, born, patient, visit) SELECT id, born, patient, visit FROM protocol`, "protocol", "document"},
		{`INSERT INTO protocol SELECT * FROM protocol WHERE true ON CONFLICT (id) DO UPDATE SET fields = 'x'`, "protocol", "document"},
	} {
		err := a.try(c.query)
		wantFault(t, c.query, err, fault.Conflict, "fault.ledger.once")
		if f, ok := err.(*fault.Error); ok && (f.Args["table"] != c.table || f.Args["group"] != c.group) {
			t.Errorf("%s: %v", c.query, f.Args)
		}
		if d := difference(before, a.tables(t)); len(d) > 0 || len(a.entries(t)) != entries {
			t.Fatalf("%s left %v", c.query, d)
		}
	}
	a.put(t, `UPDATE protocol SET original = 'paper', scan = x'01'`)
	a.put(t, `UPDATE patient SET note = 'x'`)
	agree(t, a)
}

// orders gives every order in which entries can arrive.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var out [][]int
	for _, o := range orders(n - 1) {
		for at := range n {
			p := append(append(append([]int{}, o[:at]...), n-1), o[at:]...)
			out = append(out, p)
		}
	}
	return out
}

// TestSignedStands: whatever others wrote beside a signature or after it, the
// signed text stands with it, on every station (R3.4).
func TestSignedStands(t *testing.T) {
	const edit = `UPDATE protocol SET title = 'edited', fields = 'B'`
	for i, order := range orders(4) {
		if i%brief(4, 24) != 0 && soak(0, 1) == 0 {
			continue
		}
		st := newStations(t, 6)
		a, b, c, x, late, last := st[0], st[1], st[2], st[3], st[4], st[5]
		d := newDesk(t, st)
		b.now = b.now.Add(time.Hour) // the signature is older by the clock, and has no part in B's text
		b.put(t, edit)
		a.put(t, `UPDATE protocol SET title = 'signed', fields = 'A', status = 'signed', digest = x'aa'`)
		c.put(t, `UPDATE protocol SET deleted = 7`)
		x.now = x.now.Add(time.Minute)
		x.put(t, `UPDATE protocol SET title = 'signed later', status = 'signed'`)
		own := func(s *station) *ledger.Entry { all := s.entries(t); return all[len(all)-1] }
		all := []*ledger.Entry{own(a), own(b), own(c), own(x)}
		for _, i := range order {
			if err := last.apply(all[i]); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range []*station{a, b, c, x} {
			if err := s.apply(all...); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{"signed", "A", "signed", "AA"}
		const read = `SELECT title, fields, status, hex(digest) FROM protocol WHERE deleted IS NULL`
		for _, s := range []*station{a, b, c, x, last} {
			if got := s.text(t, read, 4); !reflect.DeepEqual(got, want) {
				t.Fatalf("order %v, station %s: %v", order, s.name, got)
			}
			if heads, after := s.headCount(t, "protocol", "document", d.protocol); heads != 4 || after != 0 {
				t.Fatalf("order %v, station %s: %d heads, %d late", order, s.name, heads, after)
			}
			wantFault(t, "edit of the signed", s.try(edit), fault.Conflict, "fault.ledger.once")
		}
		agree(t, a, b, c, x, last)
		// An edit made in knowledge of the signature, as a defective program would.
		if err := late.apply(all...); err != nil {
			t.Fatal(err)
		}
		h := late.next()
		h.Seen = nil
		for _, s := range []*station{a, b, c, x} {
			h.Seen = append(h.Seen, s.j.Head(ledger.Changes))
		}
		e := late.forge(t, h, part(d.patient, ledger.Medical, ledger.Change{
			Table: "protocol", Key: d.protocol, Kind: ledger.Update, Columns: []ledger.Column{
				{Name: "title", Old: "signed", New: "forged"}, {Name: "status", Old: "signed", New: "draft"},
			},
		}))
		for _, s := range []*station{a, b, c, x, last} {
			if err := s.apply(e); err != nil {
				t.Fatal(err)
			}
			if got := s.text(t, read, 4); !reflect.DeepEqual(got, want) {
				t.Fatalf("after the forged edit: %v", got)
			}
			if heads, after := s.headCount(t, "protocol", "document", d.protocol); heads != 4 || after != 1 {
				t.Fatalf("after the forged edit: %d heads, %d late", heads, after)
			}
		}
		agree(t, a, b, c, x, last)
	}
}

func part(patient ledger.ID, class ledger.Class, rows ...ledger.Change) *ledger.Payload {
	return &ledger.Payload{Parts: []ledger.Part{{Patient: patient, Class: class, Rows: rows}}}
}

// ghost is a station whose program knows nothing of what is written once. It
// knows what another station does, and forges its own chain.
type ghost struct {
	*station
	head ledger.Head
	told ledger.Vector
	hlc  ledger.HLC
	made []*ledger.Entry
}

// write forges an update by one who has seen all that a station has.
func (g *ghost) write(t *testing.T, r *rand.Rand, knows *station, p *ledger.Payload) {
	t.Helper()
	h := ledger.Header{
		Format: ledger.Format, Org: sharedOrg, Device: g.keys.device, Chain: ledger.Changes,
		Seq: g.head.Seq + 1, Prev: g.head.Hash, Schema: 4,
	}
	hashes := map[ledger.ID]map[uint64]ledger.Hash{}
	for _, e := range knows.entries(t) {
		if hashes[e.Header.Device] == nil {
			hashes[e.Header.Device] = map[uint64]ledger.Hash{}
		}
		hashes[e.Header.Device][e.Header.Seq] = e.Hash
	}
	for id, seq := range knows.applied(t) {
		if id != g.keys.device && seq > g.told[id] {
			h.Seen = append(h.Seen, ledger.Head{Device: id, Seq: seq, Hash: hashes[id][seq]})
			g.told[id] = seq
		}
	}
	// Its clock is as wrong as clocks get.
	g.hlc = max(g.hlc+1, ledger.HLC(knows.now.Add(time.Duration(r.IntN(7200)-3600)*time.Second).UnixMilli()<<16))
	h.HLC = g.hlc
	e := g.forge(t, h, p)
	g.head = ledger.Head{Device: h.Device, Seq: h.Seq, Hash: e.Hash}
	g.made = append(g.made, e)
}

// TestOnceInAnyOrder: with signatures, edits and deletions beside each other, two
// makers of the same row, and a program that writes what it must not, all stations
// come to the same, and it is what was written first.
func TestOnceInAnyOrder(t *testing.T) {
	s := seed(t)
	var late, several int64
	for round := range soak(20, 300) {
		r := rand.New(rand.NewPCG(s, uint64(round)))
		st := newStations(t, 4)
		g := &ghost{station: st[3], told: ledger.Vector{}}
		st = st[:3]
		d := newDesk(t, st)
		twin := clinic.NewID()
		for i, x := range st {
			x.now = x.now.Add(time.Duration(r.IntN(3600)) * time.Second)
			if r.IntN(2) == 0 {
				x.put(t, `INSERT INTO patient (id, born, case_number) VALUES (?, ?, ?)`, twin, ordinal, fmt.Sprint(i))
			}
		}
		signed := map[string]bool{}
		for step := range 12 {
			x := st[r.IntN(3)]
			mark := fmt.Sprint(round, ".", step)
			switch r.IntN(6) {
			case 0:
				mark = "signed " + mark
				if err := x.try(`UPDATE protocol SET title = ?, fields = ?, status = 'signed'`, mark, mark); err == nil {
					signed[mark] = true
				}
			case 1:
				_ = x.try(`UPDATE protocol SET title = ?, fields = ?`, mark, mark)
			case 2:
				_ = x.try(`UPDATE protocol SET deleted = 5`)
			case 3:
				old := x.text(t, `SELECT title, fields, status FROM protocol`, 3)
				g.write(t, r, x, part(d.patient, ledger.Medical, ledger.Change{
					Table: "protocol", Key: d.protocol, Kind: ledger.Update, Columns: []ledger.Column{
						{Name: "title", Old: old[0], New: "signed " + mark},
						{Name: "fields", Old: old[1], New: "signed " + mark},
						{Name: "status", Old: old[2], New: "signed"},
					},
				}))
				signed["signed "+mark] = true
			case 4:
				g.write(t, r, x, part(d.patient, ledger.Identity, ledger.Change{
					Table: "patient", Key: d.patient, Kind: ledger.Update, Columns: []ledger.Column{{Name: "case_number", New: mark}},
				}))
			case 5:
				exchange(t, r, x, st[r.IntN(3)], r.IntN(2) == 0)
			}
			if r.IntN(3) == 0 {
				take(t, x, g.made)
			}
		}
		for range 3 {
			for _, to := range st {
				for _, from := range st {
					exchange(t, r, to, from, true)
				}
				take(t, to, g.made)
			}
		}
		agree(t, st...)
		for _, x := range st {
			if n := x.text(t, `SELECT case_number FROM patient WHERE note = '' ORDER BY born LIMIT 1`, 1)[0]; n != "А-1" {
				t.Fatalf("the number written first is %s now", n)
			}
			p := x.text(t, `SELECT title, fields, status FROM protocol`, 3)
			if p[0] != p[1] && p[0] != "draft" || len(signed) > 0 && (p[2] != "signed" || !signed[p[0]]) {
				t.Fatalf("the protocol is %v, signed were %v", p, signed)
			}
		}
		heads, after := st[0].headCount(t, "protocol", "document", d.protocol)
		_, more := st[0].headCount(t, "patient", "case_number", d.patient)
		late += after + more
		if heads > 1 {
			several++
		}
	}
	t.Logf("%d late writes, %d rounds with several heads", late, several)
	if !testing.Short() && (late < 5 || several < 3) {
		t.Error("the test looks at too little")
	}
}

// take applies of a list what is ready.
func take(t *testing.T, s *station, list []*ledger.Entry) {
	t.Helper()
	for _, e := range list {
		have := s.applied(t)
		if have.Has(e.Header.Device, e.Header.Seq) {
			continue
		}
		if !have.Ready(e.Header) {
			return
		}
		if err := s.apply(e); err != nil {
			t.Fatal(err)
		}
	}
}
