package fhir

import (
	"strings"

	"golang.org/x/text/language"

	"feldsher/internal/clinic"
)

// The object identifiers under which Russian certificates carry the СНИЛС and
// the ИНН of a person.
const (
	oidSNILS = "urn:oid:1.2.643.100.3"
	oidINN   = "urn:oid:1.2.643.3.131.1.1"
)

// documentTypes go by the HL7 table 0203 of kinds of identifiers.
var documentTypes = map[string]string{
	"PPN": "passport", "BCT": "birth_certificate", "NI": "id_card", "CZ": "id_card",
	"PRC": "residence_permit", "MI": "military",
}

// documents keeps every identifier that has a value: the Russian numbers in
// their fields, the rest as documents. One that is no identity document keeps
// its meaning in the issuer's words and its system in the issuer's code.
func (b *builder) documents(n *node, list []identifier, p *clinic.Patient) {
	for i := range list {
		in := &list[i]
		number := strings.TrimSpace(in.Value)
		digits := onlyDigits(number)
		switch {
		case number == "":
			b.book.element("Patient.identifier", 1)
			continue
		case in.System == oidSNILS && len(digits) == 11 && p.SNILS == "":
			p.SNILS = digits
			continue
		case in.System == oidINN && len(digits) == 12 && p.TaxNumber == "":
			p.TaxNumber = digits
			continue
		}
		d := clinic.Document{
			Record: clinic.Record{ID: n.key.part("identifier", i)},
			Type:   "other", Number: number,
			Issuer: strings.TrimSpace(in.Assigner.Display), IssuerCode: in.System,
		}
		for _, k := range in.Type.Coding {
			if t := documentTypes[k.Code]; t != "" {
				d.Type = t
			}
		}
		if d.Type == "other" {
			d.Issuer = joined(", ", in.Type.words(), d.Issuer)
		}
		d.Issued = b.date(n, "identifier.period", in.Period.Start)
		d.ValidUntil = b.date(n, "identifier.period", in.Period.End)
		p.Documents = append(p.Documents, d)
	}
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// country gives the ISO 3166-1 alpha-3 code that a citizenship states.
func country(list []extension) string {
	for _, x := range list {
		if x.URL != "code" || x.ValueCodeableConcept == nil {
			continue
		}
		for _, k := range x.ValueCodeableConcept.Coding {
			region, err := language.ParseRegion(k.Code)
			if err == nil && region.IsCountry() && region.ISO3() != "ZZZ" {
				return region.ISO3()
			}
		}
	}
	return ""
}
