package registration

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/registration"
)

// rail lists the sections: which one has the cursor, which have something in them,
// which have something wrong.
type rail struct {
	p      *form
	object fyne.CanvasObject
	items  []*railItem
	now    int
}

func newRail(p *form) *rail {
	r := &rail{p: p}
	col := kit.Col(1)
	for i, sec := range p.model.Sections() {
		item := newRailItem(sec.Title, strconv.Itoa(i+1), func() { p.body.jump(i) })
		r.items = append(r.items, item)
		col.Add(item)
	}
	foot := kit.Inset(0, 8, 4, 8, kit.Caption("Ctrl+1…"+strconv.Itoa(len(r.items))).Aligned(fyne.TextAlignTrailing))
	r.object = kit.Ground(kit.ColorSurface, kit.Edges(nil, nil, nil, kit.Line(), container.NewVScroll(kit.Inset(10, 8, 8, 8, kit.Col(0, col, foot)))))
	return r
}

// at marks the section in which the cursor is.
func (r *rail) at(section int) {
	if section != r.now {
		r.now = section
		r.show(r.p.model.Marks())
	}
}

func (r *rail) show(marks []model.Tone) {
	for i, item := range r.items {
		icon, name := "", theme.ColorNameForeground
		switch {
		case marks[i] == model.Wrong:
			icon, name = kit.Wrong.Icon(), kit.Wrong.Color()
		case marks[i] == model.Warn:
			icon, name = kit.Warn.Icon(), kit.Warn.Color()
		case r.p.model.Filled(i):
			icon, name = "check", theme.ColorNamePrimary
		}
		item.show(icon, name, i == r.now)
	}
}

// railItem is a section in the rail. It has a key of its own (Ctrl and its number), so
// it takes no focus.
type railItem struct {
	widget.BaseWidget
	word, key *kit.Text
	ground    *canvas.Rectangle
	place     *fyne.Container
	tap       func()
	icon      string
	now       bool
}

func newRailItem(title, key string, tap func()) *railItem {
	i := &railItem{
		word: kit.NewText(title).Cut(40), key: kit.NewText(key).Sized(kit.TextSmall).Colored(kit.ColorMuted),
		ground: canvas.NewRectangle(color.Transparent), place: kit.Fixed(16, 16, kit.Space(16, 16)), tap: tap,
	}
	i.ground.CornerRadius = theme.InputRadiusSize()
	i.ExtendBaseWidget(i)
	return i
}

func (i *railItem) show(icon string, name fyne.ThemeColorName, now bool) {
	if icon != i.icon {
		i.icon = icon
		if i.place.Objects[0] = kit.Space(16, 16); icon != "" {
			i.place.Objects[0] = kit.Picture(icon, name, 16)
		}
		i.place.Refresh()
	}
	if now != i.now {
		i.now = now
		i.ground.FillColor = color.Transparent
		if now {
			i.ground.FillColor = theme.Color(kit.ColorAccentSoft)
		}
		i.word.SetBold(now)
		i.ground.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (i *railItem) Tapped(*fyne.PointEvent) { kit.Touch(i); i.tap() }

// Cursor implements desktop.Cursorable.
func (i *railItem) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (i *railItem) CreateRenderer() fyne.WidgetRenderer {
	line := kit.Columns(7, []float32{0, 1, 0}, middle(i.place), i.word, middle(i.key))
	return widget.NewSimpleRenderer(container.NewStack(i.ground, kit.Inset(6, 8, 6, 8, line)))
}

// middle sets something small in the middle of the height of its line.
func middle(o fyne.CanvasObject) fyne.CanvasObject { return container.NewCenter(o) }

// threeParts are the rail, the form and what stands beside it. Where letters are big,
// the side is given up while there is nothing in it.
type threeParts struct{}

const (
	railWide = 224
	sideWide = 284
)

func (threeParts) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(kit.Px(500), kit.Px(200))
}

func (threeParts) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, side := kit.Px(railWide), float32(0)
	if size.Width < kit.Px(1000) {
		left = kit.Px(192)
	}
	if len(objects) == 3 && (size.Width >= kit.Px(1000) || !objects[2].(*sidePanel).empty) {
		side = kit.Px(sideWide)
		if size.Width < kit.Px(1000) {
			side = kit.Px(240)
		}
	}
	objects[0].Resize(fyne.NewSize(left, size.Height))
	objects[1].Move(fyne.NewPos(left, 0))
	objects[1].Resize(fyne.NewSize(size.Width-left-side, size.Height))
	if len(objects) == 3 {
		objects[2].Move(fyne.NewPos(size.Width-side, 0))
		objects[2].Resize(fyne.NewSize(side, size.Height))
		if side == 0 {
			objects[2].Hide()
		} else {
			objects[2].Show()
		}
	}
}
