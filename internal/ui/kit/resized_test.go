package kit

import (
	"runtime"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// huge is a theme with bigger letters.
type huge struct{ fyne.Theme }

func (h huge) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeNameText {
		return 30
	}
	return h.Theme.Size(name)
}

// TestResized: the letters are bigger, and painting one such field after the other
// loads no fonts anew. Fyne's own override would take some megabytes for each.
func TestResized(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(NewTheme(Look{}))
	before := overrideCount.Load()
	container.NewThemeOverride(widget.NewLabel("а"), a.Settings().Theme())
	if overrideCount.Load() != before+1 {
		t.Fatal("Fyne counts its overrides otherwise than Resized believes")
	}
	w := test.NewTempWindow(t, nil)
	w.Resize(fyne.NewSize(300, 200))
	paint := func() {
		plain, big := NewNote(1), NewNote(1)
		plain.SetText("жалоб нет")
		big.SetText("жалоб нет")
		w.SetContent(container.NewVBox(plain, Resized(big, huge{a.Settings().Theme()})))
		w.Canvas().Capture()
		if big.MinSize().Height < plain.MinSize().Height*1.5 {
			t.Fatalf("a field of %v beside a plain one of %v", big.MinSize(), plain.MinSize())
		}
	}
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	paint()
	paint()
	first := held()
	for range 8 {
		paint()
	}
	if last := held(); last > first+8<<20 {
		t.Errorf("eight fields hold %d MB", (last-first)>>20)
	}
}
