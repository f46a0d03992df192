package main

import (
	"errors"
	"path/filepath"
	"strings"

	"feldsher/internal/fault"
	"feldsher/internal/server/depot"
)

// place is where a server keeps its things.
type place struct {
	db    string // file or URL
	files string // directory of attachments
	file  bool   // the database is a file
}

func (s *session) place() (place, error) {
	p := place{db: s.cli.DB, files: s.cli.Files}
	if p.db == "" {
		return p, fault.New(fault.Invalid, "fault.licensord.no_db")
	}
	p.file = !strings.HasPrefix(p.db, "postgres://") && !strings.HasPrefix(p.db, "postgresql://")
	if p.files == "" {
		if !p.file {
			return p, fault.New(fault.Invalid, "fault.licensord.no_files")
		}
		p.files = p.db + ".files"
	}
	p.files = filepath.Clean(p.files)
	return p, nil
}

// beside names a file of the server's own: next to the database, and where that is
// no file, next to the directory that all processes share.
func (p place) beside(ending string) string {
	if p.file {
		return p.db + ending
	}
	return p.files + ending
}

// with opens the database for one command.
func (s *session) with(fn func(depot.Depot) error) error {
	p, err := s.place()
	if err != nil {
		return err
	}
	d, err := depot.Open(s.ctx, p.db, p.files)
	if err != nil {
		return err
	}
	return errors.Join(fn(d), d.Close())
}
