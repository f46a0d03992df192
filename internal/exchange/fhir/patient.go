package fhir

import (
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

const (
	birthPlace    = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
	birthTime     = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
	citizenship   = "http://hl7.org/fhir/StructureDefinition/patient-citizenship"
	mothersMaiden = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
)

// patient opens a chart. The case number is left to the clinic that imports.
func (b *builder) patient(n *node) {
	in, fields, ok := decode[patient](b, n)
	if !ok {
		return
	}
	r := b.record(n)
	p := clinic.Patient{Record: clinic.Record{ID: r.id}, Source: r.source}
	p.Sex = clinic.SexUnknown
	if s := clinic.Sex(in.Gender); s.Valid() {
		p.Sex = s
	}
	b.names(n, in.Name, &p)
	b.life(n, in, &p)
	b.contacts(n, in, &p)
	b.addresses(n, in.Address, &p)
	b.documents(n, in.Identifier, &p)
	b.patientExtensions(n, in.Extension, &p)
	b.rest(n, fields, "name", "gender", "birthDate", "_birthDate", "deceasedBoolean",
		"deceasedDateTime", "multipleBirthInteger", "multipleBirthBoolean", "telecom",
		"address", "identifier", "contact", "extension")
	c := &chart{patient: p}
	c.loose.chart = c
	b.charts[n] = c
	b.order = append(b.order, c)
}

// life fills in birth and death.
func (b *builder) life(n *node, in *patient, p *clinic.Patient) {
	p.BirthDate = b.date(n, "birthDate", in.BirthDate)
	if in.BirthDateMore != nil {
		for _, x := range in.BirthDateMore.Extension {
			_, clock, ok := strings.Cut(x.ValueDateTime, "T")
			if x.URL == birthTime && ok && len(clock) >= 5 && validClock(clock[:5]) {
				p.BirthTime = clock[:5]
			}
		}
		b.extensions("Patient.birthDate", in.BirthDateMore.Extension, birthTime)
	}
	p.DeathDate = b.date(n, "deceasedDateTime", in.DeceasedDateTime)
	if in.DeceasedBoolean && p.DeathDate == "" {
		b.book.element("Patient.deceasedBoolean", 1)
		b.book.warn(n, "fhir.warn.deceased")
	}
	p.BirthOrder = max(in.MultipleBirthInteger, 0)
	if in.MultipleBirthBoolean {
		b.book.element("Patient.multipleBirthBoolean", 1)
	}
}

func validClock(s string) bool {
	_, err := time.Parse("15:04", s)
	return err == nil
}

// contacts takes phones and e-mail, and the phones of the people to be told.
func (b *builder) contacts(n *node, in *patient, p *clinic.Patient) {
	add := func(t telecom, owner string) bool {
		c := clinic.Contact{
			Record: clinic.Record{ID: n.key.part("contact", len(p.Contacts))},
			Kind:   map[string]string{"phone": "phone", "sms": "phone", "email": "email"}[t.System],
			Value:  strings.TrimSpace(t.Value), Owner: owner,
		}
		if c.Kind == "" || c.Value == "" {
			return false
		}
		switch t.Use {
		case "home", "work", "mobile":
			c.Use = t.Use
		case "old":
			c.Note = translations.T(b.lang, "fhir.note.former")
		}
		if owner != "" {
			c.Use = "relative"
		}
		p.Contacts = append(p.Contacts, c)
		return true
	}
	for _, t := range in.Telecom {
		if !add(t, "") {
			b.book.element("Patient.telecom", 1)
		}
	}
	for _, who := range in.Contact {
		owner := joined(", ", fullName(who.Name), joined(", ", allWords(who.Relationship)...))
		taken := false
		for _, t := range who.Telecom {
			taken = (owner != "" && add(t, owner)) || taken
		}
		if !taken {
			b.book.element("Patient.contact", 1)
		}
	}
}

func (b *builder) addresses(n *node, list []address, p *clinic.Patient) {
	use := map[string]string{
		"": "residence", "home": "residence", "billing": "residence",
		"temp": "temporary", "work": "work",
	}
	for _, a := range list {
		b.extensions("Patient.address", a.Extension)
		out := a.clinic()
		out.Use = use[a.Use]
		if out.Use == "" || out == (clinic.Address{Use: out.Use}) {
			b.book.element("Patient.address", 1) // a former one has no place
			continue
		}
		out.ID = n.key.part("address", len(p.Addresses))
		p.Addresses = append(p.Addresses, out)
	}
}

// clinic keeps the lines as the street: house and flat can't be told in them.
func (a *address) clinic() clinic.Address {
	return clinic.Address{
		Country: strings.TrimSpace(a.Country), PostalCode: strings.TrimSpace(a.PostalCode),
		Region: strings.TrimSpace(a.State), District: strings.TrimSpace(a.District),
		City: strings.TrimSpace(a.City), Street: joined(", ", a.Line...),
		Text: strings.TrimSpace(a.Text),
	}
}

func (b *builder) patientExtensions(n *node, list []extension, p *clinic.Patient) {
	for _, x := range list {
		switch {
		case x.URL == birthPlace && x.ValueAddress != nil:
			a := x.ValueAddress
			p.BirthPlace = strings.TrimSpace(a.Text)
			if p.BirthPlace == "" {
				p.BirthPlace = joined(", ", a.City, a.District, a.State, a.Country)
			}
		case x.URL == mothersMaiden && x.ValueString != "":
			p.Note = joined("\n", p.Note,
				translations.T(b.lang, "fhir.note.mothers_maiden_name", "name", x.ValueString))
		case x.URL == citizenship && p.Citizenship == "" && country(x.Extension) != "":
			p.Citizenship = country(x.Extension)
		default:
			b.book.element("Patient.extension:"+tail(x.URL), 1)
		}
	}
}
