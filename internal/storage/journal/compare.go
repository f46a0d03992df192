package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"

	"feldsher/internal/ledger"
)

// compare holds one table against its replayed state.
func (r *verification) compare(ctx context.Context, s *state) error {
	rows, err := r.conn.QueryContext(ctx, `SELECT * FROM `+s.Name)
	if err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		row, err := s.scan(rows)
		if err != nil {
			return err
		}
		id := idOf(row[0])
		if r.isErased(partKey{s.patientOf(row), s.Class}) {
			delete(s.rows, id)
			continue
		}
		want, known := s.rows[id]
		if !known {
			return differs("fault.verify.extra", "table", s.Name, "row", id)
		}
		r.report.Rows++
		if err := r.compareRow(ctx, s, id, row, want); err != nil {
			return err
		}
		delete(s.rows, id)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("journal: verify: %w", err)
	}
	if len(s.rows) == 0 {
		return nil
	}
	return differs("fault.verify.missing", "table", s.Name, "row", first(s.rows))
}

// first gives the smallest key, so that the same damage is named the same way.
func first[V any](m map[ledger.ID]V) ledger.ID {
	return slices.MinFunc(slices.Collect(maps.Keys(m)), func(a, b ledger.ID) int { return bytes.Compare(a[:], b[:]) })
}

func (r *verification) compareRow(ctx context.Context, s *state, id ledger.ID, row []any, want rowState) error {
	if row[s.born] != want.entry {
		return differs("fault.verify.column", "table", s.Name, "row", id, "column", "born")
	}
	if want.full == nil {
		if r.hash(s.table, row) == want.hash {
			return nil
		}
		full, err := r.load(ctx, s, id, want)
		if err != nil {
			return err
		}
		want.full = full
	}
	for i, c := range s.columns {
		if c.group >= 0 && !same(row[i], want.full.values[i]) {
			return differs("fault.verify.column", "table", s.Name, "row", id, "column", c.name)
		}
	}
	return nil
}

// hash sums up the columns that entries carry; keyed afresh in each run.
func (r *replay) hash(t *table, row []any) uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	var buf [9]byte
	for i, c := range t.columns {
		if c.group < 0 {
			continue
		}
		switch v := row[i].(type) {
		case nil:
			_ = h.WriteByte(0)
		case int64:
			buf[0] = 1
			binary.LittleEndian.PutUint64(buf[1:], uint64(v))
			_, _ = h.Write(buf[:])
		case string:
			buf[0] = 2
			binary.LittleEndian.PutUint64(buf[1:], uint64(len(v)))
			_, _ = h.Write(buf[:])
			_, _ = h.WriteString(v)
		case []byte:
			buf[0] = 3
			binary.LittleEndian.PutUint64(buf[1:], uint64(len(v)))
			_, _ = h.Write(buf[:])
			_, _ = h.Write(v)
		}
	}
	return h.Sum64()
}
