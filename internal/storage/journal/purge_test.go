package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

func (s *station) purge(t *testing.T, erased ...journal.Erased) (deleted []journal.Row) {
	t.Helper()
	if s.keys.erased == nil {
		s.keys.erased = map[journal.Erased]bool{}
	}
	for _, e := range erased {
		s.keys.erased[e] = true
	}
	err := s.j.Purge(context.Background(), erased, func(_ *journal.Tx, rows []journal.Row) error {
		deleted = append(deleted, rows...)
		return nil
	})
	if err != nil {
		t.Fatalf("station %s: %v", s.name, err)
	}
	return deleted
}

// TestPurge: what is erased is gone from the tables of every workstation, whether
// the erasure or the entries came first; the ledger verifies throughout (R10.3).
func TestPurge(t *testing.T) {
	for name, classes := range map[string][]ledger.Class{
		"all":               {ledger.Identity, ledger.Medical, ledger.Money, ledger.Letters},
		"card, not money":   {ledger.Identity, ledger.Medical},
		"identity":          {ledger.Identity},
		"medical":           {ledger.Medical},
		"money":             {ledger.Money},
		"medical and money": {ledger.Medical, ledger.Money},
	} {
		if len(classes) < brief(1, 4) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			st := newStations(t, 4)
			a, before, between, late := st[0], st[1], st[2], st[3]
			gone, stays := clinic.NewID(), clinic.NewID()
			for _, p := range []ledger.ID{gone, stays} {
				visit := clinic.NewID()
				a.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'Секрет')`, p, ordinal)
				a.put(t, `INSERT INTO contact (id, born, patient, value) VALUES (?, ?, ?, '+7')`, clinic.NewID(), ordinal, p)
				a.put(t, `INSERT INTO visit (id, born, patient, complaints) VALUES (?, ?, ?, 'Жалобы')`, visit, ordinal, p)
				a.put(t, `UPDATE visit SET complaints = 'Другие' WHERE id = ?`, visit)
				a.put(t, `INSERT INTO diagnosis (id, born, patient, visit, code) VALUES (?, ?, ?, ?, 'J06')`, clinic.NewID(), ordinal, p, visit)
				a.put(t, `INSERT INTO rendered (id, born, patient, visit, title) VALUES (?, ?, ?, ?, 'Приём')`, clinic.NewID(), ordinal, p, visit)
				a.put(t, `INSERT INTO booking (id, born, subject, card) VALUES (?, ?, ?, ?)`, clinic.NewID(), ordinal, p, p)
				caller := clinic.NewID()
				a.put(t, `INSERT INTO booking (id, born, subject, card) VALUES (?, ?, ?, ?)`, caller, ordinal, caller, p)
			}
			all := a.entries(t)
			var erased []journal.Erased
			for _, c := range classes {
				erased = append(erased, journal.Erased{Patient: gone, Class: c})
			}
			before.purge(t, erased...)
			if err := between.apply(all[:5]...); err != nil {
				t.Fatal(err)
			}
			between.purge(t, erased...)
			for _, s := range st[1:] {
				if err := s.apply(all...); err != nil {
					t.Fatalf("station %s: %v", s.name, err)
				}
			}
			deleted := late.purge(t, erased...)
			a.purge(t, erased...)
			agree(t, st...)
			for _, table := range clinic.Tables {
				if table.Patient == "" {
					continue
				}
				full := `SELECT count(*) FROM ` + table.Name + ` WHERE born <> 0 AND "` + table.Patient + `" = ?`
				had := slices.ContainsFunc(deleted, func(r journal.Row) bool { return r.Table == table.Name })
				for _, s := range st {
					n := count(t, s.conn, full, gone[:])
					if slices.Contains(classes, table.Class) && n != 0 {
						t.Errorf("station %s: %d rows of %s", s.name, n, table.Name)
					}
					if kept := count(t, s.conn, full, stays[:]); had && kept == 0 {
						t.Errorf("station %s: another patient's rows of %s are gone", s.name, table.Name)
					}
				}
			}
			for _, s := range st {
				if n := count(t, s.conn, `SELECT count(*) FROM pragma_foreign_key_check`); n != 0 {
					t.Errorf("station %s: %d rows name what is not there", s.name, n)
				}
				if n := count(t, s.conn, `SELECT count(*) FROM patient WHERE born = 0 AND (family <> '' OR deleted IS NULL)`); n != 0 {
					t.Errorf("station %s: an empty row is not empty", s.name)
				}
				if again := s.purge(t, erased...); len(again) > 0 && count(t, s.conn, `SELECT count(*) FROM patient WHERE born = 0`)+count(t, s.conn, `SELECT count(*) FROM visit WHERE born = 0`) == 0 {
					t.Errorf("station %s: purged twice: %v", s.name, again)
				}
			}
			agree(t, st...)
		})
	}
}

// TestPurgeRefuses: what still opens is not deleted, and nobody writes about the
// erased.
func TestPurgeRefuses(t *testing.T) {
	a := newStations(t, 1)[0]
	p := clinic.NewID()
	a.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'П')`, p, ordinal)
	one := journal.Erased{Patient: p, Class: ledger.Identity}
	wantFault(t, "key there", a.j.Purge(context.Background(), []journal.Erased{one}, nil), fault.Invalid, "fault.ledger.not_erased")
	wantFault(t, "no class", a.j.Purge(context.Background(), []journal.Erased{{Patient: p}}, nil), fault.Invalid, "fault.ledger.not_erased")
	turned := errors.New("turned")
	a.keys.erased = map[journal.Erased]bool{one: true}
	if err := a.j.Purge(context.Background(), []journal.Erased{one}, func(*journal.Tx, []journal.Row) error { return turned }); !errors.Is(err, turned) {
		t.Fatal(err)
	}
	if len(readTable(t, a.conn, "patient")) != 1 {
		t.Fatal("half a purge stayed")
	}
	if err := a.j.Purge(context.Background(), nil, nil); err != nil {
		t.Fatal(err)
	}
	a.purge(t, one)
	err := a.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		_, err := tx.Exec(`INSERT INTO patient (id, born, family) VALUES (?, ?, 'П')`, p, tx.Ordinal())
		return err
	})
	if !errors.Is(err, ledger.ErrErased) || len(readTable(t, a.conn, "patient")) != 0 {
		t.Fatal(err)
	}
}

// TestWaitingOfErased: an entry that waits for a key does not wait for a patient
// who was erased meanwhile.
func TestWaitingOfErased(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	p := clinic.NewID()
	b.keys.keyed = func(ledger.ID) (int, []int) { return 0, nil }
	a.put(t, `INSERT INTO patient (id, born, family) VALUES (?, ?, 'П')`, p, ordinal)
	a.put(t, `INSERT INTO visit (id, born, patient) VALUES (?, ?, ?)`, clinic.NewID(), ordinal, p)
	if err := b.apply(a.entries(t)...); err != nil {
		t.Fatal(err)
	}
	if report, err := b.verify(); err != nil || report.Waiting != 2 {
		t.Fatal(report, err)
	}
	b.purge(t, journal.Erased{Patient: p, Class: ledger.Identity})
	b.keys.keyed = nil
	if n := b.retry(t); n != 2 {
		t.Fatal(n)
	}
	a.purge(t, journal.Erased{Patient: p, Class: ledger.Identity})
	agree(t, a, b)
}

// TestManyWaiting: thousands of entries that wait cost each Apply and Retry little,
// and come in once their keys do.
func TestManyWaiting(t *testing.T) {
	st := newStations(t, 2)
	a, b := st[0], st[1]
	n := soak(1500, 6000)
	b.keys.holds = 0
	for i := range n {
		a.put(t, insertStaff, ledger.DeriveID(sharedOrg, fmt.Sprint(i)), ordinal, "А")
		if i%10 == 9 {
			a.put(t, `UPDATE staff SET snils = ? WHERE id = ?`, fmt.Sprint(i), ledger.DeriveID(sharedOrg, fmt.Sprint(i-5)))
		}
	}
	all := a.entries(t)
	for len(all) > 0 { // as pages come, each followed by the question whether keys have come
		page := all[:min(20, len(all))]
		all = all[len(page):]
		if err := b.apply(page...); err != nil {
			t.Fatal(err)
		}
		if got := b.retry(t); got != 0 {
			t.Fatal(got)
		}
	}
	b.keys.holds = 9
	if got := b.retry(t); got != n+n/10 {
		t.Fatalf("%d of %d entries", got, n+n/10)
	}
	agree(t, a, b)
}
