package main

import (
	"errors"

	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/service/catalog"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
)

// desk is an open clinic with the services of the logged-in user.
type desk struct {
	store   *store.Store
	who     *access.User
	records *records.Records
	catalog *catalog.Catalog
	users   *access.Users
}

// open opens the clinic named by --data for --user.
func (s *session) open() (*desk, error) {
	if s.cli.Data == "" {
		return nil, fault.New(fault.Invalid, "cli_no_data")
	}
	if s.cli.User == "" {
		return nil, fault.New(fault.Invalid, "cli_no_user")
	}
	password, err := s.password("FELDSHER_PASSWORD", "cli_password")
	if err != nil {
		return nil, err
	}
	st, err := store.Open(s.ctx, s.cli.Data, s.cli.User, password, store.Options{Now: s.now})
	if err != nil {
		return nil, err
	}
	return s.sit(st)
}

// sit gives the services of an open clinic to its logged-in user.
func (s *session) sit(st *store.Store) (*desk, error) {
	who, err := access.Whoami(s.ctx, st)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	for _, d := range st.Session().Damage() {
		text, _ := s.explain(d)
		s.printNotes([]note{{Field: "vault", Key: d.Key, Text: text}})
	}
	templates, err := builtinTemplates()
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return &desk{
		store: st, who: who, records: records.New(st, who, s.now),
		catalog: catalog.New(st, who, templates), users: access.NewUsers(st, who),
	}, nil
}

// close notes who has looked at what and closes the clinic.
func (d *desk) close(s *session) error {
	return errors.Join(d.records.Flush(s.ctx), d.store.Close())
}

// with opens the clinic for one command.
func (s *session) with(fn func(*desk) error) (err error) {
	d, err := s.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close(s)) }()
	return fn(d)
}
