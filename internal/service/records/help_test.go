package records_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/service/access"
	"feldsher/internal/service/records"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// cheap is the least cost of a password that the vault takes.
var cheap = vault.Params{Time: 1, Memory: 8192, Threads: 1}

const (
	login    = "врач"
	password = "верный пароль"
)

// ward is a clinic on disk with one user, who is everything at once, as in an
// outpost, and a clock of its own.
type ward struct {
	*records.Records
	t      testing.TB
	s      *store.Store
	who    *access.User
	dir    string
	phrase string
	clock  *clock
}

// clock goes on by hand.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMilli(c.at.Load()).UTC() }
func (c *clock) forward(d time.Duration) { c.at.Add(d.Milliseconds()) }

// today is when the tests play.
var today = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func open(t testing.TB, change ...func(*clinic.Organisation)) *ward {
	t.Helper()
	w := &ward{t: t, dir: t.TempDir(), clock: &clock{}}
	w.clock.at.Store(today.UnixMilli())
	f := store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: password, Params: cheap,
		Admin: clinic.Staff{
			Login: login, Active: true, Name: clinic.Name{Family: "Озёрная", Given: "Вера"}, Position: "врач-терапевт",
			Roles: []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor},
		},
	}
	for _, fn := range change {
		fn(&f.Organisation)
	}
	var err error
	if w.s, w.phrase, err = store.Found(context.Background(), w.dir, f, store.Options{Now: w.clock.now, CacheMB: 8}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.s.Close() }) // a test may have closed it; Verify says what is wrong
	w.sit()
	return w
}

func (w *ward) sit() {
	w.t.Helper()
	var err error
	if w.who, err = access.Whoami(context.Background(), w.s); err != nil {
		w.t.Fatal(err)
	}
	w.Records = records.New(w.s, w.who, w.clock.now)
}

// as gives the records to somebody else.
func (w *ward) as(order string, roles ...clinic.Role) *records.Records {
	staff := clinic.Staff{Record: clinic.Record{ID: clinic.NewID()}, Login: "другой", Roles: roles, Order: order, Active: true}
	return records.New(w.s, &access.User{Staff: staff}, w.clock.now)
}

func (w *ward) register(p clinic.Patient) clinic.Patient {
	w.t.Helper()
	saved, err := w.RegisterPatient(context.Background(), p)
	if err != nil {
		w.t.Fatal(err)
	}
	return saved.Patient
}

func (w *ward) visit(v clinic.Visit) clinic.Visit {
	w.t.Helper()
	saved, err := w.AddVisit(context.Background(), v)
	if err != nil {
		w.t.Fatal(err)
	}
	return saved.Visit
}

// sound checks that ledger and tables agree.
func (w *ward) sound() {
	w.t.Helper()
	for _, c := range w.s.Checks() {
		if _, err := c.Run(context.Background()); err != nil {
			w.t.Errorf("%s: %v", c.Part, err)
		}
	}
}

// accesses reads the chain of accesses, the oldest first.
func (w *ward) accesses(patient clinic.ID) (out []ledger.Access, actors []clinic.ID) {
	w.t.Helper()
	for o, err := range w.s.Log(context.Background(), patient) {
		if err != nil {
			w.t.Fatal(err)
		}
		for _, p := range o.Payloads {
			if len(p.Accesses) > 0 {
				out, actors = append(p.Accesses, out...), append([]clinic.ID{p.Actor}, actors...)
			}
		}
	}
	return out, actors
}

// entries counts what stands in the ledger.
func (w *ward) entries() int64 {
	w.t.Helper()
	report, err := w.s.Verify(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return report.Entries
}

// refused checks that an error is of a kind and, if field is given, names it.
func refused(t testing.TB, err error, kind fault.Kind, field string) {
	t.Helper()
	var f *fault.Error
	switch {
	case err == nil:
		t.Errorf("went through, want %s at %q", kind, field)
	case !errors.As(err, &f):
		t.Errorf("%v: no fault", err)
	case f.Kind != kind || f.Field != field:
		t.Errorf("%v, want %s at %q", err, kind, field)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := asJSON(t, got), asJSON(t, want); g != w {
		t.Errorf("%s: got\n%s\nwant\n%s", what, g, w)
	}
}
