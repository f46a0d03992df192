package registration

import (
	"context"

	"feldsher/internal/clinic"
)

// Person is another card that this one names: a mother, a representative.
type Person struct {
	Name, About string
	Family      string
	Addresses   []clinic.Address
}

// know reads the names of the cards that this one names; one that is gone is shown
// as such.
func (f *Form) know(ctx context.Context) {
	ids := []clinic.ID{f.card.Mother}
	for i := range f.card.Representatives {
		ids = append(ids, f.card.Representatives[i].Person)
	}
	for _, id := range ids {
		if _, known := f.people[id]; id.IsZero() || known {
			continue
		}
		p, err := f.s.Records.Patient(ctx, id)
		if err != nil {
			f.people[id] = Person{Name: f.s.T("registration_person_gone")}
			continue
		}
		f.people[id] = f.person(p)
	}
}

func (f *Form) person(p clinic.Patient) Person {
	name := p.Name.String()
	if name == "" {
		name = f.s.T("registration_unnamed")
	}
	about := []string{f.s.Words.Date(p.BirthDate), p.CaseNumber}
	return Person{Name: name, About: joined(about...), Family: p.Family, Addresses: p.Addresses}
}

// Take puts another card into a field for a card: the mother, a representative. The
// zero id takes it out.
func (f *Form) Take(path string, p clinic.Patient) {
	f.kept = false
	f.own[path] = true
	if p.ID.IsZero() {
		f.put(path, "")
		f.suggest()
		return
	}
	f.people[p.ID] = f.person(p)
	f.put(path, p.ID.String())
	list, i, _ := split(path)
	switch {
	case list == "representatives":
		f.fillRow(list, i, map[string]string{
			"family": p.Family, "given": p.Given, "patronymic": p.Patronymic, "phone": phoneOf(p), "relation": f.relationOf(p),
		})
	case path == "mother":
		f.bornTo(p)
	}
	f.suggest()
}

// relationOf guesses what a representative is to the patient.
func (f *Form) relationOf(p clinic.Patient) string {
	switch {
	case f.Get("mother") == p.ID.String():
		return "mother"
	case p.Sex == clinic.Female:
		return "mother"
	case p.Sex == clinic.Male:
		return "father"
	}
	return ""
}

// bornTo takes from the mother's card what a newborn shares with her: the surname,
// where they live, and that she stands for the child.
func (f *Form) bornTo(p clinic.Patient) {
	if f.Get("family") == "" || f.auto["family"] != "" {
		f.put("family", p.Family)
		f.auto["family"] = "mother"
	}
	if f.vacant("addresses") {
		f.in.Lists["addresses"] = nil
		for _, a := range p.Addresses {
			a.Record = clinic.Record{}
			if row, err := f.readRow("addresses", a); err == nil && a.Deleted.IsZero() {
				f.in.Lists["addresses"] = append(f.in.Lists["addresses"], row)
			}
		}
		if len(f.in.Lists["addresses"]) == 0 {
			f.Add("addresses")
		}
	}
	for _, row := range f.in.Lists["representatives"] {
		if row.Values["person"] == p.ID.String() {
			return
		}
	}
	if f.vacant("representatives") {
		f.in.Lists["representatives"] = nil
	}
	i := f.Add("representatives")
	f.put(at("representatives", i, "person"), p.ID.String())
	f.fillRow("representatives", i, map[string]string{
		"family": p.Family, "given": p.Given, "patronymic": p.Patronymic, "phone": phoneOf(p), "relation": "mother",
	})
}

func (f *Form) fillRow(list string, i int, values map[string]string) {
	for name, v := range values {
		if path := at(list, i, name); v != "" && (f.Get(path) == "" || !f.own[path]) {
			f.put(path, v)
		}
	}
}

// vacant reports whether nothing stands in a list's lines.
func (f *Form) vacant(list string) bool {
	for _, row := range f.in.Lists[list] {
		if !f.isBlank(list, row) {
			return false
		}
	}
	return true
}

// PersonAt is the other card that a field names.
func (f *Form) PersonAt(path string) (Person, bool) {
	id, err := clinic.ParseID(f.Get(path))
	if err != nil || id.IsZero() {
		return Person{}, false
	}
	p, ok := f.people[id]
	if !ok {
		p = Person{Name: f.s.T("registration_person_other")}
	}
	return p, true
}

func phoneOf(p clinic.Patient) string {
	for _, c := range p.Contacts {
		if c.Kind == "phone" && c.Deleted.IsZero() {
			return c.Value
		}
	}
	return ""
}
