package main

import (
	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

type patientMergeCmd struct {
	A   string `arg:"" name:"a" help:"${cli_patient_merge_a}"`
	B   string `arg:"" name:"b" help:"${cli_patient_merge_b}"`
	Why string `required:"" help:"${cli_patient_merge_why}"`
}

func (c *patientMergeCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		a, b, err := d.twoCards(s, c.A, c.B)
		if err != nil {
			return err
		}
		merged, err := d.records.MergePatients(s.ctx, a, b, c.Why)
		if err != nil {
			return err
		}
		return s.print(merged, "%s", s.t("cli_patient_merged", "root", merged.Root))
	})
}

type patientUnmergeCmd struct {
	A string `arg:"" name:"a" help:"${cli_patient_merge_a}"`
	B string `arg:"" name:"b" help:"${cli_patient_merge_b}"`
}

func (c *patientUnmergeCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		a, b, err := d.twoCards(s, c.A, c.B)
		if err != nil {
			return err
		}
		parted, err := d.records.UnmergePatients(s.ctx, a, b)
		if err != nil {
			return err
		}
		return s.print(parted, "%s", s.t("cli_patient_unmerged"))
	})
}

func (d *desk) twoCards(s *session, x, y string) (a, b clinic.ID, err error) {
	if a, err = d.cardID(s, x); err != nil {
		return a, b, err
	}
	b, err = d.cardID(s, y)
	return a, b, err
}

// cardID is patientID for the very card that is named, not that which it is merged
// into.
func (d *desk) cardID(s *session, arg string) (clinic.ID, error) {
	if id, err := clinic.ParseID(arg); err == nil {
		return id, nil
	}
	id, err := d.records.CardID(s.ctx, arg)
	if !fault.Is(err, fault.NotFound) {
		return id, err
	}
	found, findErr := d.records.FindPatients(s.ctx, arg, 10)
	if findErr != nil {
		return clinic.ID{}, findErr
	}
	for _, b := range found {
		if number := numberOf(b, arg); number != "" {
			return d.records.CardID(s.ctx, number)
		}
	}
	return clinic.ID{}, err
}
