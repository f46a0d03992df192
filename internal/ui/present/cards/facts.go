package cards

import (
	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
)

// Fact is a line of the card: a field and what it holds.
type Fact struct {
	Label, Value string
	Others       []Other // what merged cards say otherwise
}

// Other is what another card of the same person says.
type Other struct{ Case, Value string }

// Group is some facts under a heading.
type Group struct {
	Title string
	Facts []Fact
}

// The groups of a card.
const (
	groupPerson = iota
	groupContact
	groupPapers
	groupPeople
	groupLife
	groups
)

var groupKeys = [groups]string{"cards_g_person", "cards_g_contact", "cards_g_papers", "cards_g_people", "cards_g_life"}

// fact is one field of one card; key tells which of another card is to be held
// against it.
type fact struct {
	group             int
	key, label, value string
}

// factsOf lists what a card holds, in the order in which it is shown.
func factsOf(sp speaker, p *clinic.Patient) []fact {
	var out []fact
	w := sp.words
	add := func(group int, column, value string) {
		if value != "" {
			out = append(out, fact{group, column, Label(w, "patient", column), value})
		}
	}
	text := func(column, v string) string { return sp.value("patient", column, v) }
	add(groupPerson, "family", p.Family)
	add(groupPerson, "given", p.Given)
	add(groupPerson, "patronymic", p.Patronymic)
	for i := range p.FormerNames {
		f := &p.FormerNames[i]
		add(groupPerson, "former_name", join(" · ", f.Name.String(), codeWord(w, "former_name", "kind", f.Kind), w.Date(f.Until)))
	}
	add(groupPerson, "sex", text("sex", string(p.Sex)))
	add(groupPerson, "birth_date", join(" ", w.Date(p.BirthDate), p.BirthTime))
	add(groupPerson, "birth_place", p.BirthPlace)
	if p.BirthOrder > 0 {
		add(groupPerson, "birth_order", sp.number("birth_order", int64(p.BirthOrder)))
	}
	add(groupPerson, "mother", sp.names[p.Mother])
	add(groupPerson, "death_date", text("death_date", string(p.DeathDate)))
	add(groupPerson, "citizenship", w.Code("registration_country", p.Citizenship))
	if p.Incapable {
		add(groupPerson, "incapable", w.T("cards_yes"))
	}
	for i := range p.Contacts {
		c := &p.Contacts[i]
		label := codeWord(w, "contact", "kind", c.Kind)
		value := join(" · ", c.Value, codeWord(w, "contact", "use", c.Use), c.Owner, c.Note)
		out = append(out, fact{groupContact, "contact " + c.Kind, label, value})
	}
	for i := range p.Addresses {
		a := &p.Addresses[i]
		out = append(out, fact{groupContact, "address " + a.Use, codeWord(w, "address", "use", a.Use), Address(a)})
	}
	for i := range p.Documents {
		d := &p.Documents[i]
		value := join(" · ", join(" ", d.Series, d.Number), w.Date(d.Issued), join(" ", d.Issuer, d.IssuerCode))
		out = append(out, fact{groupPapers, "document " + d.Type, codeWord(w, "document", "type", d.Type), value})
	}
	add(groupPapers, "snils", snils(p.SNILS))
	add(groupPapers, "tax_number", p.TaxNumber)
	add(groupPapers, "tax_registration", p.TaxRegistration)
	add(groupPapers, "policy", p.Policy)
	add(groupPapers, "insurer", p.Insurer)
	for i := range p.Representatives {
		r := &p.Representatives[i]
		value := join(" · ", r.Name.String(), r.Phone, join(" ", codeWord(w, "document", "type", r.BasisType), r.BasisText), w.Date(r.BasisDate))
		out = append(out, fact{groupPeople, "representative " + r.Relation, codeWord(w, "representative", "relation", r.Relation), value})
	}
	for i := range p.Background {
		b := &p.Background[i]
		amount := ""
		if b.Amount != 0 {
			amount = w.Money(b.Amount, b.Currency)
		}
		value := join(" · ", b.Title, b.Organisation, b.Document, join("–", w.Date(b.From), w.Date(b.Until)), amount, b.Note)
		out = append(out, fact{groupLife, "background " + b.Kind, codeWord(w, "background", "kind", b.Kind), value})
	}
	add(groupLife, "note", p.Note)
	return out
}

// Address writes an address on one line.
func Address(a *clinic.Address) string {
	if a.Text != "" {
		return a.Text
	}
	return join(", ", a.PostalCode, a.Region, a.District, a.City, a.Street, a.House, a.Flat)
}

// groupsOf puts the facts of a card under headings, and beside each what the merged
// cards say otherwise.
func groupsOf(sp speaker, p *clinic.Patient, merged []clinic.Patient) []Group {
	out := make([]Group, groups)
	for i := range out {
		out[i].Title = sp.words.T(groupKeys[i])
	}
	shown := map[string]bool{}
	place := map[string][2]int{} // group and number of a key's last fact
	for _, f := range factsOf(sp, p) {
		shown[f.key+"\x00"+f.value] = true
		place[f.key] = [2]int{f.group, len(out[f.group].Facts)}
		out[f.group].Facts = append(out[f.group].Facts, Fact{Label: f.label, Value: f.value})
	}
	for i := range merged {
		m := &merged[i]
		for _, f := range factsOf(sp, m) {
			if shown[f.key+"\x00"+f.value] {
				continue
			}
			at, there := place[f.key]
			if !there {
				at = [2]int{f.group, len(out[f.group].Facts)}
				place[f.key] = at
				out[f.group].Facts = append(out[f.group].Facts, Fact{Label: f.label})
			}
			fact := &out[at[0]].Facts[at[1]]
			fact.Others = append(fact.Others, Other{m.CaseNumber, f.value})
		}
	}
	filled := out[:0]
	for _, g := range out {
		if len(g.Facts) > 0 {
			filled = append(filled, g)
		}
	}
	return filled
}

// Pair is a field of two cards side by side.
type Pair struct {
	Label, A, B string
	Differ      bool
}

// Compare puts two cards side by side, field by field; those that differ are marked.
func Compare(s *present.Session, a, b *clinic.Patient) []Pair {
	sp := speaker{words: s.Words}
	var out []Pair
	xs, ys := factsOf(sp, a), factsOf(sp, b)
	used := make([]bool, len(ys))
	for _, x := range xs {
		pair := Pair{Label: x.label, A: x.value}
		at := -1
		for i, y := range ys { // the same value first, else the next of the same field
			if used[i] || y.key != x.key {
				continue
			}
			if y.value == x.value {
				at = i
				break
			}
			if at < 0 {
				at = i
			}
		}
		if at >= 0 {
			used[at] = true
			pair.B = ys[at].value
		}
		out = append(out, pair)
	}
	for i, y := range ys {
		if !used[i] {
			out = append(out, Pair{Label: y.label, B: y.value})
		}
	}
	for i := range out {
		out[i].Differ = out[i].A != "" && out[i].B != "" && out[i].A != out[i].B
	}
	return out
}
