package shell

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/shell"
)

const railWidth = 82

// rail is the strip of sections at the left.
type rail struct {
	object fyne.CanvasObject
	items  map[string]*railItem
}

func newRail(f *Frame) *rail {
	r := &rail{items: map[string]*railItem{}}
	col := kit.Col(2)
	for _, s := range model.Sections(f.Session) {
		route := present.Route{Page: s.Page}
		r.items[s.Page] = newRailItem(s.Icon, f.Session.T(s.Word), "Alt+"+s.Key, func() { f.Go(route) })
		col.Add(r.items[s.Page])
	}
	help := newRailItem("help", f.Session.T("shell_help"), "F1", f.help)
	r.object = kit.Ground(kit.ColorSurface, kit.Fixed(railWidth, 0, kit.Edges(nil, nil, nil, kit.Line(),
		kit.Inset(8, 4, 6, 4, container.NewBorder(col, help, nil, nil)))))
	return r
}

// mark shows which section the page belongs to.
func (r *rail) mark(section string) {
	for name, item := range r.items {
		item.set(name == section)
	}
}

// railItem is a section: an icon with its name below.
type railItem struct {
	widget.BaseWidget
	icon, word string
	tap        func()
	on, over   bool
}

func newRailItem(icon, word, _ string, tap func()) *railItem {
	i := &railItem{icon: icon, word: word, tap: tap}
	i.ExtendBaseWidget(i)
	return i
}

func (i *railItem) set(on bool) {
	if i.on != on {
		i.on = on
		i.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (i *railItem) Tapped(*fyne.PointEvent) { kit.Touch(i); i.tap() }

// MouseIn implements desktop.Hoverable.
func (i *railItem) MouseIn(*desktop.MouseEvent) { i.over = true; i.Refresh(); kit.Touch(i) }

// MouseMoved implements desktop.Hoverable.
func (i *railItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (i *railItem) MouseOut() { i.over = false; i.Refresh() }

// Cursor implements desktop.Cursorable.
func (i *railItem) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (i *railItem) CreateRenderer() fyne.WidgetRenderer {
	r := &railRenderer{i: i, ground: canvas.NewRectangle(color.Transparent), icon: &canvas.Image{FillMode: canvas.ImageFillContain}, word: canvas.NewText(i.word, color.Black)}
	r.update()
	return r
}

type railRenderer struct {
	i      *railItem
	ground *canvas.Rectangle
	icon   *canvas.Image
	word   *canvas.Text
}

func (r *railRenderer) update() {
	r.ground.CornerRadius, r.ground.FillColor = theme.InputRadiusSize(), color.Transparent
	name := kit.ColorMuted
	switch {
	case r.i.on:
		r.ground.FillColor, name = theme.Color(kit.ColorAccentSoft), theme.ColorNamePrimary
	case r.i.over:
		r.ground.FillColor = theme.Color(theme.ColorNameHover)
	}
	r.icon.Resource = kit.IconIn(r.i.icon, name)
	r.word.Alignment, r.word.TextSize, r.word.Color = fyne.TextAlignCenter, kit.Px(11), theme.Color(name)
	r.word.TextStyle.Bold = r.i.on
}

func (r *railRenderer) MinSize() fyne.Size { return fyne.NewSize(kit.Px(40), kit.Px(54)) }

func (r *railRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	side := kit.Px(22)
	r.icon.Move(fyne.NewPos((size.Width-side)/2, kit.Px(8)))
	r.icon.Resize(fyne.NewSquareSize(side))
	r.word.Text = r.i.word
	if fyne.MeasureText(r.i.word, r.word.TextSize, r.word.TextStyle).Width > size.Width {
		r.word.Text = kit.Ellipsis(r.i.word, size.Width, r.word.TextSize, r.word.TextStyle)
	}
	r.word.Move(fyne.NewPos(0, kit.Px(32)))
	r.word.Resize(fyne.NewSize(size.Width, r.word.MinSize().Height))
}

func (r *railRenderer) Refresh() {
	r.update()
	r.Layout(r.i.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *railRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.icon, r.word}
}
func (r *railRenderer) Destroy() {}
