package clinic

import (
	"math"
	"strconv"
	"strings"
)

// point is the usual range of boys and girls at an age in months.
type point struct {
	months            int
	boyLow, boyHigh   float64
	girlLow, girlHigh float64
}

// The growth of children up to five years, two standard deviations to both sides of the
// median: WHO Child Growth Standards, 2006 (weight in kg, length and from two years height
// in cm, head in cm).
var (
	growthWeight = [...]point{
		{0, 2.5, 4.4, 2.4, 4.2},
		{1, 3.4, 5.8, 3.2, 5.5},
		{3, 5.0, 8.0, 4.5, 7.5},
		{6, 6.4, 9.8, 5.7, 9.3},
		{9, 7.1, 11.0, 6.5, 10.5},
		{12, 7.7, 12.0, 7.0, 11.5},
		{18, 8.8, 13.7, 8.1, 13.2},
		{24, 9.7, 15.3, 9.0, 14.8},
		{36, 11.3, 18.3, 10.8, 18.1},
		{48, 12.7, 21.2, 12.3, 21.5},
		{60, 14.1, 24.2, 13.7, 24.9},
	}
	growthHeight = [...]point{
		{0, 46.1, 53.7, 45.4, 52.9},
		{1, 50.8, 58.6, 49.8, 57.6},
		{3, 57.3, 65.5, 55.6, 64.0},
		{6, 63.3, 71.9, 61.2, 70.3},
		{9, 67.5, 76.5, 65.3, 75.0},
		{12, 71.0, 80.5, 68.9, 79.2},
		{18, 76.9, 87.7, 74.9, 86.5},
		{24, 81.0, 93.2, 79.3, 92.2},
		{36, 88.7, 103.5, 87.4, 102.7},
		{48, 94.9, 111.7, 94.1, 111.3},
		{60, 100.7, 119.2, 99.9, 118.9},
	}
	growthHead = [...]point{
		{0, 31.9, 37.0, 31.5, 36.2},
		{3, 38.1, 42.9, 37.1, 42.0},
		{6, 40.9, 45.8, 39.6, 44.8},
		{12, 43.5, 48.6, 42.2, 47.6},
		{24, 45.5, 51.0, 44.4, 50.0},
		{36, 46.6, 52.3, 45.6, 51.4},
	}
)

// childMassIndex is from thinness (two standard deviations below the median) to
// overweight (one above it): WHO Growth Reference 5-19 years, 2007.
var childMassIndex = [...]point{
	{61, 13.0, 16.6, 12.7, 16.9},
	{72, 13.0, 16.8, 12.7, 17.0},
	{84, 13.1, 17.0, 12.7, 17.3},
	{96, 13.3, 17.4, 12.9, 17.7},
	{108, 13.5, 17.9, 13.1, 18.3},
	{120, 13.7, 18.5, 13.5, 19.0},
	{132, 14.1, 19.2, 13.9, 19.9},
	{144, 14.5, 19.9, 14.4, 20.8},
	{156, 14.9, 20.8, 14.9, 21.8},
	{168, 15.5, 21.8, 15.4, 22.7},
	{180, 16.0, 22.7, 15.9, 23.5},
	{192, 16.5, 23.5, 16.2, 24.1},
	{204, 16.9, 24.3, 16.4, 24.5},
	{216, 17.3, 24.9, 16.4, 24.8},
}

// between takes the range at an age from a table, in a straight line from point to
// point; none beyond its last. Of somebody whose sex is not known, the wider one.
func between(table []point, sex Sex, months, digits int) (low, high Decimal) {
	for i := range table {
		if months > table[i].months {
			continue
		}
		p := table[i]
		if i > 0 && months < p.months {
			p = table[i-1].towards(p, months)
		}
		lo, hi := min(p.boyLow, p.girlLow), max(p.boyHigh, p.girlHigh)
		switch sex {
		case Male:
			lo, hi = p.boyLow, p.boyHigh
		case Female:
			lo, hi = p.girlLow, p.girlHigh
		}
		return rounded(lo, digits), rounded(hi, digits)
	}
	return "", ""
}

func (p point) towards(q point, months int) point {
	share := float64(months-p.months) / float64(q.months-p.months)
	mix := func(a, b float64) float64 { return a + (b-a)*share }
	return point{
		months: months, boyLow: mix(p.boyLow, q.boyLow), boyHigh: mix(p.boyHigh, q.boyHigh),
		girlLow: mix(p.girlLow, q.girlLow), girlHigh: mix(p.girlHigh, q.girlHigh),
	}
}

// rounded writes a number of a norm without idle zeros.
func rounded(f float64, digits int) Decimal {
	scale := math.Pow10(digits)
	s := strconv.FormatFloat(math.Round(f*scale)/scale, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return Decimal(s)
}
