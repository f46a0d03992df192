package journal

import (
	"context"
	"database/sql"
	"fmt"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// past says what the writer of each entry had seen. Making a row anew needs that
// of the entries that have written it, and it is the sum over all entries of
// their writers before; so of every entry the header is read, and no more.
type past struct {
	seen  map[ledger.ID][]witness
	until int64 // the last entry that was read
}

// witness is an entry that tells of others.
type witness struct {
	seq   uint64
	heads []ledger.Head
}

// headerBytes is the beginning of an entry that holds its header unless it tells
// of very many devices.
const headerBytes = 1024

// memory gives the past up to the last entry stored.
func (j *Journal) memory(ctx context.Context) (*past, error) {
	if j.past == nil {
		j.past = &past{seen: map[ledger.ID][]witness{}}
	}
	if j.past.until == j.ordinal {
		return j.past, nil
	}
	err := j.past.read(ctx, j.conn)
	if err != nil {
		j.past = nil
		return nil, err
	}
	j.past.until = j.ordinal
	return j.past, nil
}

func (p *past) read(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, `SELECT n, substr(bytes, 1, ?) FROM entry WHERE chain = 1 AND n > ? ORDER BY n`, headerBytes, p.until)
	if err != nil {
		return fmt.Errorf("journal: past: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var raw []byte
		if err := rows.Scan(&n, &raw); err != nil {
			return fmt.Errorf("journal: past: %w", err)
		}
		h, needs, err := ledger.PeekHeader(raw)
		if err == nil && needs > 0 {
			h, err = wholeHeader(ctx, conn, n)
		}
		if err != nil {
			return fault.Wrap(err, fault.Damaged, "fault.ledger.entry")
		}
		if len(h.Seen) > 0 {
			p.seen[h.Device] = append(p.seen[h.Device], witness{h.Seq, h.Seen})
		}
	}
	return rows.Err()
}

func wholeHeader(ctx context.Context, conn *sql.Conn, n int64) (ledger.Header, error) {
	var raw []byte
	if err := conn.QueryRowContext(ctx, `SELECT bytes FROM entry WHERE n = ?`, n).Scan(&raw); err != nil {
		return ledger.Header{}, fmt.Errorf("journal: entry %d: %w", n, err)
	}
	e, err := ledger.Decode(raw)
	if err != nil {
		return ledger.Header{}, err
	}
	return e.Header, nil
}

// walk gives what writers had seen, of entries asked for in the order of their
// chains.
type walk struct {
	*past
	at   map[ledger.ID]int
	have map[ledger.ID]ledger.Vector
}

func (p *past) walk() *walk {
	return &walk{past: p, at: map[ledger.ID]int{}, have: map[ledger.ID]ledger.Vector{}}
}

func (w *walk) seenBy(device ledger.ID, seq uint64) ledger.Vector {
	v := w.have[device]
	if v == nil {
		v = ledger.Vector{}
		w.have[device] = v
	}
	told, i := w.seen[device], w.at[device]
	for ; i < len(told) && told[i].seq <= seq; i++ {
		v.Add(told[i].heads)
	}
	w.at[device] = i
	return v
}
