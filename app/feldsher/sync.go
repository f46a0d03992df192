package main

import (
	"os"
	"path/filepath"

	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/exchange"
)

// outside is where it is noted how far this computer's workstations have come, apart
// from their data; empty where the system has no such place.
func outside() string {
	base, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "feldsher", "stations")
}

// beginExchange exchanges an open clinic's entries until stop.
func (p *program) beginExchange(st *store.Store) (x present.Sync, stop func()) {
	return exchange.Begin(st, func(err error) { p.tracef("sync: %v", err) })
}
