package entry

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/clinic/check"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// secret is a field for a password with an eye that shows it while it is open; F4
// opens and shuts the eye.
type secret struct {
	entry *kit.Entry
	field *kit.Field
	was   string
	// typed is told each letter, with whether Shift was held; changed the whole text.
	typed   func(r rune, shift bool)
	changed func(string)
	// keys sees the other keys first; true means that it was used.
	keys func(*fyne.KeyEvent) bool
}

func newSecret(label string, enter func()) *secret {
	s := &secret{entry: kit.NewSecret()}
	s.entry.Limit = 1024
	s.entry.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyF4 {
			s.entry.Reveal()
			return true
		}
		return s.keys != nil && s.keys(ev)
	}
	s.field = kit.NewField(label, s.entry)
	s.entry.OnChanged = s.change
	if enter != nil {
		s.entry.OnSubmitted = func(string) { enter() }
	}
	return s
}

func (s *secret) change(text string) {
	if s.typed != nil {
		if r, ok := added(s.was, text); ok {
			s.typed(r, shift())
		}
	}
	s.was = text
	if s.changed != nil {
		s.changed(text)
	}
}

// added is the one letter that a text has more than it had.
func added(was, now string) (rune, bool) {
	a, b := []rune(was), []rune(now)
	if len(b) != len(a)+1 {
		return 0, false
	}
	for i := range a {
		if a[i] != b[i] {
			return b[i], true
		}
	}
	return b[len(b)-1], true
}

// clear empties the field and covers it again.
func (s *secret) clear() {
	s.was = ""
	s.entry.SetText("")
	if !s.entry.Password {
		s.entry.Reveal()
	}
}

// meter shows how strong a password is: four bars, a word, and what to do.
type meter struct {
	bars   [4]*canvas.Rectangle
	word   *kit.Text
	object fyne.CanvasObject
	words  func(level int) string
	tell   func(check.Warning) string
}

func newMeter(words func(level int) string, tell func(check.Warning) string) *meter {
	m := &meter{words: words, tell: tell, word: kit.Caption("")}
	row := kit.Row(5)
	for i := range m.bars {
		m.bars[i] = canvas.NewRectangle(color.Transparent)
		m.bars[i].CornerRadius = kit.Px(2)
		m.bars[i].SetMinSize(fyne.NewSize(kit.Px(54), kit.Px(5)))
		row.Add(m.bars[i])
	}
	m.object = kit.Row(12, row, m.word)
	m.show(check.Strength{})
	return m
}

// show paints a strength.
func (m *meter) show(s check.Strength) {
	name := [...]fyne.ThemeColorName{kit.ColorLine, theme.ColorNameError, theme.ColorNameWarning, theme.ColorNameSuccess, theme.ColorNameSuccess}[s.Level]
	for i, b := range m.bars {
		b.FillColor = theme.Color(kit.ColorLine)
		if i < s.Level {
			b.FillColor = theme.Color(name)
		}
		b.Refresh()
	}
	m.word.Set("")
	if s.Level > 0 {
		m.word.SetColor(name)
		m.word.Set(m.words(s.Level))
	}
}

// advise is the word under the field: what would make the password stronger.
func (m *meter) advise(s check.Strength) model.Say {
	if len(s.Warnings) == 0 {
		return model.Say{}
	}
	return model.Say{Tone: model.Calm, Text: m.tell(s.Warnings[0])}
}
