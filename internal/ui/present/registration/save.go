package registration

import (
	"context"
	"errors"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Saved is a card that was stored.
type Saved struct {
	Card clinic.Patient
	Text string // what to tell
	Warn string // what looks wrong about the clinic, not about a field; may be empty
}

// Submit looks at the whole form and gives the deed that stores it, to be done beside
// the screen. Where a field must be put right first, the deed is nil and First says
// which.
func (f *Form) Submit() func(context.Context) (Saved, error) {
	for _, path := range f.paths() {
		f.Left(path)
	}
	clear(f.refused)
	f.requireName()
	if f.First() != "" {
		return nil
	}
	// The deed works on a copy: typing may go on meanwhile.
	g := *f
	g.base, g.in = f.base.clone(), f.in.clone()
	return g.store
}

// requireName: one name, or «unknown», or a mother (R1.1).
func (f *Form) requireName() {
	for _, path := range []string{"family", "given", "patronymic", "name_unknown", "mother"} {
		if strings.TrimSpace(f.Get(path)) != "" {
			return
		}
	}
	f.refused["family"] = Word{Wrong, f.s.T("fault.patient.name")}
}

func (f *Form) store(ctx context.Context) (Saved, error) {
	var saved records.Saved
	var lines map[string][]int
	build := func(p clinic.Patient) (clinic.Patient, error) {
		out, numbers, err := f.apply(p)
		lines = numbers
		return out, err
	}
	var err error
	if f.Editing() {
		saved, err = f.s.Records.EditPatient(ctx, f.id, build)
	} else if p, failed := build(clinic.Patient{}); failed != nil {
		err = failed
	} else {
		saved, err = f.s.Records.RegisterPatient(ctx, p)
	}
	if err != nil {
		return Saved{}, &refusal{err, lines}
	}
	body := ""
	if f.earlier != nil && !f.Editing() {
		body = f.earlier.body()
	}
	if err := f.s.Records.SaveDraft(ctx, records.DraftPatient, f.id, body); err != nil {
		return Saved{}, err
	}
	return f.told(saved), nil
}

func (f *Form) told(saved records.Saved) Saved {
	key := "registration_saved_new"
	if f.Editing() {
		key = "registration_saved_edit"
	}
	out := Saved{Card: saved.Patient, Text: f.s.T(key, "number", saved.CaseNumber)}
	for _, w := range saved.Warnings {
		if w.Field == "" {
			out.Warn = f.s.Words.Warning(w)
		}
	}
	return out
}

// refusal is an error of saving with the lines of the form that it counts by.
type refusal struct {
	err   error
	lines map[string][]int
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// Refused puts an error of saving at its field; it reports whether there is one. An
// error of no field is the page's to tell.
func (f *Form) Refused(err error) bool {
	path := present.At(err)
	if path == "" {
		return false
	}
	var r *refusal
	if list, i, name := split(path); list != "" && errors.As(err, &r) && i < len(r.lines[list]) {
		path = at(list, r.lines[list][i], name)
	}
	if !slices.Contains(f.paths(), path) {
		return false
	}
	f.refused[path] = Word{Wrong, f.s.Words.Fault(err)}
	return true
}

// First is the first field that must be put right, "" for none.
func (f *Form) First() string {
	for _, path := range f.paths() {
		if f.Say(path).Tone == Wrong {
			return path
		}
	}
	return ""
}

// Draft is the card as far as it can be read, to look for others like it.
func (f *Form) draft() clinic.Patient {
	g := *f
	g.base = Input{Values: map[string]string{}, Lists: map[string][]Row{}}
	g.in = f.in.clone()
	for _, path := range f.paths() {
		s, _ := f.spec(path)
		if _, ok := f.stored(s, f.Get(path)); !ok {
			g.put(path, "")
		}
	}
	p, _, err := g.apply(clinic.Patient{})
	if err != nil {
		return clinic.Patient{}
	}
	p.ID = f.id
	if p.Sex == "" {
		p.Sex = clinic.SexUnknown
	}
	// In the spelling of the store, or no number would be found.
	p.SNILS, p.Policy, p.TaxNumber = check.SNILS(p.SNILS).Value, check.Policy(p.Policy).Value, digits(p.TaxNumber)
	for i := range p.Contacts {
		if p.Contacts[i].Kind == "phone" {
			p.Contacts[i].E164 = check.NormalizePhone(p.Contacts[i].Value, string(f.s.Clinic.Country)).E164
		}
	}
	return p
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// words of a code that may have none in the language.
func (f *Form) word(key string) string {
	if translations.Has(f.s.Words.Lang, key) {
		return f.s.T(key)
	}
	return ""
}
