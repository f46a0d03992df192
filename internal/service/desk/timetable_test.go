package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/desk"
	"feldsher/internal/storage/store"
)

type (
	column    = desk.Column
	stored    = desk.Saved
	entry     = desk.Entry
	timetable = desk.Timetable
)

func target(start clinic.Time) desk.Target { return desk.Target{Start: start} }

// one is Ann's column of Monday.
func (o *office) one(ctx context.Context) (desk.Column, error) {
	t, err := o.Day(ctx, day)
	if err != nil {
		return desk.Column{}, err
	}
	for _, c := range t.Columns {
		if c.Staff.ID == o.ann.ID {
			return c, nil
		}
	}
	return desk.Column{}, fault.New(fault.NotFound, "column")
}

// TestViews: the day has a column for each who works, the week seven of one; namesakes
// of a day are marked, also where one has no card (R2.1).
func TestViews(t *testing.T) {
	o, ctx := open(t), context.Background()
	o.book(o.booking(1, when(0, 10, 0)))
	o.book(o.booking(2, when(0, 10, 15)))
	o.book(o.booking(0, when(0, 10, 30)))
	o.book(clinic.Booking{Name: "иванов", Staff: o.boris.ID, Start: when(1, 10, 0)})
	o.book(o.booking(0, when(1, 10, 0)))
	d := must[timetable](t)(o.Day(ctx, day))
	if len(d.Columns) != 2 || d.Today != day || d.Columns[0].Staff.Name.Family != "Анина" || len(d.Columns[1].Slots) != 8 {
		t.Fatalf("%d columns, %+v", len(d.Columns), d.Today)
	}
	for i, want := range []bool{true, true, false} {
		if d.Columns[0].Entries[i].Namesake != want {
			t.Errorf("%v: namesake %v", d.Columns[0].Entries[i].Who, !want)
		}
	}
	w := must[timetable](t)(o.Week(ctx, o.ann.ID, "2026-11-26"))
	if len(w.Columns) != 7 || w.From != day || len(w.Columns[0].Entries) != 3 || len(w.Columns[1].Entries) != 1 || len(w.Columns[5].Slots) != 0 {
		t.Errorf("%+v", w)
	}
	if sunday := must[timetable](t)(o.Day(ctx, "2026-11-29")); len(sunday.Columns) != 0 {
		t.Errorf("on Sunday %d columns", len(sunday.Columns))
	}
	mine := must[column](t)(o.Mine(ctx, day))
	if mine.Staff.ID != o.who.ID || len(mine.Entries) != 0 {
		t.Errorf("%+v", mine)
	}
	_, err := o.Day(ctx, "2026-02-31")
	refused(t, err, "fault.field.date", "date")
}

// TestMergedAreNoNamesakes: who is booked under two merged cards is one patient (R1.6).
func TestMergedAreNoNamesakes(t *testing.T) {
	o, ctx := open(t), context.Background()
	o.book(o.booking(1, when(0, 10, 0)))
	o.book(o.booking(2, when(0, 10, 15)))
	o.write(func(tx *store.Tx) error {
		return tx.PutLink(&clinic.Link{Patient: o.patients[1].ID, Other: o.patients[2].ID, Why: "вторая карта", At: tx.Now()})
	})
	for _, e := range must[column](t)(o.one(ctx)).Entries {
		if e.Namesake {
			t.Errorf("%v is a namesake of herself", e.Who)
		}
	}
}

// TestQueue: in the room, then who waits (urgent ones first), then who is awaited.
func TestQueue(t *testing.T) {
	o, ctx := open(t), context.Background()
	var ids []clinic.ID
	for i, to := range [][]string{{}, {clinic.Arrived}, {clinic.InRoom}, {clinic.NoShow}, {clinic.Arrived}} {
		b := o.booking(i%3, when(0, 9, 15*i))
		if i == 4 {
			b.Kind, b.Channel = clinic.Urgent, clinic.ByPhone
		}
		b = o.book(b)
		ids = append(ids, b.ID)
		for _, s := range to {
			must[stored](t)(o.SetStatus(ctx, b.ID, s))
		}
	}
	cancelled := o.book(o.booking(0, when(0, 12, 0)))
	must[stored](t)(o.Cancel(ctx, cancelled.ID, "так"))
	var got []clinic.ID
	for _, e := range must[[]entry](t)(o.Queue(ctx, day)) {
		got = append(got, e.ID)
	}
	if want := []clinic.ID{ids[2], ids[4], ids[1], ids[0], ids[3]}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestFreeSlots: the next free places, long enough, of one doctor or a speciality.
func TestFreeSlots(t *testing.T) {
	o, ctx := open(t), context.Background()
	o.at(12, 20)
	o.book(o.booking(0, when(0, 12, 30)))
	free := must[[]clinic.Slot](t)(o.FreeSlots(ctx, desk.Want{Staff: o.ann.ID, N: 3}))
	if len(free) != 3 || free[0].Start != when(0, 12, 45) || free[1].Start != when(1, 9, 0) {
		t.Errorf("%+v", free)
	}
	free = must[[]clinic.Slot](t)(o.FreeSlots(ctx, desk.Want{Staff: o.ann.ID, Minutes: 40, N: 1}))
	if len(free) != 1 || free[0].Start != when(1, 9, 0) || free[0].Minutes != 40 {
		t.Errorf("%+v", free)
	}
	free = must[[]clinic.Slot](t)(o.FreeSlots(ctx, desk.Want{Speciality: "терапия", From: when(3, 9, 0), N: 2}))
	if len(free) != 2 || free[0].Start != when(3, 9, 0) || free[1].Start != when(3, 9, 0) || free[0].Staff == free[1].Staff {
		t.Errorf("%+v", free)
	}
	if none := must[[]clinic.Slot](t)(o.FreeSlots(ctx, desk.Want{Speciality: "хирургия"})); len(none) != 0 {
		t.Errorf("%+v", none)
	}
	for _, s := range must[[]clinic.Slot](t)(o.FreeSlots(ctx, desk.Want{N: 500})) {
		if s.Taken || s.Start < clinic.TimeOf(o.now()) {
			t.Fatalf("%+v is no free place", s)
		}
	}
}

// TestLooking: whose names were looked at stands in the ledger; the same page drawn again
// is one act (R11.4).
func TestLooking(t *testing.T) {
	o, ctx := open(t), context.Background()
	o.book(o.booking(0, when(0, 10, 0)))
	for range 5 {
		must[timetable](t)(o.Day(ctx, day))
	}
	must[timetable](t)(o.Day(ctx, "2026-11-29")) // nobody is on it
	o.book(o.booking(1, when(0, 10, 15)))
	must[timetable](t)(o.Day(ctx, day))
	o.clock.Add(time.Hour.Milliseconds())
	must[timetable](t)(o.Day(ctx, day))
	must[[]entry](t)(o.OfPatient(ctx, o.patients[0].ID))
	var counts []int64
	for _, a := range o.accesses() {
		if a.Action != "view" || a.What != "booking" {
			t.Errorf("%+v", a)
		}
		counts = append(counts, a.Count)
	}
	if !slices.Equal(counts, []int64{1, 2, 2, 1}) {
		t.Errorf("%v", counts)
	}
}
