package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Tone says how serious a word at a field is.
type Tone uint8

// The tones.
const (
	Calm  Tone = iota // a hint
	Warn              // strange, but taken
	Wrong             // not taken
	Good              // checked and right
)

// Color of a tone's words.
func (t Tone) Color() fyne.ThemeColorName {
	switch t {
	case Warn:
		return theme.ColorNameWarning
	case Wrong:
		return theme.ColorNameError
	case Good:
		return theme.ColorNameSuccess
	}
	return ColorMuted
}

// Soft is the ground of a tone.
func (t Tone) Soft() fyne.ThemeColorName {
	switch t {
	case Warn:
		return ColorWarnSoft
	case Wrong:
		return ColorDangerSoft
	case Good:
		return ColorOKSoft
	}
	return ColorSurface
}

// Icon of a tone: a state is told by shape too, not by colour alone.
func (t Tone) Icon() string {
	switch t {
	case Warn:
		return "warning"
	case Wrong:
		return "error"
	case Good:
		return "ok"
	}
	return "info"
}

// Field is an input under its label, with room for a word below: a hint, a warning
// or what is wrong.
type Field struct {
	widget.BaseWidget
	Input   fyne.CanvasObject
	label   *Text
	message string
	hint    string
	tone    Tone
}

// NewField puts an input under a label.
func NewField(label string, input fyne.CanvasObject) *Field {
	f := &Field{Input: input, label: Caption(label).Cut(40)}
	f.ExtendBaseWidget(f)
	return f
}

// Required marks the label.
func (f *Field) Required() *Field { f.label.text += " *"; return f }

// SetLabel changes the label.
func (f *Field) SetLabel(s string) { f.label.Set(s) }

// Hinted sets the word that stands below while nothing else does.
func (f *Field) Hinted(s string) *Field { f.hint = s; f.Say(Calm, ""); return f }

// Say puts a word below; an empty one brings the hint back.
func (f *Field) Say(tone Tone, word string) {
	if word == "" {
		tone, word = Calm, f.hint
	}
	if f.tone != tone || f.message != word {
		f.tone, f.message = tone, word
		f.Refresh()
	}
}

// Message is the word below and its tone.
func (f *Field) Message() (Tone, string) { return f.tone, f.message }

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer { return &fieldRenderer{f: f} }

type fieldRenderer struct {
	f     *Field
	words []fyne.CanvasObject // the message, a line each
	of    string
	width float32
	tone  Tone
	scale float32
}

// wrap sets the message over as many lines as it needs at the field's width.
func (r *fieldRenderer) wrap() {
	width, scale := r.f.Size().Width, Current().scale()
	if r.of == r.f.message && r.width == width && r.tone == r.f.tone && r.scale == scale && r.words != nil {
		return
	}
	r.of, r.width, r.tone, r.scale = r.f.message, width, r.f.tone, scale
	r.words = []fyne.CanvasObject{}
	for _, s := range Wrap(r.f.message, width, Px(TextSmall), fyne.TextStyle{}) {
		r.words = append(r.words, NewText(s).Sized(TextSmall).Colored(r.f.tone.Color()).Cut(20))
	}
}

// Wrap breaks a text into lines of a width; one line where the width is not known.
func Wrap(s string, width, size float32, style fyne.TextStyle) []string {
	if width <= 0 || fyne.MeasureText(s, size, style).Width <= width {
		return []string{s}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && fyne.MeasureText(longer, size, style).Width > width {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	return append(lines, line)
}

func (r *fieldRenderer) lineHeight() float32 {
	return fyne.MeasureText("Щ", Px(TextSmall), fyne.TextStyle{}).Height
}

func (r *fieldRenderer) MinSize() fyne.Size {
	r.wrap()
	label, input := r.f.label.MinSize(), r.f.Input.MinSize()
	h := label.Height + Px(1) + input.Height + Px(1) + r.lineHeight()*float32(max(len(r.words), 1))
	return fyne.NewSize(max(label.Width, input.Width), h)
}

func (r *fieldRenderer) Layout(size fyne.Size) {
	r.wrap()
	label, line := r.f.label.MinSize().Height, r.lineHeight()
	message := line * float32(max(len(r.words), 1))
	r.f.label.Move(fyne.NewPos(0, 0))
	r.f.label.Resize(fyne.NewSize(size.Width, label))
	input := r.f.Input.MinSize().Height
	if e, ok := r.f.Input.(interface{ Grows() bool }); ok && e.Grows() {
		input = max(input, size.Height-label-message-Px(2))
	}
	r.f.Input.Move(fyne.NewPos(0, label+Px(1)))
	r.f.Input.Resize(fyne.NewSize(size.Width, input))
	for i, w := range r.words {
		w.Move(fyne.NewPos(0, label+input+Px(2)+float32(i)*line))
		w.Resize(fyne.NewSize(size.Width, line))
	}
}

func (r *fieldRenderer) Refresh() {
	r.f.label.Refresh()
	r.Layout(r.f.Size())
	canvas.Refresh(r.f)
}

func (r *fieldRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.f.label, r.f.Input}, r.words...)
}
func (r *fieldRenderer) Destroy() {}
