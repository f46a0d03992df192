package demo

import (
	"fmt"
	"strings"
	"time"

	"feldsher/internal/clinic"
)

// Timetable is what a demo clinic's desk has on it: working hours, an absence, a
// price list, bookings of today and the coming week, a waiting list. Nothing of it is
// stored yet.
type Timetable struct {
	Staff     []clinic.Staff // whose hours these are; without logins
	Schedules []clinic.Schedule
	Absences  []clinic.Absence
	Services  []clinic.Service
	Bookings  []clinic.Booking
	Waiting   []clinic.Waiting
}

// DeskOptions say for whom a timetable is invented.
type DeskOptions struct {
	Seed     uint64
	Clinic   clinic.Organisation // country, zone and language
	Now      time.Time           // bookings before it are over, those after it to come
	Staff    []clinic.Staff      // who treats gets hours; empty: Staff of the country
	Patients []clinic.Brief      // who is booked; some hundred are enough
}

// deskDays is for how many days from today on there are bookings.
const deskDays = 8

// NewTimetable invents what stands on the desk. The same options give the same rows,
// but for the states that hang on the time of day.
func NewTimetable(o DeskOptions) Timetable {
	zone, err := time.LoadLocation(o.Clinic.Zone)
	if err != nil {
		zone = time.UTC
	}
	d := &deskMaker{o: o, zone: zone, draw: newDraw(), today: clinic.DateIn(clinic.TimeOf(o.Now), zone)}
	d.draw.reseed(o.Seed, 0xde5c)
	if len(o.Staff) == 0 {
		d.o.Staff = Staff(o.Clinic.Country)
	}
	for _, s := range d.o.Staff {
		if s.Active && (s.Has(clinic.Doctor) || s.Has(clinic.Feldsher)) {
			d.treating = append(d.treating, s)
		}
		s.Login = ""
		d.out.Staff = append(d.out.Staff, s)
	}
	d.out.Services = Prices(o.Clinic)
	d.hours()
	d.absence()
	d.strangers()
	for i := range deskDays {
		d.day(i)
	}
	d.waiting()
	return d.out
}

type deskMaker struct {
	o        DeskOptions
	zone     *time.Location
	draw     *draw
	today    clinic.Date
	treating []clinic.Staff
	callers  []clinic.Patient // who rings and has no card yet
	out      Timetable
	next     int // patient to be booked
}

func (d *deskMaker) kazakh() bool { return d.o.Clinic.Language == "kk" }

// words takes the sentence in the clinic's language.
func (d *deskMaker) words(ru, kk string) string {
	if d.kazakh() {
		return kk
	}
	return ru
}

// shift is a stretch of a week's hours.
type shift struct{ days, from, until, slot int }

// shifts of the members of staff in turn: mornings, afternoons, and a short duty on
// Saturdays; whoever is first and third also has the Sundays.
var shifts = [][]shift{
	{{5, 8 * 60, 13 * 60, 15}, {6, 9 * 60, 13 * 60, 20}, {7, 9 * 60, 12 * 60, 20}},
	{{5, 13 * 60, 19 * 60, 15}, {6, 9 * 60, 14 * 60, 15}},
	{{5, 8*60 + 30, 15 * 60, 20}, {6, 9 * 60, 13 * 60, 20}, {7, 10 * 60, 14 * 60, 20}},
	{{5, 9 * 60, 15*60 + 30, 20}, {6, 9 * 60, 12 * 60, 20}},
}

func (d *deskMaker) hours() {
	for i, s := range d.treating {
		for _, sh := range shifts[i%len(shifts)] {
			from := sh.days
			if sh.days == 5 {
				from = 1
			}
			for weekday := from; weekday <= sh.days; weekday++ {
				v := clinic.Schedule{Staff: s.ID, Weekday: weekday, From: sh.from, Until: sh.until, Slot: sh.slot, Room: fmt.Sprint(101 + i)}
				v.ID = fixed(fmt.Sprintf("schedule/%s/%d", s.ID, weekday))
				d.out.Schedules = append(d.out.Schedules, v)
			}
		}
	}
}

// absence sends the second of those who treat away for two days of the week to come;
// the first stands in.
func (d *deskMaker) absence() {
	if len(d.treating) < 2 {
		return
	}
	a := clinic.Absence{
		Staff: d.treating[1].ID, From: d.today.AddDays(3), Until: d.today.AddDays(4), Reason: "training",
		Note: d.words("курс повышения квалификации", "біліктілікті арттыру курсы"), Substitute: d.treating[0].ID,
	}
	a.ID = fixed(fmt.Sprintf("absence/%s/%s", a.Staff, a.From))
	d.out.Absences = []clinic.Absence{a}
}

// strangers invents who rings without having a card.
func (d *deskMaker) strangers() {
	g := New(d.o.Seed^0x5a5a, d.o.Clinic.Country, d.o.Now, 24)
	for g.Left() > 0 {
		p, _ := g.Next()
		d.callers = append(d.callers, p)
	}
}

// day books patients on the i-th day from today on: today nearly every place, later
// days less and less.
func (d *deskMaker) day(i int) {
	date := d.today.AddDays(i)
	for _, s := range d.treating {
		var own []clinic.Schedule
		for _, v := range d.out.Schedules {
			if v.Staff == s.ID {
				own = append(own, v)
			}
		}
		for n, slot := range clinic.Slots(s.ID, date, clinic.Hours(date, own, nil), d.zone) {
			d.draw.reseed(d.o.Seed, key(date, s.ID, n))
			if d.draw.chance(float64(82 - 8*i)) {
				d.book(slot, s, i == 0)
			}
		}
	}
}

// key is a number that belongs to a place in somebody's day.
func key(date clinic.Date, staff clinic.ID, n int) uint64 {
	k := uint64(n)
	for _, b := range append([]byte(date), staff[:]...) {
		k = mix(k ^ uint64(b))
	}
	return k
}

func (d *deskMaker) book(slot clinic.Slot, s clinic.Staff, today bool) {
	b := clinic.Booking{
		Staff: slot.Staff, Start: slot.Start, Minutes: slot.Minutes, Room: slot.Room, Kind: clinic.Planned, Status: clinic.Booked,
		Channel: pick(d.draw, clinic.AtDesk, clinic.ByPhone, clinic.ByPhone), Reason: d.reason(s),
		Made: slot.Start - clinic.Time(d.draw.between(1, 12)*24*3_600_000),
	}
	b.Made = min(b.Made, clinic.TimeOf(d.o.Now))
	b.ID = fixed(fmt.Sprintf("booking/%d/%s/%d", d.o.Seed, slot.Staff, slot.Start))
	if !d.who(&b, s) {
		return
	}
	if today {
		d.past(&b)
	}
	d.out.Bookings = append(d.out.Bookings, b)
}

// who books a patient, now and then a caller without a card. Children go to the
// paediatrician and nobody else does.
func (d *deskMaker) who(b *clinic.Booking, s clinic.Staff) bool {
	if len(d.o.Patients) == 0 || d.draw.chance(5) {
		c := d.callers[d.draw.below(len(d.callers))]
		b.Name = strings.TrimSpace(c.Family + " " + c.Given)
		if len(c.Contacts) > 0 {
			b.Phone = c.Contacts[0].Value
		}
		b.Channel = clinic.ByPhone
		return true
	}
	for range len(d.o.Patients) {
		p := d.o.Patients[d.next%len(d.o.Patients)]
		d.next++
		if d.suits(&p, s) {
			b.Patient = p.ID
			return true
		}
	}
	return false
}

func (d *deskMaker) suits(p *clinic.Brief, s clinic.Staff) bool {
	year := d.today.Year()
	child := p.BirthDate != "" && year-p.BirthDate.Year() < 18
	switch s.Speciality {
	case "педиатрия":
		return child
	case "акушерство и гинекология":
		return !child && p.Sex == clinic.Female && year-p.BirthDate.Year() < 60
	}
	return !child
}

// past puts a booking of today into the state that the time of day asks for.
func (d *deskMaker) past(b *clinic.Booking) {
	now := clinic.TimeOf(d.o.Now)
	minutes := func(n int) clinic.Time { return clinic.Time(n) * 60_000 }
	early := b.Start - minutes(d.draw.between(2, 20))
	switch {
	case now < early:
	case now < b.Start:
		b.Step(clinic.Arrived, early)
	case d.draw.chance(6):
		if now > b.End() {
			b.Step(clinic.NoShow, now)
		}
	default:
		b.Step(clinic.Arrived, early)
		b.Step(clinic.InRoom, b.Start)
		if now >= b.End() {
			b.Step(clinic.Done, b.End()-minutes(d.draw.between(0, 3)))
		}
	}
}

// reason is why the patient comes, in the desk's words.
func (d *deskMaker) reason(s clinic.Staff) string {
	if d.draw.chance(35) {
		return ""
	}
	ru := []string{"первичный приём", "повторный приём", "профосмотр", "за справкой", "результаты анализов", "продление рецепта"}
	kk := []string{"алғашқы қабылдау", "қайталама қабылдау", "профилактикалық тексеру", "анықтама алуға", "талдау нәтижелері", "рецептіні ұзарту"}
	if s.Speciality == "педиатрия" {
		ru = append(ru, "перед прививкой", "справка в сад")
		kk = append(kk, "екпе алдында", "балабақшаға анықтама")
	}
	i := d.draw.below(len(ru))
	return d.words(ru[i], kk[i])
}

func (d *deskMaker) waiting() {
	for i := range min(3, len(d.o.Patients), len(d.treating)) {
		w := clinic.Waiting{
			Patient: d.o.Patients[len(d.o.Patients)-1-i].ID, Staff: d.treating[i].ID, Until: d.today.AddDays(7 + i), Status: clinic.WaitingOpen,
			Note: d.words("удобно после 16 часов", "сағат 16-дан кейін ыңғайлы"), Added: clinic.TimeOf(d.o.Now) - clinic.Time((3-i)*24*3_600_000),
		}
		w.ID = fixed(fmt.Sprintf("waiting/%d/%s/%d", d.o.Seed, d.today, i))
		d.out.Waiting = append(d.out.Waiting, w)
	}
}

// Prices gives the demo clinic's price list, in its language and currency.
func Prices(o clinic.Organisation) []clinic.Service {
	var out []clinic.Service
	for _, line := range sections("services") {
		f := strings.Split(line, "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		s := clinic.Service{Code: f[0], Speciality: f[1], Minutes: number(f[2]), Title: f[5], Currency: clinic.CurrencyOf(o.Country), Active: true}
		price := f[3]
		if o.Country == clinic.Kazakhstan {
			price = f[4]
		}
		if o.Language == "kk" {
			s.Title = f[6]
		}
		s.Price = int64(number(price)) * 100
		s.ID = fixed("service/" + string(o.Country) + "/" + s.Code)
		out = append(out, s)
	}
	return out
}
