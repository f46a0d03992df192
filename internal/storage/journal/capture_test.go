package journal_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
)

// TestCaptureRandomly: after any mixture of statements the entry names exactly
// the rows and field groups that differ, with the right old and new values; a
// transaction that fails leaves no trace (R11.4).
func TestCaptureRandomly(t *testing.T) {
	s := seed(t)
	total := map[outcome]int{}
	for round := range soak(1, 15) {
		captureRound(t, rand.New(rand.NewPCG(s, uint64(round))), total)
	}
	t.Logf("%d committed, %d refused, %d of what is written once, %d changed nothing",
		total[committed], total[refused], total[closed], total[silent])
	if !testing.Short() && (total[committed] < 40 || total[refused] < 20 || total[closed] == 0 || total[silent] < 5) {
		t.Error("the mixture is too thin to prove anything")
	}
}

func captureRound(t *testing.T, r *rand.Rand, total map[outcome]int) {
	t.Helper()
	room := newRoom(t)
	c := newScribe(t, r, room.conn, room.keys, room.j)
	for i := range brief(160, 25) {
		total[c.transaction(i)]++
	}
	if _, err := room.verify(); err != nil {
		t.Fatal(err)
	}
	if err := room.j.Close(); err != nil { // and a journal that starts anew goes on
		t.Fatal(err)
	}
	room.resume(t)
	c.j = room.j
	for i := range brief(20, 5) {
		c.transaction(i)
	}
	if _, err := room.verify(); err != nil {
		t.Fatal(err)
	}
}

// outcome of a transaction.
type outcome string

const (
	committed outcome = "committed"
	refused   outcome = "refused"
	closed    outcome = "closed" // refused, for it changes what is written once
	silent    outcome = "silent" // nothing differs: no entry
)

// transaction runs one random Update and holds its entry against a comparison of
// all tables before and after.
func (c *scribe) transaction(i int) outcome {
	t := c.t
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.bad, c.once, c.fresh, c.cancel, c.ended, c.depth = "", false, nil, cancel, false, 0
	entries := count(t, c.conn, `SELECT count(*) FROM entry`)
	links := count(t, c.conn, `SELECT count(*) FROM entry_patient`)
	a := journal.Act{Actor: clinic.NewID(), Intent: fmt.Sprint("test.", i), Reason: "проверка", Batch: clinic.NewID()}
	mayFail := c.r.IntN(25) == 0
	if mayFail {
		timer := time.AfterFunc(time.Duration(c.r.IntN(3000))*time.Microsecond, cancel)
		defer timer.Stop()
	}
	err := c.j.Update(ctx, a, func(tx *journal.Tx) error {
		for range 1 + c.r.IntN(6) {
			c.step(tx)
			if c.bad != "" {
				break
			}
		}
		if c.bad == "own error" {
			return fmt.Errorf("test: turned back")
		}
		c.once = c.bad == "" && c.touchesOnce()
		return nil
	})
	after := snapshot(t, c.conn)
	diffs := difference(c.before, after)
	now := count(t, c.conn, `SELECT count(*) FROM entry`)
	switch {
	case err != nil && c.bad == "" && !c.once && !mayFail && !c.ended:
		t.Fatalf("transaction %d failed: %v", i, err)
	case err == nil && c.once:
		t.Fatalf("transaction %d has changed what is written once", i)
	case c.once && !mayFail && !c.ended:
		wantFault(t, "written once", err, fault.Conflict, "fault.ledger.once")
		fallthrough
	case err != nil:
		if len(diffs) > 0 || now != entries || links != count(t, c.conn, `SELECT count(*) FROM entry_patient`) {
			t.Fatalf("transaction %d failed (%s: %v) and left %d rows and %d entries", i, c.bad, err, len(diffs), now-entries)
		}
		if c.once {
			return closed
		}
		return refused
	case c.bad != "":
		t.Fatalf("transaction %d was committed in spite of: %s", i, c.bad)
	}
	was := c.before
	c.before = after
	if len(diffs) == 0 {
		if now != entries {
			t.Fatalf("transaction %d changed nothing and wrote an entry", i)
		}
		return silent
	}
	if now != entries+1 {
		t.Fatalf("transaction %d wrote %d entries", i, now-entries)
	}
	c.entry(a, diffs, was, after)
	return committed
}

// writtenOnce says whether a row differs in what is written once: in a group that
// is, or in one that was sealed.
func (c *scribe) writtenOnce(t clinic.Table, was, now []any) bool {
	for _, g := range t.Groups {
		closed := g.Policy == ledger.InsertOnly || g.Seals.Column != "" && sameValue(was[c.at(t.Name, g.Seals.Column)], g.Seals.Value)
		for _, name := range g.Columns {
			if i := c.at(t.Name, name); closed && !sameValue(was[i], now[i]) {
				return true
			}
		}
	}
	return false
}

// touchesOnce compares the rows within the transaction with those before it.
func (c *scribe) touchesOnce() bool {
	after := snapshot(c.t, c.conn)
	for at := range difference(c.before, after) {
		was, now := c.before[at.table][at.id], after[at.table][at.id]
		if was != nil && now != nil && c.writtenOnce(policyOf(at.table), was, now) {
			return true
		}
	}
	return false
}

// place of a row.
type place struct {
	table string
	id    ledger.ID
}

// difference lists the rows that differ.
func difference(before, after map[string]tableRows) map[place]bool {
	out := map[place]bool{}
	for table := range before {
		for id, row := range before[table] {
			if !sameRow(row, after[table][id]) {
				out[place{table, id}] = true
			}
		}
		for id := range after[table] {
			if _, there := before[table][id]; !there {
				out[place{table, id}] = true
			}
		}
	}
	return out
}

// entry holds the last entry against what differs.
func (c *scribe) entry(a journal.Act, diffs map[place]bool, before, after map[string]tableRows) {
	t := c.t
	t.Helper()
	e, p := lastEntry(t, c.conn, c.keys)
	if p.Actor != a.Actor || p.Intent != a.Intent || p.Reason != a.Reason || e.Header.Batch != a.Batch || len(p.Accesses) > 0 {
		t.Fatalf("entry of another act: %+v %+v", e.Header, p)
	}
	found := map[place]bool{}
	hold := func(row ledger.Change, patient ledger.ID, class ledger.Class) {
		at := place{row.Table, row.Key}
		if found[at] || !diffs[at] {
			t.Fatalf("the entry names %v, which does not differ or stands twice", at)
		}
		found[at] = true
		policy := policyOf(row.Table)
		now := after[row.Table][row.Key]
		owner := ledger.ID{}
		for i, col := range c.columns[row.Table] {
			if col.name == policy.Patient {
				owner = asID(now[i])
			}
		}
		if policy.Class != class || owner != patient {
			t.Fatalf("%v stands in the part of %s, class %d", at, patient, class)
		}
		c.change(policy, row, before[row.Table][row.Key], now)
	}
	for _, row := range p.Rows {
		hold(row, ledger.ID{}, ledger.None)
	}
	for _, part := range p.Parts {
		for _, row := range part.Rows {
			hold(row, part.Patient, part.Class)
		}
		linked := count(t, c.conn, `SELECT count(*) FROM entry_patient WHERE patient = ? AND entry = (SELECT max(n) FROM entry)`, part.Patient[:])
		if linked != 1 {
			t.Fatal("the patient's history does not name the entry")
		}
	}
	if len(found) != len(diffs) {
		t.Fatalf("the entry names %d rows, %d differ", len(found), len(diffs))
	}
}

// change holds one row of the entry against the row before and after.
func (c *scribe) change(policy clinic.Table, row ledger.Change, was, now []any) {
	t := c.t
	t.Helper()
	want := map[string][2]any{}
	kind := ledger.Update
	if was == nil {
		kind = ledger.Insert
	}
	at := map[string]int{}
	for i, col := range c.columns[policy.Name] {
		at[col.name] = i
	}
	for _, g := range policy.Groups {
		differs := false
		for _, name := range g.Columns {
			i := at[name]
			if was == nil && !sameValue(now[i], c.columns[policy.Name][i].standard) {
				want[name] = [2]any{nil, now[i]}
			}
			differs = differs || was != nil && !sameValue(was[i], now[i])
		}
		if differs {
			for _, name := range g.Columns {
				want[name] = [2]any{was[at[name]], now[at[name]]}
			}
		}
	}
	if row.Kind != kind || len(row.Columns) != len(want) {
		t.Fatalf("%s: kind %d with %d columns, want %d with %d", row.Table, row.Kind, len(row.Columns), kind, len(want))
	}
	for _, col := range row.Columns {
		w, named := want[col.Name]
		if !named || !sameValue(w[0], col.Old) || !sameValue(w[1], col.New) {
			t.Fatalf("%s.%s: %v → %v, want %v", row.Table, col.Name, col.Old, col.New, w)
		}
	}
}

func lastEntry(t testing.TB, conn *sql.Conn, keys ledger.Keys) (*ledger.Entry, *ledger.Payload) {
	t.Helper()
	var raw []byte
	if err := conn.QueryRowContext(context.Background(), `SELECT bytes FROM entry ORDER BY n DESC LIMIT 1`).Scan(&raw); err != nil {
		t.Fatal(err)
	}
	e, err := ledger.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := e.OpenBox(e.Boxes[0], keys)
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}
