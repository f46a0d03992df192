package paper

import (
	"strings"

	"feldsher/internal/clinic"
)

// The grid: a narrow column that says what stands beside it, a wide one that
// says it, at a measure of some 70 letters a line.
const (
	labelWidth = 112.0
	gutter     = 12.0
	valueX     = left + labelWidth + gutter
	valueWidth = right - valueX
)

// tallest is how high a row may be that is never cut.
const tallest = 260.0

// abreast sets columns of rows beside each other as one row, or line by line
// where that would be too tall for one.
func abreast(cols ...[]row) []row {
	var all row
	for _, c := range cols {
		s := stack(c)
		all.height = max(all.height, s.height)
		all.ops = append(all.ops, s.ops...)
	}
	if all.height <= tallest {
		return []row{all}
	}
	var rows []row
	for _, c := range cols {
		rows = beside(rows, c)
	}
	return rows
}

// letterhead is the clinic: its title at the left, where to find it and by
// which licence it works at the right.
func (l locale) letterhead(o clinic.Organisation) []row {
	const split = 0.5
	cl := func(s string) string { s, _ = clean(s); return oneLine(s) }
	var reach []string
	if s := cl(o.Phone); s != "" {
		reach = append(reach, l.t("clinic.phone", "phone", s))
	}
	if s := cl(o.Email); s != "" {
		reach = append(reach, s)
	}
	var law []string
	if s := cl(o.Licence); s != "" {
		law = append(law, s)
	}
	if s := cl(o.TaxID); s != "" {
		key := "clinic.tax.ru"
		if o.Country == clinic.Kazakhstan {
			key = "clinic.tax.kz"
		}
		law = append(law, l.t(key, "number", s))
	}
	const x = left + fullWidth*split + gutter
	var a, b []row
	a = lines(left, fullWidth*split-gutter, clinicStyle, cl(o.Title))
	for _, s := range []string{cl(o.Address), strings.Join(reach, "  ·  ")} {
		if s != "" {
			a = append(a, lines(left, fullWidth*split-gutter, smallStyle, s)...)
		}
	}
	b = append(b, row{height: 2.4})
	for _, s := range law {
		b = append(b, lines(x, right-x, smallStyle, s)...)
	}
	rows := abreast(a, b)
	return append(rows, row{height: 6}, row{height: 1, ops: []op{rule(left, 0, fullWidth, strongline)}}, gap(16))
}

// section begins a part of the paper: its name over a hairline, with an aside
// in grey at the right.
func section(name, aside string) []row {
	head := row{height: headStyle.lead + 3, ops: []op{
		text(left, 0, headStyle, fit(headStyle.face, headStyle.size, name, fullWidth*0.7)),
		rule(left, headStyle.lead+1.5, fullWidth, hairline),
	}}
	if aside != "" {
		room := fullWidth - headStyle.width(name) - gutter
		head.ops = append(head.ops, textRight(right, 2, smallStyle, fit(smallStyle.face, smallStyle.size, aside, room)))
	}
	return []row{{height: 12, space: true, glue: true}, {height: head.height, ops: head.ops, glue: true}, {height: 4, glue: true}}
}

// pair is a label and what it labels.
func pair(label, value string) []row {
	rows := beside(lines(left, labelWidth, labelStyle, label), lines(valueX, valueWidth, bodyStyle, value))
	return append(rows, gap(3))
}

// bullets is a label and a list of things.
func bullets(label string, items []string) []row {
	const indent = 11.0
	var col []row
	for _, it := range items {
		part := lines(valueX+indent, valueWidth-indent, bodyStyle, it)
		part[0].ops = append(part[0].ops, text(valueX, 0, bodyStyle, "•"))
		col = append(col, part...)
	}
	return append(beside(lines(left, labelWidth, labelStyle, label), col), gap(3))
}

// cell of a grid: a small label over a value.
type cell struct {
	label, value string
}

// gridColumns are where the three columns of a grid begin, as parts of the
// width: the first holds a day with two times.
func gridColumns() [4]float64 { return [4]float64{0, 0.42, 0.7, 1} }

// grid sets cells in three columns; empty ones leave no hole.
func grid(cells []cell) []row {
	var full []cell
	for _, c := range cells {
		if c.value != "" {
			full = append(full, c)
		}
	}
	at := gridColumns()
	var rows []row
	for len(full) > 0 {
		n := min(len(at)-1, len(full))
		var cols [][]row
		for i, c := range full[:n] {
			x, width := left+at[i]*fullWidth, (at[i+1]-at[i])*fullWidth
			cols = append(cols, append(
				glued(lines(x, width-gutter, smallStyle, c.label)),
				lines(x, width-gutter, bodyStyle, c.value)...,
			))
		}
		rows = append(rows, abreast(cols...)...)
		rows = append(rows, gap(5))
		full = full[n:]
	}
	return rows
}

// ruled draws a hairline across the page.
func ruled() row { return row{height: 7, ops: []op{rule(left, 2, fullWidth, hairline)}} }

// tag is a framed remark that nobody shall overlook.
func tag(s string) []row {
	st := style{bold, 9, 12.5, 0, 0}
	const pad = 6.0
	ls := wrap(st.face, st.size, s, fullWidth-2*pad)
	box := row{height: float64(len(ls))*st.lead + 7}
	var width float64
	for i, l := range ls {
		box.ops = append(box.ops, text(left+pad, 3+float64(i)*st.lead, st, l))
		width = max(width, st.width(l))
	}
	if box.height > tallest {
		return append(lines(left, fullWidth, st, s), gap(4))
	}
	box.ops = append(box.ops, op{x: left, y: 0.5, dx: width + 2*pad, dy: box.height - 1, frame: true, rule: &line{0.7, 0}})
	return []row{box, gap(5)}
}
