package sheet

import (
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// column of the list.
type column struct {
	key   string // of its heading, after "sheet."
	width float64
	date  bool
}

// columns are the columns of the list of patients, in their order.
func columns() []column {
	return []column{
		{"case_number", 14, false},
		{"family", 20, false},
		{"given", 16, false},
		{"patronymic", 20, false},
		{"sex", 11, false},
		{"birth_date", 15, true},
		{"phones", 22, false},
		{"emails", 24, false},
		{"registration", 40, false},
		{"residence", 40, false},
		{"document", 36, false},
		{"snils", 16, false},
		{"tax_number", 16, false},
		{"policy", 20, false},
		{"citizenship", 13, false},
		{"note", 40, false},
	}
}

// cells makes the row of a patient; the row is valid until the next one is made.
type cells struct {
	lang     translations.Lang
	sexes    map[clinic.Sex]string
	docs     map[string]string
	nameless string
	row      []any
	join     strings.Builder
}

func newCells(lang translations.Lang) *cells {
	c := &cells{lang: lang, sexes: make(map[clinic.Sex]string), docs: make(map[string]string), row: make([]any, len(columns()))}
	for _, s := range []clinic.Sex{clinic.Male, clinic.Female, clinic.Other, clinic.SexUnknown} {
		c.sexes[s] = translations.T(lang, "sheet.sex."+string(s))
	}
	for _, d := range []string{"passport", "birth_certificate", "id_card", "foreign", "residence_permit", "military", "other"} {
		c.docs[d] = translations.T(lang, "sheet.document."+d)
	}
	c.nameless = translations.T(lang, "sheet.nameless")
	return c
}

// of gives the cells in the order of columns; nil for an empty one.
func (c *cells) of(p *clinic.Patient) []any {
	family := p.Family
	if p.Name == (clinic.Name{}) {
		family = c.nameless
	}
	note := p.Note
	if p.Annulled != "" {
		note = strings.TrimSuffix(translations.T(c.lang, "sheet.annulled", "why", p.Annulled)+"\n"+note, "\n")
	}
	for i, s := range [...]string{
		p.CaseNumber, family, p.Given, p.Patronymic, c.sex(p.Sex), "",
		c.contacts(p.Contacts, "phone"), c.contacts(p.Contacts, "email"),
		c.address(p.Addresses, "registration"), c.address(p.Addresses, "residence"),
		c.document(p.Documents), snils(p.SNILS), p.TaxNumber, p.Policy, p.Citizenship, note,
	} {
		c.row[i] = c.text(s)
	}
	c.row[5] = c.birth(p.BirthDate)
	return c.row
}

// longest is how much text a cell may hold, in units of UTF-16.
const longest = excelize.TotalCellChars

// text is a cell of text. One that is too long for a cell says that it was cut;
// excelize would cut it silently.
func (c *cells) text(s string) any {
	if s == "" {
		return nil
	}
	if len(s) <= longest {
		return s
	}
	units := utf16.Encode([]rune(s))
	if len(units) <= longest {
		return s
	}
	mark := translations.T(c.lang, "sheet.cut")
	keep := longest - len(utf16.Encode([]rune(mark)))
	if last := units[keep-1]; last >= 0xD800 && last < 0xDC00 {
		keep-- // the first half of a letter
	}
	return string(utf16.Decode(units[:keep])) + mark
}

func (c *cells) sex(s clinic.Sex) string {
	if t, ok := c.sexes[s]; ok {
		return t
	}
	return string(s)
}

// birth is a number of days where the date is whole and Excel can show it, a
// text otherwise.
func (c *cells) birth(d clinic.Date) any {
	if d.Full() {
		if t, err := time.Parse("2006-01-02", string(d)); err == nil {
			// Excel takes 1900 for a leap year: serial numbers are right from 1 March on.
			if days := int(t.Unix()/86400) + 25569; days >= 61 {
				return days
			}
		}
	}
	return c.text(c.date(d))
}

// date writes a date in words of the language: partial ones, and those before
// Excel's time.
func (c *cells) date(d clinic.Date) string {
	if !d.Valid() || c.lang == translations.English {
		return string(d)
	}
	s := string(d)
	switch len(s) {
	case 10:
		return s[8:] + "." + s[5:7] + "." + s[:4]
	case 7:
		return s[5:] + "." + s[:4]
	}
	return s
}

func (c *cells) contacts(all []clinic.Contact, kind string) string {
	c.join.Reset()
	for i := range all {
		k := &all[i]
		if k.Kind != kind || !k.Deleted.IsZero() || k.Value == "" {
			continue
		}
		c.add("; ", k.Value)
		if k.Owner != "" {
			c.join.WriteString(" (" + k.Owner + ")")
		}
	}
	return c.join.String()
}

func (c *cells) add(separator, s string) {
	if s == "" {
		return
	}
	if c.join.Len() > 0 {
		c.join.WriteString(separator)
	}
	c.join.WriteString(s)
}

func (c *cells) address(all []clinic.Address, use string) string {
	c.join.Reset()
	for i := range all {
		a := &all[i]
		if a.Use != use || !a.Deleted.IsZero() {
			continue
		}
		if c.join.Len() > 0 {
			c.join.WriteString("; ")
			c.join.WriteString(addressText(a))
			continue
		}
		c.join.WriteString(addressText(a))
	}
	return c.join.String()
}

func addressText(a *clinic.Address) string {
	if a.Text != "" {
		return a.Text
	}
	var b strings.Builder
	for _, s := range [...]string{a.PostalCode, a.Country, a.Region, a.District, a.City, a.Street, a.House, a.Flat} {
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(s)
	}
	return b.String()
}

func (c *cells) document(all []clinic.Document) string {
	c.join.Reset()
	for i := range all {
		d := &all[i]
		if !d.Deleted.IsZero() {
			continue
		}
		name, ok := c.docs[d.Type]
		if !ok {
			name = d.Type
		}
		c.add("; ", name)
		c.add(" ", d.Series)
		if d.Number != "" {
			c.add(" ", translations.T(c.lang, "sheet.document.number", "number", d.Number))
		}
		if d.Issued != "" {
			c.add(", ", translations.T(c.lang, "sheet.document.issued", "date", c.date(d.Issued)))
		}
		c.add(", ", d.Issuer)
	}
	return c.join.String()
}

// snils writes the eleven digits as people do, 112-233-445 95.
func snils(s string) string {
	if len(s) != 11 || strings.Trim(s, "0123456789") != "" {
		return s
	}
	return s[:3] + "-" + s[3:6] + "-" + s[6:9] + " " + s[9:]
}
