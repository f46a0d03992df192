package kit

import (
	"cmp"
	"slices"
)

// lane is a block's place among those that overlap it: the at-th of so many.
type lane struct{ at, of int }

// arrange finds what follows from the data: which blocks stand side by side and
// where the cursor can stand.
func (g *Grid) arrange() {
	d := &g.data
	for i := range d.Blocks { // the span holds all that is there
		b := &d.Blocks[i]
		b.Column = min(max(b.Column, 0), max(len(d.Columns)-1, 0))
		b.Until = max(b.Until, b.From+5)
		d.Span.From, d.Span.Until = min(d.Span.From, b.From/60*60), max(d.Span.Until, (b.Until+59)/60*60)
	}
	g.of, g.lanes, g.stops = make([][]int, len(d.Columns)), make([]lane, len(d.Blocks)), make([][]Stretch, len(d.Columns))
	g.edge = make([][]Stretch, len(d.Columns))
	for i, b := range d.Blocks {
		switch {
		case len(d.Columns) == 0:
		case b.Aside:
			g.edge[b.Column] = append(g.edge[b.Column], Stretch{b.From, b.From + gridMark})
		default:
			g.of[b.Column] = append(g.of[b.Column], i)
		}
	}
	for c := range d.Columns {
		slices.SortStableFunc(g.of[c], func(a, b int) int {
			x, y := d.Blocks[a], d.Blocks[b]
			return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(y.Until, x.Until))
		})
		g.sideBySide(g.of[c])
		g.stops[c] = g.stopsOf(c)
	}
}

// gridMark is about how many minutes a mark at the edge covers.
const gridMark = 16

// marked reports whether marks stand at the edge of a stretch of a column.
func (g *Grid) marked(column int, s Stretch) bool {
	return column < len(g.edge) && slices.ContainsFunc(g.edge[column], func(m Stretch) bool { return m.From < s.Until && m.Until > s.From })
}

// sideBySide gives lanes to blocks that overlap; they come in order of time.
func (g *Grid) sideBySide(blocks []int) {
	var group []int
	var ends []int // of each lane
	until := -1
	flush := func() {
		for _, i := range group {
			g.lanes[i].of = len(ends)
		}
		group, ends = group[:0], ends[:0]
	}
	for _, i := range blocks {
		b := g.data.Blocks[i]
		if b.From >= until {
			flush()
		}
		at := slices.IndexFunc(ends, func(end int) bool { return end <= b.From })
		if at < 0 {
			at = len(ends)
			ends = append(ends, 0)
		}
		ends[at], g.lanes[i].at = b.Until, at
		group = append(group, i)
		until = max(until, b.Until)
	}
	flush()
}

// stopsOf lists where the cursor can stand in a column: on each block, and on each
// place that no block covers; every half an hour where there is neither.
func (g *Grid) stopsOf(c int) []Stretch {
	var out []Stretch
	for _, s := range g.data.Columns[c].Slots {
		if g.held != nil || !slices.ContainsFunc(g.of[c], func(i int) bool {
			b := g.data.Blocks[i]
			return b.From <= s.From && b.Until > s.From
		}) {
			out = append(out, s)
		}
	}
	if g.held == nil {
		for _, i := range g.of[c] {
			out = append(out, g.data.Blocks[i].Stretch)
		}
	}
	if len(out) == 0 {
		for m := g.data.Span.From; m < g.data.Span.Until; m += 30 {
			out = append(out, Stretch{m, m + 30})
		}
	}
	slices.SortFunc(out, func(a, b Stretch) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.Until, a.Until)) })
	return slices.CompactFunc(out, func(a, b Stretch) bool { return a.From == b.From })
}

// settle puts the cursor on the stop of its column that holds a minute or is nearest.
func (g *Grid) settle(minute int) {
	if len(g.data.Columns) == 0 {
		return
	}
	g.stops[g.at.Column] = g.stopsOf(g.at.Column)
	stops := g.stops[g.at.Column]
	best, far := stops[0], 1<<30
	for _, s := range stops {
		d := max(s.From-minute, minute-s.From, 0)
		if s.From <= minute && minute < s.Until {
			d = 0
		}
		if d < far {
			best, far = s, d
		}
	}
	g.at.Stretch = best
}

// stop is the index of the cursor's stop in its column.
func (g *Grid) stop() int {
	for i, s := range g.stops[g.at.Column] {
		if s.From >= g.at.From {
			return i
		}
	}
	return 0
}

// beside lists the lanes that stand at the cursor, in order.
func (g *Grid) beside() []int {
	var out []int
	for _, i := range g.of[g.at.Column] {
		b := g.data.Blocks[i]
		if b.From < g.at.Until && b.Until > g.at.From {
			out = append(out, g.lanes[i].at)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// NextFree puts the cursor on the next place of its column with nothing in it.
func (g *Grid) NextFree() bool {
	if len(g.data.Columns) == 0 {
		return false
	}
	c := g.at.Column
	for _, s := range g.data.Columns[c].Slots {
		if s.From > g.at.From && !slices.ContainsFunc(g.of[c], func(i int) bool {
			b := g.data.Blocks[i]
			return b.From < s.Until && b.Until > s.From
		}) {
			g.Choose(c, s.From)
			return true
		}
	}
	return false
}

// ghost is where the held block would stand.
func (g *Grid) ghost() (GridPlace, bool) {
	if g.held == nil {
		return GridPlace{}, false
	}
	return GridPlace{g.at.Column, Stretch{g.at.From, g.at.From + g.held.len()}}, true
}

// taken reports whether something else than the held block stands in a place.
func (g *Grid) taken(p GridPlace) bool {
	return slices.ContainsFunc(g.of[p.Column], func(i int) bool {
		b := g.data.Blocks[i]
		return i != g.source && !b.Muted && b.From < p.Until && b.Until > p.From
	})
}
