package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"math"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Report counts what a verification has read.
type Report struct {
	Entries  int64 `json:"entries"`
	Changes  int64 `json:"changes"`  // entries of the chains of changes
	Accesses int64 `json:"accesses"` // entries of the chains of accesses
	Rows     int64 `json:"rows"`     // rows compared with the replay
	Waiting  int64 `json:"waiting"`  // entries with a box that can't be opened here
	Erased   int64 `json:"erased"`   // parts whose key is destroyed
}

// Verifier holds the tables against the ledger. It only reads.
type Verifier struct {
	DB    *sql.DB // reading connections
	Keys  ledger.Keys
	Org   ledger.ID
	Trust Trust
	Heads []ledger.Head // heads of changes that other places know; each must be here
}

// Verify checks every chain and signature, replays the entries and compares the
// result with the tables. The first difference comes back as a fault of kind
// Damaged that names it: device, chain and number of an entry, or table, row and
// column, never a value.
func (v *Verifier) Verify(ctx context.Context) (Report, error) {
	conn, err := v.DB.Conn(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("journal: verify: %w", err)
	}
	defer conn.Close()
	// One snapshot for ledger and tables: writers may go on meanwhile.
	// The ROLLBACK is for a BEGIN, too, whose success an ending context has hidden.
	defer conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`) //nolint:errcheck // a reading transaction
	if _, err := conn.ExecContext(ctx, `BEGIN`); err != nil {
		return Report{}, fmt.Errorf("journal: verify: %w", err)
	}
	r := &replay{v: v, conn: conn, seed: maphash.MakeSeed(), devices: map[int64]*known{}, erased: map[partKey]bool{}, links: map[link]bool{}}
	for i, t := range clinic.Tables {
		tab, err := newTable(ctx, conn, i, t)
		if err != nil {
			return Report{}, err
		}
		r.tables = append(r.tables, &state{table: tab, rows: map[ledger.ID]rowState{}})
	}
	if err := r.entries(ctx); err != nil {
		return r.report, err
	}
	// Before the tables: comparing a table forgets its replay.
	headsErr := r.compareHeads(ctx)
	for _, s := range r.tables {
		if err := r.compare(ctx, s); err != nil {
			return r.report, err
		}
	}
	if headsErr != nil {
		return r.report, headsErr
	}
	return r.report, r.compareLinks(ctx)
}

// replay is the state that the entries so far amount to.
type replay struct {
	v       *Verifier
	conn    *sql.Conn
	seed    maphash.Seed
	tables  []*state
	devices map[int64]*known
	erased  map[partKey]bool
	links   map[link]bool
	report  Report
}

// known is what a device had applied as its chain was read.
type known struct {
	id   ledger.ID
	seen ledger.Vector
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
	heads  map[int][]head // by group, where they differ from the entry that made the row
}

func differs(key string, args ...any) error { return fault.New(fault.Damaged, key, args...) }

func (r *replay) entries(ctx context.Context) error {
	chains := ledger.NewVerifier(r.v.Org, r.v.Trust)
	rows, err := r.conn.QueryContext(ctx, `SELECT e.n, e.chain, e.seq, e.hlc, e.hash, e.device, d.id, e.bytes
		FROM entry e LEFT JOIN device d ON d.n = e.device ORDER BY e.n`)
	if err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n, chain, seq, hlc, number int64
		var hash, name, raw []byte
		if err := rows.Scan(&n, &chain, &seq, &hlc, &hash, &number, &name, &raw); err != nil {
			return fmt.Errorf("journal: verify: %w", err)
		}
		device := idOf(name)
		e, err := ledger.Decode(raw)
		if err != nil {
			return fault.Wrap(err, fault.Damaged, "fault.verify.entry", "device", device, "chain", chain, "seq", seq, "why", "format")
		}
		h := e.Header
		if h.Device != device || int64(h.Chain) != chain || int64(h.Seq) != seq || int64(h.HLC) != hlc || string(e.Hash[:]) != string(hash) {
			return differs("fault.verify.entry", "device", device, "chain", chain, "seq", seq, "why", "index")
		}
		if err := chains.Add(e); err != nil {
			return chainFault(err)
		}
		if err := r.add(ctx, n, number, e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	for _, h := range r.v.Heads {
		if err := r.holds(ctx, h, math.MaxInt64); err != nil {
			return err
		}
	}
	return nil
}

// holds checks that a head that others know is an entry here, and stood here
// before entry n: else a tail was cut off, or the chain has two branches.
func (r *replay) holds(ctx context.Context, h ledger.Head, n int64) error {
	var hash []byte
	err := r.conn.QueryRowContext(ctx, `SELECT e.hash FROM device d JOIN entry e
		ON e.device = d.n AND e.chain = 1 AND e.seq = ? WHERE d.id = ? AND e.n < ?`, int64(h.Seq), h.Device, n).Scan(&hash)
	why := "fork"
	switch {
	case errors.Is(err, sql.ErrNoRows):
		why = "tail"
	case err != nil:
		return fmt.Errorf("journal: verify: %w", err)
	case string(hash) == string(h.Hash[:]):
		return nil
	}
	return differs("fault.verify.entry", "device", h.Device, "chain", int(ledger.Changes), "seq", h.Seq, "why", why)
}

func chainFault(err error) error {
	var c *ledger.ChainError
	if errors.As(err, &c) {
		return fault.Wrap(err, fault.Damaged, "fault.verify.entry", "device", c.Device, "chain", int(c.Chain), "seq", c.Seq, "why", c.Reason)
	}
	return err
}

// add replays one entry.
func (r *replay) add(ctx context.Context, n, number int64, e *ledger.Entry) error {
	r.report.Entries++
	if e.Header.Chain == ledger.Accesses {
		r.report.Accesses++
	} else {
		r.report.Changes++
	}
	d := r.devices[number]
	if d == nil {
		d = &known{id: e.Header.Device, seen: ledger.Vector{}}
		r.devices[number] = d
	}
	for _, h := range e.Header.Seen {
		if err := r.holds(ctx, h, n); err != nil {
			return err
		}
	}
	d.seen.Add(e.Header.Seen)
	for _, b := range e.Boxes {
		p, err := e.OpenBox(b, r.v.Keys)
		if errors.Is(err, ledger.ErrNoKey) {
			r.report.Waiting++
			continue
		} else if err != nil {
			return fault.Wrap(err, fault.Damaged, "fault.verify.entry", "device", e.Header.Device,
				"chain", int(e.Header.Chain), "seq", e.Header.Seq, "why", "box")
		}
		for _, part := range p.Parts {
			if part.Erased {
				r.report.Erased++
				r.erased[partKey{part.Patient, part.Class}] = true
			}
		}
		for _, patient := range patientsOf([]*ledger.Payload{p}) {
			if !patient.IsZero() {
				r.links[link{n, patient}] = true
			}
		}
		for c := range changesOf(p) {
			if err := r.change(ctx, n, e, d.seen, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *replay) change(ctx context.Context, n int64, e *ledger.Entry, seen ledger.Vector, c *ledger.Change) error {
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
	case c.Kind == ledger.Purge:
		delete(s.rows, c.Key)
		return nil
	case !exists && c.Kind == ledger.Insert:
		s.rows[c.Key] = rowState{entry: n, hash: r.hash(s.table, s.flat(c.Key, groups))}
		return nil
	case !exists:
		return differs("fault.verify.update", "table", c.Table, "row", c.Key, "seq", e.Header.Seq)
	}
	if row.full == nil {
		if row.full, err = r.load(ctx, s, c.Key, row.entry); err != nil {
			return err
		}
		s.rows[c.Key] = row
	}
	w := head{ledger.Write{Device: e.Header.Device, Seq: e.Header.Seq, HLC: e.Header.HLC}, n}
	for g, values := range groups {
		if values == nil {
			continue
		}
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
	return &fullRow{values: s.flat(id, groups), heads: map[int][]head{}}, nil
}

func (r *replay) entryChange(ctx context.Context, s *state, id ledger.ID, entry int64) (*ledger.Change, error) {
	var raw []byte
	if err := r.conn.QueryRowContext(ctx, `SELECT bytes FROM entry WHERE n = ?`, entry).Scan(&raw); err != nil {
		return nil, fmt.Errorf("journal: verify: %w", err)
	}
	return changeIn(raw, s.Name, id, r.v.Keys)
}

// mergeGroup does to the replayed row what Apply and the capture do to the
// table's.
func (r *replay) mergeGroup(ctx context.Context, s *state, c *ledger.Change, row rowState, g int, w head, seen ledger.Vector, values []any) error {
	before := row.full.heads[g]
	if before == nil {
		born, err := r.bornHead(ctx, row.entry)
		if err != nil {
			return err
		}
		before = []head{born}
	}
	writes := make([]ledger.Write, len(before))
	entries := map[ledger.Write]int64{w.Write: w.entry}
	for i, h := range before {
		writes[i], entries[h.Write] = h.Write, h.entry
	}
	merged := ledger.Merge(writes, w.Write, seen)
	// Over an entry that waits for its key the writer may have seen more than the
	// replay has.
	if len(merged) == 1 && len(before) == 1 && r.report.Waiting == 0 {
		if err := checkOld(s.table, c, row.full, g); err != nil {
			return err
		}
	}
	heads := make([]head, len(merged))
	for i, m := range merged {
		heads[i] = head{m, entries[m]}
	}
	row.full.heads[g] = heads
	policy := s.Groups[g].Policy
	was, now := winner(policy, writes), winner(policy, merged)
	if now == was {
		return nil
	}
	if now != w.Write {
		change, err := r.entryChange(ctx, s, c.Key, entries[now])
		if err != nil {
			return err
		}
		all, err := s.valuesOf(change)
		if err != nil {
			return err
		}
		values = all[g]
	}
	for i, at := range s.groupCol[g] {
		row.full.values[at] = values[i]
	}
	return nil
}

// checkOld holds the old values that an entry names against the replayed row:
// its writer had seen exactly that.
func checkOld(t *table, c *ledger.Change, row *fullRow, g int) error {
	if c.Kind != ledger.Update {
		return nil
	}
	for _, at := range t.groupCol[g] {
		for _, col := range c.Columns {
			if col.Name == t.columns[at].name && !same(col.Old, row.values[at]) {
				return differs("fault.verify.old", "table", t.Name, "row", c.Key, "column", col.Name)
			}
		}
	}
	return nil
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
