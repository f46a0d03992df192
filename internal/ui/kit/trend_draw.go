package kit

import (
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// trendFrame says where a moment and a number stand in the chart.
type trendFrame struct {
	left, top, right, bottom float32
	from, until              time.Time
	low, high, step          float64
}

func (f *trendFrame) x(at time.Time) float32 {
	span := f.until.Sub(f.from)
	if span <= 0 {
		return (f.left + f.right) / 2
	}
	return f.left + (f.right-f.left)*float32(float64(at.Sub(f.from))/float64(span))
}

func (f *trendFrame) y(v float64) float32 {
	share := (v - f.low) / (f.high - f.low)
	return f.bottom - (f.bottom-f.top)*float32(min(max(share, 0), 1))
}

// frame fits the numbers and their band into a size, with round numbers at the axis.
func (t *Trend) frame(size fyne.Size) trendFrame {
	low, high := math.Inf(1), math.Inf(-1)
	see := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	for _, p := range t.data.Points {
		for _, v := range p.Values {
			see(v)
		}
	}
	for _, b := range t.data.Bands {
		see(b.Low)
		see(b.High)
	}
	if low > high {
		low, high = 0, 1
	}
	step := roundStep((high - low) / 4)
	f := trendFrame{
		left: Px(46), top: Px(30), right: max(size.Width-Px(14), Px(60)), bottom: max(size.Height-Px(30), Px(50)),
		low: math.Floor(low/step) * step, high: math.Ceil(high/step) * step, step: step,
	}
	if f.high <= f.low {
		f.high, f.low = f.high+step, f.low-step
	}
	if n := len(t.data.Points); n > 0 {
		f.from, f.until = t.data.Points[0].At, t.data.Points[n-1].At
		pad := (f.right - f.left) * 0.02
		f.left, f.right = f.left+pad, f.right-pad
	}
	return f
}

// roundStep is the least of 1, 2, 5, 10, … and their tenths that is not below a distance.
func roundStep(d float64) float64 {
	if d <= 0 || math.IsNaN(d) || math.IsInf(d, 0) {
		return 1
	}
	ten := math.Pow(10, math.Floor(math.Log10(d)))
	for _, m := range []float64{1, 2, 5, 10} {
		if ten*m >= d*0.999 {
			return ten * m
		}
	}
	return ten * 10
}

// CreateRenderer implements fyne.Widget.
func (t *Trend) CreateRenderer() fyne.WidgetRenderer {
	r := &trendRenderer{t: t, empty: MutedPara("")}
	r.empty.Alignment = fyne.TextAlignCenter
	return r
}

// trendRenderer draws the chart anew when the size or the numbers change, and moves only
// the ring when another point is named.
type trendRenderer struct {
	t       *Trend
	empty   *widget.Label
	objects []fyne.CanvasObject
}

func (r *trendRenderer) MinSize() fyne.Size { return fyne.NewSize(Px(260), Px(150)) }

func (r *trendRenderer) Layout(size fyne.Size) { r.draw(size) }

func (r *trendRenderer) Refresh() {
	r.draw(r.t.Size())
	canvas.Refresh(r.t)
}

func (r *trendRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *trendRenderer) Destroy()                     {}

func (r *trendRenderer) draw(size fyne.Size) {
	r.objects = r.objects[:0]
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius, ring.StrokeWidth, ring.StrokeColor = theme.InputRadiusSize(), 1, theme.Color(ColorLine)
	if r.t.focused {
		ring.StrokeWidth, ring.StrokeColor = 2, theme.Color(theme.ColorNamePrimary)
	}
	r.add(ring, fyne.NewPos(0, 0), size)
	if len(r.t.data.Points) == 0 {
		r.empty.SetText(r.t.data.Empty)
		r.add(r.empty, fyne.NewPos(Px(16), size.Height/2-Px(24)), fyne.NewSize(max(size.Width-Px(32), 0), Px(48)))
		return
	}
	f := r.t.frame(size)
	r.bands(&f)
	r.axes(&f)
	r.named(&f, size)
	r.lines(&f)
}

func (r *trendRenderer) add(o fyne.CanvasObject, at fyne.Position, size fyne.Size) {
	o.Move(at)
	o.Resize(size)
	r.objects = append(r.objects, o)
}

func (r *trendRenderer) bands(f *trendFrame) {
	for _, b := range r.t.data.Bands {
		low, high := b.Low, b.High
		if math.IsNaN(low) && math.IsNaN(high) {
			continue
		}
		if math.IsNaN(low) {
			low = f.low
		}
		if math.IsNaN(high) {
			high = f.high
		}
		top, bottom := f.y(high), f.y(low)
		r.add(canvas.NewRectangle(theme.Color(ColorOKSoft)), fyne.NewPos(f.left, top), fyne.NewSize(f.right-f.left, max(bottom-top, 1)))
	}
}

// axes draws the lines of round numbers and the days under them, as many as fit.
func (r *trendRenderer) axes(f *trendFrame) {
	for n := range 12 { // no number of a sign needs more
		v := f.low + float64(n)*f.step
		if v > f.high+f.step/2 {
			break
		}
		y := f.y(v)
		r.line(fyne.NewPos(f.left, y), fyne.NewPos(f.right, y), theme.Color(ColorLine), 1)
		word := r.word(r.t.data.Number(math.Round(v*1000)/1000), ColorMuted)
		m := word.MinSize()
		r.add(word, fyne.NewPos(max(Px(40)-m.Width, 2), y-m.Height/2), m)
	}
	free := float32(math.Inf(-1))
	points := r.t.data.Points
	last := r.word(r.t.data.Day(points[len(points)-1].At), ColorMuted)
	size := last.MinSize()
	end := min(max(f.x(points[len(points)-1].At)-size.Width/2, 2), f.right-size.Width+Px(8))
	day := ""
	for i := range points {
		text := r.t.data.Day(points[i].At)
		if text == day || text == last.Text {
			continue
		}
		word := r.word(text, ColorMuted)
		m := word.MinSize()
		x := max(f.x(points[i].At)-m.Width/2, 2)
		if x < free || x+m.Width+Px(12) > end {
			continue
		}
		day, free = text, x+m.Width+Px(14)
		r.add(word, fyne.NewPos(x, f.bottom+Px(9)), m)
	}
	r.add(last, fyne.NewPos(end, f.bottom+Px(9)), size)
}

func (r *trendRenderer) word(s string, name fyne.ThemeColorName) *canvas.Text {
	t := canvas.NewText(s, theme.Color(name))
	t.TextSize = Px(TextSmall - 1)
	return t
}

func (r *trendRenderer) line(a, b fyne.Position, c color.Color, width float32) {
	l := canvas.NewLine(c)
	l.StrokeWidth, l.Position1, l.Position2 = width, a, b
	r.objects = append(r.objects, l)
}

// lines joins the numbers and marks each.
func (r *trendRenderer) lines(f *trendFrame) {
	points := r.t.data.Points
	for s := range 2 {
		var before *fyne.Position
		for i := range points {
			v, ok := valueAt(&points[i], s)
			if !ok {
				continue
			}
			at := fyne.NewPos(f.x(points[i].At), f.y(v))
			if before != nil {
				r.line(*before, at, theme.Color(theme.ColorNamePrimary), 1.5)
			}
			before = &at
		}
	}
	for s := range 2 {
		for i := range points {
			if v, ok := valueAt(&points[i], s); ok {
				r.mark(fyne.NewPos(f.x(points[i].At), f.y(v)), outAt(&points[i], s), s > 0, i == r.t.at)
			}
		}
	}
}

func valueAt(p *TrendPoint, s int) (float64, bool) {
	if s >= len(p.Values) || math.IsNaN(p.Values[s]) || math.IsInf(p.Values[s], 0) {
		return 0, false
	}
	return p.Values[s], true
}

func outAt(p *TrendPoint, s int) int8 {
	if s >= len(p.Out) {
		return 0
	}
	return p.Out[s]
}

// mark is a dot, or a triangle where the number is out of range.
func (r *trendRenderer) mark(at fyne.Position, out int8, hollow, named bool) {
	name, side := theme.ColorNamePrimary, Px(9)
	if out != 0 {
		name, side = theme.ColorNameError, Px(13)
	}
	fill := theme.Color(name)
	if hollow {
		fill = theme.Color(theme.ColorNameBackground)
	}
	if named {
		ring := canvas.NewCircle(color.Transparent)
		ring.StrokeColor, ring.StrokeWidth = theme.Color(theme.ColorNameForeground), 1
		r.add(ring, at.SubtractXY(Px(9), Px(9)), fyne.NewSquareSize(Px(18)))
	}
	var shape fyne.CanvasObject
	if out == 0 {
		c := canvas.NewCircle(fill)
		c.StrokeColor, c.StrokeWidth = theme.Color(name), 1.5
		shape = c
	} else {
		p := canvas.NewRegularPolygon(3, fill)
		p.StrokeColor, p.StrokeWidth = theme.Color(name), 1.5
		if out < 0 {
			p.Angle = 180
		}
		shape = p
	}
	r.add(shape, at.SubtractXY(side/2, side/2), fyne.NewSquareSize(side))
}

// named tells of the named point above the chart, with a line down to its day.
func (r *trendRenderer) named(f *trendFrame, size fyne.Size) {
	if r.t.at < 0 || r.t.at >= len(r.t.data.Points) {
		return
	}
	p := &r.t.data.Points[r.t.at]
	x := f.x(p.At)
	r.line(fyne.NewPos(x, f.top-Px(4)), fyne.NewPos(x, f.bottom), theme.Color(theme.ColorNameInputBorder), 1)
	note := canvas.NewText(p.Note, theme.Color(theme.ColorNameForeground))
	note.TextSize, note.TextStyle.Bold = Px(TextSmall), true
	room := size.Width - Px(16)
	if note.MinSize().Width > room {
		note.Text = Ellipsis(p.Note, room, note.TextSize, note.TextStyle)
	}
	m := note.MinSize()
	r.add(note, fyne.NewPos(min(max(x-m.Width/2, Px(8)), max(size.Width-m.Width-Px(8), Px(8))), Px(5)), m)
}
