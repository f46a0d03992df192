package kit_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
)

func clock(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

func slots(from, until, step int) []kit.Stretch {
	var out []kit.Stretch
	for m := from; m+step <= until; m += step {
		out = append(out, kit.Stretch{From: m, Until: m + step})
	}
	return out
}

func block(column, from, minutes int, text string) kit.GridBlock {
	return kit.GridBlock{
		Column: column, Stretch: kit.Stretch{From: from, Until: from + minutes}, Text: text, Below: "повторный приём",
		Icon: "clock", Ink: theme.ColorNamePrimary, Ground: kit.ColorAccentSoft,
	}
}

// someDay is a day of three: one works in two stretches, one is away, one has a clash.
func someDay() kit.GridData {
	d := kit.GridData{
		Span: kit.Stretch{From: 8 * 60, Until: 18 * 60}, Now: 10*60 + 50, NowIn: -1,
		Columns: []kit.GridColumn{
			{Title: "Озёрная В. П.", Below: "терапевт · каб. 4", Note: "12", Tone: kit.Good, Mark: true, Open: []kit.Stretch{{From: 540, Until: 780}, {From: 840, Until: 1020}}, Slots: append(slots(540, 780, 20), slots(840, 1020, 20)...)},
			{Title: "Әбдіғали Е. Қ.", Below: "кардиолог", Away: []kit.GridAway{{Stretch: kit.Stretch{From: 0, Until: 1440}, Word: "отпуск до 30.11"}}},
			{Title: "Ковылина Д. И.", Below: "УЗИ", Note: "0", Open: []kit.Stretch{{From: 480, Until: 900}}, Slots: slots(480, 900, 30)},
		},
		Blocks: []kit.GridBlock{
			block(0, 540, 20, "Берёзкин А. П."), block(0, 560, 40, "Сосновская Е. В."),
			block(2, 600, 30, "Липатова О. Р."), block(2, 615, 30, "Тополев И. И."), block(2, 660, 30, "Ивушкина М. А."),
		},
	}
	late := block(0, 600, 20, "Рябинина Т. С.")
	late.Icon, late.Ink, late.Ground = "arrived", theme.ColorNameWarning, kit.ColorWarnSoft
	over := block(2, 480, 30, "Кленова Ж. Д.")
	over.Icon, over.Ink, over.Ground, over.Muted = "check", kit.ColorMuted, kit.ColorSurface, true
	urgent := block(0, 615, 20, "")
	urgent.Icon, urgent.Ink, urgent.Ground, urgent.Aside = "urgent", theme.ColorNameError, kit.ColorDangerSoft, true
	d.Blocks = append(d.Blocks, late, over, urgent)
	d.Blocks[2].Alarm, d.Blocks[3].Alarm = true, true
	return d
}

func showGrid(t testing.TB, look kit.Look, d kit.GridData) (*kit.Grid, fyne.Window) {
	kittest.App(t, look)
	g := kit.NewGrid(clock)
	g.Set(d)
	w := kittest.Window(t, fyne.NewSize(760, 560), func(fyne.Window) fyne.CanvasObject {
		return kit.Ground(theme.ColorNameBackground, container.NewStack(g))
	})
	w.Canvas().Focus(g.Focusable())
	return g, w
}

func press(w fyne.Window, names ...fyne.KeyName) {
	for _, n := range names {
		w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func TestGridPictures(t *testing.T) {
	for name, look := range map[string]kit.Look{"light": {}, "dark": {Dark: true}, "large": {Scale: 1.5}} {
		t.Run(name, func(t *testing.T) {
			g, w := showGrid(t, look, someDay())
			g.Choose(0, 700)
			kittest.Same(t, w, "grid-"+name)
		})
	}
	t.Run("held", func(t *testing.T) {
		g, w := showGrid(t, kit.Look{}, someDay())
		g.OnDrop = func(kit.GridBlock, int, kit.GridPlace) {}
		g.ChooseBlock(1)
		press(w, fyne.KeyF6, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown)
		kittest.Same(t, w, "grid-held")
	})
}

func TestGridKeys(t *testing.T) {
	g, w := showGrid(t, kit.Look{}, someDay())
	var places []kit.GridPlace
	var blocks []int
	g.OnPlace = func(p kit.GridPlace) { places = append(places, p) }
	g.OnBlock = func(i int) { blocks = append(blocks, i) }
	at := func(column, minute, block int) {
		t.Helper()
		p, b := g.At()
		if p.Column != column || p.From != minute || b != block {
			t.Fatalf("the cursor is at column %d, %s, block %d; want %d, %s, %d", p.Column, clock(p.From), b, column, clock(minute), block)
		}
	}
	press(w, fyne.KeyHome)
	at(0, 540, 0)
	press(w, fyne.KeyDown)
	at(0, 560, 1)
	press(w, fyne.KeyDown, fyne.KeyDown) // the long block is one step
	at(0, 620, -1)
	press(w, fyne.KeyReturn)
	if len(places) != 1 || places[0] != (kit.GridPlace{Column: 0, Stretch: kit.Stretch{From: 620, Until: 640}}) {
		t.Fatalf("Enter on a free place opened %v", places)
	}
	press(w, fyne.KeyRight, fyne.KeyRight)
	at(2, 600, 2)
	press(w, fyne.KeyDown)
	at(2, 615, 3)
	press(w, fyne.KeyUp)
	at(2, 600, 2)
	press(w, fyne.KeyRight) // to the one beside
	at(2, 600, 3)
	press(w, fyne.KeyReturn)
	if !slices.Equal(blocks, []int{3}) {
		t.Fatalf("Enter opened blocks %v", blocks)
	}
	press(w, fyne.KeyEnd)
	at(2, 870, -1)
	press(w, fyne.KeyPageUp, fyne.KeyHome)
	at(2, 480, 6)
	if !g.NextFree() {
		t.Fatal("no free place was found")
	}
	at(2, 510, -1)
}

func TestGridMovesByKeys(t *testing.T) {
	g, w := showGrid(t, kit.Look{}, someDay())
	type drop struct {
		text string
		to   kit.GridPlace
	}
	var drops []drop
	g.OnDrop = func(b kit.GridBlock, i int, to kit.GridPlace) { drops = append(drops, drop{b.Text, to}) }
	g.ChooseBlock(1)
	press(w, fyne.KeyF6)
	if b, ok := g.Holding(); !ok || b.Text != "Сосновская Е. В." {
		t.Fatal("F6 took nothing")
	}
	press(w, fyne.KeyDown, fyne.KeyEscape)
	if _, ok := g.Holding(); ok || len(drops) > 0 {
		t.Fatal("Esc did not leave the block where it was")
	}
	g.ChooseBlock(1)
	press(w, fyne.KeyF6, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	want := drop{"Сосновская Е. В.", kit.GridPlace{Column: 0, Stretch: kit.Stretch{From: 640, Until: 680}}}
	if len(drops) != 1 || drops[0] != want {
		t.Fatalf("dropped %v, want %v", drops, want)
	}
	// A block keeps being held while another day is shown.
	g.ChooseBlock(0)
	press(w, fyne.KeyF6)
	other := someDay()
	other.Blocks = nil
	g.Set(other)
	press(w, fyne.KeyReturn)
	if len(drops) != 2 || drops[1].text != "Берёзкин А. П." {
		t.Fatalf("the block was lost with its day: %v", drops)
	}
}

func TestGridMouse(t *testing.T) {
	g, w := showGrid(t, kit.Look{}, someDay())
	var to []kit.GridPlace
	g.OnDrop = func(_ kit.GridBlock, _ int, p kit.GridPlace) { to = append(to, p) }
	opened := 0
	g.OnPlace = func(kit.GridPlace) { opened++ }
	g.ChooseBlock(0)
	body := g.Focusable().(interface {
		desktop.Mouseable
		fyne.Draggable
		fyne.DoubleTappable
	})
	x := float32(60)
	y := func(minute int) float32 { return float32(minute-480) * 1.25 * 1.04 } // near enough: places snap
	_ = w
	body.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y(545))}})
	if _, b := g.At(); b != 0 {
		t.Fatalf("a click chose block %d", b)
	}
	body.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y(560))}, Dragged: fyne.Delta{DY: y(560) - y(545)}})
	body.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y(725))}, Dragged: fyne.Delta{DY: 1}})
	body.DragEnd()
	if len(to) != 1 || to[0].Column != 0 || to[0].From < 700 || to[0].From > 740 {
		t.Fatalf("dragged to %v", to)
	}
	body.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y(905))}})
	body.DoubleTapped(nil)
	if opened != 1 {
		t.Fatal("a double click opened nothing")
	}
	if _, held := g.Holding(); held {
		t.Fatal("the mouse still holds a block")
	}
}

func TestGridForwards(t *testing.T) {
	_, w := showGrid(t, kit.Look{}, someDay())
	var got []kit.Key
	kit.Listen(w.Canvas(), func(k kit.Key) { got = append(got, k) })
	press(w, fyne.KeyF7, fyne.KeyEscape, fyne.Key2)
	want := []kit.Key{kit.Plain(fyne.KeyF7), kit.Plain(fyne.KeyEscape), kit.Plain(fyne.Key2)}
	if !slices.Equal(got, want) {
		t.Fatalf("forwarded %v, want %v", got, want)
	}
}

// busyWeek is forty doctors with a full day: 1 200 bookings.
func busyWeek() kit.GridData {
	d := kit.GridData{Span: kit.Stretch{From: 480, Until: 1200}, Now: -1, NowIn: -1}
	for c := range 40 {
		d.Columns = append(d.Columns, kit.GridColumn{Title: fmt.Sprint("Врач ", c), Below: "терапевт", Open: []kit.Stretch{{From: 480, Until: 1080}}, Slots: slots(480, 1080, 20)})
		for i := range 30 {
			d.Blocks = append(d.Blocks, block(c, 480+i*20, 20, fmt.Sprintf("Пациент %d-%d", c, i)))
		}
	}
	return d
}

// TestGridIsQuick holds the longest callbacks of a very full schedule under a frame.
// Typical figures are a twentieth of it; the limit must hold on a busy machine too.
func TestGridIsQuick(t *testing.T) {
	days := []kit.GridData{busyWeek(), busyWeek()}
	for i := range days[0].Blocks {
		b := &days[0].Blocks[i]
		b.Text, b.Icon, b.Ink, b.Ground = "Другой "+b.Text, "arrived", theme.ColorNameWarning, kit.ColorWarnSoft
	}
	var key, set time.Duration
	for range 4 { // another program may have had the processor
		g, w := showGrid(t, kit.Look{}, busyWeek())
		keys := timed(200, func(i int) {
			press(w, []fyne.KeyName{fyne.KeyDown, fyne.KeyRight, fyne.KeyPageDown, fyne.KeyHome}[i%4])
		})
		sets := timed(20, func(i int) { g.Set(days[i%2]) })
		if key, set = keys[197], sets[10]; key < 16*time.Millisecond && set < 16*time.Millisecond {
			t.Logf("1 200 bookings: a key takes %v in the middle, %v at p99; other data %v in the middle", keys[100], key, set)
			return
		}
	}
	t.Errorf("a key takes %v at p99, other data %v in the middle", key, set)
}

// timed does something so many times and gives how long each took, in order.
func timed(n int, fn func(int)) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		at := time.Now()
		fn(i)
		all[i] = time.Since(at)
	}
	slices.Sort(all)
	return all
}

func BenchmarkGridKey(b *testing.B) {
	_, w := showGrid(b, kit.Look{}, busyWeek())
	for i := 0; b.Loop(); i++ {
		press(w, []fyne.KeyName{fyne.KeyDown, fyne.KeyRight, fyne.KeyPageDown, fyne.KeyHome}[i%4])
	}
}

func BenchmarkGridSet(b *testing.B) {
	g, _ := showGrid(b, kit.Look{}, busyWeek())
	data := busyWeek()
	for b.Loop() {
		g.Set(data)
	}
}
