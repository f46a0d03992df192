package registration

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
	model "feldsher/internal/ui/present/registration"
)

// sidePanel is the place beside the form; it says whether anything is in it.
type sidePanel struct {
	widget.BaseWidget
	content fyne.CanvasObject
	empty   bool
}

// CreateRenderer implements fyne.Widget.
func (s *sidePanel) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.content) }

// alike shows the cards that may be the same person's (R1.6).
type alike struct {
	p      *form
	object *sidePanel
	list   *fyne.Container
	about  *widget.Label
	foot   fyne.CanvasObject
	items  []*alikeItem
	shown  []model.Alike
}

func newAlike(p *form) *alike {
	a := &alike{p: p, list: kit.Col(8), about: kit.MutedPara("")}
	head := kit.Col(0, kit.Inset(0, 6, 0, 7, kit.Heading(p.env.T("registration_alike_title")).Cut(60)), a.about)
	dismiss := kit.NewButton(p.env.T("registration_alike_dismiss"), func() {
		p.model.Dismiss()
		a.show(p.model.Alike())
		p.focus(p.last)
	}).Small()
	a.foot = kit.Inset(8, 6, 0, 6, kit.Col(6, container.NewHBox(dismiss), kit.Caption(p.env.T("registration_alike_keys")).Cut(60)))
	body := kit.Edges(head, a.foot, nil, nil, container.NewVScroll(kit.Inset(4, 6, 4, 6, a.list)))
	a.object = &sidePanel{content: kit.Ground(kit.ColorSurface, kit.Edges(nil, nil, kit.Line(), nil, kit.Inset(10, 6, 10, 6, body))), empty: true}
	a.object.ExtendBaseWidget(a.object)
	a.show(nil)
	return a
}

// show fills the panel.
func (a *alike) show(list []model.Alike) {
	if sameAlike(list, a.shown) && a.list.Objects != nil {
		return
	}
	a.shown, a.items = list, nil
	a.list.Objects = []fyne.CanvasObject{}
	for _, x := range list {
		item := newAlikeItem(a, x)
		a.items = append(a.items, item)
		a.list.Add(item)
	}
	text := a.p.env.T("registration_alike_none")
	if len(list) > 0 {
		text = a.p.env.T("registration_alike_about")
		a.foot.Show()
	} else {
		a.foot.Hide()
	}
	a.about.SetText(text)
	was := a.object.empty
	a.object.empty = len(list) == 0
	a.list.Refresh()
	if was != a.object.empty {
		a.p.place.Refresh()
	}
}

func sameAlike(a, b []model.Alike) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// focus gives the keys to the first card; it reports whether there is one.
func (a *alike) focus() bool {
	if len(a.items) == 0 {
		return false
	}
	a.p.env.Window.Canvas().Focus(a.items[0])
	return true
}

func (a *alike) step(from *alikeItem, by int) {
	for i, item := range a.items {
		if to := i + by; item == from && to >= 0 && to < len(a.items) {
			a.p.env.Window.Canvas().Focus(a.items[to])
			return
		}
	}
}

// alikeItem is one card: Enter opens it instead of the one being typed, whose draft
// stays; Esc and Left go back into the form.
type alikeItem struct {
	widget.BaseWidget
	a             *alike
	x             model.Alike
	ground        *canvas.Rectangle
	focused, over bool
}

func newAlikeItem(a *alike, x model.Alike) *alikeItem {
	i := &alikeItem{a: a, x: x, ground: canvas.NewRectangle(color.Transparent)}
	i.ExtendBaseWidget(i)
	return i
}

// CreateRenderer implements fyne.Widget.
func (i *alikeItem) CreateRenderer() fyne.WidgetRenderer {
	tone, icon := kit.Calm, ""
	if i.x.Sure {
		tone, icon = kit.Warn, "warning"
	}
	name := kit.Para(i.x.Name)
	name.TextStyle.Bold = true
	col := kit.Col(2, container.New(tight{}, name), i.small(i.x.About))
	if i.x.Contact != "" {
		col.Add(i.small(i.x.Contact))
	}
	col.Add(kit.Inset(4, 0, 2, 0, kit.Row(0, kit.Chip(tone, icon, i.x.Grade))))
	if i.x.Why != "" {
		col.Add(i.small(i.a.p.env.T("registration_alike_same", "what", i.x.Why)))
	}
	i.paint()
	return widget.NewSimpleRenderer(container.NewStack(i.ground, kit.Inset(9, 10, 7, 10, col)))
}

// small is a line of second rank, over as many lines as it needs.
func (i *alikeItem) small(text string) fyne.CanvasObject {
	para := kit.MutedPara(text)
	para.SizeName = theme.SizeNameCaptionText
	return container.New(tight{}, para)
}

func (i *alikeItem) paint() {
	i.ground.CornerRadius = theme.InputRadiusSize()
	i.ground.FillColor = theme.Color(theme.ColorNameBackground)
	i.ground.StrokeWidth, i.ground.StrokeColor = 1, theme.Color(kit.ColorLine)
	switch {
	case i.focused:
		i.ground.StrokeWidth, i.ground.StrokeColor = 2, theme.Color(theme.ColorNamePrimary)
	case i.over:
		i.ground.StrokeColor = theme.Color(theme.ColorNamePrimary)
	}
	i.ground.Refresh()
}

func (i *alikeItem) open() {
	i.a.p.env.Go(present.Route{Page: present.PageCard, ID: i.x.ID})
}

// Tapped implements fyne.Tappable.
func (i *alikeItem) Tapped(*fyne.PointEvent) { kit.Touch(i); i.open() }

// FocusGained implements fyne.Focusable.
func (i *alikeItem) FocusGained() { i.focused = true; i.paint() }

// FocusLost implements fyne.Focusable.
func (i *alikeItem) FocusLost() { i.focused = false; i.paint() }

// TypedRune implements fyne.Focusable.
func (i *alikeItem) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (i *alikeItem) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		i.open()
	case fyne.KeyUp:
		i.a.step(i, -1)
	case fyne.KeyDown:
		i.a.step(i, 1)
	case fyne.KeyEscape, fyne.KeyLeft, fyne.KeyF6:
		i.a.p.focus(i.a.p.last)
	default:
		kit.Forward(i, ev)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (i *alikeItem) TypedShortcut(s fyne.Shortcut) { kit.ForwardShortcut(i, s) }

// MouseIn implements desktop.Hoverable.
func (i *alikeItem) MouseIn(*desktop.MouseEvent) { i.over = true; i.paint() }

// MouseMoved implements desktop.Hoverable.
func (i *alikeItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (i *alikeItem) MouseOut() { i.over = false; i.paint() }

// Cursor implements desktop.Cursorable.
func (i *alikeItem) Cursor() desktop.Cursor { return desktop.PointerCursor }

// tight takes the padding of a label off at the left, to stand under other lines.
type tight struct{}

func (tight) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().SubtractWidthHeight(0, 2*theme.InnerPadding()-2)
}

func (tight) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(-theme.InnerPadding(), -theme.InnerPadding()))
	o[0].Resize(size.AddWidthHeight(2*theme.InnerPadding(), 2*theme.InnerPadding()))
}
