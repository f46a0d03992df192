package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/storage/store"
)

// Entry is a booking as the timetable and the queue show it.
type Entry struct {
	clinic.Booking
	Card     clinic.Brief // the patient; the zero one for a caller without a card
	Who      clinic.Name  // name of the card, or the caller's as said (in Family)
	Tel      string       // phone of the card, or the caller's
	Namesake bool         // somebody else of this surname stands in the same day
	Clashes  []clinic.ID  // bookings in the same place, made apart (R2.4)
}

// Column is one day of one member of staff.
type Column struct {
	Date     clinic.Date
	Staff    Person
	Hours    []clinic.Span    // when the member works, without absences
	Slots    []clinic.Slot    // places of the grid, marked where taken
	Absences []clinic.Absence // that touch the day
	Entries  []Entry          // in the order of time, cancelled ones too
}

// Timetable is a day of all, or a week of one.
type Timetable struct {
	From    clinic.Date // the first day
	Today   clinic.Date
	Columns []Column
}

// Day lays out a day: a column for each member of staff who works, is away or is
// booked on it, in the order of their names.
func (d *Desk) Day(ctx context.Context, date clinic.Date) (Timetable, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return Timetable{}, err
	}
	return d.layOut(ctx, clinic.ID{}, date, 1, "day")
}

// Week lays out the week of a date, Monday first, for one member of staff.
func (d *Desk) Week(ctx context.Context, staff clinic.ID, date clinic.Date) (Timetable, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return Timetable{}, err
	}
	return d.layOut(ctx, staff, date.Monday(), 7, "week")
}

// Mine lists the logged-in user's own patients of a day: one column.
func (d *Desk) Mine(ctx context.Context, date clinic.Date) (Column, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return Column{}, err
	}
	t, err := d.layOut(ctx, d.who.ID, date, 1, "mine")
	if err != nil {
		return Column{}, err
	}
	return t.Columns[0], nil
}

// Queue lists the day's live bookings of all as a queue: who is in the room, who
// waits (whoever came first first), who is still awaited, who was, who didn't come.
func (d *Desk) Queue(ctx context.Context, date clinic.Date) ([]Entry, error) {
	t, err := d.Day(ctx, date)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, c := range t.Columns {
		for _, e := range c.Entries {
			if e.Status != clinic.Cancelled {
				out = append(out, e)
			}
		}
	}
	SortQueue(out)
	return out, nil
}

// queueOrder is the place of each state in the queue.
var queueOrder = map[string]int{clinic.InRoom: 0, clinic.Arrived: 1, clinic.Booked: 2, clinic.Done: 3, clinic.NoShow: 4, clinic.Cancelled: 5}

// SortQueue puts entries into the order of the queue. Urgent patients stand before
// those who wait.
func SortQueue(list []Entry) {
	slices.SortStableFunc(list, func(a, b Entry) int {
		if c := cmp.Compare(queueOrder[a.Status], queueOrder[b.Status]); c != 0 {
			return c
		}
		if a.Status == clinic.Arrived {
			if x, y := a.Kind == clinic.Urgent, b.Kind == clinic.Urgent; x != y {
				if x {
					return -1
				}
				return 1
			}
			return cmp.Compare(a.Arrived, b.Arrived)
		}
		return cmp.Compare(a.Start, b.Start)
	})
}

// OfPatient lists a patient's bookings from today on, the earliest first.
func (d *Desk) OfPatient(ctx context.Context, patient clinic.ID) ([]Entry, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return nil, err
	}
	zone, err := d.Zone(ctx)
	if err != nil {
		return nil, err
	}
	q := d.store.Reader(ctx)
	from, _ := clinic.DateIn(clinic.TimeOf(d.now()), zone).Bounds(zone)
	list, err := q.BookingsOf(patient, from)
	if err != nil {
		return nil, err
	}
	out, err := entries(q, list, zone)
	if err != nil {
		return nil, err
	}
	return out, d.looks.Note(ctx, "view", "booking", patient, len(out))
}

// Booking reads one booking.
func (d *Desk) Booking(ctx context.Context, id clinic.ID) (Entry, error) {
	if err := d.who.Require(clinic.ReadDesk); err != nil {
		return Entry{}, err
	}
	q := d.store.Reader(ctx)
	b, err := q.Booking(id)
	if err != nil {
		return Entry{}, err
	}
	out, err := entries(q, []clinic.Booking{b}, time.UTC)
	if err != nil {
		return Entry{}, err
	}
	return out[0], d.looks.Note(ctx, "view", "booking", b.Patient, 1)
}

// layOut makes the columns of days from date on, for one member of staff or all.
func (d *Desk) layOut(ctx context.Context, staff clinic.ID, date clinic.Date, days int, what string) (Timetable, error) {
	zone, err := d.Zone(ctx)
	if err != nil {
		return Timetable{}, err
	}
	t := Timetable{From: date, Today: clinic.DateIn(clinic.TimeOf(d.now()), zone)}
	if err := fullDate(date); err != nil {
		return t, err
	}
	src, err := d.read(ctx, staff, date, days, zone)
	if err != nil {
		return t, err
	}
	for i := range days {
		day := date.AddDays(i)
		for _, p := range src.people {
			c := src.column(p, day)
			if !staff.IsZero() || len(c.Hours)+len(c.Absences)+len(c.Entries) > 0 {
				t.Columns = append(t.Columns, c)
			}
		}
	}
	return t, d.looks.NotePage(ctx, "view", "booking", what+string(date), src.count)
}

// source is what the columns of some days are made of.
type source struct {
	zone      *time.Location
	people    []Person
	schedules map[clinic.ID][]clinic.Schedule
	absences  map[clinic.ID][]clinic.Absence
	entries   map[place][]Entry
	count     int
}

type place struct {
	staff clinic.ID
	day   clinic.Date
}

func (d *Desk) read(ctx context.Context, staff clinic.ID, date clinic.Date, days int, zone *time.Location) (*source, error) {
	q := d.store.Reader(ctx)
	last := date.AddDays(days - 1)
	from, _ := date.Bounds(zone)
	_, until := last.Bounds(zone)
	list, err := q.Bookings(staff, from, until)
	if err != nil {
		return nil, err
	}
	schedules, err := q.Schedules(staff)
	if err != nil {
		return nil, err
	}
	absences, err := q.Absences(staff, date, last)
	if err != nil {
		return nil, err
	}
	shown, err := entries(q, list, zone)
	if err != nil {
		return nil, err
	}
	s := &source{
		zone: zone, count: len(shown), entries: map[place][]Entry{},
		schedules: map[clinic.ID][]clinic.Schedule{}, absences: map[clinic.ID][]clinic.Absence{},
	}
	for _, e := range shown {
		k := place{e.Staff, clinic.DateIn(e.Start, zone)}
		s.entries[k] = append(s.entries[k], e)
	}
	for _, v := range schedules {
		s.schedules[v.Staff] = append(s.schedules[v.Staff], v)
	}
	for _, v := range absences {
		s.absences[v.Staff] = append(s.absences[v.Staff], v)
	}
	s.people, err = peopleOf(q, staff)
	return s, err
}

// peopleOf lists the members of staff by name: one, or all.
func peopleOf(q *store.Reader, staff clinic.ID) ([]Person, error) {
	if !staff.IsZero() {
		s, err := q.Staff(staff)
		return []Person{personOf(&s)}, err
	}
	all, err := q.AllStaff()
	if err != nil {
		return nil, err
	}
	out := make([]Person, len(all))
	for i := range all {
		out[i] = personOf(&all[i])
	}
	slices.SortStableFunc(out, func(a, b Person) int { return cmp.Compare(fold.Text(a.Name.String()), fold.Text(b.Name.String())) })
	return out, nil
}

func (s *source) column(p Person, day clinic.Date) Column {
	c := Column{Date: day, Staff: p, Entries: s.entries[place{p.ID, day}]}
	for _, a := range s.absences[p.ID] {
		if a.Covers(day, 0, clinic.DayMinutes) {
			c.Absences = append(c.Absences, a)
		}
	}
	if p.Active {
		c.Hours = clinic.Hours(day, s.schedules[p.ID], c.Absences)
	}
	c.Slots = clinic.Slots(p.ID, day, c.Hours, s.zone)
	booked := make([]clinic.Booking, len(c.Entries))
	for i := range c.Entries {
		booked[i] = c.Entries[i].Booking
	}
	clinic.MarkTaken(c.Slots, booked)
	return c
}

// entries puts names, namesakes and clashes to bookings.
func entries(q *store.Reader, list []clinic.Booking, zone *time.Location) ([]Entry, error) {
	ids := make([]clinic.ID, 0, len(list))
	for i := range list {
		ids = append(ids, list[i].Patient)
	}
	briefs, err := q.Briefs(ids)
	if err != nil {
		return nil, err
	}
	clashes := clinic.Clashes(list)
	out := make([]Entry, len(list))
	type surname struct {
		day  clinic.Date
		name string
	}
	bearers := map[surname]map[clinic.ID]bool{}
	for i, b := range list {
		e := Entry{Booking: b, Who: clinic.Name{Family: b.Name}, Tel: b.Phone, Clashes: clashes[b.ID]}
		if card, ok := briefs[b.Patient]; ok {
			e.Card, e.Who, e.Tel = card, card.Name, cmp.Or(card.Phone, b.Phone)
		}
		out[i] = e
		k := surname{clinic.DateIn(b.Start, zone), surnameOf(e.Who)}
		if bearers[k] == nil {
			bearers[k] = map[clinic.ID]bool{}
		}
		bearers[k][b.Subject] = true
	}
	for _, of := range bearers {
		if err := onePerson(q, of); err != nil {
			return nil, err
		}
	}
	for i := range out {
		k := surname{clinic.DateIn(out[i].Start, zone), surnameOf(out[i].Who)}
		out[i].Namesake = k.name != "" && len(bearers[k]) > 1
	}
	return out, nil
}

// onePerson leaves of some subjects one for each person: merged cards are one.
func onePerson(q *store.Reader, subjects map[clinic.ID]bool) error {
	if len(subjects) < 2 {
		return nil
	}
	for id := range maps.Clone(subjects) {
		cards, err := q.Component(id)
		if err != nil {
			return err
		}
		if delete(subjects, id); len(cards) > 0 {
			subjects[cards[0]] = true
		}
	}
	return nil
}

// surnameOf is the surname as it is compared: the first word of what a caller said.
func surnameOf(n clinic.Name) string {
	words := strings.Fields(fold.Text(n.Family))
	if len(words) == 0 {
		return ""
	}
	return words[0]
}
