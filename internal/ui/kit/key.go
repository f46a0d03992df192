package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Key is a key with its modifiers, as pages understand it.
type Key struct {
	Name fyne.KeyName
	Mod  fyne.KeyModifier
}

// Ctrl is a key with the system's shortcut modifier.
func Ctrl(name fyne.KeyName) Key { return Key{name, fyne.KeyModifierShortcutDefault} }

// CtrlShift is a key with the shortcut modifier and Shift.
func CtrlShift(name fyne.KeyName) Key {
	return Key{name, fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
}

// Plain is a key alone.
func Plain(name fyne.KeyName) Key { return Key{Name: name} }

// Forward hands a key that a widget does not use to the window of the widget:
// from there it goes to the top layer, the page and the frame.
func Forward(o fyne.CanvasObject, ev *fyne.KeyEvent) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	if f := c.OnTypedKey(); f != nil {
		f(ev)
	}
}

// canvasOf is the canvas of a widget that has just got a key. The driver knows it only
// once the widget has been drawn: a key that comes before, from quick fingers or on a
// slow computer, is not lost while there is only one window.
func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	d := fyne.CurrentApp().Driver()
	if c := d.CanvasForObject(o); c != nil {
		return c
	}
	if all := d.AllWindows(); len(all) == 1 {
		return all[0].Canvas()
	}
	return nil
}

// ForwardShortcut does the same for a key with a modifier.
func ForwardShortcut(o fyne.CanvasObject, s fyne.Shortcut) {
	c := canvasOf(o)
	if h, ok := c.(fyne.Shortcutable); ok && c != nil {
		h.TypedShortcut(s)
	}
}

// ourKeys are the keys that the frame listens to with modifiers. Letters are those
// of the keyboard's places and work in the Cyrillic layout too.
var ourKeys = func() []fyne.KeyName {
	keys := []fyne.KeyName{
		fyne.KeyReturn, fyne.KeyEnter, fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight, fyne.KeyDelete,
		fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyTab, fyne.KeyComma, fyne.KeyEqual, fyne.KeyMinus, fyne.KeySlash,
	}
	for k := 'A'; k <= 'Z'; k++ {
		keys = append(keys, fyne.KeyName(k))
	}
	for k := '0'; k <= '9'; k++ {
		keys = append(keys, fyne.KeyName(k))
	}
	return append(keys,
		fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12,
	)
}()

// Listen gives every key that no widget uses to fn.
func Listen(c fyne.Canvas, fn func(Key)) {
	c.SetOnTypedKey(func(ev *fyne.KeyEvent) { fn(Key{Name: ev.Name}) })
	// Fyne has shortcuts of its own for these; they never come as keys.
	c.AddShortcut(&fyne.ShortcutUndo{}, func(fyne.Shortcut) { fn(Ctrl(fyne.KeyZ)) })
	c.AddShortcut(&fyne.ShortcutRedo{}, func(fyne.Shortcut) { fn(Ctrl(fyne.KeyY)) })
	for _, mod := range []fyne.KeyModifier{
		fyne.KeyModifierShortcutDefault, fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift, fyne.KeyModifierAlt,
	} {
		for _, name := range ourKeys {
			k := Key{name, mod}
			c.AddShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: mod}, func(fyne.Shortcut) { fn(k) })
		}
	}
}
