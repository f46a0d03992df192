package shell

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/service/desk"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// town is what a clinic holds, for pages to show.
type town struct {
	patients  []clinic.ID
	visits    []clinic.ID
	protocols []clinic.ID
	staff     []clinic.ID
	bookings  []clinic.ID
	templates []clinic.ID
}

// settleTown gives a clinic so many invented people with visits and protocols, doctors'
// hours, prices and bookings.
func settleTown(t testing.TB, s *present.Session, people int) {
	t.Helper()
	g := demo.New(5, s.Clinic.Country, s.Now(), people)
	var first []clinic.Brief
	_, err := s.Records.Import(context.Background(), records.Bulk{Right: clinic.MakeDemo, Intent: "demo", Sign: true}, func(yield func(records.Incoming, error) bool) {
		for g.Left() > 0 {
			p, chart := g.Next()
			if len(first) < 400 {
				first = append(first, clinic.Brief{ID: p.ID, Sex: p.Sex, BirthDate: p.BirthDate})
			}
			in := records.Incoming{Patient: p, Problems: chart.Problems, Allergies: chart.Allergies}
			for _, v := range chart.Visits {
				in.Visits = append(in.Visits, v.Visit)
				if v.Protocol != nil {
					in.Protocols = append(in.Protocols, *v.Protocol)
				}
			}
			if !yield(in, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	desks := demo.NewTimetable(demo.DeskOptions{
		Seed: 5, Clinic: s.Clinic, Now: s.Now(), Staff: append(demo.Staff(s.Clinic.Country), s.User.Staff), Patients: first,
	})
	if _, err := s.Desk.Import(context.Background(), desk.Incoming(desks)); err != nil {
		t.Fatal(err)
	}
}

// survey finds so many records of each kind in a clinic. Each patient has at least one
// visit.
func survey(t testing.TB, s *present.Session, n int) town {
	t.Helper()
	var c town
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	r := s.Store.Reader(t.Context())
	ids, err := r.Sample(3 * n)
	must(err)
	for _, id := range ids {
		if len(c.patients) == n {
			break
		}
		visits, err := r.Visits(id)
		must(err)
		if len(visits) == 0 {
			continue
		}
		c.patients = append(c.patients, id)
		c.visits = append(c.visits, visits[len(visits)-1].ID)
		protocols, err := r.Protocols(id)
		must(err)
		if len(protocols) > 0 {
			c.protocols = append(c.protocols, protocols[0].ID)
		}
	}
	schedules, err := r.Schedules(clinic.ID{})
	must(err)
	have := map[clinic.ID]bool{}
	for _, x := range schedules {
		if !have[x.Staff] {
			have[x.Staff] = true
			c.staff = append(c.staff, x.Staff)
		}
	}
	now := s.Now()
	for _, staff := range c.staff {
		bookings, err := r.Bookings(staff, clinic.TimeOf(now.Add(-8*time.Hour)), clinic.TimeOf(now.Add(72*time.Hour)))
		must(err)
		for _, b := range bookings {
			c.bookings = append(c.bookings, b.ID)
		}
	}
	templates, err := s.Catalog.Templates(t.Context())
	must(err)
	for _, x := range templates {
		c.templates = append(c.templates, x.ID)
	}
	if len(c.patients) == 0 || len(c.staff) == 0 || len(c.bookings) == 0 || len(c.protocols) == 0 || len(c.templates) == 0 {
		t.Fatalf("the clinic is poor: %d patients, %d doctors, %d bookings, %d protocols, %d templates",
			len(c.patients), len(c.staff), len(c.bookings), len(c.protocols), len(c.templates))
	}
	return c
}

// noon is when these tests play: a Friday, 11:30 in Moscow, with a full desk. The clock
// runs on from there: bulk work is cut into batches by it.
var noon = time.Date(2026, 11, 20, 8, 30, 0, 0, time.UTC)

// founded gives a session in a clinic of so many people. Where dir is not empty the
// clinic stays there and is found again by the next run.
func founded(t testing.TB, dir string, people int) *present.Session {
	t.Helper()
	started := time.Now()
	clock := func() time.Time { return noon.Add(time.Since(started)) }
	options := store.Options{Now: clock, Throwaway: true}
	kept := dir != ""
	if !kept {
		dir = t.TempDir()
	}
	found, err := store.Probe(dir)
	if err != nil {
		t.Fatal(err)
	}
	var st *store.Store
	if found {
		st, err = store.Open(t.Context(), dir, login, presenttest.Password, options)
	} else {
		st, _, err = store.Found(t.Context(), dir, store.Founding{
			Organisation: demo.Organisation(clinic.Russia), Password: presenttest.Password, Params: presenttest.Cheap,
			Admin: clinic.Staff{
				Login: login, Active: true, Name: clinic.Name{Family: "Озёрная", Given: "Вера", Patronymic: "Павловна"},
				Position: "врач-терапевт", Speciality: "терапия",
				Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor, clinic.Reception},
			},
		}, options)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	builtin, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	s, err := present.NewSession(t.Context(), st, translations.Russian, append(builtin, demo.Templates()...), clock)
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		settleTown(t, s, people)
		t.Logf("a clinic of %d people made in %v", people, time.Since(started).Round(time.Millisecond))
	}
	return s
}

const login = "ozernaya"
