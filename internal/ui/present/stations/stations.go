// Package stations is what a user sees of the clinic's workstations and of the
// exchange between them, and does there: let a new workstation in, end a lost one,
// tie this one to a server. It never says that something was exchanged which the
// other side has not confirmed. It has no widgets.
package stations

import (
	"context"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/station"
	"feldsher/internal/ui/present"
)

// Tone says how serious a word is.
type Tone uint8

// The tones.
const (
	Calm Tone = iota
	Warn
	Wrong
	Good
)

// Row is a workstation in the list.
type Row struct {
	ID          clinic.ID
	Name, Below string
	State       string
	Icon        string
	Tone        Tone
	Last        string // when it wrote what is here
	Entries     string // how much of it is here
	This, Live  bool
}

// Devices is the list of workstations.
type Devices struct {
	s    *present.Session
	rows []Row
	all  []station.Station
}

// NewDevices makes an empty list; Load fills it.
func NewDevices(s *present.Session) *Devices { return &Devices{s: s} }

// Load reads the list; the function that comes back takes it over.
func (d *Devices) Load(ctx context.Context) (func(), error) {
	all, err := d.s.Stations.List(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(all))
	for i := range all {
		rows[i] = d.row(&all[i], all)
	}
	return func() { d.rows, d.all = rows, all }, nil
}

func (d *Devices) row(x *station.Station, all []station.Station) Row {
	w := d.s.Words
	r := Row{ID: x.ID, Name: x.Name, This: x.This, Live: x.Live(), Entries: w.T("stations_entries", "n", int(x.Entries)), Icon: "ok", Tone: Good}
	if r.Name == "" {
		r.Name = w.T("stations_nameless")
	}
	for i := range all {
		if all[i].ID == x.Successor {
			r.Below = w.T("stations_successor", "name", all[i].Name)
		}
	}
	switch {
	case !x.Live():
		r.State, r.Icon, r.Tone = w.T("stations_ended", "when", day(w, x.Revoked)), "forbidden", Calm
	case x.This:
		r.State, r.Icon = w.T("stations_this"), "home"
	case x.Last.IsZero():
		r.State, r.Icon, r.Tone = w.T("stations_silent"), "clock", Warn
	default:
		r.State = w.T("stations_live")
	}
	switch {
	case x.Last.IsZero():
		r.Last = w.T("stations_never")
	default:
		r.Last = w.Moment(clinic.TimeOf(x.Last))
	}
	return r
}

func day(w present.Words, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return w.Day(clinic.TimeOf(t))
}

// Rows are the workstations, this one first.
func (d *Devices) Rows() []Row { return d.rows }

// CanEnd reports whether the user may end the workstation of a row.
func (d *Devices) CanEnd(row int) bool {
	return d.Manages() && row >= 0 && row < len(d.rows) && d.rows[row].Live && !d.rows[row].This
}

// Manages reports whether the user lets workstations in and ends them, and there is
// an exchange to do it by.
func (d *Devices) Manages() bool { return d.s.May(clinic.ManageUsers) && d.s.Sync != nil }

// CanInvite says whether a workstation can be let in; else why not, in words.
func (d *Devices) CanInvite() (ok bool, why string) {
	switch {
	case !d.s.May(clinic.ManageUsers):
		return false, d.s.T("stations_administrator")
	case d.s.Sync == nil:
		return false, d.s.T("stations_no_exchange")
	case len(d.s.SyncState().Links) == 0:
		return false, d.s.T("stations_link_first")
	}
	return true, ""
}

// Link is how the exchange with a server stands.
type Link struct {
	Address string
	Icon    string
	Tone    Tone
	State   string // one line: when the last confirmed exchange was
	Waiting string // what waits; "" for nothing
	Problem string // what went wrong last and what to do; "" for nothing
}

// Exchange is the exchange as a whole.
type Exchange struct {
	Links   []Link
	Head    string
	Working bool
	Share   float64 // of what is being fetched; 0 where nothing is
	Fetched string  // «загружено 1 200 из 5 400 записей»
}

// ExchangeOf tells how the exchange stands.
func ExchangeOf(s *present.Session, state present.SyncState) Exchange {
	w := s.Words
	out := Exchange{Working: state.Working}
	for i := range state.Links {
		out.Links = append(out.Links, linkOf(s, &state.Links[i]))
	}
	switch {
	case len(state.Links) == 0:
		out.Head = w.T("stations_alone")
	case state.Last.IsZero():
		out.Head = w.T("stations_never_exchanged")
	default:
		out.Head = w.T("stations_last", "when", when(s, state.Last))
	}
	if state.Of > 0 {
		out.Share = float64(min(state.Done, state.Of)) / float64(state.Of)
		out.Fetched = w.T("stations_fetched", "n", int(min(state.Done, state.Of)), "of", int(state.Of))
	}
	return out
}

func linkOf(s *present.Session, l *present.SyncLink) Link {
	w := s.Words
	out := Link{Address: l.Address, Icon: "online", Tone: Good}
	switch {
	case l.Reached.IsZero():
		out.Icon, out.Tone, out.State = "offline", Warn, w.T("stations_link_never")
	default:
		out.State = w.T("stations_link_reached", "when", when(s, l.Reached))
		if s.Now().Sub(l.Reached) > staleAfter {
			out.Icon, out.Tone = "offline", Warn
		}
	}
	if l.Waiting > 0 {
		out.Waiting = w.T("stations_waiting", "n", l.Waiting)
	} else if !l.Reached.IsZero() {
		out.Waiting = w.T("stations_nothing_waits")
	}
	if l.Problem != nil {
		out.Icon, out.Tone, out.Problem = "offline", Warn, w.Fault(l.Problem)
		if !l.Tried.IsZero() {
			out.Problem = w.T("stations_problem", "when", when(s, l.Tried), "what", out.Problem)
		}
	}
	return out
}

// staleAfter is how old the last exchange may be before it is shown as something to
// look at.
const staleAfter = 24 * time.Hour

// when writes a moment: the time alone for today.
func when(s *present.Session, t time.Time) string {
	at := clinic.TimeOf(t)
	if s.Words.DateOf(t) == s.Today() {
		return s.Words.Clock(at)
	}
	return s.Words.Moment(at)
}

// InviteForm asks for the name of a new workstation.
type InviteForm struct {
	s     *present.Session
	Name  string
	Error string // at the name
	Said  string // what went wrong as a whole
}

// Invite begins an invitation.
func (d *Devices) Invite() *InviteForm { return &InviteForm{s: d.s} }

// Blame puts an error where it belongs.
func (f *InviteForm) Blame(err error) {
	f.Error, f.Said = "", ""
	switch {
	case err == nil:
	case present.At(err) == "name":
		f.Error = f.s.Words.Fault(err)
	default:
		f.Said = f.s.Words.Fault(err)
	}
}

// Ask asks the exchange for an invitation.
func (f *InviteForm) Ask() func(context.Context) (*Code, error) {
	name := f.Name
	return func(ctx context.Context) (*Code, error) {
		x, err := f.s.Stations.Invite(ctx, name)
		if err != nil {
			return nil, err
		}
		return &Code{s: f.s, Name: strings.Join(strings.Fields(name), " "), Groups: strings.Split(x.Code, "-"), Address: x.Address, until: x.Until}, nil
	}
}

// Code is an invitation on the screen: to be read and typed, never copied.
type Code struct {
	s       *present.Session
	Name    string
	Groups  []string
	Address string
	until   time.Time
}

// Left says how long the code is still good; over is true once it is not.
func (c *Code) Left() (text string, over bool) {
	left := c.until.Sub(c.s.Now()).Truncate(time.Second)
	if left <= 0 {
		return c.s.T("stations_code_over"), true
	}
	seconds := int(left.Seconds())
	return c.s.T("stations_code_left", "time", clock(seconds)), false
}

func clock(seconds int) string {
	two := func(n int) string { return string(rune('0'+n/10)) + string(rune('0'+n%10)) }
	return two(seconds/60%100) + ":" + two(seconds%60)
}

// Ending is the panel that ends a workstation.
type Ending struct {
	s       *present.Session
	id      clinic.ID
	Name    string
	Reasons []string // in words
	At      int      // -1: none chosen yet
	Said    string
}

// End opens the panel of a row; nil where the user may not.
func (d *Devices) End(row int) *Ending {
	if !d.CanEnd(row) {
		return nil
	}
	e := &Ending{s: d.s, id: d.rows[row].ID, Name: d.rows[row].Name, At: -1}
	for _, r := range station.Reasons {
		e.Reasons = append(e.Reasons, d.s.T("stations_reason_"+r))
	}
	return e
}

// Ready reports whether a reason is chosen; without one nothing is ended.
func (e *Ending) Ready() bool { return e.At >= 0 && e.At < len(station.Reasons) }

// Do ends the workstation.
func (e *Ending) Do() func(context.Context) (string, error) {
	id, reason := e.id, station.Reasons[max(e.At, 0)]
	return func(ctx context.Context) (string, error) {
		return e.s.T("stations_ended_done", "name", e.Name), e.s.Stations.Revoke(ctx, id, reason)
	}
}

// LinkForm ties this clinic to a server.
type LinkForm struct {
	s             *present.Session
	Address, Code string
	Errors        map[string]string // by field
	Said          string
}

// Link begins tying to a server.
func (d *Devices) Link() *LinkForm { return &LinkForm{s: d.s, Errors: map[string]string{}} }

// Blame puts an error where it belongs.
func (f *LinkForm) Blame(err error) {
	f.Errors, f.Said = map[string]string{}, ""
	switch field := present.At(err); {
	case err == nil:
	case field == "address" || field == "code":
		f.Errors[field] = f.s.Words.Fault(err)
	default:
		f.Said = f.s.Words.Fault(err)
	}
}

// Do ties the clinic to the server.
func (f *LinkForm) Do() func(context.Context) (string, error) {
	address, code := f.Address, f.Code
	return func(ctx context.Context) (string, error) {
		return f.s.T("stations_linked"), f.s.Stations.Link(ctx, address, code)
	}
}
