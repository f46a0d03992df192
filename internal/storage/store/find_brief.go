package store

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"feldsher/internal/clinic"
)

// briefOf packs what a list shows of a card: the patient's own phone rather than a
// foreign one, the address of residence rather than that of registration.
func briefOf(p *clinic.Patient) string {
	phone, address := "", ""
	contacts := ordered(p.Contacts, func(c *clinic.Contact) clinic.Record { return c.Record })
	for _, foreign := range []bool{false, true} {
		for _, c := range contacts {
			if phone == "" && c.Kind == "phone" && (c.Owner != "") == foreign {
				phone = c.Value
			}
		}
	}
	addresses := ordered(p.Addresses, func(a *clinic.Address) clinic.Record { return a.Record })
	for _, use := range []string{"residence", "registration", ""} {
		for _, a := range addresses {
			if address == "" && (a.Use == use || use == "") {
				address = shortAddress(a)
			}
		}
	}
	fields := []string{p.CaseNumber, p.Family, p.Given, p.Patronymic, string(p.Sex), string(p.BirthDate), phone, address}
	for i, f := range fields {
		fields[i] = strings.ReplaceAll(f, "\n", " ")
	}
	return packText(strings.Join(fields, "\n"))
}

// unpackBrief undoes briefOf.
func unpackBrief(id clinic.ID, packed []byte) clinic.Brief {
	var f [8]string
	copy(f[:], strings.Split(unpackText(packed), "\n"))
	return clinic.Brief{
		ID: id, CaseNumber: f[0], Name: clinic.Name{Family: f[1], Given: f[2], Patronymic: f[3]},
		Sex: clinic.Sex(f[4]), BirthDate: clinic.Date(f[5]), Phone: f[6], Address: f[7],
	}
}

// ordered lists the live records by their ids: an order that is the same however
// the card was written, so that an index that grew equals a fresh one.
func ordered[T any](list []T, record func(*T) clinic.Record) []*T {
	var out []*T
	for i := range list {
		if record(&list[i]).Deleted == 0 {
			out = append(out, &list[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *T) int {
		x, y := record(a).ID, record(b).ID
		return slices.Compare(x[:], y[:])
	})
	return out
}

// shortAddress puts an address on one line: the settlement, or what is known
// above it, street, house and flat.
func shortAddress(a *clinic.Address) string {
	if a.Text != "" {
		return a.Text
	}
	parts := []string{cmp.Or(a.City, a.District, a.Region), a.Street, a.House, a.Flat}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// Packed text has one byte for what a card is mostly written with: ASCII as it is,
// then А-я, then packedLetters; packedRune comes before any other rune.
const (
	packedLetters = "ЁёӘәҒғҚқҢңӨөҰұҮүҺһІі№«»–—"
	packedFrom    = 0x80
	packedMore    = packedFrom + 'я' - 'А' + 1
	packedRune    = 0xff
)

func packText(s string) string {
	letters := []rune(packedLetters)
	out := make([]byte, 0, len(s))
	for _, r := range s {
		switch i := slices.Index(letters, r); {
		case r < packedFrom:
			out = append(out, byte(r))
		case 'А' <= r && r <= 'я':
			out = append(out, byte(r-'А'+packedFrom))
		case i >= 0:
			out = append(out, byte(packedMore+i))
		default:
			out = utf8.AppendRune(append(out, packedRune), r)
		}
	}
	return string(out)
}

func unpackText(packed []byte) string {
	letters := []rune(packedLetters)
	var b strings.Builder
	for i := 0; i < len(packed); i++ {
		switch c := int(packed[i]); {
		case c < packedFrom:
			b.WriteByte(packed[i])
		case c < packedMore:
			b.WriteRune(rune(c-packedFrom) + 'А')
		case c < packedMore+len(letters):
			b.WriteRune(letters[c-packedMore])
		default:
			r, size := utf8.DecodeRune(packed[i+1:])
			b.WriteRune(r)
			i += size
		}
	}
	return b.String()
}

// readBriefs reads what a list shows of the cards found, in their order.
func readBriefs(q querier, hits []hit) ([]clinic.Brief, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	numbers := make([]int64, len(hits))
	for i, h := range hits {
		numbers[i] = h.patient
	}
	rows, err := q.query(`SELECT f.id, f.brief FROM json_each(?) AS s CROSS JOIN find_patient AS f ON f.n = s.value`, jsonList(numbers))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]clinic.Brief, 0, len(hits))
	for rows.Next() {
		var id clinic.ID
		var packed []byte
		if err := rows.Scan(&id, &packed); err != nil {
			return nil, err
		}
		out = append(out, unpackBrief(id, packed))
	}
	return out, rows.Err()
}
