package fold

import (
	"strings"
	"unicode"
)

// The keys of a PC keyboard that carry letters in one of the layouts, and what
// they give in each; unshifted, then shifted. Russian is the usual layout of
// Windows («ЙЦУКЕН»), Kazakh that of РСТ КазССР 903-90, which Windows and X11
// have too: its row of digits carries the nine Kazakh letters.
const (
	keysLatin   = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./" + `~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?`
	keysRussian = "ёйцукенгшщзхъфывапролджэячсмитьбю." + `ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,`
	rowLatin    = "234567890-=" + "@#$%^&*()_+"
	rowKazakh   = "әіңғ,.үұқөһ" + "ӘІҢҒ;:ҮҰҚӨҺ"
)

var (
	toRussian   = keyMap(keysLatin, keysRussian)
	fromRussian = keyMap(keysRussian, keysLatin)
	toKazakh    = keyMap(rowLatin, rowKazakh)
	fromKazakh  = keyMap(rowKazakh, rowLatin)
)

func keyMap(from, to string) map[rune]rune {
	m, target := make(map[rune]rune), []rune(to)
	for i, r := range []rune(from) {
		m[r] = unicode.ToLower(target[i])
	}
	return m
}

// Layouts gives what the same keystrokes would have written in the other
// keyboard layouts, in lower case, not folded, likeliest first, none of them
// equal to s: «bdfyjd» → «иванов», «шмфтщм» → «ivanov», «2kbz» → «2лия», «әлия».
// Punctuation counts where it is a letter elsewhere («,jhbcjd» → «борисов»), so
// give it what was typed, before Text. Digits alone have no other layout.
func Layouts(s string) []string {
	var out []string
	add := func(t string) {
		if t == strings.ToLower(s) {
			return
		}
		for _, have := range out {
			if have == t {
				return
			}
		}
		out = append(out, t)
	}
	latin, cyrillic, kazakh, digits := scripts(s)
	if latin || !cyrillic && !digits {
		russian := mapKeys(s, toRussian)
		add(russian)
		add(mapRow(russian))
	}
	if cyrillic {
		if digits {
			add(mapRow(strings.ToLower(s)))
		}
		if kazakh {
			add(mapKeys(mapKeys(s, fromKazakh), fromRussian))
		} else {
			add(mapKeys(s, fromRussian))
		}
	}
	return out
}

// scripts says what s is written with; kazakh: a letter of the Kazakh row.
func scripts(s string) (latin, cyrillic, kazakh, digits bool) {
	for _, r := range s {
		if row, ok := fromKazakh[r]; ok && row != r && isCyrillic(r) {
			kazakh = true
		}
		latin = latin || isLatin(r)
		cyrillic = cyrillic || isCyrillic(r)
		digits = digits || unicode.IsDigit(r)
	}
	return latin, cyrillic, kazakh, digits
}

func mapKeys(s string, keys map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if to, ok := keys[r]; ok {
			return to
		}
		return unicode.ToLower(r)
	}, s)
}

// mapRow reads the row of digits as Kazakh letters in those words that have a
// letter at all: a year or a phone beside a name stays a number.
func mapRow(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if strings.IndexFunc(w, unicode.IsLetter) >= 0 {
			words[i] = mapKeys(w, toKazakh)
		}
	}
	return strings.Join(words, " ")
}
