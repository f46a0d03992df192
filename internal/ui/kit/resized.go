package kit

import (
	"sync/atomic"
	_ "unsafe" // for go:linkname

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// overrideCount is Fyne's number of the last theme override. Fyne keeps the fonts of
// each number for as long as the program runs, and reads and parses them anew for each:
// some megabytes, and as many frames before the next picture, for every such field on
// every page that was ever opened. Overrides here differ in sizes only, never in fonts
// or pictures, so all may have one number and share what Fyne keeps.
//
//go:linkname overrideCount fyne.io/fyne/v2/internal/cache.overrideCount
var overrideCount atomic.Uint32

// sharedOverride is a number that Fyne's own counting does not reach.
const sharedOverride = 1 << 31

// Resized gives an object a theme that differs from the program's in sizes only: the
// bigger letters of a note.
func Resized(o fyne.CanvasObject, sizes fyne.Theme) fyne.CanvasObject {
	r := &resized{object: o, sizes: sizes}
	r.ExtendBaseWidget(r)
	return r
}

type resized struct {
	widget.BaseWidget
	object fyne.CanvasObject
	sizes  fyne.Theme
}

// CreateRenderer implements fyne.Widget. Fyne's own widget for this is made for what it
// does to the object only: in the window it would take a new number at every refresh.
// Fyne never forgets the themes of lines and texts inside the object, and those hold
// that widget, which holds the object and with it the whole page; so it lets go of it.
func (r *resized) CreateRenderer() fyne.WidgetRenderer {
	overrideCount.Store(sharedOverride - 1)
	over := container.NewThemeOverride(r.object, r.sizes)
	over.Content = container.NewWithoutLayout()
	over.Refresh()
	return widget.NewSimpleRenderer(r.object)
}
