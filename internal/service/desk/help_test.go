package desk_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/service/access"
	"feldsher/internal/service/desk"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// office is a clinic in Moscow's zone on a Monday morning, with two doctors who work
// on weekdays from nine to one.
type office struct {
	*desk.Desk
	t          testing.TB
	s          *store.Store
	who        *access.User
	clock      *atomic.Int64
	ann, boris clinic.Staff
	patients   []clinic.Patient
}

// monday is nine o'clock in Moscow.
var monday = time.Date(2026, time.November, 23, 6, 0, 0, 0, time.UTC)

const day = clinic.Date("2026-11-23")

func open(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, clock: &atomic.Int64{}}
	o.clock.Store(monday.UnixMilli())
	var err error
	o.s, _, err = store.Found(context.Background(), t.TempDir(), store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: "верный пароль", Params: vault.Params{Time: 1, Memory: 8192, Threads: 1},
		Admin: clinic.Staff{
			Login: "все", Active: true, Name: clinic.Name{Family: "Озёрная"},
			Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Reception, clinic.Doctor},
		},
	}, store.Options{Now: o.now, CacheMB: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.s.Close() })
	if o.who, err = access.Whoami(context.Background(), o.s); err != nil {
		t.Fatal(err)
	}
	o.Desk = desk.New(o.s, o.who, o.now)
	o.ann = clinic.Staff{Name: clinic.Name{Family: "Анина"}, Roles: []clinic.Role{clinic.Doctor}, Speciality: "терапия", Active: true}
	o.boris = clinic.Staff{Name: clinic.Name{Family: "Борисов"}, Roles: []clinic.Role{clinic.Doctor}, Speciality: "терапия", Active: true}
	o.patients = []clinic.Patient{
		{Name: clinic.Name{Family: "Ивáнов", Given: "Пётр"}, Sex: clinic.Male, BirthDate: "1980-01-01"},
		{Name: clinic.Name{Family: "Петрова", Given: "Ольга"}, Sex: clinic.Female, BirthDate: "1990-02-02", Contacts: []clinic.Contact{{Kind: "phone", Value: "+7 900 000-12-34"}}},
		{Name: clinic.Name{Family: "ПЕТРОВА", Given: "Анна"}, Sex: clinic.Female, BirthDate: "1991-03-03"},
	}
	o.write(func(tx *store.Tx) error {
		for i := range o.patients {
			if err := tx.PutPatient(&o.patients[i]); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutStaff(&o.ann), tx.PutStaff(&o.boris))
	})
	for weekday := 1; weekday <= 5; weekday++ {
		for i, s := range []clinic.Staff{o.ann, o.boris} {
			o.schedule(clinic.Schedule{Staff: s.ID, Weekday: weekday, From: 9 * 60, Until: 13 * 60, Slot: 15 + 15*i, Room: "12"})
		}
	}
	return o
}

func (o *office) now() time.Time { return time.UnixMilli(o.clock.Load()).UTC() }

// at sets the clock to a time of Monday in Moscow.
func (o *office) at(hour, minute int) {
	o.clock.Store(monday.Add(time.Duration(hour-9)*time.Hour + time.Duration(minute)*time.Minute).UnixMilli())
}

func (o *office) write(fn func(*store.Tx) error) {
	o.t.Helper()
	if err := o.s.Update(context.Background(), journal.Act{Intent: "test"}, fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) schedule(s clinic.Schedule) clinic.Schedule {
	o.t.Helper()
	s, err := o.SaveSchedule(context.Background(), s)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// when is a time of a day in Moscow, days after Monday.
func when(days, hour, minute int) clinic.Time {
	return clinic.TimeOf(monday.AddDate(0, 0, days).Add(time.Duration(hour-9)*time.Hour + time.Duration(minute)*time.Minute))
}

// booking is one of a patient with Ann.
func (o *office) booking(patient int, start clinic.Time) clinic.Booking {
	return clinic.Booking{Patient: o.patients[patient].ID, Staff: o.ann.ID, Start: start}
}

func (o *office) book(b clinic.Booking) clinic.Booking {
	o.t.Helper()
	saved, err := o.Book(context.Background(), b)
	if err != nil {
		o.t.Fatal(err)
	}
	return saved.Booking
}

// as gives the desk to somebody else.
func (o *office) as(roles ...clinic.Role) *desk.Desk {
	staff := clinic.Staff{Record: clinic.Record{ID: clinic.NewID()}, Login: "другой", Roles: roles, Active: true}
	return desk.New(o.s, &access.User{Staff: staff}, o.now)
}

// sound checks that ledger and tables agree.
func (o *office) sound() {
	o.t.Helper()
	for _, c := range o.s.Checks() {
		if _, err := c.Run(context.Background()); err != nil {
			o.t.Errorf("%s: %v", c.Part, err)
		}
	}
}

// accesses counts the acts of looking in the ledger by what was looked at.
func (o *office) accesses() (out []ledger.Access) {
	o.t.Helper()
	if err := o.Flush(context.Background()); err != nil {
		o.t.Fatal(err)
	}
	for x, err := range o.s.Log(context.Background(), clinic.ID{}) {
		if err != nil {
			o.t.Fatal(err)
		}
		for _, p := range x.Payloads {
			out = append(p.Accesses, out...)
		}
	}
	return out
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func refused(t testing.TB, err error, key, field string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != key || f.Field != field {
		t.Errorf("%v, want %s at %q", err, key, field)
	}
}
