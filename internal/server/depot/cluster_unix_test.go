//go:build unix

package depot

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// cluster is a PostgreSQL of its own in a temporary directory, which listens on a
// socket there. It doesn't run as root, whoever runs the tests.
type cluster struct {
	dir  string
	as   *syscall.Credential // nil: as we are
	logs string
}

const pgBin = "/usr/lib/postgresql/15/bin"

var errNoPostgres = errors.New("PostgreSQL 15 is not installed (apt-get install postgresql-15)")

func newCluster() (c *cluster, err error) {
	if _, err := os.Stat(filepath.Join(pgBin, "initdb")); err != nil {
		return nil, errNoPostgres
	}
	c = &cluster{}
	if c.dir, err = os.MkdirTemp("", "depot-pg-"); err != nil {
		return nil, err
	}
	c.logs = filepath.Join(c.dir, "log")
	if os.Geteuid() == 0 {
		if c.as, err = unprivileged(); err != nil {
			return nil, err
		}
		if err := os.Chown(c.dir, int(c.as.Uid), int(c.as.Gid)); err != nil {
			return nil, err
		}
	}
	if err := c.run("initdb", "-D", c.data(), "-U", "licensord", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.dir))
	}
	if err := c.start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.dir))
	}
	return c, nil
}

func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(errU, errG)
	}
	return nil, errors.New("no user to run PostgreSQL as")
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *cluster) run(program string, args ...string) error {
	cmd := exec.Command(filepath.Join(pgBin, program), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out.String())
	}
	return nil
}

func (c *cluster) start() error {
	return c.run("pg_ctl", "-D", c.data(), "-w", "-s", "-l", c.logs, "-o",
		"-k "+c.dir+" -c listen_addresses='' -c max_connections=200 -c shared_buffers=128MB", "start")
}

// stop ends it: "fast" tells the clients, "immediate" is a crash.
func (c *cluster) stop(mode string) error {
	return c.run("pg_ctl", "-D", c.data(), "-w", "-s", "-m", mode, "stop")
}

// url of a database.
func (c *cluster) url(database string) string {
	return "postgres://licensord@/" + database + "?host=" + c.dir
}

func (c *cluster) remove() error {
	return errors.Join(c.stop("immediate"), os.RemoveAll(c.dir))
}
