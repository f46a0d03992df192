package desk_test

import (
	"context"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/service/desk"
)

// TestSchedules: hours are saved, changed and removed; two at the same time are refused,
// and whose they are stays (R2.1).
func TestSchedules(t *testing.T) {
	o, ctx := open(t), context.Background()
	sat := o.schedule(clinic.Schedule{Staff: o.ann.ID, Weekday: 6, From: 9 * 60, Until: 12 * 60, Slot: 20})
	_, err := o.SaveSchedule(ctx, clinic.Schedule{Staff: o.ann.ID, Weekday: 6, From: 11 * 60, Until: 14 * 60, Slot: 20})
	refused(t, err, "fault.desk.schedule.twice", "from")
	odd, even := sat, sat
	odd.Weeks, even.Weeks, even.ID = clinic.OddWeeks, clinic.EvenWeeks, clinic.ID{}
	o.schedule(odd)
	o.schedule(even)
	moved := sat
	moved.Staff = o.boris.ID
	_, err = o.SaveSchedule(ctx, moved)
	refused(t, err, "fault.desk.staff_stays", "staff")
	if err := o.RemoveSchedule(ctx, sat.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, o.RemoveSchedule(ctx, sat.ID), "fault.desk.schedule.none", "")
	if list := must[[]clinic.Schedule](t)(o.Schedules(ctx, o.ann.ID)); len(list) != 6 {
		t.Errorf("%d lines of hours", len(list))
	}
	if list := must[[]clinic.Schedule](t)(o.Schedules(ctx, clinic.ID{})); len(list) != 11 {
		t.Errorf("%d lines of hours", len(list))
	}
	o.sound()
}

// TestStranded: bookings that stand in no hours any more are told.
func TestStranded(t *testing.T) {
	o, ctx := open(t), context.Background()
	b := o.book(o.booking(0, when(1, 10, 0)))
	o.book(o.booking(1, when(2, 10, 0)))
	for _, s := range must[[]clinic.Schedule](t)(o.Schedules(ctx, o.ann.ID)) {
		if s.Weekday == 2 {
			if err := o.RemoveSchedule(ctx, s.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out := must[[]entry](t)(o.Stranded(ctx, o.ann.ID)); len(out) != 1 || out[0].ID != b.ID {
		t.Errorf("%+v", out)
	}
}

// TestSubstitution: who is booked in an absence stands on the call list; the substitute
// takes them at their time or near it, and who finds no place stays and is told (R2.2).
func TestSubstitution(t *testing.T) {
	o, ctx := open(t), context.Background()
	var all []clinic.Booking
	for i, at := range []clinic.Time{when(1, 9, 0), when(1, 10, 0), when(1, 12, 0), when(2, 9, 0)} {
		all = append(all, o.book(o.booking(i%3, at)))
	}
	taken := o.booking(0, when(1, 10, 0))
	taken.Staff = o.boris.ID
	o.book(taken)
	a := must[clinic.Absence](t)(o.SaveAbsence(ctx, clinic.Absence{Staff: o.ann.ID, From: "2026-11-24", Reason: "sick", FromTime: 8 * 60, UntilTime: 11 * 60}))
	list := must[[]entry](t)(o.CallList(ctx, a.ID))
	if len(list) != 2 || list[0].ID != all[0].ID || list[1].ID != all[1].ID || list[1].Tel == "" {
		t.Errorf("%+v", list)
	}
	_, err := o.Substitute(ctx, a.ID)
	refused(t, err, "fault.desk.substitute_none", "substitute")
	a.Substitute, a.FromTime, a.UntilTime = o.boris.ID, 0, 0
	must[clinic.Absence](t)(o.SaveAbsence(ctx, a))
	done := must[desk.Substituted](t)(o.Substitute(ctx, a.ID))
	if len(done.Moved) != 3 || len(done.Left) != 0 {
		t.Fatalf("%+v", done)
	}
	if done.Moved[0].Start != when(1, 9, 0) || done.Moved[1].Start == when(1, 10, 0) || done.Moved[0].Staff != o.boris.ID || done.Moved[0].Moved != desk.MovedBySubstitution {
		t.Errorf("%+v", done.Moved)
	}
	if left := must[[]entry](t)(o.CallList(ctx, a.ID)); len(left) != 0 {
		t.Errorf("%d are still on the call list", len(left))
	}
	if again := must[desk.Substituted](t)(o.Substitute(ctx, a.ID)); len(again.Moved)+len(again.Left) != 0 {
		t.Errorf("%+v", again)
	}
	must[stored](t)(o.SetContacted(ctx, done.Moved[2].ID, "reached"))
	if err := o.TakeBack(ctx, done.From); err != nil {
		t.Fatal(err)
	}
	if back := must[[]entry](t)(o.CallList(ctx, a.ID)); len(back) != 3 || back[0].Staff != o.ann.ID || back[1].Start != when(1, 10, 0) || back[1].Moved != "" || back[2].Contacted != "reached" {
		t.Errorf("%+v", back)
	}
	must[desk.Substituted](t)(o.Substitute(ctx, a.ID))
	if err := o.RemoveAbsence(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	o.book(o.booking(0, when(1, 9, 0)))
	o.sound()
}

// TestNoRoomAtSubstitute: what finds no place stays where it is.
func TestNoRoomAtSubstitute(t *testing.T) {
	o, ctx := open(t), context.Background()
	for i := range 8 { // Boris' day is full
		b := o.booking(1, when(1, 9, 30*i))
		b.Staff = o.boris.ID
		o.book(b)
	}
	b := o.book(o.booking(0, when(1, 9, 0)))
	a := must[clinic.Absence](t)(o.SaveAbsence(ctx, clinic.Absence{Staff: o.ann.ID, From: "2026-11-24", Reason: "sick", Substitute: o.boris.ID}))
	done := must[desk.Substituted](t)(o.Substitute(ctx, a.ID))
	if len(done.Moved) != 0 || len(done.Left) != 1 || done.Left[0].ID != b.ID || done.Left[0].Staff != o.ann.ID {
		t.Errorf("%+v", done)
	}
}

// TestWaitingList: whoever waits is booked off the list, or taken off and put back.
func TestWaitingList(t *testing.T) {
	o, ctx := open(t), context.Background()
	add := func(w clinic.Waiting) clinic.Waiting {
		t.Helper()
		return must[clinic.Waiting](t)(o.AddWaiting(ctx, w))
	}
	first := add(clinic.Waiting{Patient: o.patients[1].ID, Staff: o.ann.ID, Until: "2026-12-01"})
	o.at(9, 1)
	second := add(clinic.Waiting{Name: "Ким", Phone: "89000001235", Speciality: "терапия"})
	_, err := o.AddWaiting(ctx, clinic.Waiting{Patient: clinic.NewID(), Staff: o.ann.ID})
	refused(t, err, "fault.patient.none", "patient")
	_, err = o.AddWaiting(ctx, clinic.Waiting{Patient: o.patients[0].ID, Staff: o.ann.ID, Until: "2026-11-01"})
	refused(t, err, "fault.desk.past", "until")
	list := must[[]desk.WaitingEntry](t)(o.Waiting(ctx))
	if len(list) != 2 || list[0].ID != first.ID || list[0].Who.Given != "Ольга" || list[1].Tel != "+7 900 000-12-35" {
		t.Errorf("%+v", list)
	}
	booked := must[stored](t)(o.FromWaiting(ctx, second.ID, clinic.Booking{Staff: o.boris.ID, Start: when(1, 9, 0)}))
	if booked.Name != "Ким" || booked.Minutes != 30 {
		t.Errorf("%+v", booked)
	}
	_, err = o.FromWaiting(ctx, second.ID, clinic.Booking{Staff: o.boris.ID, Start: when(1, 9, 30)})
	refused(t, err, "fault.desk.waiting.over", "")
	refused(t, o.RestoreWaiting(ctx, second.ID), "fault.desk.waiting.over", "") // the booking stands
	if err := o.DropWaiting(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, o.DropWaiting(ctx, first.ID), "fault.desk.waiting.over", "")
	if list := must[[]desk.WaitingEntry](t)(o.Waiting(ctx)); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	if err := o.RestoreWaiting(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	if list := must[[]desk.WaitingEntry](t)(o.Waiting(ctx)); len(list) != 1 || list[0].Added != first.Added {
		t.Errorf("%+v", list)
	}
	o.sound()
}
