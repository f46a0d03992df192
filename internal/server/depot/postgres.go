package depot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"feldsher/internal/ledger"
)

// postgres is the engine of one PostgreSQL database, which several processes may
// share. An organisation's writes take turns by a lock on its row; within this
// process by one in memory before, so that those who wait hold no connection.
type postgres struct {
	pool   *pgxpool.Pool
	locks  keyed
	moved  chan ledger.ID
	shreds chan struct{}
	stop   context.CancelFunc
	done   sync.WaitGroup
}

const (
	pgConnections = 16
	pgTimeout     = time.Minute // of a transaction; it is cut off only if the database hangs
	pgTries       = pgConnections + 2
)

func openPostgres(ctx context.Context, url string, woken func(ledger.ID), all func()) (*postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err) // without the password: pgx takes it out
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = pgConnections
	}
	for name, value := range map[string]string{
		"synchronous_commit": "on", "default_transaction_isolation": "read committed", "client_encoding": "UTF8",
		"idle_in_transaction_session_timeout": "60s", "lock_timeout": "50s", "application_name": "licensord",
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("depot: %w", err)
	}
	running, stop := context.WithCancel(context.Background())
	p := &postgres{pool: pool, moved: make(chan ledger.ID, 1024), shreds: make(chan struct{}, 1), stop: stop}
	for _, work := range []func(context.Context){
		func(ctx context.Context) { p.listen(ctx, woken, all) },
		p.tell, p.vacuum,
	} {
		p.done.Add(1)
		go func() {
			defer p.done.Done()
			work(running)
		}()
	}
	return p, nil
}

const (
	lockOrg  = "SELECT 1 FROM organisation WHERE org = $1 FOR UPDATE"
	lockName = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
)

func (p *postgres) write(ctx context.Context, org ledger.ID, fn func(tx) error) error {
	lock := ""
	if !org.IsZero() {
		unlock, err := p.locks.lock(ctx, "org "+string(org[:]))
		if err != nil {
			return err
		}
		defer unlock()
		lock = lockOrg
	}
	return p.transaction(ctx, lock, key(org), fn)
}

func (p *postgres) alone(ctx context.Context, fn func(tx) error) error {
	return p.guard(ctx, "alone", fn)
}

func (p *postgres) guard(ctx context.Context, name string, fn func(tx) error) error {
	unlock, err := p.locks.lock(ctx, name)
	if err != nil {
		return err
	}
	defer unlock()
	return p.transaction(ctx, lockName, name, fn)
}

// transaction begins with a statement that locks, if any, and is tried again where it
// surely has had no effect: the restart of a database leaves a pool of connections
// that are dead and don't know it.
func (p *postgres) transaction(ctx context.Context, lock string, arg any, fn func(tx) error) error {
	for try := 1; ; try++ {
		again := false
		err := p.with(ctx, func(t *pgTx) (err error) {
			again, err = t.whole(lock, arg, fn)
			return err
		})
		if err == nil || !again || try == pgTries || ctx.Err() != nil {
			return err
		}
	}
}

func (p *postgres) read(ctx context.Context, fn func(tx) error) error {
	return p.with(ctx, func(t *pgTx) error {
		t.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
		err := fn(t)
		return errors.Join(err, t.rollback())
	})
}

func (p *postgres) look(ctx context.Context, fn func(tx) error) error {
	return p.with(ctx, func(t *pgTx) error { return fn(t) })
}

// with lends a connection. Once it is there the work is not cut off by ctx: to end a
// statement in the middle costs the connection.
func (p *postgres) with(ctx context.Context, fn func(*pgTx) error) error {
	c, err := p.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	defer c.Release()
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), pgTimeout)
	defer cancel()
	return fn(&pgTx{ctx: within, conn: c.Conn(), waiting: &pgx.Batch{}})
}

func (p *postgres) close() error {
	p.stop()
	p.done.Wait()
	p.pool.Close()
	return nil
}
