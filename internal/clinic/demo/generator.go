package demo

import (
	"time"

	"feldsher/internal/clinic"
)

// Chart is what is known of a patient's health.
type Chart struct {
	Problems  []clinic.Problem
	Allergies []clinic.Allergy
	Visits    []VisitChart // from the earliest
}

// VisitChart is a visit with its rows and, after every third, the protocol as a
// draft that the caller signs.
type VisitChart struct {
	Visit    clinic.Visit
	Protocol *clinic.Protocol
}

// Card is a patient with the chart.
type Card struct {
	Patient clinic.Patient
	Chart   Chart
}

// Generator makes patients one after another. It isn't safe for several
// goroutines at once; two generators with the same arguments give the same.
type Generator struct {
	seed, salt uint64
	country    clinic.Country
	today      day
	left       int

	ordinal, families, visits int

	people, health *draw
	deriver        deriver
	names          *namebook
	shares         []share
	places         *gazetteer
	book           *book
	scratch        map[string]string // variables of the text being written
	staff          crew
	templates      map[clinic.ID]*clinic.Template
	iins           map[uint64]uint16 // serials given, by birthday and sex

	queue  []*person
	family household
}

// New prepares n patients of a clinic in the country, as of today (its calendar
// day; the clock is ignored). Visits end the day before.
func New(seed uint64, country clinic.Country, today time.Time, n int) *Generator {
	salt := uint64(7)
	if country == clinic.Kazakhstan {
		salt = 77
	}
	return &Generator{
		seed: mix(seed), salt: mix(salt), country: country, today: dayOf(today), left: n,
		people: newDraw(), health: newDraw(),
		deriver: newDeriver(seed, country),
		names:   readNames(), shares: peoples(country), places: readPlaces(country),
		book: readBook(), staff: newCrew(country), templates: byID(Templates()),
		iins: map[uint64]uint16{}, scratch: map[string]string{},
	}
}

// Left is how many patients are still to come.
func (g *Generator) Left() int { return g.left }

// Next gives the next patient and the chart. Parents come before their
// children. After the last one it gives an empty patient: see Left.
func (g *Generator) Next() (clinic.Patient, Chart) {
	if g.left <= 0 {
		return clinic.Patient{}, Chart{}
	}
	if len(g.queue) == 0 {
		g.family = g.nextHousehold()
		g.queue = g.family.members
	}
	p := g.queue[0]
	g.queue = g.queue[1:]
	g.left--
	g.ordinal++
	card := g.card(p)
	return card, g.chart(p, &card)
}

// Family gives the rest of the household at hand, or the whole next one; none
// after the last patient.
func (g *Generator) Family() []Card {
	var out []Card
	for g.left > 0 {
		p, c := g.Next()
		out = append(out, Card{p, c})
		if len(g.queue) == 0 {
			break
		}
	}
	return out
}
