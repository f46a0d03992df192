package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// gridHead is the row of headings; it goes sideways with the columns.
type gridHead struct {
	widget.BaseWidget
	g     *Grid
	cells []*gridHeading
}

// gridHeading is the heading of a column.
type gridHeading struct {
	mark, edge         *canvas.Rectangle
	title, below, note *Text
}

func newGridHead(g *Grid) *gridHead {
	h := &gridHead{g: g}
	h.ExtendBaseWidget(h)
	return h
}

func (h *gridHead) clip() fyne.CanvasObject {
	return container.NewClip(container.NewWithoutLayout(h))
}

// Tapped implements fyne.Tappable.
func (h *gridHead) Tapped(ev *fyne.PointEvent) {
	if i := int(ev.Position.X / h.g.body.width); h.g.OnHead != nil && i >= 0 && i < len(h.g.data.Columns) {
		h.g.OnHead(i)
	}
}

// place follows the scrolled columns.
func (h *gridHead) place() { h.Move(fyne.NewPos(-h.g.scroll.Offset.X, 0)) }

func (h *gridHead) update() {
	size := fyne.NewSize(h.g.body.width*float32(len(h.g.data.Columns)), Px(gridHeadRoom))
	h.Resize(size)
	h.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (h *gridHead) CreateRenderer() fyne.WidgetRenderer { return &gridHeadRenderer{h: h} }

type gridHeadRenderer struct {
	h       *gridHead
	objects []fyne.CanvasObject
}

func (r *gridHeadRenderer) Refresh() {
	h, g := r.h, r.h.g
	for len(h.cells) < len(g.data.Columns) {
		h.cells = append(h.cells, &gridHeading{
			canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent),
			NewText("").Bold().Cut(20), Caption("").Cut(20), Caption("").Cut(20),
		})
	}
	r.objects = r.objects[:0]
	for i := range g.data.Columns {
		c, cell := &g.data.Columns[i], h.cells[i]
		cell.title.Set(c.Title)
		cell.below.Set(c.Below)
		cell.note.Set(c.Note)
		name := c.Tone.Color()
		cell.note.SetColor(name)
		title := theme.ColorNameForeground
		if c.Mark {
			title = theme.ColorNamePrimary
		}
		cell.title.SetColor(title)
		cell.mark.FillColor = color.Transparent
		if i == g.at.Column {
			cell.mark.FillColor = theme.Color(ColorLine)
			if g.focused {
				cell.mark.FillColor = theme.Color(theme.ColorNamePrimary)
			}
		}
		cell.mark.Refresh()
		cell.edge.FillColor = theme.Color(ColorLine)
		r.objects = append(r.objects, cell.mark, cell.edge, cell.title, cell.below, cell.note)
	}
	r.Layout(h.Size())
	canvas.Refresh(h)
}

func (r *gridHeadRenderer) Layout(size fyne.Size) {
	w := r.h.g.body.width
	for i := range r.h.g.data.Columns {
		if i >= len(r.h.cells) {
			return
		}
		c, x := r.h.cells[i], float32(i)*w
		gridRect{x, size.Height - Px(3), w - 1, Px(3)}.put(c.mark)
		gridRect{x + w - 1, Px(6), 1, size.Height - Px(6)}.put(c.edge)
		pad := Px(7)
		gridRect{x + pad, Px(4), w - 2*pad, c.title.MinSize().Height}.put(c.title)
		y := Px(4) + c.title.MinSize().Height
		gridRect{x + pad, y, w - 2*pad, c.below.MinSize().Height}.put(c.below)
		if c.below.Text() != "" {
			y += c.below.MinSize().Height
		}
		gridRect{x + pad, y, w - 2*pad, c.note.MinSize().Height}.put(c.note)
	}
}

func (r *gridHeadRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, Px(gridHeadRoom)) }
func (r *gridHeadRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *gridHeadRenderer) Destroy()                     {}

// gridSide is the column of times at the left; it goes down with the day.
type gridSide struct {
	widget.BaseWidget
	g *Grid
}

func newGridSide(g *Grid) *gridSide {
	s := &gridSide{g: g}
	s.ExtendBaseWidget(s)
	return s
}

func (s *gridSide) clip() fyne.CanvasObject {
	return Fixed(gridSideWidth, 10, container.NewClip(container.NewWithoutLayout(s)))
}

// place follows the scrolled day.
func (s *gridSide) place() { s.Move(fyne.NewPos(0, -s.g.scroll.Offset.Y)) }

func (s *gridSide) update() {
	s.Resize(fyne.NewSize(Px(gridSideWidth), s.g.body.size.Height))
	s.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *gridSide) CreateRenderer() fyne.WidgetRenderer {
	r := &gridSideRenderer{s: s, now: newGridCell()}
	r.words.make = func() *canvas.Text { return canvas.NewText("", color.Transparent) }
	return r
}

type gridSideRenderer struct {
	s       *gridSide
	words   pool[*canvas.Text]
	now     *gridCell
	objects []fyne.CanvasObject
}

func (r *gridSideRenderer) Refresh() {
	g := r.s.g
	r.words.used, r.objects = 0, r.objects[:0]
	if len(g.data.Columns) == 0 {
		return
	}
	step := 30
	if g.body.scale*30 < Px(26) {
		step = 60
	}
	now := g.data.Now
	shown := now >= g.data.Span.From && now <= g.data.Span.Until
	for m := g.data.Span.From; m < g.data.Span.Until; m += step {
		near := shown && max(now-m, m-now) < int(Px(16)/g.body.scale)
		if near {
			continue
		}
		t := r.words.next()
		t.Text, t.Alignment = g.Clock(m), fyne.TextAlignTrailing
		t.TextSize, t.TextStyle.Bold, t.Color = Px(TextSmall), m%60 == 0, theme.Color(ColorMuted)
		if m%60 == 0 {
			t.Color = theme.Color(theme.ColorNameForeground)
		}
		h := t.TextSize * 1.36
		y := g.body.y(m) - h/2
		if m == g.data.Span.From {
			y = 0
		}
		gridRect{0, y, Px(gridSideWidth - 7), h}.put(t)
		t.Refresh()
	}
	r.now.hide()
	if shown {
		h := Px(18)
		y := min(max(g.body.y(now)-h/2, 0), g.body.size.Height-h)
		r.now.show(gridRect{Px(3), y, Px(gridSideWidth - 3), h}, theme.ColorNamePrimary, "", g.Clock(now), theme.ColorNameForegroundOnPrimary)
	}
	r.objects = r.now.objects(r.words.lent(r.objects))
	canvas.Refresh(r.s)
}

func (r *gridSideRenderer) Layout(fyne.Size)             { r.Refresh() }
func (r *gridSideRenderer) MinSize() fyne.Size           { return fyne.NewSize(Px(gridSideWidth), 1) }
func (r *gridSideRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *gridSideRenderer) Destroy()                     {}
