package clinic

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"feldsher/internal/fault"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestInstant: a minute of the clinic's clock is one instant; where the clock skips
// it, there is none (R2.6).
func TestInstant(t *testing.T) {
	moscow, berlin := zone(t, "Europe/Moscow"), zone(t, "Europe/Berlin")
	if at, ok := Date("2026-11-23").Instant(9*60+30, moscow); !ok || at.Std().Format(time.RFC3339) != "2026-11-23T06:30:00Z" {
		t.Error(at.Std(), ok)
	}
	if at, ok := Date("2026-03-29").Instant(2*60+30, berlin); ok {
		t.Error("a skipped minute is there:", at.Std().In(berlin))
	}
	if at, ok := Date("2026-03-29").Instant(3*60, berlin); !ok || at.Std().Hour() != 1 {
		t.Error(at.Std(), ok)
	}
	from, until := Date("2026-03-29").Bounds(berlin)
	if hours := until.Std().Sub(from.Std()).Hours(); hours != 23 {
		t.Errorf("the day has %v hours", hours)
	}
	if _, ok := Date("2026-02-31").Instant(0, moscow); ok {
		t.Error("the 31st of February is there")
	}
	if Date("2026-12-31").AddDays(1) != "2027-01-01" || Date("2026-11-22").Weekday() != 7 || Date("2026-11-22").Monday() != "2026-11-16" {
		t.Error("the calendar is wrong")
	}
}

// TestSummerTimeSlots: on the day the clock springs forward no slot lies in the gap and
// none twice; on the day it falls back each begins once.
func TestSummerTimeSlots(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for day, want := range map[Date]int{"2026-03-29": 8, "2026-10-25": 12, "2026-10-26": 12} {
		slots := Slots(NewID(), day, []Span{{From: 60, Until: 4 * 60, Slot: 15}}, berlin)
		if len(slots) != want {
			t.Errorf("%s: %d slots, want %d", day, len(slots), want)
		}
		for i := range slots[1:] {
			if slots[i+1].Start <= slots[i].Start {
				t.Errorf("%s: slots are not in order", day)
			}
		}
	}
}

// TestHours: weekday, term, odd and even weeks and absences decide when somebody works
// (R2.1).
func TestHours(t *testing.T) {
	monday := Date("2026-11-23") // week 48
	base := Schedule{Staff: NewID(), Weekday: 1, From: 9 * 60, Until: 13 * 60, Slot: 15, Room: "5"}
	with := func(fn func(*Schedule)) Schedule { s := base; fn(&s); return s }
	for name, c := range map[string]struct {
		s    Schedule
		want bool
	}{
		"plain":   {base, true},
		"tuesday": {with(func(s *Schedule) { s.Weekday = 2 }), false},
		"odd":     {with(func(s *Schedule) { s.Weeks = OddWeeks }), false},
		"even":    {with(func(s *Schedule) { s.Weeks = EvenWeeks }), true},
		"later":   {with(func(s *Schedule) { s.Since = "2026-11-24" }), false},
		"over":    {with(func(s *Schedule) { s.Last = "2026-11-22" }), false},
		"edges":   {with(func(s *Schedule) { s.Since, s.Last = monday, monday }), true},
		"struck":  {with(func(s *Schedule) { s.Deleted = 1 }), false},
	} {
		if c.s.On(monday) != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
	all := []Schedule{with(func(s *Schedule) { s.From, s.Until, s.Room = 14*60, 16*60, "7" }), base}
	if h := Hours(monday, all, nil); len(h) != 2 || h[0].Room != "5" || h[1].From != 14*60 {
		t.Errorf("%+v", h)
	}
	part := []Absence{{From: monday, Until: monday, FromTime: 10 * 60, UntilTime: 15 * 60}}
	if h := Hours(monday, all, part); len(h) != 2 || h[0].Until != 10*60 || h[1].From != 15*60 {
		t.Errorf("%+v", h)
	}
	if h := Hours(monday, all, []Absence{{From: "2026-11-20", Until: monday}}); len(h) != 0 {
		t.Errorf("away and working: %+v", h)
	}
}

// TestWithin: neighbouring hours join, a gap between them does not.
func TestWithin(t *testing.T) {
	h := []Span{{From: 540, Until: 600, Slot: 15, Room: "1"}, {From: 600, Until: 660, Slot: 20, Room: "2"}, {From: 700, Until: 800, Slot: 20}}
	for _, c := range []struct {
		from, until int
		room        string
		ok          bool
	}{{540, 555, "1", true}, {590, 610, "1", true}, {600, 660, "2", true}, {650, 710, "", false}, {530, 560, "", false}, {790, 810, "", false}} {
		if room, ok := Within(h, c.from, c.until); ok != c.ok || ok && room != c.room {
			t.Errorf("%d–%d: %q %v", c.from, c.until, room, ok)
		}
	}
}

// TestStepsAndUndo: whatever way a booking goes, each step taken back gives the state
// before it with the moments it had (R2.2).
func TestStepsAndUndo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Booking{Status: Booked, Start: 1000}
		var trail []Booking
		for at := Time(1); ; at++ {
			next := NextStates(b.Status)
			if len(next) == 0 || len(trail) > 3 {
				break
			}
			to := rapid.SampledFrom(next).Draw(t, "to")
			if b.Status == NoShow {
				break // coming late begins the way anew
			}
			trail = append(trail, b)
			b.Step(to, at)
			if to == Cancelled {
				b.Cancel, b.CancelAt = "why", at
			}
		}
		for _, was := range slices.Backward(trail) {
			if b.Former() != was.Status {
				t.Fatalf("%s comes after %s, not %s", b.Status, b.Former(), was.Status)
			}
			b.StepBack()
			if b != was {
				t.Fatalf("taken back: %+v, was %+v", b, was)
			}
		}
	})
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{Booked, Arrived, true},
		{Booked, Done, true},
		{Arrived, Booked, false},
		{Done, Arrived, false},
		{InRoom, NoShow, false},
		{NoShow, Arrived, true},
		{Cancelled, Arrived, false},
		{"nonsense", Done, false},
	} {
		if CanStep(c.from, c.to) != c.want {
			t.Errorf("%s → %s: %v", c.from, c.to, !c.want)
		}
	}
}

// TestClashes: two bookings in the same place of one doctor clash, unless one says that
// it is meant, is cancelled or stands outside the grid (R2.4). Every clash is mutual.
func TestClashes(t *testing.T) {
	doctors := []ID{NewID(), NewID()}
	rapid.Check(t, func(t *rapid.T) {
		var all []Booking
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			b := Booking{
				Staff: rapid.SampledFrom(doctors).Draw(t, "doctor"), Start: Time(rapid.IntRange(1, 20).Draw(t, "start") * 600_000),
				Minutes: rapid.IntRange(1, 45).Draw(t, "minutes"), Kind: rapid.SampledFrom(BookingKinds).Draw(t, "kind"),
				Status: rapid.SampledFrom(BookingStates).Draw(t, "status"), Double: rapid.SampledFrom([]string{"", "", "why"}).Draw(t, "double"),
			}
			b.ID = NewID()
			all = append(all, b)
		}
		got := Clashes(all)
		for i := range all {
			for j := range all {
				a, b := &all[i], &all[j]
				want := i != j && a.Staff == b.Staff && a.Occupies() && b.Occupies() && a.Double == "" && b.Double == "" &&
					a.Start < b.End() && b.Start < a.End()
				if slices.Contains(got[a.ID], b.ID) != want {
					t.Fatalf("%+v and %+v: %v", a, b, !want)
				}
			}
		}
	})
}

// TestChecks: what can't be is refused at its field.
func TestChecks(t *testing.T) {
	id := NewID()
	long := string(make([]byte, 5000))
	for name, c := range map[string]struct {
		err   error
		field string
	}{
		"schedule":          {(&Schedule{Staff: id, Weekday: 1, From: 540, Until: 600, Slot: 15}).Check(), ""},
		"schedule slot":     {(&Schedule{Staff: id, Weekday: 1, From: 540, Until: 600, Slot: 90}).Check(), "slot"},
		"schedule order":    {(&Schedule{Staff: id, Weekday: 1, From: 600, Until: 540, Slot: 15}).Check(), "until"},
		"schedule term":     {(&Schedule{Staff: id, Weekday: 1, From: 540, Until: 600, Slot: 15, Since: "2026-12-01", Last: "2026-11-01"}).Check(), "last"},
		"schedule february": {(&Schedule{Staff: id, Weekday: 1, From: 540, Until: 600, Slot: 15, Since: "2026-02-31"}).Check(), "since"},
		"absence":           {(&Absence{Staff: id, From: "2026-11-23", Reason: "sick"}).Check(), ""},
		"absence hours":     {(&Absence{Staff: id, From: "2026-11-23", Reason: "sick", FromTime: 600, UntilTime: 500}).Check(), "until_time"},
		"absence reason":    {(&Absence{Staff: id, From: "2026-11-23", Reason: "mood"}).Check(), "reason"},
		"absence self":      {(&Absence{Staff: id, From: "2026-11-23", Reason: "sick", Substitute: id}).Check(), "substitute"},
		"booking":           {(&Booking{Staff: id, Name: "Ким", Start: 1, Minutes: 15}).Check(), ""},
		"booking nobody":    {(&Booking{Staff: id, Name: " \t", Start: 1, Minutes: 15}).Check(), "patient"},
		"booking long":      {(&Booking{Staff: id, Name: "Ким", Reason: long, Start: 1, Minutes: 15}).Check(), "reason"},
		"booking mirrored":  {(&Booking{Staff: id, Name: "Ким\u202e", Start: 1, Minutes: 15}).Check(), "name"},
		"booking endless":   {(&Booking{Staff: id, Name: "Ким", Start: 1, Minutes: 100000}).Check(), "minutes"},
		"booking kind":      {(&Booking{Staff: id, Name: "Ким", Start: 1, Minutes: 5, Kind: "vip"}).Check(), "kind"},
		"waiting":           {(&Waiting{Name: "Ким", Speciality: "терапия"}).Check(), ""},
		"waiting whom":      {(&Waiting{Name: "Ким"}).Check(), "staff"},
		"service":           {(&Service{Title: "Приём", Price: 150050, Currency: "RUB"}).Check(), ""},
		"service price":     {(&Service{Title: "Приём", Price: -1, Currency: "RUB"}).Check(), "price"},
		"service currency":  {(&Service{Title: "Приём", Currency: "USD"}).Check(), "currency"},
		"rendered":          {(&Rendered{Title: "Приём", Currency: "KZT"}).Check(), ""},
		"rendered quantity": {(&Rendered{Title: "Приём", Currency: "KZT", Quantity: 5000}).Check(), "quantity"},
	} {
		if field := fieldOf(c.err); field != c.field {
			t.Errorf("%s: %v, want a fault at %q", name, c.err, c.field)
		}
	}
	b := Booking{Staff: id, Name: "  Ким \t Светлана\n", Start: 1, Minutes: 15}
	if err := b.Check(); err != nil || b.Name != "Ким Светлана" || b.Kind != Planned || b.Status != Booked || b.Channel != AtDesk {
		t.Errorf("%+v, %v", b, err)
	}
}

func fieldOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}
