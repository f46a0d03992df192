package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Touch tells the window of a widget that somebody is there: the widgets of the kit
// do at every key and every touch of the mouse, so that the frame knows when nobody
// was for a while.
func Touch(o fyne.CanvasObject) {
	c, ok := fyne.CurrentApp().Driver().CanvasForObject(o).(desktop.Canvas)
	if !ok {
		return
	}
	if f := c.OnKeyDown(); f != nil {
		f(&fyne.KeyEvent{})
	}
}

// OnTouch calls fn whenever somebody uses the window.
func OnTouch(c fyne.Canvas, fn func()) {
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(func(*fyne.KeyEvent) { fn() })
	}
}

// KeyDown implements desktop.Keyable.
func (e *Entry) KeyDown(ev *fyne.KeyEvent) {
	e.Entry.KeyDown(ev)
	Touch(e)
}

// Tapped implements fyne.Tappable.
func (e *Entry) Tapped(ev *fyne.PointEvent) {
	e.Entry.Tapped(ev)
	Touch(e)
}
