package today_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/today"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/today/todaytest"
	"feldsher/translations"
)

// TestPanels keeps pictures of what stands beside the schedule.
func TestPanels(t *testing.T) {
	panels := []struct {
		name string
		look kit.Look
		act  func(*hands)
	}{
		{"find", kit.Look{}, func(h *hands) { h.press(fyne.KeyReturn); h.letters("леон") }},
		{"none", kit.Look{Dark: true}, func(h *hands) { h.press(fyne.KeyReturn); h.letters("выдумкина арина петровна") }},
		{"register", kit.Look{}, func(h *hands) {
			h.press(fyne.KeyReturn)
			h.letters("ковылина дарья")
			h.press(fyne.KeyF2)
			h.letters("09031984")
			h.press(fyne.KeyTab)
		}},
		{"details", kit.Look{}, func(h *hands) { h.press(fyne.KeyF3, fyne.KeyReturn) }},
		{"details-dark", kit.Look{Dark: true}, func(h *hands) { h.press(fyne.KeyUp, fyne.KeyReturn) }},
		{"cancel", kit.Look{}, func(h *hands) { h.press(fyne.KeyF3, fyne.KeyDelete) }},
		{"waiting", kit.Look{}, func(h *hands) { h.press(fyne.KeyF9) }},
		{"away", kit.Look{}, func(h *hands) {
			h.ctrl(fyne.KeyRight)
			h.ctrl(fyne.KeyRight)
			h.press(fyne.KeyHome, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyF10)
		}},
		{"holding", kit.Look{}, func(h *hands) { h.press(fyne.KeyF3, fyne.KeyF6, fyne.KeyLeft, fyne.KeyUp) }},
		{"large", kit.Look{Scale: 1.5}, func(h *hands) { h.press(fyne.KeyReturn); h.letters("леон") }},
	}
	for _, p := range panels {
		t.Run(p.name, func(t *testing.T) {
			s := presenttest.Open(t, translations.Russian)
			todaytest.Fill(t, s, 150)
			presenttest.Patient(t, s, func(c *clinic.Patient) { c.Patronymic = "Игоревна" })
			st := pagetest.Show(t, s, p.look, build(present.Route{Page: present.PageToday}, today.NewToday))
			p.act(&hands{t: t, st: st})
			kittest.Same(t, st.Window, "panel-"+p.name)
		})
	}
}

// TestFirstDay keeps the picture of a clinic in which nothing is set yet.
func TestFirstDay(t *testing.T) {
	for name, make := range map[string]func(*page.Env, present.Route) page.Page{
		"today": today.NewToday, "timetable": today.NewTimetable, "mine": today.NewMine,
	} {
		s := presenttest.Open(t, translations.Russian)
		st := pagetest.Show(t, s, kit.Look{}, build(present.Route{}, make))
		kittest.Same(t, st.Window, "first-"+name)
	}
}

// TestWalkInOnTheFirstDay: a feldsher without any timetable takes a patient at once.
func TestWalkInOnTheFirstDay(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	h := sit(t, s, present.Route{Page: present.PageToday})
	h.press(fyne.KeyF7)
	h.letters("ковылина")
	h.press(fyne.KeyReturn)
	if list := bookings(t, s, p.ID); len(list) != 1 || list[0].Status != clinic.Arrived {
		t.Fatalf("%v; the page said %q", list, h.said())
	}
}
