package demo

import (
	"math"
	"slices"
	"strings"

	"feldsher/internal/clinic"
)

// years that a history reaches back.
const reach = 5

// having is a condition of one patient.
type having struct {
	of       *condition
	since    day
	resolved day       // 0 while it lasts
	text     [2]string // the wording in Russian and Kazakh
	first    clinic.ID // the diagnosis that stated it first
}

func (h *having) at(d day) bool { return h.since <= d && (h.resolved == 0 || d < h.resolved) }

// history is the health of one patient while the chart is written.
type history struct {
	p         *person
	end       day // of life, or the present
	kazakh    bool
	allergies []allergen
	having    []having
	conceived day // 0 for no pregnancy in reach
	due       day // the day of birth, or when it would be
	told      []string
	body      body
}

// pregnantAt tells whether a day falls into the pregnancy.
func (h *history) pregnantAt(d day) bool { return h.conceived != 0 && d >= h.conceived && d < h.due }

// has tells whether the patient lives with the condition on the day.
func (h *history) has(code string, on day) bool {
	for i := range h.having {
		if h.having[i].of.code == code && h.having[i].at(on) {
			return true
		}
	}
	return false
}

// chart writes the health of a person.
func (g *Generator) chart(p *person, card *clinic.Patient) Chart {
	d := g.health
	d.reseed(g.seed^g.salt, uint64(p.ordinal)|3<<40)
	h := &history{p: p, end: p.end(g.today), kazakh: g.family.kazakh}
	if !card.NameUnknown {
		g.conditions(h)
		h.allergies = drawAllergies(d, p.end(g.today)-p.born, h)
		g.pregnancy(h)
	}
	h.body = newBody(d, p, h)
	var c Chart
	for _, planned := range g.plan(h) {
		c.Visits = append(c.Visits, g.visit(h, planned))
	}
	c.Problems = g.problems(h)
	for i, a := range h.allergies {
		c.Allergies = append(c.Allergies, a.row(g, p, i, h.kazakh))
	}
	return c
}

// conditions draws what the person lives with.
func (g *Generator) conditions(h *history) {
	d, p := g.health, h.p
	end := p.end(g.today)
	age := p.born.years(end)
	w := &writer{d: d, male: p.male}
	var groups []string
	for i := range g.book.conditions {
		c := &g.book.conditions[i]
		if c.sex == 'm' && !p.male || c.sex == 'f' && p.male || age < c.onset || age > c.until {
			continue
		}
		if !d.chance(float64(c.perMille[band(age)])/10) || len(h.having) == 6 || c.group != "" && slices.Contains(groups, c.group) {
			continue
		}
		from := max(p.born.plusYears(c.onset)+5, end.plusYears(-14))
		if from >= end-20 {
			continue
		}
		x := having{of: c, since: day(d.between(int(from), int(end-20)))}
		if c.code == "D50.9" && d.chance(45) && x.since+300 < end {
			x.resolved = x.since + day(d.between(120, 290))
		}
		x.text = [2]string{w.write(c.text), w.write(c.kazakh)}
		groups = append(groups, c.group)
		h.having = append(h.having, x)
	}
}

// pregnancy finds the one that ended with a child of the family, or begins one.
func (g *Generator) pregnancy(h *history) {
	p := h.p
	if p.male || p.died != 0 {
		return
	}
	for _, m := range g.family.members {
		if m.mother == p && m.born > g.today.plusYears(-reach)+300 && (h.due == 0 || m.born > h.due) {
			h.due = m.born
		}
	}
	age := p.born.years(g.today)
	if h.due == 0 && age >= 20 && age < 40 && g.health.chance(2.5) {
		h.due = g.today + day(g.health.between(20, 220))
	}
	if h.due != 0 {
		h.conceived = h.due - 268
	}
}

// planned is a visit to be written.
type planned struct {
	day      day
	scenario *scenario
	follow   bool // second visit for the same illness
	index    int
}

// expected visits of five years by age; together with the rest of the plan they
// make three a patient (see the test of averages).
func (g *Generator) expected(h *history, age int) float64 {
	mean := [7]float64{3.6, 3.8, 2.5, 1.85, 2.35, 3.2, 3.6}[band(age)]
	return mean + 0.16*float64(len(h.having))
}

// plan draws the days of the visits and why the patient came.
func (g *Generator) plan(h *history) []planned {
	d, p := g.health, h.p
	last := min(p.end(g.today), g.today-1)
	first := max(p.born+3, g.today.plusYears(-reach)+3)
	if last < first {
		return nil
	}
	age := p.born.years(last)
	n := poisson(d, g.expected(h, age)*pick(d, 0.4, 0.7, 1, 1, 1.3, 1.6))
	var days []day
	for range min(n, int(last-first)/3+1) {
		days = append(days, day(d.between(int(first), int(last))))
	}
	days = append(days, g.antenatal(h, first, last)...)
	for i, x := range days {
		days[i] = max(first, working(x, d))
	}
	slices.Sort(days)
	days = slices.Compact(days)
	var out []planned
	for i, on := range days {
		v := planned{day: on, index: i}
		if i > 0 {
			prev := out[i-1]
			if prev.scenario != nil && !prev.follow && sickness(prev.scenario) && prev.day+10 < on && d.chance(20) {
				if v.day = working(prev.day+day(d.between(6, 10)), d); v.day < prev.day+3 {
					v.day = prev.day + 7
				}
				v.scenario, v.follow = prev.scenario, true
				out = append(out, v)
				continue
			}
		}
		v.scenario = g.reason(h, on)
		out = append(out, v)
	}
	return out
}

// sickness tells a passing illness from check-ups and what lasts.
func sickness(s *scenario) bool {
	return len(s.ages) > 0 && s.code[0] != 'Z' && s.code[0] != 'O' && s.code[0] != 'P'
}

// antenatal gives the days of a pregnancy's visits and of one after the birth.
func (g *Generator) antenatal(h *history, first, last day) []day {
	if h.conceived == 0 {
		return nil
	}
	var out []day
	for range g.health.between(2, 4) {
		out = append(out, h.conceived+day(g.health.between(50, 255)))
	}
	out = append(out, h.due+day(g.health.between(40, 55)))
	return slices.DeleteFunc(out, func(x day) bool { return x < first || x > last })
}

func poisson(d *draw, mean float64) int {
	limit, n, product := math.Exp(-mean), 0, d.rnd.Float64()
	for product > limit {
		n++
		product *= d.rnd.Float64()
	}
	return n
}

// reason draws why the patient came on the day.
func (g *Generator) reason(h *history, on day) *scenario {
	d, p := g.health, h.p
	switch {
	case h.pregnantAt(on):
		week := int(on-h.conceived)/7 + 2
		if week >= 6 && week <= 14 && d.chance(25) {
			return g.book.scenarios["O21.0"]
		}
		if week < 6 || d.chance(15) {
			return g.book.scenarios["J06.9"]
		}
		return g.book.scenarios["Z34.8"]
	case h.due != 0 && on >= h.due && on < h.due+58 && h.due < g.today:
		return g.book.scenarios["Z39.2"]
	}
	month := int(on.time().Month()) - 1
	age := p.born.years(on)
	var weights [160]int
	n := 0
	for _, s := range g.book.acute {
		weights[n] = s.weight(p.male, int(on-p.born), age, month)
		if s.once && slices.Contains(h.told, s.code) || h.clashes(s.code, on) {
			weights[n] = 0
		}
		n++
	}
	for i := range h.having {
		x := &h.having[i]
		if s := g.book.scenarios[x.of.code]; s != nil && x.at(on) {
			weights[n] = x.of.weight * 5 * s.season[month]
		}
		n++
	}
	i := d.weighted(weights[:n])
	switch {
	case i < 0:
		return g.book.scenarios["J06.9"]
	case i < len(g.book.acute):
		s := g.book.acute[i]
		h.told = append(h.told, s.code)
		return s
	}
	return g.book.scenarios[h.having[i-len(g.book.acute)].of.code]
}

// clashes tells what the patient's illnesses rule out: a driver's certificate
// with epilepsy, diabetes, angina or after a stroke.
func (h *history) clashes(code string, on day) bool {
	if code != "Z02.4" {
		return false
	}
	for i := range h.having {
		c := h.having[i].of.code
		if h.having[i].at(on) && (c == "G40.9" || c == "I69.3" || c == "I20.8" || strings.HasPrefix(c, "E1")) {
			return true
		}
	}
	return false
}

// problems gives the problem list: what lasts, and what is over.
func (g *Generator) problems(h *history) []clinic.Problem {
	var out []clinic.Problem
	for i := range h.having {
		x := &h.having[i]
		pr := clinic.Problem{Patient: h.p.id, Coding: g.coding(x.of.code, h.kazakh), Text: x.text[index(h.kazakh)], Status: "active", Since: x.since.month(), Diagnosis: x.first}
		if x.since < g.today.plusYears(-reach) {
			pr.Since = pr.Since[:4]
		}
		switch {
		case x.resolved != 0:
			pr.Status, pr.Resolved = "resolved", x.resolved.month()
		case strings.Contains(x.text[index(h.kazakh)], "ремисс"):
			pr.Status = "remission"
		}
		pr.ID = g.deriver.child(h.p.id, "problem", i)
		out = append(out, pr)
	}
	return out
}

func (g *Generator) coding(code string, kazakh bool) clinic.Coding {
	return clinic.Coding{System: clinic.ICD10, Code: code, Version: "builtin-1", Name: g.book.names[code][index(kazakh)]}
}
