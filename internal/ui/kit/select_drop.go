package kit

import (
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Option is one of what can be chosen.
type Option struct {
	Code  string // what the program knows it by
	Text  string // what the user reads
	Below string // a second line, small
}

// drop is a list of options that hangs below a field. It has the keys while it is
// open: what it does not use itself goes to the field, so that typing goes on.
type drop struct {
	widget.BaseWidget
	field   fyne.CanvasObject // below which it hangs
	options []Option
	at      int // chosen; -1 for none
	first   int // first that is seen
	popup   *widget.PopUp
	take    func(int)
	// What the field wants to have of keys and letters; true means used.
	onKey  func(*fyne.KeyEvent) bool
	onRune func(rune) bool
	// to is the field's own way for the rest; nil: the list closes.
	to interface {
		fyne.Focusable
		fyne.Shortcutable
		desktop.Keyable
	}
	over int // under the mouse; -1 for none
}

const dropRows = 8 // options seen at once

func newDrop(field fyne.CanvasObject, take func(int)) *drop {
	d := &drop{field: field, take: take, at: -1, over: -1}
	d.ExtendBaseWidget(d)
	return d
}

func (d *drop) open() bool { return d.popup != nil && d.popup.Visible() }

// show opens the list, or fills the open one anew.
func (d *drop) show(options []Option, at int) {
	d.options, d.at, d.first, d.over = options, at, 0, -1
	if len(options) == 0 {
		d.close()
		return
	}
	d.reveal()
	c := canvasOf(d.field)
	if c == nil {
		return
	}
	fresh := !d.open()
	if fresh {
		d.popup = widget.NewPopUp(framed(4, d), c)
	}
	pad := d.popup.MinSize().Subtract(d.MinSize())
	size := fyne.NewSize(max(d.field.Size().Width, d.MinSize().Width+pad.Width), d.MinSize().Height+pad.Height)
	pos := below(c, d.field, size)
	if fresh {
		d.popup.ShowAtPosition(pos)
	} else {
		d.popup.Move(pos)
	}
	d.popup.Resize(size)
	c.Focus(d)
	d.Refresh()
}

// framed puts a thin line round what hangs at a field: in the dark a shadow is not
// enough.
func framed(pad float32, o fyne.CanvasObject) fyne.CanvasObject {
	frame := canvas.NewRectangle(color.Transparent)
	frame.StrokeColor, frame.StrokeWidth = theme.Color(theme.ColorNameInputBorder), 1
	frame.CornerRadius = theme.Size(theme.SizeNamePopupRadius)
	return container.NewStack(frame, Inset(pad, pad, pad, pad, o))
}

// below is where something of a size hangs at a field: under it, above where there
// is no room.
func below(c fyne.Canvas, field fyne.CanvasObject, size fyne.Size) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(field)
	room := c.Size()
	pos := fyne.NewPos(at.X, at.Y+field.Size().Height+Px(2))
	if pos.Y+size.Height > room.Height && at.Y-size.Height-Px(2) >= 0 {
		pos.Y = at.Y - size.Height - Px(2)
	}
	pos.X = max(min(pos.X, room.Width-size.Width-Px(4)), 0)
	return pos
}

func (d *drop) close() {
	if d.popup != nil {
		d.popup.Hide()
		d.popup = nil
	}
}

// reveal scrolls to the chosen option.
func (d *drop) reveal() {
	d.first = max(min(d.first, d.at), d.at-dropRows+1, 0)
	if d.at < 0 {
		d.first = 0
	}
}

// move goes to another option.
func (d *drop) move(to int) {
	d.at = min(max(to, 0), len(d.options)-1)
	d.reveal()
	d.Refresh()
}

// pick takes an option and closes.
func (d *drop) pick(i int) {
	if i < 0 || i >= len(d.options) {
		return
	}
	d.close()
	d.take(i)
}

// FocusGained implements fyne.Focusable.
func (d *drop) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (d *drop) FocusLost() {}

// AcceptsTab implements fyne.Tabbable: Tab closes and goes on from the field.
func (d *drop) AcceptsTab() bool { return true }

// KeyDown implements desktop.Keyable.
func (d *drop) KeyDown(ev *fyne.KeyEvent) {
	if d.to != nil {
		d.to.KeyDown(ev)
		return
	}
	Touch(d.field)
}

// KeyUp implements desktop.Keyable.
func (d *drop) KeyUp(ev *fyne.KeyEvent) {
	if d.to != nil {
		d.to.KeyUp(ev)
	}
}

// TypedRune implements fyne.Focusable.
func (d *drop) TypedRune(r rune) {
	switch {
	case d.onRune != nil && d.onRune(r):
	case d.to != nil:
		d.to.TypedRune(r)
	}
}

// TypedKey implements fyne.Focusable.
func (d *drop) TypedKey(ev *fyne.KeyEvent) {
	if d.onKey != nil && d.onKey(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyUp:
		d.move(d.at - 1)
	case fyne.KeyDown:
		d.move(d.at + 1)
	case fyne.KeyPageUp:
		d.move(d.at - dropRows + 1)
	case fyne.KeyPageDown:
		d.move(d.at + dropRows - 1)
	case fyne.KeyEscape, fyne.KeyF4:
		d.close()
	case fyne.KeyReturn, fyne.KeyEnter:
		if d.at >= 0 {
			d.pick(d.at)
			return
		}
		d.close()
		if d.to != nil {
			d.to.TypedKey(ev)
		}
	case fyne.KeyTab:
		d.close()
		if c := fyne.CurrentApp().Driver().CanvasForObject(d.field); c != nil {
			if f, ok := d.field.(fyne.Focusable); ok {
				c.Focus(f)
			}
			c.FocusNext()
		}
	default:
		if d.to != nil {
			d.to.TypedKey(ev)
		} else if !silent(ev.Name) {
			d.close()
			Forward(d.field, ev)
		}
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (d *drop) TypedShortcut(s fyne.Shortcut) {
	if _, ours := s.(*desktop.CustomShortcut); ours {
		d.close()
	}
	if d.to != nil {
		d.to.TypedShortcut(s)
		return
	}
	ForwardShortcut(d.field, s)
}

// Scrolled implements fyne.Scrollable.
func (d *drop) Scrolled(ev *fyne.ScrollEvent) {
	step := 1
	if ev.Scrolled.DY > 0 {
		step = -1
	}
	d.first = max(min(d.first+step, len(d.options)-dropRows), 0)
	d.Refresh()
}

// Tapped implements fyne.Tappable.
func (d *drop) Tapped(ev *fyne.PointEvent) {
	Touch(d.field)
	d.pick(d.first + int(ev.Position.Y/d.row()))
}

// MouseIn implements desktop.Hoverable.
func (d *drop) MouseIn(ev *desktop.MouseEvent) { d.MouseMoved(ev) }

// MouseMoved implements desktop.Hoverable.
func (d *drop) MouseMoved(ev *desktop.MouseEvent) {
	if over := d.first + int(ev.Position.Y/d.row()); over != d.over {
		d.over = over
		d.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (d *drop) MouseOut() { d.over = -1; d.Refresh() }

// startingWith finds the next option whose text begins with a letter.
func startingWith(options []Option, after int, r rune) int {
	for i := range options {
		n := (after + 1 + i) % len(options)
		first := []rune(strings.TrimSpace(options[n].Text))
		if len(first) > 0 && unicode.ToLower(first[0]) == unicode.ToLower(r) {
			return n
		}
	}
	return -1
}

func (d *drop) row() float32 {
	for _, o := range d.options {
		if o.Below != "" {
			return Px(44)
		}
	}
	return Px(30)
}

// CreateRenderer implements fyne.Widget.
func (d *drop) CreateRenderer() fyne.WidgetRenderer {
	r := &dropRenderer{d: d, mark: canvas.NewRectangle(color.Transparent), hover: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent)}
	for range dropRows {
		r.texts = append(r.texts, canvas.NewText("", color.Black))
		r.belows = append(r.belows, canvas.NewText("", color.Black))
	}
	return r
}

type dropRenderer struct {
	d                *drop
	mark, hover, bar *canvas.Rectangle
	texts, belows    []*canvas.Text
}

func (r *dropRenderer) MinSize() fyne.Size {
	var w float32
	for _, o := range r.d.options {
		w = max(w, fyne.MeasureText(o.Text, Px(TextNormal), fyne.TextStyle{}).Width, fyne.MeasureText(o.Below, Px(TextSmall), fyne.TextStyle{}).Width)
	}
	return fyne.NewSize(min(w+Px(24), Px(480)), r.d.row()*float32(min(len(r.d.options), dropRows)))
}

func (r *dropRenderer) Layout(size fyne.Size) {
	d, row := r.d, r.d.row()
	put := func(o *canvas.Rectangle, i int) {
		o.Hidden = i < d.first || i >= d.first+dropRows || i >= len(d.options)
		o.Move(fyne.NewPos(0, float32(i-d.first)*row))
		o.Resize(fyne.NewSize(size.Width, row))
		o.CornerRadius = Px(4)
	}
	put(r.mark, d.at)
	put(r.hover, d.over)
	r.mark.Hidden = r.mark.Hidden || d.at < 0
	r.hover.Hidden = r.hover.Hidden || d.over < 0 || d.over == d.at
	r.mark.FillColor, r.hover.FillColor = theme.Color(ColorAccentSoft), theme.Color(theme.ColorNameHover)
	for i := range r.texts {
		n := d.first + i
		r.texts[i].Hidden, r.belows[i].Hidden = n >= len(d.options), true
		if n >= len(d.options) {
			continue
		}
		r.line(i, d.options[n], n == d.at, size.Width-Px(20), float32(i)*row, row)
	}
	r.bar.Hidden = len(d.options) <= dropRows
	if !r.bar.Hidden {
		high := row * dropRows
		part := high * dropRows / float32(len(d.options))
		r.bar.FillColor, r.bar.CornerRadius = theme.Color(theme.ColorNameScrollBar), Px(2)
		r.bar.Move(fyne.NewPos(size.Width-Px(4), high*float32(d.first)/float32(len(d.options))))
		r.bar.Resize(fyne.NewSize(Px(4), part))
	}
}

func (r *dropRenderer) line(i int, o Option, bold bool, width, top, row float32) {
	set := func(t *canvas.Text, s string, size float32, name fyne.ThemeColorName) float32 {
		t.TextSize, t.Color = Px(size), theme.Color(name)
		if fyne.MeasureText(s, t.TextSize, t.TextStyle).Width > width {
			s = Ellipsis(s, width, t.TextSize, t.TextStyle)
		}
		t.Text = s
		h := t.MinSize().Height
		t.Resize(fyne.NewSize(width, h))
		return h
	}
	r.texts[i].TextStyle.Bold = bold
	h, under := set(r.texts[i], o.Text, TextNormal, theme.ColorNameForeground), float32(0)
	if o.Below != "" {
		under = set(r.belows[i], o.Below, TextSmall, ColorMuted)
		r.belows[i].Hidden = false
	}
	y := top + (row-h-under)/2
	r.texts[i].Move(fyne.NewPos(Px(8), y))
	r.belows[i].Move(fyne.NewPos(Px(8), y+h))
}

func (r *dropRenderer) Refresh() {
	r.Layout(r.d.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *dropRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.mark, r.hover}
	for i := range r.texts {
		out = append(out, r.texts[i], r.belows[i])
	}
	return append(out, r.bar)
}
func (r *dropRenderer) Destroy() {}
