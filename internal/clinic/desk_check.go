package clinic

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/fault"
)

// Limits of what the fields of the desk take: more than a line of a screen holds.
const (
	MaxMinutes  = 12 * 60        // of one booking or slot
	MaxPrice    = 100_000_000_00 // of one service, in kopecks or tiyn
	MaxQuantity = 999            // of one service at one visit
	maxCaller   = 200            // letters of a caller's name
	maxRemark   = 1000           // letters of a reason or note
)

// oneLine puts a text on one line without blanks around it and refuses what can't
// be shown: broken encoding, control characters, marks that turn the direction of
// what follows, endless text.
func oneLine(field string, s *string, limit int) error {
	*s = strings.Join(strings.FieldsFunc(*s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0' }), " ")
	switch n := utf8.RuneCountInString(*s); {
	case !utf8.ValidString(*s):
		return fault.At(field, "fault.field.encoding")
	case n > limit:
		return fault.At(field, "fault.field.long", "limit", limit, "n", n)
	case strings.ContainsFunc(*s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
		return fault.At(field, "fault.field.control")
	}
	return nil
}

// lines is oneLine of several fields; the first failure counts.
func lines(limit int, fields ...any) error {
	for i := 0; i+1 < len(fields); i += 2 {
		if err := oneLine(fields[i].(string), fields[i+1].(*string), limit); err != nil {
			return err
		}
	}
	return nil
}

func oneOf(field, value string, of []string) error {
	if slices.Contains(of, value) {
		return nil
	}
	return fault.At(field, "fault.field.choice", "choices", strings.Join(of, ", "))
}

// dates refuses dates that are none or not whole, and an end before its beginning.
func dates(from, until string, a, b Date) error {
	for _, d := range []struct {
		field string
		value Date
	}{{from, a}, {until, b}} {
		if d.value != "" && (!d.value.Valid() || !d.value.Full()) {
			return fault.At(d.field, "fault.field.date")
		}
	}
	if a != "" && b != "" && b < a {
		return fault.At(until, "fault.field.order")
	}
	return nil
}

// first gives the first failure.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Check tells what is wrong with a schedule and tidies its texts. Faults are
// Invalid, at the field.
func (s *Schedule) Check() error {
	switch {
	case s.Staff.IsZero():
		return fault.At("staff", "fault.field.empty")
	case s.Weekday < 1 || s.Weekday > 7:
		return fault.At("weekday", "fault.desk.weekday")
	case s.From < 0 || s.From >= DayMinutes:
		return fault.At("from", "fault.desk.clock")
	case s.Until <= s.From || s.Until > DayMinutes:
		return fault.At("until", "fault.desk.until")
	case s.Slot < 5 || s.Slot > MaxMinutes || s.Slot > s.Until-s.From:
		return fault.At("slot", "fault.desk.slot", "limit", min(MaxMinutes, s.Until-s.From))
	}
	return first(oneLine("room", &s.Room, 50), oneOf("weeks", s.Weeks, []string{"", OddWeeks, EvenWeeks}),
		dates("since", "last", s.Since, s.Last))
}

// Collides reports whether two schedules of one member of staff hold at the same
// time of some day.
func (s *Schedule) Collides(o *Schedule) bool {
	return s.Staff == o.Staff && s.Weekday == o.Weekday && s.From < o.Until && o.From < s.Until &&
		(s.Weeks == "" || o.Weeks == "" || s.Weeks == o.Weeks) &&
		(s.Last == "" || o.Since == "" || o.Since <= s.Last) && (o.Last == "" || s.Since == "" || s.Since <= o.Last)
}

// Check tells what is wrong with an absence and tidies it.
func (a *Absence) Check() error {
	if a.Until == "" {
		a.Until = a.From
	}
	switch {
	case a.Staff.IsZero():
		return fault.At("staff", "fault.field.empty")
	case a.From == "":
		return fault.At("from", "fault.field.empty")
	case a.FromTime < 0 || a.FromTime >= DayMinutes:
		return fault.At("from_time", "fault.desk.clock")
	case !a.WholeDay() && (a.UntilTime <= a.FromTime || a.UntilTime > DayMinutes):
		return fault.At("until_time", "fault.desk.until")
	case !a.Substitute.IsZero() && a.Substitute == a.Staff:
		return fault.At("substitute", "fault.desk.substitute_self")
	}
	return first(dates("from", "until", a.From, a.Until), oneOf("reason", a.Reason, AbsenceReasons), oneLine("note", &a.Note, maxRemark))
}

// Check tells what is wrong with a booking by itself, and tidies it.
func (b *Booking) Check() error {
	if b.Kind == "" {
		b.Kind = Planned
	}
	if b.Channel == "" {
		b.Channel = AtDesk
	}
	if b.Status == "" {
		b.Status = Booked
	}
	err := first(lines(maxCaller, "name", &b.Name, "phone", &b.Phone), oneLine("room", &b.Room, 50),
		lines(maxRemark, "reason", &b.Reason, "note", &b.Note, "double", &b.Double, "moved", &b.Moved, "cancel", &b.Cancel),
		oneOf("kind", b.Kind, BookingKinds), oneOf("channel", b.Channel, Channels), oneOf("status", b.Status, BookingStates),
		oneOf("contacted", b.Contacted, ContactOutcomes))
	switch {
	case err != nil:
		return err
	case b.Patient.IsZero() && b.Name == "":
		return fault.At("patient", "fault.desk.who")
	case b.Staff.IsZero():
		return fault.At("staff", "fault.field.empty")
	case b.Start.IsZero() || !b.Start.Valid():
		return fault.At("start", "fault.desk.clock")
	case b.Minutes < 1 || b.Minutes > MaxMinutes:
		return fault.At("minutes", "fault.desk.minutes", "limit", MaxMinutes)
	}
	return nil
}

// Check tells what is wrong with a line of the waiting list, and tidies it.
func (w *Waiting) Check() error {
	if w.Status == "" {
		w.Status = WaitingOpen
	}
	err := first(lines(maxCaller, "name", &w.Name, "phone", &w.Phone, "speciality", &w.Speciality), oneLine("note", &w.Note, maxRemark),
		oneOf("status", w.Status, []string{WaitingOpen, WaitingBooked, WaitingDropped}), dates("from", "until", w.From, w.Until))
	switch {
	case err != nil:
		return err
	case w.Patient.IsZero() && w.Name == "":
		return fault.At("patient", "fault.desk.who")
	case w.Staff.IsZero() && w.Speciality == "":
		return fault.At("staff", "fault.desk.whom")
	}
	return nil
}

// Check tells what is wrong with a line of the price list, and tidies it.
func (s *Service) Check() error {
	err := first(lines(maxCaller, "code", &s.Code, "speciality", &s.Speciality), oneLine("title", &s.Title, maxRemark))
	switch {
	case err != nil:
		return err
	case s.Title == "":
		return fault.At("title", "fault.field.empty")
	case s.Minutes < 0 || s.Minutes > MaxMinutes:
		return fault.At("minutes", "fault.desk.minutes", "limit", MaxMinutes)
	case s.Price < 0 || s.Price > MaxPrice:
		return fault.At("price", "fault.billing.price")
	}
	return oneOf("currency", s.Currency, []string{"RUB", "KZT"})
}

// Check tells what is wrong with a service rendered, and tidies it.
func (r *Rendered) Check() error {
	if r.Quantity == 0 {
		r.Quantity = 1
	}
	err := first(oneLine("code", &r.Code, maxCaller), oneLine("title", &r.Title, maxRemark))
	switch {
	case err != nil:
		return err
	case r.Title == "":
		return fault.At("title", "fault.field.empty")
	case r.Price < 0 || r.Price > MaxPrice:
		return fault.At("price", "fault.billing.price")
	case r.Quantity < 1 || r.Quantity > MaxQuantity:
		return fault.At("quantity", "fault.billing.quantity", "limit", MaxQuantity)
	}
	return oneOf("currency", r.Currency, []string{"RUB", "KZT"})
}
