package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/server"
	"feldsher/internal/server/depot"
)

type orgCmd struct {
	Add  orgAddCmd  `cmd:"" help:"${licensord_org_add}"`
	List orgListCmd `cmd:"" help:"${licensord_org_list}"`
}

type orgAddCmd struct {
	Name    string `arg:"" help:"${licensord_org_name}"`
	Country string `enum:",ru,kz" default:"" placeholder:"ru|kz" help:"${licensord_org_country}"`
	Org     string `placeholder:"ID" help:"${licensord_org_again}"`
	Hours   int    `default:"72" placeholder:"N" help:"${licensord_org_hours}"`
}

// addedOut is what org add prints.
type addedOut struct {
	Code    string    `json:"code"`
	Name    string    `json:"name"`
	Country string    `json:"country"`
	Org     string    `json:"org"`
	Expires time.Time `json:"expires"`
}

const (
	maxName  = 200
	maxHours = 30 * 24
)

func (c orgAddCmd) Run(s *session) error {
	name := strings.TrimSpace(c.Name)
	if name == "" || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fault.At("name", "fault.licensord.name", "limit", maxName)
	}
	if c.Hours < 1 || c.Hours > maxHours {
		return fault.At("hours", "fault.field.range", "low", 1, "high", maxHours)
	}
	return s.with(func(d depot.Depot) error {
		code := wire.NewCode()
		link := depot.LinkCode{
			ID: code.ID(), Key: code.MACKey(), Name: name, Country: c.Country,
			Expires: s.now().Add(time.Duration(c.Hours) * time.Hour).UTC().Truncate(time.Second),
		}
		stands, err := server.Country(s.ctx, d)
		if err != nil {
			return err
		}
		switch {
		case link.Country == "":
			link.Country = stands
		case stands != "" && stands != link.Country: // R7.8
			return fault.New(fault.Conflict, "fault.licensord.country", "server", stands, "org", link.Country)
		}
		if c.Org != "" {
			org, err := findOrg(s, d, c.Org)
			if err != nil {
				return err
			}
			link.Org = org.ID
			if org.Country != "" {
				link.Country = org.Country
			}
		}
		if err := d.AddCode(s.ctx, link); err != nil {
			return err
		}
		out := addedOut{code.String(), name, link.Country, link.Org.String(), link.Expires}
		return s.print(out, s.t("licensord_org_added", "name", name, "code", out.Code, "time", clock(link.Expires)))
	})
}

// findOrg takes an organisation by its id, or by its name if only one has it.
func findOrg(s *session, d depot.Depot, text string) (depot.Organisation, error) {
	all, err := d.Organisations(s.ctx, s.now())
	if err != nil {
		return depot.Organisation{}, err
	}
	var found []depot.Organisation
	for _, o := range all {
		if !o.ID.IsZero() && (o.ID.String() == strings.ToLower(text) || o.Name == text) {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 0:
		return depot.Organisation{}, fault.New(fault.NotFound, "fault.licensord.no_org")
	case 1:
		return found[0], nil
	}
	return depot.Organisation{}, fault.New(fault.Invalid, "fault.licensord.orgs")
}

type orgListCmd struct{}

// orgOut is one line of org list.
type orgOut struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Country     string     `json:"country"`
	Added       *time.Time `json:"added"`
	Expires     *time.Time `json:"expires"`
	Contact     *time.Time `json:"contact"`
	Devices     int        `json:"devices"`
	Entries     uint64     `json:"entries"`
	Bytes       int64      `json:"bytes"`
	RingGen     uint32     `json:"ring_generation"`
	RingBytes   int64      `json:"ring_bytes"`
	Attachments int        `json:"attachments"`
	Stored      int64      `json:"attachment_bytes"`
}

func (orgListCmd) Run(s *session) error {
	return s.with(func(d depot.Depot) error {
		all, err := d.Organisations(s.ctx, s.now())
		if err != nil {
			return err
		}
		out := make([]orgOut, 0, len(all))
		var text strings.Builder
		for _, o := range all {
			out = append(out, orgOut{
				o.ID.String(), o.Name, o.Country, instant(o.Added), instant(o.Expires), instant(o.Contact), o.Devices, o.Entries, o.Bytes,
				o.RingGen, o.Ring, o.Blobs, o.Stored,
			})
			if o.ID.IsZero() {
				_, _ = fmt.Fprintf(&text, "%-36s  %s  (%s)\n", "—", o.Name, s.t("licensord_page_waits", "time", clock(o.Expires)))
				continue
			}
			_, _ = fmt.Fprintf(&text, "%s  %s  %s\n", o.ID, o.Name, s.t("licensord_org_line", "devices", o.Devices, "entries", o.Entries, "contact", clock(o.Contact)))
		}
		text.WriteString(s.t("licensord_org_count", "n", len(all)))
		return s.print(out, text.String())
	})
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// clock shows an instant; the server's operator may be anywhere, so in UTC.
func clock(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

type deviceCmd struct {
	List   deviceListCmd   `cmd:"" help:"${licensord_device_list}"`
	Revoke deviceRevokeCmd `cmd:"" help:"${licensord_device_revoke}"`
}

type deviceListCmd struct {
	Org string `arg:"" help:"${licensord_device_org}"`
}

// deviceOut is one line of device list.
type deviceOut struct {
	ID      string     `json:"id"`
	Added   *time.Time `json:"added"`
	Contact *time.Time `json:"contact"`
	Revoked *time.Time `json:"revoked"`
	Seq     uint64     `json:"seq"`
	Former  string     `json:"former"`
}

func (c deviceListCmd) Run(s *session) error {
	return s.with(func(d depot.Depot) error {
		org, err := findOrg(s, d, c.Org)
		if err != nil {
			return err
		}
		all, err := d.Devices(s.ctx, org.ID)
		if err != nil {
			return err
		}
		out := make([]deviceOut, 0, len(all))
		var text strings.Builder
		for _, one := range all {
			out = append(out, deviceOut{one.ID.String(), instant(one.Added), instant(one.Contact), instant(one.Revoked), one.Seq, one.Former.String()})
			key := "licensord_device_line"
			if !one.Revoked.IsZero() {
				key = "licensord_device_line_revoked"
			}
			_, _ = fmt.Fprintf(&text, "%s  %s\n", one.ID, s.t(key, "seq", one.Seq, "contact", clock(one.Contact), "revoked", clock(one.Revoked)))
		}
		text.WriteString(s.t("licensord_device_count", "n", len(all)))
		return s.print(out, text.String())
	})
}

type deviceRevokeCmd struct {
	Org    string `arg:"" help:"${licensord_device_org}"`
	Device string `arg:"" help:"${licensord_device_id}"`
}

func (c deviceRevokeCmd) Run(s *session) error {
	id, err := ledger.ParseID(c.Device)
	if err != nil {
		return fault.At("device", "fault.field.id")
	}
	return s.with(func(d depot.Depot) error {
		org, err := findOrg(s, d, c.Org)
		if err != nil {
			return err
		}
		err = d.Revoke(s.ctx, org.ID, id, s.now())
		if errors.Is(err, depot.ErrUnknown) {
			return fault.New(fault.NotFound, "fault.licensord.no_device")
		}
		if err != nil {
			return err
		}
		return s.print(map[string]any{"org": org.ID, "device": id}, s.t("licensord_device_revoked", "device", id))
	})
}
