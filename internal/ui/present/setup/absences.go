package setup

import (
	"cmp"
	"context"
	"fmt"

	"feldsher/internal/clinic"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/present"
)

// AbsenceList is who is away when, and who stands in.
type AbsenceList struct {
	s      *present.Session
	people map[clinic.ID]desk.Person
	order  []desk.Person
	list   []clinic.Absence
	booked map[clinic.ID]int // bookings that somebody must be told of
}

// NewAbsences makes the list; nothing is in it before Load.
func NewAbsences(s *present.Session) *AbsenceList { return &AbsenceList{s: s} }

// Columns of the list.
func (l *AbsenceList) Columns() []Column {
	t := l.s.T
	return []Column{
		{Title: t("setup_absences_who"), Width: 120, Grow: 1.2},
		{Title: t("setup_absences_when"), Width: 128, Grow: 0.8},
		{Title: t("setup_absences_why"), Width: 96, Grow: 1.2},
		{Title: t("setup_absences_substitute"), Width: 110, Grow: 1},
		{Title: t("setup_absences_booked"), Width: 100, Grow: 0.2},
	}
}

// Empty says what to do first.
func (l *AbsenceList) Empty() string { return l.s.T("setup_absences_none") }

// How far back and ahead absences are listed.
const (
	absencesBack  = 30
	absencesAhead = 400
)

// Load reads the absences around today, and how many are booked in each.
func (l *AbsenceList) Load(ctx context.Context) (func(), error) {
	today := l.s.Today()
	list, err := l.s.Desk.Absences(ctx, clinic.ID{}, today.AddDays(-absencesBack), today.AddDays(absencesAhead))
	if err != nil {
		return nil, err
	}
	order, err := l.s.Desk.Staff(ctx)
	if err != nil {
		return nil, err
	}
	people := map[clinic.ID]desk.Person{}
	for _, p := range order {
		people[p.ID] = p
	}
	booked := map[clinic.ID]int{}
	for i := range list {
		if list[i].Until < today || !l.s.May(clinic.ReadDesk) {
			continue
		}
		calls, err := l.s.Desk.CallList(ctx, list[i].ID)
		if err != nil {
			return nil, err
		}
		booked[list[i].ID] = len(calls)
	}
	return func() { l.list, l.order, l.people, l.booked = list, order, people, booked }, nil
}

// Len is how many there are.
func (l *AbsenceList) Len() int { return len(l.list) }

// Absence of a line.
func (l *AbsenceList) Absence(row int) (clinic.Absence, bool) {
	if row < 0 || row >= len(l.list) {
		return clinic.Absence{}, false
	}
	return l.list[row], true
}

// Cell shows who, when, why, who stands in, and how many must be told.
func (l *AbsenceList) Cell(row, column int) Cell {
	a := &l.list[row]
	switch column {
	case 0:
		p := l.people[a.Staff]
		return Cell{Text: l.name(a.Staff), Below: cmp.Or(p.Position, p.Speciality), Bold: a.Until >= l.s.Today(), Muted: a.Until < l.s.Today()}
	case 1:
		return Cell{Text: l.when(a), Below: l.hours(a)}
	case 2:
		return Cell{Text: l.s.T("setup_reason_" + a.Reason), Below: a.Note}
	case 3:
		if a.Substitute.IsZero() {
			return Cell{Text: l.s.T("setup_absences_nobody"), Muted: true}
		}
		return Cell{Text: l.name(a.Substitute)}
	}
	if n := l.booked[a.ID]; n > 0 {
		return Cell{Text: fmt.Sprint(n), Icon: "phone", Bold: true}
	}
	return Cell{Text: "—", Muted: true}
}

func (l *AbsenceList) name(id clinic.ID) string {
	if p, ok := l.people[id]; ok {
		return p.Name.Short()
	}
	return l.s.T("setup_absences_left")
}

// when writes the days as short as they can be: 24.11.2026, 24–26.11.2026,
// 24.11–02.12.2026.
func (l *AbsenceList) when(a *clinic.Absence) string {
	from, until := l.s.Words.Date(a.From), l.s.Words.Date(a.Until)
	switch {
	case a.From == a.Until:
		return from
	case len(from) < 10 || len(until) < 10 || from[6:] != until[6:]:
		return from + " – " + until
	case from[3:] == until[3:]:
		return from[:2] + "–" + until
	}
	return from[:5] + "–" + until
}

func (l *AbsenceList) hours(a *clinic.Absence) string {
	if a.WholeDay() {
		return ""
	}
	return ClockText(a.FromTime) + "–" + ClockText(a.UntilTime)
}

// New begins with today.
func (l *AbsenceList) New() *Form {
	a := clinic.Absence{From: l.s.Today(), Reason: "vacation"}
	f := l.form(&a)
	f.Title = l.s.T("setup_absences_new")
	return f
}

// Edit changes an absence; whose it is stays.
func (l *AbsenceList) Edit(row int) *Form {
	a, ok := l.Absence(row)
	if !ok {
		return nil
	}
	f := l.form(&a)
	f.was = a
	f.Title = l.s.T("setup_absences_edit")
	staff := f.Field("staff")
	staff.Kind, staff.Value, staff.Required = Shown, l.name(a.Staff), false
	return f
}

func (l *AbsenceList) form(a *clinic.Absence) *Form {
	t := l.s.T
	people := l.options()
	reasons := make([]Option, len(clinic.AbsenceReasons))
	for i, r := range clinic.AbsenceReasons {
		reasons[i] = Option{r, t("setup_reason_" + r)}
	}
	from, until := "", ""
	if !a.WholeDay() {
		from, until = ClockText(a.FromTime), ClockText(a.UntilTime)
	}
	return &Form{Section: Absences, ID: a.ID, Fields: []*Field{
		{Key: "staff", Label: t("setup_absences_who"), Kind: Pick, Value: idText(a.Staff), Options: people, Required: true},
		{Key: "from", Label: t("setup_absences_from"), Kind: Day, Value: l.s.Words.Date(a.From), Required: true, Half: true},
		{Key: "until", Label: t("setup_absences_until"), Kind: Day, Value: l.s.Words.Date(a.Until), Hint: t("setup_absences_until_hint"), Half: true},
		{Key: "from_time", Label: t("setup_absences_from_time"), Kind: Clock, Value: from, Hint: t("setup_absences_time_hint"), Half: true},
		{Key: "until_time", Label: t("setup_absences_until_time"), Kind: Clock, Value: until, Half: true},
		{Key: "reason", Label: t("setup_absences_why"), Kind: One, Value: a.Reason, Options: reasons, Required: true},
		{Key: "substitute", Label: t("setup_absences_substitute"), Kind: Pick, Value: idText(a.Substitute), Options: append([]Option{{"", t("setup_absences_nobody")}}, people...)},
		{Key: "note", Label: t("setup_note"), Value: a.Note},
	}}
}

func (l *AbsenceList) options() []Option {
	var out []Option
	for _, p := range l.order {
		out = append(out, Option{p.ID.String(), p.Name.Short()})
	}
	return out
}

// idText writes an id, "" for the zero one.
func idText(id clinic.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// idOf reads what idText wrote; what is none is zero, which services refuse at its field.
func idOf(s string) clinic.ID {
	id, err := clinic.ParseID(s)
	if err != nil {
		return clinic.ID{}
	}
	return id
}

// Save stores an absence.
func (l *AbsenceList) Save(ctx context.Context, f *Form) (Done, error) {
	a, err := l.read(f)
	if err != nil {
		return Done{}, err
	}
	saved, err := l.s.Desk.SaveAbsence(ctx, a)
	if err != nil {
		return Done{}, err
	}
	done := Done{Text: l.s.T("setup_saved_absence")}
	if old, ok := f.was.(clinic.Absence); ok {
		done.Undo = func(ctx context.Context) error { _, err := l.s.Desk.SaveAbsence(ctx, old); return err }
	} else {
		done.Undo = func(ctx context.Context) error { return l.s.Desk.RemoveAbsence(ctx, saved.ID) }
	}
	return done, nil
}

func (l *AbsenceList) read(f *Form) (a clinic.Absence, err error) {
	a = clinic.Absence{Record: clinic.Record{ID: f.ID}, Staff: idOf(f.Get("staff")), Reason: f.Get("reason"), Substitute: idOf(f.Get("substitute")), Note: f.Get("note")}
	if old, ok := f.was.(clinic.Absence); ok {
		a.Staff = old.Staff
	}
	if a.From, err = ParseDay("from", f.Get("from"), l.s.Today()); err != nil {
		return a, err
	}
	if a.Until, err = ParseDay("until", f.Get("until"), l.s.Today()); err != nil {
		return a, err
	}
	if f.Get("from_time") == "" && f.Get("until_time") == "" {
		return a, nil
	}
	if a.FromTime, err = ParseClock("from_time", cmp.Or(f.Get("from_time"), "0")); err != nil {
		return a, err
	}
	a.UntilTime, err = ParseClock("until_time", cmp.Or(f.Get("until_time"), "2400"))
	return a, err
}

// CanRemove is always so.
func (l *AbsenceList) CanRemove(row int) bool { return row >= 0 && row < len(l.list) }

// Remove takes an absence away: its hours can be booked again.
func (l *AbsenceList) Remove(row int) func(context.Context) (Done, error) {
	old := l.list[row]
	return func(ctx context.Context) (Done, error) {
		if err := l.s.Desk.RemoveAbsence(ctx, old.ID); err != nil {
			return Done{}, err
		}
		back := old
		back.ID = clinic.ID{} // what is struck out stays so
		return Done{
			Text: l.s.T("setup_removed_absence"),
			Undo: func(ctx context.Context) error { _, err := l.s.Desk.SaveAbsence(ctx, back); return err },
		}, nil
	}
}

// Calls is the call list of an absence: who must be told (R2.2).
type Calls struct {
	s       *present.Session
	Absence clinic.Absence
	Head    string // whose and when
	list    []desk.Entry
}

// CallsOf is the call list of a line; ok is false where the user may not see it.
func (l *AbsenceList) CallsOf(row int) (*Calls, bool) {
	a, ok := l.Absence(row)
	if !ok || !l.s.May(clinic.ReadDesk) {
		return nil, false
	}
	return &Calls{s: l.s, Absence: a, Head: l.name(a.Staff) + ", " + l.when(&a)}, true
}

// Columns of the call list.
func (c *Calls) Columns() []Column {
	t := c.s.T
	return []Column{
		{Title: t("setup_calls_time"), Width: 130},
		{Title: t("setup_calls_patient"), Width: 200, Grow: 2},
		{Title: t("setup_calls_phone"), Width: 150, Grow: 1},
		{Title: t("setup_calls_outcome"), Width: 160, Grow: 1},
	}
}

// Empty says that all are told.
func (c *Calls) Empty() string { return c.s.T("setup_calls_none") }

// Load reads who is booked.
func (c *Calls) Load(ctx context.Context) (func(), error) {
	list, err := c.s.Desk.CallList(ctx, c.Absence.ID)
	return func() { c.list = list }, err
}

// Len is how many there are.
func (c *Calls) Len() int { return len(c.list) }

// Cell shows when, who, where to ring and what the call came to.
func (c *Calls) Cell(row, column int) Cell {
	e := &c.list[row]
	switch column {
	case 0:
		return Cell{Text: c.s.Words.Moment(e.Start)}
	case 1:
		below := c.s.Words.Date(e.Card.BirthDate)
		if e.Namesake {
			below += "  " + c.s.T("setup_calls_namesake")
		}
		return Cell{Text: e.Who.String(), Below: below, Bold: true}
	case 2:
		if e.Tel == "" {
			return Cell{Text: c.s.T("setup_calls_no_phone"), Muted: true}
		}
		return Cell{Text: e.Tel, Icon: "phone"}
	}
	if e.Contacted == "" {
		return Cell{Text: c.s.T("setup_calls_waiting"), Muted: true}
	}
	icon := map[string]string{"reached": "ok", "unreached": "noshow", "declined": "close"}[e.Contacted]
	return Cell{Text: c.s.T("setup_calls_" + e.Contacted), Icon: icon}
}

// Outcomes are what a call may have come to, in the order of their digits.
func (c *Calls) Outcomes() []Option {
	var out []Option
	for _, v := range clinic.ContactOutcomes[1:] {
		out = append(out, Option{v, c.s.T("setup_calls_" + v)})
	}
	return out
}

// Mark gives the work that notes what a call came to; the same again takes it back.
func (c *Calls) Mark(row int, outcome string) func(context.Context) error {
	if row < 0 || row >= len(c.list) {
		return func(context.Context) error { return nil }
	}
	id := c.list[row].ID
	if c.list[row].Contacted == outcome {
		outcome = ""
	}
	return func(ctx context.Context) error { _, err := c.s.Desk.SetContacted(ctx, id, outcome); return err }
}

// CanSubstitute says whether there is somebody to take the patients.
func (c *Calls) CanSubstitute() bool {
	return !c.Absence.Substitute.IsZero() && len(c.list) > 0 && c.s.May(clinic.Book)
}

// Substitute moves all to the substitute's free places.
func (c *Calls) Substitute(ctx context.Context) (Done, error) {
	out, err := c.s.Desk.Substitute(ctx, c.Absence.ID)
	if err != nil {
		return Done{}, err
	}
	done := Done{Text: c.s.T("setup_calls_moved", "moved", len(out.Moved), "left", len(out.Left))}
	if len(out.From) > 0 {
		done.Undo = func(ctx context.Context) error { return c.s.Desk.TakeBack(ctx, out.From) }
	}
	return done, nil
}
