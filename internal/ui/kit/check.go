package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Check is a box with a word: yes or no, by Space or the mouse.
type Check struct {
	widget.DisableableWidget
	word          string
	on            bool
	focused, over bool
	// OnSet is told when the user has changed it, OnEnter and OnLeave of the focus.
	OnSet            func(bool)
	OnEnter, OnLeave func()
	// OnKey sees keys first; true means used.
	OnKey func(*fyne.KeyEvent) bool
}

// NewCheck makes the box.
func NewCheck(word string, set func(bool)) *Check {
	c := &Check{word: word, OnSet: set}
	c.ExtendBaseWidget(c)
	return c
}

// On reports whether it is ticked.
func (c *Check) On() bool { return c.on }

// Set ticks it or not, without telling OnSet.
func (c *Check) Set(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// Flip changes it and tells.
func (c *Check) Flip() {
	if c.Disabled() {
		return
	}
	c.Set(!c.on)
	if c.OnSet != nil {
		c.OnSet(c.on)
	}
}

// Tapped implements fyne.Tappable.
func (c *Check) Tapped(*fyne.PointEvent) {
	Touch(c)
	if to := fyne.CurrentApp().Driver().CanvasForObject(c); to != nil && !c.Disabled() {
		to.Focus(c)
	}
	c.Flip()
}

// FocusGained implements fyne.Focusable.
func (c *Check) FocusGained() {
	c.focused = true
	c.Refresh()
	if c.OnEnter != nil {
		c.OnEnter()
	}
}

// FocusLost implements fyne.Focusable.
func (c *Check) FocusLost() {
	c.focused = false
	c.Refresh()
	if c.OnLeave != nil {
		c.OnLeave()
	}
}

// TypedRune implements fyne.Focusable.
func (c *Check) TypedRune(r rune) {
	if r == ' ' {
		c.Flip()
	}
}

// TypedKey implements fyne.Focusable.
func (c *Check) TypedKey(ev *fyne.KeyEvent) {
	if c.OnKey != nil && c.OnKey(ev) || silent(ev.Name) {
		return
	}
	Forward(c, ev)
}

// TypedShortcut implements fyne.Shortcutable.
func (c *Check) TypedShortcut(s fyne.Shortcut) { ForwardShortcut(c, s) }

// KeyDown implements desktop.Keyable.
func (c *Check) KeyDown(*fyne.KeyEvent) { Touch(c) }

// KeyUp implements desktop.Keyable.
func (c *Check) KeyUp(*fyne.KeyEvent) {}

// MouseIn implements desktop.Hoverable.
func (c *Check) MouseIn(*desktop.MouseEvent) { c.over = true; c.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (c *Check) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *Check) MouseOut() { c.over = false; c.Refresh() }

// Cursor implements desktop.Cursorable.
func (c *Check) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	r := &checkRenderer{c: c, box: canvas.NewRectangle(color.Transparent), word: canvas.NewText("", color.Black), tick: &canvas.Image{FillMode: canvas.ImageFillContain}}
	r.update()
	return r
}

type checkRenderer struct {
	c     *Check
	box   *canvas.Rectangle
	word  *canvas.Text
	tick  *canvas.Image
	drawn fyne.ThemeColorName
}

func (r *checkRenderer) update() {
	c := r.c
	r.box.CornerRadius, r.box.StrokeWidth = Px(4), 1
	r.box.FillColor, r.box.StrokeColor = theme.Color(theme.ColorNameInputBackground), theme.Color(theme.ColorNameInputBorder)
	mark := theme.ColorNameForegroundOnPrimary
	switch {
	case c.Disabled():
		r.box.FillColor, mark = theme.Color(theme.ColorNameDisabledButton), theme.ColorNameDisabled
	case c.on:
		r.box.FillColor, r.box.StrokeColor = theme.Color(theme.ColorNamePrimary), theme.Color(theme.ColorNamePrimary)
	case c.over:
		r.box.FillColor = theme.Color(theme.ColorNameHover)
	}
	if c.focused {
		r.box.StrokeWidth, r.box.StrokeColor = 2, theme.Color(theme.ColorNamePrimary)
		if c.on {
			r.box.StrokeColor = theme.Color(theme.ColorNameForeground)
		}
	}
	r.tick.Hidden = !c.on
	if r.drawn != mark {
		r.drawn, r.tick.Resource = mark, IconIn("check", mark)
	}
	r.word.Text, r.word.TextSize = c.word, Px(TextNormal)
	r.word.Color = theme.Color(theme.ColorNameForeground)
	if c.Disabled() {
		r.word.Color = theme.Color(theme.ColorNameDisabled)
	}
}

func (r *checkRenderer) side() float32 { return Px(18) }

// MinSize is as high as a field, so that a check can stand in one line with fields.
func (r *checkRenderer) MinSize() fyne.Size {
	w := r.word.MinSize()
	return fyne.NewSize(r.side()+Px(8)+w.Width+Px(4), max(w.Height+Px(12), r.side()+Px(4)))
}

func (r *checkRenderer) Layout(size fyne.Size) {
	side := r.side()
	r.box.Move(fyne.NewPos(Px(1), (size.Height-side)/2))
	r.box.Resize(fyne.NewSquareSize(side))
	r.tick.Move(fyne.NewPos(Px(3), (size.Height-side)/2+Px(2)))
	r.tick.Resize(fyne.NewSquareSize(side - Px(4)))
	h := r.word.MinSize().Height
	r.word.Move(fyne.NewPos(side+Px(8), (size.Height-h)/2))
	r.word.Resize(fyne.NewSize(size.Width-side-Px(8), h))
}

func (r *checkRenderer) Refresh() {
	r.update()
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *checkRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.box, r.tick, r.word}
}
func (r *checkRenderer) Destroy() {}
