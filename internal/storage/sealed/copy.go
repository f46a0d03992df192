package sealed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"feldsher/internal/fault"
)

// CopyTo writes a compact copy of the database as of now into a new file at
// path, sealed with another key, and returns the copy's salt. Readers and the
// writer go on beside it. It fails with fault.Conflict if there is a file at
// path; a copy that fails leaves none.
func (db *DB) CopyTo(ctx context.Context, path string, key Key) (salt []byte, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("copy database: %w", err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Conflict, "sealed.exists", "path", path)
	}
	target, err := register(key, db.opts.Faults)
	if err != nil {
		return nil, err
	}
	if err = db.vacuumInto(ctx, path, target); err == nil {
		var state *dbState
		if state, err = target.stateOf(path); err == nil {
			salt = append([]byte(nil), state.s.salt[:]...)
			err = fault.Wrap(syncDir(filepath.Dir(path)), fault.Space, "sealed.write_failed")
		}
	}
	if err != nil {
		removeFiles(path)
	}
	return salt, errors.Join(Classify(err), target.unregister())
}

// vacuumInto uses a connection of its own: the readers may not write at all, and
// the writer shall not wait.
func (db *DB) vacuumInto(ctx context.Context, path string, target *vfs) error {
	o := db.opts
	o.ReadOnly = false
	base, err := sqlite.NewConnector(o.dsn(db.path, db.v.name, roleWrite))
	if err != nil {
		return fmt.Errorf("connection string: %w", err)
	}
	pool := sql.OpenDB(&connector{Connector: base, v: target})
	pool.SetMaxOpenConns(1)
	_, err = pool.ExecContext(ctx, "VACUUM INTO ?", fileURI(path)+"?vfs="+target.name)
	return errors.Join(err, pool.Close())
}
