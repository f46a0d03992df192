package workspace

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/workspace"
)

// lineView is what a row of a list says.
type lineView struct {
	Icon, Text, Below, Side string
	Faded                   bool
	Words                   []model.Remark
}

// line is a row of medicines, orders or services: Enter or a touch opens it, the
// arrows go from row to row, Delete or F9 takes it away.
type line struct {
	widget.BaseWidget
	view    lineView
	box     *fyne.Container
	ground  *canvas.Rectangle
	bar     *canvas.Rectangle
	focused bool
	open    func()
	strike  func()
	onKey   func(*fyne.KeyEvent) bool
	entered func()
}

func newLine(view lineView, open, strike func()) *line {
	l := &line{open: open, strike: strike, box: container.NewStack()}
	l.ground, l.bar = canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	l.ground.CornerRadius = kit.Px(5)
	l.ExtendBaseWidget(l)
	l.show(view)
	return l
}

// show says something else.
func (l *line) show(v lineView) {
	l.view = v
	name := theme.ColorNameForeground
	if v.Faded {
		name = kit.ColorMuted
	}
	words := kit.Col(1, kit.NewText(v.Text).Bold().Colored(name).Cut(60))
	if v.Below != "" {
		words.Add(kit.Muted(v.Below).Cut(60))
	}
	for _, r := range v.Words {
		tone, icon := kit.Warn, kit.Warn.Icon()
		switch {
		case r.Danger:
			tone, icon = kit.Wrong, "allergy"
		case r.Wrong:
			tone, icon = kit.Wrong, kit.Wrong.Icon()
		}
		said := kit.NewText(r.Text).Sized(kit.TextSmall + 1).Colored(tone.Color()).Bold().Cut(60)
		words.Add(container.NewBorder(nil, nil, kit.Inset(0, 5, 0, 0, kit.Picture(icon, tone.Color(), 15)), nil, said))
	}
	right := []fyne.CanvasObject{}
	if v.Side != "" {
		right = append(right, kit.NewText(v.Side))
	}
	if l.strike != nil {
		right = append(right, newCross(l.strike))
	}
	var icon fyne.CanvasObject
	if v.Icon != "" {
		icon = kit.Inset(1, 9, 0, 0, container.NewVBox(kit.Picture(v.Icon, kit.ColorMuted, 17)))
	}
	body := container.NewBorder(nil, nil, icon, container.NewVBox(kit.Row(8, right...)), words)
	l.box.Objects = []fyne.CanvasObject{l.ground, kit.Inset(5, 8, 5, 10, body)}
	l.box.Refresh()
}

// FocusGained implements fyne.Focusable.
func (l *line) FocusGained() {
	l.focused = true
	l.paint()
	if l.entered != nil {
		l.entered()
	}
}

// FocusLost implements fyne.Focusable.
func (l *line) FocusLost() { l.focused = false; l.paint() }

func (l *line) paint() {
	l.ground.FillColor = color.Transparent
	l.ground.StrokeWidth, l.ground.StrokeColor = 0, color.Transparent
	if l.focused {
		l.ground.FillColor = kit.Color(kit.ColorAccentSoft)
		l.ground.StrokeWidth, l.ground.StrokeColor = 1, kit.Color(theme.ColorNamePrimary)
	}
	l.ground.Refresh()
}

// TypedRune implements fyne.Focusable.
func (l *line) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *line) TypedKey(ev *fyne.KeyEvent) {
	switch {
	case l.onKey != nil && l.onKey(ev):
	case (ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter || ev.Name == fyne.KeySpace) && l.open != nil:
		l.open()
	case (ev.Name == fyne.KeyDelete || ev.Name == fyne.KeyBackspace || ev.Name == fyne.KeyF9) && l.strike != nil:
		l.strike()
	default:
		kit.Forward(l, ev)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (l *line) TypedShortcut(s fyne.Shortcut) { forward(l, s) }

// KeyDown implements desktop.Keyable.
func (l *line) KeyDown(*fyne.KeyEvent) { kit.Touch(l) }

// KeyUp implements desktop.Keyable.
func (l *line) KeyUp(*fyne.KeyEvent) {}

// Tapped implements fyne.Tappable.
func (l *line) Tapped(*fyne.PointEvent) {
	kit.Touch(l)
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
	if l.open != nil {
		l.open()
	}
}

// CreateRenderer implements fyne.Widget.
func (l *line) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(l.box) }

// cross is a small sign that takes a row away by the mouse; the keyboard has F9.
type cross struct {
	widget.BaseWidget
	tap  func()
	icon *canvas.Image
}

func newCross(tap func()) *cross {
	c := &cross{tap: tap, icon: kit.Picture("close", kit.ColorMuted, 15)}
	c.ExtendBaseWidget(c)
	return c
}

// Tapped implements fyne.Tappable.
func (c *cross) Tapped(*fyne.PointEvent) { kit.Touch(c); c.tap() }

// Cursor implements desktop.Cursorable.
func (c *cross) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (c *cross) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(kit.Inset(2, 2, 2, 2, c.icon))
}
