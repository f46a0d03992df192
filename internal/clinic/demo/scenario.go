package demo

import (
	"strings"
)

// seasons give the per cent of the yearly mean from January to December.
var seasons = map[string][12]int{
	"all":    {100, 100, 100, 100, 100, 100, 95, 95, 100, 100, 100, 100},
	"cold":   {150, 150, 130, 100, 70, 45, 35, 45, 105, 125, 125, 140},
	"winter": {220, 260, 200, 60, 10, 0, 0, 0, 5, 30, 90, 200},
	"warm":   {70, 70, 80, 90, 110, 140, 160, 160, 120, 80, 70, 70},
	"spring": {5, 10, 50, 250, 300, 200, 100, 120, 50, 10, 5, 5},
	"autumn": {20, 0, 0, 0, 0, 0, 0, 40, 350, 450, 250, 60},
	"school": {150, 150, 140, 120, 110, 60, 25, 25, 60, 100, 130, 150},
}

// set reads one line of a block of visits.txt.
func (s *scenario) set(key, text string, macros map[string]phrase) {
	switch key {
	case "who":
		s.setWho(strings.Fields(text))
	case "season":
		s.season = seasons[text]
	case "once":
		s.once = true
	case "minday":
		s.minday = number(text)
	case "maxday":
		s.maxday = number(text)
	case "t":
		s.tLo, s.tHi = span(text)
	case "bp":
		s.bp = number(text)
	case "take":
		s.respiration, s.growth = strings.Contains(text, "r"), strings.Contains(text, "g")
	case "staff":
		s.gyn = true
	case "kind":
		for _, f := range strings.Fields(text) {
			kind, weight, _ := strings.Cut(f, ":")
			s.kinds, s.kindWeight = append(s.kinds, kind), append(s.kindWeight, number(weight))
		}
	case "with":
		s.setWith(strings.Fields(text))
	case "rx":
		s.setDrugs(strings.Split(text, ","))
	case "ord":
		s.setOrders(strings.Split(text, ";"))
	default:
		s.setNote(key, compile(text, macros))
	}
}

func (s *scenario) setWho(f []string) {
	s.who = f[0]
	for _, a := range f[1:] {
		ages, weight, _ := strings.Cut(a, ":")
		lo, hi := span(ages)
		s.ages = append(s.ages, ageWeight{int(lo), int(hi), number(weight)})
	}
}

func (s *scenario) setWith(f []string) {
	for _, w := range f {
		code, rest, _ := strings.Cut(w, "?")
		percent, ages, _ := strings.Cut(rest, "@")
		x := further{code: code, percent: number(percent), to: 130}
		if ages != "" {
			lo, hi := span(ages)
			x.from, x.to = int(lo), int(hi)
		}
		s.with = append(s.with, x)
	}
}

func (s *scenario) setDrugs(groups []string) {
	for _, text := range groups {
		keys, percent, limited := strings.Cut(strings.TrimSpace(text), "?")
		first, fallback, _ := strings.Cut(keys, "/")
		x := group{first: strings.Split(first, "|"), percent: 100}
		if fallback != "" {
			x.fallback = strings.Split(fallback, "|")
		}
		if limited {
			x.percent = number(percent)
		}
		s.rx = append(s.rx, x)
	}
}

func (s *scenario) setOrders(lines []string) {
	for _, text := range lines {
		kind, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
		what, percent, _ := strings.Cut(rest, "?")
		s.orders = append(s.orders, orderLine{kind, what, number(percent)})
	}
}

func (s *scenario) setNote(key string, p phrase) {
	n := &s.ru
	if rest, ok := strings.CutPrefix(key, "kk."); ok {
		n, key = &s.kk, rest
	}
	switch key {
	case "r":
		n.reason = p
	case "s":
		n.wording = p
	case "c":
		n.complaints = p
	case "a":
		n.anamnesis = p
	case "o":
		n.objective = p
	case "d":
		n.advice = p
	case "n":
		n.comment = p
	default:
		panic("demo: unknown line " + key + " of " + s.code)
	}
}

// weight tells how often people of the age and sex come with it in the month.
func (s *scenario) weight(male bool, ageDays, age, month int) int {
	if s.who == "m" && !male || s.who == "f" && male || s.maxday > 0 && ageDays > s.maxday || ageDays < s.minday {
		return 0
	}
	for _, a := range s.ages {
		if age >= a.from && age <= a.to {
			return a.weight * s.season[month]
		}
	}
	return 0
}
