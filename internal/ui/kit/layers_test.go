package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// Issue 3, part 2: once the user has left, a work that ends late shows no panel on the
// hidden screen, and takes none away from whoever sits there now.
func TestRetiredLayersShowNothing(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, widget.NewLabel("окно"))
	c := w.Canvas()
	former, closed := NewLayers(c), 0
	former.Show(Panel{Title: "первая", Content: widget.NewLabel("первая"), Closed: func() { closed++ }})
	if c.Overlays().Top() == nil || !former.Open() {
		t.Fatal("nothing was shown")
	}
	former.Retire()
	if c.Overlays().Top() != nil || former.Open() || closed != 1 {
		t.Fatal("a panel outlived its user")
	}
	late := former.Show(Panel{Title: "поздняя", Content: widget.NewLabel("поздняя"), Closed: func() { closed++ }})
	former.Ask("вопрос", "печатать?", "да", "нет", Primary, func() {})
	if c.Overlays().Top() != nil || former.Open() || former.Key(Plain(fyne.KeyReturn)) {
		t.Fatal("a late panel came over the hidden screen")
	}
	present := NewLayers(c)
	present.Show(Panel{Title: "новая", Content: widget.NewLabel("новая")})
	late.Close()
	former.CloseAll()
	former.Retire()
	if !present.Open() || c.Overlays().Top() == nil || closed != 1 {
		t.Error("the former user's page closed the present one's panel")
	}
}
