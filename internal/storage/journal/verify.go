package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

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
	var tables []*table
	for i, t := range clinic.Tables {
		tab, err := newTable(ctx, conn, i, t)
		if err != nil {
			return Report{}, err
		}
		tables = append(tables, tab)
	}
	r := &verification{replay: newReplay(conn, v.Keys, tables), v: v, gone: map[partKey]bool{}, leaving: map[touchKey]bool{}, links: map[link]bool{}}
	if err := r.entries(ctx); err != nil {
		return r.report, err
	}
	if err := r.findLeaving(ctx); err != nil {
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

// verification is a replay of all there is, with what it has found on the way.
type verification struct {
	*replay
	v       *Verifier
	waits   waits             // entries that could not be merged
	gone    map[partKey]bool  // whose key is destroyed
	leaving map[touchKey]bool // rows that are still to be purged
	links   map[link]bool
	report  Report
}

// isErased reports whether the rows of a patient and class are no more.
func (r *verification) isErased(k partKey) bool {
	if k.class == ledger.None {
		return false
	}
	gone, asked := r.gone[k]
	if !asked {
		gone = isErased(r.keys, k)
		r.gone[k] = gone
	}
	return gone
}

func differs(key string, args ...any) error { return fault.New(fault.Damaged, key, args...) }

func (r *verification) entries(ctx context.Context) error {
	chains := ledger.NewVerifier(r.v.Org, r.v.Trust.DeviceKey)
	rows, err := r.conn.QueryContext(ctx, `SELECT e.n, e.chain, e.seq, e.hlc, e.hash, d.id, e.waiting, e.bytes
		FROM entry e LEFT JOIN device d ON d.n = e.device ORDER BY e.n`)
	if err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n, chain, seq, hlc, waiting int64
		var hash, name, raw []byte
		if err := rows.Scan(&n, &chain, &seq, &hlc, &hash, &name, &waiting, &raw); err != nil {
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
		if err := r.add(ctx, n, waiting != 0, e); err != nil {
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

// add replays one entry; marked says that it is marked as waiting here.
func (r *verification) add(ctx context.Context, n int64, marked bool, e *ledger.Entry) error {
	h := e.Header
	r.report.Entries++
	if h.Chain == ledger.Accesses {
		r.report.Accesses++
	} else {
		r.report.Changes++
	}
	for _, seen := range h.Seen {
		if err := r.holds(ctx, seen, n); err != nil {
			return err
		}
	}
	seen := r.follow(e)
	payloads, lack, err := openAll(e, r.keys)
	if err != nil {
		return fault.Wrap(err, fault.Damaged, "fault.verify.entry", "device", h.Device, "chain", int(h.Chain), "seq", h.Seq, "why", "box")
	}
	r.note(n, payloads)
	waiting := lack != nil
	if !waiting {
		need, err := r.dependent(h, seen, payloads)
		if err != nil {
			return err
		}
		// What it names may have been there as a patient's who was erased since.
		waiting = need != nil && (need.own || marked || r.report.Erased == 0)
	}
	if !waiting && marked {
		if waiting, err = r.excused(payloads); err != nil {
			return err
		}
	}
	if waiting != marked {
		return differs("fault.verify.entry", "device", h.Device, "chain", int(h.Chain), "seq", h.Seq, "why", "waiting")
	}
	if waiting {
		r.report.Waiting++
		r.waits.add(wait{n: n, chain: h.Chain, device: h.Device, seq: h.Seq})
		return nil
	}
	// Over an entry that waits its writer may have seen more than the replay has.
	r.strict = r.report.Waiting == 0
	for _, p := range payloads {
		for part, c := range changesOf(p) {
			if err := r.change(ctx, n, h, seen, c, part.patient); err != nil {
				return err
			}
		}
	}
	return nil
}

// note takes down which patients an entry speaks of, and what of it is erased.
func (r *verification) note(n int64, payloads []*ledger.Payload) {
	for _, p := range payloads {
		for _, part := range p.Parts {
			if part.Erased {
				r.report.Erased++
				r.gone[partKey{part.Patient, part.Class}] = true
			}
		}
	}
	for _, patient := range patientsOf(payloads) {
		if !patient.IsZero() {
			r.links[link{n, patient}] = true
		}
	}
}

// dependent does to the replayed rows what Apply does to the tables'. What is
// erased was there.
func (r *verification) dependent(h ledger.Header, seen ledger.Vector, payloads []*ledger.Payload) (*need, error) {
	if !r.waits.seenBy(h, seen) {
		return nil, nil
	}
	return r.lacks(payloads, func(k partKey) bool { return r.isErased(k) })
}

// excused reports whether an entry may wait only because it is not yet known to
// it that what it waits for was erased.
func (r *verification) excused(payloads []*ledger.Payload) (bool, error) {
	for _, p := range payloads {
		for _, part := range p.Parts {
			if part.Erased {
				return true, nil
			}
		}
	}
	need, err := r.lacks(payloads, func(partKey) bool { return false })
	return need != nil, err
}

func (r *verification) lacks(payloads []*ledger.Payload, gone func(partKey) bool) (*need, error) {
	for _, p := range payloads {
		for _, c := range changesOf(p) {
			if r.table(c.Table) == nil {
				return nil, differs("fault.ledger.table", "table", c.Table)
			}
		}
	}
	tables := func(name string) *table { return r.table(name).table }
	return lacking(payloads, tables, func(t *table, n need) (bool, error) {
		if gone(partKey{t.ownerOf(n.ID, n.patient), t.Class}) {
			return true, nil
		}
		row, here := r.table(t.Name).rows[n.ID]
		if here && n.own && row.patient != n.patient {
			here = slices.ContainsFunc(r.table(t.Name).rivals[n.ID], func(rival rowState) bool { return rival.patient == n.patient })
		}
		return here, nil
	})
}

// holds checks that a head that others know is an entry here, and stood here
// before entry n: else a tail was cut off, or the chain has two branches.
func (r *verification) holds(ctx context.Context, h ledger.Head, n int64) error {
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
