package records

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
)

// Limits of what a field takes: more than any paper form has, less than what
// would hurt a screen.
const (
	maxName = 200
	maxLine = 1000
	maxText = 50_000
)

// The values that kinds may have.
var (
	contactKinds  = []string{"phone", "email"}
	documentTypes = []string{
		"passport", "birth_certificate", "id_card", "foreign", "residence_permit", "military", "refugee", "other",
	}
	addressUses     = []string{"registration", "residence", "temporary", "work", "birth", "other"}
	backgroundKinds = []string{
		"work", "post", "education", "profession", "speciality", "qualification", "service", "military", "income", "debt",
	}
	relations = []string{"mother", "father", "guardian", "trustee", "adoptive_parent", "other"}
)

// preparePatient checks a card and puts it into the stored spelling. What can't
// be stored is an Invalid fault at its field; what only looks wrong is a warning
// (R1.7).
func preparePatient(p *clinic.Patient, country clinic.Country, now time.Time) ([]check.Warning, error) {
	var c checker
	c.name("", &p.Name)
	if p.Family == "" && p.Given == "" && p.Patronymic == "" && !p.NameUnknown && p.Mother.IsZero() {
		c.fail(fault.At("family", "fault.patient.name"))
	}
	if p.Sex == "" {
		p.Sex = clinic.SexUnknown
	}
	if !p.Sex.Valid() {
		c.fail(fault.At("sex", "fault.patient.sex"))
	}
	c.date("birth_date", p.BirthDate)
	c.date("death_date", p.DeathDate)
	c.inOrder("death_date", p.BirthDate, p.DeathDate)
	c.future("birth_date", p.BirthDate, now)
	c.future("death_date", p.DeathDate, now)
	if p.BirthTime != "" {
		at, err := time.Parse("15:04", p.BirthTime)
		if err != nil {
			c.fail(fault.At("birth_time", "fault.field.time"))
		}
		p.BirthTime = at.Format("15:04") // «9:05» is typed, HH:MM is stored
	}
	if p.BirthOrder < 0 || p.BirthOrder > 12 {
		c.fail(fault.At("birth_order", "fault.field.number"))
	}
	if !p.Mother.IsZero() && p.Mother == p.ID {
		c.fail(fault.At("mother", "fault.field.id"))
	}
	c.lines("", "birth_place citizenship tax_registration insurer", &p.BirthPlace, &p.Citizenship, &p.TaxRegistration, &p.Insurer)
	c.text("note", &p.Note)
	c.lists(p, country)
	c.sane(p)
	if c.err != nil {
		return nil, c.err
	}
	c.numbers(p, country, now)
	return c.warnings, nil
}

// checker collects the first failure and all warnings.
type checker struct {
	err      error
	warnings []check.Warning
}

func (c *checker) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *checker) warn(field string, ws []check.Warning) {
	for _, w := range ws {
		w.Field = field
		c.warnings = append(c.warnings, w)
	}
}

// limited trims a text and refuses control characters and endless ones.
func (c *checker) limited(field string, s *string, limit int, lines bool) {
	*s = strings.TrimSpace(*s)
	if !utf8.ValidString(*s) {
		c.fail(fault.At(field, "fault.field.encoding"))
	}
	if n := utf8.RuneCountInString(*s); n > limit {
		c.fail(fault.At(field, "fault.field.long", "limit", limit, "n", n))
	}
	for _, r := range *s {
		if r == 0x7f || r < ' ' && (!lines || r != '\n' && r != '\t') {
			c.fail(fault.At(field, "fault.field.control"))
		}
	}
}

func (c *checker) line(field string, s *string) { c.limited(field, s, maxLine, false) }

// lines checks several fields of a record; names holds their names in order.
func (c *checker) lines(at, names string, fields ...*string) {
	for i, name := range strings.Fields(names) {
		c.line(at+name, fields[i])
	}
}

func (c *checker) text(field string, s *string) {
	*s = strings.ReplaceAll(*s, "\r\n", "\n")
	c.limited(field, s, maxText, true)
}

func (c *checker) name(at string, n *clinic.Name) {
	c.limited(at+"family", &n.Family, maxName, false)
	c.limited(at+"given", &n.Given, maxName, false)
	c.limited(at+"patronymic", &n.Patronymic, maxName, false)
}

func (c *checker) date(field string, d clinic.Date) {
	if !d.Valid() {
		c.fail(fault.At(field, "fault.field.date"))
	}
}

func (c *checker) future(field string, d clinic.Date, now time.Time) {
	// A day later than ours may be today in the clinic's zone.
	if d.Valid() && string(d) > now.UTC().AddDate(0, 0, 1).Format("2006-01-02")[:len(d)] {
		c.fail(fault.At(field, "fault.field.future"))
	}
}

func (c *checker) oneOf(field, value string, of []string) {
	if !slices.Contains(of, value) {
		c.fail(fault.At(field, "fault.field.choice", "choices", strings.Join(of, ", ")))
	}
}

// lists checks what belongs to a card.
func (c *checker) lists(p *clinic.Patient, country clinic.Country) {
	rows(c, "former_names", p.FormerNames, func(v *clinic.FormerName) *clinic.Record { return &v.Record })
	rows(c, "contacts", p.Contacts, func(v *clinic.Contact) *clinic.Record { return &v.Record })
	rows(c, "addresses", p.Addresses, func(v *clinic.Address) *clinic.Record { return &v.Record })
	rows(c, "documents", p.Documents, func(v *clinic.Document) *clinic.Record { return &v.Record })
	rows(c, "background", p.Background, func(v *clinic.Background) *clinic.Record { return &v.Record })
	rows(c, "representatives", p.Representatives, func(v *clinic.Representative) *clinic.Record { return &v.Record })
	for i := range p.FormerNames {
		n, at := &p.FormerNames[i], fmt.Sprintf("former_names[%d].", i)
		c.name(at, &n.Name)
		c.line(at+"kind", &n.Kind)
		c.date(at+"until", n.Until)
	}
	for i := range p.Contacts {
		c.contact(fmt.Sprintf("contacts[%d].", i), &p.Contacts[i], country)
	}
	for i := range p.Addresses {
		a, at := &p.Addresses[i], fmt.Sprintf("addresses[%d].", i)
		c.oneOf(at+"use", a.Use, addressUses)
		c.lines(at, "country postal_code region district city street house flat text",
			&a.Country, &a.PostalCode, &a.Region, &a.District, &a.City, &a.Street, &a.House, &a.Flat, &a.Text)
	}
	for i := range p.Documents {
		d, at := &p.Documents[i], fmt.Sprintf("documents[%d].", i)
		c.oneOf(at+"type", d.Type, documentTypes)
		c.lines(at, "series number issuer issuer_code", &d.Series, &d.Number, &d.Issuer, &d.IssuerCode)
		c.date(at+"issued", d.Issued)
		c.date(at+"valid_until", d.ValidUntil)
	}
	for i := range p.Background {
		b, at := &p.Background[i], fmt.Sprintf("background[%d].", i)
		c.oneOf(at+"kind", b.Kind, backgroundKinds)
		c.lines(at, "title organisation document note currency", &b.Title, &b.Organisation, &b.Document, &b.Note, &b.Currency)
		c.date(at+"from", b.From)
		c.date(at+"until", b.Until)
	}
	for i := range p.Representatives {
		r, at := &p.Representatives[i], fmt.Sprintf("representatives[%d].", i)
		c.name(at, &r.Name)
		c.oneOf(at+"relation", r.Relation, relations)
		c.lines(at, "phone basis_type basis_text", &r.Phone, &r.BasisType, &r.BasisText)
		c.date(at+"basis_date", r.BasisDate)
		c.date(at+"valid_until", r.ValidUntil)
	}
}

// rows checks what all rows of a list share: an id stands once, or one of the two
// would overwrite the other; and what is given is live, for a row goes by being
// left out.
func rows[T any](c *checker, field string, list []T, record func(*T) *clinic.Record) {
	seen := make(map[clinic.ID]bool, len(list))
	for i := range list {
		r := record(&list[i])
		r.Deleted = 0
		if r.ID.IsZero() {
			continue
		}
		if seen[r.ID] {
			c.fail(fault.At(fmt.Sprintf("%s[%d].id", field, i), "fault.input.id_twice"))
		}
		seen[r.ID] = true
	}
}

// contact checks a phone or an e-mail address and gives a phone its dialled form.
func (c *checker) contact(at string, v *clinic.Contact, country clinic.Country) {
	c.oneOf(at+"kind", v.Kind, contactKinds)
	c.lines(at, "value use owner note", &v.Value, &v.Use, &v.Owner, &v.Note)
	if v.Value == "" {
		c.fail(fault.At(at+"value", "fault.field.empty"))
		return
	}
	if v.Kind == "phone" {
		phone := check.NormalizePhone(v.Value, string(country))
		v.E164 = phone.E164
		// An extension or a word beside the number is what the pretty form lacks.
		if phone.Extension == "" && !strings.ContainsFunc(v.Value, unicode.IsLetter) {
			v.Value = phone.Pretty
		}
		c.warn(at+"value", phone.Warnings)
		return
	}
	v.E164 = ""
	mail := check.Email(v.Value)
	v.Value = mail.Value
	c.warn(at+"value", mail.Warnings)
}

// numbers checks control digits; none of this blocks.
func (c *checker) numbers(p *clinic.Patient, country clinic.Country, now time.Time) {
	use := func(field string, value *string, checked check.Result) {
		*value = checked.Value
		c.warn(field, checked.Warnings)
	}
	if p.SNILS != "" {
		use("snils", &p.SNILS, check.SNILS(p.SNILS))
	}
	if p.Policy != "" {
		use("policy", &p.Policy, check.Policy(p.Policy))
	}
	if p.TaxNumber != "" {
		if country == clinic.Kazakhstan {
			use("tax_number", &p.TaxNumber, check.IIN(p.TaxNumber))
		} else {
			use("tax_number", &p.TaxNumber, check.INN(p.TaxNumber))
		}
	}
	c.warn("birth_date", check.BirthDate(string(p.BirthDate), now))
	if date, sex, ok := check.SuggestFromIIN(p.TaxNumber); ok && country == clinic.Kazakhstan {
		c.warn("tax_number", check.Agrees(date, sex, string(p.BirthDate), string(p.Sex)))
	}
	if date, sex, ok := check.SuggestFromENP(p.Policy); ok {
		c.warn("policy", check.Agrees(date, sex, string(p.BirthDate), string(p.Sex)))
	}
}

// inOrder refuses an end that lies before its beginning, as far as both are known.
func (c *checker) inOrder(field string, from, until clinic.Date) {
	n := min(len(from), len(until))
	if n > 0 && until[:n] < from[:n] {
		c.fail(fault.At(field, "fault.field.order"))
	}
}
