package demo

import (
	"maps"
	"slices"
	"strings"
)

// book is everything medical that the lists say, compiled.
type book struct {
	names      map[string][2]string // wording of a code in Russian and Kazakh
	macros     map[string]phrase
	classes    map[string][]string // of a drug by its INN
	drugs      map[string][]drug
	conditions []condition
	scenarios  map[string]*scenario
	acute      []*scenario // those that begin by themselves, in the list's order
}

// condition is something that people live with.
type condition struct {
	code         string
	sex          byte // 'm', 'f' or 0
	onset, until int
	perMille     [7]int
	weight       int
	group        string
	text, kazakh phrase
}

// bands are the ages at which the columns of chronic.txt begin.
var bands = [7]int{0, 3, 7, 18, 40, 60, 75}

func band(age int) int {
	for i := len(bands) - 1; i > 0; i-- {
		if age >= bands[i] {
			return i
		}
	}
	return 0
}

// scenario is a reason to come and what is written then.
type scenario struct {
	code                string
	who                 string // any, m, f, chronic, pregnant, mother
	ages                []ageWeight
	season              [12]int // percent by month
	once                bool
	minday, maxday      int // age in days, 0 for no bound
	tLo, tHi            float64
	bp                  int
	respiration, growth bool
	kinds               []string
	kindWeight          []int
	gyn                 bool
	with                []further
	rx                  []group
	orders              []orderLine
	ru, kk              note
}

type ageWeight struct{ from, to, weight int }

type further struct {
	code     string
	percent  int
	from, to int
}

// group is one prescription: the keys to choose among, those to fall back on,
// and how often it is written at all.
type group struct {
	first, fallback []string
	percent         int
}

type orderLine struct {
	kind, text string
	percent    int
}

// note is the compiled text of a visit in one language.
type note struct {
	reason, wording, complaints, anamnesis, objective, advice, comment phrase
}

func readBook() *book {
	b := &book{classes: map[string][]string{}, macros: map[string]phrase{}, names: map[string][2]string{}, drugs: map[string][]drug{}, scenarios: map[string]*scenario{}}
	for line := range rows("diagnoses") {
		f := strings.Split(line, ";")
		b.names[f[0]] = [2]string{f[1], f[2]}
	}
	for line := range rows("drugs") {
		key, x := parseDrug(line)
		b.drugs[key] = append(b.drugs[key], x)
		b.classes[x.inn] = x.classes
	}
	for line := range rows("chronic") {
		b.conditions = append(b.conditions, parseCondition(line))
	}
	for line := range rows("phrases") {
		name, text, _ := strings.Cut(line, " ")
		b.macros[name] = compile(text, b.macros)
	}
	var s *scenario
	for line := range rows("visits") {
		key, text, _ := strings.Cut(line, " ")
		if key == "=" {
			s = &scenario{code: text, season: seasons["all"], tLo: 36.4, tHi: 36.8}
			b.scenarios[text] = s
			continue
		}
		s.set(key, text, b.macros)
	}
	for _, code := range slices.Sorted(maps.Keys(b.scenarios)) {
		if s := b.scenarios[code]; len(s.ages) > 0 {
			b.acute = append(b.acute, s)
		}
	}
	return b
}

func parseCondition(line string) condition {
	f := strings.Split(line, ";")
	c := condition{code: f[0], onset: number(f[2]), until: number(f[3]), weight: number(f[5]), group: f[6]}
	if f[1] != "any" {
		c.sex = f[1][0]
	}
	for i, n := range strings.Fields(f[4]) {
		c.perMille[i] = number(n)
	}
	c.text, c.kazakh = compile(f[7], nil), compile(f[8], nil)
	return c
}
