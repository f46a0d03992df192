package clinic

import (
	"cmp"
	"slices"
	"time"
)

// DayMinutes is the length of a day as schedules count it.
const DayMinutes = 24 * 60

// DateIn gives the calendar day of an instant in a zone.
func DateIn(t Time, zone *time.Location) Date {
	if t.IsZero() {
		return ""
	}
	return Date(t.Std().In(zone).Format(time.DateOnly))
}

// MinuteIn gives the minutes since midnight of an instant in a zone.
func MinuteIn(t Time, zone *time.Location) int {
	l := t.Std().In(zone)
	return l.Hour()*60 + l.Minute()
}

// day gives the midnight of a full date in UTC, to calculate with.
func (d Date) day() (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}

// AddDays gives the date so many days later; an incomplete one stays as it is.
func (d Date) AddDays(n int) Date {
	t, ok := d.day()
	if !ok {
		return d
	}
	return Date(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// Weekday is 1 for Monday to 7 for Sunday; 0 of an incomplete date.
func (d Date) Weekday() int {
	t, ok := d.day()
	if !ok {
		return 0
	}
	return (int(t.Weekday())+6)%7 + 1
}

// Monday gives the first day of the date's week.
func (d Date) Monday() Date { return d.AddDays(1 - d.Weekday()) }

// Week is the number of the ISO week.
func (d Date) Week() int {
	t, _ := d.day()
	_, week := t.ISOWeek()
	return week
}

// Instant gives the moment of a minute of a day on the clinic's clock. ok is false
// where the clock skips that minute, as it does when summer time begins.
func (d Date) Instant(minute int, zone *time.Location) (at Time, ok bool) {
	t, whole := d.day()
	if !whole {
		return 0, false
	}
	l := time.Date(t.Year(), t.Month(), t.Day(), 0, minute, 0, 0, zone)
	want := t.Add(time.Duration(minute) * time.Minute)
	return TimeOf(l), l.Day() == want.Day() && l.Hour() == want.Hour() && l.Minute() == want.Minute()
}

// Bounds gives the first moment of a day in a zone and that of the next.
func (d Date) Bounds(zone *time.Location) (from, until Time) {
	from, _ = d.Instant(0, zone)
	until, _ = d.AddDays(1).Instant(0, zone)
	return from, until
}

// On reports whether the schedule holds on a day.
func (s *Schedule) On(d Date) bool {
	if !s.Deleted.IsZero() || d.Weekday() != s.Weekday || s.Since != "" && d < s.Since || s.Last != "" && d > s.Last {
		return false
	}
	odd := d.Week()%2 == 1
	return s.Weeks == "" || (s.Weeks == OddWeeks) == odd
}

// WholeDay reports whether the absence takes its days whole.
func (a *Absence) WholeDay() bool { return a.FromTime == 0 && a.UntilTime == 0 }

// Covers reports whether somebody is away at any time of a stretch of a day.
func (a *Absence) Covers(d Date, from, until int) bool {
	if !a.Deleted.IsZero() || d < a.From || d > a.Until {
		return false
	}
	return a.WholeDay() || from < a.UntilTime && until > a.FromTime
}

// Span is a stretch of a day on the clinic's clock.
type Span struct {
	From  int    `json:"from"`  // minutes since midnight
	Until int    `json:"until"` // minutes since midnight
	Slot  int    `json:"slot"`  // minutes of one slot
	Room  string `json:"room,omitempty"`
}

// Hours gives when a member of staff works on a day, in order; what an absence
// takes is not in it. The schedules and absences are those of one member of staff.
func Hours(d Date, schedules []Schedule, absences []Absence) []Span {
	var out []Span
	for i := range schedules {
		if s := &schedules[i]; s.On(d) {
			out = append(out, Span{s.From, s.Until, s.Slot, s.Room})
		}
	}
	for i := range absences {
		if a := &absences[i]; a.Covers(d, 0, DayMinutes) {
			out = cut(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Until, b.Until)) })
	return out
}

// cut takes an absence out of the hours of one of its days.
func cut(spans []Span, a *Absence) []Span {
	if a.WholeDay() {
		return nil
	}
	var out []Span
	for _, s := range spans {
		if s.Until <= a.FromTime || s.From >= a.UntilTime {
			out = append(out, s)
			continue
		}
		if before := (Span{s.From, a.FromTime, s.Slot, s.Room}); before.From < before.Until {
			out = append(out, before)
		}
		if after := (Span{a.UntilTime, s.Until, s.Slot, s.Room}); after.From < after.Until {
			out = append(out, after)
		}
	}
	return out
}

// Slot is a place in somebody's day.
type Slot struct {
	Staff   ID     `json:"staff"`
	Start   Time   `json:"start"`
	Minutes int    `json:"minutes"`
	Room    string `json:"room,omitempty"`
	Taken   bool   `json:"taken,omitempty"`
}

// Slots lays out the slots of a day. A slot that the clock skips, as when summer
// time begins, is not there; of a doubled hour the first is taken.
func Slots(staff ID, d Date, hours []Span, zone *time.Location) []Slot {
	var out []Slot
	for _, h := range hours {
		for m := h.From; h.Slot > 0 && m+h.Slot <= h.Until; m += h.Slot {
			if at, ok := d.Instant(m, zone); ok {
				out = append(out, Slot{Staff: staff, Start: at, Minutes: h.Slot, Room: h.Room})
			}
		}
	}
	return out
}

// Within reports whether a stretch of a day lies in working hours, and in which
// room it begins.
func Within(hours []Span, from, until int) (room string, ok bool) {
	at := from
	for _, h := range hours { // in order, so that neighbours join
		if h.From <= at && h.Until > at {
			if at == from {
				room = h.Room
			}
			at = h.Until
		}
		if at >= until {
			return room, true
		}
	}
	return "", false
}
