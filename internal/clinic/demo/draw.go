package demo

import (
	"math"
	"math/rand/v2"
)

// draw is a source of choices. Each family and each history has its own, seeded
// by what it is, so that a change in one never shifts the others.
type draw struct {
	pcg *rand.PCG
	rnd *rand.Rand
}

func newDraw() *draw {
	p := rand.NewPCG(0, 0)
	return &draw{pcg: p, rnd: rand.New(p)}
}

// reseed begins the sequence that belongs to the two numbers.
func (d *draw) reseed(a, b uint64) { d.pcg.Seed(mix(a), mix(b^0x9e3779b97f4a7c15)) }

// mix spreads neighbouring seeds far apart (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

// below gives 0 … n-1.
func (d *draw) below(n int) int { return d.rnd.IntN(n) }

// between gives lo … hi, both included.
func (d *draw) between(lo, hi int) int {
	if hi <= lo {
		return lo
	}
	return lo + d.rnd.IntN(hi-lo+1)
}

// chance is true in so many of a hundred cases.
func (d *draw) chance(percent float64) bool { return d.rnd.Float64()*100 < percent }

// normal draws around the mean, cut at two and a half deviations.
func (d *draw) normal(mean, deviation float64) float64 {
	x := d.rnd.NormFloat64()
	return mean + deviation*math.Max(-2.5, math.Min(2.5, x))
}

// early gives 0 … n-1 and prefers the beginning of a list, where the commoner
// entries stand.
func (d *draw) early(n int) int {
	i := int(float64(n) * math.Pow(d.rnd.Float64(), 1.35))
	return min(i, n-1)
}

// pick takes one of the values.
func pick[T any](d *draw, from ...T) T { return from[d.below(len(from))] }

// weighted takes an index by its weight; -1 when all weights are zero.
func (d *draw) weighted(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	if sum == 0 {
		return -1
	}
	n := d.below(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return -1
}
