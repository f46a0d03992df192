package kit_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
)

func pressures(n int) kit.TrendData {
	d := kit.TrendData{
		Bands:  []kit.TrendBand{{Low: 90, High: 139}, {Low: 60, High: 89}},
		Day:    func(t time.Time) string { return t.Format("02.01.2006") },
		Number: func(v float64) string { return fmt.Sprintf("%g", v) },
		Empty:  "Ещё не измеряли",
	}
	for i := range n {
		sys, dia := 125+30*math.Sin(float64(i)), 75+20*math.Sin(float64(i)+0.4)
		p := kit.TrendPoint{At: time.Date(2026, 1, 10+i*i*9, 0, 0, 0, 0, time.UTC), Values: []float64{math.Round(sys), math.Round(dia)}, Out: []int8{0, 0}}
		if i%5 == 4 {
			p.Values[1] = math.NaN()
		}
		for s, b := range d.Bands {
			if p.Values[s] > b.High {
				p.Out[s] = 1
			} else if p.Values[s] < b.Low {
				p.Out[s] = -1
			}
		}
		p.Note = fmt.Sprintf("%g/%g мм рт. ст. · %s", p.Values[0], p.Values[1], d.Day(p.At))
		d.Points = append(d.Points, p)
	}
	return d
}

func chart(t testing.TB, look kit.Look, d kit.TrendData) (*kit.Trend, fyne.Window) {
	kittest.App(t, look)
	trend := kit.NewTrend()
	w := kittest.Window(t, fyne.NewSize(520, 240), func(fyne.Window) fyne.CanvasObject { return trend })
	trend.Set(d)
	return trend, w
}

func TestTrendPicture(t *testing.T) {
	for name, look := range map[string]kit.Look{"trend-light": {}, "trend-dark": {Dark: true}} {
		trend, w := chart(t, look, pressures(8))
		trend.Name(3)
		kittest.Same(t, w, name)
	}
	_, w := chart(t, kit.Look{}, pressures(0))
	kittest.Same(t, w, "trend-empty")
	_, w = chart(t, kit.Look{}, pressures(1))
	kittest.Same(t, w, "trend-one")
}

// TestTrendKeys: a point is named by keys and by the mouse; other keys go on.
func TestTrendKeys(t *testing.T) {
	d := pressures(8)
	trend, w := chart(t, kit.Look{}, d)
	var passed []fyne.KeyName
	kit.Listen(w.Canvas(), func(k kit.Key) { passed = append(passed, k.Name) })
	w.Canvas().Focus(trend)
	if trend.Named() != d.Points[7].Note {
		t.Errorf("%q", trend.Named())
	}
	for key, want := range map[fyne.KeyName]int{fyne.KeyHome: 0, fyne.KeyEnd: 7} {
		trend.TypedKey(&fyne.KeyEvent{Name: key})
		if trend.Named() != d.Points[want].Note {
			t.Errorf("%s: %q", key, trend.Named())
		}
	}
	trend.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	trend.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	trend.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if trend.Named() != d.Points[1].Note {
		t.Errorf("%q", trend.Named())
	}
	trend.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(510, 100)}})
	if trend.Named() != d.Points[7].Note {
		t.Errorf("the mouse names %q", trend.Named())
	}
	trend.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(passed) != 1 || passed[0] != fyne.KeyEscape {
		t.Errorf("%v", passed)
	}
}

// TestTrendOddNumbers: nothing that can come out of a record makes the chart fall over.
func TestTrendOddNumbers(t *testing.T) {
	for _, values := range [][]float64{{}, {math.NaN()}, {math.Inf(1)}, {0}, {1e300, -1e300}, {math.SmallestNonzeroFloat64}, {5, 5, 5}, {1e16, 1e16 + 2}} {
		d := pressures(0)
		for i := range 3 {
			d.Points = append(d.Points, kit.TrendPoint{At: time.Unix(int64(i%2), 0), Values: values})
		}
		trend, w := chart(t, kit.Look{}, d)
		w.Canvas().Capture()
		trend.Name(99)
		trend.Name(-99)
		w.Resize(fyne.NewSize(10, 10))
		w.Canvas().Capture()
	}
}

// BenchmarkTrend draws two hundred blood pressures, at each movement of the mouse.
func BenchmarkTrend(b *testing.B) {
	trend, w := chart(b, kit.Look{}, pressures(200))
	w.Canvas().Capture()
	i := 0
	for b.Loop() {
		i++
		trend.Name(i % 200)
	}
}
