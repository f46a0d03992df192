package paper

// Lengths are points (1/72 inch) from the top left corner of an A4 page.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	mm         = 72 / 25.4

	left       = 22 * mm // room for the punch
	right      = pageWidth - 18*mm
	fullWidth  = right - left
	firstTop   = 15 * mm
	laterTop   = 23 * mm // below the running header
	runningTop = 13 * mm
	bottom     = pageHeight - 20*mm
	footerTop  = pageHeight - 17*mm
)

// style of a piece of text: sizes and leading in points, grey from 0 (black).
type style struct {
	face face
	size float64
	lead float64
	grey int
	with float64 // size of the text that it shares a baseline with; its own where 0
}

// baseline is how far below the top of its line a text stands: capitals (0.714
// em in Noto Sans) are in the middle of the leading.
func (s style) baseline() float64 {
	size := s.size
	if s.with != 0 {
		size = s.with
	}
	return (s.lead + 0.714*size) / 2
}

func (s style) width(text string) float64 { return s.face.width(text, s.size) }

// The styles of all papers. One family, three sizes of grey: the doctor's text
// is black, what the form says is grey.
var (
	bodyStyle    = style{regular, 10, 14.2, 0, 0}
	strongStyle  = style{bold, 10, 14.2, 0, 0}
	labelStyle   = style{regular, 9, 14.2, 95, 10}
	smallStyle   = style{regular, 8, 11.2, 85, 0}
	smallStrong  = style{bold, 8, 11.2, 40, 0}
	noteStyle    = style{italic, 8.5, 12, 60, 0}
	titleStyle   = style{bold, 17, 22, 0, 0}
	nameStyle    = style{bold, 13, 18, 0, 0}
	headStyle    = style{bold, 10.5, 15, 0, 0}
	clinicStyle  = style{bold, 10.5, 14, 0, 0}
	footStyle    = style{regular, 7.5, 10, 95, 0}
	hairline     = line{weight: 0.35, grey: 165}
	strongline   = line{weight: 0.8, grey: 0}
	watermarkTop = style{bold, 92, 100, 236, 0}
)

type line struct {
	weight float64
	grey   int
}

// op is one mark on the paper: a text, a rule or a frame.
type op struct {
	x, y   float64 // of a text: its left end and its line's top
	text   string
	style  style
	rule   *line
	dx, dy float64 // where a rule ends, relative to x and y
	frame  bool    // the rule is a rectangle
	dashed bool
}

func text(x, y float64, st style, s string) op { return op{x: x, y: y, style: st, text: s} }

func textRight(x, y float64, st style, s string) op {
	return text(x-st.width(s), y, st, s)
}

func rule(x, y, dx float64, l line) op { return op{x: x, y: y, dx: dx, rule: &l} }

// row is a strip of the page that is never cut.
type row struct {
	height float64
	ops    []op
	glue   bool // stays with the next row
	space  bool // nothing but air: dropped at the top of a page
}

func gap(height float64) row { return row{height: height, space: true} }

// placed is a row with the height at which it stands.
type placed struct {
	row
	y float64
}

// paginate lays rows on pages. A chain of glued rows moves to the next page as
// a whole, unless it is longer than a page.
func paginate(rows []row) [][]placed {
	var (
		pages [][]placed
		page  []placed
		y     = firstTop
	)
	turn := func() { pages, page, y = append(pages, page), nil, laterTop }
	for len(rows) > 0 {
		n, height := chain(rows)
		if len(page) > 0 && y+height > bottom && height <= bottom-laterTop {
			turn()
		}
		for _, r := range rows[:n] {
			if len(page) > 0 && y+r.height > bottom {
				turn()
			}
			if len(page) == 0 && r.space {
				continue
			}
			page = append(page, placed{r, y})
			y += r.height
		}
		rows = rows[n:]
	}
	if len(page) > 0 || len(pages) == 0 {
		pages = append(pages, page)
	}
	return pages
}

// chain counts the rows at the head of the list that have to stay together, and
// their height. Air at the end counts for nothing.
func chain(rows []row) (n int, height float64) {
	for i, r := range rows {
		n++
		if !r.space || r.glue {
			height += r.height
		}
		if !r.glue || i == len(rows)-1 {
			break
		}
	}
	return n, height
}

// lines makes rows of a text in a column at x; its first two lines stay
// together and so do its last two.
func lines(x, width float64, st style, s string) []row {
	var rows []row
	for _, l := range wrap(st.face, st.size, s, width) {
		rows = append(rows, row{height: st.lead, ops: []op{text(x, 0, st, l)}})
	}
	return unorphan(rows)
}

func unorphan(rows []row) []row {
	if n := len(rows); n > 1 {
		rows[0].glue = true
		rows[n-2].glue = true
	}
	return rows
}

// beside lays two columns of rows next to each other; they have the same
// leading line by line.
func beside(a, b []row) []row {
	rows := make([]row, max(len(a), len(b)))
	for i := range rows {
		for _, col := range [][]row{a, b} {
			if i < len(col) {
				rows[i].height = max(rows[i].height, col[i].height)
				rows[i].ops = append(rows[i].ops, col[i].ops...)
			}
		}
	}
	return unorphan(rows)
}

// stack puts rows under each other as one row that can't be cut.
func stack(rows []row) row {
	var all row
	for _, r := range rows {
		for _, o := range r.ops {
			o.y += all.height
			all.ops = append(all.ops, o)
		}
		all.height += r.height
	}
	return all
}

// clinging keeps the last three lines of a text with what follows: nobody signs
// an empty page.
func clinging(rows []row) []row {
	for i, n := len(rows)-1, 0; i >= 0 && n < 3; i-- {
		rows[i].glue = true
		if !rows[i].space {
			n++
		}
	}
	return rows
}

// glued keeps all rows with what follows them.
func glued(rows []row) []row {
	for i := range rows {
		rows[i].glue = true
	}
	return rows
}
