package main

import (
	"strings"

	"feldsher/internal/clinic"
)

type pathwayCmd struct {
	Add   pathwayAddCmd   `cmd:"" help:"${cli_pathway_add}"`
	List  pathwayListCmd  `cmd:"" help:"${cli_pathway_list}"`
	Apply pathwayApplyCmd `cmd:"" help:"${cli_pathway_apply}"`
}

type pathwayAddCmd struct{}

func (pathwayAddCmd) Run(s *session) error {
	p := clinic.Pathway{Active: true}
	if err := s.readJSON(&p); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		saved, err := d.records.SavePathway(s.ctx, p)
		if err != nil {
			return err
		}
		return s.print(saved, "%s", s.t("cli_pathway_added", "id", saved.ID))
	})
}

type pathwayListCmd struct {
	Code string `placeholder:"CODE" help:"${cli_pathway_code}"`
}

func (c *pathwayListCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		list, err := d.records.Pathways(s.ctx, c.Code)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			if list == nil {
				list = []clinic.Pathway{}
			}
			return writeJSON(s.stdout, list)
		}
		for _, p := range list {
			if err := s.print(nil, "%-20s %-40s %s", strings.Join(p.Codes, " "), p.Title, p.ID); err != nil {
				return err
			}
		}
		s.say("cli_found", "n", len(list))
		return nil
	})
}

type pathwayApplyCmd struct {
	ID    clinic.ID `arg:"" name:"id" help:"${cli_pathway_id}"`
	Visit clinic.ID `required:"" placeholder:"ID" help:"${cli_visit_id}"`
}

func (c *pathwayApplyCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		saved, err := d.records.ApplyPathway(s.ctx, c.Visit, c.ID)
		if err != nil {
			return err
		}
		return s.printVisit(saved, "cli_pathway_applied")
	})
}
