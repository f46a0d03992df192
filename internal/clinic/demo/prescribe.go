package demo

import (
	"slices"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
)

// singles lists the classes of which a visit gives one drug at most.
var singles = []string{"nsaid", "antibiotic", "antihist", "statin", "antiplatelet", "raas", "macrolide"}

// prescriptions writes what the reason calls for and, sometimes, repeats what a
// lasting illness needs.
func (g *Generator) prescriptions(h *history, s *scenario, pl planned, v *clinic.Visit, kazakh bool) {
	d := g.health
	if pl.follow {
		if len(s.rx) > 1 && d.chance(45) {
			g.prescribe(h, s, len(s.rx)-1, pl, v, kazakh)
		}
		return
	}
	for i := range s.rx {
		g.prescribe(h, s, i, pl, v, kazakh)
	}
	for i := range h.having {
		x := &h.having[i]
		other := g.book.scenarios[x.of.code]
		if other == nil || other == s || !x.at(pl.day) || len(other.rx) == 0 || len(v.Prescriptions) >= 2 || !d.chance(80) {
			continue
		}
		g.prescribe(h, other, 0, pl, v, kazakh)
	}
}

// prescribe writes one group of a reason. For what lasts the choice is the
// patient's own and stays the same from visit to visit.
func (g *Generator) prescribe(h *history, s *scenario, i int, pl planned, v *clinic.Visit, kazakh bool) {
	d, gr := g.health, &s.rx[i]
	own := uint64(d.below(1 << 30))
	if s.who == "chronic" {
		own = mix(g.seed ^ mix(uint64(h.p.ordinal)<<8|uint64(i)) ^ mix(uint64(s.code[0])<<16|uint64(s.code[1])<<8|uint64(s.code[2])))
	}
	if int(own%100)*10 >= gr.percent*14 {
		return
	}
	own /= 100
	age := float64(pl.day-h.p.born) / 365.25
	for _, keys := range [][]string{gr.first, gr.fallback} {
		for n := range keys {
			key := keys[(int(own%1000)+n)%len(keys)]
			if x := g.fitting(key, age); x != nil && g.allowed(h, x, pl.day, v) {
				v.Prescriptions = append(v.Prescriptions, g.prescription(x, v, pl.day, own, kazakh))
				return
			}
		}
	}
}

// fitting is the way to give the drug at the age, nil if there is none.
func (g *Generator) fitting(key string, age float64) *drug {
	list := g.book.drugs[key]
	for i := range list {
		if age >= list[i].from && age < list[i].to {
			return &list[i]
		}
	}
	return nil
}

// allowed weighs allergies, pregnancy, the other illnesses and the drugs that
// the visit has already.
func (g *Generator) allowed(h *history, x *drug, on day, v *clinic.Visit) bool {
	if !h.bears(x) || h.pregnantAt(on) && !x.class("p") {
		return false
	}
	for i := range h.having {
		if h.having[i].since > on {
			continue
		}
		for _, a := range x.avoid {
			if strings.HasPrefix(h.having[i].of.code, a) {
				return false
			}
		}
	}
	for i := range v.Prescriptions {
		if v.Prescriptions[i].INN == x.inn {
			return false
		}
		for _, class := range singles {
			if x.class(class) && g.classOf(v.Prescriptions[i].INN, class) {
				return false
			}
		}
	}
	return true
}

// classOf tells whether a drug of the name belongs to a class.
func (g *Generator) classOf(inn, class string) bool {
	return slices.Contains(g.book.classes[inn], class)
}

func (g *Generator) prescription(x *drug, v *clinic.Visit, on day, own uint64, kazakh bool) clinic.Prescription {
	l := index(kazakh)
	days := x.dayLo
	if x.dayHi > x.dayLo {
		days += int(own>>12) % (x.dayHi - x.dayLo + 1)
	}
	r := clinic.Prescription{
		Patient: v.Patient, Visit: v.ID, Staff: v.Staff, INN: x.inn, Trade: x.trades[int(own>>20)%len(x.trades)],
		Form: forms[x.form][l] + " " + x.strength, Dose: clinic.Decimal(x.dose), DoseUnit: x.unit,
		Route: routes[x.route][l], Frequency: x.frequency(kazakh), Quantity: clinic.Decimal(strconv.Itoa(x.quantity(days))),
		QuantityUnit: packs[x.packOf][l], Directions: x.directions(days, kazakh),
		Status: "active", Start: on.date(), Written: v.CareUntil,
		Coding: clinic.Coding{System: "http://www.whocc.no/atc", Code: x.atc, Name: x.inn},
	}
	if kazakh {
		r.DoseUnit = strings.NewReplacer("капля", "тамшы", "капли", "тамшы", "капель", "тамшы", "впрыска", "бүрку", "впрыск", "бүрку",
			"нанесение", "жағу", "таблетки", "таблетка", "пастилка", "таблетка", "суппозиторий", "суппозиторий", "ЕД", "бірлік").Replace(x.unit)
	}
	switch {
	case days == 0:
		r.Duration = [...]string{"длительно", "ұзақ уақыт"}[l]
		if g.today-on > 400 {
			r.Status, r.Stop = "completed", (on + 360).date()
		}
	case kazakh:
		r.Duration = strconv.Itoa(days) + " күн"
	default:
		r.Duration = strconv.Itoa(days) + " " + plural(1, days, false)
	}
	if days > 0 {
		r.Stop = (on + day(days) - 1).date()
		if on+day(days) <= g.today {
			r.Status = "completed"
		}
	}
	r.ID = g.deriver.child(v.ID, "prescription", len(v.Prescriptions))
	return r
}
