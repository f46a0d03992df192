package main

import (
	"fmt"
	"iter"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/service/records"
)

// builtinTemplates are the templates that every clinic has from the start.
func builtinTemplates() ([]clinic.Template, error) { return demo.Templates(), nil }

type demoCmd struct {
	Patients int    `default:"100" help:"${cli_demo_patients}"`
	Seed     uint64 `default:"1" help:"${cli_demo_seed}"`
}

// demoOut is what demo prints.
type demoOut struct {
	records.Added
	Seed    uint64  `json:"seed"`
	Seconds float64 `json:"seconds"`
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
		bulk := records.Bulk{Right: clinic.MakeDemo, Intent: "demo", Sign: true, Progress: func(n records.Added) {
			if !s.cli.JSON && s.now().Sub(shown) > time.Second {
				shown = s.now()
				_, _ = fmt.Fprintf(s.stderr, "\r%d / %d", n.Patients, c.Patients)
			}
		}}
		added, err := d.records.Import(s.ctx, bulk, people(demo.New(c.Seed, org.Country, start, c.Patients)))
		if shown != start {
			_, _ = fmt.Fprintln(s.stderr)
		}
		if err != nil {
			return err
		}
		out := demoOut{added, c.Seed, s.now().Sub(start).Seconds()}
		return s.print(out, "%s", s.t("cli_demo_done", "patients", added.Patients, "visits", added.Visits, "protocols", added.Protocols,
			"seconds", fmt.Sprintf("%.1f", out.Seconds)))
	})
}

// people hands invented people to the records.
func people(g *demo.Generator) iter.Seq2[records.Incoming, error] {
	return func(yield func(records.Incoming, error) bool) {
		for g.Left() > 0 {
			p, chart := g.Next()
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
