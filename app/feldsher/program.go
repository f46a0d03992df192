package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/assets/icons"
	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	door "feldsher/internal/ui/page/entry"
	"feldsher/internal/ui/page/shell"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/entry"
	"feldsher/internal/ui/present/exchange"
	"feldsher/translations"
)

// program is the window and what stands behind it.
type program struct {
	options
	stderr  io.Writer
	begun   time.Time
	painted func() // called when the first picture stands

	ctx    context.Context
	cancel context.CancelFunc
	app    fyne.App
	window fyne.Window
	layers *kit.Layers
	gate   *entry.Gate
	guard  *entry.Guard
	looks  *looks
	frame  *shell.Frame // while somebody works
	door   *door.Door   // while nobody does
	once   sync.Once
	ending sync.Once

	leaving bool // hiding or locking, and not done yet
}

// newProgram makes the window; run shows it.
func newProgram(o options, stderr io.Writer, begun time.Time) *program {
	p := &program{options: o, stderr: stderr, begun: begun, painted: func() {}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.app = app.NewWithID("kz.ru.feldsher")
	p.app.SetIcon(fyne.NewStaticResource("feldsher.png", icons.AppPNG()))
	p.looks = newLooks(p.app.Preferences(), o.lang)
	p.looks.apply(p.app, p.looks.look)
	p.lang = p.looks.lang
	fonts := make(chan struct{})
	go func() { // the fonts are read while the window is made: each takes longer than a frame
		defer close(fonts)
		for _, style := range []fyne.TextStyle{{}, {Bold: true}} {
			fyne.MeasureText("Feldsher", theme.TextSize(), style)
		}
	}()
	fixFyneWords(p.lang)
	p.window = p.app.NewWindow("Feldsher")
	p.window.SetPadded(false)
	p.window.SetMaster()
	p.layers = kit.NewLayers(p.window.Canvas())
	p.guard = &entry.Guard{}
	p.gate = entry.NewGate(entry.Config{
		Dir: o.data, Lang: p.lang, Templates: builtinTemplates(), Outside: outside(), Exchange: p.beginExchange, Join: exchange.Join,
	})
	<-fonts // nobody else may measure meanwhile
	return p
}

// run shows the window until it is closed.
func (p *program) run() {
	p.window.SetCloseIntercept(p.quit)
	kit.OnTouch(p.window.Canvas(), p.guard.Touch)
	kit.Listen(p.window.Canvas(), p.key)
	p.window.Resize(p.looks.size())
	p.update()
	p.app.Lifecycle().SetOnStopped(p.end)
	p.app.Settings().AddListener(func(fyne.Settings) { p.followSystem() })
	go p.guard.Run(p.ctx, p.gate.State, nil, func(o entry.Order) { fyne.DoAndWait(func() { p.obey(o) }) })
	go p.flush()
	go p.sweep()
	go p.listenSignals()
	p.window.CenterOnScreen()
	p.window.ShowAndRun()
	p.end() // it may be that the loop ended before it was told to
}

// tracef tells the tests what happened.
func (p *program) tracef(format string, args ...any) {
	if p.trace {
		_, _ = fmt.Fprintf(p.stderr, "trace: "+format+"\n", args...)
	}
}

// first is a point in the corner that is drawn with the first picture.
func (p *program) first(content fyne.CanvasObject) fyne.CanvasObject {
	dot := canvas.NewRaster(func(_, _ int) image.Image {
		p.once.Do(func() {
			p.painted()
			p.tracef("painted %d ms", time.Since(p.begun).Milliseconds())
		})
		return image.NewUniform(color.Transparent)
	})
	dot.SetMinSize(fyne.NewSquareSize(1))
	// Letters of 200 % on a small screen want more room than there is: then one scrolls,
	// and the window stays on the screen.
	return container.NewStack(container.NewScroll(content), kit.Edges(kit.Row(0, dot), nil, nil, nil, nil))
}

// update shows what the state of the clinic asks for: the frame with its pages while
// somebody works, else the way in.
func (p *program) update() {
	if p.leaving {
		return // the clinic is still open, but nothing of it may be shown any more
	}
	state := p.gate.State()
	if state == entry.Closed {
		state = p.gate.Look()
	}
	p.close()
	if state == entry.Working {
		p.work(p.gate.Session(), present.Route{})
	} else {
		p.door = door.New(p.ctx, door.Deps{
			Gate: p.gate, Window: p.window, Layers: p.layers, Changed: p.update, Speak: p.speak, Print: printFile,
			Lock: func() { p.lock(entry.ByHand) }, Trace: func(what string) { p.tracef("%s", what) },
		})
		p.window.SetContent(p.first(p.door.Content()))
		p.door.Shown()
	}
	p.tracef("state %d", state)
}

// close takes down what is shown; drafts are kept first. The layers go for good: what a
// page still waits for must not be shown over the hidden screen or another user's page.
func (p *program) close() {
	if p.frame != nil {
		p.frame.Close()
		p.frame = nil
	}
	if p.door != nil {
		p.door.Leave()
		p.door = nil
	}
	p.layers.Retire()
	p.layers = kit.NewLayers(p.window.Canvas())
}

// work opens the frame for who has entered; the zero route is where the user was last.
func (p *program) work(s *present.Session, r present.Route) {
	p.lang = s.Words.Lang
	fixFyneWords(p.lang)
	p.looks.of(p.ctx, s)
	p.looks.apply(p.app, p.looks.look)
	p.guard.Begin(s.Words.Zone)
	p.frame = shell.New(p.ctx, shell.Deps{
		Session: s, Window: p.window, Layers: p.layers, Pages: shell.Pages(),
		Look: p.setLook, Speak: p.speak, Hide: p.hide, Lock: func() { p.lock(entry.ByHand) },
		PIN:   func(e *page.Env) { door.PIN(e, p.gate) },
		Slow:  func(what string, took time.Duration) { p.tracef("%s %.1f ms", what, float64(took.Microseconds())/1000) },
		Trace: func(what string) { p.tracef("%s", what) },
	})
	p.window.SetContent(p.first(p.frame.Content()))
	p.frame.Open(r)
	if s.May(clinic.ManageUsers) && p.gate.PhraseAtRisk(p.ctx) {
		p.frame.Say(page.Message{Tone: kit.Warn, Text: s.T("app_phrase_risk")})
	}
}

// key takes the keys that no widget used.
func (p *program) key(k kit.Key) {
	p.guard.Touch()
	switch {
	case p.frame != nil:
		p.frame.Key(k)
	case p.door != nil && !p.layers.Key(k):
		p.door.Key(k)
	}
}

// obey does what the guard wants.
func (p *program) obey(o entry.Order) {
	switch {
	case o.Lock:
		p.lock(o.Why)
	case o.Hide:
		p.hide()
	}
}

// hide takes everything off the screen; the keys stay.
func (p *program) hide() {
	if p.frame != nil {
		p.leave("hide", p.gate.Hide)
	}
}

// lock forgets the keys and closes the database.
func (p *program) lock(why entry.Reason) {
	p.leave("lock", func(ctx context.Context) error { return p.gate.Lock(ctx, why) })
}

// leave takes what is shown off the screen at once and then does the rest beside Fyne's
// thread: it may wait for somebody who writes, and closing a large database takes a moment.
func (p *program) leave(what string, do func(context.Context) error) {
	if p.leaving {
		return
	}
	p.leaving = true
	p.close()
	p.window.SetContent(p.first(kit.Space(1, 1)))
	go func() {
		err := do(context.WithoutCancel(p.ctx))
		fyne.Do(func() {
			p.leaving = false
			if err != nil {
				p.tracef("%s: %v", what, err) // the lock page says it in words
			}
			p.update()
		})
	}()
}

// speak changes the language at once; what is being typed is kept as a draft and
// comes back in the page that is made anew.
func (p *program) speak(code string) {
	p.lang = translations.Parse(code)
	p.looks.speak(p.ctx, p.gate.Session(), p.lang)
	p.gate.Speak(p.lang)
	fixFyneWords(p.lang)
	p.again()
}

func (p *program) setLook(l kit.Look) {
	p.looks.keep(p.ctx, p.gate.Session(), l)
	p.looks.apply(p.app, l)
	p.again()
}

// followSystem rebuilds the page when the system turned dark or light.
func (p *program) followSystem() {
	if p.looks.look.System && p.looks.turned() {
		p.again()
	}
}

// again shows the same page in another language or look.
func (p *program) again() {
	if p.frame == nil {
		p.update()
		return
	}
	route := p.frame.Route()
	p.close()
	s := *p.gate.Session() // a copy: works of the page that goes may still read the other
	s.Words.Lang = p.lang
	p.work(&s, route)
}

// flushEvery is how often it is written down who has looked at what.
const flushEvery = 30 * time.Second

func (p *program) flush() {
	t := time.NewTicker(flushEvery)
	defer t.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-t.C:
			if s := p.gate.Session(); s != nil {
				if err := s.Flush(p.ctx); err != nil {
					p.tracef("flush: %v", err)
				}
			}
		}
	}
}

// quit closes the window: drafts first, then what was looked at, then the database.
func (p *program) quit() {
	p.looks.window(p.window.Canvas().Size())
	p.close()
	p.app.Quit()
}

// end closes the clinic, once.
func (p *program) end() { p.ending.Do(p.closeClinic) }

func (p *program) closeClinic() {
	p.cancel()
	if err := p.gate.Close(context.Background()); err != nil {
		_, _ = fmt.Fprintln(p.stderr, p.gate.Words().Fault(err))
	}
	p.sweep()
	p.tracef("end")
}

// sweep takes papers of earlier prints off the disk.
func (p *program) sweep() {
	if err := sweepPapers(); err != nil {
		p.tracef("papers: %v", err)
	}
}

// listenSignals ends the program in order when the system asks it to.
func (p *program) listenSignals() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	select {
	case <-c:
		fyne.Do(p.quit)
	case <-p.ctx.Done():
	}
}
