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
	keys   ledger.Keys
	seed   maphash.Seed
	tables []*state
	seen   map[ledger.ID]ledger.Vector // what each device had applied, as far as its chain was read
	strict bool                        // old values are held against what was written before
}

func newReplay(conn *sql.Conn, keys ledger.Keys, tables []*table) *replay {
	r := &replay{conn: conn, keys: keys, seed: maphash.MakeSeed(), seen: map[ledger.ID]ledger.Vector{}}
	for _, t := range tables {
		r.tables = append(r.tables, &state{table: t, rows: map[ledger.ID]rowState{}})
	}
	return r
}

type state struct {
	*table
	rows map[ledger.ID]rowState
}

// rowState of a row that was only inserted is a hash and where it stands; one
// that was changed since is held in full.
type rowState struct {
	entry int64
	hash  uint64
	full  *fullRow
}

type fullRow struct {
	values []any
	heads  map[int][]head  // by group, where they differ from the entry that made the row
	late   map[int][]int64 // by group, entries that came after a write that seals
	past   map[int][]int64 // by group, entries that have written it since the row was made
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

func (r *replay) change(ctx context.Context, n int64, h ledger.Header, seen ledger.Vector, c *ledger.Change) error {
	s := r.table(c.Table)
	if s == nil {
		return differs("fault.ledger.table", "table", c.Table)
	}
	groups, err := s.valuesOf(c)
	if err != nil {
		return err
	}
	row, exists := s.rows[c.Key]
	switch {
	case !exists && c.Kind == ledger.Insert:
		s.rows[c.Key] = rowState{entry: n, hash: r.hash(s.table, s.flat(c.Key, groups))}
		return nil
	case !exists:
		return differs("fault.verify.update", "table", c.Table, "row", c.Key, "seq", h.Seq)
	}
	if row.full == nil {
		if row.full, err = r.load(ctx, s, c.Key, row.entry); err != nil {
			return err
		}
		s.rows[c.Key] = row
	}
	for g, values := range groups {
		if values == nil {
			continue
		}
		w := head{ledger.Write{Device: h.Device, Seq: h.Seq, HLC: h.HLC, Seals: s.seals(g, values)}, n}
		if err := r.mergeGroup(ctx, s, c, row, g, w, seen, values); err != nil {
			return err
		}
	}
	return nil
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
func (r *replay) load(ctx context.Context, s *state, id ledger.ID, entry int64) (*fullRow, error) {
	c, err := r.entryChange(ctx, s, id, entry)
	if err != nil {
		return nil, err
	}
	groups, err := s.valuesOf(c)
	if err != nil {
		return nil, err
	}
	return &fullRow{values: s.flat(id, groups), heads: map[int][]head{}, late: map[int][]int64{}, past: map[int][]int64{}}, nil
}

func (r *replay) entryChange(ctx context.Context, s *state, id ledger.ID, entry int64) (*ledger.Change, error) {
	var raw []byte
	if err := r.conn.QueryRowContext(ctx, `SELECT bytes FROM entry WHERE n = ?`, entry).Scan(&raw); err != nil {
		return nil, fmt.Errorf("journal: verify: %w", err)
	}
	return changeIn(raw, s.Name, id, r.keys)
}

// mergeGroup does to the replayed row what Apply and the capture do to the
// table's.
func (r *replay) mergeGroup(ctx context.Context, s *state, c *ledger.Change, row rowState, g int, w head, seen ledger.Vector, values []any) error {
	full := row.full
	before := full.heads[g]
	if before == nil {
		born, err := r.bornHead(ctx, row.entry)
		if err != nil {
			return err
		}
		born.Seals = s.seals(g, s.groupOf(full.values, g))
		before = []head{born}
	}
	after, isLate := mergeHeads(before, w, seen)
	full.past[g] = append(full.past[g], w.entry)
	if isLate {
		full.late[g] = append(full.late[g], w.entry)
		return nil
	}
	if r.strict && len(after) == 1 && len(before) == 1 {
		if err := r.checkOld(ctx, s, c, row, g); err != nil {
			return err
		}
	}
	full.heads[g] = after
	now := standing(after)
	if now == standing(before) {
		return nil
	}
	if now != w {
		var err error
		if values, err = r.valuesAt(ctx, s, c.Key, now.entry, g); err != nil {
			return err
		}
	}
	for i, at := range s.groupCol[g] {
		full.values[at] = values[i]
	}
	return nil
}

// valuesAt gives what an entry wrote to a field group.
func (r *replay) valuesAt(ctx context.Context, s *state, id ledger.ID, entry int64, g int) ([]any, error) {
	c, err := r.entryChange(ctx, s, id, entry)
	if err != nil {
		return nil, err
	}
	groups, err := s.valuesOf(c)
	if err != nil {
		return nil, err
	}
	return groups[g], nil
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
		values, err := r.valuesAt(ctx, s, c.Key, entry, g)
		if err != nil {
			return err
		}
		if values != nil && wrongOld(s.table, c, g, values) == "" {
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
