package desk_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/desk"
)

var (
	see    = []clinic.Role{clinic.Reception, clinic.Doctor, clinic.Feldsher, clinic.Nurse, clinic.Head}
	manage = []clinic.Role{clinic.Head, clinic.Administrator}
	either = []clinic.Role{clinic.Reception, clinic.Doctor, clinic.Feldsher, clinic.Nurse, clinic.Head, clinic.Administrator}
)

// useCases is every method of Desk with who may use it. A call names records that are not
// there: who may gets another fault than Forbidden, or none.
func useCases(ctx context.Context) map[string]struct {
	who  []clinic.Role
	call func(*desk.Desk) error
} {
	none := clinic.NewID()
	return map[string]struct {
		who  []clinic.Role
		call func(*desk.Desk) error
	}{
		"Day":            {see, func(d *desk.Desk) error { _, err := d.Day(ctx, day); return err }},
		"Week":           {see, func(d *desk.Desk) error { _, err := d.Week(ctx, none, day); return err }},
		"Mine":           {see, func(d *desk.Desk) error { _, err := d.Mine(ctx, day); return err }},
		"Queue":          {see, func(d *desk.Desk) error { _, err := d.Queue(ctx, day); return err }},
		"OfPatient":      {see, func(d *desk.Desk) error { _, err := d.OfPatient(ctx, none); return err }},
		"Booking":        {see, func(d *desk.Desk) error { _, err := d.Booking(ctx, none); return err }},
		"FreeSlots":      {see, func(d *desk.Desk) error { _, err := d.FreeSlots(ctx, desk.Want{}); return err }},
		"CallList":       {see, func(d *desk.Desk) error { _, err := d.CallList(ctx, none); return err }},
		"Stranded":       {see, func(d *desk.Desk) error { _, err := d.Stranded(ctx, clinic.ID{}); return err }},
		"Waiting":        {see, func(d *desk.Desk) error { _, err := d.Waiting(ctx); return err }},
		"Book":           {see, func(d *desk.Desk) error { _, err := d.Book(ctx, clinic.Booking{}); return err }},
		"Move":           {see, func(d *desk.Desk) error { _, err := d.Move(ctx, none, desk.Target{}); return err }},
		"Edit":           {see, func(d *desk.Desk) error { _, err := d.Edit(ctx, none, nil); return err }},
		"LinkPatient":    {see, func(d *desk.Desk) error { _, err := d.LinkPatient(ctx, none, none); return err }},
		"SetContacted":   {see, func(d *desk.Desk) error { _, err := d.SetContacted(ctx, none, ""); return err }},
		"SetStatus":      {see, func(d *desk.Desk) error { _, err := d.SetStatus(ctx, none, clinic.Arrived); return err }},
		"Cancel":         {see, func(d *desk.Desk) error { _, err := d.Cancel(ctx, none, "так"); return err }},
		"Undo":           {see, func(d *desk.Desk) error { _, err := d.Undo(ctx, none); return err }},
		"LinkVisit":      {see, func(d *desk.Desk) error { _, err := d.LinkVisit(ctx, none, none); return err }},
		"Substitute":     {see, func(d *desk.Desk) error { _, err := d.Substitute(ctx, none); return err }},
		"TakeBack":       {see, func(d *desk.Desk) error { return d.TakeBack(ctx, nil) }},
		"AddWaiting":     {see, func(d *desk.Desk) error { _, err := d.AddWaiting(ctx, clinic.Waiting{}); return err }},
		"FromWaiting":    {see, func(d *desk.Desk) error { _, err := d.FromWaiting(ctx, none, clinic.Booking{}); return err }},
		"DropWaiting":    {see, func(d *desk.Desk) error { return d.DropWaiting(ctx, none) }},
		"RestoreWaiting": {see, func(d *desk.Desk) error { return d.RestoreWaiting(ctx, none) }},
		"Staff":          {either, func(d *desk.Desk) error { _, err := d.Staff(ctx); return err }},
		"Schedules":      {either, func(d *desk.Desk) error { _, err := d.Schedules(ctx, none); return err }},
		"Absences":       {either, func(d *desk.Desk) error { _, err := d.Absences(ctx, none, day, day); return err }},
		"SaveSchedule":   {manage, func(d *desk.Desk) error { _, err := d.SaveSchedule(ctx, clinic.Schedule{}); return err }},
		"SaveSchedules":  {manage, func(d *desk.Desk) error { _, err := d.SaveSchedules(ctx, nil); return err }},
		"RemoveSchedule": {manage, func(d *desk.Desk) error { return d.RemoveSchedule(ctx, none) }},
		"SaveAbsence":    {manage, func(d *desk.Desk) error { _, err := d.SaveAbsence(ctx, clinic.Absence{}); return err }},
		"RemoveAbsence":  {manage, func(d *desk.Desk) error { return d.RemoveAbsence(ctx, none) }},
		"Import": {[]clinic.Role{clinic.Administrator}, func(d *desk.Desk) error {
			_, err := d.Import(ctx, desk.Incoming{})
			return err
		}},
		// What shows nobody and changes nothing.
		"Zone":  {clinic.Roles, func(d *desk.Desk) error { _, err := d.Zone(ctx); return err }},
		"Today": {clinic.Roles, func(d *desk.Desk) error { _, err := d.Today(ctx); return err }},
		"Flush": {clinic.Roles, func(d *desk.Desk) error { return d.Flush(ctx) }},
	}
}

// TestRights: every use case, asked for by every role, is allowed or Forbidden as the
// table says; a method without a row fails (R11.2).
func TestRights(t *testing.T) {
	o, ctx := open(t), context.Background()
	o.book(o.booking(0, when(0, 10, 0)))
	table := useCases(ctx)
	methods := reflect.TypeFor[*desk.Desk]()
	for i := range methods.NumMethod() {
		if _, ok := table[methods.Method(i).Name]; !ok {
			t.Errorf("%s has no row in the matrix of rights", methods.Method(i).Name)
		}
	}
	for _, role := range clinic.Roles {
		quiet := o.as(role)
		for name, c := range table {
			may := slices.Contains(c.who, role)
			if err := c.call(quiet); fault.Is(err, fault.Forbidden) == may || fault.Is(err, fault.Internal) && err != nil {
				t.Errorf("%s, %s: %v", role, name, err)
			}
		}
	}
}
