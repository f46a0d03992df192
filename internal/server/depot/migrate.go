package depot

import (
	"context"
	"embed"
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"

	"feldsher/internal/fault"
)

//go:embed schema
var schemas embed.FS

// migration is one numbered step of the tables.
type migration struct {
	version int
	script  string
}

// migrations reads the steps of a kind of database, whose files are named
// NNNN_what.sql, without gaps.
func migrations(kind string) ([]migration, error) {
	dir := path.Join("schema", kind)
	files, err := schemas.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("depot: schema: %w", err)
	}
	var all []migration
	for _, f := range files {
		number, _, _ := strings.Cut(f.Name(), "_")
		version, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("depot: schema %s: %w", f.Name(), err)
		}
		script, err := schemas.ReadFile(path.Join(dir, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("depot: schema: %w", err)
		}
		all = append(all, migration{version, string(script)})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].version < all[j].version })
	for i, m := range all {
		if m.version != i+1 {
			return nil, fmt.Errorf("depot: schema %s: step %d is lacking", kind, i+1)
		}
	}
	return all, nil
}

// migrate brings the tables up to the last step, within a transaction that no other
// process's migration overlaps. run executes a script of several statements.
func migrate(t tx, steps []migration, run func(script string) error) error {
	if err := run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, at BIGINT NOT NULL)"); err != nil {
		return err
	}
	var have int64
	if _, err := one(t, "SELECT coalesce(max(version), 0) FROM schema_version", nil, &have); err != nil {
		return err
	}
	if have > int64(len(steps)) {
		return fault.New(fault.Newer, "fault.depot.newer", "have", have, "know", len(steps))
	}
	for _, step := range steps[have:] {
		if err := run(step.script); err != nil {
			return fmt.Errorf("depot: schema %d: %w", step.version, err)
		}
		if _, err := t.exec("INSERT INTO schema_version (version, at) VALUES ($1, $2)",
			step.version, time.Now().UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

func (s *sqlite) migrate(ctx context.Context) error {
	steps, err := migrations("sqlite")
	if err != nil {
		return err
	}
	return s.alone(ctx, func(t tx) error {
		return migrate(t, steps, func(script string) error {
			_, err := t.(*sqliteWriter).conn.ExecContext(ctx, script)
			return err
		})
	})
}

func (p *postgres) migrate(ctx context.Context) error {
	steps, err := migrations("postgres")
	if err != nil {
		return err
	}
	return p.alone(ctx, func(t tx) error {
		return migrate(t, steps, func(script string) error {
			pg := t.(*pgTx)
			_, err := pg.conn.PgConn().Exec(pg.ctx, script).ReadAll()
			return err
		})
	})
}
