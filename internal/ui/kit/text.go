package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Text is one line that is cut with an ellipsis where its place is too narrow. It
// draws faster than a label and sets its text only when it changes.
type Text struct {
	widget.BaseWidget
	text  string
	size  float32 // before scaling
	color fyne.ThemeColorName
	style fyne.TextStyle
	align fyne.TextAlign
	min   float32 // least width before scaling; 0: the whole text
}

// NewText makes a line in the ordinary size and colour.
func NewText(s string) *Text {
	t := &Text{text: s, size: TextNormal, color: theme.ColorNameForeground}
	t.ExtendBaseWidget(t)
	return t
}

// Title is the heading of a page.
func Title(s string) *Text { return NewText(s).Sized(TextTitle).Bold() }

// Heading is the heading of a section.
func Heading(s string) *Text { return NewText(s).Sized(TextNote).Bold() }

// Caption is a small muted line.
func Caption(s string) *Text { return NewText(s).Sized(TextSmall).Colored(ColorMuted) }

// Muted is an ordinary line of second rank.
func Muted(s string) *Text { return NewText(s).Colored(ColorMuted) }

// Sized sets the size of letters before scaling.
func (t *Text) Sized(size float32) *Text { t.size = size; return t }

// Colored sets the colour.
func (t *Text) Colored(name fyne.ThemeColorName) *Text { t.color = name; return t }

// Bold makes the letters bold.
func (t *Text) Bold() *Text { t.style.Bold = true; return t }

// Mono sets figures under figures.
func (t *Text) Mono() *Text { t.style.Monospace = true; return t }

// Aligned sets the place in the line.
func (t *Text) Aligned(a fyne.TextAlign) *Text { t.align = a; return t }

// Cut lets the line be as narrow as min (before scaling), with an ellipsis.
func (t *Text) Cut(min float32) *Text { t.min = max(min, 1); return t }

// Text is what the line says.
func (t *Text) Text() string { return t.text }

// Set changes what the line says.
func (t *Text) Set(s string) {
	if s != t.text {
		t.text = s
		t.Refresh()
	}
}

// SetColor changes the colour.
func (t *Text) SetColor(name fyne.ThemeColorName) {
	if name != t.color {
		t.color = name
		t.Refresh()
	}
}

// SetBold changes the weight.
func (t *Text) SetBold(b bool) {
	if b != t.style.Bold {
		t.style.Bold = b
		t.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t, line: canvas.NewText("", color.Black)}
	r.update()
	return r
}

type textRenderer struct {
	t     *Text
	line  *canvas.Text
	whole fyne.Size // of the whole text
	of    string    // what was measured, and in which size
	sized float32
	bold  bool
	width float32
}

func (r *textRenderer) update() {
	size := Px(r.t.size)
	r.line.TextSize, r.line.TextStyle, r.line.Alignment = size, r.t.style, r.t.align
	r.line.Color = theme.Color(r.t.color)
	if r.of != r.t.text || r.sized != size || r.bold != r.t.style.Bold {
		r.of, r.sized, r.bold = r.t.text, size, r.t.style.Bold
		s := r.t.text
		if s == "" {
			s = " "
		}
		r.whole = fyne.MeasureText(s, size, r.t.style)
	}
	r.cut()
}

func (r *textRenderer) cut() {
	text := r.t.text
	if r.t.min > 0 && r.width > 0 && r.whole.Width > r.width {
		text = Ellipsis(text, r.width, r.sized, r.t.style)
	}
	r.line.Text = text
}

// Ellipsis cuts a text to a width.
func Ellipsis(s string, width, size float32, style fyne.TextStyle) string {
	runes := []rune(s)
	low, high := 0, len(runes)
	for low < high { // most letters that fit with the dots
		mid := (low + high + 1) / 2
		if fyne.MeasureText(string(runes[:mid])+"…", size, style).Width <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	if low == 0 {
		return "…"
	}
	return string(runes[:low]) + "…"
}

func (r *textRenderer) Layout(size fyne.Size) {
	if size.Width != r.width {
		r.width = size.Width
		r.cut()
		r.line.Refresh()
	}
	r.line.Resize(size)
}

func (r *textRenderer) MinSize() fyne.Size {
	if r.t.min > 0 {
		return fyne.NewSize(min(Px(r.t.min), r.whole.Width), r.whole.Height)
	}
	return r.whole
}

func (r *textRenderer) Refresh() {
	r.update()
	r.line.Refresh()
}

func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.line} }
func (r *textRenderer) Destroy()                     {}

// Para is a text over as many lines as it needs.
func Para(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// MutedPara is Para of second rank.
func MutedPara(s string) *widget.Label {
	l := Para(s)
	l.Importance = widget.LowImportance
	return l
}

// Prose is Para whose letters begin where a Text's do.
func Prose(s string) fyne.CanvasObject {
	return Inset(-4, -4, -4, -theme.InnerPadding()/Current().scale(), Para(s))
}
