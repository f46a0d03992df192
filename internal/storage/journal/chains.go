package journal

import (
	"context"
	"fmt"
	"maps"

	"feldsher/internal/ledger"
)

// chains is what the database says of every device's chains, kept in memory so
// that an entry that arrives finds its place without being asked for. A
// transaction that fails drops it.
type chains struct {
	numbers map[ledger.ID]int64 // in table device
	last    map[chainKey]chainHead
	applied ledger.Vector               // of changes
	seen    map[ledger.ID]ledger.Vector // what each device is known to have applied
}

type chainKey struct {
	device ledger.ID
	chain  ledger.Chain
}

type chainHead struct {
	seq  uint64
	hash ledger.Hash
	hlc  ledger.HLC
}

// known gives the chains, read anew if need be.
func (j *Journal) known(ctx context.Context) (*chains, error) {
	if j.chains != nil {
		return j.chains, nil
	}
	c := &chains{
		numbers: map[ledger.ID]int64{}, last: map[chainKey]chainHead{},
		applied: ledger.Vector{}, seen: map[ledger.ID]ledger.Vector{},
	}
	if err := j.readChains(ctx, c); err != nil {
		return nil, err
	}
	if err := j.readSeen(ctx, c); err != nil {
		return nil, err
	}
	j.chains = c
	return c, nil
}

func (j *Journal) readChains(ctx context.Context, c *chains) error {
	rows, err := j.conn.QueryContext(ctx, `SELECT d.n, d.id, c.chain, e.seq, e.hash, e.hlc
		FROM device d, (SELECT 1 AS chain UNION ALL SELECT 2) c LEFT JOIN entry e ON e.device = d.n AND e.chain = c.chain
			AND e.seq = (SELECT max(seq) FROM entry WHERE device = d.n AND chain = c.chain)`)
	if err != nil {
		return fmt.Errorf("journal: chains: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var k chainKey
		var seq, hlc *int64
		var hash []byte
		if err := rows.Scan(&n, &k.device, &k.chain, &seq, &hash, &hlc); err != nil {
			return fmt.Errorf("journal: chains: %w", err)
		}
		c.numbers[k.device] = n
		if seq != nil {
			h := chainHead{seq: uint64(*seq), hlc: ledger.HLC(*hlc)}
			copy(h.hash[:], hash)
			c.set(k, h)
		}
	}
	return rows.Err()
}

func (j *Journal) readSeen(ctx context.Context, c *chains) error {
	rows, err := j.conn.QueryContext(ctx, `SELECT d.id, o.id, k.seq FROM knows k JOIN device d ON d.n = k.device JOIN device o ON o.n = k.other`)
	if err != nil {
		return fmt.Errorf("journal: seen: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var device, other ledger.ID
		var seq int64
		if err := rows.Scan(&device, &other, &seq); err != nil {
			return fmt.Errorf("journal: seen: %w", err)
		}
		c.seenBy(device)[other] = uint64(seq)
	}
	return rows.Err()
}

func (c *chains) set(k chainKey, h chainHead) {
	c.last[k] = h
	if k.chain == ledger.Changes {
		c.applied[k.device] = h.seq
	}
}

// seenBy is what a device is known to have applied.
func (c *chains) seenBy(device ledger.ID) ledger.Vector {
	v := c.seen[device]
	if v == nil {
		v = ledger.Vector{}
		c.seen[device] = v
	}
	return v
}

// device gives the local number of a device, making one at first sight.
func (j *Journal) device(ctx context.Context, id ledger.ID) (int64, error) {
	c, err := j.known(ctx)
	if err != nil {
		return 0, err
	}
	if n, ok := c.numbers[id]; ok {
		return n, nil
	}
	res, err := j.conn.ExecContext(ctx, `INSERT INTO device (id) VALUES (?)`, id)
	if err != nil {
		return 0, fmt.Errorf("journal: device: %w", err)
	}
	n, err := res.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("journal: device: %w", err)
	}
	c.numbers[id] = n
	return n, nil
}

// Applied is the vector of changes stored here.
func (j *Journal) Applied(ctx context.Context) (ledger.Vector, error) {
	c, err := j.known(ctx)
	if err != nil {
		return nil, err
	}
	return maps.Clone(c.applied), nil
}

// learn notes that a device has applied another's entries up to a head.
func (j *Journal) learn(ctx context.Context, device ledger.ID, h ledger.Head) error {
	n, err := j.device(ctx, device)
	if err != nil {
		return err
	}
	other, err := j.device(ctx, h.Device)
	if err != nil {
		return err
	}
	stmt, err := j.prepare(ctx, `INSERT INTO knows (device, other, seq, hash) VALUES (?, ?, ?, ?)
		ON CONFLICT (device, other) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > seq`)
	if err != nil {
		return err
	}
	if _, err := stmt.ExecContext(ctx, n, other, int64(h.Seq), h.Hash[:]); err != nil {
		return fmt.Errorf("journal: knows: %w", err)
	}
	j.chains.seenBy(device).Add([]ledger.Head{h})
	return nil
}
