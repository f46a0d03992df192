package desk_test

import (
	"context"
	"slices"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/store"
)

// TestBook: a booking gets what goes without saying, and stands in the day (R2.2).
func TestBook(t *testing.T) {
	o, ctx := open(t), context.Background()
	b := o.book(o.booking(0, when(0, 10, 0)))
	if b.Minutes != 15 || b.Room != "12" || b.Status != clinic.Booked || b.Kind != clinic.Planned || b.MadeBy != o.who.ID || b.Subject != b.Patient {
		t.Errorf("%+v", b)
	}
	day := must[column](t)(o.one(ctx))
	if len(day.Entries) != 1 || day.Entries[0].Card.ID != o.patients[0].ID || day.Entries[0].Who.Given != "Пётр" {
		t.Errorf("%+v", day.Entries)
	}
	if n := len(day.Slots); n != 16 || !day.Slots[4].Taken || day.Slots[5].Taken || day.Slots[3].Taken {
		t.Errorf("%d slots: %+v", n, day.Slots[3:6])
	}
	o.sound()
}

// TestRefusals: each booking that can't be is refused at its field, with nothing stored.
func TestRefusals(t *testing.T) {
	o, ctx := open(t), context.Background()
	o.book(o.booking(0, when(0, 10, 0)))
	must[clinic.Absence](t)(o.SaveAbsence(ctx, clinic.Absence{Staff: o.ann.ID, From: "2026-11-25", Reason: "sick"}))
	left := o.boris
	left.ID, left.Active = clinic.NewID(), false
	o.write(func(tx *store.Tx) error { return tx.PutStaff(&left) })
	for name, c := range map[string]struct {
		change     func(*clinic.Booking)
		key, field string
	}{
		"taken":           {func(b *clinic.Booking) { b.Start = when(0, 10, 0) }, "fault.desk.taken", "start"},
		"taken in part":   {func(b *clinic.Booking) { b.Start, b.Minutes = when(0, 9, 50), 15 }, "fault.desk.taken", "start"},
		"taken inside":    {func(b *clinic.Booking) { b.Start, b.Minutes = when(0, 10, 5), 5 }, "fault.desk.taken", "start"},
		"double blank":    {func(b *clinic.Booking) { b.Start, b.Double = when(0, 10, 0), " \t" }, "fault.desk.taken", "start"},
		"early":           {func(b *clinic.Booking) { b.Start = when(0, 8, 45) }, "fault.desk.outside", "start"},
		"late":            {func(b *clinic.Booking) { b.Start, b.Minutes = when(0, 12, 50), 15 }, "fault.desk.outside", "start"},
		"sunday":          {func(b *clinic.Booking) { b.Start = when(6, 10, 0) }, "fault.desk.outside", "start"},
		"absent":          {func(b *clinic.Booking) { b.Start = when(2, 10, 0) }, "fault.desk.absent", "start"},
		"absent, urgent":  {func(b *clinic.Booking) { b.Start, b.Kind = when(2, 10, 0), clinic.Urgent }, "fault.desk.absent", "start"},
		"yesterday":       {func(b *clinic.Booking) { b.Start = when(-1, 10, 0) }, "fault.desk.past", "start"},
		"in three years":  {func(b *clinic.Booking) { b.Start = when(1095, 10, 0) }, "fault.desk.far", "start"},
		"no time":         {func(b *clinic.Booking) { b.Start = 0 }, "fault.desk.clock", "start"},
		"nobody":          {func(b *clinic.Booking) { b.Patient = clinic.ID{} }, "fault.desk.who", "patient"},
		"unknown patient": {func(b *clinic.Booking) { b.Patient = clinic.NewID() }, "fault.patient.none", "patient"},
		"unknown doctor":  {func(b *clinic.Booking) { b.Staff = clinic.NewID() }, "fault.staff.none", "staff"},
		"left":            {func(b *clinic.Booking) { b.Staff = left.ID }, "fault.desk.staff_left", "staff"},
		"service":         {func(b *clinic.Booking) { b.Service = clinic.NewID() }, "fault.billing.service.none", "service"},
		"endless":         {func(b *clinic.Booking) { b.Minutes = 5000 }, "fault.desk.minutes", "minutes"},
		"backwards":       {func(b *clinic.Booking) { b.Minutes = -5 }, "fault.desk.minutes", "minutes"},
		"kind":            {func(b *clinic.Booking) { b.Kind = "vip" }, "fault.field.choice", "kind"},
		"control":         {func(b *clinic.Booking) { b.Reason = "а\x00б" }, "fault.field.control", "reason"},
	} {
		b := o.booking(1, when(0, 11, 0))
		c.change(&b)
		saved, err := o.Book(ctx, b)
		refused(t, err, c.key, c.field)
		if !saved.ID.IsZero() {
			t.Errorf("%s: gave an id", name)
		}
	}
	if n := must[int](t)(o.s.Reader(ctx).BookingCount()); n != 1 {
		t.Errorf("%d bookings are stored", n)
	}
}

// TestOnPurpose: a taken place is taken again with a reason; walk-ins and urgent patients
// need no place, and home visits no hours (R2.2).
func TestOnPurpose(t *testing.T) {
	o, ctx := open(t), context.Background()
	first := o.book(o.booking(0, when(0, 10, 0)))
	double := o.booking(1, when(0, 10, 0))
	double.Double = "мать с ребёнком"
	second := o.book(double)
	walkin := o.booking(2, 0)
	walkin.Kind = clinic.WalkIn
	third := o.book(walkin)
	if third.Start != when(0, 9, 0) || third.Status != clinic.Arrived || third.Arrived.IsZero() {
		t.Errorf("%+v", third)
	}
	o.at(20, 0)
	urgent := o.booking(2, 0)
	urgent.Kind, urgent.Channel = clinic.Urgent, clinic.ByPhone
	if u := o.book(urgent); u.Status != clinic.Booked || u.Start != when(0, 20, 0) {
		t.Errorf("%+v", u)
	}
	home := o.booking(2, when(1, 18, 0))
	home.Kind = clinic.Home
	if h := o.book(home); h.Room != "" || h.Minutes != 15 {
		t.Errorf("%+v", h)
	}
	day := must[column](t)(o.one(ctx))
	for _, e := range day.Entries {
		if len(e.Clashes) > 0 {
			t.Errorf("%s clashes: it was meant", e.ID)
		}
	}
	if first.ID == second.ID {
		t.Error("one booking")
	}
}

// TestClash: bookings that two workstations made apart stand both, and each names the
// other (R2.4).
func TestClash(t *testing.T) {
	o, ctx := open(t), context.Background()
	first := o.book(o.booking(0, when(0, 10, 0)))
	other := first
	other.Record, other.Patient, other.Subject = clinic.Record{}, o.patients[1].ID, clinic.ID{}
	o.write(func(tx *store.Tx) error { return tx.PutBooking(&other) }) // as the merge would
	day := must[column](t)(o.one(ctx))
	if len(day.Entries) != 2 || !slices.Equal(day.Entries[0].Clashes, []clinic.ID{day.Entries[1].ID}) || len(day.Entries[1].Clashes) != 1 {
		t.Errorf("%+v", day.Entries)
	}
}

// TestWarnings: the same patient twice at once, or twice with one doctor in a day, is
// said and not refused.
func TestWarnings(t *testing.T) {
	o, ctx := open(t), context.Background()
	o.book(o.booking(0, when(0, 10, 0)))
	elsewhere := o.booking(0, when(0, 10, 0))
	elsewhere.Staff = o.boris.ID
	saved, err := o.Book(ctx, elsewhere)
	if err != nil || len(saved.Warnings) != 1 || saved.Warnings[0].Key != "warn.desk.same_time" || saved.Warnings[0].Args["time"] != "10:00" {
		t.Errorf("%+v, %v", saved.Warnings, err)
	}
	saved, err = o.Book(ctx, o.booking(0, when(0, 12, 0)))
	if err != nil || len(saved.Warnings) != 1 || saved.Warnings[0].Key != "warn.desk.same_day" {
		t.Errorf("%+v, %v", saved.Warnings, err)
	}
	if saved, err = o.Book(ctx, o.booking(0, when(1, 12, 0))); err != nil || len(saved.Warnings) != 0 {
		t.Errorf("%+v, %v", saved.Warnings, err)
	}
}

// TestMove: a booking keeps its patient and words on the way to another place; a taken
// one refuses it, and one that has begun stays (R2.2).
func TestMove(t *testing.T) {
	o, ctx := open(t), context.Background()
	b := o.booking(0, when(0, 10, 0))
	b.Reason = "справка"
	b = o.book(b)
	o.book(o.booking(1, when(0, 11, 0)))
	_, err := o.Move(ctx, b.ID, target(when(0, 11, 0)))
	refused(t, err, "fault.desk.taken", "start")
	to := target(when(1, 9, 30))
	to.Staff, to.Why = o.boris.ID, "просьба пациента"
	saved, err := o.Move(ctx, b.ID, to)
	if err != nil || saved.Staff != o.boris.ID || saved.Start != to.Start || saved.Reason != "справка" || saved.Moved != "просьба пациента" || saved.Minutes != 15 {
		t.Fatalf("%+v, %v", saved, err)
	}
	_, err = o.SetStatus(ctx, b.ID, clinic.Arrived)
	refused(t, err, "fault.desk.not_yet", "")
	must[stored](t)(o.Move(ctx, b.ID, target(when(0, 12, 0))))
	must[stored](t)(o.SetStatus(ctx, b.ID, clinic.Arrived))
	_, err = o.Move(ctx, b.ID, target(when(2, 12, 0)))
	refused(t, err, "fault.desk.not_movable", "")
	must[stored](t)(o.Move(ctx, b.ID, target(when(0, 12, 30)))) // later today: still here
	must[stored](t)(o.SetStatus(ctx, b.ID, clinic.InRoom))
	_, err = o.Move(ctx, b.ID, target(when(0, 9, 0)))
	refused(t, err, "fault.desk.not_movable", "")
	o.sound()
}

// TestStates: the queue goes by its steps, with the moments, and each can be undone;
// cancelling asks why, and coming back asks for the place (R2.2).
func TestStates(t *testing.T) {
	o, ctx := open(t), context.Background()
	b := o.book(o.booking(0, when(0, 10, 0)))
	step := func(to string) clinic.Booking { return must[stored](t)(o.SetStatus(ctx, b.ID, to)).Booking }
	o.at(9, 50)
	step(clinic.Arrived)
	o.at(10, 5)
	step(clinic.InRoom)
	o.at(10, 20)
	done := step(clinic.Done)
	if done.Arrived != when(0, 9, 50) || done.Called != when(0, 10, 5) || done.Done != when(0, 10, 20) {
		t.Errorf("%+v", done)
	}
	_, err := o.SetStatus(ctx, b.ID, clinic.Arrived)
	refused(t, err, "fault.desk.step", "")
	_, err = o.Cancel(ctx, b.ID, "передумал")
	refused(t, err, "fault.desk.step", "")
	for _, want := range []string{clinic.InRoom, clinic.Arrived, clinic.Booked} {
		if got := must[stored](t)(o.Undo(ctx, b.ID)); got.Status != want {
			t.Errorf("undone to %s, want %s", got.Status, want)
		}
	}
	_, err = o.Undo(ctx, b.ID)
	refused(t, err, "fault.desk.step", "")
	_, err = o.Cancel(ctx, b.ID, " ")
	refused(t, err, "fault.desk.why", "why")
	_, err = o.SetStatus(ctx, b.ID, clinic.Cancelled)
	refused(t, err, "fault.desk.step", "")
	cancelled := must[stored](t)(o.Cancel(ctx, b.ID, "передумал"))
	if cancelled.Cancel != "передумал" || cancelled.CancelBy != o.who.ID || cancelled.CancelAt.IsZero() {
		t.Errorf("%+v", cancelled)
	}
	rival := o.book(o.booking(1, when(0, 10, 0)))
	_, err = o.Undo(ctx, b.ID)
	refused(t, err, "fault.desk.taken", "start")
	must[stored](t)(o.Cancel(ctx, rival.ID, "ошибка"))
	if back := must[stored](t)(o.Undo(ctx, b.ID)); back.Status != clinic.Booked || back.Cancel != "" || !back.CancelAt.IsZero() {
		t.Errorf("%+v", back)
	}
	o.sound()
}

// TestCaller: who has no card yet is booked by name and gets the card later; the place
// stays theirs.
func TestCaller(t *testing.T) {
	o, ctx := open(t), context.Background()
	b := o.book(clinic.Booking{Name: " Петрова  Ольга ", Phone: "8 (900) 000-12-34", Staff: o.ann.ID, Start: when(0, 10, 0), Channel: clinic.ByPhone})
	if b.Subject != b.ID || b.Name != "Петрова Ольга" || b.Phone != "+7 900 000-12-34" {
		t.Errorf("%+v", b)
	}
	_, err := o.LinkPatient(ctx, b.ID, clinic.NewID())
	refused(t, err, "fault.patient.none", "patient")
	linked := must[stored](t)(o.LinkPatient(ctx, b.ID, o.patients[1].ID))
	if linked.Patient != o.patients[1].ID || linked.Subject != b.ID {
		t.Errorf("%+v", linked)
	}
	_, err = o.LinkPatient(ctx, b.ID, o.patients[2].ID)
	refused(t, err, "fault.desk.patient_stays", "patient")
	if called := must[stored](t)(o.SetContacted(ctx, b.ID, "reached")); called.ContactedAt.IsZero() {
		t.Errorf("%+v", called)
	}
	of := must[[]entry](t)(o.OfPatient(ctx, o.patients[1].ID))
	if len(of) != 1 || of[0].ID != b.ID || of[0].Tel != "+7 900 000-12-34" {
		t.Errorf("%+v", of)
	}
	o.sound()
}

// TestLinkVisit: a booking remembers the visit that came of it, and no other patient's.
func TestLinkVisit(t *testing.T) {
	o, ctx := open(t), context.Background()
	b := o.book(o.booking(0, when(0, 10, 0)))
	own := clinic.Visit{Patient: o.patients[0].ID, Kind: "clinic", Status: clinic.VisitOpen, CareFrom: when(0, 10, 0)}
	other := clinic.Visit{Patient: o.patients[1].ID, Kind: "clinic", Status: clinic.VisitOpen, CareFrom: when(0, 10, 0)}
	o.write(func(tx *store.Tx) error {
		if err := tx.PutVisit(&own); err != nil {
			return err
		}
		return tx.PutVisit(&other)
	})
	_, err := o.LinkVisit(ctx, b.ID, other.ID)
	refused(t, err, "fault.desk.other_patient", "")
	if saved := must[stored](t)(o.LinkVisit(ctx, b.ID, own.ID)); saved.Visit != own.ID {
		t.Errorf("%+v", saved)
	}
	// Cards that were merged are one patient.
	o.write(func(tx *store.Tx) error {
		return tx.PutLink(&clinic.Link{Patient: o.patients[0].ID, Other: o.patients[1].ID, Why: "одна карта", At: tx.Now()})
	})
	must[stored](t)(o.LinkVisit(ctx, b.ID, other.ID))
	o.book(o.booking(1, when(1, 10, 0)))
	for i := range 2 {
		if of := must[[]entry](t)(o.OfPatient(ctx, o.patients[i].ID)); len(of) != 2 || of[0].ID != b.ID {
			t.Errorf("%+v", of)
		}
	}
}
