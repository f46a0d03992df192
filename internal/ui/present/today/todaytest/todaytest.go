// Package todaytest fills a test's clinic with a day as desks know it: doctors at
// work and one who is ill, patients in all states, an urgent one, and two who stand in
// one place because two workstations booked apart.
package todaytest

import (
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/service/desk"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
)

// Fill gives the clinic so many invented patients, a hundred at least, and a full desk.
func Fill(t testing.TB, s *present.Session, patients int) demo.Timetable {
	t.Helper()
	g := demo.New(1, s.Clinic.Country, s.Now(), patients)
	var briefs []clinic.Brief
	for g.Left() > 0 { // in parts: where the clock stands still an import is one entry of the ledger
		_, err := s.Records.Import(t.Context(), records.Bulk{Right: clinic.MakeDemo, Intent: "demo"}, func(yield func(records.Incoming, error) bool) {
			for n := 0; n < 1000 && g.Left() > 0; n++ {
				p, _ := g.Next()
				briefs = append(briefs, clinic.Brief{ID: p.ID, Sex: p.Sex, BirthDate: p.BirthDate})
				if !yield(records.Incoming{Patient: p}, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	all := demo.NewTimetable(demo.DeskOptions{
		Seed: 1, Clinic: s.Clinic, Now: s.Now(), Staff: demo.Staff(s.Clinic.Country), Patients: briefs[:min(len(briefs), 400)],
	})
	f := &filler{s: s, all: &all, briefs: briefs}
	f.own()
	f.trouble()
	if _, err := s.Desk.Import(t.Context(), desk.Incoming(all)); err != nil {
		t.Fatal(err)
	}
	return all
}

type filler struct {
	s      *present.Session
	all    *demo.Timetable
	briefs []clinic.Brief
}

func (f *filler) at(day clinic.Date, minute int) clinic.Time {
	t, _ := day.Instant(minute, f.s.Words.Zone)
	return t
}

func (f *filler) add(b clinic.Booking, patient int) {
	b.ID, b.Made = clinic.NewID(), f.at(f.s.Today(), 8*60)
	b.Patient = f.briefs[patient%len(f.briefs)].ID
	if b.Kind == "" {
		b.Kind = clinic.Planned
	}
	if b.Channel == "" {
		b.Channel = clinic.AtDesk
	}
	if b.Status == "" {
		b.Status = clinic.Booked
	}
	f.all.Bookings = append(f.all.Bookings, b)
}

var reasons = []string{"повторный приём", "первичный приём", "за справкой", "", "результаты анализов", "профосмотр", "продление рецепта", ""}

// own gives the user a week from nine to two, and bookings.
func (f *filler) own() {
	me, today := f.s.User.ID, f.s.Today()
	monday := today.Monday()
	now := clinic.TimeOf(f.s.Now())
	for d := range 6 {
		s := clinic.Schedule{Staff: me, Weekday: d + 1, From: 9 * 60, Until: 14 * 60, Slot: 20, Room: "4"}
		s.ID = clinic.NewID()
		f.all.Schedules = append(f.all.Schedules, s)
		for n := range 15 {
			if (n*7+d*5)%13 < 4-d%2 { // some places stay free
				continue
			}
			b := clinic.Booking{Staff: me, Start: f.at(monday.AddDays(d), 9*60+n*20), Minutes: 20, Room: "4", Reason: reasons[(n*3+d)%len(reasons)]}
			switch {
			case (n+d)%11 == 10 && b.End() < now:
				b.Step(clinic.NoShow, b.End())
			case b.End() <= now:
				b.Step(clinic.Arrived, b.Start-6*60_000)
				b.Step(clinic.InRoom, b.Start)
				b.Step(clinic.Done, b.End()-60_000)
			case b.Start <= now:
				b.Step(clinic.Arrived, b.Start-9*60_000)
				b.Step(clinic.InRoom, b.Start+60_000)
			case b.Start < now+25*60_000:
				b.Step(clinic.Arrived, b.Start-18*60_000)
			}
			f.add(b, 11+n*5+d*17)
		}
	}
}

// trouble puts in what makes a day hard.
func (f *filler) trouble() {
	today, me := f.s.Today(), f.s.User.ID
	f.drop(me, f.at(today, 13*60+20))
	f.add(clinic.Booking{Staff: me, Start: f.at(today, 13*60+20), Minutes: 20, Reason: "повторный приём"}, 7)
	f.add(clinic.Booking{Staff: me, Start: f.at(today, 13*60+20), Minutes: 20, Reason: "за справкой"}, 12)
	urgent := clinic.Booking{Staff: f.all.Staff[0].ID, Start: f.at(today, 12*60+16), Minutes: 15, Kind: clinic.Urgent, Reason: "упал, болит рука"}
	urgent.Step(clinic.Arrived, f.at(today, 12*60+16))
	f.add(urgent, 21)
	walkin := clinic.Booking{Staff: me, Start: f.at(today, 12*60+4), Minutes: 15, Kind: clinic.WalkIn, Reason: "продление рецепта"}
	walkin.Step(clinic.Arrived, f.at(today, 12*60+4))
	f.add(walkin, 25)
	ill := clinic.Absence{Staff: f.all.Staff[4].ID, From: today, Until: today.AddDays(3), Reason: "sick", Substitute: f.all.Staff[0].ID}
	ill.ID = clinic.NewID()
	f.all.Absences = append(f.all.Absences, ill)
}

func (f *filler) drop(staff clinic.ID, start clinic.Time) {
	kept := f.all.Bookings[:0]
	for _, b := range f.all.Bookings {
		if b.Staff != staff || b.Start != start {
			kept = append(kept, b)
		}
	}
	f.all.Bookings = kept
}
