package main

import (
	"errors"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/station"
)

type deviceCmd struct {
	Invite deviceInviteCmd `cmd:"" help:"${cli_device_invite}"`
	List   deviceListCmd   `cmd:"" help:"${cli_device_list}"`
	Revoke deviceRevokeCmd `cmd:"" help:"${cli_device_revoke}"`
}

type deviceInviteCmd struct {
	Name string `arg:"" optional:"" help:"${cli_device_name}"`
}

func (c *deviceInviteCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		name := c.Name
		if name == "" {
			all, err := d.stations().List(s.ctx)
			if err != nil {
				return err
			}
			name = s.freeName(all)
		}
		inv, err := d.stations().Invite(s.ctx, name)
		if err != nil {
			return err
		}
		return s.print(inv, "%s\n\n%s\n\n%s", s.t("cli_device_invited", "name", name), inv.Code,
			s.t("cli_device_until", "server", inv.Address, "until", inv.Until.In(d.zone).Format("15:04")))
	})
}

// freeName gives a new workstation the next name by number.
func (s *session) freeName(all []station.Station) string {
	taken := map[string]bool{}
	for _, x := range all {
		taken[x.Name] = true
	}
	for n := len(all) + 1; ; n++ {
		if name := s.t("cli_device_numbered", "n", n); !taken[name] {
			return name
		}
	}
}

type deviceListCmd struct{}

func (deviceListCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		all, err := d.stations().List(s.ctx)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, all)
		}
		for _, x := range all {
			mark := ""
			switch {
			case x.This:
				mark = s.t("cli_device_this")
			case !x.Live():
				mark = s.t("cli_device_ended", "when", x.Revoked.In(d.zone).Format(time.DateOnly))
			}
			if err := s.print(nil, "%s  %-28s %s  %s", x.ID, x.Name, x.Added.In(d.zone).Format(time.DateOnly), mark); err != nil {
				return err
			}
		}
		return nil
	})
}

type deviceRevokeCmd struct {
	Device string `arg:"" help:"${cli_device_which}"`
	Reason string `default:"other" enum:"lost,stolen,broken,replaced,other" placeholder:"REASON" help:"${cli_device_reason}"`
}

// revokedOut is what device revoke prints.
type revokedOut struct {
	Device  clinic.ID `json:"device"`
	Name    string    `json:"name"`
	Reached bool      `json:"reached"`
}

func (c *deviceRevokeCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		x, err := c.find(s, d)
		if err != nil {
			return err
		}
		out := revokedOut{Device: x.ID, Name: x.Name, Reached: true}
		var f *fault.Error
		err = d.stations().Revoke(s.ctx, x.ID, c.Reason)
		if errors.As(err, &f) && f.Key == "fault.station.untold" {
			// It is done; the server is told with the next exchange.
			out.Reached = false
			text, _ := s.explain(err)
			s.aside(note{Key: f.Key, Text: text})
			err = nil
		}
		if err != nil {
			return err
		}
		return s.print(out, "%s", s.t("cli_device_revoked", "name", x.Name))
	})
}

// find looks a workstation up by its id, or by its name among the live ones.
func (c *deviceRevokeCmd) find(s *session, d *desk) (station.Station, error) {
	all, err := d.stations().List(s.ctx)
	if err != nil {
		return station.Station{}, err
	}
	var found []station.Station
	for _, x := range all {
		if x.ID.String() == c.Device {
			return x, nil
		}
		if x.Live() && strings.EqualFold(x.Name, c.Device) {
			found = append(found, x)
		}
	}
	switch len(found) {
	case 0:
		return station.Station{}, fault.New(fault.NotFound, "fault.station.none")
	case 1:
		return found[0], nil
	}
	return station.Station{}, fault.At("device", "fault.syncer.same_names")
}
