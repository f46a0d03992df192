package main

import (
	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
)

type visitCmd struct {
	Add  visitAddCmd  `cmd:"" help:"${cli_visit_add}"`
	Show visitShowCmd `cmd:"" help:"${cli_visit_show}"`
	Edit visitEditCmd `cmd:"" help:"${cli_visit_edit}"`
	List visitListCmd `cmd:"" help:"${cli_visit_list}"`
}

type visitOut struct {
	clinic.Visit
	Warnings []note `json:"warnings,omitempty"`
}

func (s *session) printVisit(saved records.SavedVisit, key string) error {
	notes := s.notes(saved.Warnings)
	s.printNotes(notes)
	return s.print(visitOut{saved.Visit, notes}, "%s", s.t(key, "id", saved.ID))
}

type visitAddCmd struct{}

func (visitAddCmd) Run(s *session) error {
	var v clinic.Visit
	if err := s.readJSON(&v); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		if err := d.code(s, v.Diagnoses); err != nil {
			return err
		}
		saved, err := d.records.AddVisit(s.ctx, v)
		if err != nil {
			return err
		}
		return s.printVisit(saved, "cli_visit_added")
	})
}

type visitShowCmd struct {
	ID clinic.ID `arg:"" name:"id" help:"${cli_visit_id}"`
}

func (c *visitShowCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		v, err := d.records.Visit(s.ctx, c.ID)
		if err != nil {
			return err
		}
		return writeJSON(s.stdout, v)
	})
}

type visitEditCmd struct {
	ID string `arg:"" optional:"" name:"id" help:"${cli_visit_id}"`
}

func (c *visitEditCmd) Run(s *session) error {
	patch, arg, err := s.readPatch(c.ID)
	if err != nil {
		return err
	}
	id, err := parseID("id", arg)
	if err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		saved, err := d.records.EditVisit(s.ctx, id, func(v clinic.Visit) (clinic.Visit, error) {
			next, err := merge(v, patch)
			if err != nil {
				return next, err
			}
			return next, d.code(s, next.Diagnoses)
		})
		if err != nil {
			return err
		}
		return s.printVisit(saved, "cli_visit_edited")
	})
}

type visitListCmd struct {
	Patient string `arg:"" optional:"" help:"${cli_patient_id}"`
	Of      string `name:"patient" placeholder:"ID" help:"${cli_patient_id}"`
}

func (c *visitListCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		arg := c.Patient
		if arg == "" {
			arg = c.Of
		}
		id, err := d.patientID(s, arg)
		if err != nil {
			return err
		}
		list, err := d.records.Visits(s.ctx, id)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			if list == nil {
				list = []clinic.Visit{}
			}
			return writeJSON(s.stdout, list)
		}
		for _, v := range list {
			codes := ""
			for _, dx := range v.Diagnoses {
				codes += " " + dx.Code
			}
			if err := s.print(nil, "%s  %-9s  %-6s%-20s %s", d.clock(v.CareFrom, minutes), v.Kind, v.Status, codes, v.ID); err != nil {
				return err
			}
		}
		s.say("cli_found", "n", len(list))
		return nil
	})
}

// code completes diagnoses given by an МКБ-10 code alone: the wording and the
// version of the table in use.
func (d *desk) code(s *session, list []clinic.Diagnosis) error {
	for i := range list {
		dx := &list[i]
		if dx.Code == "" || dx.System != "" && dx.System != clinic.ICD10 {
			continue
		}
		if err := d.catalog.Complete(s.ctx, &dx.Coding); err != nil {
			return err
		}
	}
	return nil
}
