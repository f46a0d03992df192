//go:build !windows

package printer

import (
	"context"
	"runtime"
)

func (s *System) cups() cups {
	if runtime.GOOS == "darwin" {
		return cups{s.run, "lpr"}
	}
	return cups{s.run, "lp"}
}

func (s *System) list(ctx context.Context) ([]Printer, error) { return s.cups().list(ctx) }

func (s *System) print(ctx context.Context, job Job) (Outcome, error) {
	return Sent, s.cups().send(ctx, job)
}
