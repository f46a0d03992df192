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
)

// topBar is the line above the page: the way back, the search, who works here.
type topBar struct {
	f      *Frame
	object fyne.CanvasObject
	back   *kit.Button
	sync   *kit.Button // how the exchange stands; hidden where there is none
}

func newTopBar(f *Frame) *topBar {
	t := &topBar{f: f}
	s := f.Session
	t.back = kit.NewButton("", f.Back).With("arrow-left").Ranked(kit.Quiet)
	search := newSearchBox(s.T("shell_search"), "Ctrl+K", func() { f.openPalette("") })
	t.sync = kit.NewButton("", func() { f.Go(present.Route{Page: present.PageStations}) }).With("sync").Ranked(kit.Quiet)
	t.sync.Hide()
	user := kit.NewButton(s.User.Short(), f.userMenu).With("user").Ranked(kit.Quiet)
	hide := kit.NewButton(s.T("shell_hide"), f.Hide).With("hide").Ranked(kit.Quiet).Key("Ctrl+L")
	lock := kit.NewButton("", f.Lock).With("lock").Ranked(kit.Quiet)
	t.object = kit.Edges(nil, kit.Line(), nil, nil, kit.Inset(7, 10, 7, 10,
		container.NewBorder(nil, nil, t.back, kit.Row(4, t.sync, user, hide, lock), kit.Inset(0, 12, 0, 6, kit.Fixed(0, 0, search)))))
	return t
}

func (t *topBar) update() {
	if t.f.canBack() {
		t.back.Enable()
	} else {
		t.back.Disable()
	}
}

// searchBox looks like a field and opens the palette.
type searchBox struct {
	widget.BaseWidget
	hint, key string
	tap       func()
}

func newSearchBox(hint, key string, tap func()) *searchBox {
	b := &searchBox{hint: hint, key: key, tap: tap}
	b.ExtendBaseWidget(b)
	return b
}

// Tapped implements fyne.Tappable.
func (b *searchBox) Tapped(*fyne.PointEvent) { kit.Touch(b); b.tap() }

// Cursor implements desktop.Cursorable.
func (b *searchBox) Cursor() desktop.Cursor { return desktop.TextCursor }

// CreateRenderer implements fyne.Widget.
func (b *searchBox) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewRectangle(theme.Color(kit.ColorSurface))
	ground.CornerRadius, ground.StrokeWidth, ground.StrokeColor = theme.InputRadiusSize(), 1, theme.Color(kit.ColorLine)
	if kit.Current().Dark {
		ground.FillColor = color.Transparent
	}
	hint := kit.NewText(b.hint).Colored(theme.ColorNamePlaceHolder).Cut(60)
	return widget.NewSimpleRenderer(container.NewStack(ground, kit.Inset(6, 10, 6, 8, container.NewBorder(nil, nil,
		kit.Inset(0, 7, 0, 0, kit.Picture("search", kit.ColorMuted, 18)), kit.Caption(b.key), hint))))
}
