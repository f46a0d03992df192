package today

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// Stretch is a stretch of a day in minutes since midnight, on the clinic's clock.
type Stretch struct{ From, Until int }

// Ask says which table is wanted.
type Ask struct {
	Date  clinic.Date
	Staff clinic.ID // with Week: whose week; else: only this one's day
	Field string    // only this speciality
	Week  bool
}

// Column is a day of a member of staff.
type Column struct {
	Staff    clinic.ID
	Name     string // short
	Date     clinic.Date
	Title    string
	Below    string
	Note     string // how many places are free
	Free     int    // places still to be had
	Today    bool
	Open     []Stretch
	Slots    []Stretch
	Away     []Away
	Absences []clinic.Absence
	room     string
}

// Away is when somebody is away, in words.
type Away struct {
	Stretch
	Word string
}

// Item is a booking in the grid.
type Item struct {
	desk.Entry
	Stretch
	Column int
	State  State
	Name   string // short
	Words  string // what for
	Clash  bool   // stands where another stands and nobody meant it (R2.4)
	Aside  bool   // takes no place in the grid
	Fixed  bool   // can't be moved any more
}

// Table is a day of all or a week of one, ready for the eye.
type Table struct {
	Ask
	Title, About string
	Today        clinic.Date
	Columns      []Column
	Items        []Item
	Queue        []Line
	Clashes      []Line
	Span         Stretch
	Now          int // minute of the present; -1 where the present is not in sight
	NowColumn    int // -1: all columns
	Fields       []string
	NoHours      bool          // nobody's working hours are set yet
	Closed       bool          // nobody works on that day
	People       []desk.Person // all who may be booked
}

// Read reads a table. It may be called beside Fyne's thread; nobody changes what it
// gives.
func Read(ctx context.Context, s *present.Session, ask Ask) (*Table, error) {
	if ask.Date == "" {
		ask.Date = s.Today()
	}
	people, err := s.Desk.Staff(ctx)
	if err != nil {
		return nil, err
	}
	sortPeople(people)
	t := &Table{Ask: ask, People: people, Today: s.Today(), Now: -1, NowColumn: -1}
	if ask.Week && ask.Staff.IsZero() {
		ask.Staff = whoseWeek(s, people)
		t.Staff = ask.Staff
	}
	var got desk.Timetable
	switch {
	case ask.Week && ask.Staff.IsZero():
	case ask.Week:
		got, err = s.Desk.Week(ctx, ask.Staff, ask.Date)
	default:
		got, err = s.Desk.Day(ctx, ask.Date)
	}
	if err != nil {
		return nil, err
	}
	t.fill(s, got)
	if ask.Week || len(t.Columns) == 0 {
		return t, t.closed(ctx, s)
	}
	return t, nil
}

// closed says whether hours are set at all, and in a day shows all who may be booked
// though nobody works: walk-ins and urgent patients come all the same.
func (t *Table) closed(ctx context.Context, s *present.Session) error {
	whose := clinic.ID{}
	if t.Week {
		whose = t.Staff
	}
	hours, err := s.Desk.Schedules(ctx, whose)
	t.NoHours = len(hours) == 0
	if err != nil || t.Week {
		return err
	}
	t.Closed = true
	now := clinic.MinuteIn(clinic.TimeOf(s.Now()), zoneOf(s))
	for _, p := range t.People {
		if (t.Field == "" || p.Speciality == t.Field) && (t.Staff.IsZero() || p.ID == t.Staff) {
			t.column(s, &desk.Column{Date: t.Date, Staff: p}, now)
		}
	}
	return nil
}

// whoseWeek is whose week is shown when nobody said: the user's own, or the first.
func whoseWeek(s *present.Session, people []desk.Person) clinic.ID {
	for _, p := range people {
		if p.ID == s.User.ID {
			return p.ID
		}
	}
	if len(people) > 0 {
		return people[0].ID
	}
	return clinic.ID{}
}

func sortPeople(people []desk.Person) {
	slices.SortStableFunc(people, func(a, b desk.Person) int {
		return cmp.Compare(strings.ToLower(a.Name.String()), strings.ToLower(b.Name.String()))
	})
}

func (t *Table) fill(s *present.Session, got desk.Timetable) {
	t.Title, t.About = t.titleDay(s), Upper(s.Words.LongDay(t.Date))+" "+string(t.Date[:4])
	if t.Week {
		t.Title, t.About = s.T("today_timetable"), t.aboutWeek(s)
	}
	for _, p := range t.People {
		if p.Speciality != "" && !slices.Contains(t.Fields, p.Speciality) {
			t.Fields = append(t.Fields, p.Speciality)
		}
	}
	slices.Sort(t.Fields)
	t.Span = Stretch{24 * 60, 0}
	now := clinic.MinuteIn(clinic.TimeOf(s.Now()), zoneOf(s))
	for i := range got.Columns {
		c := &got.Columns[i]
		if !t.Week && (t.Field != "" && c.Staff.Speciality != t.Field || !t.Staff.IsZero() && c.Staff.ID != t.Staff) {
			continue
		}
		t.column(s, c, now)
	}
	t.span()
	SortLines(t.Queue)
}

func zoneOf(s *present.Session) *time.Location {
	if s.Words.Zone == nil {
		return time.UTC
	}
	return s.Words.Zone
}

// titleDay is «Сегодня», «Завтра», or the day of the week.
func (t *Table) titleDay(s *present.Session) string {
	switch t.Date {
	case t.Today:
		return s.T("today_title")
	case t.Today.AddDays(1):
		return s.T("today_tomorrow")
	case t.Today.AddDays(-1):
		return s.T("today_yesterday")
	}
	d, _ := time.Parse(time.DateOnly, string(t.Date))
	return Upper(s.Words.Weekday(d.Weekday()))
}

// aboutDay is the day in words, with «сегодня» where it is.
func (t *Table) aboutDay(s *present.Session) string {
	day := Upper(s.Words.LongDay(t.Date)) + " " + string(t.Date[:4])
	if t.Date == t.Today {
		return s.T("today_day_today", "day", day)
	}
	return day
}

func (t *Table) aboutWeek(s *present.Session) string {
	from := t.Date.Monday()
	name := ""
	for _, p := range t.People {
		if p.ID == t.Staff {
			name = p.Name.String()
		}
	}
	return joined(name, s.Words.Date(from)[:5]+" – "+s.Words.Date(from.AddDays(6)))
}

// column makes a column with its items and lines of the queue.
func (t *Table) column(s *present.Session, c *desk.Column, now int) {
	at := len(t.Columns)
	col := Column{Staff: c.Staff.ID, Name: c.Staff.Name.Short(), Date: c.Date, Today: c.Date == t.Today, Absences: c.Absences}
	for _, h := range c.Hours {
		col.Open = append(col.Open, Stretch{h.From, h.Until})
		if h.Room != "" && !strings.Contains(col.room, h.Room) {
			col.room = joined(col.room, s.T("today_room", "room", h.Room))
		}
	}
	nowAt := clinic.TimeOf(s.Now())
	for _, sl := range c.Slots {
		m := clinic.MinuteIn(sl.Start, zoneOf(s))
		col.Slots = append(col.Slots, Stretch{m, m + sl.Minutes})
		if !sl.Taken && sl.Start >= nowAt {
			col.Free++
		}
	}
	for i := range c.Absences {
		col.Away = append(col.Away, away(s, &c.Absences[i]))
	}
	col.heading(s, c, t.Week)
	t.Columns = append(t.Columns, col)
	if col.Today {
		t.Now = now
		if t.Week {
			t.NowColumn = at
		}
	}
	for i := range c.Entries {
		t.entry(s, &c.Entries[i], at)
	}
}

func (c *Column) heading(s *present.Session, from *desk.Column, week bool) {
	c.Title, c.Below = c.Name, joined(cmp.Or(from.Staff.Speciality, from.Staff.Position), c.room)
	if week {
		d, _ := time.Parse(time.DateOnly, string(c.Date))
		c.Title, c.Below = Upper(s.Words.Weekday2(d.Weekday()))+", "+s.Words.Date(c.Date)[:5], c.room
	}
	switch {
	case len(c.Slots) == 0 && len(c.Away) > 0:
		c.Note = c.Away[0].Word
	case len(c.Slots) == 0:
		c.Note = s.T("today_closed")
	case c.Date < s.Today():
	case c.Free == 0:
		c.Note = s.T("today_full")
	default:
		c.Note = s.T("today_free", "n", c.Free)
	}
}

func away(s *present.Session, a *clinic.Absence) Away {
	out := Away{Stretch: Stretch{0, clinic.DayMinutes}, Word: s.Words.Code("today_absence", a.Reason)}
	if !a.WholeDay() {
		out.Stretch = Stretch{a.FromTime, a.UntilTime}
	} else if a.Until > a.From {
		out.Word = s.T("today_away_until", "reason", out.Word, "date", s.Words.Date(a.Until)[:5])
	}
	return out
}

// entry puts a booking into the grid and the queue.
func (t *Table) entry(s *present.Session, e *desk.Entry, column int) {
	if e.Status == clinic.Cancelled {
		return
	}
	line := lineOf(s, e, t.Columns[column].Name)
	line.Date = t.Columns[column].Date
	if len(e.Clashes) > 0 {
		t.Clashes = append(t.Clashes, line)
	}
	t.Queue = append(t.Queue, line)
	from := clinic.MinuteIn(e.Start, zoneOf(s))
	aside := e.Kind == clinic.WalkIn || e.Kind == clinic.Urgent
	state := StateOf(s, e.Status)
	if aside && e.Kind == clinic.Urgent {
		state.Icon = "urgent"
	}
	t.Items = append(t.Items, Item{
		Entry: *e, Stretch: Stretch{from, from + max(e.Minutes, 5)}, Column: column, State: state,
		Name: shortOf(s, e), Words: joined(e.Reason, e.Double), Clash: len(e.Clashes) > 0, Aside: aside,
		Fixed: e.Status != clinic.Booked && e.Status != clinic.Arrived,
	})
}

// span is from the first to the last hour that anybody works or is booked.
func (t *Table) span() {
	take := func(from, until int) {
		t.Span.From, t.Span.Until = min(t.Span.From, from), max(t.Span.Until, until)
	}
	for _, c := range t.Columns {
		for _, o := range c.Open {
			take(o.From, o.Until)
		}
	}
	for _, i := range t.Items {
		take(i.From, i.Until)
	}
	if t.Span.Until <= t.Span.From {
		t.Span = Stretch{8 * 60, 20 * 60}
	}
	t.Span.From, t.Span.Until = t.Span.From/60*60, min((t.Span.Until+59)/60*60, 24*60)
}

// Place is where a booking would stand: a minute of a column.
func (t *Table) Place(s *present.Session, column int, at Stretch) (Place, bool) {
	if column < 0 || column >= len(t.Columns) {
		return Place{}, false
	}
	c := &t.Columns[column]
	start, ok := c.Date.Instant(at.From, zoneOf(s))
	return Place{Staff: c.Staff, StaffName: c.Name, Date: c.Date, Start: start, Minutes: at.Until - at.From}, ok
}

// Find is the place of a booking among the items, -1 for none.
func (t *Table) Find(id clinic.ID) int {
	return slices.IndexFunc(t.Items, func(i Item) bool { return i.ID == id })
}

// Beside is the next or the previous who may be booked after the one in sight.
func (t *Table) Beside(n int) clinic.ID {
	at := slices.IndexFunc(t.People, func(p desk.Person) bool { return p.ID == t.Staff })
	if len(t.People) == 0 {
		return clinic.ID{}
	}
	return t.People[((at+n)%len(t.People)+len(t.People))%len(t.People)].ID
}
