package desk

import (
	"cmp"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// rules judge a booking against what stands in the clinic at the moment of writing.
type rules struct {
	tx    *store.Tx
	zone  *time.Location
	land  clinic.Country
	now   time.Time
	today clinic.Date
}

func (d *Desk) rules(tx *store.Tx) (*rules, error) {
	org, err := tx.Organisation()
	if err != nil {
		return nil, err
	}
	r := &rules{tx: tx, zone: zoneOf(org), land: org.Country, now: d.now()}
	r.today = clinic.DateIn(clinic.TimeOf(r.now), r.zone)
	return r, nil
}

// fits checks a booking and fills in what goes without saying: how long it takes and
// in which room. self is its id where it stands already.
func (r *rules) fits(b *clinic.Booking, self clinic.ID) error {
	if err := r.duration(b); err != nil {
		return err
	}
	if err := b.Check(); err != nil {
		return err
	}
	if _, err := bookable(r.tx, "staff", b.Staff); err != nil {
		return err
	}
	day := clinic.DateIn(b.Start, r.zone)
	switch {
	case day < r.today:
		return fault.At("start", "fault.desk.past")
	case day > r.today.AddDays(mostAhead):
		return fault.At("start", "fault.desk.far")
	}
	if err := r.hours(b, day); err != nil {
		return err
	}
	if b.Double != "" || !b.Occupies() {
		return nil
	}
	return r.free(b, self)
}

// hours refuses what lies in nobody's working hours, but for those who come outside
// the grid and those who are visited at home.
func (r *rules) hours(b *clinic.Booking, day clinic.Date) error {
	schedules, err := r.tx.Schedules(b.Staff)
	if err != nil {
		return err
	}
	absences, err := r.tx.Absences(b.Staff, day, day)
	if err != nil {
		return err
	}
	from := clinic.MinuteIn(b.Start, r.zone)
	until := from + b.Minutes
	for i := range absences {
		if absences[i].Covers(day, from, until) {
			return fault.At("start", "fault.desk.absent")
		}
	}
	room, inside := clinic.Within(clinic.Hours(day, schedules, absences), from, until)
	if !inside && b.Kind == clinic.Planned {
		return fault.At("start", "fault.desk.outside")
	}
	if b.Kind != clinic.Home {
		b.Room = cmp.Or(b.Room, room)
	}
	return nil
}

// free refuses a place that is taken.
func (r *rules) free(b *clinic.Booking, self clinic.ID) error {
	const longest = clinic.Time(clinic.MaxMinutes) * 60_000
	near, err := r.tx.Bookings(b.Staff, b.Start-longest, b.End())
	if err != nil {
		return err
	}
	for i := range near {
		if o := &near[i]; o.ID != self && o.Occupies() && o.Overlaps(b.Start, b.End()) {
			return &fault.Error{Kind: fault.Conflict, Key: "fault.desk.taken", Field: "start"}
		}
	}
	return nil
}

// duration fills in how long a booking takes: as its service, or one slot.
func (r *rules) duration(b *clinic.Booking) error {
	if err := r.service(b); err != nil || b.Minutes != 0 {
		return err
	}
	schedules, err := r.tx.Schedules(b.Staff)
	if err != nil {
		return err
	}
	day, at := clinic.DateIn(b.Start, r.zone), clinic.MinuteIn(b.Start, r.zone)
	for _, h := range clinic.Hours(day, schedules, nil) {
		if h.From <= at && at < h.Until {
			b.Minutes = h.Slot
			return nil
		}
	}
	b.Minutes = usualDuration
	return nil
}

// service checks that the service is there; it says how long a booking takes.
func (r *rules) service(b *clinic.Booking) error {
	if b.Service.IsZero() {
		return nil
	}
	s, err := r.tx.Service(b.Service)
	if fault.Is(err, fault.NotFound) {
		return fault.At("service", "fault.billing.service.none")
	}
	if err == nil && b.Minutes == 0 {
		b.Minutes = s.Minutes
	}
	return err
}

// patient checks that the card is there, tidies a caller's phone, and warns where
// the patient has another booking at the same time or with the same doctor that day.
func (r *rules) patient(b *clinic.Booking) ([]check.Warning, error) {
	if b.Phone != "" {
		b.Phone = check.NormalizePhone(b.Phone, string(r.land)).Pretty
	}
	if b.Patient.IsZero() {
		return nil, nil
	}
	p, err := r.tx.Patient(b.Patient)
	if fault.Is(err, fault.NotFound) || err == nil && !p.Deleted.IsZero() {
		return nil, fault.At("patient", "fault.patient.none")
	}
	if err != nil {
		return nil, err
	}
	from, until := clinic.DateIn(b.Start, r.zone).Bounds(r.zone)
	others, err := r.tx.BookingsOf(b.Patient, from)
	if err != nil {
		return nil, err
	}
	for i := range others {
		o := &others[i]
		if o.ID == b.ID || !o.Live() || o.Start >= until {
			continue
		}
		at := o.Start.Std().In(r.zone).Format("15:04")
		if o.Overlaps(b.Start, b.End()) {
			return []check.Warning{{Field: "start", Key: "warn.desk.same_time", Args: map[string]any{"time": at}}}, nil
		}
		if o.Staff == b.Staff {
			return []check.Warning{{Field: "start", Key: "warn.desk.same_day", Args: map[string]any{"time": at}}}, nil
		}
	}
	return nil, nil
}
