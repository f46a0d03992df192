package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// MovedBySubstitution stands as the reason (Booking.Moved) on bookings that a substitution
// moved; a screen says it in its own words.
const MovedBySubstitution = "substitution"

// CallList lists who must be told of an absence: the awaited bookings in it, with
// phones, in the order of time (R2.2).
func (d *Desk) CallList(ctx context.Context, absence clinic.ID) ([]Entry, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return nil, err
	}
	zone, err := d.Zone(ctx)
	if err != nil {
		return nil, err
	}
	q := d.store.Reader(ctx)
	a, err := q.Absence(absence)
	if err != nil {
		return nil, err
	}
	from, _ := a.From.Bounds(zone)
	_, until := a.Until.Bounds(zone)
	all, err := q.Bookings(a.Staff, from, until)
	if err != nil {
		return nil, err
	}
	out, err := entries(q, concerned(&a, all, zone), zone)
	if err != nil {
		return nil, err
	}
	return out, d.looks.NotePage(ctx, "view", "booking", "absence"+absence.String(), len(out))
}

// concerned picks the awaited bookings that an absence covers.
func concerned(a *clinic.Absence, all []clinic.Booking, zone *time.Location) []clinic.Booking {
	return slices.DeleteFunc(all, func(b clinic.Booking) bool {
		at := clinic.MinuteIn(b.Start, zone)
		return b.Status != clinic.Booked || !a.Covers(clinic.DateIn(b.Start, zone), at, at+b.Minutes)
	})
}

// Stranded lists the awaited bookings of a member of staff from today on that stand
// in no working hours any more, or in an absence.
func (d *Desk) Stranded(ctx context.Context, staff clinic.ID) ([]Entry, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return nil, err
	}
	zone, err := d.Zone(ctx)
	if err != nil {
		return nil, err
	}
	today := clinic.DateIn(clinic.TimeOf(d.now()), zone)
	src, err := d.read(ctx, staff, today, lookAhead, zone)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for i := range lookAhead {
		for _, p := range src.people {
			c := src.column(p, today.AddDays(i))
			for _, e := range c.Entries {
				at := clinic.MinuteIn(e.Start, zone)
				if _, ok := clinic.Within(c.Hours, at, at+e.Minutes); !ok && e.Status == clinic.Booked && e.Kind == clinic.Planned {
					out = append(out, e)
				}
			}
		}
	}
	return out, d.looks.NotePage(ctx, "view", "booking", "stranded"+staff.String(), len(out))
}

// Substituted says what a substitution did.
type Substituted struct {
	Moved []clinic.Booking // now with the substitute
	From  []clinic.Booking // the same as they stood before; see TakeBack
	Left  []clinic.Booking // for whom there was no place: still where they were
}

// Substitute moves the awaited bookings of an absence to its substitute: to the same
// time where it is free, else to the free place of the same day that is nearest. What
// finds none stays and is told; the call list still has it.
func (d *Desk) Substitute(ctx context.Context, absence clinic.ID) (Substituted, error) {
	if err := d.who.Require(clinic.Book); err != nil {
		return Substituted{}, err
	}
	var out Substituted
	err := d.update(ctx, "absence.substitute", func(tx *store.Tx) error {
		r, err := d.rules(tx)
		if err != nil {
			return err
		}
		a, err := tx.Absence(absence)
		if err != nil {
			return err
		}
		if a.Substitute.IsZero() {
			return fault.At("substitute", "fault.desk.substitute_none")
		}
		from, _ := max(a.From, r.today).Bounds(r.zone)
		_, until := a.Until.Bounds(r.zone)
		all, err := tx.Bookings(a.Staff, from, until)
		if err != nil {
			return err
		}
		for _, b := range concerned(&a, all, r.zone) {
			before := b
			moved, err := r.substitute(&b, a.Substitute)
			if err != nil {
				return err
			}
			if !moved {
				out.Left = append(out.Left, b)
				continue
			}
			if err := tx.PutBooking(&b); err != nil {
				return err
			}
			out.Moved, out.From = append(out.Moved, b), append(out.From, before)
		}
		return nil
	})
	if err != nil {
		return Substituted{}, err
	}
	return out, nil
}

// TakeBack undoes a substitution: what still stands where it was moved goes back to
// where it stood, also into the absence. Right: Book.
func (d *Desk) TakeBack(ctx context.Context, from []clinic.Booking) error {
	if err := d.who.Require(clinic.Book); err != nil {
		return err
	}
	return d.update(ctx, "absence.take_back", func(tx *store.Tx) error {
		r, err := d.rules(tx)
		if err != nil {
			return err
		}
		for i := range from {
			b, err := tx.Booking(from[i].ID)
			if err != nil {
				return err
			}
			if b.Moved != MovedBySubstitution || b.Status != clinic.Booked {
				continue // somebody has gone on with it
			}
			b.Staff, b.Start, b.Minutes, b.Room = from[i].Staff, from[i].Start, from[i].Minutes, from[i].Room
			b.Double, b.Moved = from[i].Double, from[i].Moved
			if err := b.Check(); err != nil {
				return err
			}
			if b.Double == "" && b.Occupies() {
				if err := r.free(&b, b.ID); err != nil {
					return err
				}
			}
			if err := tx.PutBooking(&b); err != nil {
				return err
			}
		}
		return nil
	})
}

// substitute puts a booking into the nearest place of the substitute's same day.
func (r *rules) substitute(b *clinic.Booking, staff clinic.ID) (bool, error) {
	starts, err := r.starts(b, staff)
	if err != nil {
		return false, err
	}
	for _, at := range starts {
		try := *b
		try.Staff, try.Start, try.Room, try.Double, try.Moved = staff, at, "", "", MovedBySubstitution
		switch err := r.fits(&try, b.ID); {
		case err == nil:
			*b = try
			return true, nil
		case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid):
			return false, err
		}
	}
	return false, nil
}

// starts lists where a booking may begin in another's same day, the nearest first.
func (r *rules) starts(b *clinic.Booking, staff clinic.ID) ([]clinic.Time, error) {
	day := clinic.DateIn(b.Start, r.zone)
	schedules, err := r.tx.Schedules(staff)
	if err != nil {
		return nil, err
	}
	absences, err := r.tx.Absences(staff, day, day)
	if err != nil {
		return nil, err
	}
	out := []clinic.Time{b.Start}
	for _, s := range clinic.Slots(staff, day, clinic.Hours(day, schedules, absences), r.zone) {
		if s.Start != b.Start && s.Start >= clinic.TimeOf(r.now) {
			out = append(out, s.Start)
		}
	}
	slices.SortStableFunc(out, func(x, y clinic.Time) int { return cmp.Compare(distance(x, b.Start), distance(y, b.Start)) })
	return out, nil
}

func distance(a, b clinic.Time) clinic.Time { return max(a-b, b-a) }
