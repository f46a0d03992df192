package access

import (
	"context"
	"slices"
	"sync"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// PINTries is how many wrong PINs in a row drop a user's keys: then only the
// password opens.
const PINTries = 5

// Seats are the people of one workstation who entered the open clinic with a
// password, and may come back with a PIN the same day (the clinic's day). Methods
// may be called from several goroutines.
type Seats struct {
	store *store.Store
	door  *Door
	zone  *time.Location
	now   func() time.Time

	mu    sync.Mutex
	taken []taken // in the order of entering
}

type taken struct {
	id    clinic.ID
	since time.Time // when the password was given
	wrong int       // PINs in a row
}

// Seat is one of them, for a tile on the hidden screen.
type Seat struct {
	ID       clinic.ID
	Login    string
	Name     string // "Иванова А. П."; the login where the name is not known
	Position string
	PIN      bool // a PIN opens
	Left     int  // tries at the PIN that are left
}

// NewSeats is for the clinic that the first user has just opened through the door.
func NewSeats(s *store.Store, door *Door, zone *time.Location, who *User) *Seats {
	if zone == nil {
		zone = time.UTC
	}
	out := &Seats{store: s, door: door, zone: zone, now: door.options.Now}
	out.taken = []taken{{id: who.ID, since: out.now()}}
	return out
}

// Enter lets somebody in by password and makes them the one at work. Faults as
// those of Door.Admit and Whoami.
func (s *Seats) Enter(ctx context.Context, login, password string) (*User, error) {
	id, err := s.door.Admit(ctx, s.store, login, password)
	if err != nil {
		return nil, err
	}
	who, err := s.sit(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave(id)
	s.taken = append(s.taken, taken{id: id, since: s.now()})
	return who, nil
}

// CheckPIN lets a user back in by the PIN and makes them the one at work. Faults:
// Password with the key "access.pin.wrong" (n tries are left), "access.pin.dropped"
// when it was the last, "access.pin.password" when only the password opens (no PIN,
// no login with a password today, keys gone).
func (s *Seats) CheckPIN(ctx context.Context, id clinic.ID, pin string) (*User, error) {
	// One try at a time: two at once would count as one.
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.seat(id)
	if i < 0 {
		return nil, fault.New(fault.Password, "access.pin.password")
	}
	kept, err := s.keptPIN(ctx, id)
	if err != nil {
		return nil, err
	}
	if kept == "" {
		return nil, fault.New(fault.Password, "access.pin.password")
	}
	s.taken[i].wrong++
	if !ValidPIN(pin) || !samePIN(kept, pin) {
		if left := PINTries - s.taken[i].wrong; left > 0 {
			return nil, fault.New(fault.Password, "access.pin.wrong", "n", left)
		}
		s.store.Dismiss(id)
		s.leave(id)
		return nil, fault.New(fault.Password, "access.pin.dropped", "tries", PINTries)
	}
	who, err := s.sit(ctx, id)
	if err != nil {
		s.leave(id)
		return nil, err
	}
	s.taken[i].wrong = 0
	return who, nil
}

// sit makes an admitted user the one at work. Who may not work any more is shown
// the door: the keys go.
func (s *Seats) sit(ctx context.Context, id clinic.ID) (*User, error) {
	staff, err := s.store.Reader(ctx).Staff(id)
	if err != nil {
		return nil, err
	}
	if !staff.Active || !staff.Deleted.IsZero() {
		s.store.Dismiss(id)
		return nil, fault.New(fault.Forbidden, "fault.access.removed")
	}
	if err := s.store.ActAs(id); err != nil {
		return nil, err
	}
	return &User{staff}, nil
}

// seat finds a seat that is good today, and drops one that is not.
func (s *Seats) seat(id clinic.ID) int {
	i := slices.IndexFunc(s.taken, func(t taken) bool { return t.id == id })
	if i < 0 {
		return -1
	}
	if !s.today(s.taken[i].since) || !slices.Contains(s.store.Admitted(), id) {
		s.leave(id)
		return -1
	}
	return i
}

func (s *Seats) today(t time.Time) bool {
	y, m, d := t.In(s.zone).Date()
	yy, mm, dd := s.now().In(s.zone).Date()
	return y == yy && m == mm && d == dd
}

func (s *Seats) leave(id clinic.ID) {
	s.taken = slices.DeleteFunc(s.taken, func(t taken) bool { return t.id == id })
}

// Leave ends a user's day at this workstation: the keys go, the password is
// needed to come back.
func (s *Seats) Leave(id clinic.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.Dismiss(id)
	s.leave(id)
}

// List gives the seats that are good today, in the order of entering.
func (s *Seats) List(ctx context.Context) ([]Seat, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Seat
	for _, t := range slices.Clone(s.taken) {
		if s.seat(t.id) < 0 {
			continue
		}
		staff, err := s.store.Reader(ctx).Staff(t.id)
		if err != nil {
			return nil, err
		}
		kept, err := s.keptPIN(ctx, t.id)
		if err != nil {
			return nil, err
		}
		seat := Seat{
			ID: t.id, Login: staff.Login, Name: staff.Short(), Position: staff.Position,
			PIN: kept != "", Left: PINTries - t.wrong,
		}
		if seat.Name == "" {
			seat.Name = staff.Login
		}
		out = append(out, seat)
	}
	return out, nil
}

// HasPIN reports whether the user has set a PIN.
func (s *Seats) HasPIN(ctx context.Context, id clinic.ID) (bool, error) {
	kept, err := s.keptPIN(ctx, id)
	return kept != "", err
}
