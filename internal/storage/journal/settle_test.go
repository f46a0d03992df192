package journal_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

func (s *station) conflicts(t *testing.T) []journal.OpenConflict {
	t.Helper()
	open, err := journal.Conflicts(context.Background(), s.db, s.keys)
	if err != nil {
		t.Fatalf("station %s: %v", s.name, err)
	}
	if n, err := journal.CountConflicts(context.Background(), s.db); err != nil || n != len(open) {
		t.Fatalf("station %s: %d counted, %d listed, %v", s.name, n, len(open), err)
	}
	return open
}

// TestSettle: a conflict shows both writes with who and when; whoever settles it,
// also by keeping what stands, ends it on every workstation (R7.5).
func TestSettle(t *testing.T) {
	st := newStations(t, 3)
	a, b, c := st[0], st[1], st[2]
	patient := clinic.NewID()
	a.put(t, `INSERT INTO patient (id, born, family, note) VALUES (?, ?, 'П', 'n')`, patient, ordinal)
	exchangeAll(t, a, b)
	doctor := clinic.NewID()
	err := a.j.Update(context.Background(), journal.Act{Actor: doctor, Intent: "patient.edit"}, func(tx *journal.Tx) error {
		_, err := tx.Exec(`UPDATE patient SET family = 'А', note = 'a', sex = 'm'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Second)
	b.put(t, `UPDATE patient SET family = 'Б', note = 'b', sex = 'm'`)
	exchangeAll(t, a, b)
	// The note's last writer wins, and of the sex both say the same.
	for _, s := range []*station{a, b} {
		open := s.conflicts(t)
		if len(open) != 1 {
			t.Fatalf("station %s: %+v", s.name, open)
		}
		o := open[0]
		if o.Table != "patient" || o.ID != patient || o.Patient != patient || o.Group != "name" || o.Late || o.Sealed || o.Clash || len(o.Heads) != 2 {
			t.Fatalf("station %s: %+v", s.name, o)
		}
		first, second := o.Heads[0], o.Heads[1]
		if first.Device != a.keys.device || first.Actor != doctor || first.Intent != "patient.edit" || first.Values["family"] != "А" || first.Standing ||
			second.Device != b.keys.device || second.Values["family"] != "Б" || second.Values["given"] != "" || !second.Standing || second.HLC <= first.HLC {
			t.Fatalf("station %s: %+v", s.name, o.Heads)
		}
		if first.Hash != a.entries(t)[1].Hash {
			t.Error("the hash is of another entry")
		}
	}
	if one, ok, err := journal.ConflictOf(context.Background(), a.db, a.keys, "patient", patient, "name"); err != nil || !ok || one.Heads[1].Values["family"] != "Б" {
		t.Fatal(one, ok, err)
	}
	if _, ok, err := journal.ConflictOf(context.Background(), a.db, a.keys, "patient", patient, "sex"); err != nil || ok {
		t.Fatal(ok, err)
	}
	// What stands is kept: no value changes, yet the entry has seen both.
	settle := func(table, group string, id ledger.ID) error {
		return a.j.Update(context.Background(), act, func(tx *journal.Tx) error { return tx.Settle(table, id, group) })
	}
	if err := settle("patient", "name", patient); err != nil {
		t.Fatal(err)
	}
	if open := a.conflicts(t); len(open) != 0 {
		t.Fatalf("%+v", open)
	}
	exchangeAll(t, a, b)
	exchangeAll(t, a, c)
	agree(t, a, b, c)
	if open := c.conflicts(t); len(open) != 0 {
		t.Fatalf("%+v", open)
	}
	// What can't be settled says so and leaves nothing.
	entries := len(a.entries(t))
	wantFault(t, "no such table", settle("nowhere", "name", patient), fault.NotFound, "fault.ledger.table")
	wantFault(t, "no such group", settle("patient", "nothing", patient), fault.NotFound, "fault.ledger.table")
	wantFault(t, "no such row", settle("patient", "name", clinic.NewID()), fault.NotFound, "fault.ledger.no_row")
	wantFault(t, "written once", settle("patient", "case_number", patient), fault.Conflict, "fault.ledger.once")
	if len(a.entries(t)) != entries {
		t.Error("an entry of what failed")
	}
	a.put(t, `UPDATE patient SET note = 'still'`) // nothing of it is left for the next transaction
	if e := a.entries(t); len(e) != entries+1 {
		t.Error(len(e))
	}
}

// TestImportedTwice: the same file imported at two workstations is no conflict,
// however many rows it has; of what differs the list names only that.
func TestImportedTwice(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	patients := brief(300, 50)
	load := func(s *station) {
		err := s.j.Update(context.Background(), act, func(tx *journal.Tx) error {
			for i := range patients {
				family := fmt.Sprint("П", i)
				if s == b && i == 7 {
					family = "Другая"
				}
				id := ledger.DeriveID(sharedOrg, fmt.Sprint(i))
				if _, err := tx.Exec(`INSERT INTO patient (id, born, family, sex) VALUES (?, ?, ?, 'f')`, id, tx.Ordinal(), family); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	load(a)
	load(b)
	exchangeAll(t, a, b)
	agree(t, a, b)
	for _, s := range st {
		open := s.conflicts(t)
		if len(open) != 1 || open[0].Group != "name" || open[0].ID != ledger.DeriveID(sharedOrg, "7") {
			t.Fatalf("station %s: %+v", s.name, open)
		}
	}
}

// TestOneRowTwoPatients: a row made for two patients is the one's whose making
// stands first, on every workstation alike; nobody's chain stops, the other stays
// in the ledger and is shown. When the one is erased the other takes its place.
func TestOneRowTwoPatients(t *testing.T) {
	const contact = `INSERT INTO contact (id, born, patient, value) VALUES (?, ?, ?, ?)`
	for _, order := range [][]int{{0, 1, 2, 3}, {2, 3, 0, 1}, {0, 2, 3, 1}, {2, 0, 1, 3}}[:brief(4, 1)] {
		st := newStations(t, 4)
		base, a, b, d := st[0], st[1], st[2], st[3]
		one, two, id := clinic.NewID(), clinic.NewID(), clinic.NewID()
		for _, p := range []ledger.ID{one, two} {
			base.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'П')`, p, ordinal)
		}
		for _, s := range st[1:] {
			if err := s.apply(base.entries(t)...); err != nil {
				t.Fatal(err)
			}
			s.keys.erased = map[journal.Erased]bool{}
		}
		a.now = a.now.Add(time.Minute)
		a.put(t, contact, id, ordinal, one, "1")
		a.put(t, `UPDATE contact SET note = 'of one'`)
		b.now = b.now.Add(time.Hour)
		b.put(t, contact, id, ordinal, two, "2")
		b.put(t, `UPDATE contact SET note = 'of two'`)
		four := append(a.entries(t)[2:4:4], b.entries(t)[2:4]...)
		for _, i := range order {
			if err := d.apply(four[i]); err != nil {
				t.Fatalf("order %v: %v", order, err)
			}
			if _, err := d.verify(); err != nil {
				t.Fatalf("order %v: %v", order, err)
			}
		}
		exchangeAll(t, a, b)
		agree(t, a, b, d)
		value := func() (v string) {
			if err := d.conn.QueryRowContext(context.Background(), `SELECT value || ', ' || note FROM contact`).Scan(&v); err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := value(); v != "1, of one" {
			t.Fatalf("order %v: %s", order, v)
		}
		open := d.conflicts(t)
		if len(open) != 1 || !open[0].Clash || open[0].Patient != one || len(open[0].Heads) != 2 || !open[0].Heads[0].Standing ||
			open[0].Heads[0].Patient != one || open[0].Heads[1].Patient != two || open[0].Heads[1].Values["value"] != "2" {
			t.Fatalf("order %v: %+v", order, open)
		}
		for i, s := range []*station{a, b, d} {
			gone := journal.Erased{Patient: one, Class: ledger.Identity}
			s.keys.erased[gone] = true
			if err := s.j.Purge(context.Background(), []journal.Erased{gone}, nil); err != nil {
				t.Fatal(i, err)
			}
		}
		agree(t, a, b, d)
		if v := value(); v != "2, of two" || len(d.conflicts(t)) != 0 {
			t.Fatalf("order %v, one erased: %s, %+v", order, v, d.conflicts(t))
		}
	}
}

// TestForeignRowStays: an update of a row as another patient's, who was never
// given it, is no clash but damage.
func TestForeignRowStays(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	one, two, id := clinic.NewID(), clinic.NewID(), clinic.NewID()
	for _, p := range []ledger.ID{one, two} {
		a.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'П')`, p, ordinal)
	}
	a.put(t, `INSERT INTO contact (id, born, patient, value) VALUES (?, ?, ?, '1')`, id, ordinal, one)
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	p := &ledger.Payload{Parts: []ledger.Part{{Patient: two, Class: ledger.Identity, Rows: []ledger.Change{
		{Table: "contact", Key: id, Kind: ledger.Update, Columns: []ledger.Column{{Name: "note", Old: "", New: "x"}}},
	}}}}
	wantFault(t, "another's row", b.apply(a.forge(t, a.next(), p)), fault.Damaged, "fault.ledger.part")
}
