package shell

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"testing"
	"time"
	_ "unsafe" // for go:linkname

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
)

// cacheNow is the clock by which Fyne forgets renderers, canvases, pictures and the
// measures of texts that were not painted for a minute (its package internal/cache).
// The program's driver does that after every picture; the test driver only while it
// captures one, by this clock. There is no other way to it, and an hour of waiting
// would be no test.
//
//go:linkname cacheNow fyne.io/fyne/v2/internal/cache.timeNow
var cacheNow func() time.Time

// minutes lets time go on for Fyne's caches, with pictures being painted meanwhile:
// what is in sight stays, the rest is forgotten.
func (h *house) minutes(ahead *time.Duration) {
	for range 3 {
		*ahead += 40 * time.Second
		h.w.Canvas().Capture()
	}
}

// TestMemory opens pages for one patient after the other. What stays of them after
// garbage was collected must stop growing (issue 3): a page that somebody still holds,
// a watcher, a timer, a goroutine would be seen here. The ordinary run opens a tenth of
// the pages.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector keeps its own books of memory")
	}
	first, last := 20, 100
	if os.Getenv("FELDSHER_SOAK") == "1" {
		first, last = 200, 1000
	}
	var ahead time.Duration
	clock := cacheNow
	cacheNow = func() time.Time { return clock().Add(ahead) }
	defer func() { cacheNow = clock }()

	s := founded(t, "", last+50)
	c := survey(t, s, last)
	h := open(t, s, present.Route{Page: present.PageToday})
	route := func(i int) present.Route {
		id := c.patients[i%len(c.patients)]
		switch i % 6 {
		case 0:
			return present.Route{Page: present.PageCard, ID: id}
		case 1:
			return present.Route{Page: present.PageVisit, ID: c.visits[i%len(c.visits)]}
		case 2:
			return present.Route{Page: present.PageRegistration, ID: id}
		case 3:
			return present.Route{Page: present.PageToday, ID: id}
		case 4:
			return present.Route{Page: present.PageTimetable, ID: c.staff[i%len(c.staff)]}
		}
		return present.Route{Page: present.PageSigning, ID: c.protocols[i%len(c.protocols)]}
	}
	var before memory
	for i := range last {
		h.visit(route(i))
		h.scribble()
		if i%20 == 19 {
			h.minutes(&ahead)
		}
		if i+1 == first {
			before = h.weigh(&ahead)
			profile(t, "before")
		}
	}
	after := h.weigh(&ahead)
	profile(t, "after")
	for _, m := range []struct {
		pages int
		memory
	}{{first, before}, {last, after}} {
		t.Logf("after %4d pages: heap %.1f MB, %d objects, %d goroutines", m.pages, mb(m.heap), m.objects, m.goroutines)
	}
	t.Logf("of it Fyne's fonts, glyphs and measures of texts: %.1f MB", mb(h.texts(after)))
	if float64(after.heap) > 1.1*float64(before.heap) {
		t.Errorf("the heap has grown from %.1f to %.1f MB", mb(before.heap), mb(after.heap))
	}
	if after.goroutines > before.goroutines+3 {
		t.Errorf("%d goroutines have become %d", before.goroutines, after.goroutines)
		_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
	}
}

// scribble leaves something typed where it can be, and opens and closes the palette:
// drafts, their timers and panels are part of what a page leaves behind.
func (h *house) scribble() {
	if f := h.w.Canvas().Focused(); f != nil && h.Route().Page != present.PageSigning {
		f.TypedRune('и')
	}
	h.settle()
	h.Key(kit.Ctrl(fyne.KeyK))
	h.settle()
	h.Layers.CloseAll()
}

// memory is what is held after garbage was collected.
type memory struct {
	heap, objects uint64
	goroutines    int
}

// weigh counts on a page without a patient, so that what is in sight is the same each
// time.
func (h *house) weigh(ahead *time.Duration) memory {
	h.visit(present.Route{Page: present.PageHelp, Arg: present.PageToday})
	if err := h.Session.Flush(h.t.Context()); err != nil { // who looked at what, as every half minute
		h.t.Fatal(err)
	}
	h.minutes(ahead)
	m := heap()
	return memory{heap: m.HeapAlloc, objects: m.HeapObjects, goroutines: runtime.NumGoroutine()}
}

// texts is what Fyne keeps of fonts and texts (its issue 5486): what giving the theme
// anew sets free. It is part of the heap above, and does not grow because measures of
// texts that nobody sees are forgotten after a minute.
func (h *house) texts(m memory) uint64 {
	s := fyne.CurrentApp().Settings()
	s.SetTheme(s.Theme())
	return m.heap - min(m.heap, heap().HeapAlloc)
}

// profile writes what is held into the directory FELDSHER_HEAP, for whoever looks for
// a leak: go tool pprof -base before.heap after.heap.
func profile(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("FELDSHER_HEAP")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".heap"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := pprof.WriteHeapProfile(f); err != nil {
		t.Fatal(err)
	}
}

func heap() (m runtime.MemStats) {
	for range 3 {
		runtime.GC()
	}
	debug.FreeOSMemory()
	runtime.ReadMemStats(&m)
	return m
}

func mb(n uint64) float64 { return float64(n) / (1 << 20) }
