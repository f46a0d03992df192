package store

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
)

// entity maps a record to its table: the columns after id, and pointers to the
// record's fields in the same order. The first argument of fields is the
// patient the record belongs to, for records that don't hold it themselves.
type entity[T any] struct {
	table   string
	columns []string
	record  func(*T) *clinic.Record
	fields  func(*T, *clinic.ID) []any

	put, get string
}

// newEntity builds the statements of an entity. The columns are given as one
// string of names.
func newEntity[T any](table, columns string, record func(*T) *clinic.Record, fields func(*T, *clinic.ID) []any) *entity[T] {
	e := &entity[T]{table: table, columns: strings.Fields(columns), record: record, fields: fields}
	quoted := make([]string, len(e.columns))
	sets := make([]string, len(e.columns))
	for i, c := range e.columns {
		quoted[i] = `"` + c + `"`
		sets[i] = quoted[i] + ` = excluded.` + quoted[i]
	}
	list := strings.Join(quoted, ", ")
	e.put = `INSERT INTO ` + table + ` (id, born, deleted, ` + list + `) VALUES (?, ?, ?` +
		strings.Repeat(", ?", len(quoted)) + `) ON CONFLICT (id) DO UPDATE SET deleted = excluded.deleted, ` + strings.Join(sets, ", ") +
		e.sameOwner()
	e.get = `SELECT id, deleted, ` + list + ` FROM ` + table + ` WHERE `
	return e
}

// sameOwner is the condition under which a row may be written again: it hangs on
// the same patient, visit and subject as before.
func (e *entity[T]) sameOwner() string {
	where := ""
	for _, owner := range []string{"patient", "visit", "subject"} {
		if !slices.Contains(e.columns, owner) {
			continue
		}
		if where == "" {
			where = ` WHERE `
		} else {
			where += ` AND `
		}
		where += e.table + `."` + owner + `" IS excluded."` + owner + `"`
	}
	return where
}

// save writes a record, new or changed; a record without an id gets one. A row of
// this id that hangs on another patient or visit stays where it is: Conflict.
func (e *entity[T]) save(tx *Tx, v *T, patient clinic.ID) error {
	r := e.record(v)
	if r.ID.IsZero() {
		r.ID = clinic.NewID()
	}
	args := make([]any, 0, len(e.columns)+3)
	args = append(args, r.ID, tx.Ordinal(), r.Deleted)
	args = append(args, e.fields(v, &patient)...)
	if tx.changed != nil {
		tx.changed[e.table] = true
	}
	res, err := tx.Exec(e.put, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fault.New(fault.Conflict, "fault.store.foreign_row", "table", e.table)
}

// querier is what reads: a reading connection or a transaction.
type querier interface {
	query(query string, args ...any) (*sql.Rows, error)
}

// list reads the records that a condition selects.
func (e *entity[T]) list(q querier, where string, args ...any) ([]T, error) {
	rows, err := q.query(e.get+where, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", e.table, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		out = append(out, *new(T))
		v := &out[len(out)-1]
		var owner clinic.ID
		r := e.record(v)
		if err := rows.Scan(append([]any{&r.ID, &r.Deleted}, e.fields(v, &owner)...)...); err != nil {
			return nil, fmt.Errorf("store: %s: %w", e.table, err)
		}
	}
	return out, rows.Err()
}

// one reads a single record; nil when there is none.
func (e *entity[T]) one(q querier, where string, args ...any) (*T, error) {
	found, err := e.list(q, where, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// replace makes the given records the whole of a patient's live ones: those that
// stand in the database and are not given are struck out.
func (e *entity[T]) replace(tx *Tx, given []T, where string, owner, patient clinic.ID, fresh bool) error {
	if !fresh {
		if err := e.strike(tx, given, where, owner, patient); err != nil {
			return err
		}
	}
	for i := range given {
		if err := e.save(tx, &given[i], patient); err != nil {
			return err
		}
	}
	return nil
}

func (e *entity[T]) strike(tx *Tx, given []T, where string, owner, patient clinic.ID) error {
	stored, err := e.list(tx, where+` = ? AND deleted IS NULL`, owner)
	if err != nil {
		return err
	}
	keep := make(map[clinic.ID]bool, len(given))
	for i := range given {
		keep[e.record(&given[i]).ID] = true
	}
	for i := range stored {
		r := e.record(&stored[i])
		if keep[r.ID] {
			continue
		}
		r.Deleted = tx.Now()
		if err := e.save(tx, &stored[i], patient); err != nil {
			return err
		}
	}
	return nil
}

// jsonText stores a value as JSON text in a column; its zero value as ”.
type jsonText struct{ of any }

// Value implements driver.Valuer.
func (j jsonText) Value() (driver.Value, error) {
	b, err := json.Marshal(j.of)
	if err != nil {
		return nil, err
	}
	if s := string(b); s != "null" && s != "[]" && s != "{}" {
		return s, nil
	}
	return "", nil
}

// Scan implements sql.Scanner.
func (j jsonText) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("store: %T where JSON text was expected", src)
	}
	if s == "" {
		return nil
	}
	return json.Unmarshal([]byte(s), j.of)
}

// Tx is a writing transaction.
type Tx struct {
	*journal.Tx
	s       *Store
	changed map[string]bool // tables written, for Watch
}

func (tx *Tx) query(query string, args ...any) (*sql.Rows, error) { return tx.Query(query, args...) }

// Now is the present moment of the transaction.
func (tx *Tx) Now() clinic.Time { return clinic.TimeOf(tx.s.now()) }
