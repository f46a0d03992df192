package shell

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
)

// A house is the whole desktop without a screen: the real frame with the real pages
// and loaders over a real clinic. Fyne's test driver runs fyne.Do wherever it is
// called; here it goes through a queue to one thread, as in the program, and each call
// on that thread is measured.
type house struct {
	*Frame
	t      testing.TB
	w      fyne.Window
	driver *queueDriver
	meter  *meter
	label  string                                      // what the call that runs now turned out to be
	fresh  bool                                        // a page is being opened: what its works show belongs to building it
	seen   func(page, what string, took time.Duration) // may be nil
}

// queueDriver is the test driver with a thread of its own for fyne.Do.
type queueDriver struct {
	fyne.Driver
	mu    sync.Mutex
	queue []func()
	came  chan struct{}
}

// DoFromGoroutine implements fyne.Driver.
func (d *queueDriver) DoFromGoroutine(fn func(), wait bool) {
	done := make(chan struct{})
	d.mu.Lock()
	d.queue = append(d.queue, func() { fn(); close(done) })
	d.mu.Unlock()
	select {
	case d.came <- struct{}{}:
	default:
	}
	if wait {
		<-done
	}
}

func (d *queueDriver) next() func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.queue) == 0 {
		return nil
	}
	fn := d.queue[0]
	d.queue = d.queue[1:]
	return fn
}

// queueApp is the test program with that driver.
type queueApp struct {
	fyne.App
	driver *queueDriver
}

// Driver implements fyne.App.
func (a queueApp) Driver() fyne.Driver { return a.driver }

// open puts the frame of a session into a window and shows a page.
func open(t testing.TB, s *present.Session, r present.Route) *house {
	t.Helper()
	goroutines := runtime.NumGoroutine()
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	app := kittest.App(t, kit.Look{})
	h := &house{t: t, meter: newMeter(t)}
	h.driver = &queueDriver{Driver: app.Driver(), came: make(chan struct{}, 1)}
	fyne.SetCurrentApp(queueApp{app, h.driver})
	t.Cleanup(func() { fyne.SetCurrentApp(app) })
	h.w = kittest.Window(t, fyne.NewSize(1366, 768), func(w fyne.Window) fyne.CanvasObject {
		h.Frame = New(t.Context(), Deps{
			Session: s, Window: w, Layers: kit.NewLayers(w.Canvas()), Pages: h.watched(Pages()),
			Look: func(kit.Look) {}, Speak: func(string) {}, Hide: func() {}, Lock: func() {},
			Trace: func(what string) { h.label = what },
		})
		return h.Frame.Content()
	})
	kit.Listen(h.w.Canvas(), h.Key)
	t.Cleanup(func() {
		h.Close()
		h.settle()
		h.rest(goroutines)
	})
	h.Open(r)
	h.settle()
	return h
}

// call runs something on the thread and notes what it took under the page in sight.
func (h *house) call(what string, fn func()) time.Duration {
	name := h.Route().Page
	h.label = ""
	queued, start := h.meter.queued(), time.Now()
	fn()
	took := time.Since(start) - (h.meter.queued() - queued)
	if h.label != "" && what == "later" {
		what = h.label
	}
	if h.fresh && strings.HasPrefix(what, "load ") {
		what = "build, " + what
	}
	if h.seen != nil {
		h.seen(name, what, took)
	}
	return took
}

// settle runs what comes to the thread until all works of the page are done, and gives
// when the last of it was shown.
func (h *house) settle() time.Time {
	last := time.Now()
	for {
		idle := !h.env.Loader.Busy()
		ran := false
		for fn := h.driver.next(); fn != nil; fn = h.driver.next() {
			h.call("later", fn)
			last, ran = time.Now(), true
		}
		if idle && !ran {
			return last
		}
		select {
		case <-h.driver.came:
		case <-time.After(300 * time.Microsecond): // a work that has nothing to show tells nobody
		}
	}
}

// rest lets what lasts longer than its page come to its end: a draft on its way to the
// disk, a booking that was confirmed.
func (h *house) rest(goroutines int) {
	for until := time.Now().Add(3 * time.Second); runtime.NumGoroutine() > goroutines && time.Now().Before(until); {
		select {
		case <-h.driver.came:
		case <-time.After(time.Millisecond):
		}
		for fn := h.driver.next(); fn != nil; fn = h.driver.next() {
			fn()
		}
	}
}

// visit opens a page and waits until it stands; it gives when the frame had it, and
// when all of it was there.
func (h *house) visit(r present.Route) (built, whole time.Duration) {
	start := time.Now()
	h.fresh = true
	h.Go(r)
	built = time.Since(start)
	last := h.settle()
	h.fresh = false
	return built, last.Sub(start)
}

// watched wraps the pages so that each call of the frame is measured by itself.
func (h *house) watched(pages map[string]Maker) map[string]Maker {
	out := map[string]Maker{}
	for name, maker := range pages {
		out[name] = func(env *page.Env, r present.Route) page.Page {
			p := &watchedPage{h: h, name: name}
			p.built = h.under(name, "", func() { p.Page = maker(env, r) })
			return p
		}
	}
	return out
}

// under measures a call inside another.
func (h *house) under(name, what string, fn func()) time.Duration {
	queued, start := h.meter.queued(), time.Now()
	fn()
	took := time.Since(start) - (h.meter.queued() - queued)
	if h.seen != nil && what != "" {
		h.seen(name, what, took)
	}
	return took
}

type watchedPage struct {
	page.Page
	h     *house
	name  string
	built time.Duration
}

// Content implements page.Page.
func (p *watchedPage) Content() (o fyne.CanvasObject) {
	p.built += p.h.under(p.name, "", func() { o = p.Page.Content() })
	return o
}

// Shown implements page.Page; with it the page is built.
func (p *watchedPage) Shown() {
	p.built += p.h.under(p.name, "", p.Page.Shown)
	if p.h.seen != nil {
		p.h.seen(p.name, "build", p.built)
	}
}

// Leave implements page.Page.
func (p *watchedPage) Leave() { p.h.under(p.name, "leave", p.Page.Leave) }

// Keys implements page.Keys.
func (p *watchedPage) Keys() []page.KeyHelp {
	if k, ok := p.Page.(page.Keys); ok {
		return k.Keys()
	}
	return nil
}

// Changed implements page.Refresher.
func (p *watchedPage) Changed(tables []string) {
	if r, ok := p.Page.(page.Refresher); ok {
		r.Changed(tables)
	}
}
