package main

import (
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
)

type patientCmd struct {
	Add   patientAddCmd   `cmd:"" help:"${cli_patient_add}"`
	Find  patientFindCmd  `cmd:"" help:"${cli_patient_find}"`
	Show  patientShowCmd  `cmd:"" help:"${cli_patient_show}"`
	Edit  patientEditCmd  `cmd:"" help:"${cli_patient_edit}"`
	Annul patientAnnulCmd `cmd:"" help:"${cli_patient_annul}"`
	Gone  annulledCmd     `cmd:"" name:"annulled" help:"${cli_patient_gone}"`

	Merge   patientMergeCmd   `cmd:"" help:"${cli_patient_merge}"`
	Unmerge patientUnmergeCmd `cmd:"" help:"${cli_patient_unmerge}"`
}

// patientOut is a stored card with its warnings. What names a patient stands
// first and is there even when it is empty: scripts rely on it.
type patientOut struct {
	ID         clinic.ID   `json:"id"`
	CaseNumber string      `json:"case_number"`
	Family     string      `json:"family"`
	Given      string      `json:"given"`
	Patronymic string      `json:"patronymic"`
	Sex        clinic.Sex  `json:"sex"`
	BirthDate  clinic.Date `json:"birth_date"`
	clinic.Patient
	Warnings []note `json:"warnings,omitempty"`
}

func patientOf(p clinic.Patient, notes []note) patientOut {
	return patientOut{p.ID, p.CaseNumber, p.Family, p.Given, p.Patronymic, p.Sex, p.BirthDate, p, notes}
}

// briefOut is a row of patient find.
type briefOut struct {
	ID         clinic.ID   `json:"id"`
	CaseNumber string      `json:"case_number"`
	Family     string      `json:"family"`
	Given      string      `json:"given"`
	Patronymic string      `json:"patronymic"`
	Sex        clinic.Sex  `json:"sex"`
	BirthDate  clinic.Date `json:"birth_date"`
	clinic.Brief
}

func briefsOf(found []clinic.Brief) []briefOut {
	out := make([]briefOut, 0, len(found))
	for _, b := range found {
		out = append(out, briefOut{b.ID, b.CaseNumber, b.Family, b.Given, b.Patronymic, b.Sex, b.BirthDate, b})
	}
	return out
}

func (s *session) printPatient(saved records.Saved, key string) error {
	notes := s.notes(saved.Warnings)
	s.printNotes(notes)
	return s.print(patientOf(saved.Patient, notes), "%s", s.t(key, "case", saved.CaseNumber, "name", saved.Name.String(), "id", saved.ID))
}

type patientAddCmd struct{}

func (patientAddCmd) Run(s *session) error {
	var p clinic.Patient
	if err := s.readJSON(&p); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		saved, err := d.records.RegisterPatient(s.ctx, p)
		if err != nil {
			return err
		}
		return s.printPatient(saved, "cli_patient_added")
	})
}

type patientFindCmd struct {
	Words []string `arg:"" help:"${cli_find_words}"`
	Limit int      `default:"20" help:"${cli_limit}"`
}

// maxRows is the most rows that a list may be asked for.
const maxRows = 10_000

func checkLimit(n int) error {
	if n < 1 || n > maxRows {
		return fault.At("limit", "fault.field.range", "low", 1, "high", maxRows)
	}
	return nil
}

// checkFound is for what is looked for by words: a search gives no more.
func checkFound(n int) error {
	if n < 1 || n > store.MostFound {
		return fault.At("limit", "fault.field.range", "low", 1, "high", store.MostFound)
	}
	return nil
}

func (c *patientFindCmd) Run(s *session) error {
	if err := checkFound(c.Limit); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		found, err := d.records.FindPatients(s.ctx, strings.Join(c.Words, " "), c.Limit)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, briefsOf(found))
		}
		for _, b := range found {
			if err := s.print(nil, "%-12s %-40s %-10s %s  %s", b.CaseNumber, b.Name.String(), b.BirthDate, tail(b.Phone), b.ID); err != nil {
				return err
			}
		}
		if len(found) == c.Limit {
			s.say("cli_found_first", "limit", c.Limit)
			return nil
		}
		s.say("cli_found", "n", len(found))
		return nil
	})
}

// tail shows the last four digits of a phone, enough to tell namesakes apart.
func tail(phone string) string {
	digits := fold.Digits(phone)
	if len(digits) <= 4 {
		return digits
	}
	return "…" + digits[len(digits)-4:]
}

// patientID reads an id or a case number.
func (d *desk) patientID(s *session, arg string) (clinic.ID, error) {
	if strings.TrimSpace(arg) == "" {
		return clinic.ID{}, fault.At("patient", "fault.field.empty")
	}
	if id, err := clinic.ParseID(arg); err == nil {
		return id, nil
	}
	p, err := d.records.PatientByCase(s.ctx, arg)
	if !fault.Is(err, fault.NotFound) {
		return p.ID, err
	}
	// The number's letter may have been typed small or on the other layout.
	found, findErr := d.records.FindPatients(s.ctx, arg, 10)
	if findErr != nil {
		return clinic.ID{}, findErr
	}
	for _, b := range found {
		if numberOf(b, arg) != "" {
			return b.ID, nil
		}
	}
	return clinic.ID{}, err
}

// numberOf gives the number of a found card, or of one merged with it, that was
// meant; "" for none.
func numberOf(b clinic.Brief, arg string) string {
	for _, number := range append([]string{b.CaseNumber}, b.Merged...) {
		if fold.Code(number) == fold.Code(arg) {
			return number
		}
	}
	return ""
}

type patientShowCmd struct {
	ID    string `arg:"" name:"id" help:"${cli_patient_id}"`
	Chart bool   `help:"${cli_patient_chart}"`
}

func (c *patientShowCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		id, err := d.patientID(s, c.ID)
		if err != nil {
			return err
		}
		if c.Chart {
			chart, err := d.records.Chart(s.ctx, id)
			if err != nil {
				return err
			}
			return writeJSON(s.stdout, chart)
		}
		p, err := d.records.Patient(s.ctx, id)
		if err != nil {
			return err
		}
		return writeJSON(s.stdout, patientOf(p, nil))
	})
}

type patientEditCmd struct {
	ID string `arg:"" optional:"" name:"id" help:"${cli_patient_edit_id}"`
}

func (c *patientEditCmd) Run(s *session) error {
	patch, arg, err := s.readPatch(c.ID)
	if err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		id, err := d.patientID(s, arg)
		if err != nil {
			return err
		}
		saved, err := d.records.EditPatient(s.ctx, id, func(p clinic.Patient) (clinic.Patient, error) { return merge(p, patch) })
		if err != nil {
			return err
		}
		return s.printPatient(saved, "cli_patient_edited")
	})
}

type patientAnnulCmd struct {
	ID  string `arg:"" name:"id" help:"${cli_patient_id}"`
	Why string `required:"" help:"${cli_why}"`
}

func (c *patientAnnulCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		id, err := d.patientID(s, c.ID)
		if err != nil {
			return err
		}
		if err := d.records.AnnulPatient(s.ctx, id, c.Why); err != nil {
			return err
		}
		return s.print(map[string]any{"id": id}, "%s", s.t("cli_patient_annulled"))
	})
}

type annulledCmd struct{}

// annulledOut is a row of patient annulled: no number is missing from the lists
// without a reason (R1.2).
type annulledOut struct {
	ID         clinic.ID   `json:"id"`
	CaseNumber string      `json:"case_number"`
	Annulled   string      `json:"annulled"`
	Deleted    clinic.Time `json:"deleted"`
}

func (annulledCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		list, err := d.records.Annulled(s.ctx)
		if err != nil {
			return err
		}
		out := make([]annulledOut, len(list))
		for i, p := range list {
			out[i] = annulledOut{p.ID, p.CaseNumber, p.Annulled, p.Deleted}
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, out)
		}
		for _, r := range out {
			if err := s.print(nil, "%-12s %s", r.CaseNumber, r.Annulled); err != nil {
				return err
			}
		}
		s.say("cli_found", "n", len(out))
		return nil
	})
}
