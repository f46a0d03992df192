package desk

import (
	"context"
	"slices"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// Schedules lists the weekly hours of a member of staff, or of all.
func (d *Desk) Schedules(ctx context.Context, staff clinic.ID) ([]clinic.Schedule, error) {
	if err := d.requireAny(clinic.ReadDesk, clinic.ManageDesk); err != nil {
		return nil, err
	}
	return d.store.Reader(ctx).Schedules(staff)
}

// SaveSchedule stores a stretch of weekly hours, new or changed. Two that hold at the
// same time for one member of staff are refused; whose hours they are never changes.
func (d *Desk) SaveSchedule(ctx context.Context, s clinic.Schedule) (clinic.Schedule, error) {
	saved, err := d.SaveSchedules(ctx, []clinic.Schedule{s})
	if err != nil {
		return clinic.Schedule{}, err
	}
	return saved[0], nil
}

// SaveSchedules stores several stretches of hours, all or none; see SaveSchedule.
func (d *Desk) SaveSchedules(ctx context.Context, list []clinic.Schedule) ([]clinic.Schedule, error) {
	if err := d.who.Require(clinic.ManageDesk); err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Deleted = 0
		if err := list[i].Check(); err != nil {
			return nil, err
		}
	}
	err := d.update(ctx, "schedule.save", func(tx *store.Tx) error {
		for i := range list {
			if err := saveSchedule(tx, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func saveSchedule(tx *store.Tx, s *clinic.Schedule) error {
	if _, err := bookable(tx, "staff", s.Staff); err != nil {
		return err
	}
	if !s.ID.IsZero() {
		old, err := tx.Schedule(s.ID)
		if err != nil {
			return err
		}
		if old.Staff != s.Staff {
			return fault.At("staff", "fault.desk.staff_stays")
		}
	}
	others, err := tx.Schedules(s.Staff)
	if err != nil {
		return err
	}
	for i := range others {
		if others[i].ID != s.ID && s.Collides(&others[i]) {
			return &fault.Error{Kind: fault.Conflict, Key: "fault.desk.schedule.twice", Field: "from"}
		}
	}
	return tx.PutSchedule(s)
}

// RemoveSchedule takes a stretch of hours away. Bookings in it stand: see Stranded.
func (d *Desk) RemoveSchedule(ctx context.Context, id clinic.ID) error {
	if err := d.who.Require(clinic.ManageDesk); err != nil {
		return err
	}
	return d.update(ctx, "schedule.remove", func(tx *store.Tx) error {
		s, err := tx.Schedule(id)
		if err != nil {
			return err
		}
		s.Deleted = tx.Now()
		return tx.PutSchedule(&s)
	})
}

// Absences lists the absences that touch the days, of one member of staff or all.
func (d *Desk) Absences(ctx context.Context, staff clinic.ID, from, until clinic.Date) ([]clinic.Absence, error) {
	if err := d.requireAny(clinic.ReadDesk, clinic.ManageDesk); err != nil {
		return nil, err
	}
	return d.store.Reader(ctx).Absences(staff, from, until)
}

// SaveAbsence stores an absence, new or changed. Bookings in it stand: see CallList.
func (d *Desk) SaveAbsence(ctx context.Context, a clinic.Absence) (clinic.Absence, error) {
	if err := d.who.Require(clinic.ManageDesk); err != nil {
		return clinic.Absence{}, err
	}
	a.Deleted = 0
	if err := a.Check(); err != nil {
		return clinic.Absence{}, err
	}
	err := d.update(ctx, "absence.save", func(tx *store.Tx) error {
		if _, err := bookable(tx, "staff", a.Staff); err != nil {
			return err
		}
		if !a.Substitute.IsZero() {
			if _, err := bookable(tx, "substitute", a.Substitute); err != nil {
				return err
			}
		}
		if !a.ID.IsZero() {
			old, err := tx.Absence(a.ID)
			if err != nil {
				return err
			}
			if old.Staff != a.Staff {
				return fault.At("staff", "fault.desk.staff_stays")
			}
		}
		return tx.PutAbsence(&a)
	})
	if err != nil {
		return clinic.Absence{}, err
	}
	return a, nil
}

// RemoveAbsence takes an absence away: its hours can be booked again.
func (d *Desk) RemoveAbsence(ctx context.Context, id clinic.ID) error {
	if err := d.who.Require(clinic.ManageDesk); err != nil {
		return err
	}
	return d.update(ctx, "absence.remove", func(tx *store.Tx) error {
		a, err := tx.Absence(id)
		if err != nil {
			return err
		}
		a.Deleted = tx.Now()
		return tx.PutAbsence(&a)
	})
}

func fullDate(d clinic.Date) error {
	if !d.Full() || !d.Valid() {
		return fault.At("date", "fault.field.date")
	}
	return nil
}
