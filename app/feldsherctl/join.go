package main

import (
	"errors"

	"feldsher/internal/clinic"
	"feldsher/internal/online/client"
	"feldsher/internal/online/syncer"
	"feldsher/internal/storage/store"
)

type joinCmd struct {
	Server string `required:"" placeholder:"URL" help:"${cli_link_server}"`
	Code   string `required:"" placeholder:"CODE" help:"${cli_join_code}"`
}

// joinOut is what join prints.
type joinOut struct {
	Organisation clinic.ID `json:"organisation"`
	Device       clinic.ID `json:"device"`
	User         clinic.ID `json:"user"`
	Login        string    `json:"login"`
	Complete     bool      `json:"complete"`
	syncer.Report
}

func (c *joinCmd) Run(s *session) error {
	if err := s.named(); err != nil {
		return err
	}
	code, err := client.ParseCode(c.Code)
	if err != nil {
		return err
	}
	password, err := s.password("FELDSHER_PASSWORD", "cli_password")
	if err != nil {
		return err
	}
	st, err := syncer.Join(s.ctx, s.cli.Data, c.Server, code, s.cli.User, password, s.options())
	if err != nil {
		return err
	}
	out := c.fetch(s, st)
	if err := st.Close(); err != nil {
		return err
	}
	key := "cli_join_done"
	if !out.Complete {
		key = "cli_join_partly"
	}
	return s.print(out, "%s", s.t(key, "entries", out.Pulled))
}

// fetch gets the clinic's entries. The workstation is one already: what can't be
// fetched now comes with the next exchange.
func (c *joinCmd) fetch(s *session, st *store.Store) joinOut {
	keys := st.Session()
	out := joinOut{Organisation: keys.Organisation(), Device: keys.Device(), User: keys.User(), Login: s.cli.User}
	var err error
	out.Report, err = syncer.New(st, syncer.Options{Now: s.now}).Once(s.ctx)
	if out.Complete = err == nil; !out.Complete {
		text, f := s.explain(errors.Join(err))
		s.aside(note{Key: f.Key, Text: text})
	}
	return out
}
