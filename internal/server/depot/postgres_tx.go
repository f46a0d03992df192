package depot

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pgTx runs statements on one connection. What needs no answer is collected and sent
// in one go with the next statement that does, or with the end: so a push waits for
// the network four or five times, however many entries it has.
type pgTx struct {
	ctx     context.Context
	conn    *pgx.Conn
	waiting *pgx.Batch
}

// whole runs a transaction from its first statement to its last. again says, with an
// error, that it surely has had no effect and may go through if tried again.
func (t *pgTx) whole(lock string, arg any, fn func(tx) error) (again bool, err error) {
	defer func() {
		if err != nil && !t.conn.IsClosed() {
			err = errors.Join(err, t.rollback())
		}
	}()
	t.begin("BEGIN")
	if lock != "" {
		_ = t.later(lock, arg)
	}
	if err := t.flush(); err != nil {
		return t.conn.IsClosed() || aborted(err), err
	}
	if err := fn(t); err != nil {
		return t.conn.IsClosed() || aborted(err), err
	}
	t.begin("COMMIT")
	if err := t.flush(); err != nil {
		return aborted(err), err // a connection lost now leaves open whether it was done
	}
	return false, nil
}

// aborted reports whether the database gave a transaction up for another's sake.
func aborted(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01") // serialisation, deadlock
}

// begin queues a statement that begins or ends a transaction.
func (t *pgTx) begin(q string) { t.waiting.Queue(q) }

func (t *pgTx) later(q string, args ...any) error {
	t.waiting.Queue(q, args...)
	return nil
}

// flush sends what waits.
func (t *pgTx) flush() error {
	if t.waiting.Len() == 0 {
		return nil
	}
	b := t.waiting
	t.waiting = &pgx.Batch{}
	if err := t.conn.SendBatch(t.ctx, b).Close(); err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	return nil
}

func (t *pgTx) rollback() error {
	t.waiting = &pgx.Batch{}
	if t.conn.IsClosed() || t.conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	if _, err := t.conn.Exec(t.ctx, "ROLLBACK"); err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	return nil
}

func (t *pgTx) exec(q string, args ...any) (n int64, err error) {
	b := t.waiting
	t.waiting = &pgx.Batch{}
	b.Queue(q, args...)
	r := t.conn.SendBatch(t.ctx, b)
	defer func() {
		if end := r.Close(); end != nil && err == nil {
			err = fmt.Errorf("depot: %w", end)
		}
	}()
	for range b.Len() {
		tag, err := r.Exec()
		if err != nil {
			return 0, fmt.Errorf("depot: %w", err)
		}
		n = tag.RowsAffected()
	}
	return n, nil
}

func (t *pgTx) query(q string, args []any, row func(scan) error) error {
	return t.many(q, [][]any{args}, func(_ int, s scan) error { return row(s) })
}

func (t *pgTx) many(q string, lists [][]any, row func(int, scan) error) (err error) {
	b := t.waiting
	t.waiting = &pgx.Batch{}
	before := b.Len()
	for _, args := range lists {
		b.Queue(q, args...)
	}
	if b.Len() == 0 {
		return nil
	}
	r := t.conn.SendBatch(t.ctx, b)
	defer func() {
		if end := r.Close(); end != nil && err == nil {
			err = fmt.Errorf("depot: %w", end)
		}
	}()
	for range before {
		if _, err := r.Exec(); err != nil {
			return fmt.Errorf("depot: %w", err)
		}
	}
	for i := range lists {
		if err := answer(r, func(s scan) error { return row(i, s) }); err != nil {
			return err
		}
	}
	return nil
}

// answer reads the rows of the next statement of a batch.
func answer(r pgx.BatchResults, row func(scan) error) error {
	rows, err := r.Query()
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); errors.Is(err, errEnough) {
			break
		} else if err != nil {
			return err
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	return nil
}
