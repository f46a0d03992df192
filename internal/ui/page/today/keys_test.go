package today_test

import (
	"context"
	"testing"
	"unicode"

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

// hands press keys as a person does, and count them.
type hands struct {
	t     *testing.T
	st    *pagetest.Stage
	count int // keys beyond the letters and digits of the data
}

func (h *hands) focused() fyne.Focusable { return h.st.Window.Canvas().Focused() }

// press presses keys that are no data.
func (h *hands) press(names ...fyne.KeyName) {
	for _, n := range names {
		h.count++
		h.send(n)
	}
}

func (h *hands) send(n fyne.KeyName) {
	if n == fyne.KeyTab {
		h.st.Window.Canvas().FocusNext()
		return
	}
	if f := h.focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: n})
	} else {
		h.st.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: n})
	}
	if len(n) == 1 && n[0] >= '0' && n[0] <= '9' { // a digit comes as a letter too
		if f := h.focused(); f != nil {
			f.TypedRune(rune(n[0]))
		}
	}
}

// ctrl presses a key together with Ctrl: two keys.
func (h *hands) ctrl(n fyne.KeyName) {
	h.count += 2
	h.st.Page.Key(kit.Ctrl(n))
}

// letters types data; blanks between words are keys beyond it.
func (h *hands) letters(s string) {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			h.count++
		}
		f := h.focused()
		if f == nil {
			h.t.Fatalf("nobody gets the letter %q", r)
		}
		if unicode.IsDigit(r) {
			f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(r)})
			f = h.focused()
		}
		f.TypedRune(r)
	}
}

func (h *hands) said() string {
	if n := len(h.st.Said); n > 0 {
		return h.st.Said[n-1].Text
	}
	return ""
}

func open(t *testing.T, route present.Route) (*present.Session, *hands) {
	t.Helper()
	s := presenttest.Open(t, translations.Russian)
	todaytest.Fill(t, s, 120)
	return s, sit(t, s, route)
}

func sit(t *testing.T, s *present.Session, route present.Route) *hands {
	t.Helper()
	make := today.NewToday
	switch route.Page {
	case present.PageMine:
		make = today.NewMine
	case present.PageTimetable:
		make = today.NewTimetable
	}
	return &hands{t: t, st: pagetest.Show(t, s, kit.Look{}, build(route, make))}
}

func bookings(t *testing.T, s *present.Session, patient clinic.ID) []clinic.Booking {
	t.Helper()
	list, err := s.Store.Reader(context.Background()).BookingsOf(patient, 0)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// The limits of issue 3 and R2.5.
const (
	mostKnown = 12
	mostNew   = 25
)

func TestKnownPatientInFewKeys(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	p := presenttest.Patient(t, s)
	h.ctrl(fyne.KeyRight)               // tomorrow
	h.press(fyne.KeyRight, fyne.KeyF12) // another doctor, the next free place
	h.letters("ковылина")               // opens the panel, finds
	h.press(fyne.KeyReturn)             // books
	t.Logf("existing patient booked: %d keys beyond the data (at most %d); %s", h.count, mostKnown, h.said())
	list := bookings(t, s, p.ID)
	if len(list) != 1 || list[0].Status != clinic.Booked {
		t.Fatalf("booked %d times; the page said %q", len(list), h.said())
	}
	if day := clinic.DateIn(list[0].Start, s.Words.Zone); day != s.Today().AddDays(1) {
		t.Errorf("booked on %s", day)
	}
	if h.count > mostKnown {
		t.Errorf("%d keys beyond the data, at most %d", h.count, mostKnown)
	}
	// And the way back from the status line.
	h.st.Said[len(h.st.Said)-1].Do()
	if list = bookings(t, s, p.ID); list[0].Status != clinic.Cancelled {
		t.Errorf("undone, the booking is %s", list[0].Status)
	}
}

func TestKnownPatientByPhone(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	p := presenttest.Patient(t, s)
	h.press(fyne.KeyReturn)
	h.letters("9165550142")
	h.press(fyne.KeyReturn)
	if list := bookings(t, s, p.ID); len(list) != 1 {
		t.Fatalf("booked %d times; the page said %q", len(list), h.said())
	}
}

func TestNewPatientInFewKeys(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	h.ctrl(fyne.KeyRight)
	h.press(fyne.KeyRight, fyne.KeyF12)
	h.letters("выдумкина арина петровна")
	h.press(fyne.KeyReturn) // nobody has this name: registration
	h.letters("09031984")
	h.press(fyne.KeyTab)
	h.letters("9165550177")
	h.press(fyne.KeyReturn)
	t.Logf("new patient registered and booked: %d keys beyond the data (at most %d); %s", h.count, mostNew, h.said())
	found, err := s.Records.FindPatients(t.Context(), "Выдумкина", 5)
	if err != nil || len(found) != 1 {
		t.Fatalf("found %d, %v; the page said %q", len(found), err, h.said())
	}
	card, err := s.Records.Patient(t.Context(), found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if card.Name != (clinic.Name{Family: "Выдумкина", Given: "Арина", Patronymic: "Петровна"}) || card.Sex != clinic.Female ||
		card.BirthDate != "1984-03-09" || len(card.Contacts) != 1 || card.Contacts[0].E164 != "+79165550177" {
		t.Errorf("registered %v %s %s %v", card.Name, card.Sex, card.BirthDate, card.Contacts)
	}
	if list := bookings(t, s, card.ID); len(list) != 1 {
		t.Errorf("booked %d times", len(list))
	}
	if h.count > mostNew {
		t.Errorf("%d keys beyond the data, at most %d", h.count, mostNew)
	}
}

func TestStatesByDigits(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	p := presenttest.Patient(t, s)
	h.press(fyne.KeyReturn)
	h.letters("ковылина")
	h.press(fyne.KeyReturn)
	want := func(status string) {
		t.Helper()
		if b := bookings(t, s, p.ID)[0]; b.Status != status {
			t.Fatalf("the booking is %s, want %s; the page said %q", b.Status, status, h.said())
		}
	}
	want(clinic.Booked) // the cursor stands on it now
	h.press(fyne.Key1)
	want(clinic.Arrived)
	h.press(fyne.Key2)
	want(clinic.InRoom)
	h.press(fyne.Key0)
	want(clinic.Arrived)
	h.press(fyne.Key1) // a second time takes it back
	want(clinic.Booked)
	h.press(fyne.Key4)
	want(clinic.NoShow)
}

func TestCancelByTwoKeys(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	p := presenttest.Patient(t, s)
	h.press(fyne.KeyReturn)
	h.letters("ковылина")
	h.press(fyne.KeyReturn, fyne.KeyDelete, fyne.Key1)
	b := bookings(t, s, p.ID)[0]
	if b.Status != clinic.Cancelled || b.Cancel != "отказ пациента" {
		t.Fatalf("%s, %q; the page said %q", b.Status, b.Cancel, h.said())
	}
	h.st.Said[len(h.st.Said)-1].Do()
	if b = bookings(t, s, p.ID)[0]; b.Status != clinic.Booked {
		t.Errorf("undone, the booking is %s", b.Status)
	}
}

func TestMoveByKeys(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	p := presenttest.Patient(t, s)
	h.ctrl(fyne.KeyRight)
	h.press(fyne.KeyF12, fyne.KeyReturn)
	h.letters("ковылина")
	h.press(fyne.KeyReturn)
	was := bookings(t, s, p.ID)[0]
	h.press(fyne.KeyF6)
	h.ctrl(fyne.KeyRight) // into another day
	h.press(fyne.KeyReturn)
	b := bookings(t, s, p.ID)[0]
	if b.Start == was.Start || b.Status != clinic.Booked {
		// The place may be taken: then the panel asks why.
		h.letters("только рецепт")
		h.press(fyne.KeyReturn)
		b = bookings(t, s, p.ID)[0]
	}
	if b.Start == was.Start {
		t.Fatalf("not moved; the page said %q", h.said())
	}
	h.st.Said[len(h.st.Said)-1].Do()
	if b = bookings(t, s, p.ID)[0]; b.Start != was.Start || b.Staff != was.Staff {
		t.Errorf("the way back led to %s", s.Words.Moment(b.Start))
	}
}

func TestDoubleBookingAsksWhy(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	first := presenttest.Patient(t, s)
	second := presenttest.Patient(t, s, func(p *clinic.Patient) {
		p.Family, p.Given, p.BirthDate = "Незваная", "Ольга", "1970-02-01"
	})
	h.press(fyne.KeyReturn)
	h.letters("ковылина")
	h.press(fyne.KeyReturn, fyne.KeyInsert)
	h.letters("незваная")
	h.press(fyne.KeyReturn)
	if list := bookings(t, s, second.ID); len(list) != 0 {
		t.Fatal("booked a second one without a reason")
	}
	h.letters("только за рецептом") // the field has the keys now
	h.press(fyne.KeyReturn)
	h.press(fyne.KeyReturn)
	list := bookings(t, s, second.ID)
	if len(list) != 1 || list[0].Double != "только за рецептом" || list[0].Start != bookings(t, s, first.ID)[0].Start {
		t.Fatalf("second booking: %v; the page said %q", list, h.said())
	}
}

func TestUrgentAndWalkIn(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	p := presenttest.Patient(t, s)
	h.press(fyne.KeyF8)
	h.letters("ковылина")
	h.press(fyne.KeyReturn)
	list := bookings(t, s, p.ID)
	if len(list) != 1 || list[0].Kind != clinic.Urgent || list[0].Status != clinic.Arrived {
		t.Fatalf("urgent: %v; the page said %q", list, h.said())
	}
}

func TestHalfTypedSurvivesLeaving(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	h.press(fyne.KeyReturn)
	h.letters("неведомый пётр ильич")
	h.press(fyne.KeyReturn)
	h.letters("0102")
	h.st.Page.Leave()

	again := sit(t, s, present.Route{Page: present.PageToday})
	again.letters("1970") // name and place stand there; the half date waits for its year
	again.press(fyne.KeyReturn)
	found, err := s.Records.FindPatients(t.Context(), "Неведомый", 5)
	if err != nil || len(found) != 1 || found[0].BirthDate != "1970-02-01" {
		t.Fatalf("%v %v; the page said %q", found, err, again.said())
	}
	again.st.Page.Leave()
	if _, ok, _ := s.Records.Draft(t.Context(), "booking", clinic.ID{}); ok {
		t.Error("the draft stands though it was booked")
	}
}

func TestGuestIsBooked(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	todaytest.Fill(t, s, 120)
	p := presenttest.Patient(t, s)
	h := sit(t, s, present.Route{Page: present.PageToday, ID: p.ID})
	h.press(fyne.KeyReturn, fyne.KeyReturn)
	if list := bookings(t, s, p.ID); len(list) != 1 {
		t.Fatalf("booked %d times; the page said %q", len(list), h.said())
	}
}

func TestMineOpensTheVisit(t *testing.T) {
	_, h := open(t, present.Route{Page: present.PageMine})
	h.press(fyne.KeyF2, fyne.KeyReturn)
	if len(h.st.Went) != 1 || h.st.Went[0].Page != present.PageVisit || h.st.Went[0].Arg != "booking" || h.st.Went[0].ID.IsZero() {
		t.Fatalf("went to %v; the page said %q", h.st.Went, h.said())
	}
}

// TestPlaceFollowsTheCursor: what is typed is not lost when another place is chosen.
func TestPlaceFollowsTheCursor(t *testing.T) {
	s, h := open(t, present.Route{Page: present.PageToday})
	p := presenttest.Patient(t, s)
	h.press(fyne.KeyReturn)
	h.letters("ковылина")
	h.ctrl(fyne.KeyRight) // the panel stays, the day is another
	h.press(fyne.KeyReturn)
	list := bookings(t, s, p.ID)
	if len(list) != 1 || clinic.DateIn(list[0].Start, s.Words.Zone) != s.Today().AddDays(1) {
		t.Fatalf("booked %v; the page said %q", list, h.said())
	}
}
