package sealed

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"

	"feldsher/internal/fault"
	"feldsher/internal/storage/sealed/faultfs"
)

// DB is an open database.
type DB struct {
	// Writer is exactly one connection. Its transactions begin IMMEDIATE.
	Writer *sql.DB
	// Reader is a pool whose connections can't change anything.
	Reader *sql.DB

	path  string
	opts  Options
	v     *vfs
	state *dbState
}

// unfinished is what a database is called while it is being made.
const unfinished = "-new"

// Create makes an empty database at path and opens it. The file appears under
// its name only when it is whole. It fails with fault.Conflict if there is a
// file already, and with fault.Space if it can't be written. o.Salt is not
// used: keep DB.Salt.
func Create(ctx context.Context, path string, key Key, o Options) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("create database: %w", err)
	}
	for _, name := range Files(path) {
		if _, err := os.Lstat(name); err == nil {
			return nil, fault.New(fault.Conflict, "sealed.exists", "path", name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Wrap(err, fault.Space, "sealed.cant_open", "path", name)
		}
	}
	draft := path + unfinished
	removeFiles(draft) // of a creation that was interrupted
	salt, err := createDraft(ctx, draft, key, o)
	if err == nil {
		err = publish(o.Faults, draft, path)
	}
	if err != nil {
		removeFiles(draft)
		return nil, Classify(err)
	}
	o.Salt = salt
	return Open(ctx, path, key, o)
}

// createDraft writes the database's first page and closes it again.
func createDraft(ctx context.Context, path string, key Key, o Options) ([]byte, error) {
	v, err := register(key, o.Faults)
	if err != nil {
		return nil, err
	}
	db, err := open(ctx, v, path, Options{Faults: o.Faults})
	if err != nil {
		return nil, errors.Join(err, v.unregister())
	}
	salt := db.Salt()
	return salt, db.Close()
}

// publish gives the finished file its name.
func publish(layer faultfs.Layer, from, to string) error {
	if layer != nil {
		if out := layer.Do(faultfs.Op{Kind: faultfs.Rename, Path: from, To: to}); out.Err != faultfs.OK {
			return fault.Wrap(errFault, fault.Space, "sealed.write_failed")
		}
	}
	if err := os.Rename(from, to); err != nil {
		return fault.Wrap(err, fault.Space, "sealed.write_failed")
	}
	dir := filepath.Dir(to)
	if layer != nil {
		if out := layer.Do(faultfs.Op{Kind: faultfs.DirSync, Path: dir}); out.Err != faultfs.OK {
			return fault.Wrap(errFault, fault.Space, "sealed.write_failed")
		}
	}
	return fault.Wrap(syncDir(dir), fault.Space, "sealed.write_failed")
}

func removeFiles(path string) {
	for _, name := range Files(path) {
		_ = os.Remove(name)
	}
}

// Open opens an existing database and recovers it after a crash. Its errors
// are fault.NotFound without a file; fault.Password if nothing in the file
// opens with the key; fault.Damaged if some of it does but not all that is
// needed, or the log has lost commits; fault.Newer for a later format;
// fault.Space if a file beside the database can't be written; fault.Locked if
// another program uses it. A program opens a file once and shares the DB.
func Open(ctx context.Context, path string, key Key, o Options) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(err, fault.NotFound, "sealed.not_found", "path", path)
	}
	v, err := register(key, o.Faults)
	if err != nil {
		return nil, err
	}
	db, err := v.probeAndOpen(ctx, path, o)
	if err != nil {
		return nil, errors.Join(v.explain(Classify(err)), v.unregister())
	}
	return db, nil
}

func (v *vfs) probeAndOpen(ctx context.Context, path string, o Options) (*DB, error) {
	full, err := v.fullPath(path)
	if err != nil {
		return nil, err
	}
	salt, err := v.probe(full, o.Salt)
	if err != nil {
		return nil, err
	}
	state, err := v.adopt(full, salt)
	if err != nil {
		return nil, err
	}
	if err := v.checkLogThere(state); err != nil {
		return nil, err
	}
	return open(ctx, v, path, o)
}

// open connects to the database at path through v, which the DB then owns.
func open(ctx context.Context, v *vfs, path string, o Options) (*DB, error) {
	db := &DB{path: path, opts: o, v: v}
	var err error
	if db.Writer, err = db.pool(roleWrite, 1); err != nil {
		return nil, err
	}
	readers := o.Readers
	if readers <= 0 {
		readers = defaultReaders
	}
	if db.Reader, err = db.pool(roleRead, readers); err != nil {
		_ = db.Writer.Close()
		return nil, err
	}
	// The writer comes first: it recovers the log, and makes a new file.
	var n int
	for _, pool := range []*sql.DB{db.Writer, db.Reader} {
		if err = pool.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
			break
		}
	}
	if err == nil {
		db.state, err = v.stateOf(path)
	}
	if err != nil {
		return nil, errors.Join(Classify(err), db.Reader.Close(), db.Writer.Close())
	}
	return db, nil
}

func (db *DB) pool(r role, size int) (*sql.DB, error) {
	base, err := sqlite.NewConnector(db.opts.dsn(db.path, db.v.name, r))
	if err != nil {
		return nil, fmt.Errorf("connection string: %w", err)
	}
	c := &connector{Connector: base, v: db.v}
	if r == roleWrite {
		c.hook = db.opts.OnWriteConn
	}
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// connector shows each new connection to the hook. It holds the VFS for as long
// as database/sql may use a connection, even if the DB itself is forgotten.
type connector struct {
	driver.Connector
	v    *vfs
	hook func(sqlite.HookRegisterer) error
}

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil || c.hook == nil {
		return conn, err
	}
	if err := c.hook(conn.(sqlite.HookRegisterer)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// Path is the absolute path of the database file.
func (db *DB) Path() string { return db.path }

// Salt is the 16 bytes to keep beside the key; they are no secret.
func (db *DB) Salt() []byte { return append([]byte(nil), db.state.s.salt[:]...) }

// closePatience bounds how long Close waits for the writing connection.
const closePatience = 30 * time.Second

// Close moves the log into the database file, closes all connections and wipes
// the key. The database is closed even if it returns an error, unless a
// statement or transaction is still open: those are to be closed before.
func (db *DB) Close() error {
	errs := []error{db.Reader.Close()}
	if !db.opts.ReadOnly && db.Writer.Stats().InUse == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		defer cancel()
		mode := "TRUNCATE"
		if db.Reader.Stats().InUse > 0 {
			mode = "PASSIVE" // a statement that was left open would make it wait
		}
		_, err := db.Writer.ExecContext(ctx, "PRAGMA wal_checkpoint("+mode+")")
		errs = append(errs, Classify(err))
	}
	errs = append(errs, db.Writer.Close())
	if err := db.v.unregister(); err != nil {
		errs = append(errs, fault.Wrap(err, fault.Internal, "sealed.still_open"))
	}
	return errors.Join(errs...)
}

// Damage is what has failed its check since the database was opened: nil, or a
// fault.Damaged that names the first place. A statement that met it has failed
// too; this is for whoever watches over the data as a whole.
func (db *DB) Damage() error {
	found := db.v.damage.all()
	if len(found) == 0 {
		return nil
	}
	return damageFault(found[0])
}

// Damages lists the places, at most 64.
func (db *DB) Damages() []Damage { return db.v.damage.all() }
