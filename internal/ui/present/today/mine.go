package today

import (
	"context"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/present"
)

// MyDay is a doctor's own day.
type MyDay struct {
	Date   clinic.Date
	Today  bool
	Title  string
	About  string
	Lines  []Line // in the order of the queue
	Next   int    // who should be called in, -1 for nobody
	Undone []Undone
	Empty  string // what to do where there are no patients
}

// Undone is what the day must not close without.
type Undone struct {
	Icon, Text, Below string
	Route             present.Route
}

// ReadMine reads the user's own patients of a day, and what is not finished.
func ReadMine(ctx context.Context, s *present.Session, date clinic.Date) (*MyDay, error) {
	if date == "" {
		date = s.Today()
	}
	c, err := s.Desk.Mine(ctx, date)
	if err != nil {
		return nil, err
	}
	m := &MyDay{Date: date, Today: date == s.Today(), Title: s.T("today_mine")}
	hours := s.T("today_mine_no_hours")
	for i, h := range c.Hours {
		part := clock(h.From) + "–" + clock(h.Until)
		if h.Room != "" {
			part += ", " + s.T("today_room", "room", h.Room)
		}
		if i == 0 {
			hours = part
		} else {
			hours += "; " + part
		}
	}
	for _, a := range c.Absences {
		if a.WholeDay() {
			hours = away(s, &a).Word
		}
	}
	day := &Table{Ask: Ask{Date: date}, Today: s.Today()}
	m.About = joined(day.aboutDay(s), hours)
	for i := range c.Entries {
		if c.Entries[i].Status != clinic.Cancelled {
			m.Lines = append(m.Lines, lineOf(s, &c.Entries[i], ""))
		}
	}
	SortLines(m.Lines)
	m.Next = Next(m.Lines)
	m.Empty = s.T("today_mine_empty")
	if len(c.Hours) == 0 {
		m.Empty = s.T("today_mine_empty_hours")
	}
	m.Undone, err = undone(ctx, s, m.Lines)
	return m, err
}

func clock(minute int) string {
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}

// Summary counts the day in words.
func (m *MyDay) Summary(s *present.Session) string {
	return joined(
		s.T("today_count_all", "n", len(m.Lines)), s.T("today_count_waiting", "n", Count(m.Lines, clinic.Arrived)),
		s.T("today_count_done", "n", Count(m.Lines, clinic.Done)))
}

// undone lists the visits of the day that are still open, patients who were seen
// without a visit, drafts of visits, and protocols that are not signed.
func undone(ctx context.Context, s *present.Session, lines []Line) ([]Undone, error) {
	if !s.May(clinic.ReadCare) {
		return nil, nil
	}
	q := s.Store.Reader(ctx)
	var out []Undone
	told := map[clinic.ID]bool{}
	for i := range lines {
		l := &lines[i]
		switch {
		case l.Visit.IsZero() && l.Status == clinic.Done:
			out = append(out, Undone{"visit", s.T("today_undone_none", "name", l.Name), l.When, present.Route{Page: present.PageVisit, Arg: "booking", ID: l.ID}})
		case !l.Visit.IsZero():
			v, err := q.Visit(l.Visit)
			if err != nil {
				return nil, err
			}
			if v.Status == clinic.VisitOpen && l.Status == clinic.Done {
				told[v.ID] = true
				out = append(out, Undone{"visit", s.T("today_undone_open", "name", l.Name), l.When, present.Route{Page: present.PageVisit, ID: v.ID}})
			}
		}
	}
	drafts, err := s.Records.Drafts(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		if d.Kind != records.DraftVisit || d.ID.IsZero() || told[d.ID] {
			continue
		}
		v, err := q.Visit(d.ID)
		if err != nil || v.Status != clinic.VisitOpen {
			continue // a draft under another id than a visit's
		}
		told[d.ID] = true
		out = append(out, Undone{"edit", s.T("today_undone_draft", "name", nameOfCard(s, q, v.Patient)), s.Words.Moment(v.CareFrom), present.Route{Page: present.PageVisit, ID: v.ID}})
	}
	more, err := unsigned(s, q)
	return append(out, more...), err
}
