package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Entry is a field for text that hands on what it does not use: Esc and the F-keys
// always, and in one line also Enter and the arrows up and down.
type Entry struct {
	widget.Entry
	// OnKey sees every key first; true means that it was used.
	OnKey func(*fyne.KeyEvent) bool
	// OnLeave is called when the field loses the focus.
	OnLeave func()
	// OnEnter is called when the field gets the focus.
	OnEnter func()
	// Limit is the most letters that are taken; 0 for 1000. What is pasted beyond is cut.
	Limit   int
	minimum float32 // least width before scaling
	hint    string  // whole; a narrow field shows its beginning
	focused bool
	eye     *Glyph // of a secret field
}

// NewEntry makes a field of one line.
func NewEntry() *Entry {
	e := &Entry{}
	e.ExtendBaseWidget(e)
	e.Wrapping, e.Scroll = fyne.TextWrapOff, fyne.ScrollHorizontalOnly
	return e
}

// NewNote makes a field of several lines, for text of at least so many lines.
func NewNote(lines int) *Entry {
	e := &Entry{Limit: 20000}
	e.MultiLine = true
	e.ExtendBaseWidget(e)
	e.Wrapping = fyne.TextWrapWord
	e.SetMinRowsVisible(lines)
	return e
}

// NewSecret makes a field whose text is not shown, with an eye in it: the eye says what a
// click or F4 does, an open one shows the text, a struck one covers it again.
func NewSecret() *Entry {
	e := NewEntry()
	e.Password = true
	e.eye = NewGlyph("show", e.Reveal)
	e.ActionItem = e.eye
	e.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name != fyne.KeyF4 {
			return false
		}
		e.Reveal()
		return true
	}
	return e
}

// Reveal shows the text of a secret field, or covers it again.
func (e *Entry) Reveal() {
	if e.eye == nil {
		return
	}
	e.Password = !e.Password
	icon := "show"
	if !e.Password {
		icon = "hide"
	}
	e.eye.Set(icon)
	e.Refresh()
}

// Eye is the icon in a secret field, "show" or "hide"; empty in any other.
func (e *Entry) Eye() string {
	if e.eye == nil {
		return ""
	}
	return e.eye.icon
}

// Wide sets the least width, before scaling.
func (e *Entry) Wide(w float32) *Entry { e.minimum = w; return e }

// Hint sets what stands in the empty field.
func (e *Entry) Hint(s string) *Entry {
	e.hint = s
	e.SetPlaceHolder(s)
	return e
}

// Resize implements fyne.CanvasObject: a hint that is too long for one line is cut with
// an ellipsis, or Fyne draws a bar to scroll it by.
func (e *Entry) Resize(size fyne.Size) {
	if e.hint != "" && !e.MultiLine && size.Width != e.Size().Width {
		room := size.Width - 2*theme.InnerPadding() - 2*theme.InputBorderSize()
		if e.ActionItem != nil {
			room -= e.ActionItem.MinSize().Width
		}
		text := e.hint
		if fyne.MeasureText(text, theme.TextSize(), e.TextStyle).Width > room && room > 0 {
			text = Ellipsis(text, room, theme.TextSize(), e.TextStyle)
		}
		if text != e.PlaceHolder {
			e.SetPlaceHolder(text)
		}
	}
	e.Entry.Resize(size)
}

// Value is the text without blanks round it.
func (e *Entry) Value() string { return strings.TrimSpace(e.Text) }

// MinSize implements fyne.CanvasObject.
func (e *Entry) MinSize() fyne.Size {
	size := e.Entry.MinSize()
	if e.minimum > 0 {
		size.Width = Px(e.minimum)
	}
	return size
}

// FocusGained implements fyne.Focusable.
func (e *Entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
	if e.OnEnter != nil {
		e.OnEnter()
	}
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
	if e.OnLeave != nil {
		e.OnLeave()
	}
}

// Grows reports whether the field takes more height than it needs.
func (e *Entry) Grows() bool { return e.MultiLine }

// Focused reports whether keys come here.
func (e *Entry) Focused() bool { return e.focused }

// TypedRune implements fyne.Focusable.
func (e *Entry) TypedRune(r rune) {
	if r < ' ' || len([]rune(e.Text)) >= e.limit() && e.SelectedText() == "" {
		return
	}
	e.Entry.TypedRune(r)
}

func (e *Entry) limit() int {
	if e.Limit == 0 {
		return 1000
	}
	return e.Limit
}

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(ev *fyne.KeyEvent) {
	if e.OnKey != nil && e.OnKey(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12, fyne.KeyInsert:
		Forward(e, ev)
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		if e.MultiLine {
			e.Entry.TypedKey(ev)
			return
		}
		Forward(e, ev)
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.MultiLine || e.OnSubmitted != nil {
			e.Entry.TypedKey(ev)
			return
		}
		Forward(e, ev)
	default:
		e.Entry.TypedKey(ev)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if p, ok := s.(*fyne.ShortcutPaste); ok {
		e.paste(p)
		return
	}
	if _, ok := s.(*fyne.ShortcutUndo); ok { // with nothing typed to undo it means the last deed
		before := e.Text
		if e.Entry.TypedShortcut(s); e.Text == before {
			ForwardShortcut(e, s)
		}
		return
	}
	c, ok := s.(*desktop.CustomShortcut)
	if !ok || e.uses(c) {
		e.Entry.TypedShortcut(s)
		return
	}
	ForwardShortcut(e, s)
}

// uses reports whether the key moves or deletes by words inside the field.
func (e *Entry) uses(c *desktop.CustomShortcut) bool {
	if c.Modifier&fyne.KeyModifierAlt != 0 {
		return false
	}
	switch c.KeyName {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyHome, fyne.KeyEnd, fyne.KeyZ, fyne.KeyY:
		return true
	case fyne.KeyUp, fyne.KeyDown:
		return e.MultiLine && c.Modifier&fyne.KeyModifierControl == 0
	}
	return false
}

// paste takes a text from the clipboard without what no field can hold: control
// signs, tabs and, in one line, line ends become blanks.
func (e *Entry) paste(p *fyne.ShortcutPaste) {
	text := Clean(p.Clipboard.Content(), e.MultiLine)
	if room := e.limit() - len([]rune(e.Text)) + len([]rune(e.SelectedText())); len([]rune(text)) > room {
		text = string([]rune(text)[:max(room, 0)])
	}
	e.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: onlyText(text)})
}

// onlyText is a clipboard that holds one text.
type onlyText string

func (o onlyText) Content() string   { return string(o) }
func (o onlyText) SetContent(string) {}

// Clean makes a pasted text fit for a field: no control signs, no marks that turn
// the direction of writing, and in one line no line ends.
func Clean(s string, lines bool) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			if lines {
				return r
			}
			return ' '
		case r == '\t', r == '\u00a0':
			return ' '
		case r < ' ', r == 0x7f, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff, r == 0xfffd:
			return -1
		}
		return r
	}, s)
}
