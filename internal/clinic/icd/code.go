package icd

import (
	"slices"
	"strings"
	"unicode"

	"feldsher/internal/clinic/fold"
)

// Kind is a row's level in the classification, in the word that is stored and
// printed.
type Kind string

// The four levels. Only categories and subcategories are diagnoses.
const (
	KindChapter     Kind = "chapter"     // "IX"
	KindBlock       Kind = "block"       // "I10-I15"; blocks may hold blocks
	KindCategory    Kind = "category"    // "I10"
	KindSubcategory Kind = "subcategory" // "J06.9", "M45.02"
)

// maxDetail bounds the digits behind the dot; the official table has up to two.
const maxDetail = 4

// Normalize writes a code, however it was typed, in the one form that tables and
// records use: "и10", "i 10", "J069", "j06,9", "А00 – А09", "хiv". Cyrillic
// letters stand first for the Latin letter they look like (Н20 is H20), else for
// the one they sound like (Д50 is D50), else for the one on the same key (ш10 is
// I10). The marks of dual coding († + *) are dropped. What is no code gives "".
func Normalize(code string) string {
	if all := readings(code); len(all) > 0 {
		return all[0]
	}
	return ""
}

// KindOf tells the level of a code in canonical form; "" for anything else.
func KindOf(code string) Kind {
	switch {
	case romanValue(code) > 0:
		return KindChapter
	case isDiagnosis(code):
		if len(code) == 3 {
			return KindCategory
		}
		return KindSubcategory
	}
	if first, last, ok := strings.Cut(code, "-"); ok && len(first) == 3 && len(last) == 3 &&
		isDiagnosis(first) && isDiagnosis(last) && first <= last {
		return KindBlock
	}
	return ""
}

// isDiagnosis reports the shape A00 or A00.0 and longer.
func isDiagnosis(code string) bool {
	if len(code) < 3 || code[0] < 'A' || code[0] > 'Z' || !digits(code[1:3]) {
		return false
	}
	if len(code) == 3 {
		return true
	}
	rest := code[4:]
	return code[3] == '.' && rest != "" && len(rest) <= maxDetail && digits(rest)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// readings lists the codes that a text can mean, the likeliest first. A Cyrillic
// letter may look like one Latin letter, sound like another and share its key
// with a third: Normalize takes the first, a search offers them all.
func readings(text string) []string {
	var all []string
	keep := func(code string) {
		if code != "" && !slices.Contains(all, code) {
			all = append(all, code)
		}
	}
	typed := squeeze(text)
	if len(typed) == 0 || len(typed) > 24 {
		return nil
	}
	for nth := range 2 {
		keep(canonical(latin(typed, nth)))
	}
	for _, other := range sameKeys(text) {
		keep(canonical(other))
	}
	return all
}

// sameKeys gives what a text would be, had its keys been struck in the Latin
// layout. Latin text is left alone: read through the Russian keys, «J06» would
// become O06, another diagnosis altogether.
func sameKeys(text string) []string {
	var all []string
	for _, other := range fold.Layouts(strings.ToLower(text)) {
		if s := string(squeeze(other)); len(s) <= 24 && strings.IndexFunc(s, notASCII) < 0 {
			all = append(all, s)
		}
	}
	return all
}

func notASCII(r rune) bool { return r >= 0x80 }

// squeeze upper-cases, drops white space and the marks of dual coding, and
// makes every dash a hyphen and a decimal comma a dot.
func squeeze(text string) []rune {
	var out []rune
	for _, r := range text {
		switch {
		case unicode.IsSpace(r), r == '†', r == '+', r == '*', r == '\ufeff':
		case r == ',', r == '/': // one key writes the dot in one layout and the slash in the other
			out = append(out, '.')
		case unicode.Is(unicode.Pd, r), r == '−':
			out = append(out, '-')
		default:
			out = append(out, unicode.ToUpper(r))
		}
		if len(out) > 24 {
			return out // longer than any code: the caller refuses it
		}
	}
	return out
}

// latinOf gives for a Cyrillic letter the Latin letters it may stand for: the
// look-alike first, then the one that sounds so.
func latinOf(r rune) string {
	switch r {
	case 'А':
		return "A"
	case 'Б':
		return "B"
	case 'В':
		return "BV"
	case 'Г', 'Ғ':
		return "G"
	case 'Д':
		return "D"
	case 'Е', 'Ё', 'Э':
		return "E"
	case 'Ж':
		return "J"
	case 'З':
		return "Z"
	case 'И', 'І':
		return "I"
	case 'Й':
		return "JI"
	case 'К', 'Қ':
		return "K"
	case 'Л':
		return "L"
	case 'М':
		return "M"
	case 'Н', 'Ң':
		return "HN"
	case 'О', 'Ө':
		return "O"
	case 'П':
		return "P"
	case 'Р':
		return "PR"
	case 'С':
		return "CS"
	case 'Т':
		return "T"
	case 'У', 'Ұ', 'Ү':
		return "YU"
	case 'Ф':
		return "F"
	case 'Х', 'Һ':
		return "XH"
	case 'Ц':
		return "C"
	case 'Ю':
		return "U"
	}
	return ""
}

// latin replaces Cyrillic letters by their nth Latin reading, or their last one.
// It gives "" where a letter has none.
func latin(typed []rune, nth int) string {
	var b strings.Builder
	for i, r := range typed {
		if i >= 2 && (typed[i-1] == '.' || '0' <= typed[i-1] && typed[i-1] <= '9') {
			// Behind a digit or dot no letter can follow: these are zero and three,
			// struck on the wrong key because they look the same.
			switch r {
			case 'O', 'О':
				r = '0'
			case 'З':
				r = '3'
			}
		}
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		choice := latinOf(r)
		if choice == "" {
			return ""
		}
		b.WriteByte(choice[min(nth, len(choice)-1)])
	}
	return b.String()
}

// canonical puts the dot into upper-case Latin text and checks the shape.
func canonical(s string) string {
	if KindOf(s) != "" {
		return s
	}
	if len(s) > 3 {
		if s = s[:3] + "." + s[3:]; isDiagnosis(s) {
			return s
		}
	}
	return ""
}

// partial reads the beginning of a diagnosis code, as it stands while being
// typed ("J", "и1", "J06."), in all its readings. At least one digit must be
// there: a lone letter is the beginning of a word.
func partial(text string) []string {
	typed := squeeze(text)
	if len(typed) < 2 || len(typed) > 4+maxDetail {
		return nil
	}
	var all []string
	keep := func(s string) {
		s = strings.TrimSuffix(s, ".")
		if len(s) > 3 && s[3] != '.' {
			s = s[:3] + "." + s[3:]
		}
		full := s
		if len(s) == 2 {
			full = s + "0"
		}
		if isDiagnosis(full) && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for nth := range 2 {
		keep(latin(typed, nth))
	}
	for _, other := range sameKeys(text) {
		keep(other)
	}
	return all
}
