package icd

import (
	"strings"
	"unicode/utf8"

	"feldsher/internal/clinic/fold"
)

// words folds a name or a query into the words that are compared. Beyond
// fold.Words it makes equal what differs in spelling only here: Roman and Arabic
// numbers of types and stages, and the letters of hepatitis and vitamins, which
// everybody types in the layout that is on.
func words(s string) []string {
	list := fold.Words(s)
	for i, w := range list {
		list[i] = oneLetter(w)
	}
	return list
}

// oneLetter rewrites "ii" to "2" and the Latin letter of "b", "b12" to the
// Cyrillic one it is mistaken for; other words stay.
func oneLetter(w string) string {
	switch w {
	case "i":
		return "1"
	case "ii":
		return "2"
	case "iii":
		return "3"
	case "iv":
		return "4"
	}
	if w == "" || w[0] < 'a' || w[0] > 'z' || !digits(w[1:]) {
		return w
	}
	const latin, cyrillic = "abcdeghkmnoptxy", "авсдегнкмноптху"
	i := strings.IndexByte(latin, w[0])
	if i < 0 {
		return w
	}
	return cyrillic[2*i:2*i+2] + w[1:]
}

// optional reports words that join others: a query is not the poorer where they
// find nothing.
func optional(w string) bool {
	switch w {
	case "в", "во", "на", "с", "со", "и", "или", "при", "у", "к", "по", "от", "до", "из", "за", "для", "о", "об",
		"the", "of", "and", "or", "in", "with", "an", "а",
		"мен", "жане", "бен", "пен":
		return true
	}
	return false
}

// What a word of a query weighs. The first noun is nearly always the disease
// itself; numbers and degrees only narrow it down, and a word that names nothing
// is a private abbreviation.
const (
	weighSubject = 2
	weighWord    = 1
	weighDegree  = 0.4
	weighUnknown = 0.4
	weighJoint   = 0.2
)

// weights gives each word of a query its weight; named holds what each may name.
func weights(terms []string, named [][]candidate) []float32 {
	out := make([]float32, len(terms))
	subject := false
	for i, w := range terms {
		switch {
		case optional(w):
			out[i] = weighJoint
		case digits(w) || degree(w):
			out[i] = weighDegree
		case len(named[i]) == 0:
			out[i] = weighUnknown
		case !subject && !adjective(w):
			out[i], subject = weighSubject, true
		default:
			out[i] = weighWord
		}
	}
	return out
}

// adjective reports the endings that, in names of diseases, are nearly always an
// adjective's.
func adjective(w string) bool {
	for _, e := range [...]string{"ая", "яя", "ое", "ее", "ые", "ыи", "ски"} {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// degree reports words that say how much or how long, not what.
func degree(w string) bool {
	switch stem(w) {
	case "остр", "хроническ", "хр", "хрон", "степен", "степ", "ст", "стад", "тип", "риск", "неуточненн", "средн", "тяжел",
		"умеренн", "сильн", "обострен", "обострени", "ремисс", "постановк", "состоян", "синдром", "болезн", "заболеван":
		return true
	}
	return false
}

// endings of Russian nouns and adjectives as fold writes them (й is и, no soft
// sign), the longest first.
var endings = [...]string{
	"иями", "ого", "его", "ому", "ему", "ыми", "ими", "ами", "ями", "иям", "иях",
	"ыи", "ои", "еи", "ая", "яя", "ое", "ее", "ые", "ие", "ия", "ию", "ым", "им", "ом", "ем", "ых", "их",
	"ую", "юю", "ам", "ям", "ах", "ях", "ов", "ев", "а", "я", "ы", "и", "о", "е", "у", "ю",
}

// stem cuts a Russian ending off, leaving at least three letters, so that «язвы»
// meets «язва» and «хронического» «хронический». It errs on the side of
// cutting: both sides are cut alike, and a stem counts less than the whole word.
func stem(w string) string {
	n := utf8.RuneCountInString(w)
	if n < 4 || w[0] < 0xd0 {
		return w
	}
	for _, e := range endings {
		if n-len(e)/2 >= 3 && strings.HasSuffix(w, e) {
			return w[:len(w)-len(e)]
		}
	}
	return w
}

// letterSet has a bit for each letter of a word: two words whose sets differ in
// more letters than edits allow can't be within that many edits.
func letterSet(w string) uint64 {
	var set uint64
	for _, r := range w {
		switch {
		case 'а' <= r && r <= 'я':
			set |= 1 << (r - 'а')
		case 'a' <= r && r <= 'z':
			set |= 1 << (32 + r - 'a')
		default:
			set |= 1 << (58 + r%6)
		}
	}
	return set
}

// slips is the number of edits forgiven in a word of that many letters.
func slips(letters int) int {
	switch {
	case letters >= 8:
		return 2
	case letters >= 4:
		return 1
	}
	return 0
}

// head gives the first n letters of a word, or all of it.
func head(w string, n int) string {
	for i := range w {
		if n == 0 {
			return w[:i]
		}
		n--
	}
	return w
}
