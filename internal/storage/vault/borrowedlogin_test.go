package vault

import (
	"slices"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

const petrovPassword = "пароль петрова 1"

// borrowed gives a slot that petrov's own keys have signed, with a login of petrov's
// choice, as only a program of petrov's own makes it.
func borrowed(t *testing.T, s *Session, user ledger.ID, login string) Record {
	t.Helper()
	if _, err := s.Admit("petrov", petrovPassword); err != nil {
		t.Fatal(err)
	}
	old := s.body.Users[s.body.user(user)]
	id := s.seats[user]
	slot := newUserSlot(s.body, user, login, petrovPassword, old.Params, id)
	slot.Grant, slot.Turn, slot.Certificate = old.Grant, old.Turn+1, old.Certificate
	key := id.signer()
	defer clear(key)
	slot.sign(s.Organisation(), signer{old.Certificate, key})
	return newRecord(RecordSlot, slot.record(s.Organisation()))
}

// A user can't take a colleague's login: who makes the colleague an administrator
// means the colleague, and who removes the user finds the user.
func TestUserKeepsTheLoginThatWasGiven(t *testing.T) {
	dir, _, a := newVault(t)
	petrov, ivanova := ledger.NewID(), ledger.NewID()
	must(t, a.AddUser(NewUser{ID: petrov, Login: "petrov", Password: petrovPassword}))
	must(t, a.AddUser(NewUser{ID: ivanova, Login: "ivanova", Password: "пароль ивановой 1"}))
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	meet(t, a, b)
	if changed, bad, err := a.Absorb([]Record{borrowed(t, b, petrov, "ivanova")}); changed || len(bad) != 1 || err != nil {
		t.Fatal("the login was taken", changed, bad, err)
	}
	if changed, bad, err := a.Absorb([]Record{borrowed(t, b, petrov, "petrov")}); !changed || len(bad) != 0 || err != nil {
		t.Fatal("a new password was not taken", changed, bad, err)
	}
	must(t, a.AllowIssuing("ivanova"))
	for _, u := range a.Users() {
		if u.Issues != (u.ID != petrov) {
			t.Fatal(u)
		}
	}
	must(t, a.RemoveUser("petrov"))
	must(t, a.Close())
	for _, login := range []string{"petrov", "ivanova"} {
		_, err := Open(dir, login, petrovPassword)
		wantFault(t, err, fault.Password, "vault.password.wrong")
	}
}

// Nor can a device give it in the user's stead, by a slot such as the passage from
// version 1 makes.
func TestDeviceGivesNoLogin(t *testing.T) {
	_, _, a := newVault(t)
	petrov := ledger.NewID()
	must(t, a.AddUser(NewUser{ID: petrov, Login: "petrov", Password: petrovPassword}))
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	meet(t, a, b)
	if _, err := b.Admit("petrov", petrovPassword); err != nil {
		t.Fatal(err)
	}
	old := b.body.Users[b.body.user(petrov)]
	by := b.deviceSigner()
	defer clear(by.key)
	for login, want := range map[string]int{"ivanova": 1, "Petrov": 0} {
		slot := newUserSlot(b.body, petrov, login, petrovPassword, old.Params, b.seats[petrov])
		slot.Certificate = old.Certificate
		slot.sign(b.Organisation(), by)
		_, bad, err := a.Absorb([]Record{newRecord(RecordSlot, slot.record(b.Organisation()))})
		if must(t, err); len(bad) != want {
			t.Fatal(login, bad)
		}
	}
}

// Whose certificate is ended opens no workstation, also where the slot is still there,
// and is made no administrator; but who only lost the right to issue comes in.
func TestRevokedUserDoesNotOpen(t *testing.T) {
	dir, _, a := newVault(t)
	petrov, ivanova := ledger.NewID(), ledger.NewID()
	must(t, a.AddUser(NewUser{ID: petrov, Login: "petrov", Password: petrovPassword}))
	must(t, a.AddUser(NewUser{ID: ivanova, Login: "ivanova", Password: "пароль ивановой 1", Issuer: true}))
	dirB, b := joined(t, a, "Пост 2", testLogin, testPassword)
	meet(t, a, b)
	must(t, a.ForbidIssuingOf(ivanova))
	for _, c := range a.Certificates().Of(CertUser, petrov) {
		must(t, a.Revoke(c.ID, 0, nil, "left"))
	}
	wantFault(t, a.AllowIssuingOf(petrov), fault.Forbidden, "vault.user.revoked")
	must(t, a.ForbidIssuingOf(petrov))
	meet(t, a, b)
	for _, s := range []*Session{a, b} {
		if slices.ContainsFunc(s.body.Openers, func(o opener) bool { return o.ID == petrov }) {
			t.Fatal("the database key is still sealed to a revoked user")
		}
		if _, err := s.Admit("petrov", petrovPassword); !fault.Is(err, fault.Forbidden) {
			t.Fatal(err)
		}
		must(t, s.Close())
	}
	for _, dir := range []string{dir, dirB} {
		_, err := Open(dir, "petrov", petrovPassword)
		wantFault(t, err, fault.Password, "vault.password.wrong")
		mustOpen(t, dir, "ivanova", "пароль ивановой 1").Close()
	}
	s := mustOpen(t, dir, testLogin, testPassword)
	must(t, s.RemoveUserOf(petrov))
	wantFault(t, s.RemoveUserOf(petrov), fault.NotFound, "vault.user.unknown")
	s.Close()
	_, err := Open(dir, "petrov", petrovPassword)
	wantFault(t, err, fault.Password, "vault.password.wrong")
}

// Two administrators may give one login away without knowing of each other. Then a
// login means nobody, and an id still somebody.
func TestLoginOfTwoMeansNobody(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	meet(t, a, b)
	one, two := ledger.NewID(), ledger.NewID()
	must(t, a.AddUser(NewUser{ID: one, Login: "petrov", Password: "пароль первого"}))
	must(t, b.AddUser(NewUser{ID: two, Login: "Petrov", Password: "пароль второго"}))
	meet(t, a, b)
	for _, do := range []func(string) error{a.AllowIssuing, a.ForbidIssuing, a.RemoveUser} {
		wantFault(t, do("petrov"), fault.Conflict, "vault.user.ambiguous")
	}
	must(t, a.AllowIssuingOf(two))
	must(t, a.RemoveUserOf(one))
	for _, u := range a.Users() {
		if u.ID == one || u.ID == two && !u.Issues {
			t.Fatal(u)
		}
	}
	must(t, a.RemoveUser("PETROV"))
}
