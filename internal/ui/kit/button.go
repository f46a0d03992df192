package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Rank is how much a button asks to be pressed.
type Rank uint8

// The ranks.
const (
	Normal  Rank = iota
	Primary      // the one thing to do on the page
	Quiet        // no ground until the mouse is over it
	Danger       // what can't be undone
)

// Button is pressed by mouse, Enter or Space, and shows its key beside the word.
type Button struct {
	widget.DisableableWidget
	text, icon, key string
	rank            Rank
	small           bool
	tap             func()
	focused, over   bool
}

// NewButton makes an ordinary button.
func NewButton(text string, tap func()) *Button {
	b := &Button{text: text, tap: tap}
	b.ExtendBaseWidget(b)
	return b
}

// Ranked sets the rank.
func (b *Button) Ranked(r Rank) *Button { b.rank = r; return b }

// With sets the icon's name.
func (b *Button) With(icon string) *Button { b.icon = icon; return b }

// Key sets the shortcut that is shown; the page listens to it.
func (b *Button) Key(key string) *Button { b.key = key; return b }

// Small makes a button for a line of a list.
func (b *Button) Small() *Button { b.small = true; return b }

// Text is the word on the button.
func (b *Button) Text() string { return b.text }

// Set changes word and icon.
func (b *Button) Set(text, icon string) {
	if b.text != text || b.icon != icon {
		b.text, b.icon = text, icon
		b.Refresh()
	}
}

// SetRank changes the rank.
func (b *Button) SetRank(r Rank) {
	if b.rank != r {
		b.rank = r
		b.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) { Touch(b); b.Press() }

// Press does what the button is for.
func (b *Button) Press() {
	if !b.Disabled() && b.tap != nil {
		b.tap()
	}
}

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *Button) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.Press()
	default:
		Forward(b, ev)
	}
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) { b.over = true; b.Refresh(); Touch(b) }

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() { b.over = false; b.Refresh() }

// Cursor implements desktop.Cursorable.
func (b *Button) Cursor() desktop.Cursor {
	if b.Disabled() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		b: b, ground: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
		word: canvas.NewText("", color.Black), key: canvas.NewText("", color.Black), icon: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	r.update()
	return r
}

type buttonRenderer struct {
	b            *Button
	ground, ring *canvas.Rectangle
	word, key    *canvas.Text
	icon         *canvas.Image
	drawn        string // name and colour of the icon
}

func (b *Button) colors() (ground, word fyne.ThemeColorName, filled bool) {
	switch {
	case b.Disabled():
		return theme.ColorNameDisabledButton, theme.ColorNameDisabled, b.rank != Quiet
	case b.rank == Primary:
		return theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary, true
	case b.rank == Danger:
		return theme.ColorNameError, theme.ColorNameForegroundOnError, true
	case b.rank == Quiet:
		return theme.ColorNameButton, theme.ColorNameForeground, false
	}
	return theme.ColorNameButton, theme.ColorNameForeground, true
}

func (r *buttonRenderer) update() {
	b := r.b
	ground, word, filled := b.colors()
	r.ground.FillColor, r.ground.StrokeWidth = color.Transparent, 0
	if filled {
		r.ground.FillColor = theme.Color(ground)
	}
	if b.over && !b.Disabled() {
		if filled {
			r.ground.FillColor = blend(theme.Color(ground), theme.Color(theme.ColorNameForeground), 0.10)
		} else {
			r.ground.FillColor = theme.Color(theme.ColorNameHover)
		}
	}
	r.ground.CornerRadius = theme.InputRadiusSize()
	r.ring.CornerRadius = theme.InputRadiusSize() + 2
	r.ring.FillColor, r.ring.StrokeWidth, r.ring.StrokeColor = color.Transparent, 0, color.Transparent
	if b.focused {
		r.ring.StrokeWidth, r.ring.StrokeColor = 2, theme.Color(theme.ColorNamePrimary)
		if b.rank == Primary {
			r.ring.StrokeColor = theme.Color(theme.ColorNameForeground)
		}
	}
	size := Px(TextNormal)
	if b.small {
		size = Px(TextSmall + 1)
	}
	r.word.Text, r.word.Color, r.word.TextSize = b.text, theme.Color(word), size
	r.word.TextStyle.Bold = b.rank == Primary || b.rank == Danger
	r.key.Text, r.key.TextSize = b.key, Px(TextSmall)
	r.key.Color = blend(theme.Color(word), r.ground.FillColor, 0.35)
	if !filled {
		r.key.Color = theme.Color(ColorMuted)
	}
	if b.icon == "" {
		r.icon.Hide()
	} else {
		r.icon.Show()
		if want := b.icon + string(word); want != r.drawn {
			r.drawn, r.icon.Resource = want, IconIn(b.icon, word)
		}
	}
}

// blend mixes b into a.
func blend(a, b color.Color, share float64) color.Color {
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	if ba == 0 {
		return a
	}
	mix := func(x, y uint32) uint8 { return uint8((float64(x)*(1-share) + float64(y)*share) / 257) }
	return color.NRGBA{mix(ar, br), mix(ag, bg), mix(ab, bb), uint8(aa >> 8)}
}

func (r *buttonRenderer) pads() (x, y, gap, icon float32) {
	if r.b.small {
		return Px(7), Px(3), Px(5), Px(15)
	}
	return Px(13), Px(7), Px(7), Px(18)
}

func (r *buttonRenderer) MinSize() fyne.Size {
	x, y, gap, icon := r.pads()
	w, h := 2*x, r.word.MinSize().Height
	parts := 0
	for _, part := range []float32{width(r.word), width(r.key)} {
		if part > 0 {
			w += part
			parts++
		}
	}
	if r.b.icon != "" {
		w += icon
		h = max(h, icon)
		parts++
	}
	if r.b.text == "" && parts == 1 {
		w = icon + 2*y
	}
	return fyne.NewSize(w+gap*float32(max(parts-1, 0)), h+2*y)
}

func width(t *canvas.Text) float32 {
	if t.Text == "" {
		return 0
	}
	return t.MinSize().Width
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	_, _, gap, icon := r.pads()
	r.ground.Resize(size)
	r.ring.Move(fyne.NewPos(-2, -2))
	r.ring.Resize(size.AddWidthHeight(4, 4))
	total := width(r.word)
	if r.b.icon != "" {
		total += icon
		if r.b.text != "" {
			total += gap
		}
	}
	if k := width(r.key); k > 0 {
		total += k + gap
	}
	at := (size.Width - total) / 2
	put := func(o fyne.CanvasObject, w, h float32) {
		o.Move(fyne.NewPos(at, (size.Height-h)/2))
		o.Resize(fyne.NewSize(w, h))
		at += w + gap
	}
	if r.b.icon != "" {
		put(r.icon, icon, icon)
	}
	if r.b.text != "" {
		put(r.word, width(r.word), r.word.MinSize().Height)
	}
	if w := width(r.key); w > 0 {
		put(r.key, w, r.key.MinSize().Height)
	}
}

func (r *buttonRenderer) Refresh() {
	r.update()
	r.Layout(r.b.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.ring, r.icon, r.word, r.key}
}
func (r *buttonRenderer) Destroy() {}
