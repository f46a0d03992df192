package today

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// Done is what was done, in words, and the way back; Undo may be nil.
type Done struct {
	Booking clinic.ID
	Text    string
	Warn    string // what looks odd about it
	Undo    func(context.Context) error
}

// SetState brings a booking on to a state, or a step back where it has it already.
func SetState(ctx context.Context, s *present.Session, e *desk.Entry, to string) (Done, error) {
	if e.Status == to {
		return StepBack(ctx, s, e)
	}
	if _, err := s.Desk.SetStatus(ctx, e.ID, to); err != nil {
		return Done{}, err
	}
	id := e.ID
	return Done{
		Booking: id, Text: s.T("today_did_state", "name", shortOf(s, e), "state", StateOf(s, to).Word),
		Undo: func(ctx context.Context) error { _, err := s.Desk.Undo(ctx, id); return err },
	}, nil
}

// StepBack takes the last step of a booking back.
func StepBack(ctx context.Context, s *present.Session, e *desk.Entry) (Done, error) {
	was := e.Status
	saved, err := s.Desk.Undo(ctx, e.ID)
	if err != nil {
		return Done{}, err
	}
	d := Done{Booking: e.ID, Text: s.T("today_did_back", "name", shortOf(s, e), "state", StateOf(s, saved.Status).Word)}
	if clinic.CanStep(saved.Status, was) && was != clinic.Cancelled {
		d.Undo = func(ctx context.Context) error { _, err := s.Desk.SetStatus(ctx, saved.ID, was); return err }
	}
	return d, nil
}

// Cancel cancels a booking; the reason is asked for.
func Cancel(ctx context.Context, s *present.Session, e *desk.Entry, why string) (Done, error) {
	if _, err := s.Desk.Cancel(ctx, e.ID, why); err != nil {
		return Done{}, err
	}
	id := e.ID
	return Done{
		Booking: id, Text: s.T("today_did_cancel", "name", shortOf(s, e), "time", s.Words.Clock(e.Start)),
		Undo: func(ctx context.Context) error { _, err := s.Desk.Undo(ctx, id); return err },
	}, nil
}

// CancelReasons are the reasons that one key gives.
func CancelReasons(s *present.Session) []string {
	return []string{s.T("today_cancel_patient"), s.T("today_cancel_doctor"), s.T("today_cancel_mistake"), s.T("today_cancel_sick")}
}

// Move puts a booking into another place. double says why a taken place is taken.
func Move(ctx context.Context, s *present.Session, e *desk.Entry, to Place, double string) (Done, error) {
	saved, err := s.Desk.Move(ctx, e.ID, desk.Target{Staff: to.Staff, Start: to.Start, Double: double})
	if err != nil {
		return Done{}, err
	}
	from := desk.Target{Staff: e.Staff, Start: e.Start, Minutes: e.Minutes, Room: e.Room, Double: e.Double, Why: e.Moved}
	id := e.ID
	return Done{
		Booking: id, Warn: warned(s, saved.Warnings),
		Text: s.T("today_did_move", "name", shortOf(s, e), "time", s.Words.Clock(saved.Start), "date", s.Words.Day(saved.Start), "doctor", to.StaffName),
		Undo: func(ctx context.Context) error { _, err := s.Desk.Move(ctx, id, from); return err },
	}, nil
}

// Outcomes are what a call may come to, in the order of the digits 5 to 7.
var Outcomes = []string{"reached", "unreached", "declined"}

// Contacted notes what a call came to.
func Contacted(ctx context.Context, s *present.Session, e *desk.Entry, outcome string) (Done, error) {
	was, id := e.Contacted, e.ID
	if _, err := s.Desk.SetContacted(ctx, id, outcome); err != nil {
		return Done{}, err
	}
	return Done{
		Booking: id, Text: s.T("today_did_call", "name", shortOf(s, e), "outcome", s.Words.Code("today_call", outcome)),
		Undo: func(ctx context.Context) error { _, err := s.Desk.SetContacted(ctx, id, was); return err },
	}, nil
}

// unbook takes a new booking back.
func unbook(s *present.Session, id clinic.ID) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.Desk.Cancel(ctx, id, s.T("today_cancel_mistake"))
		return err
	}
}

func warned(s *present.Session, list []check.Warning) string {
	out := ""
	for _, w := range list {
		if out != "" {
			out += " "
		}
		out += s.Words.Warning(w)
	}
	return out
}
