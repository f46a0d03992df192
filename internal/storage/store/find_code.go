package store

import (
	"slices"
	"strings"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// A key of find_code is a string of half-bytes: the kind, then the symbols. A
// digit is one half-byte, a letter two; none begins as another does, so that a
// number typed in part is a range of keys.
const (
	codePhone  = 1 // digits from the last back: what is known of a phone is its end
	codeNumber = 2 // document, policy, СНИЛС, tax number, from the first digit on
	codeCase   = 3 // case number: digits without leading zeros, the end, its letters

	halfEnd    = 11 // ends the digits of a case number, so that 12 isn't found as 123
	halfLetter = 12 // to 15: the upper half of a letter

	maxCodeSymbols = 28
	minTail        = 3 // digits that a phone or number is found by
)

// halves is a key, or the beginning of one, not yet packed two to a byte.
type halves []byte

// add adds letters and digits; what is neither in Cyrillic nor in Latin is left
// out on both sides alike.
func (h halves) add(text string) halves {
	n := 0
	for _, r := range pack(text) {
		switch {
		case n >= maxCodeSymbols:
			return h
		case '0' <= r && r <= '9':
			h = append(h, byte(r-'0')+1)
		case '@' <= r && r <= 'z':
			h = append(h, halfLetter+byte(r-'@')>>4, byte(r-'@')&15)
		default:
			continue
		}
		n++
	}
	return h
}

// key packs the half-bytes.
func (h halves) key() string {
	out := make([]byte, (len(h)+1)/2)
	for i, half := range h {
		if i%2 == 0 {
			out[i/2] = half << 4
		} else {
			out[i/2] |= half
		}
	}
	return string(out)
}

// bounds gives the keys between which all lie that begin with h: from ≤ key < to.
func (h halves) bounds() (from, to []byte) {
	next := slices.Clone(h)
	for i := len(next) - 1; i >= 0; i-- {
		if next[i] < 15 {
			next[i]++
			next = next[:i+1]
			break
		}
	}
	return []byte(h.key()), []byte(next.key())
}

// begins reports whether a key begins with h, and whether it is no longer.
func (h halves) begins(key string) (begins, whole bool) {
	if len(key) < (len(h)+1)/2 {
		return false, false
	}
	for i, half := range h {
		have := key[i/2] >> 4
		if i%2 == 1 {
			have = key[i/2] & 15
		}
		if have != half {
			return false, false
		}
	}
	rest := key[len(h)/2:]
	if len(h)%2 == 1 {
		rest = rest[1:]
		return true, rest == "" && key[len(h)/2]&15 == 0
	}
	return true, rest == ""
}

func phoneKey(digits string) halves { return halves{codePhone}.add(fold.Reverse(digits)) }
func numberKey(code string) halves  { return halves{codeNumber}.add(code) }
func caseKey(d, letters string) halves {
	return append(halves{codeCase}.add(strings.TrimLeft(d, "0")), halfEnd).add(letters)
}

// cardCodes lists the keys of a card's phones and numbers.
func cardCodes(p *clinic.Patient) []string {
	var out []string
	add := func(h halves) {
		if k := h.key(); len(out) < maxCardCodes && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	for _, phone := range cardPhones(p) {
		add(phoneKey(phone))
	}
	number := func(s string) {
		code := fold.Code(s)
		for _, form := range []string{code, fold.Digits(code)} {
			if utf8.RuneCountInString(form) >= minTail {
				add(numberKey(form))
			}
		}
	}
	for i := range p.Documents {
		if d := &p.Documents[i]; d.Deleted == 0 {
			number(d.Series + d.Number)
			number(d.Number)
		}
	}
	for _, s := range []string{p.SNILS, p.TaxNumber, p.Policy} {
		number(s)
	}
	if letters, digits := caseParts(fold.Code(p.CaseNumber)); digits != "" {
		add(caseKey(digits, letters))
	} else {
		number(p.CaseNumber)
	}
	slices.Sort(out)
	return out
}

// cardPhones lists the digits of the phones by which a patient can be reached:
// own, foreign and of representatives. Two numbers in one field are two.
func cardPhones(p *clinic.Patient) []string {
	var out []string
	add := func(value string) {
		for _, one := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' || r == '/' }) {
			if d := fold.Digits(one); len(d) >= minTail {
				out = append(out, d)
			}
		}
	}
	for i := range p.Contacts {
		c := &p.Contacts[i]
		switch {
		case c.Deleted != 0 || c.Kind != "phone":
		case c.E164 != "":
			add(c.E164)
		default:
			add(c.Value)
		}
	}
	for i := range p.Representatives {
		if r := &p.Representatives[i]; r.Deleted == 0 {
			add(r.Phone)
		}
	}
	return out
}

// caseParts takes a folded case number apart into the workstation's letters and
// the counter; no digits if it isn't of that shape.
func caseParts(code string) (letters, digits string) {
	i := strings.IndexFunc(code, func(r rune) bool { return '0' <= r && r <= '9' })
	if i < 0 || fold.Digits(code) != code[i:] {
		return "", ""
	}
	return code[:i], code[i:]
}

// packCodes joins sorted keys into the form kept in find_patient.
func packCodes(codes []string) []byte {
	out := []byte{}
	for _, c := range codes {
		out = append(append(out, byte(len(c))), c...)
	}
	return out
}

// unpackCodes undoes packCodes; what is cut short ends the list.
func unpackCodes(packed []byte) []string {
	var out []string
	for len(packed) > 0 && len(packed) > int(packed[0]) {
		n := 1 + int(packed[0])
		out = append(out, string(packed[1:n]))
		packed = packed[n:]
	}
	return out
}
