package journal

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"

	"feldsher/internal/ledger"
)

// replay makes rows and heads anew from entries that are given to it in the order
// of their arrival: what Apply and the capture do to the tables, done in memory.
type replay struct {
	conn   *sql.Conn
	opener *opener
	keys   ledger.Keys
	seed   maphash.Seed
	tables []*state
	seen   map[ledger.ID]ledger.Vector // what each device had applied, as far as its chain was read
	strict bool                        // old values are held against what was written before
}

func newReplay(conn *sql.Conn, keys ledger.Keys, tables []*table) *replay {
	r := &replay{conn: conn, opener: newOpener(conn, keys), keys: keys, seed: maphash.MakeSeed(), seen: map[ledger.ID]ledger.Vector{}}
	for _, t := range tables {
		r.tables = append(r.tables, &state{table: t, rows: map[ledger.ID]rowState{}, rivals: map[ledger.ID][]rowState{}})
	}
	return r
}

type state struct {
	*table
	rows map[ledger.ID]rowState
	// rivals are the same rows made for other patients, which do not hold.
	rivals map[ledger.ID][]rowState
}

// rowState of a row that was only inserted is a hash and where it stands; one
// that was changed since is held in full.
type rowState struct {
	patient ledger.ID
	entry   int64
	hash    uint64
	full    *fullRow
}

type fullRow struct {
	values []any
	heads  map[int][]head  // by group, where they differ from the entry that made the row
	open   map[int]bool    // by group, whether its heads wait for a person
	late   map[int][]int64 // by group, entries that came after a write that seals
	past   map[int][]int64 // by group, entries that have written it since the row was made
	made   *head           // the first in order of the entries that made the row; nil for the one that did here
}

// follow takes in what the writer of the next entry had seen.
func (r *replay) follow(e *ledger.Entry) ledger.Vector {
	h := e.Header
	seen := r.seen[h.Device]
	if seen == nil {
		seen = ledger.Vector{}
		r.seen[h.Device] = seen
	}
	if h.Chain == ledger.Changes {
		seen.Add(h.Seen)
	}
	return seen
}

// change takes in what an entry says of a row, in the part of a patient.
func (r *replay) change(ctx context.Context, n int64, h ledger.Header, seen ledger.Vector, c *ledger.Change, patient ledger.ID) error {
	s := r.table(c.Table)
	if s == nil {
		return differs("fault.ledger.table", "table", c.Table)
	}
	groups, err := s.valuesOf(c)
	if err != nil {
		return err
	}
	x := write{c: c, h: h, n: n, seen: seen, groups: groups}
	row, exists := s.rows[c.Key]
	switch {
	case !exists && c.Kind == ledger.Insert:
		s.rows[c.Key] = rowState{patient: patient, entry: n, hash: r.hash(s.table, s.flat(c.Key, groups))}
		return nil
	case !exists:
		return differs("fault.verify.update", "table", c.Table, "row", c.Key, "seq", h.Seq)
	case row.patient != patient:
		return r.rival(ctx, s, x, patient)
	}
	if err := r.write(ctx, s, &row, x); err != nil {
		return err
	}
	s.rows[c.Key] = row
	return nil
}

// write is one entry's change of a row.
type write struct {
	c      *ledger.Change
	h      ledger.Header
	n      int64
	seen   ledger.Vector
	groups [][]any
}

// head is the write as a head of a group.
func (x *write) head(seals bool) head {
	return head{ledger.Write{Device: x.h.Device, Seq: x.h.Seq, HLC: x.h.HLC, Seals: seals}, x.n}
}

// write merges a change into a row that is there.
func (r *replay) write(ctx context.Context, s *state, row *rowState, x write) error {
	if err := r.fill(ctx, s, x.c.Key, row); err != nil {
		return err
	}
	if x.c.Kind == ledger.Insert {
		if err := r.madeAgain(ctx, row, x.head(false)); err != nil {
			return err
		}
	}
	for g, values := range x.groups {
		if values == nil {
			continue
		}
		if err := r.mergeGroup(ctx, s, *row, g, x, values); err != nil {
			return err
		}
	}
	return nil
}

// fill holds a row in full from now on.
func (r *replay) fill(ctx context.Context, s *state, id ledger.ID, row *rowState) (err error) {
	if row.full == nil {
		row.full, err = r.load(ctx, s, id, *row)
	}
	return err
}

// notes lists what is noted of a row beside it: heads that differ from the entry
// that made it, late writes, what waits for a person, and its rivals.
func (s *state) notes(id ledger.ID) []noted {
	var out []noted
	note := func(group int, entry int64) { out = append(out, noted{s.number, id, group, entry}) }
	if full := s.rows[id].full; full != nil {
		for g, heads := range full.heads {
			for _, h := range heads {
				note(g, h.entry)
			}
		}
		for g, entries := range full.late {
			for _, n := range entries {
				note(late(g), n)
			}
		}
		for g, open := range full.open {
			if open {
				note(opened(g), 0)
			}
		}
	}
	for _, rival := range s.rivals[id] {
		entry := rival.entry
		if rival.full != nil && rival.full.made != nil {
			entry = rival.full.made.entry
		}
		note(clashed, entry)
	}
	return out
}

func (r *replay) table(name string) *state {
	for _, s := range r.tables {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// flat puts the groups' values of a new row in the order of the columns.
func (t *table) flat(id ledger.ID, groups [][]any) []any {
	row := make([]any, len(t.columns))
	row[0] = id[:]
	for g, cols := range t.groupCol {
		for i, at := range cols {
			row[at] = groups[g][i]
		}
	}
	return row
}

// load rebuilds a row from the entry that made it.
func (r *replay) load(ctx context.Context, s *state, id ledger.ID, row rowState) (*fullRow, error) {
	c, err := r.opener.change(ctx, row.entry, rowName{s.Name, id, row.patient})
	if err != nil {
		return nil, err
	}
	groups, err := s.valuesOf(c)
	if err != nil {
		return nil, err
	}
	return &fullRow{
		values: s.flat(id, groups), heads: map[int][]head{}, open: map[int]bool{},
		late: map[int][]int64{}, past: map[int][]int64{},
	}, nil
}

// mergeGroup does to the replayed row what Apply and the capture do to the
// table's.
func (r *replay) mergeGroup(ctx context.Context, s *state, row rowState, g int, x write, values []any) error {
	full, w := row.full, x.head(s.seals(g, values))
	before := full.heads[g]
	if before == nil {
		born, err := r.bornHead(ctx, row.entry)
		if err != nil {
			return err
		}
		born.Seals = s.seals(g, s.groupOf(full.values, g))
		before = []head{born}
	}
	after, isLate := mergeHeads(before, w, x.seen)
	full.past[g] = append(full.past[g], w.entry)
	if isLate {
		full.late[g] = append(full.late[g], w.entry)
		return nil
	}
	if r.strict && len(after) == 1 && len(before) == 1 {
		if err := r.checkOld(ctx, s, x.c, row, g); err != nil {
			return err
		}
	}
	full.heads[g] = after
	written := func(h head) ([]any, error) {
		switch h {
		case w:
			return values, nil
		case standing(before):
			return s.groupOf(full.values, g), nil
		}
		return r.opener.values(ctx, h.entry, s.table, rowName{s.Name, x.c.Key, row.patient}, g)
	}
	var err error
	if full.open[g], err = isOpen(s.Groups[g].Policy, after, written); err != nil {
		return err
	}
	now := standing(after)
	if now == standing(before) {
		return nil
	}
	if values, err = written(now); err != nil {
		return err
	}
	for i, at := range s.groupCol[g] {
		full.values[at] = values[i]
	}
	return nil
}

// checkOld holds the old values that an entry names against the replayed row. Its
// writer may have lacked the key of a write between, so those of any earlier
// write will do.
func (r *replay) checkOld(ctx context.Context, s *state, c *ledger.Change, row rowState, g int) error {
	if c.Kind != ledger.Update {
		return nil
	}
	wrong := wrongOld(s.table, c, g, s.groupOf(row.full.values, g))
	if wrong == "" {
		return nil
	}
	past := row.full.past[g]
	for _, entry := range append([]int64{row.entry}, past[:len(past)-1]...) {
		values, err := r.opener.values(ctx, entry, s.table, rowName{s.Name, c.Key, row.patient}, g)
		if err != nil {
			return err
		}
		if wrongOld(s.table, c, g, values) == "" {
			return nil
		}
	}
	return differs("fault.verify.old", "table", s.Name, "row", c.Key, "column", wrong)
}

// wrongOld names the first column whose old value is another than given.
func wrongOld(t *table, c *ledger.Change, g int, values []any) string {
	for i, at := range t.groupCol[g] {
		for _, col := range c.Columns {
			if col.Name == t.columns[at].name && !same(col.Old, values[i]) {
				return col.Name
			}
		}
	}
	return ""
}

func (r *replay) bornHead(ctx context.Context, entry int64) (head, error) {
	h := head{entry: entry}
	var seq, hlc int64
	err := r.conn.QueryRowContext(ctx, `SELECT d.id, e.seq, e.hlc FROM entry e JOIN device d ON d.n = e.device WHERE e.n = ?`, entry).
		Scan(&h.Device, &seq, &hlc)
	if err != nil {
		return h, fmt.Errorf("journal: verify: %w", err)
	}
	h.Seq, h.HLC = uint64(seq), ledger.HLC(hlc)
	return h, nil
}
