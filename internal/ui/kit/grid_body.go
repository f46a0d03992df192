package kit

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// gridBody is the scrolled part of a schedule.
type gridBody struct {
	widget.BaseWidget
	g        *Grid
	width    float32 // of a column
	scale    float32 // points of a minute
	size     fyne.Size
	grip     int // minutes from the beginning of a dragged block to the mouse
	dragging bool
	draw     *gridDraw
}

func newGridBody(g *Grid) *gridBody {
	b := &gridBody{g: g, width: Px(gridColumn), scale: Px(1.6)}
	b.ExtendBaseWidget(b)
	return b
}

// measure fits columns and minutes into the place: they share what there is, but
// never so little that a name can't be read.
func (b *gridBody) measure() {
	d, view := &b.g.data, b.g.scroll.Size()
	width, scale := b.width, b.scale
	n := float32(max(len(d.Columns), 1))
	b.width = max(view.Width/n, Px(b.g.least))
	b.scale = b.finest()
	if span := float32(max(d.Span.len(), 60)); b.scale*span < view.Height {
		b.scale = min(view.Height/span, Px(4))
	}
	b.size = fyne.NewSize(b.width*n, max(b.scale*float32(d.Span.len()), view.Height))
	if len(d.Columns) == 0 {
		b.size = fyne.NewSize(1, 1)
	}
	if width != b.width || scale != b.scale {
		b.forget()
	}
	if b.Size() != b.size.Max(view) {
		b.Resize(b.size.Max(view))
	}
}

// finest is how high a minute must be for the shortest place to hold a line.
func (b *gridBody) finest() float32 {
	shortest := 30
	for _, c := range b.g.data.Columns {
		for _, s := range c.Slots {
			shortest = min(shortest, s.len())
		}
	}
	return Px(min(max(25/float32(max(shortest, 5)), 1.3), 3))
}

// MinSize implements fyne.CanvasObject.
func (b *gridBody) MinSize() fyne.Size { return b.size }

type gridRect struct{ x, y, w, h float32 }

func (r gridRect) holds(p fyne.Position) bool {
	return p.X >= r.x && p.X < r.x+r.w && p.Y >= r.y && p.Y < r.y+r.h
}

func (r gridRect) put(o fyne.CanvasObject) {
	o.Move(fyne.NewPos(r.x, r.y))
	o.Resize(fyne.NewSize(r.w, r.h))
}

const (
	gridAside = 22 // width of the edge where marks stand
	gridIcon  = 16
)

// rect is where a stretch of a column is drawn.
func (b *gridBody) rect(column int, s Stretch, l lane) gridRect {
	pad := Px(2)
	room := b.width - 2*pad
	if b.g.marked(column, s) {
		room -= Px(gridAside)
	}
	w := room / float32(max(l.of, 1))
	return gridRect{
		float32(column)*b.width + pad + w*float32(l.at), b.y(s.From) + 1,
		w - 1, max(float32(s.len())*b.scale-2, Px(12)),
	}
}

func (b *gridBody) y(minute int) float32 { return float32(minute-b.g.data.Span.From) * b.scale }

// blockRect is where a block is drawn.
func (b *gridBody) blockRect(i int) gridRect {
	blk := b.g.data.Blocks[i]
	if blk.Aside {
		side := Px(gridAside - 2)
		return gridRect{float32(blk.Column+1)*b.width - side - Px(1), b.y(blk.From) + 1, side, side}
	}
	return b.rect(blk.Column, blk.Stretch, b.g.lanes[i])
}

func (b *gridBody) update() {
	if b.draw != nil {
		b.draw.update()
	}
}

// stale looks at all anew after other data; what stayed the same is not drawn again.
func (b *gridBody) stale() {
	if b.draw != nil {
		b.draw.drawn = false
	}
}

// forget draws all anew: after another theme or in another size.
func (b *gridBody) forget() {
	if b.draw != nil {
		b.draw.forget()
	}
}

// CreateRenderer implements fyne.Widget.
func (b *gridBody) CreateRenderer() fyne.WidgetRenderer {
	b.draw = newGridDraw(b)
	return b.draw
}

// gridDraw keeps the objects of what is seen and uses them again.
type gridDraw struct {
	b       *gridBody
	rects   pool[*canvas.Rectangle]
	words   pool[*canvas.Text]
	blocks  map[int]*gridBlockView
	spare   []*gridBlockView
	icons   map[string]image.Image
	over    *gridCell // under the mouse
	cursor  *gridCell
	ghost   *gridBlockView
	objects []fyne.CanvasObject
	seen    gridRect
	drawn   bool
}

// pool hands out objects in order and takes all back at once.
type pool[T fyne.CanvasObject] struct {
	all  []T
	used int
	make func() T
}

func (p *pool[T]) next() T {
	if p.used == len(p.all) {
		p.all = append(p.all, p.make())
	}
	p.used++
	return p.all[p.used-1]
}

func (p *pool[T]) lent(to []fyne.CanvasObject) []fyne.CanvasObject {
	for _, o := range p.all[:p.used] {
		to = append(to, o)
	}
	return to
}

func newGridDraw(b *gridBody) *gridDraw {
	r := &gridDraw{b: b, blocks: map[int]*gridBlockView{}, icons: map[string]image.Image{}}
	r.rects.make = func() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }
	r.words.make = func() *canvas.Text { return canvas.NewText("", color.Transparent) }
	r.over, r.cursor, r.ghost = newGridCell(), newGridCell(), newGridBlockView()
	return r
}

func (r *gridDraw) forget() {
	for _, v := range r.blocks {
		v.known = false
		r.spare = append(r.spare, v)
	}
	clear(r.blocks)
	r.ghost.known = false
	r.drawn = false
}

// icon gives a picture drawn once for all: reading and drawing it anew for each block
// would take most of the time.
func (r *gridDraw) icon(name string, c fyne.ThemeColorName) image.Image {
	red, green, blue, _ := theme.Color(c).RGBA()
	scale := float32(1)
	if canvas := fyne.CurrentApp().Driver().CanvasForObject(r.b); canvas != nil {
		scale = canvas.Scale()
	}
	side := Px(gridIcon) * scale
	key := fmt.Sprintf("grid-%s-%02x%02x%02x-%g.svg", name, red>>8, green>>8, blue>>8, side)
	if r.icons[key] == nil {
		drawn := canvas.NewImageFromResource(fyne.NewStaticResource(key, IconIn(name, c).Content()))
		drawn.Resize(fyne.NewSquareSize(side)) // drawn twice as big, as it is in no window: it stays sharp
		r.icons[key] = drawn.Image
	}
	return r.icons[key]
}

// update draws what is seen now.
func (r *gridDraw) update() {
	g := r.b.g
	view, off := g.scroll.Size(), g.scroll.Offset
	if view.Width <= 0 || len(g.data.Columns) == 0 {
		r.objects = nil
		return
	}
	margin := Px(120) // so that small steps of scrolling draw nothing new
	seen := gridRect{off.X, off.Y, view.Width, view.Height}
	if !r.drawn || seen.x < r.seen.x || seen.y < r.seen.y || seen.x+seen.w > r.seen.x+r.seen.w || seen.y+seen.h > r.seen.y+r.seen.h {
		r.seen = gridRect{seen.x - margin, seen.y - margin, seen.w + 2*margin, seen.h + 2*margin}
		r.ground()
		r.fill()
		r.drawn = true
	}
	r.marks()
	r.list()
	canvas.Refresh(r.b)
}

func (r *gridDraw) list() {
	o := r.objects[:0]
	o = r.rects.lent(o)
	o = r.words.lent(o)
	o = r.over.objects(o)
	for _, v := range r.blocks {
		o = v.objects(o)
	}
	o = r.cursor.objects(o)
	o = r.ghost.objects(o)
	r.objects = o
}

func (r *gridDraw) sees(a gridRect) bool {
	return a.x < r.seen.x+r.seen.w && a.x+a.w > r.seen.x && a.y < r.seen.y+r.seen.h && a.y+a.h > r.seen.y
}

// fill draws the blocks that are seen.
func (r *gridDraw) fill() {
	g := r.b.g
	for i, v := range r.blocks {
		if i >= len(g.data.Blocks) || !r.sees(r.b.blockRect(i)) {
			r.spare = append(r.spare, v)
			delete(r.blocks, i)
		}
	}
	for i := range g.data.Blocks {
		at := r.b.blockRect(i)
		if !r.sees(at) {
			continue
		}
		v := r.blocks[i]
		if v == nil {
			if n := len(r.spare); n > 0 {
				v, r.spare = r.spare[n-1], r.spare[:n-1]
			} else {
				v = newGridBlockView()
			}
			r.blocks[i] = v
		}
		v.show(r, &g.data.Blocks[i], at, false)
	}
}

// marks draws cursor, ghost and what is under the mouse.
func (r *gridDraw) marks() {
	g, b := r.b.g, r.b
	whole := lane{0, 1}
	r.over.hide()
	if g.over.Column >= 0 && g.held == nil && g.over != g.at {
		r.over.show(b.rect(g.over.Column, g.over.Stretch, whole), theme.ColorNameHover, "", g.Clock(g.over.From), ColorMuted)
	}
	if to, ok := g.ghost(); ok {
		r.cursor.hide()
		ghost := *g.held
		ghost.Column, ghost.Stretch, ghost.Alarm = to.Column, to.Stretch, g.taken(to)
		ghost.Text = g.Clock(to.From) + "  " + g.held.Text
		ghost.Ground, ghost.Ink, ghost.Muted = ColorAccentSoft, theme.ColorNamePrimary, false
		if ghost.Alarm {
			ghost.Ground, ghost.Ink, ghost.Icon = ColorWarnSoft, theme.ColorNameWarning, "warning"
		}
		r.ghost.show(r, &ghost, b.rect(to.Column, to.Stretch, whole), true)
		return
	}
	r.ghost.known = false
	stroke := theme.ColorNamePrimary
	if !g.focused {
		stroke = ColorMuted
	}
	if i := g.block(); i >= 0 {
		r.cursor.show(b.blockRect(i), "", stroke, "", "")
		return
	}
	r.cursor.show(b.rect(g.at.Column, g.at.Stretch, whole), ColorAccentSoft, stroke, g.Clock(g.at.From), theme.ColorNamePrimary)
}

func (r *gridDraw) Layout(fyne.Size)             { r.update() }
func (r *gridDraw) MinSize() fyne.Size           { return r.b.size }
func (r *gridDraw) Refresh()                     { r.update() }
func (r *gridDraw) Objects() []fyne.CanvasObject { return r.objects }
func (r *gridDraw) Destroy()                     {}
