package conflicts

import (
	"context"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/conflict"
	"feldsher/internal/ui/present"
)

// Line is one thing that waits.
type Line struct {
	Ref       conflict.Ref
	Icon      string
	What      string // «Приём: жалобы»
	Whose     string // the patient, or which of the clinic's rows
	About     string // which visit, which drug
	When      string // when the latest version was written
	State     string // what is to be done, in a word
	Mine      bool   // the user may do it
	Read      bool
	Route     present.Route // of bookings in one place: where they are moved
	Elsewhere bool          // opened by Route, not here
}

// Inbox is the list of what waits.
type Inbox struct {
	s       *present.Session
	all     []Line
	ShowAll bool // also what somebody has read already
}

// NewInbox makes an empty inbox; Load fills it.
func NewInbox(s *present.Session) *Inbox { return &Inbox{s: s} }

// Load reads what waits; the function that comes back takes it over.
func (b *Inbox) Load(ctx context.Context) (func(), error) {
	list, err := b.s.Conflicts.List(ctx)
	if err != nil {
		return nil, err
	}
	clashes, err := b.s.Conflicts.Clashes(ctx)
	if err != nil {
		return nil, err
	}
	some := make([]*conflict.Conflict, len(list))
	for i := range list {
		some[i] = &list[i]
	}
	t, err := newTeller(ctx, b.s, some...)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for i := range clashes {
		lines = append(lines, t.clash(&clashes[i]))
	}
	for i := range list {
		lines = append(lines, t.line(&list[i]))
	}
	return func() { b.all = lines }, nil
}

// Lines are what is shown.
func (b *Inbox) Lines() []Line {
	if b.ShowAll {
		return b.all
	}
	var out []Line
	for _, l := range b.all {
		if !l.Read {
			out = append(out, l)
		}
	}
	return out
}

// Hidden counts what is not shown because it was read.
func (b *Inbox) Hidden() (n int) {
	for _, l := range b.all {
		if l.Read {
			n++
		}
	}
	return n
}

// Head says how many there are.
func (b *Inbox) Head() string {
	mine, others := 0, 0
	for _, l := range b.all {
		switch {
		case l.Read:
		case l.Mine:
			mine++
		default:
			others++
		}
	}
	w := b.s.Words
	switch {
	case mine+others == 0:
		return w.T("conflicts_head_none")
	case others == 0:
		return w.T("conflicts_head", "n", mine)
	case mine == 0:
		return w.T("conflicts_head_others", "n", others)
	}
	return join(" ", w.T("conflicts_head", "n", mine), w.T("conflicts_head_others", "n", others))
}

// At is the place of a conflict among Lines; 0 where it is not there.
func (b *Inbox) At(ref conflict.Ref) int {
	for i, l := range b.Lines() {
		if l.Ref == ref {
			return i
		}
	}
	return 0
}

// icons of the kinds of conflicts.
var icons = map[conflict.Is]string{conflict.Open: "merge", conflict.Late: "history", conflict.Sealed: "sign", conflict.Twice: "patients"}

func (t *teller) line(x *conflict.Conflict) Line {
	l := Line{
		Ref: x.Ref, Icon: icons[x.Is], What: t.what(x), Whose: t.whose(x), About: t.about(x), When: t.moment(latest(x)),
		State: t.w.T("conflicts_is_" + string(x.Is)), Mine: x.Settles || x.Is != conflict.Open && x.Reads, Read: x.Read,
	}
	if l.Whose == "" {
		l.Whose, l.About = l.About, ""
	}
	switch {
	case !x.Reads:
		l.Icon, l.State = "lock", t.w.T("conflicts_not_yours")
	case x.Read:
		l.State = t.w.T("conflicts_read")
	case x.Is == conflict.Open && !x.Settles:
		l.State = t.w.T("conflicts_others_decide")
	}
	return l
}

// what names a conflict: «Приём: жалобы».
func (t *teller) what(x *conflict.Conflict) string {
	table := tableName(t.w, x.Table)
	if group := groupName(t.w, x.Table, x.Group); group != "" {
		return table + ": " + group
	}
	return table
}

func latest(x *conflict.Conflict) (at time.Time) {
	for i := range x.Versions {
		if x.Versions[i].At.After(at) {
			at = x.Versions[i].At
		}
	}
	return at
}

func (t *teller) moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return t.w.Moment(clinic.TimeOf(at))
}

// clash tells of bookings in one place.
func (t *teller) clash(c *conflict.Clash) Line {
	first := &c.Bookings[0]
	var people []string
	for i := range c.Bookings {
		b := &c.Bookings[i]
		name := b.Name
		if brief, ok := c.Cards[b.Patient]; ok {
			name = brief.Short()
		}
		people = append(people, name)
	}
	return Line{
		Icon: "calendar", What: t.w.T("conflicts_clash"), Whose: strings.Join(people, " · "),
		About: join(", ", c.Name, t.w.Moment(first.Start)), When: t.w.Moment(first.Start), State: t.w.T("conflicts_clash_do"),
		Mine: t.s.May(clinic.Book), Elsewhere: true,
		Route: present.Route{Page: present.PageToday, Arg: string(t.w.DateOf(first.Start.Std()))},
	}
}

// Empty says what an empty inbox means.
func (b *Inbox) Empty() string {
	if b.Hidden() > 0 && !b.ShowAll {
		return b.s.T("conflicts_empty_read", "n", b.Hidden())
	}
	return b.s.T("conflicts_empty")
}
