package server

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const pgBin = "/usr/lib/postgresql/15/bin"

// cluster is a PostgreSQL of its own in a directory of its own, reached by a socket
// there. It is run by the user postgres where the tests are run by root.
type cluster struct {
	dir string
	err error
}

var errNoPostgres = errors.New("PostgreSQL 15 is not installed (apt-get install postgresql-15)")

var (
	shared     = sync.OnceValue(startCluster)
	sharedUsed atomic.Bool
)

func TestMain(m *testing.M) {
	code := m.Run()
	if c := shared; sharedUsed.Load() {
		if one := c(); one.err == nil {
			_ = one.run("pg_ctl", "-D", filepath.Join(one.dir, "data"), "-w", "-s", "-m", "immediate", "stop")
			_ = os.RemoveAll(one.dir)
		}
	}
	os.Exit(code)
}

// run calls a program of PostgreSQL, which refuses to be run by root.
func (c *cluster) run(name string, args ...string) error {
	args = append([]string{filepath.Join(pgBin, name)}, args...)
	if os.Geteuid() == 0 {
		args = append([]string{"runuser", "-u", "postgres", "--"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = c.dir
	return cmd.Run()
}

func startCluster() *cluster {
	c := new(cluster)
	if _, err := os.Stat(filepath.Join(pgBin, "initdb")); err != nil {
		c.err = errNoPostgres
		return c
	}
	if c.dir, c.err = os.MkdirTemp("", "licensord-pg-"); c.err != nil {
		return c
	}
	if os.Geteuid() == 0 {
		c.err = exec.Command("chown", "postgres", c.dir).Run()
	}
	data := filepath.Join(c.dir, "data")
	c.err = errors.Join(c.err,
		c.run("initdb", "-D", data, "-U", "licensord", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"),
		c.run("pg_ctl", "-D", data, "-w", "-s", "-l", filepath.Join(c.dir, "log"), "-o", "-k "+c.dir+" -c listen_addresses=''", "start"))
	return c
}

// postgres gives a fresh database; without PostgreSQL the test is skipped, where CI
// decides it fails.
func postgres(t *testing.T) string {
	t.Helper()
	sharedUsed.Store(true)
	c := shared()
	if errors.Is(c.err, errNoPostgres) && os.Getenv("CI") != "true" {
		t.Skip("NOT TESTED: ", c.err)
	}
	if c.err != nil {
		t.Fatal(c.err)
	}
	conn, err := pgx.Connect(t.Context(), c.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	name := "d" + uuid.New().String()[:8]
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return c.url(name)
}

func (c *cluster) url(database string) string {
	return "postgres://licensord@/" + database + "?host=" + c.dir
}

// onBoth runs a test on both kinds of database.
func onBoth(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, newWorld(t, nil)) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorldOn(t, t.TempDir(), postgres(t), nil)) })
}
