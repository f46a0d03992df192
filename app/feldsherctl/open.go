package main

import (
	"bytes"
	"context"
	"errors"
	"time"

	"feldsher/internal/clinic"
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
	zone    *time.Location
}

// minutes is how lists show an instant.
const minutes = "2006-01-02 15:04"

// clock shows an instant as the clinic's own clock does; JSON has it in UTC.
func (d *desk) clock(t clinic.Time, layout string) string { return t.Std().In(d.zone).Format(layout) }

// open opens the clinic named by --data for --user, who is asked for the password
// unless it is known.
func (s *session) open(password string) (*desk, error) {
	st, err := s.openStore(password)
	if err != nil {
		return nil, err
	}
	return s.sit(st)
}

// openStore opens it for a user whom the clinic's own tables need not know yet.
func (s *session) openStore(password string) (*store.Store, error) {
	if err := s.named(); err != nil {
		return nil, err
	}
	if password == "" {
		var err error
		if password, err = s.password("FELDSHER_PASSWORD", "cli_password"); err != nil {
			return nil, err
		}
	}
	st, err := store.Open(s.ctx, s.cli.Data, s.cli.User, password, s.options())
	if err != nil {
		return nil, err
	}
	for _, d := range st.Session().Damage() {
		text, _ := s.explain(d)
		s.aside(note{Key: d.Key, Text: text})
	}
	return st, nil
}

// named fails where a directory or a user is not named.
func (s *session) named() error {
	switch {
	case s.cli.Data == "":
		return fault.New(fault.Invalid, "cli_no_data")
	case s.cli.User == "":
		return fault.New(fault.Invalid, "cli_no_user")
	}
	return nil
}

// sit gives the services of an open clinic to its logged-in user.
func (s *session) sit(st *store.Store) (*desk, error) {
	who, err := access.Whoami(s.ctx, st)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	org, err := st.Organisation(s.ctx)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	zone, err := time.LoadLocation(org.Zone)
	if err != nil {
		zone = time.UTC
	}
	templates, err := builtinTemplates()
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return &desk{
		store: st, who: who, records: records.New(st, who, s.now),
		catalog: catalog.New(st, who, templates), users: access.NewUsers(st, who),
		zone: zone,
	}, nil
}

// close notes who has looked at what and closes the clinic.
func (d *desk) close(s *session) error {
	return errors.Join(d.records.Flush(context.WithoutCancel(s.ctx)), d.store.Close())
}

// with opens the clinic for one command.
func (s *session) with(fn func(*desk) error) error { return s.withPassword("", fn) }

// withPassword is with for a command that has asked for the password itself. What
// the command prints is held back until it stands in the ledger who has seen it:
// nobody who stops reading, or stops the program, has looked unseen.
func (s *session) withPassword(password string, fn func(*desk) error) error {
	d, err := s.open(password)
	if err != nil {
		return err
	}
	out := s.stdout
	var held bytes.Buffer
	s.stdout = &held
	defer func() { s.stdout = out }()
	done := fn(d)
	if err := d.close(s); err != nil {
		return errors.Join(done, err)
	}
	if _, err := held.WriteTo(out); err != nil {
		return errors.Join(done, fault.Wrap(err, fault.Space, "fault.output"))
	}
	return done
}
