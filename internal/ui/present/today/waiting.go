package today

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// Waiter is a line of the waiting list.
type Waiter struct {
	desk.WaitingEntry
	Name   string
	Facts  string
	Whom   string // the doctor or the speciality that is waited for
	When   string // between which days
	Fits   bool   // the place in sight is one that is waited for
	Placed bool
}

// Waiters lists the waiting list; who waits for the given place stands first.
func Waiters(ctx context.Context, s *present.Session, t *Table, p Place) ([]Waiter, error) {
	list, err := s.Desk.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	people := map[clinic.ID]desk.Person{}
	for _, x := range t.People {
		people[x.ID] = x
	}
	var fits, rest []Waiter
	for _, w := range list {
		x := Waiter{WaitingEntry: w, Name: briefName(s, w.Who), Facts: facts(s, w.Card, w.Tel), Whom: w.Speciality}
		if !w.Staff.IsZero() {
			x.Whom = people[w.Staff].Name.Short()
		}
		switch {
		case w.From != "" && w.Until != "":
			x.When = s.T("today_between", "from", s.Words.Date(w.From), "until", s.Words.Date(w.Until))
		case w.Until != "":
			x.When = s.T("today_until", "until", s.Words.Date(w.Until))
		case w.From != "":
			x.When = s.T("today_from", "from", s.Words.Date(w.From))
		}
		x.Fits = (w.Staff == p.Staff || w.Staff.IsZero() && w.Speciality == people[p.Staff].Speciality) &&
			(w.From == "" || p.Date >= w.From) && (w.Until == "" || p.Date <= w.Until)
		if x.Fits {
			fits = append(fits, x)
		} else {
			rest = append(rest, x)
		}
	}
	return append(fits, rest...), nil
}

// Wait puts whoever the form is about on the waiting list, for the form's doctor.
func (f *Form) Wait(ctx context.Context, s *present.Session, patient clinic.ID) (Done, error) {
	w := clinic.Waiting{Patient: patient, Staff: f.Place.Staff, From: f.Place.Date, Note: f.Reason}
	if patient.IsZero() {
		n := f.New
		if !f.Registering {
			n = Split(f.Query, s.Now())
		}
		w.Name, w.Phone = n.Name().String(), n.Phone
		if w.Name == "" {
			return Done{}, fault.At("query", "fault.desk.who")
		}
	}
	if w.From < s.Today() {
		w.From = ""
	}
	saved, err := s.Desk.AddWaiting(ctx, w)
	if err != nil {
		return Done{}, err
	}
	return Done{
		Text: s.T("today_did_wait", "doctor", f.Place.StaffName),
		Undo: func(ctx context.Context) error { return s.Desk.DropWaiting(ctx, saved.ID) },
	}, nil
}

// FromWaiting books somebody off the waiting list into a place.
func FromWaiting(ctx context.Context, s *present.Session, w *Waiter, p Place) (Done, error) {
	f := NewForm(p)
	f.Waiting, f.Reason = w.ID, w.Note
	return f.Book(ctx, s, w.Patient)
}

// DropWaiting takes somebody off the waiting list.
func DropWaiting(ctx context.Context, s *present.Session, w *Waiter) (Done, error) {
	if err := s.Desk.DropWaiting(ctx, w.ID); err != nil {
		return Done{}, err
	}
	id := w.ID
	return Done{Text: s.T("today_did_drop"), Undo: func(ctx context.Context) error { return s.Desk.RestoreWaiting(ctx, id) }}, nil
}

func unbookWaiting(s *present.Session, id, waiting clinic.ID) func(context.Context) error {
	back := unbook(s, id)
	return func(ctx context.Context) error {
		if err := back(ctx); err != nil {
			return err
		}
		return s.Desk.RestoreWaiting(ctx, waiting)
	}
}
