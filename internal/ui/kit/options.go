package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Options are answers of which one or several may be taken, over as many lines as
// they need. A taken one is told by its mark too, not by colour alone. The arrows go
// from one to the next, Space takes it or gives it back, and so does its digit.
type Options struct {
	widget.BaseWidget
	names   []string
	taken   func(i int) bool
	toggle  func(i int)
	many    bool // square marks: several may be taken
	at      int
	focused bool
	width   float32 // of the last layout
	// OnKey sees every key first; true means that it was used.
	OnKey func(*fyne.KeyEvent) bool
	// OnLeave is called when the focus goes.
	OnLeave func()
}

// NewOptions makes the answers; taken says which are, toggle takes one or gives it back.
func NewOptions(names []string, many bool, taken func(i int) bool, toggle func(i int)) *Options {
	o := &Options{names: names, many: many, taken: taken, toggle: toggle}
	o.ExtendBaseWidget(o)
	return o
}

// Press takes an answer or gives it back.
func (o *Options) Press(i int) {
	if i < 0 || i >= len(o.names) {
		return
	}
	o.at = i
	o.toggle(i)
	o.Refresh()
}

// FocusGained implements fyne.Focusable.
func (o *Options) FocusGained() {
	for i := range o.names {
		if o.taken(i) && !o.many {
			o.at = i
		}
	}
	o.focused = true
	o.Refresh()
}

// FocusLost implements fyne.Focusable.
func (o *Options) FocusLost() {
	o.focused = false
	o.Refresh()
	if o.OnLeave != nil {
		o.OnLeave()
	}
}

// TypedRune implements fyne.Focusable: a digit takes that answer.
func (o *Options) TypedRune(r rune) {
	if r >= '1' && r <= '9' {
		o.Press(int(r - '1'))
	}
}

// TypedKey implements fyne.Focusable.
func (o *Options) TypedKey(ev *fyne.KeyEvent) {
	if o.OnKey != nil && o.OnKey(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyLeft:
		o.at = max(o.at-1, 0)
	case fyne.KeyRight:
		o.at = min(o.at+1, len(o.names)-1)
	case fyne.KeySpace:
		o.Press(o.at)
		return
	default:
		Forward(o, ev)
		return
	}
	o.Refresh()
}

// Tapped implements fyne.Tappable.
func (o *Options) Tapped(ev *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		c.Focus(o)
	}
	for i, p := range o.places(o.Size().Width) {
		if ev.Position.X >= p.X && ev.Position.Y >= p.Y && ev.Position.X < p.X+o.wide(i) && ev.Position.Y < p.Y+optionHeight() {
			o.Press(i)
			return
		}
	}
}

// Cursor implements desktop.Cursorable.
func (o *Options) Cursor() desktop.Cursor { return desktop.PointerCursor }

func optionHeight() float32 { return Px(30) }

const (
	optionPad  = 10
	optionMark = 15
	optionGap  = 6
)

func (o *Options) wide(i int) float32 {
	return fyne.MeasureText(o.names[i], Px(TextNormal), fyne.TextStyle{Bold: true}).Width + Px(2*optionPad+optionMark+optionGap)
}

// places are where the answers stand in a width; all in one line where it is 0.
func (o *Options) places(width float32) []fyne.Position {
	out := make([]fyne.Position, len(o.names))
	x, y := float32(0), float32(0)
	for i := range o.names {
		w := o.wide(i)
		if x > 0 && width > 0 && x+w > width {
			x, y = 0, y+optionHeight()+Px(optionGap)
		}
		out[i] = fyne.NewPos(x, y)
		x += w + Px(optionGap)
	}
	return out
}

// CreateRenderer implements fyne.Widget.
func (o *Options) CreateRenderer() fyne.WidgetRenderer {
	r := &optionsRenderer{o: o}
	for range o.names {
		p := &option{
			ground: canvas.NewRectangle(color.Transparent), mark: canvas.NewRectangle(color.Transparent),
			check: Picture("check", theme.ColorNameForegroundOnPrimary, optionMark-3), word: canvas.NewText("", color.Black),
		}
		r.options = append(r.options, p)
	}
	r.update()
	return r
}

type option struct {
	ground, mark *canvas.Rectangle
	check        *canvas.Image
	word         *canvas.Text
}

type optionsRenderer struct {
	o       *Options
	options []*option
}

func (r *optionsRenderer) update() {
	for i, p := range r.options {
		taken := r.o.taken(i)
		p.word.Text, p.word.TextSize, p.word.TextStyle.Bold = r.o.names[i], Px(TextNormal), taken
		p.word.Color = theme.Color(theme.ColorNameForeground)
		p.ground.CornerRadius, p.ground.StrokeWidth = theme.InputRadiusSize(), 1
		p.ground.FillColor, p.ground.StrokeColor = theme.Color(theme.ColorNameInputBackground), theme.Color(theme.ColorNameInputBorder)
		p.mark.StrokeWidth, p.mark.StrokeColor, p.mark.FillColor = 1.5, theme.Color(ColorMuted), color.Transparent
		p.mark.CornerRadius = Px(optionMark) / 2
		if r.o.many {
			p.mark.CornerRadius = Px(3)
		}
		p.check.Hide()
		if taken {
			p.ground.FillColor, p.ground.StrokeColor = theme.Color(ColorAccentSoft), theme.Color(theme.ColorNamePrimary)
			p.mark.FillColor, p.mark.StrokeColor = theme.Color(theme.ColorNamePrimary), theme.Color(theme.ColorNamePrimary)
			p.check.Show()
		}
		if r.o.focused && i == r.o.at {
			p.ground.StrokeWidth, p.ground.StrokeColor = 2, theme.Color(theme.ColorNamePrimary)
		}
	}
}

func (r *optionsRenderer) MinSize() fyne.Size {
	var size fyne.Size
	for i, p := range r.o.places(r.o.width) {
		size = size.Max(fyne.NewSize(p.X+r.o.wide(i), p.Y+optionHeight()))
	}
	if r.o.width > 0 {
		size.Width = Px(60)
	}
	return size
}

func (r *optionsRenderer) Layout(size fyne.Size) {
	r.o.width = size.Width
	for i, at := range r.o.places(size.Width) {
		p, h, mark := r.options[i], optionHeight(), Px(optionMark)
		p.ground.Move(at)
		p.ground.Resize(fyne.NewSize(min(r.o.wide(i), size.Width), h))
		p.mark.Move(at.AddXY(Px(optionPad), (h-mark)/2))
		p.mark.Resize(fyne.NewSquareSize(mark))
		p.check.Move(at.AddXY(Px(optionPad)+1.5, (h-mark)/2+1.5))
		p.check.Resize(fyne.NewSquareSize(mark - 3))
		word := p.word.MinSize()
		p.word.Move(at.AddXY(Px(optionPad+optionMark+optionGap), (h-word.Height)/2))
		p.word.Resize(word)
	}
}

func (r *optionsRenderer) Refresh() {
	r.update()
	r.Layout(r.o.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *optionsRenderer) Objects() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, p := range r.options {
		out = append(out, p.ground, p.mark, p.check, p.word)
	}
	return out
}
func (r *optionsRenderer) Destroy() {}
