package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/clinic/fold"

	"github.com/nyaruka/phonenumbers"
)

// Phone is a checked phone number.
type Phone struct {
	E164      string // "+77011234567"; empty if it can't be dialled from what was typed
	Pretty    string // "+7 701 123 4567", without the extension; as typed if there is a warning
	Region    string // ISO country it belongs to: "RU", "KZ", "DE"; empty if unknown
	Extension string // digits to dial once connected
	Warnings  []Warning
}

// maxPhone is the length of what may be a phone and a remark on it, in bytes.
const maxPhone = 120

// NormalizePhone reads a phone as dialled within the country ("ru", "kz") or,
// with + or 00, from anywhere. Russia and Kazakhstan share +7 and the prefix 8,
// so a number of one is understood in the other and Region tells whose it is.
// What can't be read stays as typed, with a warning: a phone with a remark
// beside it is better than none.
func NormalizePhone(raw, country string) Phone {
	raw = strings.TrimSpace(raw)
	p := Phone{Pretty: raw}
	if raw == "" {
		return p
	}
	if len(raw) > maxPhone || !utf8.ValidString(raw) {
		p.Warnings = warn("check.phone.unreadable")
		return p
	}
	if severalPhones(raw) {
		p.Warnings = warn("check.phone.several")
		return p
	}
	n, err := phonenumbers.Parse(dialled(raw), strings.ToUpper(country))
	switch {
	case err != nil || lettersIn(raw) > maxRemark:
		p.Warnings = warn("check.phone.unreadable")
		return p
	case phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE:
		p.Warnings = warn("check.phone.incomplete")
		return p
	case !phonenumbers.IsValidNumber(n):
		p.Warnings = warn("check.phone.unlikely")
	}
	p.E164 = phonenumbers.Format(n, phonenumbers.E164)
	p.Extension = n.GetExtension()
	if len(p.Warnings) == 0 {
		n.Extension = nil // the library would print an English "ext."
		p.Pretty = phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
	}
	p.Region = phonenumbers.GetRegionCodeForNumber(n)
	return p
}

// maxRemark letters are an extension's word («доб.», "ext."); more are a text.
const maxRemark = 6

func lettersIn(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// severalPhones: two numbers in one field, each long enough to be one.
func severalPhones(s string) bool {
	long := 0
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '/' || r == '\n' }) {
		digits := 0
		for _, r := range part {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits >= 5 {
			long++
		}
	}
	return long > 1
}

// dialled puts what people write into the terms of the library: 00 for +, the
// country's 7 without + (which the library takes for the code of a Kazakh city),
// «вн.» for the extension.
func dialled(s string) string {
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	} else if d := fold.Digits(s); len(d) == 11 && d[0] == '7' && lettersIn(s) == 0 {
		s = "+" + d
	}
	lower := strings.ToLower(s)
	for _, word := range []string{"внутр.", "внутр", "вн.", "вн", "доб.", "доб", "іш.", "ішкі"} {
		if i := strings.Index(lower, word); i > 0 && len(lower) == len(s) {
			return s[:i] + " ext. " + s[i+len(word):]
		}
	}
	return s
}

// Email checks the shape of an address: one @, something before it, a domain with
// a dot behind it, in whatever alphabet («почта@клиника.рф»), but not two
// alphabets in one word, which is a letter typed in the wrong layout. Value has the domain
// in lower case. Whether anybody reads it, only a letter can tell.
func Email(s string) Result {
	s = strings.TrimSpace(s)
	r := Result{Value: s, Pretty: s}
	if s == "" {
		return r
	}
	local, domain, found := strings.Cut(s, "@")
	if !found || !validLocal(local) || !validDomain(domain) {
		r.Warnings = warn("check.email.shape")
		return r
	}
	if mixedWord(s) {
		r.Warnings = warn("check.email.mixed")
	}
	r.Value = local + "@" + strings.ToLower(domain)
	r.Pretty = r.Value
	return r
}

// validLocal: a dot-atom of RFC 5322, letters of any alphabet allowed (RFC 6531).
func validLocal(s string) bool {
	if s == "" || len(s) > 64 || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".!#$%&'*+/=?^_`{|}~-", r) {
			return false
		}
	}
	return true
}

func validDomain(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 || len(s) > 253 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, r := range label {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' {
				return false
			}
		}
	}
	top := labels[len(labels)-1]
	return utf8.RuneCountInString(top) >= 2 && strings.IndexFunc(top, unicode.IsDigit) != 0
}

// mixedWord: Latin and Cyrillic letters in one run of letters.
func mixedWord(s string) bool {
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		latin, cyrillic := false, false
		for _, r := range word {
			latin = latin || unicode.Is(unicode.Latin, r)
			cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
		}
		if latin && cyrillic {
			return true
		}
	}
	return false
}
