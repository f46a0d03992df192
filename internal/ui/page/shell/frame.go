// Package shell is the frame round every page: the rail of sections, the line to
// search in, the status line, and the way from page to page. It makes pages from
// routes, gives them the keys that no widget used, and takes them down again so
// that nothing typed is lost.
package shell

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	model "feldsher/internal/ui/present/shell"
)

// Maker makes a page from a route.
type Maker func(*page.Env, present.Route) page.Page

// Deps is what the frame gets from the program.
type Deps struct {
	Session *present.Session
	Window  fyne.Window
	Layers  *kit.Layers
	Pages   map[string]Maker
	Look    func(kit.Look)    // changes theme and size of letters
	Speak   func(lang string) // changes the language
	Hide    func()
	Lock    func()
	PIN     func(*page.Env) // the panel in which the user sets a PIN; may be nil
	// Slow is told how long a page took to build, and which; may be nil.
	Slow func(what string, took time.Duration)
	// Trace is told, for tests that look on from outside, which work has shown its result
	// and whether keys are in memory only: never what they are. It may be nil.
	Trace func(what string)
	// Inline runs the works of pages at once: for pictures and tests.
	Inline bool
}

// prefPage is the preference under which a user's last page is kept.
const prefPage = "page"

// Frame is the window of an open clinic.
type Frame struct {
	Deps
	ctx     context.Context
	cancel  context.CancelFunc
	history model.History
	page    page.Page
	shown   string // its name in the route
	env     *page.Env
	place   *fyne.Container
	rail    *rail
	top     *topBar
	status  *status
	content fyne.CanvasObject
	unwatch func()
	palette *palette
	pulse   *pulse
}

// New makes the frame; Open shows the first page.
func New(ctx context.Context, d Deps) *Frame {
	f := &Frame{Deps: d}
	f.ctx, f.cancel = context.WithCancel(ctx)
	f.place = container.NewStack()
	f.rail = newRail(f)
	f.top = newTopBar(f)
	f.status = newStatus(f)
	f.pulse = newPulse(f)
	f.content = kit.Ground(theme.ColorNameBackground, kit.Edges(nil, nil, f.rail.object, nil,
		kit.Edges(f.top.object, f.status.object, nil, nil, f.place)))
	f.unwatch = d.Session.Store.Watch(func(tables []string) {
		if f.Inline || f.ctx.Err() != nil {
			return
		}
		fyne.Do(func() { f.changed(tables) })
	})
	return f
}

// Content is the frame with whatever page is in it.
func (f *Frame) Content() fyne.CanvasObject { return f.content }

// Open shows a page; the zero route the one where the user was last, or the first.
func (f *Frame) Open(r present.Route) {
	if r.Page == "" {
		r = f.last()
	}
	f.Go(r)
}

func (f *Frame) last() present.Route {
	var r present.Route
	if text, err := f.Session.Prefs.Get(f.ctx, prefPage); err == nil && json.Unmarshal([]byte(text), &r) == nil {
		if _, ok := f.Pages[r.Page]; ok {
			return r
		}
	}
	return model.Home(f.Session)
}

// Route is the page in sight.
func (f *Frame) Route() present.Route { return f.history.Now() }

// Go opens a page.
func (f *Frame) Go(r present.Route) {
	f.history.Go(r)
	f.show(r)
}

func (f *Frame) swap(r present.Route) {
	f.history.Swap(r)
	f.show(r)
}

// become gives the page in sight another route without showing it anew.
func (f *Frame) become(r present.Route) {
	f.history.Swap(r)
	f.remember(r)
}

// Back goes one page back; from a page on which the user has begun, a visit that was
// left open, to where the day begins.
func (f *Frame) Back() {
	if r, ok := f.history.Back(); ok {
		f.show(r)
	} else if f.canBack() {
		f.swap(model.Home(f.Session))
	}
}

// canBack reports whether there is somewhere to go back to.
func (f *Frame) canBack() bool {
	page := f.history.Now().Page
	return f.history.CanBack() || page != "" && model.Of(page) != page
}

// Forward goes one page ahead.
func (f *Frame) Forward() {
	if r, ok := f.history.Forward(); ok {
		f.show(r)
	}
}

// Say puts a message into the status line.
func (f *Frame) Say(m page.Message) { f.status.say(m) }

// Rebuild makes the page in sight anew, as a change of language does.
func (f *Frame) Rebuild() { f.show(f.history.Now()) }

func (f *Frame) show(r present.Route) {
	if f.ctx.Err() != nil { // a late result of a page that is gone, when the screen is hidden
		return
	}
	f.leave()
	f.Layers.CloseAll()
	started := time.Now()
	maker := f.Pages[r.Page]
	if maker == nil {
		maker = newHelp
	}
	f.env = f.newEnv()
	f.page, f.shown = maker(f.env, r), r.Page
	f.place.Objects = []fyne.CanvasObject{f.page.Content()}
	f.place.Refresh()
	f.rail.mark(model.Of(r.Page))
	f.top.update()
	f.Window.Canvas().Unfocus()
	f.page.Shown()
	if f.Slow != nil {
		f.Slow("page "+r.Page, time.Since(started))
	}
	f.remember(r)
}

// remember keeps where the user is, beside Fyne's thread.
func (f *Frame) remember(r present.Route) {
	text, err := json.Marshal(r)
	if err != nil || f.Inline {
		return
	}
	prefs := f.Session.Prefs
	go func() { _ = prefs.Set(context.WithoutCancel(f.ctx), prefPage, string(text)) }() // only a convenience
}

func (f *Frame) newEnv() *page.Env {
	loader := kit.NewLoader(f.ctx)
	if f.Inline {
		loader.Inline()
	}
	loader.Tell(func(name string) { f.trace("load " + name) })
	return &page.Env{
		Session: f.Session, Window: f.Window, Layers: f.Layers, Loader: loader,
		Go: f.Go, Swap: f.swap, Become: f.become, Back: f.Back, Say: f.status.say, Look: f.Look, Speak: f.Speak,
		Kept: f.status.kept,
	}
}

func (f *Frame) trace(what string) {
	if f.Trace != nil {
		f.Trace(what)
	}
}

// leave takes the page in sight down; what was typed is kept as a draft first.
func (f *Frame) leave() {
	if f.page == nil {
		return
	}
	started := time.Now()
	f.page.Leave()
	f.env.Loader.Close()
	if f.Slow != nil {
		f.Slow("leave "+f.shown, time.Since(started))
	}
	f.page = nil
	f.status.kept(false)
}

// Close takes the frame down before the user's session ends.
func (f *Frame) Close() {
	f.leave()
	f.Layers.CloseAll()
	f.unwatch()
	f.pulse.stop()
	f.cancel()
}

func (f *Frame) changed(tables []string) {
	f.pulse.count()
	if r, ok := f.page.(page.Refresher); ok && f.page != nil {
		r.Changed(tables)
	}
}

// Key takes a key that no widget used: those that take the screen away first, for who
// walks off in the middle of a panel presses them too; then the top layer, then the
// keys that mean the same everywhere, then the page.
func (f *Frame) Key(k kit.Key) {
	switch k {
	case kit.Ctrl(fyne.KeyL):
		f.Hide()
		return
	case kit.CtrlShift(fyne.KeyL):
		f.Lock()
		return
	}
	if f.Layers.Key(k) {
		return
	}
	if k == kit.Ctrl(fyne.KeyK) {
		f.openPalette("")
		return
	}
	if f.page != nil && f.page.Key(k) {
		return
	}
	switch k {
	case kit.Plain(fyne.KeyEscape):
		f.escape()
	case kit.Plain(fyne.KeyF1):
		f.help()
	case kit.Ctrl(fyne.KeyZ):
		f.status.undo()
	case kit.Key{Name: fyne.KeyLeft, Mod: fyne.KeyModifierAlt}:
		f.Back()
	case kit.Key{Name: fyne.KeyRight, Mod: fyne.KeyModifierAlt}:
		f.Forward()
	default:
		f.section(k)
	}
}

// escape goes back; after a start, where there is nothing to go back to, to the section
// that the page belongs to.
func (f *Frame) escape() {
	if here := f.history.Now().Page; !f.history.CanBack() && model.Of(here) != here {
		f.swap(present.Route{Page: model.Of(here)})
		return
	}
	f.Back()
}

// section opens a section by Alt+digit, and by Ctrl+digit where the page has no use
// for it.
func (f *Frame) section(k kit.Key) {
	if k.Mod != fyne.KeyModifierShortcutDefault && k.Mod != fyne.KeyModifierAlt {
		return
	}
	for _, s := range model.Sections(f.Session) {
		if strings.EqualFold(string(k.Name), s.Key) {
			f.Go(present.Route{Page: s.Page})
			return
		}
	}
}
