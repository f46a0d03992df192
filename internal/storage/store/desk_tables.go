package store

import "feldsher/internal/clinic"

// The maps of the desk's tables and of the price list; see tables.go.

var schedules = newEntity("schedule", "staff weekday starts ends slot room weeks since last",
	func(v *clinic.Schedule) *clinic.Record { return &v.Record },
	func(v *clinic.Schedule, _ *clinic.ID) []any {
		return []any{&v.Staff, &v.Weekday, &v.From, &v.Until, &v.Slot, &v.Room, &v.Weeks, &v.Since, &v.Last}
	})

var absences = newEntity("absence", "staff since last starts ends reason note substitute",
	func(v *clinic.Absence) *clinic.Record { return &v.Record },
	func(v *clinic.Absence, _ *clinic.ID) []any {
		return []any{&v.Staff, &v.From, &v.Until, &v.FromTime, &v.UntilTime, &v.Reason, &v.Note, &v.Substitute}
	})

var services = newEntity("service", "code title speciality minutes price currency active",
	func(v *clinic.Service) *clinic.Record { return &v.Record },
	func(v *clinic.Service, _ *clinic.ID) []any {
		return []any{&v.Code, &v.Title, &v.Speciality, &v.Minutes, &v.Price, &v.Currency, &v.Active}
	})

// The columns card and care of a booking are its patient and visit: other tables'
// patient and visit never change, these are set when they are known.
var bookings = newEntity("booking",
	`subject card name phone staff room starts minutes double moved kind channel service reason note
	status arrived called done cancel cancel_by cancel_at contacted contacted_at care made made_by`,
	func(v *clinic.Booking) *clinic.Record { return &v.Record },
	func(v *clinic.Booking, _ *clinic.ID) []any {
		return []any{
			&v.Subject, &v.Patient, &v.Name, &v.Phone, &v.Staff, &v.Room, &v.Start, &v.Minutes, &v.Double, &v.Moved, &v.Kind,
			&v.Channel, &v.Service, &v.Reason, &v.Note, &v.Status, &v.Arrived, &v.Called, &v.Done, &v.Cancel, &v.CancelBy,
			&v.CancelAt, &v.Contacted, &v.ContactedAt, &v.Visit, &v.Made, &v.MadeBy,
		}
	})

var waitings = newEntity("waiting",
	"subject card name phone staff speciality since last note status booking added added_by",
	func(v *clinic.Waiting) *clinic.Record { return &v.Record },
	func(v *clinic.Waiting, _ *clinic.ID) []any {
		return []any{
			&v.Subject, &v.Patient, &v.Name, &v.Phone, &v.Staff, &v.Speciality, &v.From, &v.Until, &v.Note, &v.Status,
			&v.Booking, &v.Added, &v.AddedBy,
		}
	})

var rendered = newEntity("rendered", "patient visit service code title price currency quantity staff rendered",
	func(v *clinic.Rendered) *clinic.Record { return &v.Record },
	func(v *clinic.Rendered, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.Visit, &v.Service, &v.Code, &v.Title, &v.Price, &v.Currency, &v.Quantity, &v.Staff, &v.When,
		}
	})
