package desk_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/service/desk"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// TestDemo: the demo clinic's desk is stored as it comes, a second time adds nothing, and
// what stands in it clashes nowhere.
func TestDemo(t *testing.T) {
	o, ctx := open(t), context.Background()
	o.at(11, 0)
	var people []clinic.Brief
	for _, p := range o.patients {
		people = append(people, clinic.Brief{ID: p.ID, Sex: p.Sex, BirthDate: p.BirthDate})
	}
	timetable := func() desk.Incoming {
		return desk.Incoming(demo.NewTimetable(demo.DeskOptions{
			Seed: 1, Clinic: demo.Organisation(clinic.Russia), Now: o.now(), Patients: people, Staff: append(demo.Staff(clinic.Russia), o.who.Staff),
		}))
	}
	n := must[desk.Imported](t)(o.Import(ctx, timetable()))
	if n.Staff != 8 || n.Services < 40 || n.Bookings < 200 || n.Schedules < 20 || n.Absences != 1 || n.Waiting != 3 {
		t.Errorf("%+v", n)
	}
	if again := must[desk.Imported](t)(o.Import(ctx, timetable())); again != (desk.Imported{}) {
		t.Errorf("a second time: %+v", again)
	}
	states := map[string]int{}
	for _, c := range must[desk.Timetable](t)(o.Day(ctx, day)).Columns {
		for _, e := range c.Entries {
			states[e.Status]++
			if len(e.Clashes) > 0 {
				t.Errorf("%s clashes", e.ID)
			}
		}
	}
	if states[clinic.Done] < 10 || states[clinic.Booked] < 10 || states[clinic.InRoom] == 0 {
		t.Errorf("%v", states)
	}
	absence := must[[]clinic.Absence](t)(o.Absences(ctx, clinic.ID{}, day, day.AddDays(7)))
	if list := must[[]entry](t)(o.CallList(ctx, absence[0].ID)); len(list) == 0 {
		t.Error("nobody is on the call list")
	}
	o.sound()
}

// fill stores n bookings over the years around today, a hundred a day.
func (o *office) fill(n int) {
	o.t.Helper()
	for done := 0; done < n; {
		o.write(func(tx *store.Tx) error {
			for range 1000 {
				b := o.booking(done%len(o.patients), when(done/100-n/200, 9, (done%100)*3))
				b.Minutes, b.Status, b.Kind, b.Channel = 15, clinic.Done, clinic.Planned, clinic.AtDesk
				if done%2 == 0 {
					b.Staff = o.boris.ID
				}
				if err := tx.PutBooking(&b); err != nil {
					return err
				}
				done++
			}
			return nil
		})
	}
}

// TestManyBookings: a week opens no slower beside very many bookings than beside few.
func TestManyBookings(t *testing.T) {
	o, ctx := open(t), context.Background()
	week := func() time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			must[timetable](t)(o.Week(ctx, o.ann.ID, day))
			must[timetable](t)(o.Day(ctx, day))
			best = min(best, time.Since(start))
		}
		return best
	}
	many := 12_000
	if os.Getenv("FELDSHER_SOAK") != "" {
		many = 300_000
	}
	o.fill(2000)
	few := week()
	o.fill(many)
	all := week()
	t.Logf("a week and a day: %v beside 2 000 bookings, %v beside %d", few, all, many)
	if all > 8*few+20*time.Millisecond {
		t.Errorf("%v beside 2 000 bookings, %v beside %d", few, all, many)
	}
	if plan := explain(t, o); !strings.Contains(plan, "booking_staff") {
		t.Errorf("a doctor's day is read by %s", plan)
	}
}

// explain tells how SQLite reads a doctor's day.
func explain(t *testing.T, o *office) (plan string) {
	t.Helper()
	err := o.s.Update(context.Background(), journal.Act{Intent: "test"}, func(tx *store.Tx) error {
		rows, err := tx.Query(`EXPLAIN QUERY PLAN SELECT id FROM booking WHERE staff = ? AND starts >= ? AND starts < ? AND deleted IS NULL ORDER BY starts, rowid`, o.ann.ID, 1, 2)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a, b, c int
			var text string
			if err := rows.Scan(&a, &b, &c, &text); err != nil {
				return err
			}
			plan += text + "\n"
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
