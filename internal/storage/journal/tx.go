package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Tx is one transaction on the writing connection. Any failing statement dooms
// the whole of it.
type Tx struct {
	ctx context.Context
	j   *Journal
	err error
}

// Ordinal is the number the transaction's entry will have here; new rows of
// synced tables carry it in the column born.
func (tx *Tx) Ordinal() int64 { return tx.j.ordinal + 1 }

// Context is the transaction's.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Exec runs a statement, prepared once for the life of the journal.
func (tx *Tx) Exec(query string, args ...any) (sql.Result, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	args, err := bind(args)
	if err != nil {
		return nil, tx.doom(err)
	}
	stmt, err := tx.j.prepare(tx.ctx, query)
	if err != nil {
		return nil, tx.doom(err)
	}
	res, err := stmt.ExecContext(tx.ctx, args...)
	if err != nil {
		return nil, tx.doom(err)
	}
	return res, nil
}

// Query reads within the transaction.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	stmt, err := tx.j.prepare(tx.ctx, query)
	if err != nil {
		return nil, tx.doom(err)
	}
	rows, err := stmt.QueryContext(tx.ctx, args...)
	if err != nil {
		return nil, tx.doom(err)
	}
	return rows, nil
}

func (tx *Tx) doom(err error) error {
	if tx.err == nil {
		tx.err = err
	}
	return err
}

// bind turns arguments into the values that the database stores, and refuses
// text that would not come back as it was: SQLite cuts a value at a NUL byte, and
// the ledger's encoding holds UTF-8 only.
func bind(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		v, err := stored(a)
		if err != nil {
			return nil, fmt.Errorf("journal: argument %d: %w", i+1, err)
		}
		if s, ok := v.(string); ok {
			switch {
			case strings.IndexByte(s, 0) >= 0:
				return nil, fault.New(fault.Invalid, "fault.text.nul")
			case !utf8.ValidString(s):
				return nil, fault.New(fault.Invalid, "fault.text.encoding")
			}
		}
		out[i] = v
	}
	return out, nil
}

// stored gives an argument's driver value; the commonest kinds without
// reflection.
func stored(a any) (any, error) {
	switch a := a.(type) {
	case nil, string, int64, []byte:
		return a, nil
	case *string:
		if a == nil {
			return nil, nil
		}
		return *a, nil
	case int:
		return int64(a), nil
	}
	return driver.DefaultParameterConverter.ConvertValue(a)
}

// Update runs fn in one transaction and writes the ledger entry of what it
// changed into the same transaction. Nothing of it stays when fn, a statement or
// the commit fails. A transaction that changed nothing writes no entry.
func (j *Journal) Update(ctx context.Context, act Act, fn func(*Tx) error) error {
	if err := j.KeysLost(); err != nil {
		return err
	}
	return j.run(ctx, local, func(tx *Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if tx.err != nil {
			return tx.err
		}
		if j.introduce != nil && j.heads[ledger.Changes].Seq == 0 && len(j.touched) > 0 {
			if err := j.introduce(tx); err != nil {
				return err
			}
		}
		return j.enter(ctx, act)
	})
}

// Local runs fn in a transaction for tables that are not synced; a write to a
// synced one makes it fail.
func (j *Journal) Local(ctx context.Context, fn func(*Tx) error) error {
	return j.run(ctx, idle, fn)
}

// Migrate runs a deterministic change of the schema or of built-in rows, without
// an entry.
func (j *Journal) Migrate(ctx context.Context, fn func(*Tx) error) error {
	return j.run(ctx, migrate, fn)
}

func (j *Journal) run(ctx context.Context, m mode, fn func(*Tx) error) (err error) {
	// The end of a transaction is not to be cut off by a context that ends.
	end := context.WithoutCancel(ctx)
	if err := j.command(ctx, `BEGIN IMMEDIATE`); err != nil {
		// A context that ended just then may hide that the transaction has begun.
		_ = j.command(end, `ROLLBACK`)
		return fmt.Errorf("journal: begin: %w", err)
	}
	ordinal, heads, news, waits := j.ordinal, j.copyHeads(), j.news, j.waits.copy()
	j.clear()
	j.mode = m
	done := false
	defer func() {
		j.mode = idle
		j.clear()
		clear(j.settled)
		j.opener.forget()
		if done {
			return
		}
		j.ordinal, j.heads, j.news, j.issuedNext, j.waits = ordinal, heads, news, j.issued, waits
		j.chains, j.past = nil, nil
		if e := j.command(end, `ROLLBACK`); e != nil && !strings.Contains(e.Error(), "no transaction is active") {
			err = errors.Join(err, fmt.Errorf("journal: rollback: %w", e))
		}
	}()
	tx := &Tx{ctx: ctx, j: j}
	if err := fn(tx); err != nil {
		return err
	}
	if tx.err != nil {
		return tx.err
	}
	hookErr := j.hookErr
	if err := j.command(end, `COMMIT`); err != nil {
		return fmt.Errorf("journal: commit: %w", errors.Join(err, hookErr))
	}
	done = true
	j.issued = max(j.issued, j.issuedNext)
	return nil
}

// command runs a statement without arguments.
func (j *Journal) command(ctx context.Context, query string) error {
	stmt, err := j.prepare(ctx, query)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx)
	return err
}

func (j *Journal) copyHeads() map[ledger.Chain]ledger.Head {
	out := make(map[ledger.Chain]ledger.Head, len(j.heads))
	for k, v := range j.heads {
		out[k] = v
	}
	return out
}
