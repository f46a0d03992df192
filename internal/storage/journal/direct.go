package journal

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// statement is one of the driver's own. For a row at a time the way through
// database/sql costs as much as the work.
type statement interface {
	driver.StmtQueryContext
	driver.StmtExecContext
}

// direct keeps statements of the driver's own, prepared once.
func (j *Journal) direct(ctx context.Context, conn any, query string) (statement, error) {
	if s, ok := j.directs[query]; ok {
		return s, nil
	}
	preparer, ok := conn.(driver.ConnPrepareContext)
	if !ok {
		return nil, fmt.Errorf("journal: connection %T prepares nothing", conn)
	}
	s, err := preparer.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, fmt.Errorf("journal: prepare: %w", err)
	}
	q, ok := s.(statement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("journal: statement %T asks nothing", s), s.Close())
	}
	j.directs[query] = q
	return q, nil
}

// own runs a statement by which a merge writes one row of a synced table. The
// hook has nothing to note of it: there are no cascades and no triggers, and what
// is written is what the ledger says. It gives the rows written.
func (j *Journal) own(ctx context.Context, query string, args []any) (n int64, err error) {
	if j.mode != apply {
		return 0, errors.New("journal: a merge outside Apply")
	}
	j.mode = merging
	defer func() { j.mode = apply }()
	return j.exec(ctx, query, args)
}

// exec runs a statement with driver values and gives the rows written. A context
// that can end would cost a goroutine each time.
func (j *Journal) exec(ctx context.Context, query string, args []any) (n int64, err error) {
	named := j.bind(args)
	err = j.conn.Raw(func(c any) error {
		stmt, err := j.direct(ctx, c, query)
		if err != nil {
			return err
		}
		res, err := stmt.ExecContext(context.WithoutCancel(ctx), named)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	clear(named)
	if err != nil {
		return 0, fmt.Errorf("journal: exec: %w", err)
	}
	return n, nil
}

// ask runs a query with driver values and yields its rows; yield must not keep
// them.
func (j *Journal) ask(ctx context.Context, query string, args []any, yield func([]driver.Value) error) error {
	named := j.bind(args)
	return j.conn.Raw(func(c any) error {
		stmt, err := j.direct(ctx, c, query)
		if err != nil {
			return err
		}
		rows, err := stmt.QueryContext(context.WithoutCancel(ctx), named)
		if err != nil {
			return fmt.Errorf("journal: query: %w", err)
		}
		defer func() { _ = rows.Close() }()
		cells := make([]driver.Value, len(rows.Columns()))
		for {
			if err := rows.Next(cells); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("journal: query: %w", err)
			}
			if err := yield(cells); err != nil {
				return err
			}
		}
	})
}

func (j *Journal) bind(args []any) []driver.NamedValue {
	named := j.named[:0]
	for i, a := range args {
		named = append(named, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	j.named = named
	return named
}

func closeAll(stmts map[string]statement) error {
	var errs []error
	for _, s := range stmts {
		if c, ok := s.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}
