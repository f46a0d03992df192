// Package desk is the reception desk: working hours, the timetable, bookings, the
// queue of the day and the waiting list (R2).
//
// It promises that nothing is booked into the past, into hours that nobody works or
// into a place that is taken, unless somebody says why; that a booking which the
// ledger has is never dropped, also where two workstations booked the same place
// apart: both stand, and each names the other. It needs an open store and its
// logged-in user, asks that user's right in every use case and notes whose names
// were looked at. It never touches clinical text.
package desk

import (
	"context"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Desk works for one logged-in user.
type Desk struct {
	store *store.Store
	who   *access.User
	now   func() time.Time
	looks *access.Looks
}

// New is for the logged-in user who.
func New(s *store.Store, who *access.User, now func() time.Time) *Desk {
	return &Desk{store: s, who: who, now: now, looks: access.NewLooks(s, who, now)}
}

// Flush writes the acts of looking noted so far to the ledger; see records.Flush.
func (d *Desk) Flush(ctx context.Context) error { return d.looks.Flush(ctx) }

// Zone is the clinic's own time zone (R2.6).
func (d *Desk) Zone(ctx context.Context) (*time.Location, error) {
	org, err := d.store.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	return zoneOf(org), nil
}

func zoneOf(org clinic.Organisation) *time.Location {
	zone, err := time.LoadLocation(org.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Today is the calendar day on the clinic's own clock.
func (d *Desk) Today(ctx context.Context) (clinic.Date, error) {
	zone, err := d.Zone(ctx)
	if err != nil {
		return "", err
	}
	return clinic.DateIn(clinic.TimeOf(d.now()), zone), nil
}

func (d *Desk) update(ctx context.Context, intent string, fn func(*store.Tx) error) error {
	return d.store.Update(ctx, journal.Act{Actor: d.who.ID, Intent: intent}, fn)
}

// requireAny asks for one of several rights; the first is the one that is named.
func (d *Desk) requireAny(rights ...clinic.Right) error {
	for _, r := range rights {
		if d.who.May(r) {
			return nil
		}
	}
	return d.who.Require(rights[0])
}

// Person is a member of staff as the timetable heads a column.
type Person struct {
	ID         clinic.ID
	Name       clinic.Name
	Position   string
	Speciality string
	Treats     bool // sees patients: a doctor, feldsher or nurse
	Active     bool
}

func personOf(s *clinic.Staff) Person {
	p := Person{ID: s.ID, Name: s.Name, Position: s.Position, Speciality: s.Speciality, Active: s.Active && s.Deleted.IsZero()}
	if p.Name == (clinic.Name{}) {
		p.Name.Family = s.Login
	}
	p.Treats = s.Has(clinic.Doctor) || s.Has(clinic.Feldsher) || s.Has(clinic.Nurse)
	return p
}

// Staff lists the members of staff who may be booked: active and treating.
func (d *Desk) Staff(ctx context.Context) ([]Person, error) {
	if err := d.requireAny(clinic.ReadDesk, clinic.ManageDesk); err != nil {
		return nil, err
	}
	all, err := d.store.Reader(ctx).AllStaff()
	if err != nil {
		return nil, err
	}
	var out []Person
	for i := range all {
		if p := personOf(&all[i]); p.Active && p.Treats {
			out = append(out, p)
		}
	}
	return out, nil
}

// bookable reads a member of staff who can take patients.
func bookable(tx *store.Tx, field string, id clinic.ID) (clinic.Staff, error) {
	s, err := tx.Staff(id)
	switch {
	case fault.Is(err, fault.NotFound):
		return s, fault.At(field, "fault.staff.none")
	case err != nil:
		return s, err
	case !s.Active || !s.Deleted.IsZero():
		return s, fault.At(field, "fault.desk.staff_left")
	}
	return s, nil
}
