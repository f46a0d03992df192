package journal

import (
	"context"
	"database/sql"
	"fmt"

	"feldsher/internal/ledger"
)

// Stored is an entry as it is kept, for handing it on.
type Stored struct {
	N      int64 // its local ordinal
	Raw    []byte
	Device ledger.ID
	Chain  ledger.Chain
	Seq    uint64
}

// After gives the entries behind local ordinal n, ours and others', in the order
// of their arrival, which is causal. It stops before their bytes exceed maxBytes,
// but gives one where there is one.
func After(ctx context.Context, db *sql.DB, n int64, maxBytes int) ([]Stored, error) {
	rows, err := db.QueryContext(ctx, `SELECT e.n, d.id, e.chain, e.seq, e.bytes FROM entry e JOIN device d ON d.n = e.device
		WHERE e.n > ? ORDER BY e.n`, n)
	if err != nil {
		return nil, fmt.Errorf("journal: after: %w", err)
	}
	defer rows.Close()
	var out []Stored
	size := 0
	for rows.Next() {
		var s Stored
		var seq int64
		if err := rows.Scan(&s.N, &s.Device, &s.Chain, &seq, &s.Raw); err != nil {
			return nil, fmt.Errorf("journal: after: %w", err)
		}
		s.Seq = uint64(seq)
		if size += len(s.Raw); size > maxBytes && len(out) > 0 {
			break
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// ChainHead is the last entry that is here of one chain of a device.
type ChainHead struct {
	Device ledger.ID
	Chain  ledger.Chain
	Seq    uint64
	Hash   ledger.Hash
}

// Heads gives the last entry of every chain.
func Heads(ctx context.Context, db *sql.DB) ([]ChainHead, error) {
	rows, err := db.QueryContext(ctx, `SELECT d.id, e.chain, e.seq, e.hash FROM device d, (SELECT 1 AS chain UNION ALL SELECT 2) c
		JOIN entry e ON e.device = d.n AND e.chain = c.chain
			AND e.seq = (SELECT max(seq) FROM entry WHERE device = d.n AND chain = c.chain)
		ORDER BY d.id, e.chain`)
	if err != nil {
		return nil, fmt.Errorf("journal: heads: %w", err)
	}
	defer rows.Close()
	var out []ChainHead
	for rows.Next() {
		var h ChainHead
		var seq int64
		var hash []byte
		if err := rows.Scan(&h.Device, &h.Chain, &seq, &hash); err != nil {
			return nil, fmt.Errorf("journal: heads: %w", err)
		}
		h.Seq = uint64(seq)
		copy(h.Hash[:], hash)
		out = append(out, h)
	}
	return out, rows.Err()
}
