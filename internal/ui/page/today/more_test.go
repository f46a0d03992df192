package today_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/today"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/today/todaytest"
	"feldsher/translations"
)

func TestWaitingListByKeys(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	p := presenttest.Patient(t, s)
	h.ctrl(fyne.KeyRight)
	h.press(fyne.KeyF12, fyne.KeyReturn)
	h.letters("ковылина")
	h.press(fyne.KeyF9) // to the waiting list instead of a booking
	if len(bookings(t, s, p.ID)) != 0 {
		t.Fatal("booked instead of put on the waiting list")
	}
	h.press(fyne.KeyF9, fyne.KeyReturn) // whoever waits for this place stands first
	list, err := s.Desk.Waiting(t.Context())
	if err != nil || len(list) != 3 || !strings.Contains(h.said(), "Записано") {
		t.Fatalf("%d wait, %v; the page said %q", len(list), err, h.said())
	}
	h.st.Said[len(h.st.Said)-1].Do()
	if list, err = s.Desk.Waiting(t.Context()); err != nil || len(list) != 4 {
		t.Errorf("undone, %d wait, %v; the page said %q", len(list), err, h.said())
	}
}

func TestSubstitutionByKeys(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	h.ctrl(fyne.KeyRight)
	h.press(fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyF10) // the first column is ill
	h.press(fyne.Key1)
	if !strings.Contains(h.said(), "предупреждён") {
		t.Fatalf("the call was not noted; the page said %q", h.said())
	}
	h.ctrl(fyne.KeyReturn)
	if !strings.Contains(h.said(), "Перенесен") {
		t.Fatalf("nobody was moved; the page said %q", h.said())
	}
	_ = s
}

func TestClashesAreShownInTurn(t *testing.T) {
	_, h := open(t, present.Route{Page: present.PageToday})
	h.press(fyne.KeyF3, fyne.KeyReturn, fyne.KeyF2)
	first := h.st.Went[0].ID
	h.press(fyne.KeyEscape, fyne.KeyF3, fyne.KeyReturn, fyne.KeyF2)
	if len(h.st.Went) != 2 || h.st.Went[1].ID == first || h.st.Went[1].Page != present.PageCard {
		t.Errorf("went to %v", h.st.Went)
	}
}

func TestDayIsTyped(t *testing.T) {
	_, h := open(t, present.Route{Page: present.PageToday})
	h.ctrl(fyne.KeyD)
	h.letters("31022026")
	h.press(fyne.KeyReturn)
	if !strings.Contains(h.said(), "Дата не читается") {
		t.Errorf("31.02 was taken; the page said %q", h.said())
	}
	h.letters("23112026") // in the place of the wrong one
	h.press(fyne.KeyReturn, fyne.KeyF12, fyne.KeyReturn)
	h.letters("выдумкин")
	h.press(fyne.KeyReturn)
	h.letters("пётр")
	h.press(fyne.KeyTab, fyne.KeyTab)
	h.letters("01021970")
	h.press(fyne.KeyReturn)
	if !strings.Contains(h.said(), "23.11.2026") {
		t.Errorf("booked elsewhere: %q", h.said())
	}
}

func TestWhoMayNotReadTheDesk(t *testing.T) {
	s := presenttest.Open(t, translations.Russian, clinic.Administrator, clinic.Auditor)
	for _, name := range []string{present.PageToday, present.PageTimetable, present.PageMine} {
		h := sit(t, s, present.Route{Page: name})
		h.press(fyne.KeyReturn, fyne.KeyF2, fyne.KeyF6, fyne.KeyF7, fyne.KeyF9, fyne.KeyF10, fyne.KeyDelete, fyne.KeyInsert, fyne.Key1)
	}
}

// TestAnyKeys presses anything: the pages stand it, and no booking is ever lost.
func TestAnyKeys(t *testing.T) {
	keys := []fyne.KeyName{
		fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight, fyne.KeyDown, fyne.KeyRight, fyne.KeyPageDown, fyne.KeyPageUp, fyne.KeyHome, fyne.KeyEnd,
		fyne.KeyReturn, fyne.KeyReturn, fyne.KeyEscape, fyne.KeyEscape, fyne.KeyTab, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6, fyne.KeyF7,
		fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF12, fyne.KeyDelete, fyne.KeyInsert, fyne.KeyBackspace, fyne.KeySpace,
		fyne.Key0, fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4,
	}
	words := []string{"леонов", "выдумкин пётр", "09031984", "9165550142", "👩‍⚕️", "\u202e", "срочно"}
	rounds, seed := 150, uint64(7)
	if os.Getenv("FELDSHER_SOAK") != "" {
		rounds, seed = 4000, rand.Uint64()
	}
	t.Logf("seed %d", seed)
	for _, name := range []string{present.PageToday, present.PageTimetable, present.PageMine} {
		t.Run(name, func(t *testing.T) {
			s := presenttest.Open(t, translations.Russian)
			todaytest.Fill(t, s, 100)
			h := sit(t, s, present.Route{Page: name})
			r := rand.New(rand.NewPCG(seed, 1))
			was := 0
			for range rounds {
				switch n := r.IntN(12); {
				case n == 0:
					h.ctrl([]fyne.KeyName{fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyD, fyne.KeyReturn}[r.IntN(6)])
				case n <= 2 && h.focused() != nil:
					h.letters(words[r.IntN(len(words))])
				default:
					h.press(keys[r.IntN(len(keys))])
				}
				now, err := s.Store.Reader(t.Context()).BookingCount()
				if err != nil {
					t.Fatal(err)
				}
				if now < was {
					t.Fatalf("%d bookings became %d", was, now)
				}
				was = now
			}
			h.st.Page.Leave()
		})
	}
}

// TestLanguagesFit draws each page in a narrow window, as at 150 per cent.
func TestLanguagesFit(t *testing.T) {
	for _, lang := range []translations.Lang{translations.Kazakh, translations.English} {
		s := presenttest.Open(t, lang)
		todaytest.Fill(t, s, 100)
		for _, route := range []string{present.PageToday, present.PageTimetable, present.PageMine} {
			make := today.NewToday
			switch route {
			case present.PageMine:
				make = today.NewMine
			case present.PageTimetable:
				make = today.NewTimetable
			}
			st := pagetest.Show(t, s, kit.Look{Scale: 1.5}, build(present.Route{Page: route}, make))
			if min, has := st.Page.Content().MinSize(), st.Window.Canvas().Size(); min.Height > has.Height {
				t.Errorf("%s in %s needs %v of %v", route, lang, min, has)
			}
		}
	}
}
