package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Query is what a person typed into the search of patients, taken apart. A card
// answers it if it answers every Term and every Number; the order never matters.
type Query struct {
	Terms   []Term
	Numbers []Number
}

// Term is one word of a query. A card answers it by a name under one of
// Alternatives(Raw), or by a code among Codes.
type Term struct {
	Raw   string   // as typed: punctuation may be letters of another layout
	Text  string   // Text(Raw); empty if it can't be a name and only Codes count
	Codes []string // Code of it, in every layout, if it has letters and digits: "А-000123"
}

// Number is one number of a query. A card answers it by its birth date or by the
// digits of a phone, document or case number, whichever of the two is set; a
// bare "1985" or "12031980" may be either.
type Number struct {
	Digits string // empty: it can only be a date
	Tail   bool   // typed as «…4567»: the end of a number, no beginning
	Birth  Birth  // zero: it can't be a date
}

// Words gives the folded words of all terms that may be names, in their order.
func (q Query) Words() []string {
	var out []string
	for _, t := range q.Terms {
		out = append(out, Words(t.Text)...)
	}
	return out
}

// Empty reports whether nothing is asked.
func (q Query) Empty() bool { return len(q.Terms) == 0 && len(q.Numbers) == 0 }

// Parse takes a query apart. It understands, in any order:
//
//   - names, whole or begun: «иванов пе», "ivanov", «bdfyjd»;
//   - dates: 12.03.1980, 12/03/1980, 1980-03-12, 12031980, 19800312, 12.03.80,
//     03.1980, 1980-03, 12.03 (day and month), 1985, «1985г.р.»; after a name two
//     digits are a year («петров 85»);
//   - phones, documents, case numbers: digits with whatever stands between them.
//     Numbers that follow each other are one («8 701 123 45 67», «4510 123456»),
//     but for dates with separators; «…4567», "...4567" and "*4567" are tails;
//   - codes with letters and digits: «А-000123», "N12345678".
//
// Days that no calendar has are no dates; such input stays digits. Nothing is
// refused: Parse of any bytes is a query, at worst an empty one.
func Parse(query string) Query {
	var q Query
	var run []string // numbers that follow each other, not yet a Number
	flush := func() {
		if len(run) > 0 {
			q.Numbers = append(q.Numbers, number(run, len(q.Terms) > 0))
			run = nil
		}
	}
	cyrillic := strings.IndexFunc(query, isCyrillic) >= 0
	for _, token := range strings.FieldsFunc(query, isBlank) {
		letters, digits := content(token)
		switch {
		case !digits && kazakhDigits(token) != "":
			run = append(run, kazakhDigits(token))
		case digits && (!letters || yearWord(token) != ""):
			if letters {
				token = yearWord(token)
			}
			if birth := dated(token); birth != (Birth{}) {
				flush()
				q.Numbers = append(q.Numbers, date(token, birth))
				continue
			}
			run = append(run, token)
		case !letters && cyrillic: // a dash or comma among words
		default:
			flush()
			q.Terms = append(q.Terms, terms(token)...)
		}
	}
	flush()
	return q
}

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func content(token string) (letters, digits bool) {
	for _, r := range token {
		letters = letters || unicode.IsLetter(r)
		digits = digits || unicode.IsDigit(r)
	}
	return letters, digits
}

// yearWord strips what people write after a year of birth: «1985г.р.», «1985 ж.».
func yearWord(token string) string {
	for _, suffix := range []string{"г.р.", "г.р", "гр.", "гр", "г.", "г", "ж.", "ж"} {
		if rest, ok := strings.CutSuffix(strings.ToLower(token), suffix); ok {
			if letters, digits := content(rest); digits && !letters {
				return rest
			}
		}
	}
	return ""
}

// kazakhDigits reads a number typed while the Kazakh layout was on, whose row of
// digits gives letters and punctuation: «ңғ,.» is 4567. Three keys or more.
func kazakhDigits(token string) string {
	latin, cyrillic, kazakh, _ := scripts(token)
	if latin || !cyrillic || !kazakh || len([]rune(token)) < 3 {
		return ""
	}
	typed := mapKeys(token, fromKazakh)
	if letters, _ := content(typed); letters {
		return ""
	}
	return Digits(typed)
}

// date is a token with separators of dates; «12-03-55» may be a short phone too.
func date(token string, birth Birth) Number {
	n := Number{Birth: birth}
	if birth.Short && strings.Contains(token, "-") {
		n.Digits = Digits(token)
	}
	return n
}

// number reads a run of numbers without separators of dates.
func number(run []string, named bool) Number {
	typed := strings.Join(run, "")
	n := Number{Digits: Digits(typed), Tail: isTail(typed)}
	if len(run) == 1 && !n.Tail && strings.IndexFunc(typed, notDigit) < 0 {
		n.Birth = bare(n.Digits, named)
		if n.Birth.Short {
			n.Digits = "" // two digits are the tail of every hundredth phone
		}
	}
	return n
}

func notDigit(r rune) bool { return !unicode.IsDigit(r) }

func isTail(token string) bool {
	for _, mark := range []string{"…", "..", "*"} {
		if strings.HasPrefix(token, mark) {
			return true
		}
	}
	return false
}

// terms makes the terms of a token with letters. In a token with Cyrillic
// letters punctuation separates; in one without it may be letters itself.
func terms(token string) []Term {
	parts := []string{token}
	if strings.IndexFunc(token, isCyrillic) >= 0 {
		if _, digits := content(token); !digits {
			parts = strings.FieldsFunc(token, func(r rune) bool {
				return !isWordRune(r) && !isApostrophe(r) && !isIgnored(r)
			})
		}
	}
	var out []Term
	for _, part := range parts {
		if t := term(part); t.Text != "" || len(t.Codes) > 0 || len(Alternatives(part)) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func term(raw string) Term {
	t := Term{Raw: raw, Text: Text(raw)}
	letters, digits := content(raw)
	if !letters || !digits {
		return t
	}
	for _, form := range append([]string{raw}, Layouts(raw)...) {
		if c := Code(form); Digits(form) == Digits(raw) {
			t.Codes = append(t.Codes, c)
		}
	}
	if !maybeKazakhName(raw) {
		t.Text = ""
	}
	return t
}

// maybeKazakhName: digits in a word are letters if they stand on keys that have
// Kazakh letters and are fewer than the others: «2лия» for «Әлия».
func maybeKazakhName(raw string) bool {
	letters, digits := 0, 0
	for _, r := range raw {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
			if !unicode.IsLetter(toKazakh[r]) {
				return false
			}
		}
	}
	return letters > digits
}

// Code folds a case number or a document's series and number for comparison:
// letters and digits only, lower case, and letters that look alike in both
// alphabets the same, for nobody can see whether the А of «А-000123» is Latin.
func Code(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(validUTF8(s)) {
		if isWordRune(r) {
			b.WriteRune(lookalike(unicode.ToUpper(r)))
		}
	}
	return strings.ReplaceAll(Text(b.String()), " ", "")
}
