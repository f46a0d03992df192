package journal_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

func (s *station) retry(t *testing.T) int {
	t.Helper()
	n, err := s.j.Retry(context.Background(), nil)
	if err != nil {
		t.Fatalf("station %s: %v", s.name, err)
	}
	return n
}

// TestWaiting: an entry whose box can't be opened here is kept, and the chain
// goes on behind it.
func TestWaiting(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	b.keys.holds = 1
	first, hidden, third := clinic.NewID(), clinic.NewID(), clinic.NewID()
	a.put(t, insertStaff, first, ordinal, "А")
	a.keys.epoch = 2
	a.put(t, insertStaff, hidden, ordinal, "Б")
	a.keys.epoch = 1
	a.put(t, insertStaff, third, ordinal, "В")
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	rows := readTable(t, b.conn, "staff")
	if rows[first] == nil || rows[hidden] != nil || rows[third] == nil {
		t.Fatal("the wrong rows were merged")
	}
	if n := count(t, b.conn, `SELECT n FROM entry WHERE waiting = 1`); n != 2 {
		t.Errorf("entry %d waits", n)
	}
	report, err := b.verify()
	if err != nil || report.Waiting != 1 || report.Entries != 3 {
		t.Fatal(report, err)
	}
	// What is written here goes on, and says that the waiting entry is known.
	b.put(t, insertStaff, clinic.NewID(), ordinal, "Г")
	own := b.entries(t)[3]
	if len(own.Header.Seen) != 1 || own.Header.Seen[0].Seq != 3 {
		t.Errorf("seen %v", own.Header.Seen)
	}
	if err := a.apply(own); err != nil {
		t.Fatal(err)
	}
	// Without the key there is nothing to do; with it the row is as at its maker's.
	if n := b.retry(t); n != 0 {
		t.Fatalf("%d entries without their key", n)
	}
	b.start(t) // what waits is not forgotten with the program
	b.keys.holds = 2
	_, err = b.verify()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "fault.verify.entry" || f.Args["why"] != "waiting" || f.Args["seq"] != uint64(2) {
		t.Fatalf("an entry that opens and waits: %v", err)
	}
	if n := b.retry(t); n != 1 {
		t.Fatalf("%d entries", n)
	}
	agree(t, a, b)
	if n := b.retry(t); n != 0 || count(t, b.conn, `SELECT count(*) FROM meta WHERE name = 'waiting_from'`) != 0 {
		t.Fatalf("%d entries a second time", n)
	}
}

// hidden runs what a station does under a scope key that others may lack.
func (s *station) hidden(epoch uint32, do func()) {
	s.keys.epoch = epoch
	do()
	s.keys.epoch = 1
}

// TestWaitingBase: what builds on a row that waits for a key waits with it, and
// its chain goes on; what does not is merged at once.
func TestWaitingBase(t *testing.T) {
	st := newStations(t, 3)
	a, b, c := st[0], st[1], st[2]
	b.keys.holds = 1
	patient, visit, contact, other := clinic.NewID(), clinic.NewID(), clinic.NewID(), clinic.NewID()
	a.hidden(2, func() { a.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'А')`, patient, ordinal) })
	if err := c.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	a.put(t, `UPDATE patient SET family = 'Б'`)                                                                 // its row waits
	c.put(t, `INSERT INTO visit (id, born, patient) VALUES (?, ?, ?)`, visit, ordinal, patient)                 // its patient waits
	c.put(t, `UPDATE visit SET complaints = 'К'`)                                                               // its row waits for its patient
	a.put(t, `INSERT INTO contact (id, born, patient, value) VALUES (?, ?, ?, '1')`, contact, ordinal, patient) // its patient waits
	a.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'В')`, other, ordinal)                       // builds on nothing
	for _, x := range []*station{a, c} {
		for _, e := range x.entries(t) {
			if err := b.apply(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := count(t, b.conn, `SELECT count(*) FROM entry WHERE waiting = 1`); n != 5 || len(b.tables(t)["patient"]) != 1 {
		t.Fatalf("%d entries wait", n)
	}
	report, err := b.verify()
	if err != nil || report.Waiting != 5 {
		t.Fatal(report, err)
	}
	for _, e := range c.entries(t)[1:] {
		if err := a.apply(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	b.keys.holds = 2
	var rows []journal.Row
	n, err := b.j.Retry(context.Background(), func(tx *journal.Tx, changed []journal.Row) error {
		rows = changed
		out, err := tx.Query(`SELECT family FROM patient WHERE family = 'Б'`)
		if err == nil {
			if !out.Next() {
				t.Error("after is run before the rows are there")
			}
			err = out.Close()
		}
		return err
	})
	if err != nil || n != 5 {
		t.Fatal(n, err)
	}
	want := []journal.Row{{Table: "patient", ID: patient}, {Table: "contact", ID: contact}, {Table: "visit", ID: visit}}
	for _, w := range want {
		if !slices.Contains(rows, w) {
			t.Errorf("%v is not named", w)
		}
	}
	if len(rows) != len(want) || count(t, b.conn, `SELECT count(*) FROM entry_patient WHERE patient = ?`, patient[:]) != 5 {
		t.Errorf("named are %v", rows)
	}
	agree(t, a, b, c)
}

// TestWrittenBlindly: who writes over what can't be read here writes over it all
// the same: its own old values are those that it could see. A signature that could
// not be read stands against what was written over it.
func TestWrittenBlindly(t *testing.T) {
	st := newStations(t, 3)
	a, b, c := st[0], st[1], st[2]
	b.keys.holds = 1
	d := newDesk(t, st)
	a.put(t, `UPDATE visit SET complaints = '1'`)
	a.hidden(2, func() {
		a.put(t, `UPDATE visit SET complaints = '2', anamnesis = '2', advice = '2'`)
		a.put(t, `UPDATE protocol SET title = 'signed', status = 'signed'`)
	})
	a.put(t, `UPDATE visit SET advice = '3'`)
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	b.put(t, `UPDATE visit SET complaints = '4'`)
	b.put(t, `UPDATE protocol SET title = 'edited', fields = 'x'`)
	b.put(t, `UPDATE visit SET complaints = '5'`)
	if _, err := b.verify(); err != nil {
		t.Fatal(err)
	}
	all := b.entries(t)
	for _, x := range []*station{a, c} {
		if err := x.apply(all...); err != nil {
			t.Fatal(err)
		}
	}
	b.keys.holds = 2
	if n := b.retry(t); n != 2 {
		t.Fatalf("%d entries", n)
	}
	agree(t, a, b, c)
	if v := b.text(t, `SELECT complaints || anamnesis || advice FROM visit`, 1)[0]; v != "523" {
		t.Errorf("the visit is %s", v)
	}
	if p := b.text(t, `SELECT title || status FROM protocol`, 1)[0]; p != "signedsigned" {
		t.Errorf("the protocol is %s", p)
	}
	if heads, late := b.headCount(t, "protocol", "document", d.protocol); heads != 1 || late != 1 {
		t.Errorf("%d heads, %d late", heads, late)
	}
	// Old values that nobody ever wrote are still named.
	h := a.next()
	h.Seen = []ledger.Head{b.j.Head(ledger.Changes)}
	e := a.forge(t, h, part(d.patient, ledger.Medical, ledger.Change{
		Table: "visit", Key: d.visit, Kind: ledger.Update, Columns: []ledger.Column{{Name: "complaints", Old: "9", New: "6"}},
	}))
	if err := c.apply(e); err != nil {
		t.Fatal(err)
	}
	_, err := c.verify()
	wantFault(t, "invented", err, fault.Damaged, "fault.verify.old")
}

// TestRetryAllOrNothing: nothing of a Retry stays when what follows it fails, and
// it can be run again.
func TestRetryAllOrNothing(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	b.keys.holds = 1
	a.hidden(2, func() { a.put(t, insertStaff, clinic.NewID(), ordinal, "А") })
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	b.keys.holds = 2
	turned := errors.New("turned back")
	if n, err := b.j.Retry(context.Background(), func(*journal.Tx, []journal.Row) error { return turned }); n != 0 || !errors.Is(err, turned) {
		t.Fatal(n, err)
	}
	if len(b.tables(t)["staff"]) != 0 || count(t, b.conn, `SELECT count(*) FROM entry WHERE waiting = 1`) != 1 {
		t.Fatal("half of a failed Retry stayed")
	}
	if n := b.retry(t); n != 1 {
		t.Fatal(n)
	}
	agree(t, a, b)
}

// TestRetryRefuses: an entry that opens and holds what Apply refuses stays where
// it is, and keeps nobody else waiting; verification names it.
func TestRetryRefuses(t *testing.T) {
	st := newStations(t, 3)
	a, b, c := st[0], st[1], st[2]
	b.keys.holds = 1
	id := clinic.NewID()
	h := a.next()
	a.keys.epoch = 2
	box, err := ledger.SealBox(h, sharedScope, 2, part(id, ledger.Medical, ledger.Change{Table: "patient", Key: id, Kind: ledger.Insert}), a.keys)
	if err != nil {
		t.Fatal(err)
	}
	bad, err := ledger.Sign(h, []ledger.Box{box}, a.keys.Sign)
	if err != nil {
		t.Fatal(err)
	}
	c.hidden(2, func() { c.put(t, insertStaff, clinic.NewID(), ordinal, "А") })
	if err := b.apply(bad, c.entries(t)[0]); err != nil {
		t.Fatal(err)
	}
	b.keys.holds = 2
	for want := 1; want >= 0; want-- {
		n, err := b.j.Retry(context.Background(), nil)
		if n != want {
			t.Fatalf("%d entries merged", n)
		}
		wantFault(t, "retry", err, fault.Damaged, "fault.ledger.part")
	}
	if len(b.tables(t)["staff"]) != 1 || len(b.tables(t)["patient"]) != 0 {
		t.Fatal("the wrong rows were merged")
	}
	_, err = b.verify()
	wantFault(t, "verify", err, fault.Damaged, "fault.verify.entry")
}

// TestMarkedAsWaiting: neither mark can be turned unseen.
func TestMarkedAsWaiting(t *testing.T) {
	for _, to := range []int{0, 1} {
		st := newStations(t, 2)
		a, b := st[0], st[1]
		b.keys.holds = uint32(2 - to)
		a.hidden(2, func() { a.put(t, insertStaff, clinic.NewID(), ordinal, "А") })
		if err := b.apply(a.entries(t)...); err != nil {
			t.Fatal(err)
		}
		if _, err := b.verify(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.conn.ExecContext(context.Background(), `UPDATE entry SET waiting = 1 - waiting`); err != nil {
			t.Fatal(err)
		}
		_, err := b.verify()
		wantFault(t, fmt.Sprint("from ", 1-to), err, fault.Damaged, "fault.verify.entry")
	}
}

// TestRetryLikeAllAlong: stations write under three scope keys; one that writes
// and one that only reads get theirs bit by bit. In the end they hold what those
// hold that had all keys all along.
func TestRetryLikeAllAlong(t *testing.T) {
	s := seed(t)
	waited, several := 0, 0
	enough := func() bool { return testing.Short() || waited >= 40 && several > 0 }
	// Some rounds have nearly nothing that waits; a run that saw little proves too little.
	for round := 0; round < soak(8, 150) || !enough() && round < 80; round++ {
		r := rand.New(rand.NewPCG(s, uint64(round)))
		st := newStations(t, 5)
		w, sev := retryRound(t, r, st)
		waited += w
		several += sev
	}
	t.Logf("%d entries have waited, %d field groups with several heads", waited, several)
	if !enough() {
		t.Error("the test looks at too little")
	}
}

// retryRound: of five stations three write; the third and the last lack keys, the
// fourth only reads.
func retryRound(t *testing.T, r *rand.Rand, st []*station) (waited, several int) {
	t.Helper()
	blind := []*station{st[2], st[4]}
	for _, x := range blind {
		x.keys.holds = 1
	}
	var pool []ledger.ID
	for range 6 {
		pool = append(pool, clinic.NewID())
	}
	scribes := make([]*scribe, 3)
	for i := range scribes {
		scribes[i] = newScribe(t, r, st[i].conn, st[i].keys, st[i].j)
		scribes[i].pool = pool
	}
	for step := range 60 {
		i := r.IntN(len(st))
		x := st[i]
		x.now = x.now.Add(time.Duration(r.IntN(3000)-500) * time.Millisecond)
		switch n := r.IntN(10); {
		case n < 5 && i < 3:
			x.keys.epoch = min(x.keys.holds, 1+uint32(r.IntN(3)))
			scribes[i].before = snapshot(t, x.conn)
			scribes[i].transaction(step)
		case n < 9:
			exchange(t, r, x, st[r.IntN(len(st))], r.IntN(4) == 0)
		case x.keys.holds < 3:
			x.keys.holds++
			waited += x.retry(t)
		default:
			x.start(t)
			if i < 3 {
				scribes[i].j = x.j
			}
		}
	}
	for range 2 {
		for _, to := range st {
			for _, from := range st {
				exchange(t, r, to, from, true)
			}
		}
	}
	for _, x := range blind {
		if _, err := x.verify(); err != nil {
			t.Fatalf("station %s, blind: %v", x.name, err)
		}
		for x.keys.holds < 3 {
			x.keys.holds++
			waited += x.retry(t)
			if _, err := x.verify(); err != nil {
				t.Fatalf("station %s with %d keys: %v", x.name, x.keys.holds, err)
			}
		}
		if n := count(t, x.conn, `SELECT count(*) FROM entry WHERE waiting <> 0`); n != 0 {
			t.Fatalf("station %s: %d entries wait for nothing", x.name, n)
		}
	}
	agree(t, st...)
	for _, heads := range st[0].headsByName(t) {
		if len(heads) > 1 {
			several++
		}
	}
	return waited, several
}
