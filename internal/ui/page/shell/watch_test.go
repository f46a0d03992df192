package shell

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/setup"
	"feldsher/translations"
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
		for _, r := range all[:min(len(all), 2)] {
			h.visit(r)
			h.use(r)
		}
	}
	h.seen = nil
	table, faults := w.judge()
	t.Log("\n" + strings.Join(table, "\n"))
	for _, x := range faults {
		t.Error(x)
	}
}

// everywhere are routes to every page.
func everywhere(c town, s *present.Session) map[string][]present.Route {
	out := map[string][]present.Route{
		present.PageTemplates: {{Page: present.PageTemplates}},
	}
	add := func(name, arg string, ids ...clinic.ID) {
		for _, id := range ids[:min(len(ids), 6)] {
			out[name] = append(out[name], present.Route{Page: name, ID: id, Arg: arg})
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
	for range 3 {
		add(present.PageConflicts, "", none)
		add(present.PageStations, "", none)
	}
	add(present.PageHelp, present.PageVisit, none)
	add(present.PageHelp, present.PageToday, none)
	return out
}

// watch keeps what calls of pages took.
type watch map[string]map[string][]time.Duration

func (w watch) add(name, what string, took time.Duration) {
	if w[name] == nil {
		w[name] = map[string][]time.Duration{}
	}
	w[name][what] = append(w[name][what], took)
}

// judge gives the table and what does not hold. A page is slow to build when at least
// half of its openings are: one alone may have met the collector of garbage.
func (w watch) judge() (table, faults []string) {
	for _, name := range slices.Sorted(maps.Keys(w)) {
		var calls []time.Duration
		var worst []string
		for _, what := range slices.Sorted(maps.Keys(w[name])) {
			took := w[name][what]
			slices.Sort(took)
			middle, most := took[(len(took)-1)/2], took[len(took)-1]
			if !strings.HasPrefix(what, "build") {
				calls = append(calls, took...)
			}
			if most >= callLimit {
				worst = append(worst, fmt.Sprintf("%s %v, at most %v (%d)", what, ms(middle), ms(most), len(took)))
			}
			if middle >= buildLimit {
				faults = append(faults, fmt.Sprintf("%s: %s takes %v, the limit is %v", name, what, ms(middle), buildLimit))
			}
		}
		if len(calls) == 0 {
			continue
		}
		slices.Sort(calls)
		middle, p99 := calls[len(calls)/2], calls[len(calls)*99/100]
		table = append(table, fmt.Sprintf("%-13s opened %3d × · %5d calls: median %v, p99 %v, most %v · beyond a frame: %s",
			name, len(w[name]["build"]), len(calls), ms(middle), ms(p99), ms(calls[len(calls)-1]), strings.Join(worst, "; ")))
		if p99 >= callLimit {
			faults = append(faults, fmt.Sprintf("%s: one call of a hundred takes %v or more, a frame is %v: %s", name, ms(p99), callLimit, strings.Join(worst, "; ")))
		}
	}
	return table, faults
}

// TestWatchdogBites: a page that keeps the window waiting is named, with the call.
func TestWatchdogBites(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	h := open(t, s, present.Route{Page: present.PageToday})
	w := watch{}
	h.seen = w.add
	h.Pages["lazy"] = h.watched(map[string]Maker{"lazy": func(*page.Env, present.Route) page.Page { return lazy{h.meter} }})["lazy"]
	h.visit(present.Route{Page: "lazy"})
	h.call("key F5", func() { h.Key(kit.Plain(fyne.KeyF5)) })
	_, faults := w.judge()
	if len(faults) != 2 || !strings.HasPrefix(faults[0], "lazy: build takes") || !strings.Contains(faults[1], "lazy: one call of a hundred") || !strings.Contains(faults[1], "key F5") {
		t.Fatalf("%q", faults)
	}
}

// lazy is a page that takes its time.
type lazy struct{ m *meter }

func (lazy) Title() string { return "" }
func (l lazy) Content() fyne.CanvasObject {
	l.spin(buildLimit)
	return kit.Space(1, 1)
}
func (lazy) Shown() {}
func (lazy) Leave() {}
func (l lazy) Key(kit.Key) bool {
	l.spin(callLimit)
	return true
}

// spin keeps the thread busy for longer than a limit.
func (l lazy) spin(limit time.Duration) {
	queued := l.m.queued()
	for start := time.Now(); time.Since(start)-(l.m.queued()-queued) < limit*3/2; {
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
