package today

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ui/present"
)

// Place is where and when somebody is booked.
type Place struct {
	Staff     clinic.ID   `json:"staff"`
	StaffName string      `json:"staff_name,omitempty"`
	Date      clinic.Date `json:"date,omitempty"`
	Start     clinic.Time `json:"start,omitzero"` // zero: now, outside the grid
	Minutes   int         `json:"minutes,omitempty"`
}

// Form is the booking panel as it stands: what is typed, and for which place.
type Form struct {
	Place   Place     `json:"place"`
	Kind    string    `json:"kind,omitempty"`    // planned, walkin, urgent
	Channel string    `json:"channel,omitempty"` // desk, phone
	Waiting clinic.ID `json:"waiting,omitzero"`  // booked off the waiting list

	Query   string    `json:"query,omitempty"`
	Patient clinic.ID `json:"patient,omitzero"` // found, or registered already
	Who     string    `json:"who,omitempty"`    // that patient's name

	Registering bool     `json:"registering,omitempty"`
	New         Newcomer `json:"new,omitzero"`

	Service clinic.ID `json:"service,omitzero"`
	Minutes string    `json:"minutes,omitempty"` // as typed; empty: as the service or the place says
	Reason  string    `json:"reason,omitempty"`
	Double  string    `json:"double,omitempty"` // why a taken place is taken again
	Taken   bool      `json:"taken,omitempty"`  // the place is known to be taken: Double is asked for
}

// NewForm begins a booking of a place.
func NewForm(p Place) *Form { return &Form{Place: p, Kind: clinic.Planned, Channel: clinic.AtDesk} }

// Outside reports whether the booking takes no place in the grid.
func (f *Form) Outside() bool { return f.Kind == clinic.WalkIn || f.Kind == clinic.Urgent }

// Title says what is being done.
func (f *Form) Title(s *present.Session) string {
	switch {
	case f.Registering:
		return s.T("today_new_patient")
	case f.Kind == clinic.Urgent:
		return s.T("today_urgent")
	case f.Kind == clinic.WalkIn:
		return s.T("today_walkin")
	case f.Taken:
		return s.T("today_double")
	}
	return s.T("today_booking")
}

// Where says for whom and when.
func (f *Form) Where(s *present.Session) string {
	if f.Place.Start.IsZero() {
		return joined(f.Place.StaffName, s.T("today_now"))
	}
	return joined(f.Place.StaffName, s.Words.LongDay(f.Place.Date), s.Words.Clock(f.Place.Start))
}

// Begin goes on to the registration of what was typed.
func (f *Form) Begin(s *present.Session) {
	n := Split(f.Query, s.Now().In(zoneOf(s)))
	if n != (Newcomer{}) {
		f.New = n
	}
	f.Registering, f.Patient, f.Who = true, clinic.ID{}, ""
}

// Match is a patient who answers what was typed.
type Match struct {
	clinic.Brief
	Text, Below, Side string
}

// matches is how many patients the panel offers.
const matches = 8

// Find looks for patients by name, phone, birth date or number of the card.
func Find(ctx context.Context, s *present.Session, query string) ([]Match, error) {
	if strings.TrimSpace(query) == "" {
		return nil, nil
	}
	found, err := s.Records.FindPatients(ctx, query, matches)
	if err != nil {
		return nil, err
	}
	out := make([]Match, len(found))
	for i, b := range found {
		out[i] = matchOf(s, b)
	}
	return out, nil
}

func matchOf(s *present.Session, b clinic.Brief) Match {
	m := Match{Brief: b, Text: cmp.Or(b.Name.String(), s.T("today_nameless")), Below: joined(tail(b.Phone), b.Address), Side: s.Words.Date(b.BirthDate)}
	if b.Namesake {
		m.Below = joined(s.T("today_namesake"), m.Below)
	}
	return m
}

// Likeness is a card that the newcomer may have already (R1.6).
type Likeness struct {
	Match
	Sure bool   // certain, or as good as
	Why  string // which parts are alike
}

// Similar looks for cards that the newcomer may have already.
func Similar(ctx context.Context, s *present.Session, n Newcomer) ([]Likeness, error) {
	card, err := n.Card(s)
	if err != nil { // as far as it is typed
		card = clinic.Patient{Name: n.Name(), Sex: n.SexShown()}
		if n.Phone != "" {
			card.Contacts = []clinic.Contact{{Kind: "phone", Value: n.Phone}}
		}
	}
	found, err := s.Records.Similar(ctx, card, 3)
	if err != nil {
		return nil, err
	}
	var out []Likeness
	for _, c := range found {
		if c.Grade < clinic.Likely {
			continue
		}
		out = append(out, Likeness{Match: matchOf(s, c.Brief), Sure: c.Grade == clinic.Certain, Why: s.T("today_similar_" + c.Grade.String())})
	}
	return out, nil
}

// Book books a patient whose card is there.
func (f *Form) Book(ctx context.Context, s *present.Session, patient clinic.ID) (Done, error) {
	b, err := f.booking()
	if err != nil {
		return Done{}, err
	}
	b.Patient = patient
	return f.save(ctx, s, b)
}

// Register registers the newcomer and books. If only the booking fails, the card is
// there: the form holds it, and booking again does not register again.
func (f *Form) Register(ctx context.Context, s *present.Session) (Done, error) {
	if !f.Patient.IsZero() {
		return f.Book(ctx, s, f.Patient)
	}
	if _, err := f.booking(); err != nil {
		return Done{}, err
	}
	card, err := f.New.Card(s)
	if err != nil {
		return Done{}, err
	}
	saved, err := s.Records.RegisterPatient(ctx, card)
	if err != nil {
		return Done{}, err
	}
	f.Patient, f.Who = saved.ID, saved.Name.String()
	d, err := f.Book(ctx, s, saved.ID)
	if err == nil {
		d.Text = s.T("today_did_register", "name", saved.Name.Short(), "number", saved.CaseNumber) + " " + d.Text
	}
	return d, err
}

// BookCaller books somebody without a card, by name and phone alone.
func (f *Form) BookCaller(ctx context.Context, s *present.Session) (Done, error) {
	b, err := f.booking()
	if err != nil {
		return Done{}, err
	}
	b.Name, b.Phone = f.New.Name().String(), f.New.Phone
	if b.Name == "" {
		return Done{}, fault.At("family", "fault.patient.name")
	}
	return f.save(ctx, s, b)
}

// booking makes the booking that the form means, without the patient.
func (f *Form) booking() (clinic.Booking, error) {
	b := clinic.Booking{
		Staff: f.Place.Staff, Start: f.Place.Start, Kind: cmp.Or(f.Kind, clinic.Planned), Channel: cmp.Or(f.Channel, clinic.AtDesk),
		Service: f.Service, Reason: f.Reason, Double: strings.TrimSpace(f.Double),
	}
	if m := strings.TrimSpace(f.Minutes); m != "" {
		n, err := strconv.Atoi(m)
		if err != nil || n < 1 {
			return b, fault.At("minutes", "fault.desk.minutes", "limit", clinic.MaxMinutes)
		}
		b.Minutes = n
	}
	if f.Taken && b.Double == "" {
		return b, fault.At("double", "today_double_needed")
	}
	return b, nil
}

func (f *Form) save(ctx context.Context, s *present.Session, b clinic.Booking) (Done, error) {
	var id clinic.ID
	var warn string
	if !f.Waiting.IsZero() {
		saved, err := s.Desk.FromWaiting(ctx, f.Waiting, b)
		if err != nil {
			return Done{}, f.refused(err)
		}
		id, warn, b = saved.ID, warned(s, saved.Warnings), saved.Booking
	} else {
		saved, err := s.Desk.Book(ctx, b)
		if err != nil {
			return Done{}, f.refused(err)
		}
		id, warn, b = saved.ID, warned(s, saved.Warnings), saved.Booking
	}
	d := Done{Booking: id, Warn: warn, Undo: unbook(s, id)}
	if !f.Waiting.IsZero() {
		d.Undo = unbookWaiting(s, id, f.Waiting)
	}
	switch {
	case f.Outside():
		d.Text = s.T("today_did_walkin", "time", s.Words.Clock(b.Start), "doctor", f.Place.StaffName)
	default:
		d.Text = s.T("today_did_book", "time", s.Words.Clock(b.Start), "date", s.Words.Day(b.Start), "doctor", f.Place.StaffName)
	}
	return d, nil
}

// refused notes that the place is taken, so that the panel asks why it is taken again.
func (f *Form) refused(err error) error {
	var e *fault.Error
	if errors.As(err, &e) && e.Key == "fault.desk.taken" {
		f.Taken = true
	}
	return err
}

// at puts a fault to a field.
func at(err error, field string) error {
	var e *fault.Error
	if errors.As(err, &e) {
		c := *e
		c.Field = field
		return &c
	}
	return err
}

// Services lists what somebody may be booked for: the price list, of the speciality
// first; empty where the user may not see it.
func Services(ctx context.Context, s *present.Session, staff clinic.ID, t *Table) ([]clinic.Service, error) {
	if !s.May(clinic.ReadPrices) {
		return nil, nil
	}
	all, err := s.Billing.Services(ctx, false)
	if err != nil {
		return nil, err
	}
	field := ""
	for _, p := range t.People {
		if p.ID == staff {
			field = p.Speciality
		}
	}
	var own, any []clinic.Service
	for _, v := range all {
		switch v.Speciality {
		case field:
			own = append(own, v)
		case "":
			any = append(any, v)
		}
	}
	return append(own, any...), nil
}

// Guest is the patient whom a page was opened to book.
func Guest(ctx context.Context, s *present.Session, id clinic.ID) (Match, error) {
	if err := s.User.Require(clinic.ReadCards); err != nil {
		return Match{}, err
	}
	b, ok, err := s.Store.Reader(ctx).Brief(id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "fault.patient.none")
	}
	return matchOf(s, b), err
}
