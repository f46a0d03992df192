package journal_test

import (
	"bytes"
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

// TestFiveStations: five workstations import the same sources, edit, sign, take
// documents for other patients', settle conflicts, lose the key of a patient, wait for one and
// exchange what they have in whatever order is causal. In the end all hold the
// same rows and heads, verification is content with each, and every value whose
// saving was acknowledged stands in every ledger unless its patient was erased.
func TestFiveStations(t *testing.T) {
	s := seed(t)
	var all tally
	for round := range soak(6, 300) {
		all.add(fiveRound(t, rand.New(rand.NewPCG(s, uint64(round)))))
	}
	t.Logf("%+v", all)
	if !testing.Short() && (all.conflicts == 0 || all.clashes == 0 || all.purged == 0 || all.settled == 0 || all.stubs == 0 || all.waited == 0) {
		t.Error("the test looks at too little")
	}
}

// tally counts what a run has come upon.
type tally struct{ saved, conflicts, clashes, purged, settled, stubs, waited int }

func (a *tally) add(b tally) {
	a.saved += b.saved
	a.conflicts += b.conflicts
	a.clashes += b.clashes
	a.purged += b.purged
	a.settled += b.settled
	a.stubs += b.stubs
	a.waited += b.waited
}

// clerks are the people at five workstations.
type clerks struct {
	t        *testing.T
	r        *rand.Rand
	st       []*station
	patients []ledger.ID
	pool     []ledger.ID // ids that rows get wherever they are made
	acked    []string
	n        int
	touched  map[string]bool // by the present transaction
	tally    tally
}

func fiveRound(t *testing.T, r *rand.Rand) tally {
	t.Helper()
	c := &clerks{t: t, r: r, st: newStations(t, 5)}
	for _, s := range c.st {
		s.keys.erased = map[journal.Erased]bool{}
	}
	blind := c.st[4]
	blind.keys.holds = 1 // until the end it lacks the key that some entries are sealed with
	for range 5 {
		c.patients = append(c.patients, clinic.NewID())
	}
	for range 8 {
		c.pool = append(c.pool, clinic.NewID())
	}
	for range brief(150, 50) {
		s := c.st[r.IntN(len(c.st))]
		s.now = s.now.Add(time.Duration(r.IntN(9000)-3000) * time.Millisecond)
		s.keys.epoch = min(s.keys.holds, 1+uint32(r.IntN(5))/4)
		switch n := r.IntN(40); {
		case n < 22:
			c.save(s)
		case n < 24:
			c.settle(s)
		case n < 36:
			exchange(t, r, s, c.st[r.IntN(len(c.st))], r.IntN(4) == 0)
		case n < 37:
			c.erase(s)
		case n < 38:
			c.bury(s, c.st[r.IntN(len(c.st))])
		default:
			s.start(t)
		}
	}
	for range 2 {
		for _, to := range c.st {
			for _, from := range c.st {
				exchange(t, r, to, from, true)
				c.bury(to, from)
			}
		}
	}
	blind.keys.holds = 9
	c.tally.waited += blind.retry(t)
	c.check()
	return c.tally
}

// text is a value that stands nowhere else.
func (c *clerks) text() string {
	c.n++
	return fmt.Sprintf("v%d.", c.n)
}

// save writes a few rows in one transaction.
func (c *clerks) save(s *station) {
	var texts []string
	c.touched = map[string]bool{}
	err := s.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		for range 1 + c.r.IntN(3) {
			texts = append(texts, c.row(s, tx)...)
		}
		return nil
	})
	var f *fault.Error
	switch {
	case err == nil:
		c.acked = append(c.acked, texts...)
		c.tally.saved++
	case errors.Is(err, ledger.ErrErased): // nothing is written about an erased patient
	case errors.As(err, &f) && f.Key == "fault.ledger.once":
	default:
		c.t.Fatalf("station %s: %v", s.name, err)
	}
}

func (c *clerks) row(s *station, tx *journal.Tx) []string {
	patient, id, text := c.patients[c.r.IntN(len(c.patients))], c.pool[c.r.IntN(len(c.pool))], c.text()
	if !c.has(tx, `SELECT 1 FROM patient WHERE id = ? AND deleted IS NULL`, patient) {
		if c.has(tx, `SELECT 1 FROM patient WHERE id = ?`, patient) {
			return nil // erased
		}
		c.twice("patient", patient)
		c.exec(tx, `INSERT INTO patient (id, born, family, note) VALUES (?, ?, ?, ?)`, patient, tx.Ordinal(), text, "n"+text)
		return []string{text, "n" + text}
	}
	kind := c.r.IntN(8)
	if table := []string{"patient", "patient", "contact", "contact", "visit", "", "booking", "protocol"}[kind]; table == "patient" && c.twice(table, patient) ||
		table != "" && table != "patient" && c.twice(table, id) {
		return nil
	}
	switch kind {
	case 0:
		c.exec(tx, `UPDATE patient SET family = ? WHERE id = ?`, text, patient)
	case 1:
		c.exec(tx, `UPDATE patient SET note = ? WHERE id = ?`, text, patient)
	case 2, 3:
		if !c.change(tx, `UPDATE contact SET value = ? WHERE id = ? AND deleted IS NULL`, text, id) {
			c.exec(tx, `INSERT INTO contact (id, born, patient, value) VALUES (?, ?, ?, ?)`, id, tx.Ordinal(), patient, text)
		}
	case 4:
		if !c.change(tx, `UPDATE visit SET complaints = ? WHERE id = ? AND deleted IS NULL`, text, id) {
			if c.has(tx, `SELECT 1 FROM visit WHERE id = ?`, id) {
				return nil
			}
			c.exec(tx, `INSERT INTO visit (id, born, patient, complaints) VALUES (?, ?, ?, ?)`, id, tx.Ordinal(), patient, text)
		}
	case 5: // in the patient's own visit
		visit, ok := c.own(tx, `SELECT id FROM visit WHERE patient = ? AND deleted IS NULL`, patient)
		if !ok {
			return nil
		}
		table := []string{"diagnosis (id, born, patient, visit, code)", "rendered (id, born, patient, visit, title)"}[c.r.IntN(2)]
		c.exec(tx, `INSERT INTO `+table+` VALUES (?, ?, ?, ?, ?)`, clinic.NewID(), tx.Ordinal(), patient, visit, text)
	case 6: // a caller's booking, that gets a card later
		if !c.change(tx, `UPDATE booking SET note = ?, card = ? WHERE id = ?`, text, patient, id) {
			c.exec(tx, `INSERT INTO booking (id, born, subject, note) VALUES (?, ?, ?, ?)`, id, tx.Ordinal(), id, text)
		}
	default:
		if !c.change(tx, `UPDATE protocol SET title = ?, status = ? WHERE id = ? AND status <> 'signed'`, text, []string{"draft", "signed"}[c.r.IntN(2)], id) {
			visit, ok := c.own(tx, `SELECT id FROM visit WHERE patient = ? AND deleted IS NULL`, patient)
			if !ok || c.has(tx, `SELECT 1 FROM protocol WHERE id = ?`, id) {
				return nil
			}
			c.exec(tx, `INSERT INTO protocol (id, born, patient, visit, title) VALUES (?, ?, ?, ?, ?)`, id, tx.Ordinal(), patient, visit, text)
		}
	}
	return []string{text}
}

// twice reports whether the transaction has written a row already: of two values
// only the last is kept.
func (c *clerks) twice(table string, id ledger.ID) bool {
	name := table + id.String()
	was := c.touched[name]
	c.touched[name] = true
	return was
}

func (c *clerks) exec(tx *journal.Tx, query string, args ...any) int64 {
	res, err := tx.Exec(query, args...)
	if err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
	n, _ := res.RowsAffected()
	return n
}

func (c *clerks) change(tx *journal.Tx, query string, args ...any) bool {
	return c.exec(tx, query, args...) > 0
}

func (c *clerks) own(tx *journal.Tx, query string, args ...any) (id ledger.ID, ok bool) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		return id, false
	}
	var raw []byte
	if err := rows.Scan(&raw); err != nil {
		c.t.Fatal(err)
	}
	return asID(raw), true
}

func (c *clerks) has(tx *journal.Tx, query string, args ...any) bool {
	rows, err := tx.Query(query, args...)
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	return rows.Next()
}

// settle decides one of the open conflicts, now and then for what stands anyway.
func (c *clerks) settle(s *station) {
	open, err := journal.Conflicts(context.Background(), s.db, s.keys)
	if err != nil {
		c.t.Fatalf("station %s: %v", s.name, err)
	}
	if n, err := journal.CountConflicts(context.Background(), s.db); err != nil || n != len(open) {
		c.t.Fatal(n, len(open), err)
	}
	open = slices.DeleteFunc(open, func(o journal.OpenConflict) bool { return o.Late || o.Sealed || o.Clash })
	if len(open) == 0 {
		return
	}
	o := open[c.r.IntN(len(open))]
	text := c.text()
	err = s.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		if o.Table == "contact" || c.r.IntN(2) == 0 {
			text = ""
		} else if o.Table == "patient" && o.Group == "name" {
			c.exec(tx, `UPDATE patient SET family = ? WHERE id = ?`, text, o.ID)
		} else {
			text = ""
		}
		return tx.Settle(o.Table, o.ID, o.Group)
	})
	switch {
	case errors.Is(err, ledger.ErrErased):
		return
	case err != nil:
		c.t.Fatalf("station %s: %v", s.name, err)
	}
	if text != "" {
		c.acked = append(c.acked, text)
	}
	c.tally.settled++
	if _, still, err := journal.ConflictOf(context.Background(), s.db, s.keys, o.Table, o.ID, o.Group); err != nil || still {
		c.t.Fatalf("station %s: a settled conflict: %v %v", s.name, still, err)
	}
}

// erase destroys keys of a patient at one station.
func (c *clerks) erase(s *station) {
	if c.r.IntN(3) > 0 {
		return
	}
	p := c.patients[c.r.IntN(3)] // two stay
	var out []journal.Erased
	for class := ledger.Identity; class <= ledger.Letters; class++ {
		if c.r.IntN(2) == 0 {
			out = append(out, journal.Erased{Patient: p, Class: class})
		}
	}
	c.purge(s, out)
}

// bury brings tombstones from one station to another.
func (c *clerks) bury(to, from *station) {
	var news []journal.Erased
	for e := range from.keys.erased {
		if !to.keys.erased[e] {
			news = append(news, e)
		}
	}
	c.purge(to, news)
}

func (c *clerks) purge(s *station, erased []journal.Erased) {
	for _, e := range erased {
		s.keys.erased[e] = true
	}
	if c.r.IntN(4) == 0 { // the program ends between key and rows
		s.start(c.t)
		if _, err := s.verify(); err != nil {
			c.t.Fatalf("station %s, keys destroyed, rows not yet: %v", s.name, err)
		}
	}
	err := s.j.Purge(context.Background(), erased, func(_ *journal.Tx, rows []journal.Row) error {
		c.tally.purged += len(rows)
		return nil
	})
	if err != nil {
		c.t.Fatalf("station %s: %v", s.name, err)
	}
	if len(erased) > 0 {
		if _, err := s.verify(); err != nil {
			c.t.Fatalf("station %s after the purge of %v: %v", s.name, erased, err)
		}
	}
}

func (c *clerks) check() {
	t := c.t
	agree(t, c.st...)
	for _, s := range c.st {
		if n := count(t, s.conn, `SELECT count(*) FROM pragma_foreign_key_check`); n != 0 {
			t.Fatalf("station %s: %d rows name what is not there", s.name, n)
		}
		held := c.texts(s)
		for _, text := range c.acked {
			if !bytes.Contains(held, []byte(text)) {
				t.Fatalf("station %s lacks %q, which was saved", s.name, text)
			}
		}
		for e := range s.keys.erased {
			for _, table := range clinic.Tables {
				if table.Class != e.Class {
					continue
				}
				n := count(t, s.conn, `SELECT count(*) FROM `+table.Name+` WHERE "`+table.Patient+`" = ? AND deleted IS NOT 1`, e.Patient[:])
				if n != 0 {
					t.Fatalf("station %s: %d rows of %s are left of an erased patient", s.name, n, table.Name)
				}
			}
		}
	}
	s := c.st[0]
	c.tally.stubs += int(count(t, s.conn, `SELECT count(*) FROM patient WHERE born = 0`)) + int(count(t, s.conn, `SELECT count(*) FROM visit WHERE born = 0`))
	open, err := journal.Conflicts(context.Background(), s.db, s.keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range open {
		if o.Clash {
			c.tally.clashes++
		} else {
			c.tally.conflicts++
		}
		if len(o.Heads) < 2 {
			t.Fatalf("a conflict of one: %+v", o)
		}
	}
}

// texts is all that stands in a station's ledger. The keys of the erased are put
// back for it: what was saved must have been kept until the erasure.
func (c *clerks) texts(s *station) []byte {
	keys := *s.keys
	keys.erased = nil
	var out []byte
	for _, e := range s.entries(c.t) {
		for _, b := range e.Boxes {
			p, err := e.OpenBox(b, &keys)
			if err != nil {
				c.t.Fatal(err)
			}
			for _, part := range p.Parts {
				for _, row := range part.Rows {
					for _, col := range row.Columns {
						if text, ok := col.New.(string); ok {
							out = append(out, text...)
							out = append(out, ' ')
						}
					}
				}
			}
		}
	}
	return out
}
