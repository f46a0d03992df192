// Package entry is what people see before they work: the first start, the login,
// the hidden and the locked screen. It shows nothing of any patient. What is typed
// in the first start stays when language or look change; passwords never do.
package entry

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// Deps is what the pages get from the program.
type Deps struct {
	Gate   *model.Gate
	Window fyne.Window
	Layers *kit.Layers
	// Changed is called when the gate's state has changed: somebody has entered, or
	// another page of the way in is to be shown.
	Changed func()
	// Speak changes the language of the screens, for this computer.
	Speak func(code string)
	// Lock closes the clinic from the hidden screen (Ctrl+Shift+L); nil where nothing
	// can be locked.
	Lock func()
	// Print sends a PDF file to the printer and returns when the system has it; nil
	// where there is none.
	Print func(ctx context.Context, path string) error
	// Trace is told, for tests that look on from outside, the step of the first start and
	// the numbers of the words that are asked back, never the words; it may be nil.
	Trace func(what string)
	// Inline runs works at once: for pictures and tests.
	Inline bool
}

// view is one page of the way in.
type view interface {
	content() fyne.CanvasObject
	shown()
	key(kit.Key) bool
}

// Door is the page for the gate's present state.
type Door struct {
	Deps
	ctx    context.Context
	cancel context.CancelFunc
	loader *kit.Loader
	view   view
	scroll *container.Scroll           // the column of the page
	beat   func()                      // called each second while the page is shown
	bar    *widget.ProgressBarInfinite // runs, and paints, until it is stopped
}

// New makes the page for the state that the gate is in.
func New(ctx context.Context, d Deps) *Door {
	o := &Door{Deps: d}
	o.ctx, o.cancel = context.WithCancel(ctx)
	o.loader = kit.NewLoader(o.ctx)
	if d.Inline {
		o.loader.Inline()
	}
	o.loader.Tell(func(name string) { o.trace("load " + name) })
	switch d.Gate.State() {
	case model.Founding:
		o.view = newWizard(o)
	case model.Login, model.Locked:
		o.view = newLogin(o)
	case model.Hidden:
		o.view = newHidden(o)
	default:
		o.view = newBroken(o)
	}
	return o
}

// Content is the page.
func (d *Door) Content() fyne.CanvasObject { return d.view.content() }

// Shown is called when the page has become visible.
func (d *Door) Shown() {
	d.view.shown()
	if d.beat != nil && !d.Inline {
		go d.tick()
	}
}

// tick calls beat once a second on Fyne's thread: for clocks and countdowns.
func (d *Door) tick() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-d.ctx.Done():
			return
		case <-t.C:
			fyne.Do(func() {
				if d.ctx.Err() == nil && d.beat != nil {
					d.beat()
				}
			})
		}
	}
}

// Key takes a key that no widget used; it reports whether the page did.
func (d *Door) Key(k kit.Key) bool { return d.view.key(k) }

// Leave takes the page down; works are cancelled.
func (d *Door) Leave() {
	d.cancel()
	d.loader.Close()
	d.unbusy()
}

// busy is a bar that tells that something is being done, until unbusy.
func (d *Door) busy() fyne.CanvasObject {
	d.unbusy()
	d.bar = widget.NewProgressBarInfinite()
	return d.bar
}

func (d *Door) unbusy() {
	if d.bar != nil {
		d.bar.Stop()
		d.bar = nil
	}
}

func (d *Door) trace(what string) {
	if d.Trace != nil {
		d.Trace(what)
	}
}

// t gives a sentence in the language of the way in.
func (d *Door) t(key string, args ...any) string { return d.Gate.Words().T(key, args...) }

// focus gives the keys to a widget.
func (d *Door) focus(f fyne.Focusable) { d.Window.Canvas().Focus(f) }

// shift reports whether Shift is held: Caps Lock is found out by it.
func shift() bool {
	driver, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && driver.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

// tone is a word's tone in the kit's terms.
func tone(t model.Tone) kit.Tone {
	return [...]kit.Tone{model.Calm: kit.Calm, model.Warn: kit.Warn, model.Wrong: kit.Wrong, model.Good: kit.Good}[t]
}

// say puts a word at a field.
func say(f *kit.Field, s model.Say) { f.Say(tone(s.Tone), s.Text) }

// say is the same, with the column laid out again where the word needs more lines.
func (d *Door) say(f *kit.Field, s model.Say) {
	before := f.MinSize().Height
	say(f, s)
	if f.MinSize().Height != before {
		d.relay()
	}
}
