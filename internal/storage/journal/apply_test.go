package journal_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

// TestMergeOfThree: three workstations change the same records and exchange their
// entries in random causal order; in the end all hold the same (R7.5).
func TestMergeOfThree(t *testing.T) {
	s := seed(t)
	conflicts := 0
	// Conflicts are rare in few rounds; a run that saw none proves too little.
	for round := 0; round < soak(8, 100) || !testing.Short() && conflicts == 0 && round < 80; round++ {
		r := rand.New(rand.NewPCG(s, uint64(round)))
		conflicts += mergeRound(t, r, newStations(t, 3))
	}
	t.Logf("%d field groups with several heads", conflicts)
	if conflicts == 0 && !testing.Short() {
		t.Error("no conflict ever: the test looks at too little")
	}
}

func mergeRound(t *testing.T, r *rand.Rand, stations []*station) (conflicts int) {
	t.Helper()
	var pool []ledger.ID
	for range 6 {
		pool = append(pool, clinic.NewID())
	}
	scribes := make([]*scribe, len(stations))
	for i, s := range stations {
		scribes[i] = newScribe(t, r, s.conn, s.keys, s.j)
		scribes[i].pool = pool
	}
	for step := range brief(60, 20) {
		i := r.IntN(len(stations))
		s := stations[i]
		s.now = s.now.Add(time.Duration(r.IntN(3000)-500) * time.Millisecond)
		switch n := r.IntN(10); {
		case n < 6:
			scribes[i].before = snapshot(t, s.conn)
			scribes[i].transaction(step)
		case n < 9:
			exchange(t, r, s, stations[r.IntN(len(stations))], r.IntN(4) == 0)
		default:
			s.start(t) // closed and opened again
			scribes[i].j = s.j
		}
	}
	for range 2 { // all to all, and once more for what that has passed on
		for _, to := range stations {
			for _, from := range stations {
				exchange(t, r, to, from, true)
			}
		}
	}
	want, wantHeads := stations[0].tables(t), stations[0].headsByName(t)
	for _, s := range stations {
		if d := difference(want, s.tables(t)); len(d) > 0 {
			t.Fatalf("station %s differs from a in %v", s.name, d)
		}
		if !reflect.DeepEqual(wantHeads, s.headsByName(t)) {
			t.Fatalf("station %s has other heads", s.name)
		}
		report, err := s.verify()
		if err != nil {
			t.Fatalf("station %s: %v", s.name, err)
		}
		if report.Waiting != 0 || report.Entries != int64(len(stations[0].entries(t))) {
			t.Fatalf("station %s: %+v", s.name, report)
		}
	}
	for _, heads := range wantHeads {
		if len(heads) > 1 {
			conflicts++
		}
	}
	return conflicts
}

// exchange gives entries of one station to another in random causal order; some
// of them, or all.
func exchange(t *testing.T, r *rand.Rand, to, from *station, all bool) {
	t.Helper()
	have := to.applied(t)
	missing := slices.DeleteFunc(from.entries(t), func(e *ledger.Entry) bool { return have.Has(e.Header.Device, e.Header.Seq) })
	for len(missing) > 0 && (all || r.IntN(6) > 0) {
		r.Shuffle(len(missing), func(i, j int) { missing[i], missing[j] = missing[j], missing[i] })
		have = to.applied(t)
		if e := missing[0]; !have.Ready(e.Header) {
			wantFault(t, "early", to.apply(e), fault.Conflict, "fault.ledger.early")
		}
		// A batch of what becomes ready one after the other.
		var batch []*ledger.Entry
		for range 1 + r.IntN(5) {
			at := slices.IndexFunc(missing, func(e *ledger.Entry) bool { return have.Ready(e.Header) })
			if at < 0 {
				break
			}
			e := missing[at]
			missing = slices.Delete(missing, at, at+1)
			have.Add([]ledger.Head{{Device: e.Header.Device, Seq: e.Header.Seq}})
			batch = append(batch, e)
			if r.IntN(5) == 0 {
				batch = append(batch, e) // the same twice
			}
		}
		if len(batch) == 0 {
			t.Fatal("nothing is ready: the entries are not causal")
		}
		if err := to.apply(batch...); err != nil {
			t.Fatalf("station %s: %v", to.name, err)
		}
	}
}

func wantFault(t testing.TB, name string, err error, kind fault.Kind, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Key != key {
		t.Errorf("%s: got %v, want %v %s", name, err, kind, key)
	}
}

// forge signs an entry as a station would, but as the test bids.
func (s *station) forge(t testing.TB, h ledger.Header, p *ledger.Payload) *ledger.Entry {
	t.Helper()
	box, err := ledger.SealBox(h, sharedScope, 1, p, s.keys)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ledger.Sign(h, []ledger.Box{box}, s.keys.Sign)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// next is the header of a station's next entry.
func (s *station) next() ledger.Header {
	head := s.j.Head(ledger.Changes)
	return ledger.Header{
		Format: ledger.Format, Org: sharedOrg, Device: s.keys.device, Chain: ledger.Changes, Seq: head.Seq + 1, Prev: head.Hash,
		HLC: ledger.HLC(s.now.Add(time.Minute).UnixMilli() << 16), Schema: 4,
	}
}

// TestApplyRefuses: what does not fit is refused with a kind of its own, and
// nothing of it stays.
func TestApplyRefuses(t *testing.T) {
	st := newStations(t, 3)
	a, b, c := st[0], st[1], st[2]
	staff, patient := clinic.NewID(), clinic.NewID()
	a.put(t, insertStaff, staff, ordinal, "А")
	a.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'П')`, patient, ordinal)
	a.put(t, `UPDATE staff SET family = 'Б'`)
	all := a.entries(t)
	wantFault(t, "early", b.apply(all[1]), fault.Conflict, "fault.ledger.early")
	if err := b.apply(all...); err != nil {
		t.Fatal(err)
	}
	if err := b.apply(all...); err != nil {
		t.Errorf("known entries: %v", err)
	}
	if err := a.apply(all...); err != nil {
		t.Errorf("own entries that come back: %v", err)
	}
	before, entries := b.tables(t), len(b.entries(t))
	change := func(table string, key ledger.ID, kind ledger.Kind, columns ...ledger.Column) []ledger.Change {
		return []ledger.Change{{Table: table, Key: key, Kind: kind, Columns: columns}}
	}
	rows := func(rows []ledger.Change) *ledger.Payload { return &ledger.Payload{Rows: rows} }
	part := func(patient ledger.ID, class ledger.Class, rows []ledger.Change) *ledger.Payload {
		return &ledger.Payload{Parts: []ledger.Part{{Patient: patient, Class: class, Rows: rows}}}
	}
	good := rows(change("staff", staff, ledger.Update, ledger.Column{Name: "snils", Old: "", New: "1"}))
	header := func(change func(*ledger.Header)) ledger.Header { h := a.next(); change(&h); return h }
	spoiled := *all[2]
	spoiled.Sig = all[1].Sig
	contact := func(owner ledger.ID) []ledger.Change {
		return change("contact", clinic.NewID(), ledger.Insert, ledger.Column{Name: "patient", New: owner[:]})
	}
	for name, x := range map[string]struct {
		e    *ledger.Entry
		kind fault.Kind
		key  string
	}{
		"fork":               {a.forge(t, header(func(h *ledger.Header) { *h = all[2].Header }), good), fault.Conflict, "fault.ledger.fork"},
		"other history":      {a.forge(t, header(func(h *ledger.Header) { h.Prev[0]++ }), good), fault.Conflict, "fault.ledger.fork"},
		"gap":                {a.forge(t, header(func(h *ledger.Header) { h.Seq++ }), good), fault.Conflict, "fault.ledger.early"},
		"as ourselves":       {b.forge(t, b.next(), good), fault.Conflict, "fault.ledger.fork"},
		"seen what is not":   {a.forge(t, header(func(h *ledger.Header) { h.Seen = []ledger.Head{{Device: c.keys.device, Seq: 1}} }), good), fault.Conflict, "fault.ledger.early"},
		"seen other branch":  {c.forge(t, header(func(h *ledger.Header) { *h = c.next(); h.Seen = []ledger.Head{{Device: a.keys.device, Seq: 2}} }), good), fault.Conflict, "fault.ledger.fork"},
		"signature":          {&spoiled, fault.Damaged, "fault.ledger.signature"},
		"organisation":       {a.forge(t, header(func(h *ledger.Header) { h.Org = clinic.NewID() }), good), fault.Damaged, "fault.ledger.signature"},
		"unknown device":     {a.forge(t, header(func(h *ledger.Header) { h.Device = clinic.NewID() }), good), fault.Damaged, "fault.ledger.signature"},
		"stamp goes back":    {a.forge(t, header(func(h *ledger.Header) { h.HLC = all[2].Header.HLC }), good), fault.Damaged, "fault.ledger.stamp"},
		"newer schema":       {a.forge(t, header(func(h *ledger.Header) { h.Schema = 99 }), good), fault.Newer, "fault.ledger.schema"},
		"unknown table":      {a.forge(t, a.next(), rows(change("nowhere", staff, ledger.Insert))), fault.Damaged, "fault.ledger.table"},
		"local table":        {a.forge(t, a.next(), rows(change("meta", staff, ledger.Insert))), fault.Damaged, "fault.ledger.table"},
		"unknown column":     {a.forge(t, a.next(), rows(change("staff", staff, ledger.Update, ledger.Column{Name: "rank", New: "x"}))), fault.Damaged, "fault.ledger.columns"},
		"column born":        {a.forge(t, a.next(), rows(change("staff", staff, ledger.Update, ledger.Column{Name: "born", New: int64(1)}))), fault.Damaged, "fault.ledger.columns"},
		"row not there":      {a.forge(t, a.next(), rows(change("staff", clinic.NewID(), ledger.Update, ledger.Column{Name: "snils", New: "1"}))), fault.Damaged, "fault.ledger.missing_row"},
		"patient's in clear": {a.forge(t, a.next(), rows(contact(patient))), fault.Damaged, "fault.ledger.part"},
		"wrong class":        {a.forge(t, a.next(), part(patient, ledger.Medical, contact(patient))), fault.Damaged, "fault.ledger.part"},
		"wrong patient":      {a.forge(t, a.next(), part(clinic.NewID(), ledger.Identity, contact(patient))), fault.Damaged, "fault.ledger.part"},
		"patient changed": {a.forge(t, a.next(), part(staff, ledger.Identity, change("patient", patient, ledger.Update,
			ledger.Column{Name: "note", New: "x"}))), fault.Damaged, "fault.ledger.part"},
	} {
		wantFault(t, name, b.apply(x.e), x.kind, x.key)
		// A good one before it in the same call must not stay either.
		if x.e.Header.Device == a.keys.device && x.e.Header.Seq == a.next().Seq && x.kind == fault.Damaged {
			continue
		}
		if d := difference(before, b.tables(t)); len(d) > 0 || len(b.entries(t)) != entries {
			t.Fatalf("%s: left %v", name, d)
		}
	}
	if d := difference(before, b.tables(t)); len(d) > 0 || len(b.entries(t)) != entries {
		t.Fatalf("left %v", d)
	}
	// What stands before a refused one is kept, and of that nothing.
	bad := rows(change("nowhere", staff, ledger.Insert))
	one := a.forge(t, a.next(), good)
	two := a.forge(t, header(func(h *ledger.Header) { h.Seq, h.Prev, h.HLC = h.Seq+1, one.Hash, h.HLC+1 }), bad)
	n, err := b.j.Apply(context.Background(), []*ledger.Entry{all[0], one, two}, b.trust, nil)
	wantFault(t, "last of three", err, fault.Damaged, "fault.ledger.table")
	if n != 2 || len(b.entries(t)) != entries+1 {
		t.Errorf("%d applied, %d entries", n, len(b.entries(t))-entries)
	}
	if _, err := b.verify(); err != nil {
		t.Fatal(err)
	}
}

// TestSeenIsADelta: an entry tells only what was applied since the one before.
func TestSeenIsADelta(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	a.put(t, insertStaff, clinic.NewID(), ordinal, "А")
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	b.start(t) // the news is not forgotten with the program
	b.put(t, insertStaff, clinic.NewID(), ordinal, "Б")
	b.put(t, insertStaff, clinic.NewID(), ordinal, "В")
	own := b.entries(t)[1:]
	head := a.j.Head(ledger.Changes)
	if !slices.Equal(own[0].Header.Seen, []ledger.Head{head}) || len(own[1].Header.Seen) != 0 {
		t.Fatalf("seen %v, then %v", own[0].Header.Seen, own[1].Header.Seen)
	}
	// A failed Update tells nothing: the next one does.
	a.put(t, `UPDATE staff SET family = 'Г'`)
	if err := b.apply(a.entries(t)[1:]...); err != nil {
		t.Fatal(err)
	}
	err := b.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		// The commit fails, after the entry was written: there is no such patient.
		_, err := tx.Exec(`INSERT INTO contact (id, born, patient) VALUES (?, ?, ?)`, clinic.NewID(), tx.Ordinal(), clinic.NewID())
		return err
	})
	if err == nil {
		t.Fatal("committed")
	}
	b.put(t, `UPDATE staff SET family = 'Е'`)
	if all := b.entries(t); len(all[len(all)-1].Header.Seen) != 1 {
		t.Fatal("what was applied was not told")
	}
}

// TestFarStamp: a stamp far ahead of our clock moves it neither now nor when the
// journal is opened again.
func TestFarStamp(t *testing.T) {
	st := newStations(t, 3)
	a, b, c := st[0], st[1], st[2]
	a.now = a.now.Add(24 * time.Hour)
	a.put(t, insertStaff, clinic.NewID(), ordinal, "А")
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b.put(t, insertStaff, clinic.NewID(), ordinal, "Б")
		all := b.entries(t)
		if h := all[len(all)-1].Header.HLC; h.Time().After(b.now.Add(time.Second)) {
			t.Fatalf("our clock went to %v, it is %v", h.Time(), b.now)
		}
		b.start(t)
	}
	if b.j.SetBack() != 0 {
		t.Error("the clock seems set back")
	}
	// A stamp that is believed does move it, also over a restart.
	c.now = b.now.Add(4 * time.Minute)
	c.put(t, insertStaff, clinic.NewID(), ordinal, "В")
	if err := b.apply(c.entries(t)...); err != nil {
		t.Fatal(err)
	}
	b.start(t)
	b.put(t, insertStaff, clinic.NewID(), ordinal, "Г")
	all := b.entries(t)
	if h := all[len(all)-1].Header.HLC; h <= c.entries(t)[0].Header.HLC {
		t.Error("an entry is stamped before what it has seen")
	}
}

// TestWinnerFallsBack: when the write that held is superseded by one that loses
// to a third, the third's values are taken from its own entry. (The one that held
// was stamped by a clock far ahead; who wrote over it kept to an own clock.)
func TestWinnerFallsBack(t *testing.T) {
	const insert = `INSERT INTO patient (id, born, case_number, note) VALUES (?, ?, ?, ?)`
	for _, order := range [][]int{{0, 1, 2}, {1, 0, 2}, {1, 2, 0}} {
		st := newStations(t, 4)
		a, b, c, d := st[0], st[1], st[2], st[3]
		id := clinic.NewID()
		a.now = a.now.Add(10 * time.Second)
		a.put(t, insert, id, ordinal, "А-1", "a")
		b.now = b.now.Add(24 * time.Hour)
		b.put(t, insert, id, ordinal, "Б-1", "b")
		if err := c.apply(b.entries(t)...); err != nil {
			t.Fatal(err)
		}
		c.put(t, `UPDATE patient SET note = 'c'`)
		all := []*ledger.Entry{a.entries(t)[0], b.entries(t)[0], c.entries(t)[1]}
		for _, i := range order {
			if err := d.apply(all[i]); err != nil {
				t.Fatal(err)
			}
		}
		var number, note string
		if err := d.conn.QueryRowContext(context.Background(), `SELECT case_number, note FROM patient`).Scan(&number, &note); err != nil {
			t.Fatal(err)
		}
		// The number is the first written, the note the last.
		if number != "А-1" || note != "a" {
			t.Errorf("order %v: number %s, note %s", order, number, note)
		}
		if _, err := d.verify(); err != nil {
			t.Errorf("order %v: %v", order, err)
		}
	}
}
