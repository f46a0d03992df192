package cards

import (
	"context"
	"errors"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present"
)

// What is known of a patient between visits: the panels of an allergy and of a
// problem. Fields hold what was typed; Save checks it.

// Pick is one of a few answers: its code and its word.
type Pick struct{ Code, Word string }

func picks(w present.Words, table, column string, codes ...string) []Pick {
	out := make([]Pick, len(codes))
	for i, c := range codes {
		out[i] = Pick{c, codeWord(w, table, column, c)}
		if c == "" {
			out[i].Word = w.T("cards_unsaid")
		}
	}
	return out
}

// AllergyForm is the panel of an allergy.
type AllergyForm struct {
	s       *present.Session
	id      clinic.ID
	patient clinic.ID

	Substance, Reaction, Since string
	Kind, Severity, Status     string // codes
	Kinds, Severities, States  []Pick
}

// Allergy opens the panel of an allergy of the card; of the zero id for a new one.
func (c *Card) Allergy(id clinic.ID) *AllergyForm {
	w := c.s.Words
	f := &AllergyForm{
		s: c.s, id: id, patient: c.Patient().ID, Kind: "drug", Status: "active",
		Kinds:      picks(w, "allergy", "kind", "drug", "food", "environment", "other"),
		Severities: picks(w, "allergy", "severity", "", "mild", "moderate", "severe"),
		States:     picks(w, "allergy", "status", "active", "refuted", "resolved"),
	}
	for i := range c.chart.Allergies {
		if a := &c.chart.Allergies[i]; a.ID == id && !id.IsZero() {
			f.Substance, f.Reaction, f.Since = a.Substance, a.Reaction, w.Date(a.Since)
			f.Kind, f.Severity, f.Status = a.Kind, a.Severity, a.Status
		}
	}
	return f
}

// New reports whether it is one that is not stored yet.
func (f *AllergyForm) New() bool { return f.id.IsZero() }

// Save stores the allergy and gives what warns of a running prescription, in words,
// and what undoes it. Faults at "substance", "reaction" and "since".
func (f *AllergyForm) Save(ctx context.Context) (warning string, undo func(context.Context) error, err error) {
	since, err := typedDate(f.Since, "since")
	if err != nil {
		return "", nil, err
	}
	var before clinic.Allergy
	change := func(a clinic.Allergy) (clinic.Allergy, error) {
		before = a
		if a.Substance != f.Substance { // another substance than what was coded
			a.Coding = clinic.Coding{}
		}
		a.Substance, a.Reaction, a.Since, a.Kind, a.Severity, a.Status = f.Substance, f.Reaction, since, f.Kind, f.Severity, f.Status
		return a, nil
	}
	rec := f.s.Records
	if f.New() {
		a, _ := change(clinic.Allergy{Patient: f.patient})
		saved, err := rec.AddAllergy(ctx, a)
		if err != nil {
			return "", nil, err
		}
		for _, x := range saved.Warnings {
			warning = f.s.Words.Warning(x)
		}
		return warning, func(ctx context.Context) error {
			_, err := rec.EditAllergy(ctx, saved.ID, func(a clinic.Allergy) (clinic.Allergy, error) { a.Status = "refuted"; return a, nil })
			return err
		}, nil
	}
	saved, err := rec.EditAllergy(ctx, f.id, change)
	if err != nil {
		return "", nil, err
	}
	for _, x := range saved.Warnings {
		warning = f.s.Words.Warning(x)
	}
	return warning, func(ctx context.Context) error {
		_, err := rec.EditAllergy(ctx, saved.ID, func(clinic.Allergy) (clinic.Allergy, error) { return before, nil })
		return err
	}, nil
}

// typedDate reads a date as people type it, whole or in part.
func typedDate(text, field string) (clinic.Date, error) {
	iso, err := check.ParseDate(text)
	var f *fault.Error
	if errors.As(err, &f) {
		at := *f
		at.Field = field
		return "", &at
	}
	return clinic.Date(iso), err
}

// ProblemForm is the panel of a line of the problem list.
type ProblemForm struct {
	s       *present.Session
	id      clinic.ID
	patient clinic.ID
	coding  clinic.Coding // of what was picked or stored

	Text, Since, Resolved string // Text is the diagnosis, code and wording, or free words
	Status                string
	States                []Pick
}

// Problem opens the panel of a problem of the card; of the zero id for a new one.
func (c *Card) Problem(id clinic.ID) *ProblemForm {
	w := c.s.Words
	f := &ProblemForm{
		s: c.s, id: id, patient: c.Patient().ID, Status: "active",
		States: picks(w, "problem", "status", "active", "remission", "resolved"),
	}
	for i := range c.chart.Problems {
		if p := &c.chart.Problems[i]; p.ID == id && !id.IsZero() {
			f.coding, f.Text, f.Since, f.Resolved, f.Status = p.Coding, Coded(p.Coding, p.Text), w.Date(p.Since), w.Date(p.Resolved), p.Status
		}
	}
	return f
}

// New reports whether it is one that is not stored yet.
func (f *ProblemForm) New() bool { return f.id.IsZero() }

// Take takes a diagnosis that was picked from the table.
func (f *ProblemForm) Take(c clinic.Coding) { f.coding, f.Text = c, Coded(c, "") }

// Save stores the problem and gives what undoes it. Faults at "text", "since" and
// "resolved".
func (f *ProblemForm) Save(ctx context.Context) (undo func(context.Context) error, err error) {
	since, err := typedDate(f.Since, "since")
	if err != nil {
		return nil, err
	}
	resolved, err := typedDate(f.Resolved, "resolved")
	if err != nil {
		return nil, err
	}
	var before clinic.Problem
	change := func(p clinic.Problem) (clinic.Problem, error) {
		before = p
		switch typed := strings.TrimSpace(f.Text); {
		case typed == Coded(p.Coding, p.Text) && !f.New():
		case typed == Coded(f.coding, "") && typed != "":
			p.Coding, p.Text = f.coding, ""
		default:
			p.Coding, p.Text = clinic.Coding{}, typed
		}
		p.Since, p.Resolved, p.Status = since, resolved, f.Status
		return p, nil
	}
	rec := f.s.Records
	if f.New() {
		p, _ := change(clinic.Problem{Patient: f.patient})
		saved, err := rec.AddProblem(ctx, p)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) error {
			_, err := rec.EditProblem(ctx, saved.ID, func(p clinic.Problem) (clinic.Problem, error) { p.Status = "resolved"; return p, nil })
			return err
		}, nil
	}
	saved, err := rec.EditProblem(ctx, f.id, change)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		_, err := rec.EditProblem(ctx, saved.ID, func(clinic.Problem) (clinic.Problem, error) { return before, nil })
		return err
	}, nil
}
