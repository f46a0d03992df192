package clinic

import (
	"encoding"
	"slices"
	"strings"

	"feldsher/internal/clinic/fold"
)

// Grade says how sure it is that two cards are of one person.
type Grade int

// The grades. Certain is what a receptionist would not ask about; Likely is worth
// stopping for; Possible is worth a look.
const (
	Unlike Grade = iota
	Possible
	Likely
	Certain
)

var gradeNames = [...]string{"", "possible", "likely", "certain"}

var _ encoding.TextMarshaler = Unlike

// String gives the grade's name in JSON and in keys of translations.
func (g Grade) String() string { return gradeNames[g] }

// MarshalText implements encoding.TextMarshaler.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// Reason is why two cards look alike, or what speaks against it.
type Reason string

// The reasons. Those from OtherNumbers on speak against.
const (
	SameSNILS    Reason = "snils"
	SameTax      Reason = "tax_number"
	SamePolicy   Reason = "policy"
	SameDocument Reason = "document"
	SameName     Reason = "name"          // all parts that both have
	NearName     Reason = "name_typo"     // one letter apart
	OtherFamily  Reason = "family_other"  // given name, patronymic and birth date are the same
	Namesake     Reason = "namesake"      // another patronymic
	SameBirth    Reason = "birth"         // to the day
	NearBirth    Reason = "birth_typo"    // one digit apart, or day and month exchanged
	FitsBirth    Reason = "birth_partial" // as far as both are known
	SamePhone    Reason = "phone"
	SameAddress  Reason = "address"
	SameMother   Reason = "mother"
	OtherNumbers Reason = "numbers_differ"
	OtherSex     Reason = "sex_differs"
)

// reasons in the order in which they are told.
var reasons = []Reason{
	SameSNILS, SameTax, SamePolicy, SameDocument, SameName, NearName, OtherFamily, Namesake, SameBirth, NearBirth, FitsBirth,
	SamePhone, SameAddress, SameMother, OtherNumbers, OtherSex,
}

// Resemblance is how two cards look alike.
type Resemblance struct {
	Grade   Grade    `json:"grade"`
	Reasons []Reason `json:"reasons"`
}

// Candidate is a card that a new one may be a second card of (R1.6).
type Candidate struct {
	Brief
	Resemblance
}

// Resemble compares two cards. It knows the false alarms of a registry: twins and
// other children born to one mother on one day, a son named as his father at the
// same address and phone, a parent's passport on the child's card, two people of
// one name. The order of the two makes no difference.
func Resemble(a, b *Patient) Resemblance {
	p := pair{
		name: compareNames(a, b), birth: compareBirths(a.BirthDate, b.BirthDate),
		phone: samePhone(a, b), address: sameAddress(a, b),
		sex: known(a.Sex) && known(b.Sex) && a.Sex != b.Sex,
		twin: a.BirthOrder != 0 && b.BirthOrder != 0 && a.BirthOrder != b.BirthOrder &&
			(a.Mother == b.Mother || a.Mother.IsZero() || b.Mother.IsZero()),
	}
	p.compareNumbers(a, b)
	if p.twin && !p.person {
		return Resemblance{}
	}
	grade, why := p.byNumbers()
	if g, w := p.byNames(); g > grade {
		grade, why = g, append(why, w...)
	} else if grade > Unlike {
		why = append(why, w...)
	}
	if !a.Mother.IsZero() && a.Mother == b.Mother && p.birth == birthSame && (a.NameUnknown || b.NameUnknown) && grade < Likely {
		grade, why = Likely, append(why, SameMother, SameBirth)
	}
	if grade == Unlike {
		return Resemblance{}
	}
	why = append(why, p.beside()...)
	slices.SortFunc(why, func(a, b Reason) int { return slices.Index(reasons, a) - slices.Index(reasons, b) })
	return Resemblance{grade, slices.Compact(why)}
}

// pair is what comparing two cards part by part gave.
type pair struct {
	name           nameLikeness
	birth          birthLikeness
	phone, address bool
	sex            bool // both known and different
	twin           bool // children of one birth

	same     []Reason // numbers that both have
	person   bool     // a number that the state gives to one person
	document bool
	policy   bool
	differ   bool // such numbers that both have are different
}

// beside lists what is to be shown with whatever made the cards look alike.
func (p *pair) beside() []Reason {
	var out []Reason
	for _, r := range []struct {
		is  bool
		why Reason
	}{{p.phone, SamePhone}, {p.address, SameAddress}, {p.differ, OtherNumbers}, {p.sex, OtherSex}} {
		if r.is {
			out = append(out, r.why)
		}
	}
	return out
}

// byNumbers judges by numbers that both cards have. One number may have been typed
// onto a wrong card, so it is certain only where the name or the day agrees.
func (p *pair) byNumbers() (Grade, []Reason) {
	agrees := p.name.alike() || p.birth == birthSame || p.name.kind == nameUnknown && p.birth != birthFar
	switch {
	case len(p.same) == 0:
		return Unlike, nil
	case p.person && agrees:
		return Certain, p.same
	case p.person:
		return Likely, p.same
	case (p.document || p.policy) && p.name.alike() && p.birth != birthFar:
		return Certain, p.same
	case p.birth == birthFar || p.differ:
		return Possible, p.same // a parent's document, say
	}
	return Likely, p.same
}

// byNames judges by name and date of birth.
func (p *pair) byNames() (Grade, []Reason) {
	grade, why := p.byNameAndBirth()
	if grade > Unlike && p.sex {
		grade--
	}
	if grade > Possible && p.differ {
		grade = Possible
	}
	return grade, why
}

func (p *pair) byNameAndBirth() (Grade, []Reason) {
	n := p.name
	switch p.birth {
	case birthSame:
		switch {
		case n.kind == nameSame && n.full:
			return Certain, []Reason{SameName, SameBirth}
		case n.kind == nameSame:
			return Likely, []Reason{SameName, SameBirth}
		case n.kind == nameNear && n.given && p.sex:
			return Unlike, nil // twins: Александр and Александра
		case n.kind == nameNear && n.given:
			return Possible, []Reason{NearName, SameBirth} // or twins: Алина and Арина
		case n.kind == nameNear:
			return Likely, []Reason{NearName, SameBirth}
		case n.kind == nameFamilyOther && !p.sex && (p.phone || p.address):
			return Likely, []Reason{OtherFamily, SameBirth}
		case n.kind == nameFamilyOther && !p.sex:
			return Possible, []Reason{OtherFamily, SameBirth}
		case n.kind == nameNamesake:
			return Possible, []Reason{Namesake, SameBirth}
		}
	case birthNear:
		if n.kind == nameSame && (n.full || p.phone) {
			return Likely, []Reason{SameName, NearBirth}
		}
		if n.kind == nameSame || n.kind == nameNear && !n.given && p.phone {
			return Possible, []Reason{n.reason(), NearBirth}
		}
	case birthFits:
		if n.kind == nameSame && n.full {
			return Likely, []Reason{SameName, FitsBirth}
		}
		if n.kind == nameSame {
			return Possible, []Reason{SameName, FitsBirth}
		}
	case birthUnknown:
		// A name alone is borne by many, a phone by a family: a father and his son.
		if (p.phone || p.address && n.full) && (n.kind == nameSame || n.kind == nameNear && !n.given) {
			return Possible, []Reason{n.reason()}
		}
	}
	return Unlike, nil
}

func known(s Sex) bool { return s == Male || s == Female }

func (p *pair) compareNumbers(a, b *Patient) {
	for _, n := range []struct {
		x, y   string
		digits int
		why    Reason
	}{{a.SNILS, b.SNILS, 11, SameSNILS}, {a.TaxNumber, b.TaxNumber, 12, SameTax}, {a.Policy, b.Policy, 6, SamePolicy}} {
		x, y := fold.Code(n.x), fold.Code(n.y)
		person := n.why != SamePolicy
		switch {
		case len(fold.Digits(x)) < n.digits || len(fold.Digits(y)) < n.digits:
		case x == y:
			p.same = append(p.same, n.why)
			p.person, p.policy = p.person || person, p.policy || !person
		case person:
			p.differ = true
		}
	}
	if sameDocument(a, b) {
		p.same, p.document = append(p.same, SameDocument), true
	}
}

func sameDocument(a, b *Patient) bool {
	for i := range a.Documents {
		for j := range b.Documents {
			x, y := &a.Documents[i], &b.Documents[j]
			number := fold.Code(x.Series + x.Number)
			if x.Deleted == 0 && y.Deleted == 0 && x.Type == y.Type && len(fold.Digits(number)) >= 4 && number == fold.Code(y.Series+y.Number) {
				return true
			}
		}
	}
	return false
}

func samePhone(a, b *Patient) bool {
	for i := range a.Contacts {
		for j := range b.Contacts {
			x, y := &a.Contacts[i], &b.Contacts[j]
			if x.Kind == "phone" && y.Kind == "phone" && x.Deleted == 0 && y.Deleted == 0 {
				if d := phoneEnd(x); len(d) == 10 && d == phoneEnd(y) {
					return true
				}
			}
		}
	}
	return false
}

// phoneEnd is what of a number is dialled from everywhere: its last ten digits.
func phoneEnd(c *Contact) string {
	d := fold.Digits(c.E164)
	if d == "" {
		d = fold.Digits(c.Value)
	}
	return d[max(0, len(d)-10):]
}

func sameAddress(a, b *Patient) bool {
	for i := range a.Addresses {
		for j := range b.Addresses {
			x, y := &a.Addresses[i], &b.Addresses[j]
			if x.Deleted == 0 && y.Deleted == 0 {
				if t := addressKey(x); t != "" && t == addressKey(y) {
					return true
				}
			}
		}
	}
	return false
}

// addressKey is a dwelling; empty where house and street are not both known.
func addressKey(a *Address) string {
	if a.Text != "" {
		return fold.Text(a.Text)
	}
	if a.Street == "" || a.House == "" {
		return ""
	}
	return strings.Join([]string{fold.Text(a.City), fold.Text(a.Street), fold.Text(a.House), fold.Text(a.Flat)}, "|")
}
