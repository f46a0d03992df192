package store

import (
	"cmp"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// PutSchedule writes a stretch of somebody's weekly hours.
func (tx *Tx) PutSchedule(s *clinic.Schedule) error { return schedules.save(tx, s, clinic.ID{}) }

// PutAbsence writes an absence.
func (tx *Tx) PutAbsence(a *clinic.Absence) error { return absences.save(tx, a, clinic.ID{}) }

// PutBooking writes a booking. A new one gets its subject: the patient, or itself
// for a caller without a card.
func (tx *Tx) PutBooking(b *clinic.Booking) error {
	if b.ID.IsZero() {
		b.ID = clinic.NewID()
	}
	if b.Subject.IsZero() {
		b.Subject = subjectOf(b.ID, b.Patient)
	}
	return bookings.save(tx, b, b.Patient)
}

// PutWaiting writes a line of the waiting list; see PutBooking.
func (tx *Tx) PutWaiting(w *clinic.Waiting) error {
	if w.ID.IsZero() {
		w.ID = clinic.NewID()
	}
	if w.Subject.IsZero() {
		w.Subject = subjectOf(w.ID, w.Patient)
	}
	return waitings.save(tx, w, w.Patient)
}

func subjectOf(id, patient clinic.ID) clinic.ID {
	if patient.IsZero() {
		return id
	}
	return patient
}

// Schedules lists the live schedules, of one member of staff or of all, in the
// order of the week.
func (r *Reader) Schedules(staff clinic.ID) ([]clinic.Schedule, error) {
	return listSchedules(r, staff)
}

// Schedules lists the live schedules.
func (tx *Tx) Schedules(staff clinic.ID) ([]clinic.Schedule, error) { return listSchedules(tx, staff) }

func listSchedules(q querier, staff clinic.ID) ([]clinic.Schedule, error) {
	const order = ` AND deleted IS NULL ORDER BY weekday, starts, rowid`
	if staff.IsZero() {
		return schedules.list(q, `1`+order)
	}
	return schedules.list(q, `staff = ?`+order, staff)
}

// Schedule reads one; Fault: NotFound, also when it was struck out.
func (tx *Tx) Schedule(id clinic.ID) (clinic.Schedule, error) {
	return live(schedules, tx, id, "fault.desk.schedule.none")
}

// Absences lists the live absences that touch the days from … until, of one member
// of staff or of all.
func (r *Reader) Absences(staff clinic.ID, from, until clinic.Date) ([]clinic.Absence, error) {
	return listAbsences(r, staff, from, until)
}

// Absences lists the live absences that touch the days.
func (tx *Tx) Absences(staff clinic.ID, from, until clinic.Date) ([]clinic.Absence, error) {
	return listAbsences(tx, staff, from, until)
}

func listAbsences(q querier, staff clinic.ID, from, until clinic.Date) ([]clinic.Absence, error) {
	const where, order = `last >= ? AND since <= ? AND deleted IS NULL`, ` ORDER BY since, starts, rowid`
	if staff.IsZero() {
		return absences.list(q, where+order, string(from), string(until))
	}
	return absences.list(q, where+` AND staff = ?`+order, string(from), string(until), staff)
}

// Absence reads one; Fault: NotFound, also when it was struck out.
func (tx *Tx) Absence(id clinic.ID) (clinic.Absence, error) {
	return live(absences, tx, id, "fault.desk.absence.none")
}

// Absence reads one.
func (r *Reader) Absence(id clinic.ID) (clinic.Absence, error) {
	return live(absences, r, id, "fault.desk.absence.none")
}

// Bookings lists the bookings that begin in from … until (not included), of one
// member of staff or of all, cancelled ones too, in the order of their time.
func (r *Reader) Bookings(staff clinic.ID, from, until clinic.Time) ([]clinic.Booking, error) {
	return listBookings(r, staff, from, until)
}

// Bookings lists the bookings that begin in from … until.
func (tx *Tx) Bookings(staff clinic.ID, from, until clinic.Time) ([]clinic.Booking, error) {
	return listBookings(tx, staff, from, until)
}

func listBookings(q querier, staff clinic.ID, from, until clinic.Time) ([]clinic.Booking, error) {
	const where = `starts >= ? AND starts < ? AND deleted IS NULL ORDER BY starts, rowid`
	if staff.IsZero() {
		return bookings.list(q, where, from, until)
	}
	return bookings.list(q, `staff = ? AND `+where, staff, from, until)
}

// BookingsOf lists a patient's bookings from a moment on, the earliest first, those of
// merged cards too.
func (r *Reader) BookingsOf(patient clinic.ID, from clinic.Time) ([]clinic.Booking, error) {
	return bookingsOf(r, patient, from)
}

// BookingsOf lists a patient's bookings from a moment on; see Reader.BookingsOf.
func (tx *Tx) BookingsOf(patient clinic.ID, from clinic.Time) ([]clinic.Booking, error) {
	return bookingsOf(tx, patient, from)
}

func bookingsOf(q querier, patient clinic.ID, from clinic.Time) ([]clinic.Booking, error) {
	cards, err := component(q, patient)
	if err != nil {
		return nil, err
	}
	var out []clinic.Booking
	for _, card := range cards {
		list, err := bookings.list(q, `card = ? AND starts >= ? AND deleted IS NULL ORDER BY starts, rowid`, card, int64(from))
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortStableFunc(out, func(a, b clinic.Booking) int { return cmp.Compare(a.Start, b.Start) })
	return out, nil
}

// Booking reads one; Fault: NotFound, also when it was struck out.
func (r *Reader) Booking(id clinic.ID) (clinic.Booking, error) {
	return live(bookings, r, id, "fault.desk.booking.none")
}

// Booking reads one; Fault: NotFound, also when it was struck out.
func (tx *Tx) Booking(id clinic.ID) (clinic.Booking, error) {
	return live(bookings, tx, id, "fault.desk.booking.none")
}

// BookingCount counts the live bookings.
func (r *Reader) BookingCount() (int, error) {
	n, err := scalar[int64](r, `SELECT count(*) FROM booking WHERE deleted IS NULL`)
	return int(n), err
}

// Waitings lists the waiting list, whoever waits longest first.
func (r *Reader) Waitings(status string) ([]clinic.Waiting, error) {
	return waitings.list(r, `status = ? AND deleted IS NULL ORDER BY added, rowid`, status)
}

// Waiting reads a line of the waiting list; Fault: NotFound, also when struck out.
func (tx *Tx) Waiting(id clinic.ID) (clinic.Waiting, error) {
	return live(waitings, tx, id, "fault.desk.waiting.none")
}

// live reads one record that was not struck out; Fault: NotFound under the key.
func live[T any](e *entity[T], q querier, id clinic.ID, key string) (T, error) {
	v, err := e.one(q, liveID, id)
	if err == nil && v == nil {
		err = fault.New(fault.NotFound, key)
	}
	if err != nil {
		return *new(T), err
	}
	return *v, nil
}

// Briefs reads what a list shows of cards, by their ids; a card that was struck
// out or is not there is missing.
func (r *Reader) Briefs(ids []clinic.ID) (map[clinic.ID]clinic.Brief, error) {
	out := make(map[clinic.ID]clinic.Brief, len(ids))
	for _, id := range ids {
		if _, known := out[id]; known || id.IsZero() {
			continue
		}
		packed, err := scalar[[]byte](r, `SELECT brief FROM find_patient WHERE id = ?`, id)
		if err != nil {
			return nil, err
		}
		if packed != nil {
			out[id] = unpackBrief(id, packed)
		}
	}
	return out, nil
}
