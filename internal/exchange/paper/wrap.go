package paper

import (
	"strings"
	"unicode"
)

// wrap breaks a cleaned text into lines of at most `width` points. It breaks at
// spaces, after hyphens between letters, at soft hyphens (which then show) and
// at zero-width spaces; not after a preposition of one letter, a № or before a
// dash, as Russian typesetting has it. A word wider than the column is cut
// between letters: nothing ever runs over the edge or is lost.
//
// fpdf's own SplitText is not used: it takes letters without width (an accent)
// for endless ones and panics beyond the basic plane.
func wrap(f face, size float64, s string, width float64) []string {
	limit := int(width * 1000 / size)
	var lines []string
	for para := range strings.SplitSeq(strings.TrimRight(s, "\n "), "\n") {
		lines = append(lines, wrapParagraph(f, []rune(para), limit)...)
	}
	return lines
}

// breakAt is a place where a line may end: the line is [start,end), the next
// one begins at next.
type breakAt struct {
	end, next int
	hyphen    bool
}

func wrapParagraph(f face, r []rune, limit int) []string {
	var (
		lines []string
		start int
		w     int
		last  breakAt
	)
	cut := func(b breakAt) int {
		lines = append(lines, shown(r[start:b.end], b.hyphen))
		start, w, last = b.next, 0, breakAt{}
		return start
	}
	for i := 0; i < len(r); {
		c := r[i]
		cw := advanceOf(f, c)
		if w+cw > limit && i > start && !isSpace(c) {
			if last.next > start {
				i = cut(last)
			} else {
				at := backOverMarks(r, start, i)
				i = cut(breakAt{end: at, next: at})
			}
			continue
		}
		w += cw
		if b, ok := opportunity(r, start, i); ok && (!b.hyphen || w+f.advance('-') <= limit) {
			last = b
		}
		i++
	}
	return append(lines, shown(r[start:], false))
}

// opportunity tells whether a line may end at the letter i.
func opportunity(r []rune, start, i int) (breakAt, bool) {
	next := func() rune {
		if i+1 < len(r) {
			return r[i+1]
		}
		return 0
	}()
	switch c := r[i]; {
	case isSpace(c):
		if isSpace(next) || next == '—' || next == '–' || clings(r, start, i) {
			return breakAt{}, false
		}
		return breakAt{end: i, next: i + 1}, true
	case c == softHyphen:
		return breakAt{end: i, next: i + 1, hyphen: true}, i > start
	case c == zeroSpace:
		return breakAt{end: i, next: i + 1}, i > start
	case c == '-', c == '/', c == '\u2010':
		ok := i > start && unicode.IsLetter(r[i-1]) && unicode.IsLetter(next)
		return breakAt{end: i + 1, next: i + 1}, ok
	case c == '—':
		return breakAt{end: i + 1, next: i + 1}, unicode.IsLetter(next)
	}
	return breakAt{}, false
}

// clings reports whether the word before the space at i must stay with the next
// one: a single letter, a sign before a number, a short number before its unit.
func clings(r []rune, start, i int) bool {
	from := i
	for from > start && i-from < 6 && !isSpace(r[from-1]) && r[from-1] != '(' && r[from-1] != '«' {
		from--
	}
	word := r[from:i]
	switch {
	case len(word) == 1:
		return unicode.IsLetter(word[0]) || strings.ContainsRune("№<>≤≥=±~≈", word[0]) ||
			unicode.IsDigit(word[0]) && unitAt(r, i+1)
	case len(word) == 0 || len(word) > 5:
		return false
	}
	for _, c := range word {
		if !unicode.IsDigit(c) && c != ',' && c != '.' {
			return false
		}
	}
	return unicode.IsDigit(word[len(word)-1]) && unitAt(r, i+1)
}

// unitAt reports whether something counted begins at i: "мг", "°C", "марта".
func unitAt(r []rune, i int) bool {
	return i < len(r) && (unicode.IsLower(r[i]) || r[i] == '°' || r[i] == '%')
}

func isSpace(r rune) bool {
	return r == ' ' || (r >= '\u2000' && r <= '\u200A' && r != '\u2007') || r == '\u205F' || r == '\u3000'
}

func advanceOf(f face, r rune) int {
	if r == softHyphen || r == zeroSpace {
		return 0
	}
	return f.advance(r)
}

// backOverMarks keeps accents with their letter when a word has to be cut.
func backOverMarks(r []rune, start, at int) int {
	i := at
	for i > start+1 && unicode.Is(unicode.Mn, r[i]) {
		i--
	}
	if unicode.Is(unicode.Mn, r[i]) {
		return at // nothing but marks: cut anywhere
	}
	return i
}

// shown is the line without the letters that only steer its breaking.
func shown(r []rune, hyphen bool) string {
	var b strings.Builder
	for _, c := range r {
		if c != softHyphen && c != zeroSpace {
			b.WriteRune(c)
		}
	}
	s := strings.TrimRight(b.String(), " ")
	if hyphen {
		s += "-"
	}
	return s
}

// fit cuts a line with an ellipsis where it is wider than the place it has.
func fit(f face, size float64, s string, width float64) string {
	s = shown([]rune(oneLine(s)), false)
	if f.width(s, size) <= width {
		return s
	}
	room := int(width*1000/size) - f.advance('…')
	for i, r := range s {
		if room -= f.advance(r); room < 0 {
			return strings.TrimRight(s[:i], " ,.;") + "…"
		}
	}
	return s
}
