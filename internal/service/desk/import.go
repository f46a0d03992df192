package desk

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// Incoming is a desk as the demo clinic brings it: rows with ids of their own.
type Incoming struct {
	Staff     []clinic.Staff
	Schedules []clinic.Schedule
	Absences  []clinic.Absence
	Services  []clinic.Service
	Bookings  []clinic.Booking
	Waiting   []clinic.Waiting
}

// Imported counts the rows that were really new.
type Imported struct {
	Staff, Schedules, Absences, Services, Bookings, Waiting int
}

// Import stores a demo clinic's desk. What is there already stays as it is; bookings
// are taken as they come, past ones too. Right: MakeDemo.
func (d *Desk) Import(ctx context.Context, in Incoming) (n Imported, err error) {
	if err := d.who.Require(clinic.MakeDemo); err != nil {
		return n, err
	}
	act := journal.Act{Actor: d.who.ID, Intent: "demo", Batch: clinic.NewID()}
	err = d.store.Update(ctx, act, func(tx *store.Tx) error {
		if err := fresh(tx, "staff", in.Staff, &n.Staff, func(v *clinic.Staff) clinic.ID { return v.ID }, tx.PutStaff); err != nil {
			return err
		}
		if err := fresh(tx, "schedule", in.Schedules, &n.Schedules, func(v *clinic.Schedule) clinic.ID { return v.ID }, tx.PutSchedule); err != nil {
			return err
		}
		if err := fresh(tx, "absence", in.Absences, &n.Absences, func(v *clinic.Absence) clinic.ID { return v.ID }, tx.PutAbsence); err != nil {
			return err
		}
		if err := fresh(tx, "service", in.Services, &n.Services, func(v *clinic.Service) clinic.ID { return v.ID }, tx.PutService); err != nil {
			return err
		}
		return fresh(tx, "waiting", in.Waiting, &n.Waiting, func(v *clinic.Waiting) clinic.ID { return v.ID }, tx.PutWaiting)
	})
	const batch = 100 // short enough to let others write in between
	for from := 0; err == nil && from < len(in.Bookings); from += batch {
		part := in.Bookings[from:min(from+batch, len(in.Bookings))]
		err = d.store.Update(ctx, act, func(tx *store.Tx) error {
			return fresh(tx, "booking", part, &n.Bookings, func(v *clinic.Booking) clinic.ID { return v.ID }, tx.PutBooking)
		})
	}
	return n, err
}

// fresh stores the rows that are not there yet and are sound.
func fresh[T any](tx *store.Tx, table string, list []T, n *int, id func(*T) clinic.ID, put func(*T) error) error {
	for i := range list {
		v := &list[i]
		if c, ok := any(v).(interface{ Check() error }); ok {
			if err := c.Check(); err != nil {
				return err
			}
		}
		there, err := tx.Has(table, id(v))
		if err != nil {
			return err
		}
		if there {
			continue
		}
		if err := put(v); err != nil {
			return err
		}
		*n++
	}
	return nil
}
