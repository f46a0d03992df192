package main

import (
	"os"
	"path/filepath"
	"strings"

	"feldsher/internal/clinic/icd"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

type icdCmd struct {
	Import   icdImportCmd   `cmd:"" help:"${cli_icd_import}"`
	Search   icdSearchCmd   `cmd:"" help:"${cli_icd_search}"`
	Versions icdVersionsCmd `cmd:"" help:"${cli_icd_versions}"`
}

type icdImportCmd struct {
	File string `arg:"" help:"${cli_icd_file}"`
}

func (c *icdImportCmd) Run(s *session) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "fault.file.open", "file", c.File)
	}
	defer f.Close()
	return s.with(func(d *desk) error {
		done, err := d.catalog.ImportICD(s.ctx, filepath.Base(c.File), f, nil)
		if err != nil {
			for i, p := range icd.Problems(err) {
				if i == 20 {
					break
				}
				text, _ := s.explain(p)
				s.aside(note{Field: c.File, Key: p.Key, Text: text})
			}
			return err
		}
		return s.print(done, "%s", s.t("cli_icd_done", "version", done.Version, "n", done.Rows, "active", done.Active, "added", done.Added))
	})
}

type icdSearchCmd struct {
	Words    []string `arg:"" help:"${cli_icd_words}"`
	Limit    int      `default:"20" help:"${cli_limit}"`
	Inactive bool     `help:"${cli_icd_inactive}"`
	Headings bool     `help:"${cli_icd_headings}"`
}

// icdOut is a row of icd search --json.
type icdOut struct {
	Code    string   `json:"code"`
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Active  bool     `json:"active"`
	Kind    icd.Kind `json:"kind"`
	Path    []string `json:"path,omitempty"`
}

func (c *icdSearchCmd) Run(s *session) error {
	if err := checkFound(c.Limit); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		x, err := d.catalog.Index(s.ctx)
		if err != nil {
			return err
		}
		lang := icd.Lang(s.lang)
		hits := x.Search(strings.Join(c.Words, " "), c.Limit, icd.Options{IncludeInactive: c.Inactive, Headings: c.Headings, Lang: lang})
		out := make([]icdOut, 0, len(hits))
		for _, h := range hits {
			row := icdOut{Code: h.Code, Name: h.Names.In(lang), Version: h.Version, Active: h.Active, Kind: h.Kind}
			for _, e := range x.Path(h.Code) {
				row.Path = append(row.Path, e.Code)
			}
			out = append(out, row)
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, out)
		}
		for _, r := range out {
			mark := ""
			if !r.Active {
				mark = "  (" + s.t("cli_icd_off") + ")"
			}
			if err := s.print(nil, "%-8s %s%s", r.Code, r.Name, mark); err != nil {
				return err
			}
		}
		s.say("cli_found", "n", len(out))
		return nil
	})
}

type icdVersionsCmd struct{}

func (icdVersionsCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		list, err := d.catalog.Versions(s.ctx)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			if list == nil {
				list = []store.ICDVersion{}
			}
			return writeJSON(s.stdout, list)
		}
		for _, v := range list {
			if err := s.print(nil, "%-12s %d", v.Version, v.Rows); err != nil {
				return err
			}
		}
		return nil
	})
}
