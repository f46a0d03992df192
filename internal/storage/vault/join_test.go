package vault

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// R7: a workstation is joined by one user who knows only their own password; the
// others come in with theirs, the phrase opens it, and its database key is its own.
func TestJoin(t *testing.T) {
	_, phrase, s := newVault(t)
	nurse := NewUser{ID: ledger.NewID(), Login: "Медсестра", Password: "другой пароль"}
	must(t, s.AddUser(nurse))
	scope, _, want, err := s.CurrentScope()
	must(t, err)
	dir, j := joined(t, s, "Пост 2", "медсестра", nurse.Password)
	if j.User() != nurse.ID || j.DatabaseKey() == s.DatabaseKey() || j.DatabaseKey() == [KeySize]byte{} {
		t.Fatal("user or database key")
	}
	got, err := j.ScopeKey(scope, 1)
	must(t, err)
	if *got != *want {
		t.Fatal("another scope key")
	}
	key, ok := s.DeviceKey(j.Device())
	if !ok || !ed25519.Verify(key, []byte("слово"), j.Sign([]byte("слово"))) {
		t.Fatal("the first workstation does not know the second")
	}
	admin, err := j.Admit(testLogin, testPassword)
	must(t, err)
	must(t, j.ActAs(admin))
	must(t, j.AddUser(NewUser{ID: ledger.NewID(), Login: "третий", Password: "12345678"}))
	for login, password := range map[string]string{"МЕДСЕСТРА": nurse.Password, testLogin: testPassword, "третий": "12345678"} {
		again := mustOpen(t, dir, login, password)
		if again.DatabaseKey() != j.DatabaseKey() || len(again.Damage()) != 0 {
			t.Fatal(login, again.Damage())
		}
	}
	_, err = Open(dir, testLogin, "неверный пароль")
	wantFault(t, err, fault.Password, "vault.password.wrong")
	must(t, j.CheckPhrase(phrase))
	r, err := Recover(dir, phrase, RecoverParams{Login: testLogin, Password: "новый пароль", Params: cheap})
	must(t, err)
	defer r.Close()
	if r.DatabaseKey() != j.DatabaseKey() || r.User() != s.User() {
		t.Fatal("recovered another vault")
	}
	share(t, r, s) // the new keys and password reach the first workstation
	meet(t, r, s)
}

func TestJoinRefuses(t *testing.T) {
	dir, _, s := newVault(t)
	inv, err := s.Invite("Пост 2")
	must(t, err)
	p := JoinParams{Login: testLogin, Password: "не тот пароль"}
	empty := t.TempDir()
	_, err = Join(empty, inv.Plain, p)
	wantFault(t, err, fault.Password, "vault.password.wrong")
	p.Login = "никто"
	_, err = Join(empty, inv.Plain, p)
	wantFault(t, err, fault.Password, "vault.password.wrong")
	if Exists(empty) {
		t.Fatal("a refused join left a vault")
	}
	p = JoinParams{Login: testLogin, Password: testPassword}
	_, err = Join(dir, inv.Plain, p)
	wantFault(t, err, fault.Conflict, "vault.exists")
	p.Params = Params{Time: 99}
	_, err = Join(empty, inv.Plain, p)
	wantFault(t, err, fault.Invalid, "vault.params")
	p.Params = Params{}
	// Whatever is changed in an invitation, it is refused or means the same.
	for name, change := range map[string]func(v *invitation){
		"another root":       func(v *invitation) { v.Root = ledger.NewID() },
		"another device":     func(v *invitation) { v.Device = ledger.NewID() },
		"another's keys":     func(v *invitation) { v.DeviceKeys[3] ^= 1 },
		"another receiver":   func(v *invitation) { v.DeviceKeys[40] ^= 1 },
		"a changed slot":     func(v *invitation) { v.Users[0].Wrapped[40] ^= 1 },
		"a renamed slot":     func(v *invitation) { v.Users[0].Login = "другой" },
		"a changed share":    func(v *invitation) { v.Scopes[0].Recipients[0].Sealed[3] ^= 1 },
		"no scope":           func(v *invitation) { v.Scopes = nil },
		"a certificate less": func(v *invitation) { v.Certificates = v.Certificates[1:] },
		"a ring without key": func(v *invitation) { v.RingGen = 3 },
		"a newer version":    func(v *invitation) { v.Version = 2 },
	} {
		v, err := unmarshal[invitation](bytes.Clone(inv.Plain))
		must(t, err)
		change(&v)
		_, err = Join(empty, marshal(v), p)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = s.Invite("пост\xff")
	wantFault(t, err, fault.Invalid, "vault.device.name")
	j, err := Join(empty, inv.Plain, p)
	must(t, err)
	j.Close()
	// The second joiner with the same invitation is the same device: the server gives
	// it out once.
	nurse := NewUser{ID: ledger.NewID(), Login: "медсестра", Password: "12345678"}
	must(t, s.AddUser(nurse))
	_, err = mustOpen(t, dir, nurse.Login, nurse.Password).Invite("Пост 3")
	wantFault(t, err, fault.Forbidden, "vault.user.not_issuer")
}

// R11.1: a fault of every operation in turn: there is a workstation that opens, or
// none and the join can be repeated.
func TestJoinFaultAtEveryOperation(t *testing.T) {
	_, _, s := newVault(t)
	inv, err := s.Invite("Пост 2")
	must(t, err)
	p := JoinParams{Login: testLogin, Password: testPassword}
	for n := 1; ; n++ {
		d := newMemDisk(uint64(n))
		setFault(d, n, n%2 == 0)
		j, err := joinVault(d, "/vault", inv.Plain, p)
		finished := err == nil && d.ops < n
		if err == nil {
			j.Close()
		} else if !fault.Is(err, fault.Space) {
			t.Fatal(err)
		}
		after := d.crash(uint64(n))
		if !exists(after, "/vault") {
			if err == nil {
				t.Fatalf("operation %d: Join said yes, and there is no vault", n)
			}
			j, err = joinVault(after, "/vault", inv.Plain, p)
		} else {
			j, err = open(after, "/vault", testLogin, testPassword)
		}
		must(t, err)
		j.Close()
		if finished {
			return
		}
	}
}

// An invitation and what a vault sends hold no key of another workstation.
func TestRecordsHoldNoSecret(t *testing.T) {
	_, phrase, s := newVault(t)
	must(t, s.Keyring().Ensure(ids(1), Medical))
	db, scope := s.DatabaseKey(), firstScope(t, s)
	scopeKey, err := s.ScopeKey(scope, 1)
	must(t, err)
	inv, err := s.Invite("Пост 2")
	must(t, err)
	secrets := [][]byte{db[:], scopeKey[:], s.user.seed[:], s.user.receive[:], s.device.seed[:], s.device.receive[:], []byte(phrase)}
	texts := [][]byte{inv.Plain}
	for _, r := range s.Records() {
		texts = append(texts, r.Bytes)
	}
	for _, text := range texts {
		for i, secret := range secrets {
			if bytes.Contains(text, secret) {
				t.Fatalf("secret %d is in clear", i)
			}
		}
	}
}

func FuzzInvitation(f *testing.F) {
	_, _, s := newVault(f)
	inv, err := s.Invite("Пост 2")
	must(f, err)
	f.Add(inv.Plain)
	f.Add(inv.Plain[:100])
	f.Fuzz(func(t *testing.T, plain []byte) {
		if v, err := parseInvitation(plain); err == nil && !bytes.Equal(marshal(v), plain) {
			t.Fatal("two encodings of one invitation")
		}
	})
}
