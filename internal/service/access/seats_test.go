package access_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

var cheap = vault.Params{Time: 1, Memory: 8192, Threads: 1}

// post is a workstation with two users, the administrator at work, and a clock.
type post struct {
	t     *testing.T
	dir   string
	now   time.Time
	s     *store.Store
	door  *access.Door
	seats *access.Seats
	who   *access.User
	nurse clinic.Staff
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)}
	s, _, err := store.Found(t.Context(), p.dir, store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: password, Params: cheap,
		Admin: clinic.Staff{Login: admin, Roles: []clinic.Role{clinic.Administrator, clinic.Doctor}, Active: true},
	}, p.options())
	if err != nil {
		t.Fatal(err)
	}
	who, err := access.Whoami(t.Context(), s)
	if err == nil {
		p.nurse, err = access.NewUsers(s, who).Add(t.Context(), clinic.Staff{
			Login: "сестра", Name: clinic.Name{Family: "Ласточкина", Given: "Ирина", Patronymic: "Львовна"}, Roles: []clinic.Role{clinic.Nurse},
		}, first)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	p.door = access.NewDoor(p.dir, p.options())
	p.open()
	return p
}

func (p *post) options() store.Options {
	return store.Options{Now: func() time.Time { return p.now }, CacheMB: 8, Throwaway: true}
}

// open is the administrator's login in the morning.
func (p *post) open() {
	p.t.Helper()
	var err error
	if p.s, p.who, err = p.door.Open(p.t.Context(), admin, password); err != nil {
		p.t.Fatal(err)
	}
	p.seats = access.NewSeats(p.s, p.door, time.FixedZone("MSK", 3*3600), p.who)
	p.t.Cleanup(func() { _ = p.s.Close() })
}

func (p *post) list() []access.Seat {
	p.t.Helper()
	list, err := p.seats.List(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}

// Issue 3, part 2: two people on one open clinic; each acts and signs as themselves,
// and comes back with a PIN.
func TestSharedWorkstation(t *testing.T) {
	p, ctx := newPost(t), context.Background()
	if err := p.seats.SetPIN(ctx, p.who, "8364"); err != nil {
		t.Fatal(err)
	}
	nurse, err := p.seats.Enter(ctx, "Сестра", first)
	if err != nil || nurse.ID != p.nurse.ID || p.s.Session().User() != nurse.ID {
		t.Fatal("the nurse is not at work", err)
	}
	list := p.list()
	if len(list) != 2 || !list[0].PIN || list[1].PIN || list[1].Name != "Ласточкина И. Л." || list[0].Name != admin {
		t.Fatalf("%+v", list)
	}
	card := clinic.Patient{Name: clinic.Name{Family: "Проба"}, Sex: clinic.SexUnknown}
	put := func(tx *store.Tx) error { return tx.PutPatient(&card) }
	if err := p.s.Update(ctx, journal.Act{Intent: "test"}, put); err != nil {
		t.Fatal(err)
	}
	// What the administrator began is signed by the administrator, though the nurse sits here.
	err = p.s.Update(ctx, journal.Act{Actor: p.who.ID, Intent: "test"}, func(tx *store.Tx) error {
		card.Given = "Анна"
		if string(p.s.Session().SignAsUser([]byte("x"))) != string(p.s.Session().SignFor(p.who.ID, []byte("x"))) {
			t.Error("a transaction is signed by whoever sits here")
		}
		return tx.PutPatient(&card)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.seats.CheckPIN(ctx, nurse.ID, "1234")
	refused(t, err, fault.Password, "access.pin.password")
	back, err := p.seats.CheckPIN(ctx, p.who.ID, "8364")
	if err != nil || back.ID != p.who.ID || p.s.Session().User() != p.who.ID {
		t.Fatal("the administrator is not back", err)
	}
	var actors []clinic.ID
	for o, err := range p.s.Log(ctx, card.ID) {
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range o.Payloads {
			actors = append(actors, q.Actor)
		}
	}
	if len(actors) != 2 || actors[0] != p.who.ID || actors[1] != nurse.ID {
		t.Errorf("the ledger names %v", actors)
	}
	if _, err := p.s.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// A PIN is good on the day of the login only, five times wrong drops the keys.
func TestPINs(t *testing.T) {
	p, ctx := newPost(t), context.Background()
	for _, bad := range []string{"123", "123456789", "12a4", "１２３４", " 1234"} {
		refused(t, p.seats.SetPIN(ctx, p.who, bad), fault.Invalid, "access.pin.shape")
	}
	if err := p.seats.SetPIN(ctx, p.who, "8364"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for left := access.PINTries - 1; left > 1; left-- {
			_, err := p.seats.CheckPIN(ctx, p.who.ID, "8365")
			refused(t, err, fault.Password, "access.pin.wrong")
			if list := p.list(); list[0].Left != left {
				t.Errorf("%d tries left, want %d", list[0].Left, left)
			}
		}
		if _, err := p.seats.CheckPIN(ctx, p.who.ID, "8364"); err != nil {
			t.Fatal(err)
		}
	}
	p.now = p.now.Add(11*time.Hour + 20*time.Minute) // 23:50 at the clinic
	if _, err := p.seats.CheckPIN(ctx, p.who.ID, "8364"); err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(20 * time.Minute)
	_, err := p.seats.CheckPIN(ctx, p.who.ID, "8364")
	refused(t, err, fault.Password, "access.pin.password")
	if len(p.list()) != 0 {
		t.Error("yesterday's seat is still good")
	}
	if _, err := p.seats.Enter(ctx, admin, password); err != nil {
		t.Fatal(err)
	}
	for range access.PINTries - 1 {
		_, err = p.seats.CheckPIN(ctx, p.who.ID, "0000")
		refused(t, err, fault.Password, "access.pin.wrong")
	}
	_, err = p.seats.CheckPIN(ctx, p.who.ID, "0000")
	refused(t, err, fault.Password, "access.pin.dropped")
	_, err = p.seats.CheckPIN(ctx, p.who.ID, "8364")
	refused(t, err, fault.Password, "access.pin.password")
	if len(p.s.Admitted()) != 0 {
		t.Error("the keys are still in memory")
	}
	card := clinic.Patient{Name: clinic.Name{Family: "Проба"}, Sex: clinic.SexUnknown}
	err = p.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error { return tx.PutPatient(&card) })
	refused(t, err, fault.Forbidden, "fault.store.nobody")
	if _, err := p.seats.Enter(ctx, admin, password); err != nil {
		t.Fatal("the password does not bring the user back", err)
	}
	if _, err := p.seats.CheckPIN(ctx, p.who.ID, "8364"); err != nil {
		t.Error("the PIN was forgotten", err)
	}
	if err := p.seats.SetPIN(ctx, p.who, ""); err != nil {
		t.Fatal(err)
	}
	_, err = p.seats.CheckPIN(ctx, p.who.ID, "8364")
	refused(t, err, fault.Password, "access.pin.password")
}

// R11.3: who was removed is not switched to, and their keys go.
func TestRemovedUserHasNoSeat(t *testing.T) {
	p, ctx := newPost(t), context.Background()
	nurse, err := p.seats.Enter(ctx, "сестра", first)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.seats.SetPIN(ctx, nurse, "8364"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.seats.Enter(ctx, admin, password); err != nil {
		t.Fatal(err)
	}
	if err := access.NewUsers(p.s, p.who).Remove(ctx, "сестра"); err != nil {
		t.Fatal(err)
	}
	_, err = p.seats.CheckPIN(ctx, nurse.ID, "8364")
	refused(t, err, fault.Password, "access.pin.password")
	if len(p.list()) != 1 || len(p.s.Admitted()) != 1 {
		t.Error("a removed user has a seat")
	}
	_, err = p.seats.Enter(ctx, "сестра", first)
	refused(t, err, fault.Password, "")
	p.seats.Leave(p.who.ID)
	if len(p.list()) != 0 {
		t.Error("who left has a seat")
	}
}

// Issue 3: guessing gets slower, for one login, across restarts; the right password
// is not tried before its time either.
func TestDoorSlowsDown(t *testing.T) {
	p, ctx := newPost(t), context.Background()
	_ = p.s.Close()
	for range 3 {
		_, _, err := p.door.Open(ctx, admin, "неверный пароль")
		refused(t, err, fault.Password, "vault.password.wrong")
	}
	_, _, err := p.door.Open(ctx, admin, password)
	refused(t, err, fault.Forbidden, "access.wait")
	if present := p.door.Wait(" ГЛАВНЫЙ"); present != 5*time.Second || p.door.Wait("сестра") != 0 || p.door.Failures(admin) != 3 {
		t.Error("waits", present, p.door.Wait("сестра"))
	}
	p.door = access.NewDoor(p.dir, p.options()) // the program starts again
	_, _, err = p.door.Open(ctx, admin, password)
	refused(t, err, fault.Forbidden, "access.wait")
	p.now = p.now.Add(5 * time.Second)
	p.open()
	if p.door.Wait(admin) != 0 {
		t.Error("a success does not end the waiting")
	}
	known, err := p.door.Known()
	if err != nil || len(known) != 2 || known[0].Login != admin || !known[0].Entered.Equal(p.now) {
		t.Error("who was here last is not the first of the list", known, err)
	}
	// Somebody else's program has the directory: that is no wrong password.
	for range 5 {
		_, _, err = p.door.Open(ctx, admin, password)
		refused(t, err, fault.Locked, "")
	}
	if p.door.Wait(admin) != 0 {
		t.Error("a locked directory counts as a wrong password")
	}
}

// BenchmarkPIN is the switch of users: check and sit down (issue 3: three seconds).
func BenchmarkPIN(b *testing.B) {
	dir := b.TempDir()
	s, _, err := store.Found(b.Context(), dir, store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: password, Params: cheap,
		Admin: clinic.Staff{Login: admin, Roles: []clinic.Role{clinic.Administrator}, Active: true},
	}, store.Options{CacheMB: 8, Throwaway: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	who, err := access.Whoami(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	seats := access.NewSeats(s, access.NewDoor(dir, store.Options{}), nil, who)
	if err := seats.SetPIN(b.Context(), who, "8364"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := seats.CheckPIN(b.Context(), who.ID, "8364"); err != nil {
			b.Fatal(err)
		}
	}
}

// R11.2, R11.3: who was demoted while another sat there comes back with the new roles,
// signs, and certifies nobody any more; a use case that was begun before finds its
// actor's keys gone and signs nothing in another's hand.
func TestDemotedComesBack(t *testing.T) {
	p, ctx := newPost(t), context.Background()
	users := access.NewUsers(p.s, p.who)
	if _, err := users.Add(ctx, clinic.Staff{Login: "вторая", Roles: []clinic.Role{clinic.Administrator, clinic.Doctor}}, first); err != nil {
		t.Fatal(err)
	}
	second, err := p.seats.Enter(ctx, "вторая", first)
	if err == nil {
		err = p.seats.SetPIN(ctx, second, "8364")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.seats.Enter(ctx, admin, password); err != nil {
		t.Fatal(err)
	}
	_, err = users.Edit(ctx, "вторая", func(s clinic.Staff) (clinic.Staff, error) {
		s.Roles = []clinic.Role{clinic.Doctor}
		return s, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	back, err := p.seats.CheckPIN(ctx, second.ID, "8364")
	if err != nil || back.May(clinic.ManageUsers) || !back.May(clinic.SignProtocols) {
		t.Fatal("the roles are those of the morning", err)
	}
	if p.s.Session().SignAsUser([]byte("x")) == nil {
		t.Error("who was demoted can't sign")
	}
	_, err = access.NewUsers(p.s, back).Add(ctx, clinic.Staff{Login: "третья", Roles: []clinic.Role{clinic.Nurse}}, "длинный пароль")
	refused(t, err, fault.Forbidden, "")
	// What stands in the session of the morning's roles goes by the certificate too.
	_, err = access.NewUsers(p.s, second).Add(ctx, clinic.Staff{Login: "третья", Roles: []clinic.Role{clinic.Nurse}}, "длинный пароль")
	refused(t, err, fault.Forbidden, "vault.user.not_issuer")
	// The administrator leaves; a work of theirs that comes late is signed by nobody.
	p.seats.Leave(p.who.ID)
	err = p.s.Update(ctx, journal.Act{Actor: p.who.ID, Intent: "test"}, func(*store.Tx) error {
		if p.s.Session().SignAsUser([]byte("x")) != nil {
			t.Error("another's keys signed for who had left")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
