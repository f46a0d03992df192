package today

import (
	"context"

	"feldsher/internal/clinic"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// Call is somebody who must be told that the doctor is away.
type Call struct {
	Line
	Outcome string // of the call, in words
	Icon    string
}

// Absent is an absence with who must be called.
type Absent struct {
	clinic.Absence
	Doctor      string
	Reason      string
	Days        string
	Substitute  desk.Person // zero: none yet
	Calls       []Call
	CanChange   bool // the user may choose the substitute
	Substitutes []desk.Person
}

// ReadAbsent reads an absence and its call list.
func ReadAbsent(ctx context.Context, s *present.Session, t *Table, a clinic.Absence) (*Absent, error) {
	out := &Absent{Absence: a, Reason: s.Words.Code("today_absence", a.Reason), CanChange: s.May(clinic.ManageDesk)}
	if out.Days = s.Words.Date(a.From); a.Until > a.From {
		out.Days += " – " + s.Words.Date(a.Until)
	}
	for _, p := range t.People {
		switch p.ID {
		case a.Staff:
			out.Doctor = p.Name.Short()
		case a.Substitute:
			out.Substitute = p
		}
	}
	own := fieldOf(t, a.Staff)
	for _, same := range []bool{true, false} { // of the same speciality first
		for _, p := range t.People {
			if p.ID != a.Staff && (p.Speciality == own) == same {
				out.Substitutes = append(out.Substitutes, p)
			}
		}
	}
	list, err := s.Desk.CallList(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	for i := range list {
		c := Call{Line: lineOf(s, &list[i], out.Doctor), Outcome: s.Words.Code("today_call", list[i].Contacted), Icon: "phone"}
		c.When = s.Words.Day(list[i].Start)[:5] + " " + c.When
		switch list[i].Contacted {
		case "reached":
			c.Icon = "ok"
		case "unreached":
			c.Icon = "noshow"
		case "declined":
			c.Icon = "close"
		default:
			c.Outcome = s.T("today_call_none")
		}
		out.Calls = append(out.Calls, c)
	}
	return out, nil
}

func fieldOf(t *Table, staff clinic.ID) string {
	for _, p := range t.People {
		if p.ID == staff {
			return p.Speciality
		}
	}
	return ""
}

// SetSubstitute says who takes the patients of an absence.
func SetSubstitute(ctx context.Context, s *present.Session, a *Absent, who clinic.ID) error {
	change := a.Absence
	change.Substitute = who
	_, err := s.Desk.SaveAbsence(ctx, change)
	return err
}

// Substitute moves the patients of an absence to the substitute. There is no way back:
// it would put them where nobody works, which the desk refuses.
func Substitute(ctx context.Context, s *present.Session, a *Absent) (Done, error) {
	got, err := s.Desk.Substitute(ctx, a.ID)
	if err != nil {
		return Done{}, err
	}
	d := Done{Text: s.T("today_did_substitute", "n", len(got.Moved), "doctor", a.Substitute.Name.Short())}
	if len(got.Left) > 0 {
		d.Warn = s.T("today_did_left", "n", len(got.Left))
	}
	return d, nil
}

// NoteAway notes that somebody does not come on a day.
func NoteAway(ctx context.Context, s *present.Session, staff clinic.ID, day clinic.Date, reason string) (Done, clinic.Absence, error) {
	a, err := s.Desk.SaveAbsence(ctx, clinic.Absence{Staff: staff, From: day, Until: day, Reason: reason})
	if err != nil {
		return Done{}, a, err
	}
	return Done{
		Text: s.T("today_did_away", "date", s.Words.Date(day)),
		Undo: func(ctx context.Context) error { return s.Desk.RemoveAbsence(ctx, a.ID) },
	}, a, nil
}
