// Package station is what people do with the workstations of a clinic: see which
// there are and how far each is known here, let a new one in by a code, end one that
// was lost, and tie this one to a server (R7.2, R7.7).
//
// It promises that only who manages users lets a workstation in or ends one, and
// that no deed counts as done before the other side has confirmed it. The exchange
// itself is somebody else's: whoever wires the program gives an Exchange.
package station

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
)

// Exchange is what brings the clinic's entries to other places and back.
type Exchange interface {
	// Invite leaves an invitation for a new workstation at the server and gives the
	// code that opens it.
	Invite(ctx context.Context, name string) (Invitation, error)
	// Link ties the clinic to a server by the code that its operator gave.
	Link(ctx context.Context, address, code string) error
	// Revoke ends a workstation: it gets nothing new and nothing of it is taken.
	Revoke(ctx context.Context, device clinic.ID, reason string) error
}

// Invitation is a code that lets one new workstation in.
type Invitation struct {
	Code    string    `json:"code"`    // in groups, for people
	Address string    `json:"address"` // of the server, as the new workstation is to type it
	Until   time.Time `json:"until"`
}

// Station is a workstation of the clinic.
type Station struct {
	ID        clinic.ID `json:"id"`
	Name      string    `json:"name"`
	This      bool      `json:"this"` // the one at hand
	Added     time.Time `json:"added"`
	Revoked   time.Time `json:"revoked,omitzero"`
	Successor clinic.ID `json:"successor_of,omitzero"` // the former identity of the same directory
	// Replaced: a live identity has followed this one in its directory, which was put
	// back or copied. Ending this one leaves that one at work.
	Replaced bool      `json:"replaced"`
	Entries  uint64    `json:"entries"`       // of its changes that are here
	Last     time.Time `json:"last,omitzero"` // stamp of its latest entry that is here
}

// Live reports whether the workstation may write.
func (s *Station) Live() bool { return s.Revoked.IsZero() }

// Stations works for one logged-in user.
type Stations struct {
	store    *store.Store
	who      *access.User
	exchange Exchange
}

// New is for the logged-in user who; exchange is nil where the program has none, and
// then only List works.
func New(s *store.Store, who *access.User, exchange Exchange) *Stations {
	return &Stations{store: s, who: who, exchange: exchange}
}

// List gives the workstations: this one first, then the live ones by name, then those
// that were ended. Everybody may know them: their names stand beside every change.
func (s *Stations) List(ctx context.Context) ([]Station, error) {
	written, err := s.store.Reader(ctx).Written()
	if err != nil {
		return nil, err
	}
	here := s.store.Session().Device()
	known := s.store.Session().Stations()
	replaced := map[clinic.ID]bool{}
	for _, v := range known {
		if !v.Successor.IsZero() && v.Revoked.IsZero() {
			replaced[v.Successor] = true
		}
	}
	var out []Station
	for _, v := range known {
		w := written[v.ID]
		out = append(out, Station{
			ID: v.ID, Name: v.Name, This: v.ID == here, Added: v.Added, Revoked: v.Revoked, Successor: v.Successor, Replaced: replaced[v.ID],
			Entries: w.Entries, Last: w.Last,
		})
	}
	rank := func(x *Station) int {
		switch {
		case x.This:
			return 0
		case x.Live():
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b Station) int {
		if d := rank(&a) - rank(&b); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out, nil
}

// mostName is how long a workstation's name may be, in letters.
const mostName = 60

// CheckName tells what a new workstation's name must be: something that people
// recognise. Faults at the field name.
func CheckName(name string) error {
	switch n := utf8.RuneCountInString(name); {
	case !utf8.ValidString(name):
		return fault.At("name", "fault.field.encoding")
	case strings.TrimSpace(name) == "":
		return fault.At("name", "fault.field.empty")
	case n > mostName:
		return fault.At("name", "fault.field.long", "limit", mostName, "n", n)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
		return fault.At("name", "fault.field.control")
	}
	return nil
}

// Invite lets a new workstation in: a code that is good for ten minutes and once.
// Right: ManageUsers. Faults: at name; fault.station.alone without an exchange; those
// of the exchange.
func (s *Stations) Invite(ctx context.Context, name string) (Invitation, error) {
	if err := s.may(); err != nil {
		return Invitation{}, err
	}
	name = strings.Join(strings.Fields(name), " ")
	if err := CheckName(name); err != nil {
		return Invitation{}, err
	}
	all, err := s.List(ctx)
	if err != nil {
		return Invitation{}, err
	}
	for i := range all {
		if all[i].Live() && strings.EqualFold(all[i].Name, name) {
			return Invitation{}, fault.At("name", "fault.station.name_taken")
		}
	}
	return s.exchange.Invite(ctx, name)
}

// Reasons are those for which a workstation is ended.
var Reasons = []string{"lost", "stolen", "broken", "replaced", "other"}

// Revoke ends a workstation. Right: ManageUsers. Faults: NotFound; Conflict for this
// one and for one that was ended already; those of the exchange.
func (s *Stations) Revoke(ctx context.Context, device clinic.ID, reason string) error {
	if err := s.may(); err != nil {
		return err
	}
	if !slices.Contains(Reasons, reason) {
		return fault.At("reason", "fault.field.choice", "choices", strings.Join(Reasons, ", "))
	}
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(x Station) bool { return x.ID == device })
	switch {
	case i < 0:
		return fault.New(fault.NotFound, "fault.station.none")
	case all[i].This:
		return fault.New(fault.Conflict, "fault.station.self")
	case !all[i].Live():
		return fault.New(fault.Conflict, "fault.station.ended")
	}
	return s.exchange.Revoke(ctx, device, reason)
}

// Link ties the clinic to a server. Right: ManageUsers. Faults: at address and code;
// those of the exchange.
func (s *Stations) Link(ctx context.Context, address, code string) error {
	if err := s.may(); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(address) == "":
		return fault.At("address", "fault.field.empty")
	case strings.TrimSpace(code) == "":
		return fault.At("code", "fault.field.empty")
	}
	return s.exchange.Link(ctx, strings.TrimSpace(address), strings.TrimSpace(code))
}

func (s *Stations) may() error {
	if err := s.who.Require(clinic.ManageUsers); err != nil {
		return err
	}
	if s.exchange == nil {
		return fault.New(fault.Offline, "fault.station.alone")
	}
	return nil
}
