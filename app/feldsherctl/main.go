// Command feldsherctl is a clinic without a screen: the same database, keys,
// rules and ledger as the desktop, for scripts, servers and checks. docs/cli.md
// is its contract.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata" // a clinic's zone must be known where the system has no table of zones

	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
	"feldsher/translations"
)

// program is the command with everything it takes from outside, so that a test
// runs it as a user would.
type program struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string
	now    func() time.Time
	params vault.Params // cost of the password function for new slots; zero for the default
	lang   translations.Lang
	// outside is where it is noted which data directory each workstation's identity
	// belongs to, so that a copy is told from it; empty: nowhere.
	outside string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first interruption ends the command in order, a second one at once, also
	// while it waits for input.
	context.AfterFunc(ctx, stop)
	// A reader who has gone away is an error of writing, not the end of the program:
	// what was looked at is noted first.
	signal.Ignore(syscall.SIGPIPE)
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now, outside: stations()}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// stations is the directory for the notes on identities. Where there is none to be
// had (no home, a read-only one) the program works without.
func stations() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	dir = filepath.Join(dir, "feldsher", "stations")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	return dir
}

// options are what every command opens a clinic with.
func (p *program) options() store.Options { return store.Options{Now: p.now, Outside: p.outside} }
