package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"feldsher/internal/fault"
)

// The schema, a file a version: once released a file never changes, and columns
// of synced tables are only ever added.
//
//go:embed schema/*.sql
var schemaFiles embed.FS

// upgradeFolder holds copies of the database from before its schema changed.
const upgradeFolder = "before-upgrade"

// migrateSchema brings the database to the newest version, each step in one
// transaction, after a copy of a database that holds something already. It gives
// the version reached.
func migrateSchema(ctx context.Context, conn *sql.Conn, dir string, files fs.FS) (uint32, error) {
	names, err := fs.Glob(files, "schema/*.sql")
	if err != nil {
		return 0, fmt.Errorf("store: schema: %w", err)
	}
	var have int
	if err := conn.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&have); err != nil {
		return 0, fmt.Errorf("store: schema version: %w", err)
	}
	if have > len(names) {
		return 0, fault.New(fault.Newer, "fault.schema.newer", "have", have, "know", len(names))
	}
	if have > 0 && have < len(names) {
		if err := copyBefore(ctx, conn, dir, have); err != nil {
			return 0, err
		}
	}
	for v := have; v < len(names); v++ {
		if err := migrateStep(ctx, conn, files, names[v], v+1); err != nil {
			return 0, err
		}
	}
	return uint32(len(names)), nil
}

// copyBefore keeps a copy of the database, sealed under the same key, before its
// schema changes.
func copyBefore(ctx context.Context, conn *sql.Conn, dir string, version int) error {
	folder := filepath.Join(dir, upgradeFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", folder)
	}
	name := filepath.Join(folder, fmt.Sprintf("schema-%d.db", version))
	if _, err := os.Stat(name); err == nil {
		if err := os.Remove(name); err != nil { // of an attempt that did not end
			return fault.Wrap(err, fault.Space, "fault.dir.unusable", "dir", folder)
		}
	}
	if _, err := conn.ExecContext(ctx, `VACUUM INTO ?`, name); err != nil {
		return fmt.Errorf("store: copy before migration: %w", err)
	}
	return nil
}

func migrateStep(ctx context.Context, conn *sql.Conn, files fs.FS, name string, version int) (err error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("store: schema: %w", err)
	}
	// Foreign keys can only be switched outside a transaction.
	for _, q := range []string{`PRAGMA foreign_keys = OFF`, `BEGIN IMMEDIATE`} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("store: migration %d: %w", version, err)
		}
	}
	end := context.WithoutCancel(ctx)
	defer func() {
		if err != nil {
			_, _ = conn.ExecContext(end, `ROLLBACK`)
		}
		if _, e := conn.ExecContext(end, `PRAGMA foreign_keys = ON`); e != nil && err == nil {
			err = fmt.Errorf("store: migration %d: %w", version, e)
		}
	}()
	if _, err := conn.ExecContext(ctx, string(text)); err != nil {
		return fmt.Errorf("store: migration %d (%s): %w", version, strings.TrimPrefix(name, "schema/"), err)
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, version)); err != nil {
		return fmt.Errorf("store: migration %d: %w", version, err)
	}
	if _, err := conn.ExecContext(end, `COMMIT`); err != nil {
		return fmt.Errorf("store: migration %d: %w", version, err)
	}
	return nil
}
