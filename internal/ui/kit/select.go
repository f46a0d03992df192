package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Select is a choice of one from a list. Up and Down change it, a digit takes the
// option of that number, a letter the next one that begins with it; Space and F4
// open the list, in which Enter takes and Esc leaves things as they were. Enter
// opens it too.
type Select struct {
	widget.DisableableWidget
	options       []Option
	at            int
	hint          string
	minimum       float32
	focused, over bool
	list          *drop
	// OnPick is told when the user has chosen.
	OnPick func(code string)
	// OnEnter and OnLeave are told of the focus; OnKey sees keys first, true means used.
	OnEnter, OnLeave func()
	OnKey            func(*fyne.KeyEvent) bool
}

// NewSelect makes a choice of which nothing is chosen yet.
func NewSelect(options []Option, pick func(code string)) *Select {
	s := &Select{options: options, at: -1, OnPick: pick, minimum: 110}
	s.ExtendBaseWidget(s)
	s.list = newDrop(s, func(i int) { s.Pick(s.options[i].Code) })
	s.list.onRune = s.typed
	return s
}

// Wide sets the least width, before scaling.
func (s *Select) Wide(w float32) *Select { s.minimum = w; return s }

// Hint sets what stands there while nothing is chosen.
func (s *Select) Hint(text string) *Select { s.hint = text; return s }

// Value is the chosen code, "" for none.
func (s *Select) Value() string {
	if s.at < 0 || s.at >= len(s.options) {
		return ""
	}
	return s.options[s.at].Code
}

// Set chooses without telling OnPick; a code that is not in the list chooses none.
func (s *Select) Set(code string) {
	at := -1
	for i, o := range s.options {
		if o.Code == code {
			at = i
		}
	}
	if at != s.at {
		s.at = at
		s.Refresh()
	}
}

// SetOptions changes what can be chosen; what was chosen stays if it still can be.
func (s *Select) SetOptions(options []Option) {
	code := s.Value()
	s.options, s.at = options, -1
	s.Set(code)
	s.Refresh()
}

// Pick chooses and tells.
func (s *Select) Pick(code string) {
	was := s.Value()
	s.Set(code)
	if s.Value() != was && s.OnPick != nil {
		s.OnPick(s.Value())
	}
}

// Open opens the list.
func (s *Select) Open() {
	if !s.Disabled() {
		s.list.show(s.options, max(s.at, 0))
	}
}

// Close closes the list.
func (s *Select) Close() { s.list.close() }

func (s *Select) step(by int) {
	if len(s.options) > 0 {
		s.Pick(s.options[min(max(s.at+by, 0), len(s.options)-1)].Code)
	}
}

// typed is a letter or digit; in the open list too.
func (s *Select) typed(r rune) bool {
	switch {
	case r == ' ' && s.list.open():
		s.list.pick(s.list.at)
	case r == ' ':
		s.Open()
	case r >= '1' && r <= '9' && int(r-'1') < len(s.options):
		s.list.close()
		s.Pick(s.options[r-'1'].Code)
	case s.list.open():
		if i := startingWith(s.options, s.list.at, r); i >= 0 {
			s.list.move(i)
		}
	default:
		if i := startingWith(s.options, s.at, r); i >= 0 {
			s.Pick(s.options[i].Code)
		}
	}
	return true
}

// TypedRune implements fyne.Focusable.
func (s *Select) TypedRune(r rune) {
	if !s.Disabled() {
		s.typed(r)
	}
}

// TypedKey implements fyne.Focusable.
func (s *Select) TypedKey(ev *fyne.KeyEvent) {
	if s.OnKey != nil && s.OnKey(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyUp:
		s.step(-1)
	case fyne.KeyDown:
		s.step(1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyF4:
		s.Open()
	default:
		if !silent(ev.Name) {
			Forward(s, ev)
		}
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (s *Select) TypedShortcut(x fyne.Shortcut) { ForwardShortcut(s, x) }

// KeyDown implements desktop.Keyable.
func (s *Select) KeyDown(*fyne.KeyEvent) { Touch(s) }

// KeyUp implements desktop.Keyable.
func (s *Select) KeyUp(*fyne.KeyEvent) {}

// Tapped implements fyne.Tappable.
func (s *Select) Tapped(*fyne.PointEvent) {
	Touch(s)
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil && !s.Disabled() {
		c.Focus(s)
	}
	s.Open()
}

// FocusGained implements fyne.Focusable.
func (s *Select) FocusGained() {
	s.focused = true
	s.Refresh()
	if s.OnEnter != nil {
		s.OnEnter()
	}
}

// FocusLost implements fyne.Focusable.
func (s *Select) FocusLost() {
	s.focused = false
	s.list.close()
	s.Refresh()
	if s.OnLeave != nil {
		s.OnLeave()
	}
}

// MouseIn implements desktop.Hoverable.
func (s *Select) MouseIn(*desktop.MouseEvent) { s.over = true; s.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (s *Select) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (s *Select) MouseOut() { s.over = false; s.Refresh() }

// Cursor implements desktop.Cursorable.
func (s *Select) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	r := &selectRenderer{s: s, box: canvas.NewRectangle(color.Transparent), word: canvas.NewText("", color.Black), arrow: Picture("down", ColorMuted, 16)}
	r.update()
	return r
}

type selectRenderer struct {
	s     *Select
	box   *canvas.Rectangle
	word  *canvas.Text
	arrow *canvas.Image
	width float32
}

func (r *selectRenderer) update() {
	s := r.s
	r.box.CornerRadius, r.box.StrokeWidth = theme.InputRadiusSize(), theme.InputBorderSize()
	r.box.FillColor, r.box.StrokeColor = theme.Color(theme.ColorNameInputBackground), theme.Color(theme.ColorNameInputBorder)
	text, name := s.hint, theme.ColorNamePlaceHolder
	if s.at >= 0 && s.at < len(s.options) {
		text, name = s.options[s.at].Text, theme.ColorNameForeground
	}
	switch {
	case s.Disabled():
		name, r.box.StrokeColor = theme.ColorNameDisabled, theme.Color(theme.ColorNameDisabled)
	case s.focused:
		r.box.StrokeColor = theme.Color(theme.ColorNamePrimary)
	case s.over:
		r.box.StrokeColor = theme.Color(ColorMuted)
	}
	r.word.TextSize, r.word.Color = Px(TextNormal), theme.Color(name)
	if room := r.width - Px(36); r.width > 0 && fyne.MeasureText(text, r.word.TextSize, r.word.TextStyle).Width > room {
		text = Ellipsis(text, room, r.word.TextSize, r.word.TextStyle)
	}
	r.word.Text = text
}

// MinSize is as high as a field for text.
func (r *selectRenderer) MinSize() fyne.Size { return fyne.NewSize(Px(r.s.minimum), lineHeight()) }

// lineHeight is the height of a field of one line, as Fyne computes it.
func lineHeight() float32 {
	return fyne.MeasureText("M", theme.TextSize(), fyne.TextStyle{}).Height + 2*theme.InnerPadding()
}

func (r *selectRenderer) Layout(size fyne.Size) {
	r.width = size.Width
	r.update()
	b := theme.InputBorderSize()
	r.box.Move(fyne.NewSquareOffsetPos(b / 2))
	r.box.Resize(fyne.NewSize(size.Width-b-.5, size.Height-b-.5))
	h := r.word.MinSize().Height
	r.word.Move(fyne.NewPos(theme.InnerPadding()+Px(1), (size.Height-h)/2))
	r.word.Resize(fyne.NewSize(max(size.Width-Px(32), 0), h))
	r.arrow.Move(fyne.NewPos(size.Width-Px(24), (size.Height-Px(16))/2))
	r.arrow.Resize(fyne.NewSquareSize(Px(16)))
}

func (r *selectRenderer) Refresh() {
	r.update()
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *selectRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.box, r.word, r.arrow}
}
func (r *selectRenderer) Destroy() {}
