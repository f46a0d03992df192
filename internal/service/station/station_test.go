package station_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/station"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// wire notes what the exchange is asked for.
type wire struct{ asked []string }

func (w *wire) Invite(_ context.Context, name string) (station.Invitation, error) {
	w.asked = append(w.asked, "invite "+name)
	return station.Invitation{Code: "AAAAA-BBBBB", Address: "https://sync.example.org", Until: time.Now().Add(time.Minute)}, nil
}

func (w *wire) Link(_ context.Context, address, code string) error {
	w.asked = append(w.asked, "link "+address+" "+code)
	return nil
}

func (w *wire) Revoke(_ context.Context, device clinic.ID, reason string) error {
	w.asked = append(w.asked, "revoke "+device.String()+" "+reason)
	return nil
}

func wantFault(t testing.TB, err error, kind fault.Kind, key, field string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Key != key || f.Field != field {
		t.Errorf("%v, want %s %s at %q", err, kind, key, field)
	}
}

// R7.7: the list names this workstation first, says what is known of each, and what
// is typed is checked before anybody is asked.
func TestStations(t *testing.T) {
	p, ctx := presenttest.Twins(t, translations.Russian), t.Context()
	presenttest.Patient(t, p.B)
	p.Exchange(t)
	x := &wire{}
	s := station.New(p.A.Store, p.A.User, x)
	all, err := s.List(ctx)
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	here, other := all[0], all[1]
	if !here.This || here.Name != "Регистратура" || !here.Live() || other.This || other.Name != "Кабинет 2" || other.Entries == 0 || other.Last.IsZero() || other.Added.IsZero() {
		t.Fatalf("%+v", all)
	}
	for name, key := range map[string]string{
		"": "fault.field.empty", "  ": "fault.field.empty", strings.Repeat("ы", 61): "fault.field.long", "кабинет  2": "fault.station.name_taken", "а\u202eб": "fault.field.control",
	} {
		_, err := s.Invite(ctx, name)
		wantFault(t, err, fault.Invalid, key, "name")
	}
	wantFault(t, s.Revoke(ctx, here.ID, "lost"), fault.Conflict, "fault.station.self", "")
	wantFault(t, s.Revoke(ctx, clinic.NewID(), "lost"), fault.NotFound, "fault.station.none", "")
	wantFault(t, s.Revoke(ctx, other.ID, "Иванов"), fault.Invalid, "fault.field.choice", "reason")
	wantFault(t, s.Link(ctx, " ", "x"), fault.Invalid, "fault.field.empty", "address")
	wantFault(t, s.Link(ctx, "x", ""), fault.Invalid, "fault.field.empty", "code")
	if len(x.asked) != 0 {
		t.Fatalf("the exchange was asked for %q", x.asked)
	}
	if got, err := s.Invite(ctx, " Кабинет   3 "); err != nil || got.Code == "" {
		t.Fatal(got, err)
	}
	if err := s.Revoke(ctx, other.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	if err := s.Link(ctx, " sync.example.org ", " AAAAA "); err != nil {
		t.Fatal(err)
	}
	want := []string{"invite Кабинет 3", "revoke " + other.ID.String() + " lost", "link sync.example.org AAAAA"}
	if !reflect.DeepEqual(x.asked, want) {
		t.Errorf("%q, want %q", x.asked, want)
	}
	if _, err := station.New(p.A.Store, p.A.User, nil).Invite(ctx, "Кабинет 4"); !fault.Is(err, fault.Offline) {
		t.Error(err)
	}
}

// TestEnded: a workstation that was ended stands last and can't be ended again.
func TestEnded(t *testing.T) {
	p, ctx := presenttest.Twins(t, translations.Russian), t.Context()
	device := p.B.Store.Session().Device()
	if err := p.A.Store.Session().RevokeDevice(device, 0, nil, "lost"); err != nil {
		t.Fatal(err)
	}
	s := station.New(p.A.Store, p.A.User, &wire{})
	all, err := s.List(ctx)
	if err != nil || len(all) != 2 || all[1].ID != device || all[1].Live() {
		t.Fatalf("%+v %v", all, err)
	}
	wantFault(t, s.Revoke(ctx, device, "lost"), fault.Conflict, "fault.station.ended", "")
}

// TestRights: everybody sees which workstations there are; only who manages users
// lets one in, ends one, or ties the clinic to a server (R11.2).
func TestRights(t *testing.T) {
	useCases := map[string]func(context.Context, *station.Stations) error{
		"List":   nil, // everybody
		"Invite": func(ctx context.Context, s *station.Stations) error { _, err := s.Invite(ctx, ""); return err },
		"Revoke": func(ctx context.Context, s *station.Stations) error { return s.Revoke(ctx, clinic.NewID(), "lost") },
		"Link":   func(ctx context.Context, s *station.Stations) error { return s.Link(ctx, "", "") },
	}
	methods := reflect.TypeFor[*station.Stations]()
	for i := range methods.NumMethod() {
		if _, ok := useCases[methods.Method(i).Name]; !ok {
			t.Errorf("%s has no row in the matrix of rights", methods.Method(i).Name)
		}
	}
	open := presenttest.Open(t, translations.Russian)
	for _, role := range clinic.Roles {
		x := &wire{}
		who := presenttest.As(t, open, role)
		s := station.New(open.Store, who.User, x)
		if _, err := s.List(t.Context()); err != nil {
			t.Errorf("%s: %v", role, err)
		}
		for name, call := range useCases {
			if call == nil {
				continue
			}
			err := call(t.Context(), s)
			if may := role == clinic.Administrator; err == nil || fault.Is(err, fault.Forbidden) == may {
				t.Errorf("%s, %s: %v", role, name, err)
			}
		}
		if len(x.asked) != 0 {
			t.Errorf("%s: %q", role, x.asked)
		}
	}
}
