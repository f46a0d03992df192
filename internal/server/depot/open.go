package depot

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// depot is the one implementation of Depot; what the kinds of database do in their
// own way is the engine's.
type depot struct {
	engine
	dir     string // of attachments
	server  atomic.Pointer[ledger.ID]
	hub     hub
	touched touched
	quit    chan struct{}
	closing sync.Once
	done    sync.WaitGroup
}

var noOrg ledger.ID

// touchEvery is how long a contact may stay in memory only.
const touchEvery = 20 * time.Second

// Open opens a database, and makes it if it is not there: a file (SQLite) or a URL
// (postgres://…, with the parameters of libpq). blobs is the directory of the
// attachments; it is made as well. Errors are faults with a sentence for the
// operator: the database can't be reached or written, or is of a newer version.
func Open(ctx context.Context, dsn, blobs string) (Depot, error) {
	if err := os.MkdirAll(blobs, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Space, "fault.depot.blobs", "dir", blobs)
	}
	d := &depot{dir: blobs, quit: make(chan struct{})}
	if err := d.connect(ctx, dsn); err != nil {
		return nil, err
	}
	if err := d.identify(ctx); err != nil {
		return nil, errors.Join(err, d.engine.close())
	}
	d.done.Add(1)
	go func() {
		defer d.done.Done()
		d.keepTouched()
	}()
	return d, nil
}

func (d *depot) connect(ctx context.Context, dsn string) error {
	migrating := func(e engine, err error) error {
		if err == nil {
			d.engine = e
			return nil
		}
		err = errors.Join(err, e.close())
		var known *fault.Error
		if errors.As(err, &known) {
			return known
		}
		return fault.Wrap(err, fault.Damaged, "fault.depot.schema")
	}
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		p, err := openPostgres(ctx, dsn, d.hub.wake, d.hub.wakeAll)
		if err != nil {
			return fault.Wrap(err, fault.Offline, "fault.depot.unreachable")
		}
		return migrating(p, p.migrate(ctx))
	}
	s, err := openSQLite(ctx, dsn)
	if damaged(err) {
		return fault.Wrap(err, fault.Damaged, "fault.depot.schema")
	}
	if err != nil {
		return fault.Wrap(err, fault.Space, "fault.depot.file", "file", dsn)
	}
	return migrating(s, s.migrate(ctx))
}

// Close implements Depot.
func (d *depot) Close() error {
	err := ErrClosed
	d.closing.Do(func() {
		close(d.quit)
		d.hub.wakeAll()
		d.done.Wait()
		err = d.engine.close()
	})
	return err
}

// alive is asked by every method first.
func (d *depot) alive() error {
	select {
	case <-d.quit:
		return ErrClosed
	default:
		return nil
	}
}

func (d *depot) write(ctx context.Context, org ledger.ID, fn func(tx) error) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.engine.write(ctx, org, fn)
}

func (d *depot) read(ctx context.Context, fn func(tx) error) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.engine.read(ctx, fn)
}

func (d *depot) look(ctx context.Context, fn func(tx) error) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.engine.look(ctx, fn)
}
