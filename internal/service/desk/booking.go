package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// Saved is a stored booking with what looks odd about it and did not block it.
type Saved struct {
	clinic.Booking
	Warnings []check.Warning `json:"-"`
}

// How far from today a booking may lie, and how long one takes when neither service
// nor slot says it.
const (
	mostAhead     = 2 * 366 // days
	usualDuration = 15      // minutes
)

// Book stores a new booking (R2.2). Needed are the patient or a caller's name, the
// member of staff and the start; what takes no place in the grid (walk-in, urgent)
// may leave the start out: it is now. Faults at fields: patient, staff, start
// (fault.desk.past, .outside, .taken, .absent), minutes, service, double.
func (d *Desk) Book(ctx context.Context, b clinic.Booking) (Saved, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Saved{}, err
	}
	var out Saved
	err := d.update(ctx, "booking.add", func(tx *store.Tx) (err error) {
		out, err = d.book(tx, b)
		return err
	})
	if err != nil {
		return Saved{}, err
	}
	return out, nil
}

// book stores a new booking within a transaction.
func (d *Desk) book(tx *store.Tx, b clinic.Booking) (Saved, error) {
	r, err := d.rules(tx)
	if err != nil {
		return Saved{}, err
	}
	b.Record, b.Subject, b.Status, b.Visit = clinic.Record{}, clinic.ID{}, clinic.Booked, clinic.ID{}
	b.Arrived, b.Called, b.Done, b.CancelAt = 0, 0, 0, 0
	b.Cancel, b.CancelBy, b.Moved, b.Contacted, b.ContactedAt = "", clinic.ID{}, "", "", 0
	b.Made, b.MadeBy = tx.Now(), d.who.ID
	if outsideGrid(&b) && b.Start.IsZero() {
		b.Start = clinic.TimeOf(r.now.Truncate(time.Minute))
	}
	if err := r.fits(&b, clinic.ID{}); err != nil {
		return Saved{}, err
	}
	warnings, err := r.patient(&b)
	if err != nil {
		return Saved{}, err
	}
	if outsideGrid(&b) && clinic.DateIn(b.Start, r.zone) == r.today && b.Channel == clinic.AtDesk {
		b.Step(clinic.Arrived, tx.Now()) // stands at the desk
	}
	return Saved{b, warnings}, tx.PutBooking(&b)
}

func outsideGrid(b *clinic.Booking) bool { return b.Kind == clinic.WalkIn || b.Kind == clinic.Urgent }

// Target is where a booking is moved. What is zero stays as it was.
type Target struct {
	Staff   clinic.ID
	Start   clinic.Time
	Minutes int
	Room    string
	Double  string // why into a taken place
	Why     string // why it is moved
}

// Move moves a booking to another place; only one that is still awaited can be.
func (d *Desk) Move(ctx context.Context, id clinic.ID, to Target) (Saved, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Saved{}, err
	}
	var out Saved
	err := d.update(ctx, "booking.move", func(tx *store.Tx) (err error) {
		out, err = d.move(tx, id, to)
		return err
	})
	if err != nil {
		return Saved{}, err
	}
	return out, nil
}

func (d *Desk) move(tx *store.Tx, id clinic.ID, to Target) (Saved, error) {
	r, err := d.rules(tx)
	if err != nil {
		return Saved{}, err
	}
	b, err := tx.Booking(id)
	if err != nil {
		return Saved{}, err
	}
	if b.Status != clinic.Booked && b.Status != clinic.Arrived {
		return Saved{}, fault.New(fault.Conflict, "fault.desk.not_movable")
	}
	if b.Status == clinic.Arrived && !to.Start.IsZero() && clinic.DateIn(to.Start, r.zone) != clinic.DateIn(b.Start, r.zone) {
		return Saved{}, fault.New(fault.Conflict, "fault.desk.not_movable")
	}
	if !to.Staff.IsZero() && to.Staff != b.Staff || !to.Start.IsZero() && to.Start != b.Start {
		b.Room = "" // that of the new place
	}
	if !to.Staff.IsZero() {
		b.Staff = to.Staff
	}
	if !to.Start.IsZero() {
		b.Start = to.Start
	}
	if to.Minutes != 0 {
		b.Minutes = to.Minutes
	}
	b.Room = cmp.Or(to.Room, b.Room)
	b.Double, b.Moved = to.Double, to.Why
	if err := r.fits(&b, b.ID); err != nil {
		return Saved{}, err
	}
	warnings, err := r.patient(&b)
	if err != nil {
		return Saved{}, err
	}
	return Saved{b, warnings}, tx.PutBooking(&b)
}

// Edit changes the words of a booking: change gets the stored one and returns what
// it shall be. Place and state are not its to change, see Move and SetStatus; the
// patient may be set where there was none (the caller was registered), and stays.
func (d *Desk) Edit(ctx context.Context, id clinic.ID, change func(clinic.Booking) (clinic.Booking, error)) (Saved, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Saved{}, err
	}
	var out Saved
	err := d.update(ctx, "booking.edit", func(tx *store.Tx) error {
		old, err := tx.Booking(id)
		if err != nil {
			return err
		}
		b, err := change(old)
		if err != nil {
			return err
		}
		if !old.Patient.IsZero() && b.Patient != old.Patient {
			return fault.At("patient", "fault.desk.patient_stays")
		}
		kept := old
		kept.Patient, kept.Name, kept.Phone = b.Patient, b.Name, b.Phone
		kept.Reason, kept.Note, kept.Service, kept.Channel = b.Reason, b.Note, b.Service, b.Channel
		if b.Contacted != old.Contacted {
			kept.Contacted, kept.ContactedAt = b.Contacted, tx.Now()
		}
		if err := kept.Check(); err != nil {
			return err
		}
		r, err := d.rules(tx)
		if err != nil {
			return err
		}
		if kept.Patient != old.Patient || kept.Phone != old.Phone {
			if _, err := r.patient(&kept); err != nil {
				return err
			}
		}
		if kept.Service != old.Service {
			if err := r.service(&kept); err != nil {
				return err
			}
		}
		out.Booking = kept
		return tx.PutBooking(&out.Booking)
	})
	if err != nil {
		return Saved{}, err
	}
	return out, nil
}

// LinkPatient gives a caller's booking the card that was made or found.
func (d *Desk) LinkPatient(ctx context.Context, id, patient clinic.ID) (Saved, error) {
	return d.Edit(ctx, id, func(b clinic.Booking) (clinic.Booking, error) {
		b.Patient = patient
		return b, nil
	})
}

// SetContacted notes what a call to the patient came to (clinic.ContactOutcomes).
func (d *Desk) SetContacted(ctx context.Context, id clinic.ID, outcome string) (Saved, error) {
	return d.Edit(ctx, id, func(b clinic.Booking) (clinic.Booking, error) {
		b.Contacted = outcome
		return b, nil
	})
}

// SetStatus brings a booking on: arrived, in the room, done, didn't come. The moment
// is noted. Cancelling has its own use case, which asks for a reason.
func (d *Desk) SetStatus(ctx context.Context, id clinic.ID, to string) (Saved, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Saved{}, err
	}
	return d.step(ctx, "booking.status", id, func(r *rules, b *clinic.Booking) error {
		if to == clinic.Cancelled || !clinic.CanStep(b.Status, to) {
			return fault.New(fault.Conflict, "fault.desk.step")
		}
		if clinic.DateIn(b.Start, r.zone) > r.today {
			return fault.New(fault.Conflict, "fault.desk.not_yet")
		}
		b.Step(to, clinic.TimeOf(r.now))
		return nil
	})
}

// Cancel cancels a booking that is not over yet. A reason is asked for.
func (d *Desk) Cancel(ctx context.Context, id clinic.ID, why string) (Saved, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Saved{}, err
	}
	return d.step(ctx, "booking.cancel", id, func(r *rules, b *clinic.Booking) error {
		if strings.TrimSpace(why) == "" {
			return fault.At("why", "fault.desk.why")
		}
		if !clinic.CanStep(b.Status, clinic.Cancelled) {
			return fault.New(fault.Conflict, "fault.desk.step")
		}
		b.Step(clinic.Cancelled, clinic.TimeOf(r.now))
		b.Cancel, b.CancelBy, b.CancelAt = why, d.who.ID, clinic.TimeOf(r.now)
		return nil
	})
}

// Undo takes the last step back: to the state before it. Whoever comes back into the
// grid must find the place still free.
func (d *Desk) Undo(ctx context.Context, id clinic.ID) (Saved, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Saved{}, err
	}
	return d.step(ctx, "booking.undo", id, func(r *rules, b *clinic.Booking) error {
		if b.Former() == "" {
			return fault.New(fault.Conflict, "fault.desk.step")
		}
		was := b.Occupies()
		b.StepBack()
		if !was && b.Occupies() && b.Double == "" {
			return r.free(b, b.ID)
		}
		return nil
	})
}

// LinkVisit notes which visit came of a booking.
func (d *Desk) LinkVisit(ctx context.Context, id, visit clinic.ID) (Saved, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Saved{}, err
	}
	return d.step(ctx, "booking.visit", id, func(r *rules, b *clinic.Booking) error {
		v, err := r.tx.Visit(visit)
		if err != nil {
			return err
		}
		if same, err := r.tx.Component(b.Patient); err != nil {
			return err
		} else if !slices.Contains(same, v.Patient) {
			return fault.New(fault.Conflict, "fault.desk.other_patient")
		}
		b.Visit = visit
		return nil
	})
}

// step changes a stored booking within a transaction.
func (d *Desk) step(ctx context.Context, intent string, id clinic.ID, change func(*rules, *clinic.Booking) error) (Saved, error) {
	var out Saved
	err := d.update(ctx, intent, func(tx *store.Tx) error {
		r, err := d.rules(tx)
		if err != nil {
			return err
		}
		b, err := tx.Booking(id)
		if err != nil {
			return err
		}
		if err := change(r, &b); err != nil {
			return err
		}
		if err := b.Check(); err != nil {
			return err
		}
		out.Booking = b
		return tx.PutBooking(&out.Booking)
	})
	if err != nil {
		return Saved{}, err
	}
	return out, nil
}
