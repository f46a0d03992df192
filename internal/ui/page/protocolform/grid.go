package protocolform

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
)

// The form has six columns; a field takes two, three or all of them.
const (
	third = 2
	half  = 3
	whole = 6
)

// width is how many columns a field needs for what is usually in it.
func width(f *clinic.Field) int {
	switch f.Type {
	case "number", "date", "bool":
		return third
	case "choice":
		letters := 0
		for _, c := range f.Choices {
			letters += len([]rune(c)) + 6
		}
		if letters <= 48 {
			return half
		}
	case "text":
		if len([]rune(f.Default)) <= 44 {
			return half
		}
	}
	return whole
}

type place struct {
	object fyne.CanvasObject
	width  int
	grows  bool // takes the rest of its line where nothing follows in it
}

func grid(places []place) *fyne.Container {
	l := &gridLayout{}
	var objects []fyne.CanvasObject
	for _, p := range places {
		l.widths = append(l.widths, p.width)
		l.grows = append(l.grows, p.grows)
		objects = append(objects, p.object)
	}
	return container.New(l, objects...)
}

// gridLayout sets fields in lines of six columns, as high as the highest of a line
// at the width it gets. A narrow place has one field a line.
type gridLayout struct {
	widths []int
	grows  []bool
	last   float32 // width of the last layout: heights depend on it
}

// narrow is the width below which fields don't stand side by side.
const narrow = 520

func (l *gridLayout) lines(width float32, n int) [][]int {
	var lines [][]int
	used := whole
	for i := range n {
		w := l.widths[i]
		if width < kit.Px(narrow) {
			w = whole
		}
		if used+w > whole {
			lines, used = append(lines, nil), 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], i)
		used += w
	}
	return lines
}

// set gives each object its width, asks how high it then is, and returns the height
// of all; with move it also puts them in their places.
func (l *gridLayout) set(objects []fyne.CanvasObject, width float32, move bool) float32 {
	gapX, gapY := kit.Px(14), kit.Px(3)
	column := (width - gapX*(whole-1)) / whole
	y := float32(0)
	for _, line := range l.lines(width, len(objects)) {
		x, high := float32(0), float32(0)
		for n, i := range line {
			w := column*float32(l.widths[i]) + gapX*float32(l.widths[i]-1)
			if width < kit.Px(narrow) || n == len(line)-1 && l.grows[i] {
				w = width - x
			}
			o := objects[i]
			if move && o.Size().Width != w {
				o.Resize(fyne.NewSize(w, o.MinSize().Height))
			}
			h := o.MinSize().Height
			if move {
				o.Move(fyne.NewPos(x, y))
				o.Resize(fyne.NewSize(w, h))
			}
			x += w + gapX
			high = max(high, h)
		}
		y += high + gapY
	}
	return y
}

// MinSize implements fyne.Layout.
func (l *gridLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := l.last
	if width == 0 {
		width = kit.Px(900)
	}
	return fyne.NewSize(kit.Px(280), l.set(objects, width, false))
}

// Layout implements fyne.Layout.
func (l *gridLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.last = size.Width
	l.set(objects, size.Width, true)
}
