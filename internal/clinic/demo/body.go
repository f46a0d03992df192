package demo

import "math"

// body is what measurements of a patient centre on.
type body struct {
	male     bool
	height   float64 // grown up, cm
	index    float64 // body mass index, grown up
	slender  float64 // a child's mass against the median
	systolic float64 // offsets from what is usual at the age, mmHg
	diastole float64
	pulse    float64
}

func newBody(d *draw, p *person, h *history) body {
	b := body{male: p.male, height: d.normal(163.5, 5.8), slender: d.normal(1, 0.08)}
	if p.male {
		b.height = d.normal(176, 6.3)
	}
	if p.born.year() < 1955 {
		b.height -= 3.5
	}
	age := p.born.years(h.end)
	switch {
	case age < 35:
		b.index = d.normal(23.2, 2.3)
	case age < 60:
		b.index = d.normal(26, 2.7)
	default:
		b.index = d.normal(27, 2.8)
	}
	b.index = max(18.6, min(b.index, 29.8))
	b.systolic, b.diastole, b.pulse = d.normal(0, 5), d.normal(0, 4), d.normal(0, 5)
	for i := range h.having {
		switch h.having[i].of.code {
		case "E66.0":
			b.index, b.slender = d.normal(33, 1.6), d.normal(1.34, 0.05)
		case "I10", "I11.9":
			b.systolic, b.diastole = d.normal(12, 5), d.normal(7, 3)
		case "I48.9":
			b.pulse += 10
		}
	}
	return b
}

// growth tables: median height and mass of children at the ages in years, both
// sexes together (after the WHO standards of 2006 and 2007).
var (
	growthAge    = [...]float64{0, 0.25, 0.5, 0.75, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}
	growthHeight = [...]float64{50, 61, 67, 71, 75, 87, 95.5, 103, 110, 116, 121.5, 127, 132.5, 138, 143.5, 150, 156, 161.5, 165.5, 168, 169.3, 169.8}
	growthMass   = [...]float64{3.4, 6.1, 7.6, 8.7, 9.3, 11.9, 14.1, 16.2, 18.3, 20.5, 22.9, 25.5, 28.4, 31.8, 35.8, 41, 46, 50.5, 54.5, 57.5, 60, 61.5}
)

// at interpolates a table of growth.
func at(table []float64, age float64) float64 {
	for i := 1; i < len(growthAge); i++ {
		if age <= growthAge[i] {
			lo, hi := growthAge[i-1], growthAge[i]
			return table[i-1] + (table[i]-table[i-1])*(age-lo)/(hi-lo)
		}
	}
	return table[len(table)-1]
}

// heightAt is the height in centimetres at an age in years.
func (b *body) heightAt(age float64) float64 {
	if age >= 18 {
		return b.height - math.Max(0, age-65)*0.08
	}
	mean := 163.5
	if b.male {
		mean = 176
	}
	own := b.height / mean
	// boys and girls part from the common median in their teens
	sexed := mean / at(growthHeight[:], 18)
	return at(growthHeight[:], age) * own * (1 + (sexed-1)*math.Max(0, age-12)/6)
}

// massAt is the mass in kilograms at an age in years.
func (b *body) massAt(age float64) float64 {
	if age >= 18 {
		m := b.heightAt(age) / 100
		return b.index * m * m
	}
	child := at(growthMass[:], age) * b.slender
	if age < 14 {
		return child
	}
	m := b.heightAt(18) / 100
	grown := min(b.index, b.slender*21.5+3) * m * m
	return child + (grown-child)*(age-14)/4*0.85
}

// usual pulse and breaths a minute of children at the ages of bands in years.
var (
	paceAge    = [...]float64{0.1, 1, 3, 6, 10, 14}
	pacePulse  = [...]float64{134, 120, 108, 98, 86, 78}
	paceBreath = [...]float64{42, 31, 26, 22, 20, 18}
)

func pace(table []float64, age, grown float64) float64 {
	for i, a := range paceAge {
		if age <= a+0.5 {
			return table[i]
		}
	}
	return grown
}
