package today_test

import (
	"os"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/today"
	"feldsher/internal/ui/present/today/todaytest"
	"feldsher/translations"
)

func day(t *testing.T, s *present.Session, ask today.Ask) *today.Table {
	t.Helper()
	got, err := today.Read(t.Context(), s, ask)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func full(t *testing.T) *present.Session {
	t.Helper()
	s := presenttest.Open(t, translations.Russian)
	todaytest.Fill(t, s, 120)
	return s
}

// freePlace is a place of the user's day in the week to come.
func freePlace(t *testing.T, s *present.Session) today.Place {
	t.Helper()
	table := day(t, s, today.Ask{Date: s.Today().AddDays(2), Staff: s.User.ID})
	for c := range table.Columns {
		for _, slot := range table.Columns[c].Slots {
			if p, ok := table.Place(s, c, slot); ok {
				return p
			}
		}
	}
	t.Fatal("no free place")
	return today.Place{}
}

func TestDay(t *testing.T) {
	s := full(t)
	table := day(t, s, today.Ask{})
	if table.Date != "2026-11-21" || table.Now != 12*60+30 {
		t.Errorf("the day is %s, now %d", table.Date, table.Now)
	}
	if len(table.Columns) != 7 {
		t.Fatalf("%d columns", len(table.Columns))
	}
	var ill, own *today.Column
	for i := range table.Columns {
		c := &table.Columns[i]
		if len(c.Away) > 0 {
			ill = c
		}
		if c.Staff == s.User.ID {
			own = c
		}
		for n := 1; n < len(c.Slots); n++ {
			if c.Slots[n].From < c.Slots[n-1].Until {
				t.Errorf("%s: places overlap at %d", c.Name, c.Slots[n].From)
			}
		}
	}
	if ill == nil || ill.Away[0].Word != "болезнь до 24.11" || len(ill.Slots) != 0 || ill.Free != 0 {
		t.Errorf("who is ill: %+v", ill)
	}
	if own == nil || own.Below != "терапия · каб. 4" {
		t.Errorf("own column: %+v", own)
	}
	// R2.4: both stand, both are listed, nobody is dropped.
	if len(table.Clashes) != 2 || table.ClashWords() == "" {
		t.Errorf("clashes: %q", table.ClashWords())
	}
	// The queue: who is inside, then the urgent, then by arrival.
	rank := map[string]int{clinic.InRoom: 0, clinic.Arrived: 1, clinic.Booked: 2, clinic.Done: 3, clinic.NoShow: 4}
	for i := 1; i < len(table.Queue); i++ {
		if rank[table.Queue[i].Status] < rank[table.Queue[i-1].Status] {
			t.Fatalf("%s stands after %s", table.Queue[i].Status, table.Queue[i-1].Status)
		}
	}
	if next := today.Next(table.Queue); next < 0 || table.Queue[next].Kind != clinic.Urgent {
		t.Error("the urgent patient is not the next")
	}
	for _, l := range table.Queue {
		if !l.Patient.IsZero() && (l.Name == "" || l.Facts == "") {
			t.Errorf("a line that does not tell who it is: %+v", l)
		}
	}
}

func TestFilter(t *testing.T) {
	s := full(t)
	all := day(t, s, today.Ask{})
	some := day(t, s, today.Ask{Field: "терапия"})
	if len(some.Columns) == 0 || len(some.Columns) >= len(all.Columns) {
		t.Errorf("%d of %d columns for a speciality", len(some.Columns), len(all.Columns))
	}
	one := day(t, s, today.Ask{Staff: s.User.ID})
	if len(one.Columns) != 1 || one.Columns[0].Staff != s.User.ID {
		t.Errorf("one doctor: %d columns", len(one.Columns))
	}
	for _, l := range one.Queue {
		if l.Staff != s.User.ID {
			t.Fatal("the queue has another's patients")
		}
	}
}

func TestWeek(t *testing.T) {
	s := full(t)
	week := day(t, s, today.Ask{Week: true})
	if len(week.Columns) != 7 || week.Columns[0].Date != "2026-11-16" || week.NowColumn != 5 || week.Staff != s.User.ID {
		t.Fatalf("%d columns from %s, now in %d", len(week.Columns), week.Columns[0].Date, week.NowColumn)
	}
	if lines := week.QueueOf(s.Today()); len(lines) == 0 || len(lines) == len(week.Queue) {
		t.Errorf("%d of %d lines are of today", len(lines), len(week.Queue))
	}
	seen := map[clinic.ID]bool{}
	for id := week.Staff; !seen[id]; id = week.Beside(1) {
		seen[id] = true
		week = day(t, s, today.Ask{Week: true, Staff: id})
	}
	if len(seen) != len(week.People) {
		t.Errorf("going on shows %d of %d doctors", len(seen), len(week.People))
	}
}

func TestTimesAreTheClinics(t *testing.T) {
	s := full(t)
	table := day(t, s, today.Ask{Staff: s.User.ID})
	for _, i := range table.Items {
		if want := i.Start.Std().In(s.Words.Zone); i.From != want.Hour()*60+want.Minute() {
			t.Fatalf("%v is drawn at %d", want, i.From)
		}
	}
	p, ok := table.Place(s, 0, today.Stretch{From: 9 * 60, Until: 9*60 + 20})
	if !ok || s.Words.Clock(p.Start) != "09:00" {
		t.Errorf("nine o'clock is %s", s.Words.Clock(p.Start))
	}
	if s.Words.Zone == time.UTC {
		t.Fatal("the clinic's zone is UTC: the test proves nothing")
	}
}

func TestBookAndUndo(t *testing.T) {
	s := full(t)
	card := presenttest.Patient(t, s)
	f := today.NewForm(freePlace(t, s))
	f.Double, f.Minutes = "проба", "15"
	d, err := f.Book(t.Context(), s, card.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := s.Desk.Booking(t.Context(), d.Booking)
	if err != nil || b.Status != clinic.Cancelled || b.Minutes != 15 {
		t.Errorf("undone: %s, %d min, %v", b.Status, b.Minutes, err)
	}
	f.Minutes = "долго"
	if _, err = f.Book(t.Context(), s, card.ID); present.At(err) != "minutes" {
		t.Errorf("letters for minutes: %v", err)
	}
}

// TestTakenPlaceAsksWhy: the card of a new patient is kept though the place is taken,
// and is not made twice.
func TestTakenPlaceAsksWhy(t *testing.T) {
	s := full(t)
	table := day(t, s, today.Ask{Staff: s.User.ID})
	var place today.Place
	for _, i := range table.Items {
		if i.Status == clinic.Booked {
			place, _ = table.Place(s, i.Column, i.Stretch)
		}
	}
	f := today.NewForm(place)
	f.Query = "незваная ольга петровна 01.02.1970"
	f.Begin(s)
	if _, err := f.Register(t.Context(), s); present.At(err) != "start" || !f.Taken || f.Patient.IsZero() {
		t.Fatalf("%v, taken %v", err, f.Taken)
	}
	if _, err := f.Register(t.Context(), s); present.At(err) != "double" {
		t.Fatalf("without a reason: %v", err)
	}
	f.Double = "только за рецептом"
	if _, err := f.Register(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Records.FindPatients(t.Context(), "незваная", 5); err != nil || len(found) != 1 {
		t.Errorf("registered %d times, %v", len(found), err)
	}
}

func TestSimilarIsTold(t *testing.T) {
	s := full(t)
	presenttest.Patient(t, s)
	like, err := today.Similar(t.Context(), s, today.Newcomer{Family: "Ковылина", Given: "Дарья", Patronymic: "Игоревна", Birth: "09.03.1984"})
	if err != nil || len(like) == 0 {
		t.Fatalf("%v, %v", like, err)
	}
	if none, err := today.Similar(t.Context(), s, today.Newcomer{Family: "Никакая", Given: "Ольга", Birth: "09.03.1984"}); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
}

func TestDraft(t *testing.T) {
	s := full(t)
	f := today.NewForm(freePlace(t, s))
	f.Query = "ковыл"
	if err := today.KeepForm(t.Context(), s, f); err != nil {
		t.Fatal(err)
	}
	got, err := today.KeptForm(t.Context(), s)
	if err != nil || got == nil || *got != *f {
		t.Fatalf("%+v, %v; want %+v", got, err, f)
	}
	if err := today.KeepForm(t.Context(), s, today.NewForm(f.Place)); err != nil {
		t.Fatal(err)
	}
	if got, err = today.KeptForm(t.Context(), s); err != nil || got != nil {
		t.Errorf("an empty form was kept: %+v, %v", got, err)
	}
	if err := s.Records.SaveDraft(t.Context(), records.DraftBooking, clinic.ID{}, "{"); err != nil {
		t.Fatal(err)
	}
	if got, err = today.KeptForm(t.Context(), s); err != nil || got != nil {
		t.Errorf("a broken draft: %+v, %v", got, err)
	}
}

func TestWaitingList(t *testing.T) {
	s := full(t)
	card := presenttest.Patient(t, s)
	f := today.NewForm(freePlace(t, s))
	if _, err := f.Wait(t.Context(), s, card.ID); err != nil {
		t.Fatal(err)
	}
	table := day(t, s, today.Ask{})
	list, err := today.Waiters(t.Context(), s, table, f.Place)
	if err != nil || len(list) != 4 || !list[0].Fits || list[0].Patient != card.ID {
		t.Fatalf("%+v, %v", list, err)
	}
	d, err := today.DropWaiting(t.Context(), s, &list[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, err = today.Waiters(t.Context(), s, table, f.Place); err != nil || len(list) != 4 {
		t.Errorf("%d wait after the undo, %v", len(list), err)
	}
}

func TestSubstitution(t *testing.T) {
	s := full(t)
	table := day(t, s, today.Ask{})
	var ill clinic.Absence
	for _, c := range table.Columns {
		if len(c.Absences) > 0 {
			ill = c.Absences[0]
		}
	}
	a, err := today.ReadAbsent(t.Context(), s, table, ill)
	if err != nil || len(a.Calls) == 0 || a.Substitute.Name.Family == "" || a.Calls[0].Tel == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := today.Contacted(t.Context(), s, &a.Calls[0].Entry, "reached"); err != nil {
		t.Fatal(err)
	}
	before := len(a.Calls)
	if _, err := today.Substitute(t.Context(), s, a); err != nil {
		t.Fatal(err)
	}
	if a, err = today.ReadAbsent(t.Context(), s, table, ill); err != nil || len(a.Calls) >= before {
		t.Errorf("%d of %d still to call, %v", len(a.Calls), before, err)
	}
}

func TestMine(t *testing.T) {
	s := full(t)
	m, err := today.ReadMine(t.Context(), s, "")
	if err != nil || len(m.Lines) == 0 || m.Next < 0 || !m.Today {
		t.Fatalf("%+v, %v", m, err)
	}
	done := today.Count(m.Lines, clinic.Done)
	if len(m.Undone) != done || done == 0 {
		t.Errorf("%d patients were seen without a visit, %d are told", done, len(m.Undone))
	}
	// A visit that is open and a protocol that is not signed are told as such.
	line := m.Lines[len(m.Lines)-1]
	for _, l := range m.Lines {
		if l.Status == clinic.Done && !l.Patient.IsZero() {
			line = l
		}
	}
	v, err := s.Records.AddVisit(t.Context(), clinic.Visit{Patient: line.Patient, Kind: "clinic", CareFrom: line.Called})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.LinkVisit(t.Context(), line.ID, v.ID); err != nil {
		t.Fatal(err)
	}
	templates, err := s.Catalog.Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Records.AddProtocol(t.Context(), s.Catalog, clinic.Protocol{Patient: line.Patient, Visit: v.ID, Template: templates[0].ID}); err != nil {
		t.Fatal(err)
	}
	if m, err = today.ReadMine(t.Context(), s, ""); err != nil {
		t.Fatal(err)
	}
	pages := map[string]int{}
	for _, u := range m.Undone {
		pages[u.Route.Page+u.Route.Arg]++
	}
	if pages[present.PageVisit] != 1 || pages[present.PageSigning] != 1 || pages[present.PageVisit+"booking"] != done-1 {
		t.Errorf("undone: %v", pages)
	}
}

func TestReceptionSeesNoCare(t *testing.T) {
	s := presenttest.Open(t, translations.Russian, clinic.Reception, clinic.Administrator)
	todaytest.Fill(t, s, 100)
	m, err := today.ReadMine(t.Context(), s, "")
	if err != nil || len(m.Undone) != 0 {
		t.Errorf("reception is told of %d unfinished visits, %v", len(m.Undone), err)
	}
}

// TestWeekOpensQuickly: a hundred milliseconds for a week (issue 3); with
// FELDSHER_SOAK at the full size of a clinic.
func TestWeekOpensQuickly(t *testing.T) {
	patients := 1000
	if os.Getenv("FELDSHER_SOAK") != "" {
		patients = 100_000
	}
	s := presenttest.Open(t, translations.Russian)
	todaytest.Fill(t, s, patients)
	for _, ask := range []today.Ask{{Week: true}, {}} {
		best := time.Hour
		for range 5 {
			at := time.Now()
			day(t, s, ask)
			best = min(best, time.Since(at))
		}
		t.Logf("%d patients, week %v: %v", patients, ask.Week, best)
		if best > 100*time.Millisecond {
			t.Errorf("week %v opens in %v", ask.Week, best)
		}
	}
}
