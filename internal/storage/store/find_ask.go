package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/clinic/fold"
)

// ask is one way to understand a query. A card answers it if it answers all of it.
type ask struct {
	slots   []slot
	births  []fold.Birth
	codes   [][]halves // of each one of these beginnings
	penalty int        // of understanding the query so
}

// slot is one name of a query: the card must have a word for one of its forms.
type slot struct {
	raw   string
	forms []form
}

// form is a text to look for; several words of it must all be there.
type form struct {
	words   []string // packed
	whole   bool     // the word itself; otherwise what begins with it too
	penalty int
}

// Penalties beside those of fold, which go from 0 to 6.
const (
	penaltyTypo       = 7
	penaltyPrefixTypo = 9
	penaltyCode       = 1 // a year that is also the end of a phone
)

func newForm(folded string, penalty int) (form, bool) {
	words := packWords(folded)
	return form{words: words, penalty: penalty}, len(words) > 0
}

// text is the words with blanks between.
func (f form) text() string { return strings.Join(f.words, " ") }

func (a *ask) empty() bool { return len(a.slots)+len(a.births)+len(a.codes) == 0 }

// asksOf lists the ways to understand a query, likeliest first.
func asksOf(q fold.Query) []ask {
	asks := []ask{{}}
	// fork multiplies the asks by the ways to understand one more part.
	fork := func(ways ...func(*ask)) {
		var next []ask
		for i, way := range ways {
			for _, a := range asks {
				a.slots, a.births, a.codes = slices.Clone(a.slots), slices.Clone(a.births), slices.Clone(a.codes)
				a.penalty += i * penaltyCode
				way(&a)
				next = append(next, a)
			}
		}
		asks = next[:min(len(next), maxAsks)]
	}
	for _, t := range q.Terms[:min(len(q.Terms), maxSlots)] {
		if ways := termWays(t); len(ways) > 0 {
			fork(ways...)
		}
	}
	for _, n := range q.Numbers[:min(len(q.Numbers), maxSlots)] {
		if ways := numberWays(n); len(ways) > 0 {
			fork(ways...)
		}
	}
	return asks
}

func termWays(t fold.Term) (ways []func(*ask)) {
	if t.Text != "" || len(t.Codes) == 0 {
		s := slot{raw: t.Raw}
		if f, ok := newForm(t.Text, 0); ok {
			s.forms = []form{f}
		}
		ways = append(ways, func(a *ask) { a.slots = append(a.slots, s) })
	}
	var codes []halves
	for _, c := range t.Codes {
		if letters, digits := caseParts(c); digits != "" {
			codes = append(codes, caseKey(digits, letters))
		}
		if utf8.RuneCountInString(c) >= minTail {
			codes = append(codes, numberKey(c))
		}
	}
	if len(codes) > 0 {
		ways = append(ways, func(a *ask) { a.codes = append(a.codes, codes) })
	}
	return ways
}

func numberWays(n fold.Number) (ways []func(*ask)) {
	if n.Birth != (fold.Birth{}) {
		ways = append(ways, func(a *ask) { a.births = append(a.births, n.Birth) })
	}
	var codes []halves
	if len(n.Digits) >= minTail {
		codes = append(codes, phoneKey(subscriber(n.Digits)))
	}
	if !n.Tail && n.Digits != "" {
		codes = append(codes, caseKey(n.Digits, ""))
		if len(n.Digits) >= minTail {
			codes = append(codes, numberKey(n.Digits))
		}
	}
	if len(codes) > 0 {
		ways = append(ways, func(a *ask) { a.codes = append(a.codes, codes) })
	}
	return ways
}

// subscriber drops what stands before a phone number and is dialled differently
// from one place to another: «8», «+7», «00», «810».
func subscriber(digits string) string {
	switch {
	case len(digits) == 11 && (digits[0] == '7' || digits[0] == '8'):
		return digits[1:]
	case len(digits) > 12 && strings.HasPrefix(digits, "810"):
		return digits[3:]
	case len(digits) > 11 && strings.HasPrefix(digits, "00"):
		return digits[2:]
	}
	return digits
}

// withAlternatives adds to each slot what else its keys or letters may stand for.
func withAlternatives(slots []slot) []slot {
	out := slices.Clone(slots)
	for i, s := range out {
		out[i].forms = slices.Clone(s.forms)
		for _, alt := range fold.Alternatives(s.raw) {
			if f, ok := newForm(alt.Text, alt.Penalty); ok && alt.How != fold.Typed {
				out[i].forms = append(out[i].forms, f)
			}
		}
	}
	return out
}

// hasLatin reports whether a name was typed in Latin letters.
func hasLatin(slots []slot) bool {
	for _, s := range slots {
		if strings.IndexFunc(s.raw, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) >= 0 {
			return true
		}
	}
	return false
}

// match compares a query's names with the words of a card, each with another one.
// The score grows with penalties and with words only begun.
func match(slots []slot, words []string) (score int, ok bool) {
	m := matcher{slots: slots, words: words, used: make([]bool, len(words)), best: -1, steps: 2000}
	m.slot(0, 0)
	return m.best, m.best >= 0
}

type matcher struct {
	slots []slot
	words []string
	used  []bool
	best  int // -1: none yet
	steps int // left; what a query of equal beginnings may cost
}

func (m *matcher) slot(i, score int) {
	if m.best >= 0 && score >= m.best || m.steps <= 0 {
		return
	}
	if i == len(m.slots) {
		m.best = score
		return
	}
	for _, f := range m.slots[i].forms {
		m.form(i, f, 0, score+scorePenalty*f.penalty)
	}
}

// The parts of a score.
const (
	scorePenalty = 16
	scoreBegun   = 2 // a word only begun; of maxSlots less than a penalty
)

func (m *matcher) form(i int, f form, word, score int) {
	if word == len(f.words) {
		m.slot(i+1, score)
		return
	}
	want := f.words[word]
	for pass := range 2 { // the word itself first, for that ends the search
		if pass == 1 && f.whole {
			return
		}
		for k, w := range m.words {
			m.steps--
			if m.used[k] || pass == 0 && w != want || pass == 1 && (w == want || !strings.HasPrefix(w, want)) {
				continue
			}
			m.used[k] = true
			m.form(i, f, word+1, score+pass*scoreBegun)
			m.used[k] = false
		}
	}
}
