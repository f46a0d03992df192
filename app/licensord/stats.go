package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"feldsher/internal/server"
	"feldsher/internal/server/depot"
)

type statsCmd struct{}

// statsOut is what stats prints.
type statsOut struct {
	Server        string     `json:"server"`
	Country       string     `json:"country"`
	Organisations int        `json:"organisations"`
	Waiting       int        `json:"codes_waiting"`
	Devices       int        `json:"devices"`
	Entries       uint64     `json:"entries"`
	Bytes         int64      `json:"bytes"`
	RingBytes     int64      `json:"ring_bytes"`
	Attachments   int        `json:"attachments"`
	Stored        int64      `json:"attachment_bytes"`
	Availability  []monthOut `json:"availability"`
}

// monthOut is the availability of a month.
type monthOut struct {
	Month   string  `json:"month"`
	Percent float64 `json:"percent"`
	Up      int     `json:"minutes_up"`
	Of      int     `json:"minutes"`
}

func (statsCmd) Run(s *session) error {
	return s.with(func(d depot.Depot) error {
		all, err := d.Organisations(s.ctx, s.now())
		if err != nil {
			return err
		}
		country, err := server.Country(s.ctx, d)
		if err != nil {
			return err
		}
		months, err := server.Measure(s.ctx, d, s.now())
		if err != nil {
			return err
		}
		out := statsOut{Server: d.Server().String(), Country: country}
		for _, o := range all {
			if o.ID.IsZero() {
				out.Waiting++
				continue
			}
			out.Organisations++
			out.Devices += o.Devices
			out.Entries += o.Entries
			out.Bytes += o.Bytes
			out.RingBytes += o.Ring
			out.Attachments += o.Blobs
			out.Stored += o.Stored
		}
		var text strings.Builder
		text.WriteString(s.t("licensord_stats_text", "orgs", out.Organisations, "waiting", out.Waiting, "devices", out.Devices,
			"entries", out.Entries, "bytes", out.Bytes+out.RingBytes+out.Stored, "server", out.Server))
		for _, m := range months {
			out.Availability = append(out.Availability, monthOut{m.Month.Format("2006-01"), m.Percent(), m.Up, m.Of})
			_, _ = fmt.Fprintf(&text, "\n%s  %.2f %%  %s", m.Month.Format("2006-01"), m.Percent(), s.t("licensord_page_minutes", "up", m.Up, "of", m.Of))
		}
		return s.print(out, text.String())
	})
}

type operatorCmd struct{}

func (operatorCmd) Run(s *session) error {
	return s.with(func(d depot.Depot) error {
		secret, err := server.NewSecret(s.ctx, d)
		if err != nil {
			return err
		}
		return s.print(map[string]string{"secret": secret}, s.t("licensord_operator_done", "secret", secret))
	})
}

type restoredCmd struct{}

func (restoredCmd) Run(s *session) error {
	return s.with(func(d depot.Depot) error {
		id, err := d.Restored(s.ctx)
		if err != nil {
			return err
		}
		return s.print(map[string]any{"server": id}, s.t("licensord_restored_done", "server", id))
	})
}

type versionCmd struct{}

// version of the program.
const version = "0.1.0"

func (versionCmd) Run(s *session) error {
	v := map[string]string{"version": version}
	if info, ok := debug.ReadBuildInfo(); ok {
		v["go"] = info.GoVersion
		for _, set := range info.Settings {
			if set.Key == "vcs.revision" {
				v["revision"] = set.Value
			}
		}
	}
	return s.print(v, strings.TrimSpace("licensord "+version+" "+v["revision"]))
}
