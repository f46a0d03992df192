package shell

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/setup"
)

// The limits of issue 3 for our own code on Fyne's thread.
const (
	buildLimit = 50 * time.Millisecond // making a page
	callLimit  = 16 * time.Millisecond // 99 of 100 other calls: one frame
)

// TestWatchdog uses every page as a person does, and fails with the page's name where
// one of its calls keeps the window waiting.
func TestWatchdog(t *testing.T) {
	if testing.Short() {
		t.Skip("times say nothing under the race detector")
	}
	s := founded(t, "", 300)
	routes := everywhere(survey(t, s, 12), s)
	for name := range Pages() {
		if len(routes[name]) == 0 {
			t.Fatalf("nobody watches the page %q", name)
		}
	}
	h := open(t, s, present.Route{Page: present.PageToday})
	for _, all := range routes { // fonts, icons and the table of ICD-10 are read once
		h.visit(all[0])
	}
	w := watch{}
	h.seen = w.add
	for _, all := range routes {
		for _, r := range all {
			h.visit(r)
		}
		for _, r := range all[:min(len(all), 3)] {
			h.visit(r)
			h.use(r)
		}
	}
	h.seen = nil
	w.judge(t)
}

// everywhere are routes to every page.
func everywhere(c town, s *present.Session) map[string][]present.Route {
	out := map[string][]present.Route{
		present.PageTemplates: {{Page: present.PageTemplates}},
	}
	add := func(page, arg string, ids ...clinic.ID) {
		for _, id := range ids[:min(len(ids), 6)] {
			out[page] = append(out[page], present.Route{Page: page, ID: id, Arg: arg})
		}
	}
	none := clinic.ID{}
	today := s.Today()
	for i := range 5 {
		add(present.PageToday, string(today.AddDays(i-1)), none)
		add(present.PageMine, "", none)
		add(present.PagePatients, []string{"", "иван", "пет", "а", "1984"}[i], none)
	}
	add(present.PageTimetable, "", c.staff...)
	add(present.PageCard, "", c.patients...)
	add(present.PageRegistration, "", none, c.patients[0], c.patients[1], c.patients[2], c.patients[3])
	add(present.PageVisit, "", c.visits...)
	add(present.PageVisit, "new", c.patients[6:9]...)
	add(present.PageVisit, "booking", c.bookings[:3]...)
	add(present.PageSigning, "", c.protocols...)
	add(present.PageTemplates, "edit", c.templates...)
	for _, x := range setup.Sections(s) {
		add(present.PageSettings, x.Name, none)
	}
	add(present.PageHelp, present.PageVisit, none)
	add(present.PageHelp, present.PageToday, none)
	return out
}

// watch keeps what calls of pages took.
type watch map[string]map[string][]time.Duration

func (w watch) add(page, what string, took time.Duration) {
	if w[page] == nil {
		w[page] = map[string][]time.Duration{}
	}
	w[page][what] = append(w[page][what], took)
}

// judge writes the table and fails where a limit does not hold. A page is slow to build
// when most of its openings are: one alone may have met the collector of garbage.
func (w watch) judge(t *testing.T) {
	t.Helper()
	names := make([]string, 0, len(w))
	for name := range w {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var calls []time.Duration
		var worst []string
		for what, took := range w[name] {
			slices.Sort(took)
			middle := took[len(took)/2]
			if !strings.HasPrefix(what, "build") {
				calls = append(calls, took...)
			}
			if middle >= callLimit/2 || took[len(took)-1] >= callLimit {
				worst = append(worst, fmt.Sprintf("%s %v/%v (%d)", what, ms(middle), ms(took[len(took)-1]), len(took)))
			}
			if middle >= buildLimit {
				t.Errorf("%s: %s takes %v, more than %v", name, what, ms(middle), buildLimit)
			}
		}
		slices.Sort(calls)
		slices.Sort(worst)
		builds := w[name]["build"]
		middle, p99 := calls[len(calls)/2], calls[len(calls)*99/100]
		t.Logf("%-13s built %2d × %8v  calls %4d: median %8v p99 %8v  %s", name, len(builds), ms(builds[len(builds)/2]), len(calls), ms(middle), ms(p99), strings.Join(worst, ", "))
		if p99 >= callLimit {
			t.Errorf("%s: 99 of 100 calls take up to %v, a frame is %v: %s", name, ms(p99), callLimit, strings.Join(worst, ", "))
		}
	}
}

func ms(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// use does what a person does on a page: types into each field, walks with arrows,
// pages through lists, touches what is there with the mouse, presses the keys of the page.
func (h *house) use(r present.Route) {
	c := h.w.Canvas()
	seen := map[fyne.Focusable]bool{}
	for n := range 60 {
		f := c.Focused()
		if f == nil {
			h.call("Tab", c.FocusNext)
			if f = c.Focused(); f == nil {
				break
			}
		}
		if seen[f] {
			break
		}
		seen[f] = true
		h.play(r, f)
		h.settle()
		if h.at(r) {
			h.call("Tab", c.FocusNext)
		} else { // the page was built anew: to the field after this one
			for range n + 1 {
				h.call("Tab", c.FocusNext)
			}
		}
		h.settle()
	}
	h.touch(r)
	for _, k := range pageKeys {
		h.call(fmt.Sprintf("key %v+%s", k.Mod, k.Name), func() { h.Key(k) })
		h.settle()
		h.at(r)
	}
	h.call("key Enter", func() { h.typed(fyne.KeyReturn) })
	h.settle()
	h.at(r)
}

// touch taps everything that can be tapped but buttons: some of those print.
func (h *house) touch(r present.Route) {
	var found []fyne.Tappable
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		if x, ok := o.(fyne.Tappable); ok {
			if _, button := o.(*kit.Button); !button {
				found = append(found, x)
			}
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, x := range o.Objects {
				walk(x)
			}
		case fyne.Widget:
			for _, x := range test.WidgetRenderer(o).Objects() {
				walk(x)
			}
		}
	}
	walk(h.place)
	for i, x := range found[:min(len(found), 40)] {
		o := x.(fyne.CanvasObject)
		kind := strings.TrimPrefix(reflect.TypeOf(x).String(), "*")
		size := o.Size()
		h.call("tap on "+kind, func() {
			x.Tapped(&fyne.PointEvent{Position: fyne.NewPos(size.Width/3, min(size.Height/2, 40+float32(i)))})
		})
		h.settle()
		if !h.at(r) {
			return
		}
	}
}

// pageKeys are the keys that pages listen to, without those that sign, print and lock.
var pageKeys = func() []kit.Key {
	keys := []kit.Key{kit.Plain(fyne.KeyF1), kit.Ctrl(fyne.KeyK), kit.Ctrl(fyne.KeyF)}
	for n := 2; n <= 9; n++ {
		keys = append(keys, kit.Plain(fyne.KeyName(fmt.Sprintf("F%d", n))), kit.Ctrl(fyne.KeyName(fmt.Sprint(n))))
	}
	return append(keys, kit.Ctrl(fyne.KeyPageDown), kit.Ctrl(fyne.KeyPageUp), kit.Plain(fyne.KeyInsert))
}()

// play uses one widget.
func (h *house) play(r present.Route, f fyne.Focusable) {
	kind := strings.TrimPrefix(reflect.TypeOf(f).String(), "*")
	for _, x := range "Иванова 12" {
		h.call("letter in "+kind, func() { f.TypedRune(x) })
	}
	h.settle()
	for _, k := range []fyne.KeyName{
		fyne.KeyDown, fyne.KeyDown, fyne.KeyRight, fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyEnd, fyne.KeyUp,
		fyne.KeyHome, fyne.KeyPageUp, fyne.KeyLeft, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyBackspace,
	} {
		h.call(fmt.Sprintf("%s in %s", k, kind), func() { f.TypedKey(&fyne.KeyEvent{Name: k}) })
		if h.Route() != r {
			return
		}
	}
}

// typed gives a key to whatever has the focus.
func (h *house) typed(name fyne.KeyName) {
	if f := h.w.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	h.Key(kit.Plain(name))
}

// at reports whether the page is still in sight; else it comes back. What lies over it
// goes.
func (h *house) at(r present.Route) bool {
	for range 5 {
		if !h.Layers.Open() {
			break
		}
		h.call("Esc in a panel", func() { h.Key(kit.Plain(fyne.KeyEscape)) })
		h.settle()
	}
	h.Layers.CloseAll()
	if h.Route() == r {
		return true
	}
	h.visit(r)
	return false
}
