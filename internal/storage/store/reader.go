package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"feldsher/internal/storage/sealed"
)

// Reader reads the committed state. It is bound to a context; its statements
// are shared by all readers of the store.
type Reader struct {
	ctx   context.Context
	db    *sql.DB
	stmts *statements
	alive func() error
}

type statements struct {
	mu sync.Mutex
	m  map[string]*sql.Stmt
}

func newReader(db *sql.DB, alive func() error) *Reader {
	return &Reader{ctx: context.Background(), db: db, stmts: &statements{m: map[string]*sql.Stmt{}}, alive: alive}
}

// Reader gives a reader bound to ctx.
func (s *Store) Reader(ctx context.Context) *Reader {
	return &Reader{ctx: ctx, db: s.reader.db, stmts: s.reader.stmts, alive: s.alive}
}

func (r *Reader) query(query string, args ...any) (*sql.Rows, error) {
	if err := r.alive(); err != nil {
		return nil, err
	}
	r.stmts.mu.Lock()
	stmt, ok := r.stmts.m[query]
	if !ok {
		var err error
		if stmt, err = r.db.PrepareContext(context.WithoutCancel(r.ctx), query); err != nil {
			r.stmts.mu.Unlock()
			return nil, sealed.Classify(err)
		}
		r.stmts.m[query] = stmt
	}
	r.stmts.mu.Unlock()
	rows, err := stmt.QueryContext(r.ctx, args...)
	return rows, sealed.Classify(err)
}

func (r *Reader) close() error {
	r.stmts.mu.Lock()
	defer r.stmts.mu.Unlock()
	var errs []error
	for _, s := range r.stmts.m {
		errs = append(errs, s.Close())
	}
	clear(r.stmts.m)
	return errors.Join(errs...)
}

// scalar reads one value.
func scalar[T any](q querier, query string, args ...any) (v T, err error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return v, err
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(&v); err != nil {
			return v, err
		}
	}
	return v, rows.Err()
}
