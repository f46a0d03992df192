package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// Bounds of what one card may put into the index, so that no card, however
// strange, makes the search of all others slow.
const (
	maxNameWords = 8  // of one name
	maxWordBytes = 48 // of a packed word; what is typed is cut alike
	maxNameLines = 12 // present and former names with their transcriptions
	maxCardCodes = 48
)

// findCard is what a card puts into the index; the zero value is a card that
// can't be found. All rows of the index follow from it, also those to be taken out
// again: whoever changes what follows (or package fold) after a release adds a
// migration that empties the tables of the index, and a rebuild.
type findCard struct {
	birth int64
	lines []string // kind, surname's words, '|', other words: "nиванов|петр сергеевич", packed
	codes []string // keys of find_code, sorted, distinct
	brief string   // packed; see briefOf
}

// The kinds of line.
const (
	linePresent = 'n'
	lineFormer  = 'f'
	lineReading = 'r' // a name in Latin letters as it reads in Cyrillic
)

// nameRow is a row of find_name without the patient's number.
type nameRow struct {
	line  string
	birth int64
	old   int64
}

// findCardOf says how a card is to be found.
func findCardOf(p *clinic.Patient) findCard {
	if p.Deleted != 0 {
		return findCard{}
	}
	c := findCard{birth: packBirth(p.BirthDate), codes: cardCodes(p), brief: briefOf(p)}
	c.addName(linePresent, p.Name)
	for _, f := range ordered(p.FormerNames, func(f *clinic.FormerName) clinic.Record { return f.Record }) {
		n := f.Name
		if n.Given == "" {
			n.Given = p.Given
		}
		if n.Patronymic == "" {
			n.Patronymic = p.Patronymic
		}
		c.addName(lineFormer, n)
	}
	return c
}

// addName adds a name and, if it is in Latin letters, its Cyrillic readings.
func (c *findCard) addName(kind byte, n clinic.Name) {
	rest := n.Given + " " + n.Patronymic
	c.addLine(kind, fold.Text(n.Family), fold.Text(rest))
	families, others := fold.Cyrillic(n.Family), fold.Cyrillic(rest)
	if families == nil && others == nil {
		return
	}
	// What is Cyrillic already stays beside what is read.
	if families == nil {
		families = []string{fold.Text(n.Family)}
	}
	if others == nil {
		others = []string{fold.Text(rest)}
	}
	for i := range max(len(families), len(others)) {
		c.addLine(lineReading, families[min(i, len(families)-1)], others[min(i, len(others)-1)])
	}
}

func (c *findCard) addLine(kind byte, family, rest string) {
	f, r := packWords(family), packWords(rest)
	if len(f)+len(r) == 0 || len(c.lines) >= maxNameLines {
		return
	}
	line := string(kind) + strings.Join(f, " ") + "|" + strings.Join(r, " ")
	for _, have := range c.lines {
		if have[1:] == line[1:] {
			return
		}
	}
	c.lines = append(c.lines, line)
}

// splitLine takes a line apart.
func splitLine(line string) (kind byte, words []string, surname int) {
	if line == "" {
		return 0, nil, 0
	}
	family, rest, _ := strings.Cut(line[1:], "|")
	words = strings.Fields(family)
	surname = len(words)
	return line[0], append(words, strings.Fields(rest)...), surname
}

// words lists the words of all names, each as often as the name has it that has
// it oftenest: Ахмет Ахмет is found by both.
func (c *findCard) words() []string {
	var out []string
	for _, l := range c.lines {
		_, words, _ := splitLine(l)
		have := slices.Clone(out)
		for _, w := range words {
			if i := slices.Index(have, w); i >= 0 {
				have = slices.Delete(have, i, i+1)
			} else {
				out = append(out, w)
			}
		}
	}
	return out
}

// The first character of a row of find_name.
const (
	surnameFirst = "0"
	otherFirst   = "1"
	yearFirst    = "2" // and four digits, then as surnameFirst
)

// rows makes the rows of find_name. A word that two names of a card have begins a
// row for the first of them only: of a former surname and the given name that
// stayed, only the surname does. Words of the other names borne stand at the end,
// so that the present and the former surname may be typed together.
func (c *findCard) rows() []nameRow {
	var rows []nameRow
	started := map[string]bool{}
	for _, l := range c.lines {
		kind, words, surname := splitLine(l)
		extra := c.extra(kind, words)
		old := int64(1)
		if kind == linePresent {
			old = 0
		}
		for i, w := range words {
			if started[w] {
				continue
			}
			started[w] = true
			line := join(words[i:], words[:i], extra)
			if i >= surname {
				rows = append(rows, nameRow{otherFirst + line, c.birth, old})
				continue
			}
			rows = append(rows, nameRow{surnameFirst + line, c.birth, old})
			if year := c.birth >> 9; year != 0 {
				rows = append(rows, nameRow{yearLine(year, line), c.birth, old})
			}
		}
	}
	return rows
}

func yearLine(year int64, line string) string { return fmt.Sprintf("%s%04d%s", yearFirst, year, line) }

// extra lists the words of other names borne that words lacks.
func (c *findCard) extra(kind byte, words []string) []string {
	if kind == lineReading {
		return nil
	}
	var out []string
	for _, l := range c.lines {
		k, others, _ := splitLine(l)
		if k == lineReading {
			continue
		}
		for _, w := range others {
			if !slices.Contains(words, w) && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out[:min(len(out), maxNameWords)]
}

func join(lists ...[]string) string {
	var b strings.Builder
	for _, list := range lists {
		for _, w := range list {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w)
		}
	}
	return b.String()
}

// packWords packs a folded text and cuts it to the bounds of the index.
func packWords(folded string) []string {
	words := strings.Fields(pack(folded))
	if len(words) > maxNameWords {
		words = words[:maxNameWords]
	}
	for i, w := range words {
		words[i] = cutWord(w)
	}
	return words
}

func cutWord(w string) string {
	if len(w) <= maxWordBytes {
		return w
	}
	n := maxWordBytes
	for n > 0 && !utf8.RuneStart(w[n]) {
		n--
	}
	return w[:n]
}

// pack turns folded text into the form of the index: the letters а-я, two bytes
// each, become the ASCII characters @-_, which no folded text has. The order
// among Cyrillic words stays, and the index is half as large.
func pack(folded string) string {
	return strings.Map(func(r rune) rune {
		if 'а' <= r && r <= 'я' {
			return r - 'а' + '@'
		}
		return r
	}, folded)
}

// packBirth puts a date into a number of three bytes that sorts as the date does.
func packBirth(d clinic.Date) int64 {
	part := func(from, to int) (n int64) {
		if len(d) < to {
			return 0
		}
		for _, c := range []byte(d[from:to]) {
			if c < '0' || c > '9' {
				return 0
			}
			n = n*10 + int64(c-'0')
		}
		return n
	}
	return part(0, 4)<<9 | (part(5, 7)&15)<<5 | part(8, 10)&31
}
