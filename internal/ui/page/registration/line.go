package registration

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/registration"
)

// lineOfCells are fields side by side over as many lines as they need at a width.
type lineOfCells struct {
	cells  []*cell
	remove fyne.CanvasObject // takes the whole away; nil for fields of the card itself
	frame  *canvas.Rectangle // behind a line of a list
}

const (
	cellGap  = 12 // between fields, before scaling
	framePad = 8
)

// rows breaks the cells into lines of a width.
func (l *lineOfCells) rows(width float32) [][]*cell {
	var out [][]*cell
	used := float32(0)
	for i, c := range l.cells {
		w := kit.Px(c.field.Width)
		if i == 0 || c.field.Break || used+kit.Px(cellGap)+w > width {
			out, used = append(out, nil), -kit.Px(cellGap)
		}
		out[len(out)-1] = append(out[len(out)-1], c)
		used += kit.Px(cellGap) + w
	}
	return out
}

// inset is what a line of a list leaves for its frame and the mark that removes it.
func (l *lineOfCells) inset() (pad, right float32) {
	if l.remove == nil {
		return 0, 0
	}
	return kit.Px(framePad), kit.Px(20)
}

func (l *lineOfCells) height(width float32) float32 { return l.walk(0, 0, width, false) }

func (l *lineOfCells) put(x, y, width float32) {
	h := l.walk(x, y, width, true)
	if l.remove == nil {
		return
	}
	l.frame.Move(fyne.NewPos(x-kit.Px(framePad), y))
	l.frame.Resize(fyne.NewSize(width+2*kit.Px(framePad), h))
	size := l.remove.MinSize()
	l.remove.Move(fyne.NewPos(x+width-size.Width+kit.Px(4), y+kit.Px(2)))
	l.remove.Resize(size)
}

// walk goes over the cells and their words, places them if it shall, and gives the
// height of all.
func (l *lineOfCells) walk(left, top, width float32, place bool) float32 {
	pad, right := l.inset()
	inner := width - right
	y := top + pad
	for n, row := range l.rows(inner) {
		if n > 0 {
			y += kit.Px(6)
		}
		widths := share(row, inner)
		x, high := left, float32(0)
		for _, c := range row {
			high = max(high, c.boxHeight())
		}
		under := y + high // hints stand in their columns, words below what stands above them
		words, hints := under, under
		for i, c := range row {
			c.span(x-left, inner)
			if place {
				c.put(x, y, widths[i], high)
			}
			x += widths[i] + kit.Px(cellGap)
			if h := c.hintHeight(); h > 0 {
				hints = max(hints, under+h)
			}
		}
		for i, c := range row {
			h := c.wordHeight()
			if h == 0 {
				continue
			}
			if words == under && hintFrom(row[i:]) {
				words = hints
			}
			if place {
				c.putWord(left, words, h)
			}
			words += h
		}
		y = max(words, hints)
	}
	return y - top + pad
}

// short are the kinds that need no more room when they are alone in a line.
var short = []model.Kind{model.Day, model.Birth, model.Clock, model.Choice, model.Count, model.Number, model.Phone, model.Money}

// hintFrom reports whether any of the cells has a hint.
func hintFrom(cells []*cell) bool {
	for _, c := range cells {
		if c.hintHeight() > 0 {
			return true
		}
	}
	return false
}

// share gives each cell its least width and its share of what is left.
func share(row []*cell, width float32) []float32 {
	left, grow := width-kit.Px(cellGap)*float32(len(row)-1), float32(0)
	for _, c := range row {
		left -= kit.Px(c.field.Width)
		grow += c.field.Grow
	}
	out := make([]float32, len(row))
	for i, c := range row {
		out[i] = kit.Px(c.field.Width)
		if grow > 0 && left > 0 {
			out[i] += left * c.field.Grow / grow
		}
		out[i] = min(out[i], width)
	}
	if c := row[0]; len(row) == 1 && slices.Contains(short, c.field.Kind) {
		out[0] = min(out[0], kit.Px(c.field.Width)*1.5)
	}
	return out
}
