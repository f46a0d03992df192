package main

import (
	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
)

// What is known of a patient between visits: allergies and problems.

type allergyCmd struct {
	Add  allergyAddCmd  `cmd:"" help:"${cli_allergy_add}"`
	Edit allergyEditCmd `cmd:"" help:"${cli_allergy_edit}"`
}

// allergyOut is a stored allergy with what the patient takes against it.
type allergyOut struct {
	clinic.Allergy
	Warnings []note `json:"warnings,omitempty"`
}

func (s *session) printAllergy(saved records.SavedAllergy, key string) error {
	notes := s.notes(saved.Warnings)
	s.printNotes(notes)
	return s.print(allergyOut{saved.Allergy, notes}, "%s", s.t(key, "id", saved.ID))
}

type allergyAddCmd struct{}

func (allergyAddCmd) Run(s *session) error {
	var a clinic.Allergy
	if err := s.readJSON(&a); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		saved, err := d.records.AddAllergy(s.ctx, a)
		if err != nil {
			return err
		}
		return s.printAllergy(saved, "cli_allergy_added")
	})
}

type allergyEditCmd struct {
	ID string `arg:"" optional:"" name:"id" help:"${cli_allergy_id}"`
}

func (c *allergyEditCmd) Run(s *session) error {
	patch, arg, err := s.readPatch(c.ID)
	if err != nil {
		return err
	}
	id, err := parseID("id", arg)
	if err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		saved, err := d.records.EditAllergy(s.ctx, id, func(a clinic.Allergy) (clinic.Allergy, error) { return merge(a, patch) })
		if err != nil {
			return err
		}
		return s.printAllergy(saved, "cli_allergy_edited")
	})
}

type problemCmd struct {
	Add  problemAddCmd  `cmd:"" help:"${cli_problem_add}"`
	Edit problemEditCmd `cmd:"" help:"${cli_problem_edit}"`
}

type problemAddCmd struct{}

func (problemAddCmd) Run(s *session) error {
	var p clinic.Problem
	if err := s.readJSON(&p); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		if err := d.codeProblem(s, &p); err != nil {
			return err
		}
		saved, err := d.records.AddProblem(s.ctx, p)
		if err != nil {
			return err
		}
		return s.print(saved, "%s", s.t("cli_problem_added", "id", saved.ID))
	})
}

type problemEditCmd struct {
	ID string `arg:"" optional:"" name:"id" help:"${cli_problem_id}"`
}

func (c *problemEditCmd) Run(s *session) error {
	patch, arg, err := s.readPatch(c.ID)
	if err != nil {
		return err
	}
	id, err := parseID("id", arg)
	if err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		saved, err := d.records.EditProblem(s.ctx, id, func(p clinic.Problem) (clinic.Problem, error) {
			next, err := merge(p, patch)
			if err != nil {
				return next, err
			}
			if next.Code != p.Code && next.Version == p.Version && next.Name == p.Name {
				next.Version, next.Name = "", "" // they are of the former code
			}
			return next, d.codeProblem(s, &next)
		})
		if err != nil {
			return err
		}
		return s.print(saved, "%s", s.t("cli_problem_edited", "id", saved.ID))
	})
}

// codeProblem completes a problem that was given by an МКБ-10 code alone.
func (d *desk) codeProblem(s *session, p *clinic.Problem) error {
	if p.Code == "" || p.System != "" && p.System != clinic.ICD10 {
		return nil
	}
	return d.catalog.Complete(s.ctx, &p.Coding)
}
