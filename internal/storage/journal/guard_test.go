package journal_test

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

const insertStaff = `INSERT INTO staff (id, born, family) VALUES (?, ?, ?)`

// TestNoDoorButUpdate: a write to a synced table outside Update is not committed,
// whichever way it tries (R11.4).
func TestNoDoorButUpdate(t *testing.T) {
	ctx := context.Background()
	r := newRoom(t)
	before := snapshot(t, r.conn)
	id := clinic.NewID()
	outside := func(tx *journal.Tx) error {
		_, err := tx.Exec(insertStaff, id, tx.Ordinal(), "А")
		return err
	}
	var leaked *journal.Tx
	for name, write := range map[string]func() error{
		"local":  func() error { return r.j.Local(ctx, outside) },
		"writer": func() error { _, err := r.conn.ExecContext(ctx, insertStaff, id, 1, "А"); return err },
		"update": func() error { _, err := r.conn.ExecContext(ctx, `UPDATE staff SET family = 'Б'`); return err },
		"delete": func() error { _, err := r.conn.ExecContext(ctx, `DELETE FROM staff`); return err },
		"replace": func() error {
			_, err := r.conn.ExecContext(ctx, `REPLACE INTO staff (id, born) SELECT id, 99 FROM staff`)
			return err
		},
		"copied whole": func() error {
			if err := r.j.Local(ctx, func(tx *journal.Tx) error {
				_, err := tx.Exec(`CREATE TEMP TABLE twin AS SELECT * FROM staff`)
				return err
			}); err != nil {
				return nil // fails the test: it must be the next that is refused
			}
			_, err := r.conn.ExecContext(ctx, `INSERT INTO staff SELECT randomblob(16), 1, deleted, family, given, patronymic, login, roles,
				position, speciality, snils, licence, care_order, card, active FROM twin`)
			return err
		},
		"own transaction": func() error {
			tx, err := r.conn.BeginTx(ctx, nil)
			if err != nil {
				return nil
			}
			defer tx.Rollback()
			if _, err := tx.ExecContext(ctx, insertStaff, id, 1, "А"); err != nil {
				return nil
			}
			return tx.Commit()
		},
		"commit within": func() error {
			return r.j.Update(ctx, act, func(tx *journal.Tx) error {
				if err := outside(tx); err != nil {
					return nil
				}
				_, err := tx.Exec(`COMMIT`)
				return err
			})
		},
		"leaked transaction": func() error {
			if err := r.j.Update(ctx, act, func(tx *journal.Tx) error { leaked = tx; return nil }); err != nil {
				return nil
			}
			return outside(leaked)
		},
		"access": func() error {
			return r.j.Local(ctx, func(tx *journal.Tx) error {
				_, err := tx.Exec(`UPDATE staff SET active = 1 - active`)
				return err
			})
		},
	} {
		if err := write(); err == nil {
			t.Errorf("%s: the write went through", name)
		}
		if d := difference(before, snapshot(t, r.conn)); len(d) > 0 {
			t.Fatalf("%s: left %v", name, d)
		}
	}
	if n := count(t, r.conn, `SELECT count(*) FROM entry`); n != 1 {
		t.Errorf("%d entries, want that of the founding", n)
	}
	if _, err := r.verify(); err != nil {
		t.Fatal(err)
	}
	// And the door itself still opens.
	if err := r.j.Update(ctx, act, outside); err != nil {
		t.Fatal(err)
	}
}

// TestReadersCantWrite: the reading connections refuse to change anything.
func TestReadersCantWrite(t *testing.T) {
	r := newRoom(t)
	for _, q := range []string{
		`UPDATE staff SET family = 'Б'`, `DELETE FROM entry`, `CREATE TABLE x (a)`, `INSERT INTO meta VALUES ('a', x'00')`,
		`DROP TABLE staff`,
	} {
		if _, err := r.db.Reader.ExecContext(context.Background(), q); err == nil {
			t.Errorf("%s went through", q)
		}
	}
}

// TestLocalTables: what is not synced needs no entry, in either mode.
func TestLocalTables(t *testing.T) {
	ctx := context.Background()
	r := newRoom(t)
	write := func(tx *journal.Tx) error {
		_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`, "x", []byte{1})
		return err
	}
	for _, err := range []error{r.j.Local(ctx, write), r.j.Update(ctx, act, write)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, r.conn, `SELECT count(*) FROM entry`); n != 1 {
		t.Errorf("%d entries", n)
	}
	// A step of the schema writes synced rows without an entry.
	if err := r.j.Migrate(ctx, func(tx *journal.Tx) error {
		_, err := tx.Exec(`UPDATE staff SET note = '' WHERE 0`)
		if err == nil {
			return errors.New("no such column was expected")
		}
		return nil
	}); err == nil {
		t.Error("a failed statement did not doom the migration")
	}
}

// text is a kind of its own, as the domain has them.
type text string

// TestTextThatWouldNotComeBack: a NUL byte would cut the value in the database,
// bytes that are no UTF-8 would make an entry that nobody can read.
func TestTextThatWouldNotComeBack(t *testing.T) {
	r := newRoom(t)
	s, k := "a\x00b", text("a\x00b")
	for name, c := range map[string]struct {
		arg any
		key string
	}{
		"string":        {s, "fault.text.nul"},
		"pointer":       {&s, "fault.text.nul"},
		"kind":          {k, "fault.text.nul"},
		"kind pointer":  {&k, "fault.text.nul"},
		"null string":   {sql.NullString{String: s, Valid: true}, "fault.text.nul"},
		"not UTF-8":     {"Иван\xd0", "fault.text.encoding"},
		"kind not UTF8": {text("\xff"), "fault.text.encoding"},
	} {
		err := r.j.Update(context.Background(), act, func(tx *journal.Tx) error {
			_, err := tx.Exec(insertStaff, clinic.NewID(), tx.Ordinal(), c.arg)
			return err
		})
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	var none *string
	err := r.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		_, err := tx.Exec(`INSERT INTO staff (id, born, family, card, deleted) VALUES (?, ?, ?, ?, ?)`,
			clinic.NewID(), tx.Ordinal(), k[:1], clinic.ID{}, none)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.verify(); err != nil {
		t.Fatal(err)
	}
	// A reason is typed by a user, too.
	err = r.j.Update(context.Background(), journal.Act{Reason: "\xff"}, func(tx *journal.Tx) error {
		_, err := tx.Exec(insertStaff, clinic.NewID(), tx.Ordinal(), "А")
		return err
	})
	if err == nil {
		t.Error("a reason that is not UTF-8 was written")
	}
}

// TestDoomed: after a failed statement nothing more goes through, and nothing is
// committed even when the error is passed over.
func TestDoomed(t *testing.T) {
	r := newRoom(t)
	before := snapshot(t, r.conn)
	err := r.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		if _, err := tx.Exec(insertStaff, clinic.NewID(), tx.Ordinal(), "А"); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO nowhere VALUES (1)`); err == nil {
			t.Error("a statement without a table went through")
		}
		if _, err := tx.Exec(insertStaff, clinic.NewID(), tx.Ordinal(), "Б"); err == nil {
			t.Error("a doomed transaction went on")
		}
		if _, err := tx.Query(`SELECT 1`); err == nil {
			t.Error("a doomed transaction still reads")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("Update returned %v", err)
	}
	if d := difference(before, snapshot(t, r.conn)); len(d) > 0 {
		t.Errorf("left %v", d)
	}
}

// TestPanicRollsBack: a panic within an Update leaves no transaction open.
func TestPanicRollsBack(t *testing.T) {
	r := newRoom(t)
	func() {
		defer func() { _ = recover() }()
		_ = r.j.Update(context.Background(), act, func(tx *journal.Tx) error {
			_, _ = tx.Exec(insertStaff, clinic.NewID(), tx.Ordinal(), "А")
			panic("test")
		})
	}()
	if err := r.j.Update(context.Background(), act, func(tx *journal.Tx) error {
		_, err := tx.Exec(insertStaff, clinic.NewID(), tx.Ordinal(), "Б")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, r.conn, `SELECT count(*) FROM staff WHERE family = 'А'`); n != 0 {
		t.Error("a panicked transaction was committed")
	}
	if _, err := r.verify(); err != nil {
		t.Fatal(err)
	}
}

// TestAccesses: acts of looking stand in a chain of their own and in the history
// of the patients concerned (R11.4).
func TestAccesses(t *testing.T) {
	ctx := context.Background()
	r := newRoom(t)
	a, b := clinic.NewID(), clinic.NewID()
	before := r.j.Head(ledger.Changes)
	if err := r.j.Access(ctx, clinic.NewID(), nil); err != nil || r.j.Head(ledger.Accesses).Seq != 0 {
		t.Fatal("no acts made an entry", err)
	}
	if err := r.j.Access(ctx, r.session.User(), []ledger.Access{
		{At: 5, Action: "view", What: "patient", Patient: a, Count: 1},
		{At: 6, Action: "search", What: "patient", Count: 3},
		{At: 7, Action: "print", What: "protocol", Patient: b, Count: 1},
	}); err != nil {
		t.Fatal(err)
	}
	if r.j.Head(ledger.Accesses).Seq != 1 || r.j.Head(ledger.Changes) != before {
		t.Fatal("accesses are not in a chain of their own")
	}
	var acts []ledger.Access
	for o, err := range journal.Log(ctx, r.db.Reader, r.keys, a) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range o.Payloads {
			acts = append(acts, p.Accesses...)
		}
	}
	if len(acts) != 1 || acts[0].Patient != a || acts[0].Action != "view" {
		t.Fatalf("history of a card: %+v", acts)
	}
	report, err := r.verify()
	if err != nil || report.Accesses != 1 || report.Changes != 1 {
		t.Fatal(report, err)
	}
}

// TestCancelledAnywhere: whenever a context ends, the next Update goes through.
func TestCancelledAnywhere(t *testing.T) {
	r := newRoom(t)
	rnd := rand.New(rand.NewPCG(seed(t), 3))
	put := func(ctx context.Context) error {
		return r.j.Update(ctx, act, func(tx *journal.Tx) error {
			_, err := tx.Exec(insertStaff, clinic.NewID(), tx.Ordinal(), "А")
			return err
		})
	}
	entries := int64(1)
	for range soak(100, 2000) {
		ctx, cancel := context.WithCancel(context.Background())
		timer := time.AfterFunc(time.Duration(rnd.IntN(400))*time.Microsecond, cancel)
		if err := put(ctx); err == nil {
			entries++
		} else if !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "interrupted") {
			t.Fatal(err)
		}
		timer.Stop()
		cancel()
		if err := put(context.Background()); err != nil {
			t.Fatalf("after a cancelled Update: %v", err)
		}
		entries++
	}
	if n := count(t, r.conn, `SELECT count(*) FROM entry`); n != entries {
		t.Errorf("%d entries, %d Updates went through", n, entries)
	}
	if _, err := r.verify(); err != nil {
		t.Fatal(err)
	}
}
