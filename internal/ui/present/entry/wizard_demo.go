package entry

import (
	"context"
	"errors"
	"iter"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/service/access"
	"feldsher/internal/service/desk"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
)

// DemoPassword is everybody's in the demo clinic. It is shown on the screen and
// protects nobody: nobody in that clinic exists. Digits need no keyboard layout.
const DemoPassword = "12345678"

// Most and least people of a demo that is made on the screen.
const (
	leastDemo = 20
	mostDemo  = 5000
)

// booked is how many of the people the demo's desk has on its lists.
const booked = 400

// DemoUser is a login of the demo clinic.
type DemoUser struct{ Login, Name, Position string }

// DemoProgress is how far the demo is.
type DemoProgress struct {
	Staff    int // logins made
	Patients int
	Visits   int
	Of       int // patients in all
}

// Share is how much of the work is done, 0 to 1.
func (p DemoProgress) Share() float64 {
	if p.Of == 0 {
		return 0
	}
	// Making the logins takes about a tenth.
	return min(1, 0.1*float64(min(p.Staff, 8))/8+0.9*float64(p.Patients)/float64(p.Of))
}

// Demo makes the demo clinic: invented staff with logins, patients with their
// histories, templates, hours, prices and bookings. progress is called from the
// goroutine that calls Demo. Where the context ends, or anything fails, nothing is
// left.
func (w *Wizard) Demo(ctx context.Context, progress func(DemoProgress)) (err error) {
	ctx, end := w.work(ctx)
	defer end()
	if w.founded != nil { // Enter was pressed twice
		return nil
	}
	w.said = Say{}
	p := DemoProgress{Of: min(max(w.DemoPatients, leastDemo), mostDemo)}
	defer func() {
		if err != nil {
			stopped := ctx.Err() != nil
			if err = errors.Join(err, w.discard()); !stopped {
				w.tell(err)
			}
		}
	}()
	org := demo.Organisation(w.Country)
	org.Language = string(w.Words().Lang)
	staff := demo.Staff(w.Country)
	w.Zone = org.Zone
	err = w.found(ctx, store.Founding{
		Organisation: org, Admin: staff[0], Password: DemoPassword, DeviceName: device(), Params: w.gate.config.Cost,
	})
	if err != nil {
		return err
	}
	p.Staff = 1
	progress(p)
	st, who := w.founded.store, w.founded.who
	users := access.NewUsers(st, who)
	for _, s := range staff[1:] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := users.Add(ctx, s, DemoPassword); err != nil {
			return err
		}
		p.Staff++
		progress(p)
	}
	if err := w.fill(ctx, &p, progress); err != nil {
		return err
	}
	w.logins = nil
	for _, s := range staff {
		w.logins = append(w.logins, DemoUser{s.Login, s.Name.String(), s.Position})
	}
	w.Step = DemoReady
	return nil
}

// fill brings patients and what stands on the desk.
func (w *Wizard) fill(ctx context.Context, p *DemoProgress, progress func(DemoProgress)) error {
	st, who := w.founded.store, w.founded.who
	org, err := st.Organisation(ctx)
	if err != nil {
		return err
	}
	var first []clinic.Brief
	now := w.gate.Now()
	rec := records.New(st, who, w.gate.Now)
	_, err = rec.Import(ctx, records.Bulk{Right: clinic.MakeDemo, Intent: "demo", Sign: true, Progress: func(n records.Added) {
		p.Patients, p.Visits = n.Patients, n.Visits
		progress(*p)
	}}, people(demo.New(1, org.Country, now, p.Of), &first))
	if err != nil {
		return err
	}
	t := demo.NewTimetable(demo.DeskOptions{Seed: 1, Clinic: org, Now: now, Staff: demo.Staff(org.Country), Patients: first})
	t.Staff = nil // they stand there already, with their logins
	_, err = desk.New(st, who, w.gate.Now).Import(ctx, desk.Incoming(t))
	return err
}

// people hands invented people to the records and remembers the first of them.
func people(g *demo.Generator, first *[]clinic.Brief) iter.Seq2[records.Incoming, error] {
	return func(yield func(records.Incoming, error) bool) {
		for g.Left() > 0 {
			p, chart := g.Next()
			if len(*first) < booked {
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

// DemoLogins are the logins of the demo clinic.
func (w *Wizard) DemoLogins() []DemoUser { return w.logins }
