package vault

import (
	"crypto/ed25519"
	"slices"
	"sync"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

const secondPassword = "девять букв"

// twoSeats is a vault with a second user, whose keys are not in memory yet.
func twoSeats(t *testing.T) (s *Session, first, second ledger.ID) {
	t.Helper()
	_, _, s = newVault(t)
	second = ledger.NewID()
	must(t, s.AddUser(NewUser{ID: second, Login: "Вторая", Password: secondPassword}))
	return s, s.User(), second
}

func signedBy(t *testing.T, s *Session, user ledger.ID, signature []byte) bool {
	t.Helper()
	key, ok := s.UserKey(user)
	if !ok {
		t.Fatal("no key of the user")
	}
	return ed25519.Verify(key, []byte("слово"), signature)
}

// R11.2, issue 3: who unlocked their keys once is switched to without a password,
// and then acts and signs as themselves.
func TestSeats(t *testing.T) {
	s, first, second := twoSeats(t)
	wantFault(t, s.ActAs(second), fault.Password, "vault.seat.none")
	for _, c := range [][2]string{{"вторая", testPassword}, {"нет такой", secondPassword}, {"", ""}} {
		_, err := s.Admit(c[0], c[1])
		wantFault(t, err, fault.Password, "vault.password.wrong")
	}
	id, err := s.Admit(" ВТОРАЯ ", secondPassword)
	must(t, err)
	if id != second || s.User() != first || !slices.Equal(s.Admitted(), []ledger.ID{first, second}) {
		t.Fatal("admitting switched, or took somebody else in")
	}
	if !signedBy(t, s, first, s.SignAsUser([]byte("слово"))) || !signedBy(t, s, second, s.SignFor(second, []byte("слово"))) {
		t.Fatal("signatures before the switch")
	}
	must(t, s.ActAs(second))
	if s.User() != second || !signedBy(t, s, second, s.SignAsUser([]byte("слово"))) {
		t.Fatal("the second user does not act")
	}
	wantFault(t, s.AddUser(NewUser{ID: ledger.NewID(), Login: "чужая", Password: "длинный пароль"}),
		fault.Forbidden, "vault.user.not_issuer")
	must(t, s.ChangePassword(secondPassword, "десять букв"))
	must(t, s.ActAs(first))
	must(t, s.AddUser(NewUser{ID: ledger.NewID(), Login: "третья", Password: "длинный пароль"}))
	must(t, s.ActAs(second))
	_, err = s.Admit("Вторая", "десять букв") // the acting user's own password, again
	must(t, err)
	if s.User() != second || !signedBy(t, s, first, s.SignFor(first, []byte("слово"))) {
		t.Fatal("after a second admission")
	}
}

func TestSigningLendsTheSignature(t *testing.T) {
	s, first, second := twoSeats(t)
	_, err := s.Admit("Вторая", secondPassword)
	must(t, err)
	end := s.Signing(second)
	if !signedBy(t, s, second, s.SignAsUser([]byte("слово"))) || s.User() != first {
		t.Error("the signature was not lent")
	}
	end()
	if !signedBy(t, s, first, s.SignAsUser([]byte("слово"))) {
		t.Error("the signature was not given back")
	}
	// Whose keys are gone signs nothing, least of all in another's hand.
	s.Dismiss(second)
	for _, gone := range []ledger.ID{second, ledger.NewID()} {
		end = s.Signing(gone)
		if s.SignAsUser([]byte("слово")) != nil {
			t.Error("another user's keys signed for one whose keys are gone")
		}
		end()
	}
	if !signedBy(t, s, first, s.SignAsUser([]byte("слово"))) {
		t.Error("a stranger took the signature away")
	}
}

// Dismissed keys are gone from memory, and their user needs the password again.
func TestDismiss(t *testing.T) {
	s, first, second := twoSeats(t)
	_, err := s.Admit("Вторая", secondPassword)
	must(t, err)
	kept := s.seats[second]
	s.Dismiss(second)
	if *kept != (identity{}) || s.SignFor(second, nil) != nil {
		t.Fatal("keys are still there")
	}
	wantFault(t, s.ActAs(second), fault.Password, "vault.seat.none")
	s.Dismiss(first)
	if !s.User().IsZero() || s.user != (identity{}) || s.SignAsUser(nil) != nil || len(s.Admitted()) != 0 {
		t.Fatal("somebody acts though everybody was dismissed")
	}
	if s.Sign(nil) == nil {
		t.Fatal("the device has lost its keys")
	}
	wantFault(t, s.AddUser(NewUser{ID: ledger.NewID(), Login: "х", Password: "длинный пароль"}), fault.Forbidden, "vault.user.not_issuer")
	id, err := s.Admit(testLogin, testPassword)
	must(t, err)
	must(t, s.ActAs(id))
	if s.User() != first {
		t.Fatal("the first user is not back")
	}
}

// R11.3: who was removed or revoked meanwhile is not switched to.
func TestRemovedLeavesTheSeat(t *testing.T) {
	s, _, second := twoSeats(t)
	_, err := s.Admit("Вторая", secondPassword)
	must(t, err)
	kept := s.seats[second]
	must(t, s.RemoveUser("Вторая"))
	if *kept != (identity{}) {
		t.Fatal("the keys of a removed user stayed")
	}
	wantFault(t, s.ActAs(second), fault.Password, "vault.seat.none")

	s, first, second := twoSeats(t)
	_, err = s.Admit("Вторая", secondPassword)
	must(t, err)
	must(t, s.Revoke(s.Certificates().Of(CertUser, second)[0].ID, 0, nil, "lost"))
	if !slices.Equal(s.Admitted(), []ledger.ID{first}) || s.SignFor(second, nil) != nil {
		t.Fatal("a revoked user may still sign")
	}
	wantFault(t, s.ActAs(second), fault.Forbidden, "vault.user.revoked")
	_, err = s.Admit("Вторая", secondPassword)
	wantFault(t, err, fault.Forbidden, "vault.user.revoked")
	if s.User() != first {
		t.Fatal("a refused switch switched")
	}
}

// A new epoch made while another acts stays readable.
func TestSeatsReadAllEpochs(t *testing.T) {
	s, _, second := twoSeats(t)
	_, err := s.Admit("Вторая", secondPassword)
	must(t, err)
	must(t, s.ActAs(second))
	scope, _, _, err := s.CurrentScope()
	must(t, err)
	epoch, err := s.Rotate(scope)
	must(t, err)
	for e := uint32(1); e <= epoch; e++ {
		if _, err := s.ScopeKey(scope, e); err != nil {
			t.Errorf("epoch %d: %v", e, err)
		}
	}
}

func TestCloseWipesSeats(t *testing.T) {
	s, first, second := twoSeats(t)
	_, err := s.Admit("Вторая", secondPassword)
	must(t, err)
	must(t, s.ActAs(second))
	kept := s.seats[first]
	must(t, s.Close())
	if *kept != (identity{}) || s.user != (identity{}) || len(s.Admitted()) != 0 {
		t.Fatal("keys are still there")
	}
	wantFault(t, s.ActAs(first), fault.Forbidden, "vault.closed")
	_, err = s.Admit("Вторая", secondPassword)
	wantFault(t, err, fault.Forbidden, "vault.closed")
}

// A signature is always one of the user who was named, whoever sits down meanwhile.
func TestSeatsTogether(t *testing.T) {
	s, first, second := twoSeats(t)
	_, err := s.Admit("Вторая", secondPassword)
	must(t, err)
	key, _ := s.UserKey(first)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range rounds(50) {
				if !ed25519.Verify(key, []byte("слово"), s.SignFor(first, []byte("слово"))) {
					t.Error("signed by somebody else")
					return
				}
				_ = s.Admitted()
			}
		})
	}
	all.Go(func() {
		for i := range rounds(100) {
			if err := s.ActAs([]ledger.ID{first, second}[i%2]); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
}
