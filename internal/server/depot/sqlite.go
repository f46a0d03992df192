package depot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	modernc "modernc.org/sqlite" // also the driver "sqlite"

	"feldsher/internal/ledger"
)

// sqlite is the engine of one file. One connection writes, from one goroutine, which
// takes what waits into a common transaction: so hundreds of small pushes at once
// cost one wait for the disk, not hundreds.
type sqlite struct {
	reading *sql.DB
	writing *sql.DB
	readers chan *sqliteConn
	writer  *sqliteConn
	jobs    chan *job
	shreds  chan struct{}
	quit    chan struct{}
	done    sync.WaitGroup
	locks   keyed
}

const (
	sqliteReaders  = 8
	sqliteLog      = "wal_autocheckpoint(4000)" // pages: 16 MB
	shredAgain     = time.Second
	batchJobs      = 256
	batchTime      = 20 * time.Millisecond
	sqliteWaitBusy = 10_000 // milliseconds, for another process (the operator's command line)
)

// sqliteURI names a file with what every connection to it sets.
func sqliteURI(path string, pragmas ...string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("depot: path: %w", err)
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	q := url.Values{}
	for _, p := range append([]string{
		fmt.Sprintf("busy_timeout(%d)", sqliteWaitBusy), "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)",
		"foreign_keys(ON)", "temp_store(MEMORY)", sqliteLog,
	}, pragmas...) {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String(), nil
}

// damaged reports whether a file is no database, or none any more.
func damaged(err error) bool {
	var e *modernc.Error
	return errors.As(err, &e) && (e.Code()&0xff == codeCorrupt || e.Code()&0xff == codeNotDB)
}

// Result codes of SQLite (sqlite.org/rescode.html).
const (
	codeCorrupt = 11
	codeNotDB   = 26
)

func openSQLite(ctx context.Context, path string) (*sqlite, error) {
	// The file is made here so that nobody else can read it; SQLite gives its
	// companions the same rights.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	s := &sqlite{
		readers: make(chan *sqliteConn, sqliteReaders), jobs: make(chan *job),
		shreds: make(chan struct{}, 1), quit: make(chan struct{}),
	}
	if err := s.connect(ctx, path); err != nil {
		return nil, errors.Join(err, s.disconnect())
	}
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		(&sqliteWriter{sqliteConn: s.writer}).run(s.jobs, s.shreds, s.quit)
	}()
	return s, nil
}

func (s *sqlite) connect(ctx context.Context, path string) (err error) {
	writing, err := sqliteURI(path)
	if err != nil {
		return err
	}
	reading, err := sqliteURI(path, "query_only(ON)", "cache_size(-16000)")
	if err != nil {
		return err
	}
	if s.writing, err = sql.Open("sqlite", writing); err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	if s.writer, err = newSQLiteConn(ctx, s.writing); err != nil {
		return err
	}
	if s.reading, err = sql.Open("sqlite", reading); err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	for range sqliteReaders {
		r, err := newSQLiteConn(ctx, s.reading)
		if err != nil {
			return err
		}
		s.readers <- r
	}
	return nil
}

func (s *sqlite) write(ctx context.Context, _ ledger.ID, fn func(tx) error) error {
	j := &job{fn: fn, done: make(chan error, 1)}
	select {
	case s.jobs <- j:
		return <-j.done
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return ErrClosed
	}
}

// alone: a transaction that writes has the file to itself.
func (s *sqlite) alone(ctx context.Context, fn func(tx) error) error { return s.write(ctx, noOrg, fn) }

func (s *sqlite) read(ctx context.Context, fn func(tx) error) error {
	return s.look(ctx, func(t tx) error {
		if _, err := t.exec("BEGIN"); err != nil { // deferred: a snapshot from the first statement on
			return err
		}
		err := fn(t)
		_, end := t.exec("ROLLBACK")
		return errors.Join(err, end)
	})
}

func (s *sqlite) look(ctx context.Context, fn func(tx) error) error {
	select {
	case r := <-s.readers:
		defer func() { s.readers <- r }()
		return fn(r)
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return ErrClosed
	}
}

// guard serves one process: a second one on the same file has no attachments to write.
func (s *sqlite) guard(ctx context.Context, name string, fn func(tx) error) error {
	unlock, err := s.locks.lock(ctx, name)
	if err != nil {
		return err
	}
	defer unlock()
	return fn(guarded{s, context.WithoutCancel(ctx)})
}

// guarded is a transaction a statement: it reads from the pool and writes through the
// one writing connection, so that nobody waits for the files that fn is busy with.
type guarded struct {
	s   *sqlite
	ctx context.Context
}

func (g guarded) exec(q string, args ...any) (n int64, err error) {
	err = g.s.write(g.ctx, ledger.ID{}, func(t tx) (err error) {
		n, err = t.exec(q, args...)
		return err
	})
	return n, err
}

func (g guarded) later(q string, args ...any) error {
	_, err := g.exec(q, args...)
	return err
}

func (g guarded) query(q string, args []any, row func(scan) error) error {
	return g.s.look(g.ctx, func(t tx) error { return t.query(q, args, row) })
}

func (g guarded) many(q string, lists [][]any, row func(int, scan) error) error {
	return g.s.look(g.ctx, func(t tx) error { return t.many(q, lists, row) })
}

func (s *sqlite) announce(ledger.ID) {} // one process

func (s *sqlite) shred() {
	select {
	case s.shreds <- struct{}{}:
	default:
	}
}

func (s *sqlite) close() error {
	close(s.quit)
	s.done.Wait()
	var errs []error
	for range sqliteReaders { // those that read come to their end
		errs = append(errs, (<-s.readers).close())
	}
	return errors.Join(append(errs, s.disconnect())...)
}

func (s *sqlite) disconnect() error {
	var errs []error
	for len(s.readers) > 0 {
		errs = append(errs, (<-s.readers).close())
	}
	if s.reading != nil {
		errs = append(errs, s.reading.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	if s.writing != nil { // the last to close takes the log into the file
		errs = append(errs, s.writing.Close())
	}
	return errors.Join(errs...)
}
