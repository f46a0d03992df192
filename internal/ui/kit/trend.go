package kit

import (
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// TrendPoint is what was measured at a moment: a number a line of the chart, NaN where
// there is none.
type TrendPoint struct {
	At     time.Time
	Values []float64
	Out    []int8 // of each number: 1 above the norm of its time, -1 below, 0 within
	Note   string // what hovering and the keys tell: «150/95 мм рт. ст. · 21.11.2026»
}

// TrendBand is what is usual, NaN for an open end.
type TrendBand struct{ Low, High float64 }

// TrendData is what a chart draws.
type TrendData struct {
	Points []TrendPoint // in any order
	Bands  []TrendBand  // of each line, as it holds today; may be empty
	Day    func(time.Time) string
	Number func(float64) string
	Empty  string // what stands where nothing was measured
}

// Trend is a chart of numbers over time with the usual range behind them. What is out of
// range differs by shape and colour: a triangle upwards or downwards instead of a dot.
// Mouse or the arrows left and right, Home and End name a point. It draws two lines at
// most, of a blood pressure; the second one with hollow points.
type Trend struct {
	widget.BaseWidget
	data    TrendData
	at      int // the named point
	focused bool
	// OnKey sees keys that move nothing here; true means used.
	OnKey func(*fyne.KeyEvent) bool
}

// NewTrend makes an empty chart.
func NewTrend() *Trend {
	t := &Trend{}
	t.ExtendBaseWidget(t)
	return t
}

// Set draws other numbers; the last point is named.
func (t *Trend) Set(d TrendData) {
	d.Points = slices.Clone(d.Points)
	d.Points = slices.DeleteFunc(d.Points, func(p TrendPoint) bool {
		return !slices.ContainsFunc(p.Values, func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) })
	})
	slices.SortStableFunc(d.Points, func(a, b TrendPoint) int { return a.At.Compare(b.At) })
	t.data, t.at = d, len(d.Points)-1
	t.Refresh()
}

// Count is how many points are drawn.
func (t *Trend) Count() int { return len(t.data.Points) }

// Named is what is told of the named point.
func (t *Trend) Named() string {
	if t.at < 0 || t.at >= len(t.data.Points) {
		return ""
	}
	return t.data.Points[t.at].Note
}

// Name takes a point by its place in time.
func (t *Trend) Name(i int) {
	i = min(max(i, 0), len(t.data.Points)-1)
	if i != t.at {
		t.at = i
		t.Refresh()
	}
}

// FocusGained implements fyne.Focusable.
func (t *Trend) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost implements fyne.Focusable.
func (t *Trend) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune implements fyne.Focusable.
func (t *Trend) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (t *Trend) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft:
		t.Name(t.at - 1)
	case fyne.KeyRight:
		t.Name(t.at + 1)
	case fyne.KeyHome:
		t.Name(0)
	case fyne.KeyEnd:
		t.Name(len(t.data.Points) - 1)
	default:
		if t.OnKey == nil || !t.OnKey(ev) {
			Forward(t, ev)
		}
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (t *Trend) TypedShortcut(s fyne.Shortcut) { ForwardShortcut(t, s) }

// Tapped implements fyne.Tappable.
func (t *Trend) Tapped(ev *fyne.PointEvent) {
	Touch(t)
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
	t.near(ev.Position.X)
}

// MouseIn implements desktop.Hoverable.
func (t *Trend) MouseIn(ev *desktop.MouseEvent) { t.near(ev.Position.X) }

// MouseMoved implements desktop.Hoverable.
func (t *Trend) MouseMoved(ev *desktop.MouseEvent) { t.near(ev.Position.X) }

// MouseOut implements desktop.Hoverable.
func (t *Trend) MouseOut() {}

// near names the point nearest to a place.
func (t *Trend) near(x float32) {
	best, far := -1, float32(math.MaxFloat32)
	f := t.frame(t.Size())
	for i := range t.data.Points {
		if d := float32(math.Abs(float64(f.x(t.data.Points[i].At) - x))); d < far {
			best, far = i, d
		}
	}
	if best >= 0 {
		t.Name(best)
	}
}
