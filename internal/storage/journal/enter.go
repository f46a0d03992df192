package journal

import (
	"context"
	"fmt"
	"unicode/utf8"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// enter writes the entry of the present transaction, if rows really differ.
func (j *Journal) enter(ctx context.Context, act Act) error {
	diffs, err := j.differences(ctx)
	if err == nil {
		diffs, err = j.settle(ctx, diffs)
	}
	if err != nil || len(diffs) == 0 {
		j.clear()
		return err
	}
	if !utf8.ValidString(act.Reason) {
		return fault.New(fault.Invalid, "fault.text.encoding")
	}
	payload := &ledger.Payload{Actor: act.Actor, Intent: act.Intent, Reason: act.Reason}
	if err := j.fill(payload, diffs); err != nil {
		return err
	}
	n, err := j.write(ctx, ledger.Changes, act.Batch, payload)
	if err != nil {
		return err
	}
	for i := range diffs {
		if err := j.markHeads(ctx, &diffs[i], n); err != nil {
			return err
		}
	}
	j.clear()
	return j.noteIssued(ctx)
}

// Access writes an entry to the chain of accesses: who viewed, printed or
// searched what.
func (j *Journal) Access(ctx context.Context, actor ledger.ID, acts []ledger.Access) error {
	if len(acts) == 0 {
		return nil
	}
	return j.run(ctx, idle, func(*Tx) error {
		_, err := j.write(ctx, ledger.Accesses, ledger.ID{}, &ledger.Payload{Actor: actor, Intent: "access", Accesses: acts})
		return err
	})
}

type partKey struct {
	patient ledger.ID
	class   ledger.Class
}

// fill sorts differences into the clinic's own rows and patients' parts, and has
// the keys of the patients made durable.
func (j *Journal) fill(p *ledger.Payload, diffs []difference) error {
	parts := map[partKey]int{}
	byClass := map[ledger.Class][]ledger.ID{}
	for i := range diffs {
		d := &diffs[i]
		row := d.now
		if err := d.allowed(); err != nil {
			return err
		}
		switch {
		case d.now == nil:
			return fmt.Errorf("journal: %s: a row was deleted; a tombstone was wanted", d.table.Name)
		case d.old == nil && d.now[d.table.born] != j.ordinal+1:
			return fmt.Errorf("journal: %s: a new row does not name its entry in column born", d.table.Name)
		}
		if d.table.Class == ledger.None {
			p.Rows = append(p.Rows, d.change())
			continue
		}
		k := partKey{d.table.patientOf(row), d.table.Class}
		if k.patient.IsZero() {
			return fmt.Errorf("journal: %s: a row without a patient", d.table.Name)
		}
		at, known := parts[k]
		if !known {
			at = len(p.Parts)
			parts[k] = at
			p.Parts = append(p.Parts, ledger.Part{Patient: k.patient, Class: k.class})
			byClass[k.class] = append(byClass[k.class], k.patient)
		}
		p.Parts[at].Rows = append(p.Parts[at].Rows, d.change())
	}
	for class, patients := range byClass {
		if err := j.keys.Ensure(patients, class); err != nil {
			return fmt.Errorf("journal: patients' keys: %w", err)
		}
	}
	return nil
}

// write seals, signs and stores our next entry of a chain and gives its ordinal.
func (j *Journal) write(ctx context.Context, chain ledger.Chain, batch ledger.ID, p *ledger.Payload) (int64, error) {
	head := j.heads[chain]
	h := ledger.Header{
		Format: ledger.Format, Org: j.keys.Organisation(), Device: j.keys.Device(), Chain: chain,
		Seq: head.Seq + 1, HLC: j.clock.Now(), Prev: head.Hash, Schema: j.schema, Batch: batch,
	}
	if j.news && chain == ledger.Changes {
		var err error
		if h.Seen, err = j.tell(ctx); err != nil {
			return 0, err
		}
	}
	scope, epoch := j.keys.Scope()
	box, err := ledger.SealBox(h, scope, epoch, p, j.keys)
	if err != nil {
		return 0, err
	}
	e, err := ledger.Sign(h, []ledger.Box{box}, j.keys.Sign)
	if err != nil {
		return 0, err
	}
	patients := make([]ledger.ID, 0, len(p.Parts)+len(p.Accesses))
	for _, part := range p.Parts {
		patients = append(patients, part.Patient)
	}
	for _, a := range p.Accesses {
		patients = append(patients, a.Patient)
	}
	n, err := j.store(ctx, j.self, e, patients, false)
	if err != nil {
		return 0, err
	}
	j.heads[chain] = ledger.Head{Device: h.Device, Seq: h.Seq, Hash: e.Hash}
	return n, nil
}

// store keeps an entry's bytes and which patients it speaks of.
func (j *Journal) store(ctx context.Context, device int64, e *ledger.Entry, patients []ledger.ID, waiting bool) (int64, error) {
	stmt, err := j.prepare(ctx, `INSERT INTO entry (n, chain, device, seq, hlc, hash, waiting, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return 0, err
	}
	n := j.ordinal + 1
	h := e.Header
	if _, err := stmt.ExecContext(ctx, n, h.Chain, device, int64(h.Seq), int64(h.HLC), e.Hash[:], waiting, e.Encode()); err != nil {
		return 0, fmt.Errorf("journal: store entry: %w", err)
	}
	if err := j.link(ctx, n, patients); err != nil {
		return 0, err
	}
	j.ordinal = n
	if j.chains != nil {
		j.chains.set(chainKey{h.Device, h.Chain}, chainHead{h.Seq, e.Hash, h.HLC})
	}
	return n, nil
}

// link puts an entry into the history of patients.
func (j *Journal) link(ctx context.Context, n int64, patients []ledger.ID) error {
	link, err := j.prepare(ctx, `INSERT OR IGNORE INTO entry_patient (patient, entry) VALUES (?, ?)`)
	if err != nil {
		return err
	}
	for _, p := range patients {
		if p.IsZero() {
			continue
		}
		if _, err := link.ExecContext(ctx, p[:], n); err != nil {
			return fmt.Errorf("journal: entry %d: %w", n, err)
		}
	}
	return nil
}

// markHeads makes the entry the only head of the groups that a local write has
// changed: whoever writes here has seen all there is here.
func (j *Journal) markHeads(ctx context.Context, d *difference, n int64) error {
	if d.old == nil {
		return nil // born says it
	}
	for _, g := range d.groups() {
		if err := j.setHeads(ctx, d.touchKey, g, []head{{entry: n}}, false, false); err != nil {
			return err
		}
	}
	return nil
}

// checkNews sees whether others' entries were applied that our own chain has not
// told of yet.
func (j *Journal) checkNews(ctx context.Context) error {
	var n int
	err := j.conn.QueryRowContext(ctx, `SELECT count(*) FROM (`+untold+`)`, j.self, j.self).Scan(&n)
	if err != nil {
		return fmt.Errorf("journal: news: %w", err)
	}
	j.news = n > 0
	return nil
}

// untold lists the last applied change of each other device that our entries
// have not named yet.
const untold = `SELECT d.n, d.id, e.seq, e.hash FROM device d
	JOIN entry e ON e.device = d.n AND e.chain = 1
		AND e.seq = (SELECT max(seq) FROM entry WHERE device = d.n AND chain = 1)
	LEFT JOIN knows k ON k.device = ? AND k.other = d.n
	WHERE d.n <> ? AND coalesce(k.seq, 0) < e.seq`

// tell gives the delta of the seen vector for our next entry and notes it told.
func (j *Journal) tell(ctx context.Context) ([]ledger.Head, error) {
	rows, err := j.conn.QueryContext(ctx, untold+` ORDER BY d.id`, j.self, j.self)
	if err != nil {
		return nil, fmt.Errorf("journal: seen: %w", err)
	}
	defer rows.Close()
	var heads []ledger.Head
	for rows.Next() {
		var n int64
		var h ledger.Head
		var hash []byte
		if err := rows.Scan(&n, &h.Device, &h.Seq, &hash); err != nil {
			return nil, fmt.Errorf("journal: seen: %w", err)
		}
		copy(h.Hash[:], hash)
		heads = append(heads, h)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("journal: seen: %w", err)
	}
	_ = rows.Close()
	for _, h := range heads {
		if err := j.learn(ctx, j.keys.Device(), h); err != nil {
			return nil, err
		}
	}
	j.news = false
	return heads, nil
}
