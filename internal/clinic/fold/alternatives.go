package fold

import "unicode/utf8"

// How says by which way an alternative came from what was typed.
type How string

// The ways, in the order of trust.
const (
	Typed    How = "typed"    // as typed
	Layout   How = "layout"   // the same keys in another keyboard layout
	Translit How = "translit" // Latin letters read as Cyrillic
)

// Alternative is one folded text to look up for what was typed.
type Alternative struct {
	Text    string // folded; several words are parted by one space
	How     How
	Penalty int // 0 as typed, growing with doubt: rank hits by it, ascending
}

// maxAlternatives bounds the look-ups that one query may cost.
const maxAlternatives = 8

// leastChained is how many letters a term needs for a guess on top of a guess.
const leastChained = 6

// Alternatives gives the texts to look up for one term of a query, or for a
// whole one, as typed first, then by ascending penalty, distinct, at most eight.
// Punctuation in raw may be letters of another layout, so give it raw. Input
// without a letter or digit in any layout gives nothing.
//
// Give it the terms of Parse where the index can answer "any of these" a term;
// people who mix alphabets in one query («иванов petr») are served either way.
func Alternatives(raw string) []Alternative {
	var out []Alternative
	add := func(text string, how How, penalty int) {
		if text == "" {
			return
		}
		for i := range out {
			if out[i].Text == text {
				return
			}
		}
		out = append(out, Alternative{text, how, penalty})
	}
	add(Text(raw), Typed, 0)
	layouts := Layouts(raw)
	for _, l := range layouts {
		add(Text(l), Layout, 1)
	}
	for i, c := range Cyrillic(raw) {
		add(c, Translit, min(1+i, 5))
	}
	// Two guesses at once, a name in Latin letters typed in the Cyrillic layout, make
	// another person's name of a few letters: «кузн» is «repy» is «репи».
	if utf8.RuneCountInString(raw) < leastChained {
		layouts = nil
	}
	for _, l := range layouts {
		for i, c := range Cyrillic(l) {
			add(c, Translit, min(3+i, 6))
		}
	}
	sortByPenalty(out)
	if len(out) > maxAlternatives {
		out = out[:maxAlternatives]
	}
	return out
}

// sortByPenalty is a stable insertion sort: the list is short and nearly sorted.
func sortByPenalty(list []Alternative) {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j].Penalty < list[j-1].Penalty; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}
