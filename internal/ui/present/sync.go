package present

import (
	"context"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/service/station"
	"feldsher/internal/storage/store"
)

// Sync is the exchange with the clinic's other workstations, as the screens see it. It
// runs by itself while a clinic is open; whoever wires the program gives it.
type Sync interface {
	station.Exchange
	// State is how things stand.
	State() SyncState
	// Watch calls fn whenever the state has changed, from any goroutine, until stop.
	Watch(fn func(SyncState)) (stop func())
	// Wake asks for an exchange at once.
	Wake()
}

// SyncState is how the exchange stands. What it calls exchanged was confirmed by the
// other side.
type SyncState struct {
	Links   []SyncLink // none: this workstation works for itself
	Last    time.Time  // of the last exchange that was confirmed; zero for never
	Waiting int        // entries that no other place has confirmed
	Working bool       // an exchange is running
	Done    uint64     // entries fetched of those that were there, while much is fetched; Of is 0 else
	Of      uint64
}

// SyncLink is a server that this workstation exchanges with.
type SyncLink struct {
	Address string
	Reached time.Time // last confirmed exchange; zero for never
	Tried   time.Time // last try
	Waiting int       // entries that it has not confirmed
	Problem error     // why the last try failed; nil where it did not
}

// Joining is an order to make this computer a workstation of a clinic that exists.
type Joining struct {
	Dir, Address, Code, Login, Password string
	Options                             store.Options
	// Progress is told how many of how many entries are here, from any goroutine; of is
	// 0 while nobody knows. Ready says that who joins could begin to work.
	Progress func(done, of uint64, ready bool)
	// Enough is closed when the user would rather begin than wait for the rest, which
	// then comes while they work; nil: as soon as one can begin.
	Enough <-chan struct{}
}

// Join makes a workstation out of an invitation and gives its open clinic; without a
// code it goes on with a joining that was cut off.
type Join func(context.Context, Joining) (*store.Store, error)

// Connect gives the session the exchange of its clinic; nil is none.
func (s *Session) Connect(x Sync) {
	s.Sync = x
	var deeds station.Exchange
	if x != nil {
		deeds = x
	}
	s.Stations = station.New(s.Store, s.User, deeds)
}

// SyncState is that of the session's exchange; the zero one where there is none.
func (s *Session) SyncState() SyncState {
	if s.Sync == nil {
		return SyncState{}
	}
	return s.Sync.State()
}

// MayManageStations reports whether the user lets workstations in and ends them.
func (s *Session) MayManageStations() bool { return s.May(clinic.ManageUsers) }
