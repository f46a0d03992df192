package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Opened is an entry with what of it can be read here.
type Opened struct {
	Header   ledger.Header
	Hash     ledger.Hash
	Payloads []*ledger.Payload
	Sealed   int // boxes that can't be opened here
}

// Log walks the ledger from the newest entry to the oldest; with a patient, only
// what concerns that patient, and of it only that patient's parts.
func Log(ctx context.Context, db *sql.DB, keys ledger.Keys, patient ledger.ID) iter.Seq2[Opened, error] {
	query, args := `SELECT bytes FROM entry ORDER BY n DESC`, []any{}
	if !patient.IsZero() {
		query = `SELECT e.bytes FROM entry_patient p JOIN entry e ON e.n = p.entry WHERE p.patient = ? ORDER BY e.n DESC`
		args = append(args, patient[:])
	}
	return func(yield func(Opened, error) bool) {
		rows, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			yield(Opened{}, fmt.Errorf("journal: log: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var raw []byte
			if err := rows.Scan(&raw); err != nil {
				yield(Opened{}, fmt.Errorf("journal: log: %w", err))
				return
			}
			o, err := openEntry(raw, keys, patient)
			if !yield(o, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Opened{}, fmt.Errorf("journal: log: %w", err))
		}
	}
}

func openEntry(raw []byte, keys ledger.Keys, patient ledger.ID) (Opened, error) {
	e, err := ledger.Decode(raw)
	if err != nil {
		return Opened{}, fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
	}
	o := Opened{Header: e.Header, Hash: e.Hash}
	for _, b := range e.Boxes {
		p, err := e.OpenBox(b, keys)
		if errors.Is(err, ledger.ErrNoKey) {
			o.Sealed++
			continue
		} else if err != nil {
			return o, fault.Wrap(err, fault.Damaged, "fault.ledger.box", "seq", e.Header.Seq)
		}
		if !patient.IsZero() {
			only(p, patient)
		}
		o.Payloads = append(o.Payloads, p)
	}
	return o, nil
}

// only leaves in a payload what concerns one patient.
func only(p *ledger.Payload, patient ledger.ID) {
	parts := p.Parts[:0]
	for _, part := range p.Parts {
		if part.Patient == patient {
			parts = append(parts, part)
		}
	}
	p.Parts = parts
	accesses := p.Accesses[:0]
	for _, a := range p.Accesses {
		if a.Patient == patient {
			accesses = append(accesses, a)
		}
	}
	p.Accesses = accesses
	p.Rows = nil
}
