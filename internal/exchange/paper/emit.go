package paper

import (
	"strings"
	"time"

	"feldsher/translations"
)

// document is a paper laid out: what stands on its pages and round them.
type document struct {
	lang      translations.Lang
	title     string // for the metadata: no patient's name, no diagnosis
	made      time.Time
	watermark string
	rows      []row
	running   func() []op                // head of the pages after the first; nil for none
	footer    func(page, pages int) []op // nil for none
}

// painter puts marks on one page after another. Places are points from the top
// left corner of an A4 page. There is one that writes PDF and one that draws
// pictures; as both are given the same marks, they show the same pages.
type painter interface {
	page()
	// letters of one face stand on the baseline y, the first of them at x.
	letters(x, y float64, f face, size float64, grey int, s string)
	rule(x, y float64, o op)
	// turned draws with the page turned round a point, counter-clockwise.
	turned(degrees, x, y float64, draw func())
}

// paint lays the document on pages and draws them all.
func (d document) paint(p painter) {
	pages := paginate(d.rows)
	for i, page := range pages {
		p.page()
		watermark(p, d.watermark)
		if i > 0 && d.running != nil {
			mark(p, 0, d.running())
		}
		for _, r := range page {
			mark(p, r.y, r.ops)
		}
		if d.footer != nil {
			mark(p, 0, d.footer(i+1, len(pages)))
		}
	}
}

func mark(p painter, top float64, ops []op) {
	for _, o := range ops {
		if o.rule != nil {
			p.rule(o.x, top+o.y, o)
			continue
		}
		if o.text != "" {
			write(p, o.x, top+o.y+o.style.baseline(), o.style, o.text)
		}
	}
}

// write draws a line of text, piece by piece where its letters come from
// different fonts. What comes here was cleaned and counted before; cleaning it
// again is the last guard before fpdf, which panics at letters that it does not
// know.
func write(p painter, x, y float64, st style, s string) {
	s, _ = clean(s)
	s = shown([]rune(strings.ReplaceAll(s, "\n", " ")), false)
	for s != "" {
		f, n := leading(st.face, s)
		p.letters(x, y, f, st.size, st.grey, s[:n])
		x += f.width(s[:n], st.size)
		s = s[n:]
	}
}

// leading finds the face of the first letter and how many bytes it goes on.
func leading(f face, s string) (face, int) {
	first := f
	for i, r := range s {
		g, _ := f.pick(r)
		if i == 0 {
			first = g
		} else if g != first {
			return first, i
		}
	}
	return first, len(s)
}

// watermark crosses the page with a word in light grey, under everything else.
func watermark(p painter, word string) {
	if word == "" {
		return
	}
	st := watermarkTop
	word = strings.ToUpper(word)
	if w := st.width(word); w > 640 {
		st.size *= 640 / w
	}
	const cx, cy = pageWidth / 2, pageHeight / 2
	p.turned(52, cx, cy, func() {
		write(p, cx-st.width(word)/2, cy+st.size*0.36, st, word)
	})
}
