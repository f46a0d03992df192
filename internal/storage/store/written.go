package store

import (
	"fmt"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

// Written is how far a workstation's entries are known here.
type Written struct {
	Entries uint64    // changes
	Last    time.Time // stamp of its latest entry, of whichever chain
}

// Written tells of every workstation whose entries are here how far they go.
func (r *Reader) Written() (map[clinic.ID]Written, error) {
	rows, err := r.query(`SELECT d.id, e.chain, e.seq, e.hlc FROM device d, (SELECT 1 AS chain UNION ALL SELECT 2) c
		JOIN entry e ON e.device = d.n AND e.chain = c.chain
			AND e.seq = (SELECT max(seq) FROM entry WHERE device = d.n AND chain = c.chain)`)
	if err != nil {
		return nil, fmt.Errorf("store: written: %w", err)
	}
	defer rows.Close()
	out := map[clinic.ID]Written{}
	for rows.Next() {
		var id clinic.ID
		var chain, seq, hlc int64
		if err := rows.Scan(&id, &chain, &seq, &hlc); err != nil {
			return nil, fmt.Errorf("store: written: %w", err)
		}
		w := out[id]
		if ledger.Chain(chain) == ledger.Changes {
			w.Entries = uint64(seq)
		}
		if at := ledger.HLC(hlc).Time(); at.After(w.Last) {
			w.Last = at
		}
		out[id] = w
	}
	return out, rows.Err()
}
