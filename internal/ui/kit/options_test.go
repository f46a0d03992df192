package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
)

// TestOptions: arrows and Space, digits and the mouse take answers and give them
// back; in a narrow place the answers stand in several lines.
func TestOptions(t *testing.T) {
	kittest.App(t, kit.Look{})
	names := []string{"удовлетворительное", "средней тяжести", "тяжёлое"}
	taken := map[int]bool{}
	o := kit.NewOptions(names, true, func(i int) bool { return taken[i] }, func(i int) { taken[i] = !taken[i] })
	var other fyne.KeyName
	w := kittest.Window(t, fyne.NewSize(600, 200), func(fyne.Window) fyne.CanvasObject { return kit.Col(0, o) })
	kit.Listen(w.Canvas(), func(k kit.Key) { other = k.Name })
	w.Canvas().Focus(o)
	key := func(name fyne.KeyName) { o.TypedKey(&fyne.KeyEvent{Name: name}) }

	key(fyne.KeyRight)
	key(fyne.KeySpace)
	o.TypedRune('3')
	o.TypedRune('9')
	o.TypedRune('ж')
	if taken[0] || !taken[1] || !taken[2] {
		t.Errorf("taken are %v", taken)
	}
	o.TypedRune('2')
	if taken[1] {
		t.Error("a digit does not give an answer back")
	}
	o.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 12)})
	if !taken[0] {
		t.Error("the mouse takes nothing")
	}
	key(fyne.KeyEscape)
	if other != fyne.KeyEscape {
		t.Error("Esc is not handed on")
	}
	high := o.MinSize().Height
	o.Resize(fyne.NewSize(220, high))
	if got := o.MinSize(); got.Height < 2*high || got.Width > 220 {
		t.Errorf("in a narrow place it needs %v, in a wide one %v high", got, high)
	}
}
