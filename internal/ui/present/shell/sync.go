package shell

import (
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
)

// Pulse is what the frame always shows of the exchange with other workstations. It
// names no exchange that the other side has not confirmed.
type Pulse struct {
	Linked  bool // there is somebody to exchange with; the rest is empty else
	Icon    string
	Late    bool   // worth a look: a problem, or long ago
	Last    string // «обмен 2 мин назад»
	Waiting string // «ждёт отправки: 3»; "" for nothing
}

// lateAfter is how old the last exchange may be before the frame says so by colour.
const lateAfter = 24 * time.Hour

// clockSlack is how far our clock may stand behind the exchange.
const clockSlack = 5 * time.Minute

// PulseOf tells how the exchange stands.
func PulseOf(s *present.Session, state present.SyncState) Pulse {
	if len(state.Links) == 0 {
		return Pulse{}
	}
	w := s.Words
	p := Pulse{Linked: true, Icon: "sync"}
	for i := range state.Links {
		p.Late = p.Late || state.Links[i].Problem != nil
	}
	age := s.Now().Sub(state.Last)
	switch at := clinic.TimeOf(state.Last); {
	case state.Last.IsZero():
		p.Last, p.Late = w.T("shell_sync_never"), true
	case age < time.Minute && age > -clockSlack:
		p.Last = w.T("shell_sync_now")
	case age >= time.Minute && age < time.Hour:
		p.Last = w.T("shell_sync_minutes", "n", int(age/time.Minute))
	case w.DateOf(state.Last) == s.Today():
		p.Last = w.T("shell_sync_at", "when", w.Clock(at))
	default:
		p.Last = w.T("shell_sync_at", "when", w.Moment(at))
	}
	p.Late = p.Late || age > lateAfter
	if p.Late {
		p.Icon = "offline"
	}
	if state.Of > 0 {
		p.Last = w.T("shell_sync_fetch", "n", int(100*min(state.Done, state.Of)/state.Of))
	}
	if state.Waiting > 0 {
		p.Waiting = w.T("shell_sync_waiting", "n", state.Waiting)
	}
	return p
}
