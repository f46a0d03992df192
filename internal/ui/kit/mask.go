package kit

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Mask writes what is typed the way papers have it. It only sets what stands between
// the letters: no letter and no digit is ever lost to it, so that a number which is
// none, or one of another country, can be typed too.
type Mask struct {
	// Typed is the text as it stands while one types at its end.
	Typed func(string) string
	// Done is the text once the field is left; nil: as Typed.
	Done func(string) string
	// Whole reports whether nothing is missing: then coming back to the field selects
	// the text, and typing replaces it.
	Whole func(string) bool
	// Take turns a letter into what is taken for it, -1 for nothing; nil takes all.
	Take func(rune) rune
}

// Masked is a field of one line that writes by a mask.
type Masked struct {
	Entry
	self fyne.CanvasObject // the widget that the canvas knows
	mask Mask
}

// NewMasked makes a field that writes by the mask.
func NewMasked(m Mask) *Masked {
	e := &Masked{}
	e.extend(e, m)
	return e
}

// extend makes the field a part of an outer widget.
func (m *Masked) extend(outer fyne.Widget, mask Mask) {
	m.self, m.mask = outer, mask
	m.ExtendBaseWidget(outer)
	m.Wrapping, m.Scroll = fyne.TextWrapOff, fyne.ScrollHorizontalOnly
}

// SetText puts a text into the field, in the mask's writing.
func (m *Masked) SetText(s string) {
	m.Entry.SetText(m.done(s))
	m.CursorColumn = len([]rune(m.Text))
}

// Settle writes what stands in the field as if it were left: for a page that saves
// while the field has the focus.
func (m *Masked) Settle() { m.rewrite(m.done(m.Text)) }

func (m *Masked) done(s string) string {
	switch {
	case m.mask.Done != nil:
		return m.mask.Done(s)
	case m.mask.Typed != nil:
		return m.mask.Typed(s)
	}
	return s
}

// TypedRune implements fyne.Focusable.
func (m *Masked) TypedRune(r rune) {
	if m.mask.Take != nil {
		if r = m.mask.Take(r); r < 0 {
			return
		}
	}
	if m.mask.Typed == nil || m.CursorColumn < len([]rune(m.Text)) && m.SelectedText() != m.Text || m.Disabled() {
		m.Entry.TypedRune(r)
		return
	}
	before := m.Text
	if m.SelectedText() == m.Text {
		before = ""
	}
	after := m.mask.Typed(before + string(r))
	if len([]rune(after)) > m.limit() {
		return
	}
	if tail, ok := strings.CutPrefix(after, before); ok {
		for _, x := range tail {
			m.Entry.TypedRune(x)
		}
		return
	}
	m.rewrite(after)
}

// rewrite puts another text in the place of what stands there, so that it can be
// undone, and tells of it once.
func (m *Masked) rewrite(to string) {
	if to == m.Text {
		return
	}
	tell := m.OnChanged
	m.OnChanged = nil
	m.Entry.TypedShortcut(&fyne.ShortcutSelectAll{})
	m.Entry.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: onlyText(to)})
	if m.OnChanged = tell; tell != nil {
		tell(m.Text)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (m *Masked) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		m.Entry.TypedShortcut(s)
		if m.mask.Typed != nil && m.CursorColumn == len([]rune(m.Text)) {
			m.rewrite(m.mask.Typed(m.Text))
		}
	case *desktop.CustomShortcut:
		if m.uses(s) {
			m.Entry.Entry.TypedShortcut(s)
			return
		}
		ForwardShortcut(m.self, s)
	default:
		m.Entry.TypedShortcut(s)
	}
}

// TypedKey implements fyne.Focusable. It does what Entry does, in the name of the
// outer widget: only that one is known to the canvas.
func (m *Masked) TypedKey(ev *fyne.KeyEvent) {
	if m.OnKey != nil && m.OnKey(ev) {
		return
	}
	if lineForwards(ev.Name) && (m.OnSubmitted == nil || ev.Name != fyne.KeyReturn && ev.Name != fyne.KeyEnter) {
		Forward(m.self, ev)
		return
	}
	m.Entry.Entry.TypedKey(ev)
}

// lineForwards reports whether a field of one line has no use for the key.
func lineForwards(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12, fyne.KeyInsert,
		fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyReturn, fyne.KeyEnter:
		return true
	}
	return false
}

// silent reports whether a key says nothing by itself: letters and digits, which come
// as runes too, and the keys that one holds down with others.
func silent(k fyne.KeyName) bool {
	switch k {
	case fyne.KeySpace, desktop.KeyShiftLeft, desktop.KeyShiftRight, desktop.KeyControlLeft, desktop.KeyControlRight,
		desktop.KeyAltLeft, desktop.KeyAltRight, desktop.KeySuperLeft, desktop.KeySuperRight, desktop.KeyCapsLock:
		return true
	}
	return len(k) <= 1
}

// KeyDown implements desktop.Keyable.
func (m *Masked) KeyDown(ev *fyne.KeyEvent) {
	m.Entry.Entry.KeyDown(ev)
	Touch(m.self)
}

// Tapped implements fyne.Tappable.
func (m *Masked) Tapped(ev *fyne.PointEvent) {
	m.Entry.Entry.Tapped(ev)
	Touch(m.self)
}

// FocusGained implements fyne.Focusable: a whole text is selected, an unfinished one
// goes on at its end.
func (m *Masked) FocusGained() {
	m.CursorColumn = len([]rune(m.Text))
	m.Entry.FocusGained()
	if m.mask.Whole != nil && m.Text != "" && m.mask.Whole(m.Text) {
		m.Entry.TypedShortcut(&fyne.ShortcutSelectAll{})
	}
}

// FocusLost implements fyne.Focusable.
func (m *Masked) FocusLost() {
	m.Settle()
	m.Entry.FocusLost()
}

// Digits keeps the digits of a text, those of other alphabets as ours.
func Digits(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Nd, r):
			for v := range rune(10) { // digits of an alphabet stand in a row of ten
				if zero := r - v; unicode.Is(unicode.Nd, zero) && !unicode.Is(unicode.Nd, zero-1) {
					b.WriteRune('0' + v)
					break
				}
			}
		}
	}
	return b.String()
}

// MaskOf writes digits by a pattern in which a zero is a digit: "000-000-000 00".
// Texts with other letters than those of the pattern, or with more digits, stay as
// they are typed.
func MaskOf(pattern string) Mask {
	room := strings.Count(pattern, "0")
	typed := func(s string) string {
		digits := Digits(s)
		if len(digits) > room || strings.ContainsFunc(s, func(r rune) bool {
			return !unicode.IsDigit(r) && !unicode.IsSpace(r) && !strings.ContainsRune("-‐–—.:/", r)
		}) {
			return s
		}
		return fit(pattern, digits)
	}
	return Mask{
		Typed: func(s string) string {
			if out := typed(s); len(Digits(s)) > 0 && isTail(s) {
				return keepTail(out, s)
			}
			return typed(s)
		},
		Done:  typed,
		Whole: func(s string) bool { return len(Digits(s)) == room },
	}
}

// isTail reports whether a text ends with what stands between digits.
func isTail(s string) bool {
	last := []rune(s)
	return len(last) > 0 && !unicode.IsDigit(last[len(last)-1])
}

// keepTail leaves the sign that was just typed between the groups where it belongs.
func keepTail(out, typed string) string {
	if strings.HasPrefix(typed, out) && len([]rune(typed)) == len([]rune(out))+1 {
		return typed
	}
	return out
}

// fit sets digits into a pattern, as far as they reach.
func fit(pattern, digits string) string {
	var b strings.Builder
	at := 0
	for _, r := range pattern {
		if at == len(digits) {
			break
		}
		if r == '0' {
			b.WriteByte(digits[at])
			at++
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// MaskSNILS writes a Russian insurance number: 112-233-445 95.
func MaskSNILS() Mask { return MaskOf("000-000-000 00") }

// MaskENP writes the uniform number of an ОМС policy in fours.
func MaskENP() Mask { return MaskOf("0000 0000 0000 0000") }

// MaskIIN writes an ИИН with its date apart: 840309 400123.
func MaskIIN() Mask { return MaskOf("000000 000000") }

// MaskINN writes a person's ИНН: office, number, control digits.
func MaskINN() Mask { return MaskOf("0000 000000 00") }

// MaskSeries writes the series of a Russian passport: 45 10.
func MaskSeries() Mask { return MaskOf("00 00") }

// MaskUnit writes the code of the office that gave a passport: 770-001.
func MaskUnit() Mask { return MaskOf("000-000") }

// MaskPostCode takes the six digits of a post code.
func MaskPostCode() Mask { return MaskOf("000000") }

// MaskTime writes a time of day: 0940 is 09:40, 9 is 09:00 once the field is left.
func MaskTime() Mask {
	m := MaskOf("00:00")
	grouped := m.Typed
	m.Typed = func(s string) string {
		if d := Digits(s); d == s && len(d) > 0 && len(d) <= 3 && d[0] > '2' {
			return fit("0:00", d) // 940: nine, not ninety-four
		}
		if h, rest, ok := strings.Cut(s, ":"); ok && len(h) == 1 && len(rest) <= 2 {
			return s
		}
		return grouped(s)
	}
	m.Done = func(s string) string {
		h, min, ok := strings.Cut(strings.TrimSpace(s), ":")
		switch {
		case Digits(h) != h || Digits(min) != min || h == "" || len(h) > 2 || len(min) > 2:
			return m.Typed(s)
		case !ok || min == "":
			min = "00"
		case len(min) == 1:
			return s
		}
		if len(h) == 1 {
			h = "0" + h
		}
		return h + ":" + min
	}
	return m
}
