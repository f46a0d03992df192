package setup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// Week is the table of everybody's weekly hours: a line for each who treats, a column
// for each day.
type Week struct {
	s         *present.Session
	people    []desk.Person
	schedules map[clinic.ID][]clinic.Schedule
}

// NewWeek makes the table; nothing is in it before Load.
func NewWeek(s *present.Session) *Week { return &Week{s: s} }

// Columns are the name and the seven days.
func (w *Week) Columns() []Column {
	out := []Column{{Title: w.s.T("setup_hours_who"), Width: 130, Grow: 1}}
	for d := 1; d <= 7; d++ {
		out = append(out, Column{Title: w.s.Words.Weekday2(time.Weekday(d % 7)), Width: 64, Grow: 1})
	}
	return out
}

// Empty says what to do where nobody treats.
func (w *Week) Empty() string { return w.s.T("setup_hours_nobody") }

// Load reads who treats and when.
func (w *Week) Load(ctx context.Context) (func(), error) {
	people, err := w.s.Desk.Staff(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(people, func(a, b desk.Person) int { return cmp.Compare(a.Name.String(), b.Name.String()) })
	all, err := w.s.Desk.Schedules(ctx, clinic.ID{})
	if err != nil {
		return nil, err
	}
	by := map[clinic.ID][]clinic.Schedule{}
	for _, v := range all {
		by[v.Staff] = append(by[v.Staff], v)
	}
	return func() { w.people, w.schedules = people, by }, nil
}

// Len is how many people there are.
func (w *Week) Len() int { return len(w.people) }

// Person of a line.
func (w *Week) Person(row int) (desk.Person, bool) {
	if row < 0 || row >= len(w.people) {
		return desk.Person{}, false
	}
	return w.people[row], true
}

// Cell is a name, or a day's hours: the first stretch above, the others below.
func (w *Week) Cell(row, column int) Cell {
	p, ok := w.Person(row)
	if !ok {
		return Cell{}
	}
	if column == 0 {
		return Cell{Text: p.Name.Short(), Below: cmp.Or(p.Position, p.Speciality), Bold: true}
	}
	var spans []Cell
	today := w.s.Today()
	for _, v := range w.schedules[p.ID] {
		if v.Weekday == column && (v.Last == "" || v.Last >= today) {
			spans = append(spans, spanCell(&v, today))
		}
	}
	switch len(spans) {
	case 0:
		return Cell{Text: "—", Muted: true}
	case 1:
		return spans[0]
	}
	rest := make([]string, 0, len(spans)-1)
	for _, x := range spans[1:] {
		rest = append(rest, x.Text+x.Below)
	}
	return Cell{Text: spans[0].Text + spans[0].Below, Below: strings.Join(rest, ", ")}
}

// spanCell writes a stretch of hours as short as it can be: 8–13, 8:30–15; on two
// lines where both ends have minutes. What does not hold every week has a star.
func spanCell(v *clinic.Schedule, today clinic.Date) Cell {
	star := ""
	if v.Weeks != "" || v.Since > today {
		star = "*"
	}
	from, until := hourText(v.From), hourText(v.Until)+star
	if len(from)+len(until) > 8 {
		return Cell{Text: from + "–", Below: until}
	}
	return Cell{Text: from + "–" + until}
}

// hourText writes a time of day without what goes without saying: 8, 8:30.
func hourText(minutes int) string {
	if minutes%60 == 0 {
		return fmt.Sprint(minutes / 60)
	}
	return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
}

// Lines are the hours of one member of staff, a line for each stretch.
type Lines struct {
	s     *present.Session
	Staff desk.Person
	list  []clinic.Schedule
	lost  int // bookings that stand in no hours any more
}

// NewLines is for one member of staff.
func NewLines(s *present.Session, p desk.Person) *Lines { return &Lines{s: s, Staff: p} }

// Columns of the lines.
func (l *Lines) Columns() []Column {
	return []Column{{Width: 30}, {Width: 96, Grow: 1}, {Width: 90, Grow: 1.2}}
}

// Empty says what to do first.
func (l *Lines) Empty() string { return l.s.T("setup_lines_none") }

// Load reads the hours.
func (l *Lines) Load(ctx context.Context) (func(), error) {
	list, err := l.s.Desk.Schedules(ctx, l.Staff.ID)
	if err != nil {
		return nil, err
	}
	var lost []desk.Entry
	if l.s.May(clinic.ReadDesk) {
		if lost, err = l.s.Desk.Stranded(ctx, l.Staff.ID); err != nil {
			return nil, err
		}
	}
	return func() { l.list, l.lost = list, len(lost) }, nil
}

// Lost warns of bookings that stand in no hours any more; "" where there are none.
func (l *Lines) Lost() string {
	if l.lost == 0 {
		return ""
	}
	return l.s.T("setup_lines_lost", "n", l.lost)
}

// Len is how many lines there are.
func (l *Lines) Len() int { return len(l.list) }

// Cell shows day, hours with the length of a place, and what else holds.
func (l *Lines) Cell(row, column int) Cell {
	v := &l.list[row]
	switch column {
	case 0:
		return Cell{Text: l.s.Words.Weekday2(time.Weekday(v.Weekday % 7)), Bold: true}
	case 1:
		return Cell{Text: ClockText(v.From) + "–" + ClockText(v.Until), Below: l.s.T("setup_lines_slot", "n", v.Slot)}
	}
	var rest []string
	if v.Room != "" {
		rest = append(rest, l.s.T("setup_lines_room", "room", v.Room))
	}
	if v.Weeks != "" {
		rest = append(rest, l.s.T("setup_weeks_"+v.Weeks))
	}
	return Cell{Text: strings.Join(rest, ", "), Below: l.term(v)}
}

// term says from when until when a line holds.
func (l *Lines) term(v *clinic.Schedule) string {
	switch {
	case v.Since != "" && v.Last != "":
		return l.s.Words.Date(v.Since) + "–" + l.s.Words.Date(v.Last)
	case v.Since != "":
		return l.s.T("setup_lines_since", "date", l.s.Words.Date(v.Since))
	case v.Last != "":
		return l.s.T("setup_lines_last", "date", l.s.Words.Date(v.Last))
	}
	return ""
}

// New begins with the working days and what the last line had.
func (l *Lines) New() *Form {
	v := clinic.Schedule{Staff: l.Staff.ID, Slot: 15}
	if n := len(l.list); n > 0 {
		v = l.list[n-1]
		v.Record, v.Since, v.Last, v.Weeks, v.From, v.Until = clinic.Record{}, "", "", "", 0, 0
	}
	f := l.form(&v)
	f.Title = l.s.T("setup_lines_new", "name", l.Staff.Name.Short())
	day := f.Field("weekday")
	day.Kind, day.Value = Many, ""
	if len(l.list) == 0 {
		day.Value = "1,2,3,4,5"
	}
	f.Field("from").Value, f.Field("until").Value = "", ""
	return f
}

// Edit changes a line.
func (l *Lines) Edit(row int) *Form {
	if row < 0 || row >= len(l.list) {
		return nil
	}
	f := l.form(&l.list[row])
	f.was = l.list[row]
	f.Title = l.s.T("setup_lines_edit", "name", l.Staff.Name.Short())
	return f
}

func (l *Lines) form(v *clinic.Schedule) *Form {
	t := l.s.T
	days := make([]Option, 7)
	for i := range days {
		days[i] = Option{fmt.Sprint(i + 1), l.s.Words.Weekday2(time.Weekday((i + 1) % 7))}
	}
	weeks := []Option{{"", t("setup_weeks_all")}, {clinic.OddWeeks, t("setup_weeks_odd")}, {clinic.EvenWeeks, t("setup_weeks_even")}}
	return &Form{Section: Hours + l.Staff.ID.String(), ID: v.ID, Fields: []*Field{
		{Key: "weekday", Label: t("setup_lines_days"), Kind: One, Value: fmt.Sprint(v.Weekday), Options: days, Required: true},
		{Key: "from", Label: t("setup_lines_from"), Kind: Clock, Value: ClockText(v.From), Required: true, Half: true},
		{Key: "until", Label: t("setup_lines_until"), Kind: Clock, Value: ClockText(v.Until), Required: true, Half: true},
		{Key: "slot", Label: t("setup_lines_minutes"), Kind: Number, Value: fmt.Sprint(v.Slot), Required: true, Half: true},
		{Key: "room", Label: t("setup_lines_room_label"), Value: v.Room, Half: true},
		{Key: "weeks", Label: t("setup_lines_weeks"), Kind: One, Value: v.Weeks, Options: weeks},
		{Key: "since", Label: t("setup_lines_since_label"), Kind: Day, Value: l.s.Words.Date(v.Since), Hint: t("setup_lines_since_hint"), Half: true},
		{Key: "last", Label: t("setup_lines_last_label"), Kind: Day, Value: l.s.Words.Date(v.Last), Hint: t("setup_lines_last_hint"), Half: true},
	}}
}

// Save stores a line, or one for each day that was ticked.
func (l *Lines) Save(ctx context.Context, f *Form) (Done, error) {
	read, err := l.read(f)
	if err != nil {
		return Done{}, err
	}
	saved, err := l.s.Desk.SaveSchedules(ctx, read)
	if err != nil {
		return Done{}, err
	}
	done := Done{Text: l.s.T("setup_saved_hours", "name", l.Staff.Name.Short())}
	if old, ok := f.was.(clinic.Schedule); ok {
		done.Undo = func(ctx context.Context) error { _, err := l.s.Desk.SaveSchedule(ctx, old); return err }
	} else {
		done.Undo = func(ctx context.Context) error {
			for _, v := range saved {
				if err := l.s.Desk.RemoveSchedule(ctx, v.ID); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return done, nil
}

// read makes the lines that a form speaks of.
func (l *Lines) read(f *Form) ([]clinic.Schedule, error) {
	v := clinic.Schedule{Record: clinic.Record{ID: f.ID}, Staff: l.Staff.ID, Room: f.Get("room"), Weeks: f.Get("weeks")}
	var err error
	for _, step := range []func() error{
		func() error { v.From, err = ParseClock("from", f.Get("from")); return err },
		func() error { v.Until, err = ParseClock("until", f.Get("until")); return err },
		func() error { v.Slot, err = ParseNumber("slot", f.Get("slot")); return err },
		func() error { v.Since, err = ParseDay("since", f.Get("since"), l.s.Today()); return err },
		func() error { v.Last, err = ParseDay("last", f.Get("last"), l.s.Today()); return err },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	var out []clinic.Schedule
	for _, d := range f.List("weekday") {
		v.Weekday, _ = digits(d, 1)
		out = append(out, v)
	}
	if len(out) == 0 {
		return nil, (&clinic.Schedule{Staff: l.Staff.ID}).Check() // says that a day is wanted
	}
	return out, nil
}

// CanRemove is always so.
func (l *Lines) CanRemove(row int) bool { return row >= 0 && row < len(l.list) }

// Remove takes a line away.
func (l *Lines) Remove(row int) func(context.Context) (Done, error) {
	old := l.list[row]
	return func(ctx context.Context) (Done, error) {
		if err := l.s.Desk.RemoveSchedule(ctx, old.ID); err != nil {
			return Done{}, err
		}
		back := old
		back.ID = clinic.ID{} // what is struck out stays so; the line comes back as a new one
		return Done{
			Text: l.s.T("setup_removed_hours", "name", l.Staff.Name.Short()),
			Undo: func(ctx context.Context) error { _, err := l.s.Desk.SaveSchedule(ctx, back); return err },
		}, nil
	}
}
