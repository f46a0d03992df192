package main

import (
	"fmt"
	"iter"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/fault"
	front "feldsher/internal/service/desk"
	"feldsher/internal/service/records"
)

// builtinTemplates are the templates that every clinic has from the start.
func builtinTemplates() ([]clinic.Template, error) { return templates.Builtin() }

type demoCmd struct {
	Patients int    `default:"100" help:"${cli_demo_patients}"`
	Seed     uint64 `default:"1" help:"${cli_demo_seed}"`
}

// demoOut is what demo prints.
type demoOut struct {
	records.Added
	Services int     `json:"services"`
	Bookings int     `json:"bookings"`
	Seed     uint64  `json:"seed"`
	Seconds  float64 `json:"seconds"`
}

func (c *demoCmd) Run(s *session) error {
	if c.Patients < 1 || c.Patients > 1_000_000 {
		return fault.At("patients", "fault.field.number")
	}
	return s.with(func(d *desk) error {
		org, err := d.store.Organisation(s.ctx)
		if err != nil {
			return err
		}
		start := s.now()
		shown := start
		var first []clinic.Brief
		bulk := records.Bulk{Right: clinic.MakeDemo, Intent: "demo", Sign: true, Progress: func(n records.Added) {
			if !s.cli.JSON && s.now().Sub(shown) > time.Second {
				shown = s.now()
				_, _ = fmt.Fprintf(s.stderr, "\r%d / %d", n.Patients, c.Patients)
			}
		}}
		added, err := d.records.Import(s.ctx, bulk, people(demo.New(c.Seed, org.Country, start, c.Patients), &first))
		if shown != start {
			_, _ = fmt.Fprintln(s.stderr)
		}
		if err != nil {
			return err
		}
		made, err := s.timetable(d, c.Seed, start, first)
		if err != nil {
			return err
		}
		out := demoOut{added, made.Services, made.Bookings, c.Seed, s.now().Sub(start).Seconds()}
		return s.print(out, "%s", s.t("cli_demo_done", "patients", added.Patients, "visits", added.Visits, "protocols", added.Protocols,
			"seconds", fmt.Sprintf("%.1f", out.Seconds)))
	})
}

// booked is how many of the invented people the desk has on its lists.
const booked = 400

// timetable fills the desk with hours, prices and bookings of the people given.
func (s *session) timetable(d *desk, seed uint64, now time.Time, patients []clinic.Brief) (front.Imported, error) {
	org, err := d.store.Organisation(s.ctx)
	if err != nil {
		return front.Imported{}, err
	}
	t := demo.NewTimetable(demo.DeskOptions{
		Seed: seed, Clinic: org, Now: now, Staff: append(demo.Staff(org.Country), d.who.Staff), Patients: patients,
	})
	return front.New(d.store, d.who, s.now).Import(s.ctx, front.Incoming(t))
}

// people hands invented people to the records, and remembers the first of them where
// somebody asks.
func people(g *demo.Generator, first *[]clinic.Brief) iter.Seq2[records.Incoming, error] {
	return func(yield func(records.Incoming, error) bool) {
		for g.Left() > 0 {
			p, chart := g.Next()
			if first != nil && len(*first) < booked {
				*first = append(*first, clinic.Brief{ID: p.ID, Sex: p.Sex, BirthDate: p.BirthDate})
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
	}
}
