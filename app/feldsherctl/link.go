package main

import (
	"feldsher/internal/online/syncer"
	"feldsher/internal/service/station"
)

type linkCmd struct {
	Server string `required:"" placeholder:"URL" help:"${cli_link_server}"`
	Code   string `required:"" placeholder:"CODE" help:"${cli_link_code}"`
}

// linkOut is what link and unlink print.
type linkOut struct {
	Server string `json:"server"`
}

func (c *linkCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		if err := d.stations().Link(s.ctx, c.Server, c.Code); err != nil {
			return err
		}
		links, err := d.store.Links(s.ctx)
		if err != nil {
			return err
		}
		out := linkOut{Server: links[0].URL}
		return s.print(out, "%s", s.t("cli_link_done", "server", out.Server))
	})
}

type unlinkCmd struct{}

func (c *unlinkCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		links, err := d.store.Links(s.ctx)
		if err != nil {
			return err
		}
		if err := syncer.Unlink(s.ctx, d.store); err != nil {
			return err
		}
		out := linkOut{Server: links[0].URL}
		return s.print(out, "%s", s.t("cli_unlink_done", "server", out.Server))
	})
}

// stations is what may be done with the clinic's workstations.
func (d *desk) stations() *station.Stations {
	return station.New(d.store, d.who, syncer.Deeds{Store: d.store})
}
