package journal

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Trust gives the public key of a device whose certificate holds.
type Trust func(ledger.ID) (ed25519.PublicKey, bool)

// Row names a row that an applied entry has written.
type Row struct {
	Table string
	ID    ledger.ID
}

// Apply stores entries of other devices and merges their rows, all in one
// transaction; after runs at its end with the rows that were written, for what
// is derived from them. Entries known already are passed over; one that differs
// from what is known under its number is a fork, one that has seen what is not
// here yet must wait: both are refused with the kind Conflict.
func (j *Journal) Apply(ctx context.Context, entries []*ledger.Entry, trust Trust, after func(*Tx, []Row) error) error {
	return j.run(ctx, apply, func(tx *Tx) error {
		written := map[touchKey]bool{}
		var rows []Row
		for _, e := range entries {
			a := application{j: j, tx: tx, e: e, written: written}
			if err := a.run(trust); err != nil {
				return err
			}
			rows = append(rows, a.rows...)
		}
		diffs, err := j.differences(ctx)
		if err != nil {
			return err
		}
		for _, d := range diffs {
			if !written[d.touchKey] {
				return fmt.Errorf("journal: apply: a row of %s was written outside the merge", d.table.Name)
			}
		}
		j.clear()
		if err := j.checkNews(ctx); err != nil {
			return err
		}
		if after == nil || len(rows) == 0 {
			return nil
		}
		return after(tx, rows)
	})
}

// application is the work on one received entry.
type application struct {
	j       *Journal
	tx      *Tx
	e       *ledger.Entry
	device  int64
	seen    ledger.Vector
	written map[touchKey]bool
	rows    []Row
}

func (a *application) run(trust Trust) error {
	j, h := a.j, a.e.Header
	key, known := trust(h.Device)
	if h.Org != j.keys.Organisation() || !known || !a.e.Verify(key) {
		return fault.New(fault.Damaged, "fault.ledger.signature", "seq", h.Seq)
	}
	if h.Schema > j.schema {
		return fault.New(fault.Newer, "fault.ledger.schema", "schema", h.Schema)
	}
	var err error
	if a.device, err = j.device(a.tx.ctx, h.Device); err != nil {
		return err
	}
	dup, err := a.place()
	if err != nil || dup {
		return err
	}
	payloads, waiting, err := openAll(a.e, j.keys)
	if err != nil {
		return err
	}
	for _, p := range payloads {
		for part, c := range changesOf(p) {
			if err := j.check(c, part); err != nil {
				return err
			}
		}
	}
	if h.Chain == ledger.Changes {
		if err := a.learn(); err != nil {
			return err
		}
	}
	if !waiting {
		if waiting, err = a.dependent(payloads); err != nil {
			return err
		}
	}
	j.clock.Observe(h.HLC)
	n, err := j.store(a.tx.ctx, a.device, a.e, patientsOf(payloads), waiting)
	if err != nil {
		return err
	}
	if waiting {
		return j.noteWait(a.tx.ctx, wait{n, h.Chain, h.Device, h.Seq})
	}
	for _, p := range payloads {
		if err := a.merge(p, n); err != nil {
			return err
		}
	}
	return nil
}

// place checks that the entry is the next of its chain; dup says that it is here
// already.
func (a *application) place() (dup bool, err error) {
	h := a.e.Header
	var last, hlc int64
	var hash []byte
	err = a.j.conn.QueryRowContext(a.tx.ctx,
		`SELECT seq, hash, hlc FROM entry WHERE device = ? AND chain = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`,
		a.device, h.Chain, int64(h.Seq)).Scan(&last, &hash, &hlc)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("journal: apply: %w", err)
	}
	var prev ledger.Hash
	copy(prev[:], hash)
	switch {
	case uint64(last) == h.Seq && prev == a.e.Hash:
		return true, nil
	case uint64(last) == h.Seq, uint64(last) == h.Seq-1 && prev != h.Prev:
		return false, fault.New(fault.Conflict, "fault.ledger.fork", "seq", h.Seq)
	case h.Device == a.j.keys.Device(): // signed as us, and not by this directory
		return false, fault.New(fault.Conflict, "fault.ledger.fork", "seq", h.Seq)
	case uint64(last) != h.Seq-1:
		return false, fault.New(fault.Conflict, "fault.ledger.early", "seq", h.Seq)
	case h.HLC <= ledger.HLC(hlc):
		return false, fault.New(fault.Damaged, "fault.ledger.stamp", "seq", h.Seq)
	}
	if h.Chain != ledger.Changes {
		return false, nil
	}
	have, err := a.j.Applied(a.tx.ctx)
	if err != nil {
		return false, err
	}
	if !have.Ready(h) {
		return false, fault.New(fault.Conflict, "fault.ledger.early", "seq", h.Seq)
	}
	return false, a.sawTheSame()
}

// sawTheSame refuses an entry whose writer had applied another branch of a chain
// than the one that is here.
func (a *application) sawTheSame() error {
	for _, s := range a.e.Header.Seen {
		var hash []byte
		err := a.j.conn.QueryRowContext(a.tx.ctx, `SELECT e.hash FROM device d JOIN entry e
			ON e.device = d.n AND e.chain = 1 AND e.seq = ? WHERE d.id = ?`, int64(s.Seq), s.Device).Scan(&hash)
		switch {
		case errors.Is(err, sql.ErrNoRows): // trimmed since
		case err != nil:
			return fmt.Errorf("journal: apply: %w", err)
		case string(hash) != string(s.Hash[:]):
			return fault.New(fault.Conflict, "fault.ledger.fork", "seq", s.Seq)
		}
	}
	return nil
}

// Applied is the vector of changes stored here.
func (j *Journal) Applied(ctx context.Context) (ledger.Vector, error) {
	rows, err := j.conn.QueryContext(ctx, `SELECT id, seq FROM (SELECT d.id AS id,
		(SELECT max(seq) FROM entry WHERE device = d.n AND chain = 1) AS seq FROM device d) WHERE seq IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("journal: applied: %w", err)
	}
	defer rows.Close()
	v := ledger.Vector{}
	for rows.Next() {
		var id ledger.ID
		var seq int64
		if err := rows.Scan(&id, &seq); err != nil {
			return nil, fmt.Errorf("journal: applied: %w", err)
		}
		v[id] = uint64(seq)
	}
	return v, rows.Err()
}

// openAll opens the boxes of an entry. When the key of one is not held here the
// entry waits: nothing is given of it.
func openAll(e *ledger.Entry, keys ledger.Keys) (out []*ledger.Payload, waiting bool, err error) {
	for _, b := range e.Boxes {
		p, err := e.OpenBox(b, keys)
		if errors.Is(err, ledger.ErrNoKey) {
			return nil, true, nil
		} else if err != nil {
			return nil, false, fault.Wrap(err, fault.Damaged, "fault.ledger.box", "seq", e.Header.Seq)
		}
		out = append(out, p)
	}
	return out, false, nil
}

func patientsOf(payloads []*ledger.Payload) []ledger.ID {
	var out []ledger.ID
	for _, p := range payloads {
		for _, part := range p.Parts {
			out = append(out, part.Patient)
		}
		for _, acc := range p.Accesses {
			out = append(out, acc.Patient)
		}
	}
	return out
}

// learn takes the entry's seen delta in and builds the vector of what its writer
// had seen.
func (a *application) learn() error {
	ctx := a.tx.ctx
	for _, head := range a.e.Header.Seen {
		other, err := a.j.device(ctx, head.Device)
		if err != nil {
			return err
		}
		if err := a.j.learn(ctx, a.device, other, head); err != nil {
			return err
		}
	}
	rows, err := a.j.conn.QueryContext(ctx, `SELECT d.id, k.seq FROM knows k JOIN device d ON d.n = k.other WHERE k.device = ?`, a.device)
	if err != nil {
		return fmt.Errorf("journal: seen: %w", err)
	}
	defer rows.Close()
	a.seen = ledger.Vector{}
	for rows.Next() {
		var id ledger.ID
		var seq int64
		if err := rows.Scan(&id, &seq); err != nil {
			return fmt.Errorf("journal: seen: %w", err)
		}
		a.seen[id] = uint64(seq)
	}
	return rows.Err()
}
