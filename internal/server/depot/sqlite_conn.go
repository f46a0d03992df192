package depot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// sqliteConn is one connection with its prepared statements, in the hands of one
// goroutine at a time. What it runs is short, and not cut off in the middle.
type sqliteConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newSQLiteConn(ctx context.Context, db *sql.DB) (*sqliteConn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	return &sqliteConn{conn, map[string]*sql.Stmt{}}, nil
}

func (c *sqliteConn) close() error {
	var errs []error
	for _, st := range c.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, c.conn.Close())...)
}

func (c *sqliteConn) statement(q string) (*sql.Stmt, error) {
	if st := c.stmts[q]; st != nil {
		return st, nil
	}
	st, err := c.conn.PrepareContext(context.Background(), q)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	c.stmts[q] = st
	return st, nil
}

func (c *sqliteConn) exec(q string, args ...any) (int64, error) {
	st, err := c.statement(q)
	if err != nil {
		return 0, err
	}
	r, err := st.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, fmt.Errorf("depot: %w", err)
	}
	return r.RowsAffected()
}

func (c *sqliteConn) later(q string, args ...any) error {
	_, err := c.exec(q, args...)
	return err
}

func (c *sqliteConn) query(q string, args []any, row func(scan) error) error {
	return c.many(q, [][]any{args}, func(_ int, s scan) error { return row(s) })
}

func (c *sqliteConn) many(q string, lists [][]any, row func(int, scan) error) error {
	st, err := c.statement(q)
	if err != nil {
		return err
	}
	for i, args := range lists {
		if err := eachRow(st, args, func(s scan) error { return row(i, s) }); err != nil {
			return err
		}
	}
	return nil
}

func eachRow(st *sql.Stmt, args []any, row func(scan) error) error {
	rows, err := st.QueryContext(context.Background(), args...)
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); errors.Is(err, errEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	return nil
}
