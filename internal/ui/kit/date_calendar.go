package kit

import (
	"image/color"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// calendar is a month of days that hangs below a date field: arrows move by days and
// weeks, PageUp and PageDown by months, with Ctrl by years, Home goes to today,
// Enter and Space take, Esc closes.
type calendar struct {
	widget.BaseWidget
	field fyne.CanvasObject
	say   Say
	at    time.Time
	today string
	take  func(iso string)
	popup *widget.PopUp
	over  int // place under the mouse, -1 for none
}

// openCalendar hangs a calendar below a field.
func openCalendar(field fyne.CanvasObject, say Say, iso, today string, take func(string)) *calendar {
	at, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		at = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	k := &calendar{field: field, say: say, at: at, today: today, take: take, over: -1}
	k.ExtendBaseWidget(k)
	c := canvasOf(field)
	if c == nil {
		return k
	}
	k.popup = widget.NewPopUp(framed(6, k), c)
	k.popup.ShowAtPosition(below(c, field, k.popup.MinSize()))
	k.popup.Resize(k.popup.MinSize())
	c.Focus(k)
	return k
}

func (k *calendar) close() {
	if k.popup != nil {
		k.popup.Hide()
		k.popup = nil
	}
}

func (k *calendar) pick(t time.Time) {
	k.close()
	k.take(t.Format(time.DateOnly))
}

// go to another day, as long as calendars are kept.
func (k *calendar) move(t time.Time) {
	if t.Year() >= 1850 && t.Year() <= 2199 {
		k.at = t
		k.Refresh()
	}
}

// first is the Monday with which the sheet of the month begins.
func (k *calendar) first() time.Time {
	t := time.Date(k.at.Year(), k.at.Month(), 1, 0, 0, 0, 0, time.UTC)
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
}

// FocusGained implements fyne.Focusable.
func (k *calendar) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (k *calendar) FocusLost() {}

// AcceptsTab implements fyne.Tabbable.
func (k *calendar) AcceptsTab() bool { return true }

// KeyDown implements desktop.Keyable.
func (k *calendar) KeyDown(*fyne.KeyEvent) { Touch(k.field) }

// KeyUp implements desktop.Keyable.
func (k *calendar) KeyUp(*fyne.KeyEvent) {}

// TypedRune implements fyne.Focusable: a digit means that one types the date after all.
func (k *calendar) TypedRune(r rune) {
	switch f, ok := k.field.(fyne.Focusable); {
	case r == ' ':
		k.pick(k.at)
	case ok && r >= '0' && r <= '9':
		k.close()
		f.TypedRune(r)
	}
}

// TypedKey implements fyne.Focusable.
func (k *calendar) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft:
		k.move(k.at.AddDate(0, 0, -1))
	case fyne.KeyRight:
		k.move(k.at.AddDate(0, 0, 1))
	case fyne.KeyUp:
		k.move(k.at.AddDate(0, 0, -7))
	case fyne.KeyDown:
		k.move(k.at.AddDate(0, 0, 7))
	case fyne.KeyPageUp:
		k.move(addMonths(k.at, -1))
	case fyne.KeyPageDown:
		k.move(addMonths(k.at, 1))
	case fyne.KeyHome:
		if t, err := time.Parse(time.DateOnly, k.today); err == nil {
			k.move(t)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		k.pick(k.at)
	case fyne.KeyEscape, fyne.KeyF4:
		k.close()
	case fyne.KeyTab:
		k.close()
		if c := fyne.CurrentApp().Driver().CanvasForObject(k.field); c != nil {
			c.FocusNext()
		}
	default:
		if !silent(ev.Name) {
			k.close()
			Forward(k.field, ev)
		}
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (k *calendar) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier == fyne.KeyModifierShortcutDefault {
		switch c.KeyName {
		case fyne.KeyPageUp:
			k.move(addMonths(k.at, -12))
			return
		case fyne.KeyPageDown:
			k.move(addMonths(k.at, 12))
			return
		}
	}
	k.close()
	ForwardShortcut(k.field, s)
}

// The sheet: cells of one size; the head has arrows for year and month at its ends.
func (k *calendar) cell() fyne.Size { return fyne.NewSize(Px(36), Px(30)) }
func (k *calendar) head() float32   { return Px(32) }
func (k *calendar) week() float32   { return Px(22) }

// place is the day under a point: 0…41; the arrows of the head are -5…-2; -1 nothing.
func (k *calendar) place(p fyne.Position) int {
	cell := k.cell()
	if p.Y < k.head() {
		switch x := int(p.X / cell.Width); x {
		case 0, 1:
			return -5 + x
		case 5, 6:
			return -8 + x
		}
		return -1
	}
	row, col := int((p.Y-k.head()-k.week())/cell.Height), int(p.X/cell.Width)
	if p.Y < k.head()+k.week() || col < 0 || col > 6 || row < 0 || row > 5 {
		return -1
	}
	return row*7 + col
}

// Tapped implements fyne.Tappable.
func (k *calendar) Tapped(ev *fyne.PointEvent) {
	Touch(k.field)
	switch n := k.place(ev.Position); {
	case n >= 0:
		k.pick(k.first().AddDate(0, 0, n))
	case n < -1:
		k.move(addMonths(k.at, map[int]int{-5: -12, -4: -1, -3: 1, -2: 12}[n]))
	}
}

// MouseIn implements desktop.Hoverable.
func (k *calendar) MouseIn(ev *desktop.MouseEvent) { k.MouseMoved(ev) }

// MouseMoved implements desktop.Hoverable.
func (k *calendar) MouseMoved(ev *desktop.MouseEvent) {
	if n := k.place(ev.Position); n != k.over {
		k.over = n
		k.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (k *calendar) MouseOut() { k.over = -1; k.Refresh() }

// Scrolled implements fyne.Scrollable.
func (k *calendar) Scrolled(ev *fyne.ScrollEvent) {
	if ev.Scrolled.DY > 0 {
		k.move(addMonths(k.at, -1))
	} else {
		k.move(addMonths(k.at, 1))
	}
}

// CreateRenderer implements fyne.Widget.
func (k *calendar) CreateRenderer() fyne.WidgetRenderer {
	r := &calendarRenderer{k: k, title: canvas.NewText("", color.Black), mark: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent), hover: canvas.NewRectangle(color.Transparent)}
	for _, name := range []string{"left", "left", "right", "right"} {
		r.arrows = append(r.arrows, Picture(name, ColorMuted, 16))
	}
	r.arrows = append(r.arrows, Picture("left", ColorMuted, 16), Picture("right", ColorMuted, 16)) // the year's are doubled
	for range 7 {
		r.week = append(r.week, canvas.NewText("", color.Black))
	}
	for range 42 {
		r.days = append(r.days, canvas.NewText("", color.Black))
	}
	return r
}

type calendarRenderer struct {
	k                 *calendar
	title             *canvas.Text
	mark, ring, hover *canvas.Rectangle
	arrows            []*canvas.Image
	week, days        []*canvas.Text
}

func (r *calendarRenderer) MinSize() fyne.Size {
	c := r.k.cell()
	return fyne.NewSize(c.Width*7, r.k.head()+r.k.week()+c.Height*6)
}

func (r *calendarRenderer) Layout(fyne.Size) {
	k, cell := r.k, r.k.cell()
	text := func(t *canvas.Text, s string, size float32, name fyne.ThemeColorName, bold bool, x, y, w, h float32) {
		t.Text, t.TextSize, t.Color, t.Alignment = s, Px(size), theme.Color(name), fyne.TextAlignCenter
		t.TextStyle.Bold = bold
		m := t.MinSize().Height
		t.Move(fyne.NewPos(x, y+(h-m)/2))
		t.Resize(fyne.NewSize(w, m))
	}
	month := k.say("kit_month_" + strconv.Itoa(int(k.at.Month())))
	text(r.title, month+" "+strconv.Itoa(k.at.Year()), TextNormal, theme.ColorNameForeground, true, 0, 0, cell.Width*7, k.head())
	side := Px(16)
	for i, x := range []float32{.5, 1.5, 5.5, 6.5, .5, 6.5} {
		shift := float32(0)
		switch i {
		case 0, 3:
			shift = -Px(3)
		case 4, 5:
			shift = Px(3)
		}
		r.arrows[i].Move(fyne.NewPos(cell.Width*x-side/2+shift, (k.head()-side)/2))
		r.arrows[i].Resize(fyne.NewSquareSize(side))
	}
	for i, t := range r.week {
		text(t, k.say("kit_weekday_"+strconv.Itoa(i+1)), TextSmall, ColorMuted, false, float32(i)*cell.Width, k.head(), cell.Width, k.week())
	}
	top, day := k.head()+k.week(), k.first()
	put := func(o *canvas.Rectangle, n int, fill, stroke color.Color) {
		if o.Hidden = n < 0 || n > 41; o.Hidden {
			return
		}
		o.FillColor, o.StrokeColor, o.StrokeWidth, o.CornerRadius = fill, stroke, 1, Px(6)
		o.Move(fyne.NewPos(float32(n%7)*cell.Width+Px(2), top+float32(n/7)*cell.Height+Px(1)))
		o.Resize(fyne.NewSize(cell.Width-Px(4), cell.Height-Px(2)))
	}
	chosen, today := int(k.at.Sub(day).Hours()/24), -1
	for i, t := range r.days {
		d := day.AddDate(0, 0, i)
		name := theme.ColorNameForeground
		switch {
		case i == chosen:
			name = theme.ColorNameForegroundOnPrimary
		case d.Month() != k.at.Month():
			name = theme.ColorNameDisabled
		case i%7 >= 5:
			name = ColorMuted
		}
		if d.Format(time.DateOnly) == k.today {
			today = i
		}
		text(t, strconv.Itoa(d.Day()), TextNormal, name, i == chosen, float32(i%7)*cell.Width, top+float32(i/7)*cell.Height, cell.Width, cell.Height)
	}
	put(r.mark, chosen, theme.Color(theme.ColorNamePrimary), color.Transparent)
	put(r.ring, today, color.Transparent, theme.Color(theme.ColorNamePrimary))
	put(r.hover, k.over, theme.Color(theme.ColorNameHover), color.Transparent)
}

func (r *calendarRenderer) Refresh() {
	r.Layout(r.k.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *calendarRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.hover, r.mark, r.ring, r.title}
	for _, a := range r.arrows {
		out = append(out, a)
	}
	for _, t := range append(append([]*canvas.Text{}, r.week...), r.days...) {
		out = append(out, t)
	}
	return out
}
func (r *calendarRenderer) Destroy() {}

// tapIcon is a picture inside a field that can be tapped; the keyboard has a key for
// the same, so it takes no focus.
type tapIcon struct {
	widget.BaseWidget
	name string
	tap  func()
}

func newTapIcon(name string, tap func()) *tapIcon {
	t := &tapIcon{name: name, tap: tap}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped implements fyne.Tappable.
func (t *tapIcon) Tapped(*fyne.PointEvent) { Touch(t); t.tap() }

// Cursor implements desktop.Cursorable.
func (t *tapIcon) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (t *tapIcon) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(Inset(0, 7, 0, 3, Picture(t.name, ColorMuted, 17)))
}
