package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Tabs is a strip of names of which one is chosen, by mouse, by the arrows left and
// right, or by Set. What a tab shows is the page's matter.
type Tabs struct {
	widget.BaseWidget
	names   []string
	at      int
	focused bool
	pill    bool // drawn as one of a few answers, not as tabs
	OnPick  func(int)
	// OnKey sees keys that move nothing here.
	OnKey func(*fyne.KeyEvent) bool
}

// NewTabs makes the strip.
func NewTabs(names []string, pick func(int)) *Tabs {
	t := &Tabs{names: names, OnPick: pick}
	t.ExtendBaseWidget(t)
	return t
}

// NewChoice is one of a few answers side by side; -1 is none yet.
func NewChoice(names []string, at int, pick func(int)) *Tabs {
	t := &Tabs{names: names, at: at, OnPick: pick, pill: true}
	t.ExtendBaseWidget(t)
	return t
}

// At is the chosen one.
func (t *Tabs) At() int { return t.at }

// Set chooses without telling OnPick.
func (t *Tabs) Set(i int) {
	if i != t.at {
		t.at = i
		t.Refresh()
	}
}

// Rename changes the names, as many as there were.
func (t *Tabs) Rename(names []string) { t.names = names; t.Refresh() }

// Pick chooses and tells.
func (t *Tabs) Pick(i int) {
	if i < 0 || i >= len(t.names) || i == t.at {
		return
	}
	t.Set(i)
	if t.OnPick != nil {
		t.OnPick(i)
	}
}

// Tapped implements fyne.Tappable.
func (t *Tabs) Tapped(ev *fyne.PointEvent) {
	Touch(t)
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil && t.pill {
		c.Focus(t)
	}
	at := float32(0)
	for i, w := range t.widths() {
		if ev.Position.X >= at && ev.Position.X < at+w {
			t.Pick(i)
			return
		}
		at += w
	}
}

// Cursor implements desktop.Cursorable.
func (t *Tabs) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements fyne.Focusable.
func (t *Tabs) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost implements fyne.Focusable.
func (t *Tabs) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune implements fyne.Focusable: a digit chooses.
func (t *Tabs) TypedRune(r rune) {
	if r >= '1' && r <= '9' {
		t.Pick(int(r - '1'))
	}
}

// TypedKey implements fyne.Focusable.
func (t *Tabs) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft:
		t.Pick(max(t.at-1, 0))
	case fyne.KeyRight:
		t.Pick(min(t.at+1, len(t.names)-1))
	default:
		if t.OnKey == nil || !t.OnKey(ev) {
			Forward(t, ev)
		}
	}
}

func (t *Tabs) widths() []float32 {
	out := make([]float32, len(t.names))
	for i, n := range t.names {
		out[i] = fyne.MeasureText(n, Px(TextNormal), fyne.TextStyle{Bold: true}).Width + Px(24)
	}
	return out
}

// CreateRenderer implements fyne.Widget.
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer {
	r := &tabsRenderer{t: t, frame: canvas.NewRectangle(color.Transparent), mark: canvas.NewRectangle(color.Transparent)}
	for range t.names {
		r.words = append(r.words, canvas.NewText("", color.Black))
	}
	r.update()
	return r
}

type tabsRenderer struct {
	t           *Tabs
	frame, mark *canvas.Rectangle
	words       []*canvas.Text
}

func (r *tabsRenderer) MinSize() fyne.Size {
	var w float32
	for _, v := range r.t.widths() {
		w += v
	}
	h := fyne.MeasureText("Щ", Px(TextNormal), fyne.TextStyle{}).Height
	return fyne.NewSize(w, h+Px(14))
}

func (r *tabsRenderer) update() {
	r.frame.CornerRadius = theme.InputRadiusSize()
	r.frame.StrokeWidth, r.frame.StrokeColor, r.frame.FillColor = 0, color.Transparent, color.Transparent
	if r.t.pill {
		r.frame.StrokeWidth, r.frame.StrokeColor = 1, theme.Color(theme.ColorNameInputBorder)
	}
	if r.t.focused {
		r.frame.StrokeWidth, r.frame.StrokeColor = 2, theme.Color(theme.ColorNamePrimary)
	}
	r.mark.FillColor = theme.Color(theme.ColorNamePrimary)
	if r.t.pill {
		r.mark.FillColor, r.mark.CornerRadius = theme.Color(ColorAccentSoft), theme.InputRadiusSize()-1
	}
	for i, w := range r.words {
		w.Text, w.TextSize, w.Alignment = r.t.names[i], Px(TextNormal), fyne.TextAlignCenter
		w.TextStyle.Bold = i == r.t.at
		w.Color = theme.Color(ColorMuted)
		if i == r.t.at || r.t.pill {
			w.Color = theme.Color(theme.ColorNameForeground)
		}
		if i == r.t.at {
			w.Color = theme.Color(theme.ColorNamePrimary)
		}
	}
}

func (r *tabsRenderer) Layout(size fyne.Size) {
	at, widths := float32(0), r.t.widths()
	var total float32
	for _, w := range widths {
		total += w
	}
	if r.t.pill { // pills take as little as they need
		size.Width = min(size.Width, total)
	}
	r.frame.Resize(size)
	r.mark.Hide()
	for i, w := range widths {
		h := r.words[i].MinSize().Height
		r.words[i].Move(fyne.NewPos(at, (size.Height-h)/2))
		r.words[i].Resize(fyne.NewSize(w, h))
		if i == r.t.at {
			r.mark.Show()
			if r.t.pill {
				r.mark.Move(fyne.NewPos(at+2, 2))
				r.mark.Resize(fyne.NewSize(w-4, size.Height-4))
			} else {
				r.mark.Move(fyne.NewPos(at+Px(8), size.Height-Px(3)))
				r.mark.Resize(fyne.NewSize(w-Px(16), Px(3)))
			}
		}
		at += w
	}
}

func (r *tabsRenderer) Refresh() {
	r.update()
	r.Layout(r.t.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *tabsRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.frame, r.mark}
	for _, w := range r.words {
		out = append(out, w)
	}
	return out
}
func (r *tabsRenderer) Destroy() {}
