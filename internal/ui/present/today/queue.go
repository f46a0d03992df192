package today

import (
	"cmp"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// Line is a booking in the queue.
type Line struct {
	desk.Entry
	State  State
	When   string // 09:40
	Name   string // whole
	Brief  string // with the patronymic's first letter, for narrow places
	Facts  string // birth date, phone tail, address
	Apart  string // of a namesake: what tells them apart, then the word; a narrow place cuts the end
	Doctor string // short
	Date   clinic.Date
	Since  string // waits 12 minutes; in the room since 10:20
	Late   bool   // waits longer than people should, or the time is past and nobody came
}

// long is how many minutes somebody may wait beyond the time of the booking.
const long = 20

func lineOf(s *present.Session, e *desk.Entry, doctor string) Line {
	l := Line{
		Entry: *e, State: StateOf(s, e.Status), When: s.Words.Clock(e.Start), Name: NameOf(s, e),
		Brief: briefName(s, e.Who), Facts: facts(s, e.Card, e.Tel), Doctor: doctor,
	}
	if e.Namesake {
		l.Apart = joined(s.Words.Date(e.Card.BirthDate), tail(cmp.Or(e.Tel, e.Card.Phone)), s.T("today_namesake"), e.Card.Address)
	}
	now := clinic.TimeOf(s.Now())
	past := int((now - e.Start) / 60_000)
	today := clinic.DateIn(e.Start, zoneOf(s)) == s.Today()
	switch e.Status {
	case clinic.Arrived:
		n := int((now - e.Arrived) / 60_000)
		l.Since, l.Late = s.T("today_waits", "n", max(n, 0)), n > long && past > long
	case clinic.InRoom:
		l.Since = s.T("today_inside_since", "time", s.Words.Clock(e.Called))
	case clinic.Done:
		l.Since = s.T("today_done_at", "time", s.Words.Clock(e.Done))
	case clinic.Booked:
		if today && past > 5 {
			l.Since, l.Late = s.T("today_late", "n", past), true
		} else if e.Contacted != "" {
			l.Since = s.Words.Code("today_call", e.Contacted)
		}
	}
	return l
}

// SortLines puts lines into the order of the queue: who is in the room, who waits
// (urgent ones first), who is awaited, who was, who didn't come.
func SortLines(lines []Line) {
	entries := make([]desk.Entry, len(lines))
	by := make(map[clinic.ID]Line, len(lines))
	for i, l := range lines {
		entries[i] = l.Entry
		by[l.ID] = l
	}
	desk.SortQueue(entries)
	for i := range entries {
		lines[i] = by[entries[i].ID]
	}
}

// Count counts the lines of a state.
func Count(lines []Line, states ...string) int {
	n := 0
	for i := range lines {
		if slices.Contains(states, lines[i].Status) {
			n++
		}
	}
	return n
}

// Next is who should be called in: the urgent, then whoever came first; -1 for
// nobody.
func Next(lines []Line) int {
	best := -1
	for i := range lines {
		l := &lines[i]
		if l.Status != clinic.Arrived {
			continue
		}
		if best < 0 || before(l, &lines[best]) {
			best = i
		}
	}
	return best
}

func before(a, b *Line) bool {
	if x, y := a.Kind == clinic.Urgent, b.Kind == clinic.Urgent; x != y {
		return x
	}
	return cmp.Compare(a.Arrived, b.Arrived) < 0
}

// QueueOf is the queue of one day of a week.
func (t *Table) QueueOf(day clinic.Date) []Line {
	var out []Line
	for _, l := range t.Queue {
		if l.Date == day {
			out = append(out, l)
		}
	}
	return out
}

// clashesTold is how many clashes are listed in words.
const clashesTold = 3

// ClashWords lists who stands in one place with whom: «13:20 Озёрная В. П.: Хайдаров
// У. А. и Леонов М. С.».
func (t *Table) ClashWords() string {
	var out []string
	told := map[clinic.ID]bool{}
	for i := range t.Clashes {
		l := &t.Clashes[i]
		if told[l.ID] {
			continue
		}
		if len(out) == clashesTold {
			out = append(out, "…")
			break
		}
		names := l.Who.Short()
		for k := range t.Clashes {
			if o := &t.Clashes[k]; o.ID != l.ID && slices.Contains(l.Clashes, o.ID) {
				names += ", " + o.Who.Short()
				told[o.ID] = true
			}
		}
		out = append(out, l.When+" "+l.Doctor+": "+names)
	}
	return strings.Join(out, "; ")
}
