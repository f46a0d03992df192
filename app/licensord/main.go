// Command licensord is the server between the workstations of many clinics, which
// can read nothing of what it keeps, and the hub of one clinic's own network.
// docs/licensord.md is its contract.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"feldsher/translations"
)

// program is the command with everything it takes from outside, so that a test
// runs it as an operator would.
type program struct {
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string
	now    func() time.Time
	lang   translations.Lang
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal ends the server in order, a second one at once.
	context.AfterFunc(ctx, stop)
	p := &program{stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now}
	os.Exit(p.run(ctx, os.Args[1:]))
}
