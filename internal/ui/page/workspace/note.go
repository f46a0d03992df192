package workspace

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
)

// note is a field for the doctor's text: as high as its text, and Tab goes on to the
// next field. With one line it is a field in which something is looked for. Where it has
// no key of its own to undo, Ctrl+Z undoes what the status line offers.
type note struct {
	kit.Entry
	least int // lines of the empty field
	rows  int
	words map[string]float32 // their widths
	width float32
}

func newNote(least int) *note {
	n := &note{least: least, rows: least, words: map[string]float32{}}
	n.MultiLine, n.Limit = true, 20000
	n.ExtendBaseWidget(n)
	n.Wrapping = fyne.TextWrapWord
	n.SetMinRowsVisible(least)
	return n
}

// newLook makes a field of one line.
func newLook(hint string) *note {
	n := &note{least: 1, rows: 1}
	n.Limit = 300
	n.ExtendBaseWidget(n)
	n.Wrapping, n.Scroll = fyne.TextWrapOff, fyne.ScrollHorizontalOnly
	n.SetPlaceHolder(hint)
	return n
}

// AcceptsTab implements fyne.Tabbable: Tab is for going on.
func (n *note) AcceptsTab() bool { return false }

// Resize implements fyne.CanvasObject.
func (n *note) Resize(size fyne.Size) {
	n.Entry.Resize(size)
	if size.Width != n.width && n.MultiLine {
		n.width = size.Width
		n.fit()
	}
}

// fit makes the field as high as its text; it reports whether the height has changed.
func (n *note) fit() bool {
	if n.width <= 0 || !n.MultiLine {
		return false
	}
	rows := 0
	for p := range strings.SplitSeq(n.Text, "\n") {
		rows += n.lines(p)
	}
	rows = max(rows, n.least)
	if rows == n.rows {
		return false
	}
	n.rows = rows
	n.SetMinRowsVisible(rows)
	return true
}

// lines is how many lines a paragraph takes. The widths of words are remembered, so
// that a key costs one word; a word that is longer than the line is broken, as Fyne does.
func (n *note) lines(p string) int {
	th := n.Theme()
	size := th.Size(theme.SizeNameText)
	room := n.width - 4*th.Size(theme.SizeNameInnerPadding) - 1
	blank := n.wide(" ", size)
	c, at := 1, float32(0)
	for word := range strings.SplitSeq(p, " ") {
		w := n.wide(word, size)
		if at > 0 && at+w > room {
			c, at = c+1, 0
		}
		if w > room {
			broken := int(w / room)
			c, w = c+broken, w-room*float32(broken)
		}
		at += w + blank
	}
	return c
}

func (n *note) wide(word string, size float32) float32 {
	if w, ok := n.words[word]; ok {
		return w
	}
	if len(n.words) > 3000 {
		clear(n.words)
	}
	w := fyne.MeasureText(word, size, fyne.TextStyle{}).Width
	n.words[word] = w
	return w
}

// show puts a text into the field as if it had always stood there.
func (n *note) show(text string) {
	if n.Text == text {
		return
	}
	heard := n.OnChanged
	n.OnChanged = nil
	n.SetText(text)
	n.OnChanged = heard
	n.fit()
}

// end sets the cursor behind the last letter.
func (n *note) end() { n.Entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown}) }

// replace takes letters before the cursor away and puts a text in their place.
func (n *note) replace(back int, text string) {
	heard := n.OnChanged
	n.OnChanged = nil
	for range back {
		n.Entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	}
	n.OnChanged = heard
	n.Entry.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: onlyText(text)})
}

// onlyText is a clipboard that holds one text.
type onlyText string

// Content implements fyne.Clipboard.
func (o onlyText) Content() string { return string(o) }

// SetContent implements fyne.Clipboard.
func (o onlyText) SetContent(string) {}

// TypedKey implements fyne.Focusable; see kit.Entry. What the field does not use is
// handed on in its own name: the canvas knows the note, not the entry in it.
func (n *note) TypedKey(ev *fyne.KeyEvent) {
	if n.OnKey != nil && n.OnKey(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12, fyne.KeyInsert, fyne.KeyTab:
		kit.Forward(n, ev)
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyReturn, fyne.KeyEnter:
		if n.MultiLine {
			n.Entry.Entry.TypedKey(ev)
			return
		}
		kit.Forward(n, ev)
	default:
		n.Entry.Entry.TypedKey(ev)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (n *note) TypedShortcut(s fyne.Shortcut) {
	if _, undo := s.(*fyne.ShortcutUndo); undo {
		before := n.Text
		n.Entry.Entry.TypedShortcut(s)
		if n.Text == before {
			forward(n, s)
		}
		return
	}
	c, custom := s.(*desktop.CustomShortcut)
	if !custom {
		n.Entry.TypedShortcut(s)
		return
	}
	if c.Modifier&fyne.KeyModifierAlt == 0 {
		switch c.KeyName {
		case fyne.KeyLeft, fyne.KeyRight, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyHome, fyne.KeyEnd, fyne.KeyZ, fyne.KeyY:
			n.Entry.Entry.TypedShortcut(s)
			return
		}
	}
	kit.ForwardShortcut(n, s)
}

// forward hands a key with a modifier on. The driver tells Ctrl+Z as a thing of its own,
// the frame listens to it as to any key.
func forward(o fyne.CanvasObject, s fyne.Shortcut) {
	if _, undo := s.(*fyne.ShortcutUndo); undo {
		s = &desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierShortcutDefault}
	}
	kit.ForwardShortcut(o, s)
}

// KeyDown implements desktop.Keyable.
func (n *note) KeyDown(ev *fyne.KeyEvent) {
	n.Entry.Entry.KeyDown(ev)
	kit.Touch(n)
}

// Tapped implements fyne.Tappable.
func (n *note) Tapped(ev *fyne.PointEvent) {
	n.Entry.Entry.Tapped(ev)
	kit.Touch(n)
}

// bigger is the theme of the doctor's text.
type bigger struct{ fyne.Theme }

// Size implements fyne.Theme.
func (b bigger) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeNameText {
		return kit.Px(kit.TextNote)
	}
	return b.Theme.Size(name)
}

// wheel lies over the note and takes the mouse's wheel, and nothing else: fields would
// keep it for themselves, though they have nothing to scroll.
type wheel struct {
	widget.BaseWidget
	to fyne.Scrollable
}

func newWheel(to fyne.Scrollable) *wheel {
	w := &wheel{to: to}
	w.ExtendBaseWidget(w)
	return w
}

// Scrolled implements fyne.Scrollable.
func (w *wheel) Scrolled(ev *fyne.ScrollEvent) {
	kit.Touch(w)
	faster := *ev
	faster.Scrolled.DY *= 3 // a page of a note is long
	w.to.Scrolled(&faster)
}

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: nothing{}})
}

type nothing struct{}

// MinSize implements fyne.Layout.
func (nothing) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (nothing) Layout([]fyne.CanvasObject, fyne.Size) {}
