package demo

import (
	"fmt"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
)

// contacts gives a phone of one's own, or a relative's with its owner, and
// seldom an e-mail address in a domain kept for examples (RFC 2606).
func (g *Generator) contacts(p *person, c *clinic.Patient) {
	d := g.people
	age := p.born.years(g.today)
	owner, whose := p, ""
	switch {
	case age < 14 && p.mother != nil:
		owner = p.mother
		whose = "мать — " + owner.name().String()
	case p.spouse != nil && d.chance(9):
		owner = p.spouse
		whose = "супруг — " + owner.name().String()
		if !owner.male {
			whose = "супруга — " + owner.name().String()
		}
	case age > 74 && d.chance(25):
		// a relative who is on no card
		shown, e164 := phone(g.country, p.ordinal+7_000_000, d)
		given := spelled(g.names.givenName(d, p.people, false, p.born.year()+26), p.kazakh)
		g.contact(c, clinic.Contact{Kind: "phone", Value: shown, E164: e164, Use: "relative", Owner: "дочь — " + given})
		return
	}
	if d.chance(3) && whose == "" && age >= 14 {
		return
	}
	shown, e164 := phone(g.country, owner.ordinal, d)
	use := "mobile"
	if whose != "" {
		use = "relative"
	}
	g.contact(c, clinic.Contact{Kind: "phone", Value: shown, E164: e164, Use: use, Owner: whose})
	if d.chance(0.7) {
		shown, e164 = foreignPhone(d)
		g.contact(c, clinic.Contact{Kind: "phone", Value: shown, E164: e164, Use: "relative", Owner: "родственники за границей"})
	}
	if age >= 18 && age < 65 && d.chance(18) {
		name := strings.ToLower(latin(c.Family)) + "." + strconv.Itoa(p.born.year()) + "." + strconv.Itoa(p.ordinal)
		g.contact(c, clinic.Contact{Kind: "email", Value: name + "@example.org"})
	}
}

func (g *Generator) contact(c *clinic.Patient, x clinic.Contact) {
	x.ID = g.deriver.child(c.ID, "contact", len(c.Contacts))
	c.Contacts = append(c.Contacts, x)
}

// documents gives the paper that proves identity at the person's age.
func (g *Generator) documents(p *person, c *clinic.Patient) {
	d := g.people
	age := p.born.years(g.today)
	var doc clinic.Document
	switch {
	case g.today-p.born < 14 || d.chance(2):
		return
	case c.Citizenship != "RUS" && c.Citizenship != "KAZ":
		doc = clinic.Document{Type: "foreign", Series: pick(d, "AA", "AB", "FB", "C"), Number: fmt.Sprintf("%07d", d.below(10_000_000))}
	case g.country == clinic.Kazakhstan && age >= 16:
		doc = g.idCard(p, age)
	case age < 14 || g.country == clinic.Kazakhstan:
		doc = g.birthCertificate(p)
	default:
		doc = g.passport(p, age)
	}
	doc.ID = g.deriver.child(c.ID, "document", 0)
	c.Documents = append(c.Documents, doc)
}

// passport is a Russian one: given at 14 and renewed at 20 and 45; the series is
// the region's code and the year of the blank.
func (g *Generator) passport(p *person, age int) clinic.Document {
	d := g.people
	at := 14
	if age >= 45 {
		at = 45
	} else if age >= 20 {
		at = 20
	}
	issued := max(p.born.plusYears(at)+day(d.between(5, 70)), dayAt(1998, 1, 12))
	issued = min(issued, g.today-1)
	t := g.family.home.town
	unit := fmt.Sprintf("%s0-%03d", t.code, d.between(1, 90))
	issuer := "МВД по " + dativeRegion(t.region)
	if issued < dayAt(2017, 4, 1) {
		issuer = "Отделом УФМС России по " + dativeRegion(t.region) + " в г. " + t.name
	}
	return clinic.Document{
		Type: "passport", Series: t.passport + fmt.Sprintf("%02d", issued.year()%100),
		Number: fmt.Sprintf("%06d", d.below(1_000_000)), Issuer: issuer, IssuerCode: unit, Issued: issued.date(),
	}
}

// dativeRegion puts a region's name into the case that "по" asks for.
func dativeRegion(s string) string {
	s = strings.Replace(s, "Республика", "Республике", 1)
	s = strings.Replace(s, "Чувашская", "Чувашской", 1)
	s = strings.Replace(s, "ская область", "ской области", 1)
	return s
}

// idCard is a Kazakhstan one: nine digits, ten years, given from 16 on.
func (g *Generator) idCard(p *person, age int) clinic.Document {
	d := g.people
	since := d.between(0, min(9, age-16))
	issued := g.today.plusYears(-since) - day(d.between(1, 300))
	issued = max(issued, p.born.plusYears(16))
	issued = min(issued, g.today-1)
	issuer := "МВД РК"
	if g.family.kazakh {
		issuer = "ҚР ІІМ"
	}
	return clinic.Document{
		Type: "id_card", Number: fmt.Sprintf("0%08d", d.below(100_000_000)), Issuer: issuer,
		Issued: issued.date(), ValidUntil: issued.plusYears(10).date(),
	}
}

func (g *Generator) birthCertificate(p *person) clinic.Document {
	d := g.people
	issued := min(p.born+day(d.between(3, 25)), g.today-1)
	doc := clinic.Document{Type: "birth_certificate", Issued: issued.date()}
	if g.country == clinic.Kazakhstan {
		doc.Number = fmt.Sprintf("%08d", d.below(100_000_000))
		doc.Issuer = "РАГС г. " + g.family.home.town.name
		return doc
	}
	doc.Series = pick(d, "I", "II", "III", "IV") + "-КБ"
	doc.Number = fmt.Sprintf("%06d", d.below(1_000_000))
	doc.Issuer = "Отдел ЗАГС г. " + g.family.home.town.name
	return doc
}

// representatives gives parents to minors and a guardian to the incapable.
func (g *Generator) representatives(p *person, c *clinic.Patient) {
	switch {
	case p.mother != nil && p.born.years(g.today) < 18:
		g.parent(p.mother, "mother", c)
		if p.father.spouse != nil && g.people.chance(35) {
			g.parent(p.father, "father", c)
		}
	case p.incapable:
		c.Incapable = true
		r := clinic.Representative{
			Name:     clinic.Name{Family: c.Family, Given: spelled(g.names.givenName(g.people, p.people, p.male, p.born.year()), p.kazakh)},
			Relation: "guardian", BasisType: "court", BasisText: "решение суда о признании недееспособным, акт органа опеки № " + strconv.Itoa(g.people.between(10, 400)),
			BasisDate: (g.today - day(g.people.between(100, 2000))).date(),
		}
		r.ID = g.deriver.child(c.ID, "representative", 0)
		c.Representatives = append(c.Representatives, r)
	}
}

func (g *Generator) parent(parent *person, relation string, c *clinic.Patient) {
	shown, _ := phone(g.country, parent.ordinal, g.people)
	r := clinic.Representative{Name: parent.name(), Person: parent.id, Relation: relation, Phone: shown, BasisType: "birth_certificate"}
	if len(c.Documents) > 0 && c.Documents[0].Type == "birth_certificate" {
		doc := c.Documents[0]
		r.BasisText = strings.TrimSpace(doc.Series+" № "+doc.Number) + ", " + doc.Issuer
		r.BasisDate = doc.Issued
	}
	r.ID = g.deriver.child(c.ID, "representative", len(c.Representatives))
	c.Representatives = append(c.Representatives, r)
}
