package kit

import (
	"unicode"

	"fyne.io/fyne/v2"
)

// Say gives the sentence for a key in the user's language; Session.T is one.
type Say func(key string, args ...any) string

// Date is a field for a date. Digits become 21.11.2026 as they are typed; Up and
// Down change the day, PageUp and PageDown the month; Space in the empty field, or
// over the selected whole, is today; F4 opens a calendar. What is no date stays as
// it was typed: its owner says so.
type Date struct {
	Masked
	say  Say
	rule dateRule
	cal  *calendar
	// Read may understand more than digits («21 ноября 2026»): it is asked when the
	// field is left with what we can't read, and gives ISO or "".
	Read func(text string) (iso string)
}

// NewDate makes a field for a whole date; today is an ISO date.
func NewDate(say Say, today string) *Date {
	d := &Date{say: say, rule: dateRule{today: today}}
	d.extend(d, Mask{
		Typed: dateTyped,
		Done:  d.finish,
		Whole: func(s string) bool { iso, ok := d.rule.readDate(s); return ok && len(iso) == 10 },
		Take:  takeDate,
	})
	d.ActionItem = newTapIcon("calendar", d.Open)
	d.Limit = 60
	return d.wide()
}

func (d *Date) wide() *Date { d.Wide(128); d.Hint(d.say("kit_date_hint")); return d }

// Wide sets the least width, before scaling.
func (d *Date) Wide(w float32) *Date { d.Masked.Wide(w); return d }

// Past says that the day lies behind: two digits are the last such year.
func (d *Date) Past() *Date { d.rule.past = true; return d }

// Partial lets a month or a year alone be a date.
func (d *Date) Partial() *Date { d.rule.partial = true; return d }

// ISO is the date as ISO, "" for the empty field; ok is false where the text is no
// date.
func (d *Date) ISO() (iso string, ok bool) { return d.read(d.Text) }

// SetISO puts a date into the field.
func (d *Date) SetISO(iso string) { d.SetText(dateShown(iso)) }

func (d *Date) read(s string) (string, bool) {
	iso, ok := d.rule.readDate(s)
	if !ok && d.Read != nil {
		if iso = d.Read(s); iso != "" {
			return iso, true
		}
	}
	return iso, ok
}

func (d *Date) finish(s string) string {
	if iso, ok := d.read(s); ok && iso != "" {
		return dateShown(iso)
	}
	return s
}

// takeDate takes digits and what stands between them; the keys of the point give
// other letters in the Cyrillic layouts.
func takeDate(r rune) rune {
	switch {
	case unicode.IsDigit(r) && Digits(string(r)) != "":
		return rune(Digits(string(r))[0])
	case r == '.' || r == '/' || r == ',' || r == 'ю' || r == 'Ю' || r == 'б' || r == 'Б':
		return '.'
	case r == '-':
		return '-'
	}
	return -1
}

// TypedRune implements fyne.Focusable.
func (d *Date) TypedRune(r rune) {
	if r == ' ' {
		if d.Text == "" || d.SelectedText() == d.Text {
			d.Today()
			return
		}
		r = '.'
	}
	d.Masked.TypedRune(r)
}

// Today puts today into the field.
func (d *Date) Today() { d.rewrite(dateShown(d.rule.today)) }

// step moves the date; the empty field begins with today.
func (d *Date) step(months, days int) {
	iso, ok := d.ISO()
	switch {
	case !ok:
		return
	case iso == "":
		iso = d.rule.today
	default:
		iso = dateStep(iso, months, days)
	}
	d.rewrite(dateShown(iso))
}

// TypedKey implements fyne.Focusable.
func (d *Date) TypedKey(ev *fyne.KeyEvent) {
	if d.OnKey != nil && d.OnKey(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyUp:
		d.step(0, 1)
	case fyne.KeyDown:
		d.step(0, -1)
	case fyne.KeyPageUp:
		d.step(1, 0)
	case fyne.KeyPageDown:
		d.step(-1, 0)
	case fyne.KeyF4:
		d.Open()
	default:
		d.Masked.TypedKey(ev)
	}
}

// Open opens the calendar.
func (d *Date) Open() {
	if d.Disabled() {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(d); c != nil {
		c.Focus(d)
	}
	iso, ok := d.ISO()
	if !ok || iso == "" {
		iso = d.rule.today
	}
	for len(iso) < 10 {
		iso += "-01"
	}
	d.cal = openCalendar(d, d.say, iso, d.rule.today, func(iso string) { d.rewrite(dateShown(iso)) })
}

// FocusLost implements fyne.Focusable.
func (d *Date) FocusLost() {
	if d.cal != nil {
		d.cal.close()
	}
	d.Masked.FocusLost()
}
