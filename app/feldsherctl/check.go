package main

import (
	"errors"
	"fmt"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

type checkCmd struct {
	RebuildSearch bool `help:"${cli_check_rebuild}"`
}

// checkOut is one part of a check.
type checkOut struct {
	Part   string `json:"part"` // database, foreign_keys, index, ledger, protocols, attachments, keys
	OK     bool   `json:"ok"`
	Count  int64  `json:"count"` // what was read: pages, rows, entries, files
	Detail string `json:"detail,omitempty"`
}

// Run checks everything that can be checked and fails with the first damage only
// after the last part: a person wants to know all of it.
func (c *checkCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		if err := d.who.Require(clinic.CheckClinic); err != nil {
			return err
		}
		// Files that a crash left without a record are not anybody's.
		if _, err := d.store.SweepBlobs(s.ctx, store.SweepAge); err != nil {
			return err
		}
		if c.RebuildSearch {
			if err := d.store.RebuildIndex(s.ctx); err != nil {
				return err
			}
		}
		var out []checkOut
		var first error
		for _, part := range d.store.Checks() {
			n, err := part.Run(s.ctx)
			row := checkOut{Part: part.Part, OK: err == nil, Count: n}
			if err != nil {
				if s.ctx.Err() != nil {
					return s.ctx.Err()
				}
				row.Detail, _ = s.explain(err)
				if first == nil {
					first = err
				}
			}
			out = append(out, row)
			if !s.cli.JSON {
				mark := "✓"
				if !row.OK {
					mark = "✗"
				}
				line := fmt.Sprintf("%s %-14s %8d  %s", mark, s.t("cli_check_"+row.Part), row.Count, row.Detail)
				if err := s.print(nil, "%s", strings.TrimSpace(line)); err != nil {
					return err
				}
			}
		}
		if s.cli.JSON {
			if err := writeJSON(s.stdout, map[string]any{"ok": first == nil, "parts": out}); err != nil {
				return err
			}
		}
		if first == nil {
			s.say("cli_check_ok")
			return nil
		}
		var f *fault.Error
		if errors.As(first, &f) && f.Kind == fault.Damaged {
			return first
		}
		return fault.Wrap(first, fault.Damaged, "fault.check.failed")
	})
}
