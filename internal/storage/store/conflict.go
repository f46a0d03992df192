package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/sealed"
)

// Conflicts lists what waits for a person; see journal.Conflicts.
func (s *Store) Conflicts(ctx context.Context) ([]journal.OpenConflict, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	open, err := journal.Conflicts(ctx, s.db.Reader, keys{s.session})
	return open, sealed.Classify(err)
}

// CountConflicts counts what Conflicts lists.
func (s *Store) CountConflicts(ctx context.Context) (int, error) {
	if err := s.alive(); err != nil {
		return 0, err
	}
	n, err := journal.CountConflicts(ctx, s.db.Reader)
	return n, sealed.Classify(err)
}

// SettleGroup writes all values of a field group of a row so that this entry is the
// group's only head, also where they are what stands already (R7.5). What a row may
// hold is the caller's to know. Faults: NotFound.
func (tx *Tx) SettleGroup(table string, id clinic.ID, group string, values map[string]any) error {
	policy, ok := policyOf(table)
	if !ok {
		return unknownTable(table)
	}
	at := slices.IndexFunc(policy.Groups, func(g clinic.Group) bool { return g.Name == group })
	if at < 0 {
		return unknownTable(table + "." + group)
	}
	var sets []string
	var args []any
	for _, c := range policy.Groups[at].Columns {
		sets, args = append(sets, `"`+c+`" = ?`), append(args, values[c])
	}
	res, err := tx.Exec(`UPDATE `+policy.Name+` SET `+strings.Join(sets, ", ")+` WHERE id = ?`, append(args, id)...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.Wrap(err, fault.NotFound, "fault.conflict.none")
	}
	if tx.changed != nil {
		tx.changed[table] = true
	}
	if err := tx.Settle(table, id, group); err != nil {
		return err
	}
	return reindex(tx, []journal.Row{{Table: table, ID: id}})
}

// policyOf gives the policy of a synced table.
func policyOf(name string) (clinic.Table, bool) {
	for _, t := range clinic.Tables {
		if t.Name == name {
			return t, true
		}
	}
	return clinic.Table{}, false
}

func unknownTable(name string) error {
	return fault.New(fault.NotFound, "fault.ledger.table", "table", name)
}

// Row reads a row of a synced table as the ledger has it, column → nil, int64, text
// or bytes; nil where there is none.
func (r *Reader) Row(table string, id clinic.ID) (map[string]any, error) {
	return readRow(r, table, id)
}

// Row reads a row of a synced table; see Reader.Row.
func (tx *Tx) Row(table string, id clinic.ID) (map[string]any, error) { return readRow(tx, table, id) }

func readRow(q querier, table string, id ledger.ID) (map[string]any, error) {
	policy, ok := policyOf(table)
	if !ok {
		return nil, unknownTable(table)
	}
	var names []string
	for _, g := range policy.Groups {
		names = append(names, g.Columns...)
	}
	rows, err := q.query(`SELECT "`+strings.Join(names, `", "`)+`" FROM `+policy.Name+` WHERE id = ?`, id)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", table, err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, fmt.Errorf("store: %s: %w", table, err)
	}
	out := make(map[string]any, len(names))
	for i, name := range names {
		out[name] = values[i]
	}
	return out, rows.Err()
}
