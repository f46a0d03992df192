package shell

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/present"
)

// large is the clinic of issue 3: with what the generator invents for each of them,
// about 300 000 visits.
const large = 100_000

// TestLarge measures the desktop in a large clinic and prints a table as `make bench`
// does: from a key to the rows, from a click to the whole page. FELDSHER_SOAK=1 makes a
// clinic of 100 000 (some minutes) and holds the limits; with FELDSHER_LARGE=dir it stays
// in dir for the next run. The ordinary run takes a small clinic, and only sees that
// everything can be measured.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("times say nothing under the race detector")
	}
	dir, soak := os.Getenv("FELDSHER_LARGE"), os.Getenv("FELDSHER_SOAK") == "1"
	people, n := 300, 4
	if soak || dir != "" {
		people, n = large, 50
	}
	s := founded(t, dir, people)
	c := survey(t, s, 2*n)
	h := open(t, s, present.Route{Page: present.PageHelp})
	b := &figures{t: t, h: h, soak: people == large, n: n}
	visits, err := s.Store.Reader(t.Context()).VisitCount()
	if err != nil {
		t.Fatal(err)
	}
	count, err := s.Store.Reader(t.Context()).PatientCount()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d patients, %d visits", count, visits)
	b.pages(c)
	b.search()
	b.scroll()
	t.Log("\n" + strings.Join(b.table, "\n"))
}

// figures are what was measured. The first of each is the cold one: nothing of it is in
// the memory of the database yet.
type figures struct {
	t     *testing.T
	h     *house
	soak  bool
	n     int
	table []string
}

func (b *figures) add(name string, limit time.Duration, all []time.Duration) {
	b.t.Helper()
	first := all[0]
	slices.Sort(all)
	middle, p99 := all[len(all)/2], all[len(all)*99/100]
	mark := ""
	if p99 > limit {
		mark = " !"
	}
	millis := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.table = append(b.table, fmt.Sprintf("%-52s %9.3f ms  ≤ %-14g p99 %.1f ms%s, first %.1f ms (%d)", "desktop: "+name, millis(middle), millis(limit), millis(p99), mark, millis(first), len(all)))
	if b.soak && middle > limit {
		b.t.Errorf("%s takes %v, the limit is %v", name, middle, limit)
	}
}

// pages opens each page for different people.
func (b *figures) pages(c town) {
	whole := 100 * time.Millisecond
	each := func(name string, route func(i int) present.Route) {
		var took []time.Duration
		for i := range b.n {
			_, all := b.h.visit(route(i))
			took = append(took, all)
			b.h.visit(present.Route{Page: present.PageHelp})
		}
		b.add(name, whole, took)
	}
	today := b.h.Session.Today()
	each("a card, all of it", func(i int) present.Route { return present.Route{Page: present.PageCard, ID: c.patients[i]} })
	each("a visit, all of it", func(i int) present.Route { return present.Route{Page: present.PageVisit, ID: c.visits[b.n+i]} })
	each("a new visit", func(i int) present.Route {
		return present.Route{Page: present.PageVisit, ID: c.patients[i], Arg: "new"}
	})
	each("a week of the timetable", func(i int) present.Route {
		return present.Route{Page: present.PageTimetable, ID: c.staff[i%len(c.staff)]}
	})
	each("the desk's day", func(i int) present.Route {
		return present.Route{Page: present.PageToday, Arg: string(today.AddDays(i%10 - 2))}
	})
	each("my day", func(int) present.Route { return present.Route{Page: present.PageMine} })
	each("changing a card", func(i int) present.Route {
		return present.Route{Page: present.PageRegistration, ID: c.patients[b.n+i]}
	})
	each("a protocol to sign", func(i int) present.Route {
		return present.Route{Page: present.PageSigning, ID: c.protocols[i%len(c.protocols)]}
	})
	each("the list of patients", func(int) present.Route { return present.Route{Page: present.PagePatients} })
}

// search types into the list of patients and into the palette.
func (b *figures) search() {
	var first, all, found []time.Duration
	for i := range b.n {
		for _, query := range []string{"иванова", "ков", "пет анна", "555", "1984", "кузнецов"}[i%6 : i%6+1] {
			b.h.visit(present.Route{Page: present.PagePatients})
			for _, x := range query {
				start := time.Now()
				f := b.h.w.Canvas().Focused()
				first = append(first, b.h.until("load find", func() { f.TypedRune(x) }))
				all = append(all, b.h.settle().Sub(start))
			}
			b.h.openPalette("")
			b.h.settle()
			for _, x := range query {
				f := b.h.w.Canvas().Focused()
				found = append(found, b.h.until("load palette", func() { f.TypedRune(x) }))
				b.h.settle()
			}
			b.h.Layers.CloseAll()
		}
	}
	b.add("search, from a key to the first rows", callLimit, first)
	b.add("search, from a key to all rows", 200*time.Millisecond, all)
	b.add("Ctrl+K, from a key to what was found", callLimit, found)
}

// scroll goes through the whole list: how long a key keeps the thread, and how long
// it takes until the rows are there.
func (b *figures) scroll() {
	b.h.visit(present.Route{Page: present.PagePatients})
	var key, rows []time.Duration
	press := func(name fyne.KeyName) {
		start := time.Now()
		key = append(key, b.h.call("key", func() { b.h.typed(name) }))
		last := b.h.settle()
		rows = append(rows, last.Sub(start))
	}
	for range 10 * b.n {
		press(fyne.KeyPageDown)
	}
	for range b.n {
		press(fyne.KeyDown)
	}
	b.add("scrolling all patients, a key", callLimit, key)
	b.add("scrolling all patients, until rows are there", 100*time.Millisecond, rows)
}

// until does something and gives how long it took until a work of a name has shown
// what it found.
func (h *house) until(what string, do func()) time.Duration {
	start := time.Now()
	h.label = ""
	do()
	for {
		for fn := h.driver.next(); fn != nil; fn = h.driver.next() {
			h.label = ""
			fn()
			if h.label == what {
				return time.Since(start)
			}
		}
		if !h.env.Loader.Busy() && h.driver.empty() {
			return time.Since(start) // the letter changed nothing
		}
		select {
		case <-h.driver.came:
		case <-time.After(300 * time.Microsecond):
		}
	}
}

func (d *queueDriver) empty() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.queue) == 0
}
