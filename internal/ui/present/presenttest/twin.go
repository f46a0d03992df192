package presenttest

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/ledger"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Pair is one clinic on two workstations, with a cable between them that a test
// plugs in. The same person works on both.
type Pair struct {
	A, B  *present.Session
	clock [2]time.Time
	sent  [2]int64 // by local ordinal of each
	keys  [2]int   // place in each keyring
}

// Twins founds a clinic, lets a second workstation in ("Кабинет 2") and exchanges
// once.
func Twins(t testing.TB, lang translations.Lang, roles ...clinic.Role) *Pair {
	t.Helper()
	if len(roles) == 0 {
		roles = []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor, clinic.Reception}
	}
	p := &Pair{clock: [2]time.Time{Now, Now}}
	ctx, options := context.Background(), func(i int) store.Options {
		return store.Options{Now: func() time.Time { return p.clock[i] }, CacheMB: 8, Throwaway: true}
	}
	a, _, err := store.Found(ctx, t.TempDir(), store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: Password, Params: Cheap, DeviceName: "Регистратура",
		Admin: clinic.Staff{
			Login: "ozernaya", Active: true, Name: clinic.Name{Family: "Озёрная", Given: "Вера", Patronymic: "Павловна"},
			Position: "врач-терапевт", Speciality: "терапия", Roles: roles,
		},
	}, options(0))
	check(t, err)
	t.Cleanup(func() { _ = a.Close() })
	b, err := Invite(t, a, "Кабинет 2")(ctx, t.TempDir(), "ozernaya", Password, options(1))
	check(t, err)
	t.Cleanup(func() { _ = b.Close() })
	carry(t, p, 0, a, b)
	p.A, err = present.NewSession(ctx, a, lang, demo.Templates(), func() time.Time { return p.clock[0] })
	check(t, err)
	p.B, err = present.NewSession(ctx, b, lang, demo.Templates(), func() time.Time { return p.clock[1] })
	check(t, err)
	p.Exchange(t)
	return p
}

// Invite makes an invitation to a clinic and gives what accepts it; nothing but keys
// is in the new workstation then.
func Invite(t testing.TB, a *store.Store, name string) func(ctx context.Context, dir, login, password string, o store.Options) (*store.Store, error) {
	t.Helper()
	ctx := context.Background()
	check(t, a.PutLink(ctx, store.Link{URL: "https://sync.example.org"}))
	invitation, err := a.Invite(ctx, name)
	check(t, err)
	draft, err := a.Session().DraftRing(1)
	check(t, err)
	check(t, a.Session().AdoptRing(draft))
	wrap, err := a.Session().WrapRing(invitation.Device)
	check(t, err)
	return func(ctx context.Context, dir, login, password string, o store.Options) (*store.Store, error) {
		b, err := store.Join(ctx, dir, invitation.Plain, login, password, o)
		if err != nil {
			return nil, err
		}
		return b, b.Session().OpenRing(1, wrap)
	}
}

// Carry brings everything from one workstation to another.
func Carry(t testing.TB, from, to *store.Store) { t.Helper(); carry(t, &Pair{}, 0, from, to) }

// Later moves both clocks.
func (p *Pair) Later(d time.Duration) {
	for i := range p.clock {
		p.clock[i] = p.clock[i].Add(d)
	}
}

// Exchange carries everything both ways.
func (p *Pair) Exchange(t testing.TB) {
	t.Helper()
	for range 2 { // what one says of the other's comes with the second
		carry(t, p, 0, p.A.Store, p.B.Store)
		carry(t, p, 1, p.B.Store, p.A.Store)
	}
}

// As gives a session of the first workstation's clinic to somebody with other roles;
// the person is on the staff and has no login.
func As(t testing.TB, s *present.Session, roles ...clinic.Role) *present.Session {
	t.Helper()
	staff := clinic.Staff{Active: true, Name: clinic.Name{Family: "Иная", Given: "Анна"}, Roles: roles}
	staff.ID = s.User.ID
	out := *s
	out.User = &access.User{Staff: staff}
	out.Serve()
	return &out
}

func carry(t testing.TB, p *Pair, side int, from, to *store.Store) {
	t.Helper()
	ctx := context.Background()
	records, next, err := from.Session().SealKeys(p.keys[side])
	check(t, err)
	for _, r := range records {
		check(t, to.AbsorbKeys(ctx, r))
	}
	p.keys[side] = next
	out, err := from.Outbox(ctx, p.sent[side], 64<<20)
	check(t, err)
	var entries []*ledger.Entry
	for _, x := range out {
		e, err := ledger.Decode(x.Raw)
		check(t, err)
		entries, p.sent[side] = append(entries, e), x.N
	}
	n, err := to.Apply(ctx, entries)
	check(t, err)
	if n != len(entries) {
		t.Fatalf("%d of %d entries were taken", n, len(entries))
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
