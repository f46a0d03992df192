package vault

import (
	"slices"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

func TestAddUser(t *testing.T) {
	dir, _, s := newVault(t)
	nurse := NewUser{ID: ledger.NewID(), Login: "Медсестра", Password: "другой пароль"}
	must(t, s.AddUser(nurse))

	n := mustOpen(t, dir, "медсестра", nurse.Password)
	if n.DatabaseKey() != s.DatabaseKey() || n.User() != nurse.ID {
		t.Fatal("another vault")
	}
	scope, _, want, err := s.CurrentScope()
	must(t, err)
	for i := range n.body.Scopes { // opened by the user, not by the device
		key, ok := n.body.Scopes[i].open(n.Organisation(), CertUser, nurse.ID, &n.user.receive)
		if !ok || key != *want {
			t.Fatalf("scope key of %v is not sealed to the user", scope)
		}
	}
	want2 := []UserInfo{{s.User(), testLogin, true}, {nurse.ID, "Медсестра", false}}
	if got := n.Users(); !slices.Equal(got, want2) {
		t.Fatal(got)
	}

	wantFault(t, n.AddUser(NewUser{ID: ledger.NewID(), Login: "ещё", Password: "12345678"}),
		fault.Forbidden, "vault.user.not_issuer")
	wantFault(t, n.AllowIssuing("медсестра"), fault.Forbidden, "vault.user.not_issuer")
	_, err = n.NewPhrase()
	wantFault(t, err, fault.Forbidden, "vault.user.not_issuer")
	for key, u := range map[string]NewUser{
		"vault.user.login_taken": {ID: ledger.NewID(), Login: "МЕДСЕСТРА", Password: "12345678"},
		"vault.user.id_taken":    {ID: nurse.ID, Login: "иная", Password: "12345678"},
	} {
		wantFault(t, s.AddUser(u), fault.Conflict, key)
	}
	for key, u := range map[string]NewUser{
		"vault.password.short": {ID: ledger.NewID(), Login: "иная", Password: "1234567"},
		"vault.login.bad":      {ID: ledger.NewID(), Login: "a\nb", Password: "12345678"},
		"vault.user.no_id":     {Login: "иная", Password: "12345678"},
	} {
		wantFault(t, s.AddUser(u), fault.Invalid, key)
	}
}

func TestAllowIssuing(t *testing.T) {
	dir, _, s := newVault(t)
	must(t, s.AddUser(NewUser{ID: ledger.NewID(), Login: "второй", Password: "12345678"}))
	must(t, s.AllowIssuing("Второй"))
	must(t, s.AllowIssuing("второй")) // once more changes nothing
	wantFault(t, s.AllowIssuing("третий"), fault.NotFound, "vault.user.unknown")
	second := mustOpen(t, dir, "второй", "12345678")
	must(t, second.AddUser(NewUser{ID: ledger.NewID(), Login: "третий", Password: "12345678"}))
	mustOpen(t, dir, "третий", "12345678")
	if n := len(second.Certificates().All()); n != 6 { // root, device, phrase, second twice, third
		t.Fatalf("%d certificates", n)
	}
}

// Who may issue no more keeps the scopes through every rotation; what was issued stays good.
func TestForbidIssuing(t *testing.T) {
	dir, _, s := newVault(t)
	second := NewUser{ID: ledger.NewID(), Login: "второй", Password: "12345678", Issuer: true}
	must(t, s.AddUser(second))
	must(t, mustOpen(t, dir, "второй", "12345678").AddUser(NewUser{ID: ledger.NewID(), Login: "третий", Password: "12345678"}))
	s = mustOpen(t, dir, testLogin, testPassword)
	must(t, s.ForbidIssuing("Второй"))
	must(t, s.ForbidIssuing("второй")) // once more changes nothing
	wantFault(t, s.ForbidIssuing("никто"), fault.NotFound, "vault.user.unknown")
	if n := len(s.Revocations()); n != 1 {
		t.Fatalf("%d revocations", n)
	}
	scope, _, _, err := s.CurrentScope()
	must(t, err)
	epoch, err := s.Rotate(scope)
	must(t, err)
	want, err := s.ScopeKey(scope, epoch)
	must(t, err)
	o := mustOpen(t, dir, "второй", "12345678")
	wantFault(t, o.AddUser(NewUser{ID: ledger.NewID(), Login: "ещё", Password: "12345678"}), fault.Forbidden, "vault.user.not_issuer")
	wantFault(t, o.ForbidIssuing(testLogin), fault.Forbidden, "vault.user.not_issuer")
	must(t, o.ForbidIssuing("второй")) // as it is already
	opened := false
	for i := range o.body.Scopes { // by the user, not by the device
		if e := &o.body.Scopes[i]; e.Epoch == epoch {
			key, ok := e.open(o.Organisation(), CertUser, second.ID, &o.user.receive)
			opened = ok && key == *want
		}
	}
	if !opened {
		t.Fatal("the later epoch is not sealed to the user")
	}
	mustOpen(t, dir, "третий", "12345678") // certified by the second
	// Of oneself too, but for the root, which can't be revoked.
	must(t, s.ForbidIssuing(testLogin))
	wantFault(t, mustOpen(t, dir, testLogin, testPassword).AllowIssuing("второй"), fault.Forbidden, "vault.user.not_issuer")
	if n := len(s.Revocations()); n != 1 {
		t.Fatalf("%d revocations", n)
	}
}

func TestRemoveUser(t *testing.T) {
	dir, _, s := newVault(t)
	wantFault(t, s.RemoveUser(testLogin), fault.Conflict, "vault.user.last")
	wantFault(t, s.RemoveUser("никто"), fault.NotFound, "vault.user.unknown")
	gone := NewUser{ID: ledger.NewID(), Login: "уволенный", Password: "12345678"}
	must(t, s.AddUser(gone))
	key, _ := s.UserKey(gone.ID)
	must(t, s.RemoveUser("Уволенный"))
	_, err := Open(dir, gone.Login, gone.Password)
	wantFault(t, err, fault.Password, "vault.password.wrong")
	s = mustOpen(t, dir, testLogin, testPassword)
	if again, ok := s.UserKey(gone.ID); !ok || !again.Equal(key) {
		t.Fatal("signatures of a former user can't be checked any more")
	}
	for _, e := range s.body.Scopes {
		for _, r := range e.Recipients {
			if r.ID == gone.ID {
				t.Fatal("a scope key is still sealed to the former user")
			}
		}
	}
	gone.Password = "снова здесь"
	must(t, s.AddUser(gone)) // with new keys, and the old certificate stays
	back := mustOpen(t, dir, gone.Login, gone.Password)
	if again, _ := back.UserKey(gone.ID); again.Equal(key) || len(back.Certificates().Of(CertUser, gone.ID)) != 2 {
		t.Fatal("certificates of a returning user")
	}
}

func TestChangePassword(t *testing.T) {
	dir, _, s := newVault(t)
	wantFault(t, s.ChangePassword("неверный старый", "новый пароль"), fault.Password, "vault.password.wrong")
	wantFault(t, s.ChangePassword(testPassword, "мал"), fault.Invalid, "vault.password.short")
	must(t, s.ChangePassword(testPassword, "новый пароль"))
	_, err := Open(dir, testLogin, testPassword)
	wantFault(t, err, fault.Password, "vault.password.wrong")
	again := mustOpen(t, dir, testLogin, "новый пароль")
	if again.user != s.user {
		t.Fatal("the private keys changed")
	}
}

// R11.3: a rotated scope key reaches the readers that are left, and no other.
func TestRotate(t *testing.T) {
	dir, _, s := newVault(t)
	lost := NewUser{ID: ledger.NewID(), Login: "утерян", Password: "12345678"}
	must(t, s.AddUser(lost))
	other := mustOpen(t, dir, lost.Login, lost.Password)
	receive := other.user.receive
	scope, _, first, err := s.CurrentScope()
	must(t, err)
	cert := s.Certificates().Of(CertUser, lost.ID)[0]
	must(t, s.Revoke(cert.ID, 0, nil, "left"))
	epoch, err := s.Rotate(scope)
	must(t, err)
	_, now, second, err := s.CurrentScope()
	must(t, err)
	if epoch != 2 || now != 2 || *second == *first {
		t.Fatal(epoch, now)
	}
	s = mustOpen(t, dir, testLogin, testPassword)
	for e, want := range map[uint32]*[KeySize]byte{1: first, 2: second} {
		key, err := s.ScopeKey(scope, e)
		must(t, err)
		if *key != *want {
			t.Fatalf("epoch %d", e)
		}
	}
	if _, ok := s.body.Scopes[1].open(s.Organisation(), CertUser, lost.ID, &receive); ok {
		t.Fatal("the revoked user reads the new epoch")
	}
	if len(s.body.Scopes[1].Recipients) != 3 { // first user, device, phrase
		t.Fatal(len(s.body.Scopes[1].Recipients))
	}
	_, err = s.Rotate(ledger.NewID())
	wantFault(t, err, fault.NotFound, "vault.scope.missing")
	_, err = s.ScopeKey(scope, 3)
	wantFault(t, err, fault.NotFound, "vault.scope.missing")
}
