package entry

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// person is a user to choose: a circle with initials, the name and a line below. It
// stands as a line of a list or as a tile.
type person struct {
	widget.BaseWidget
	name, below, mark string // mark is an icon at the end: how the user enters
	tile              bool
	chosen, over      bool
	tap               func()
}

func newPerson(name, below, mark string, tile bool, tap func()) *person {
	p := &person{name: name, below: below, mark: mark, tile: tile, tap: tap}
	p.ExtendBaseWidget(p)
	return p
}

// choose marks the chosen one.
func (p *person) choose(yes bool) {
	if p.chosen != yes {
		p.chosen = yes
		p.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (p *person) Tapped(*fyne.PointEvent) { kit.Touch(p); p.tap() }

// MouseIn implements desktop.Hoverable.
func (p *person) MouseIn(*desktop.MouseEvent) { p.over = true; p.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (p *person) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (p *person) MouseOut() { p.over = false; p.Refresh() }

// Cursor implements desktop.Cursorable.
func (p *person) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (p *person) CreateRenderer() fyne.WidgetRenderer {
	r := &personRenderer{
		p: p, ground: canvas.NewRectangle(color.Transparent), circle: canvas.NewCircle(color.Transparent),
		letters: canvas.NewText(model.Initials(p.name), color.Black),
		name:    kit.NewText(p.name).Cut(40), below: kit.Caption(p.below).Cut(40),
	}
	r.letters.Alignment = fyne.TextAlignCenter
	r.letters.TextStyle.Bold = true
	if p.tile {
		r.name.Aligned(fyne.TextAlignCenter)
		r.below.Aligned(fyne.TextAlignCenter)
	}
	if p.mark != "" {
		r.mark = kit.Picture(p.mark, kit.ColorMuted, 16)
	}
	r.update()
	return r
}

type personRenderer struct {
	p           *person
	ground      *canvas.Rectangle
	circle      *canvas.Circle
	letters     *canvas.Text
	name, below *kit.Text
	mark        *canvas.Image
}

func (r *personRenderer) update() {
	p := r.p
	r.ground.CornerRadius, r.ground.StrokeWidth = kit.Px(8), 1
	r.ground.FillColor, r.ground.StrokeColor = color.Transparent, color.Transparent
	if p.tile {
		r.ground.FillColor, r.ground.StrokeColor = theme.Color(theme.ColorNameBackground), theme.Color(kit.ColorLine)
	}
	if p.over {
		r.ground.FillColor = theme.Color(theme.ColorNameHover)
	}
	r.circle.FillColor = theme.Color(kit.ColorAccentSoft)
	r.letters.Color = theme.Color(theme.ColorNamePrimary)
	if p.chosen {
		r.ground.FillColor, r.ground.StrokeColor = theme.Color(kit.ColorAccentSoft), theme.Color(theme.ColorNamePrimary)
		r.circle.FillColor, r.letters.Color = theme.Color(theme.ColorNamePrimary), theme.Color(theme.ColorNameForegroundOnPrimary)
	}
	r.letters.TextSize = r.round() * 0.38
	r.name.SetBold(p.chosen || p.tile)
}

// round is the circle's width.
func (r *personRenderer) round() float32 {
	if r.p.tile {
		return kit.Px(60)
	}
	return kit.Px(36)
}

func (r *personRenderer) MinSize() fyne.Size {
	if r.p.tile {
		return fyne.NewSize(kit.Px(188), kit.Px(140))
	}
	return fyne.NewSize(kit.Px(160), kit.Px(52))
}

func (r *personRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	side := r.round()
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	nameHeight, belowHeight := r.name.MinSize().Height, r.below.MinSize().Height
	if r.p.tile {
		x, y := (size.Width-side)/2, kit.Px(16)
		put(r.circle, x, y, side, side)
		put(r.letters, x, y, side, side)
		pad := kit.Px(10)
		put(r.name, pad, y+side+kit.Px(10), size.Width-2*pad, nameHeight)
		put(r.below, pad, y+side+kit.Px(10)+nameHeight, size.Width-2*pad, belowHeight)
		if r.mark != nil {
			put(r.mark, size.Width-kit.Px(26), kit.Px(10), kit.Px(16), kit.Px(16))
		}
		return
	}
	x, y := kit.Px(10), (size.Height-side)/2
	put(r.circle, x, y, side, side)
	put(r.letters, x, y, side, side)
	at := x + side + kit.Px(12)
	room := size.Width - at - kit.Px(12)
	if r.p.below == "" {
		belowHeight = 0
	}
	top := (size.Height - nameHeight - belowHeight) / 2
	put(r.name, at, top, room, nameHeight)
	put(r.below, at, top+nameHeight, room, belowHeight)
}

func (r *personRenderer) Refresh() {
	r.update()
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *personRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.ground, r.circle, r.letters, r.name, r.below}
	if r.mark != nil {
		out = append(out, r.mark)
	}
	return out
}
func (r *personRenderer) Destroy() {}

// people are persons of whom one is chosen, as a list or as tiles.
type people struct {
	all  []*person
	pick func(int)
}

func newPeople(n int, tile bool, of func(i int) (name, below, mark string), pick func(int)) *people {
	p := &people{pick: pick}
	for i := range n {
		name, below, mark := of(i)
		p.all = append(p.all, newPerson(name, below, mark, tile, func() { p.pick(i) }))
	}
	return p
}

// mark shows which is chosen; -1 is none.
func (p *people) mark(at int) {
	for i, one := range p.all {
		one.choose(i == at)
	}
}

func (p *people) objects() []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, len(p.all))
	for i, one := range p.all {
		out[i] = one
	}
	return out
}
