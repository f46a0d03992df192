package vault

import (
	"bytes"
	"slices"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// What is done to users and phrase at one workstation counts at the other.
func TestUsersReachTheOthers(t *testing.T) {
	dirA, _, a := newVault(t)
	dirB, b := joined(t, a, "Пост 2", testLogin, testPassword)
	nurse := NewUser{ID: ledger.NewID(), Login: "медсестра", Password: "12345678"}
	must(t, a.AddUser(nurse))
	if !share(t, a, b) || share(t, a, b) {
		t.Fatal("news once, and not twice")
	}
	n := mustOpen(t, dirB, nurse.Login, nurse.Password)
	if _, err := n.ScopeKey(firstScope(t, n), 1); err != nil {
		t.Fatal(err)
	}
	must(t, n.ChangePassword(nurse.Password, "87654321"))
	share(t, n, a)
	_, err := Open(dirA, nurse.Login, nurse.Password)
	wantFault(t, err, fault.Password, "vault.password.wrong")
	mustOpen(t, dirA, nurse.Login, "87654321")

	must(t, a.AllowIssuing(nurse.Login))
	share(t, a, n) // the acting user is an administrator at once
	must(t, n.AddUser(NewUser{ID: ledger.NewID(), Login: "третий", Password: "12345678"}))
	must(t, a.ForbidIssuing(nurse.Login))
	share(t, a, n)
	wantFault(t, n.AddUser(NewUser{ID: ledger.NewID(), Login: "ещё", Password: "12345678"}), fault.Forbidden, "vault.user.not_issuer")

	phrase, err := a.NewPhrase()
	must(t, err)
	share(t, a, n)
	// Nobody need change the scope's key once more.
	if e := n.body.epoch(firstScope(t, n)); e != a.body.epoch(firstScope(t, a)) || len(a.body.at(firstScope(t, a), e).Recipients) != 5 {
		t.Fatal("epoch after a new phrase")
	}
	must(t, n.CheckPhrase(phrase))
	n.Close()
	r, err := Recover(dirB, phrase, RecoverParams{Login: testLogin, Password: "новый пароль", Params: cheap})
	must(t, err)
	defer r.Close()
	meet(t, r, a)
	mustOpen(t, dirA, testLogin, "новый пароль")
	_, err = Open(dirA, testLogin, testPassword)
	wantFault(t, err, fault.Password, "vault.password.wrong")
}

// Who was removed is out everywhere, though they change their password elsewhere at
// the same time; who is taken back comes in again.
func TestRemovalCountsMore(t *testing.T) {
	_, _, a := newVault(t)
	dirB, b := joined(t, a, "Пост 2", testLogin, testPassword)
	gone := NewUser{ID: ledger.NewID(), Login: "уволенный", Password: "12345678"}
	must(t, a.AddUser(gone))
	share(t, a, b)
	g := mustOpen(t, dirB, gone.Login, gone.Password)
	must(t, g.ChangePassword(gone.Password, "87654321"))
	must(t, g.ChangePassword("87654321", "11112222"))
	must(t, a.RemoveUser(gone.Login))
	_, err := a.Rotate(firstScope(t, a))
	must(t, err)
	meet(t, a, g)
	if !g.User().IsZero() || g.SignAsUser(nil) != nil {
		t.Fatal("the removed user still acts")
	}
	for _, s := range []*Session{a, g} {
		if len(s.Users()) != 1 {
			t.Fatal(s.Users())
		}
	}
	_, err = Open(dirB, gone.Login, "11112222")
	wantFault(t, err, fault.Password, "vault.password.wrong")
	_, epoch, _, err := a.CurrentScope()
	must(t, err)
	if e := g.body.at(firstScope(t, a), epoch); e == nil || e.reads(CertUser, gone.ID) {
		t.Fatal("the removed user reads the new epoch")
	}
	gone.Password = "снова здесь"
	must(t, a.AddUser(gone))
	meet(t, a, g)
	mustOpen(t, dirB, gone.Login, gone.Password)
}

// A record that nobody who may has signed is left out and named; all others of the
// same batch are taken, in whatever order they come.
func TestAbsorbVerifies(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	_, _, foreign := newVault(t)
	org := a.Organisation()
	before := a.Records()
	user := a.User()
	device := b.deviceSigner()
	slot := a.body.Users[0]

	removal := userSlot{User: user, Login: testLogin, Grant: 9, Certificate: slot.Certificate}
	removal.sign(org, device)
	stranger := foreign.userSigner()
	stranger.cert = a.body.Root
	removalBy := removal
	removalBy.sign(org, stranger)
	replaced := slot
	replaced.Grant = 0
	replaced.sign(org, device)
	ahead := slot
	ahead.Grant, ahead.Turn = 7, 1
	ahead.sign(org, a.userSigner())
	shareOf := func(by signer) Record {
		e := scopeEpoch{Scope: firstScope(t, a), Epoch: 99}
		must(t, e.sealFor(org, a.Certificates().Of(CertUser, user)[0], &[KeySize]byte{1}, by))
		return newRecord(RecordShare, e.record(org, e.Recipients[0]))
	}
	_, forged := b.certifyBy(Certificate{ // a device certifies none but its successor
		Kind: CertDevice, Subject: ledger.NewID(), SignKey: b.device.publicSign(), ReceiveKey: make([]byte, KeySize),
	}, device)
	bad := []Record{
		newRecord(RecordSlot, removal.record(org)),
		newRecord(RecordSlot, removalBy.record(org)),
		newRecord(RecordSlot, ahead.record(org)),
		newRecord(RecordSlot, slot.record(ledger.NewID())),
		shareOf(stranger),
		newRecord(RecordCertificate, marshal(foreign.body.Certificates[0])),
		newRecord(RecordRevocation, marshal(SignRevocation(device.key, Revocation{
			Organisation: org, Certificate: slot.Certificate, Issuer: device.cert,
		}))),
		newRecord(RecordCertificate, marshal(forged)),
		newRecord(9, []byte{1}),
		newRecord(RecordSlot, []byte{0xa0}),
		newRecord(RecordShare, make([]byte, maxRecord+1)),
		{ID: ledger.NewID(), Kind: RecordCertificate, Bytes: before[0].Bytes},
	}
	changed, errs, err := a.Absorb(bad)
	must(t, err)
	if changed || len(errs) != len(bad) {
		t.Fatalf("%d of %d refused: %v", len(errs), len(bad), errs)
	}
	must(t, b.AddUser(NewUser{ID: ledger.NewID(), Login: "новая", Password: "12345678"}))
	mixed := append(b.Records(), bad...)
	slices.Reverse(mixed)
	changed, errs, err = a.Absorb(mixed)
	must(t, err)
	if !changed || len(errs) != len(bad) || len(a.Users()) != 2 {
		t.Fatal(changed, len(errs), a.Users())
	}
	// A slot that a device has signed, as at the passage from version 1, changes
	// nothing where an administrator's stands.
	_, errs, err = a.Absorb([]Record{newRecord(RecordSlot, replaced.record(org))})
	must(t, err)
	if len(errs) != 0 || a.body.Users[0].Grant != 1 {
		t.Fatal(errs)
	}
}

// Records are the same over a restart, and their ids say what they hold.
func TestRecordsAreStable(t *testing.T) {
	dir, _, a := newVault(t)
	must(t, a.AddUser(NewUser{ID: ledger.NewID(), Login: "медсестра", Password: "12345678"}))
	first := a.Records()
	again := mustOpen(t, dir, testLogin, testPassword).Records()
	seen := map[ledger.ID]bool{}
	if len(first) != len(again) {
		t.Fatal(len(first), len(again))
	}
	for i, r := range first {
		if r.ID != again[i].ID || r.Kind != again[i].Kind || !bytes.Equal(r.Bytes, again[i].Bytes) || seen[r.ID] {
			t.Fatal("record", i)
		}
		seen[r.ID] = true
	}
	if changed := share(t, a, a); !changed {
		t.Fatal("one's own records in the ledger publish the first epoch")
	}
	if share(t, a, a) {
		t.Fatal("news twice")
	}
}

// An epoch is used when the others have it (Published), and not before.
func TestPublished(t *testing.T) {
	dir, _, a := newVault(t)
	scope, one, _, err := a.CurrentScope()
	must(t, err)
	a.Published(scope, one)
	a.Published(scope, 77) // unknown: nothing
	two, err := a.Rotate(scope)
	must(t, err)
	for _, s := range []*Session{a, mustOpen(t, dir, testLogin, testPassword)} {
		if _, now, _, err := s.CurrentScope(); err != nil || now != one {
			t.Fatal(now, err)
		}
	}
	a.Published(scope, two)
	a.Published(scope, one)
	for _, s := range []*Session{a, mustOpen(t, dir, testLogin, testPassword)} {
		if _, now, _, err := s.CurrentScope(); err != nil || now != two {
			t.Fatal(now, err)
		}
	}
}

// A user who came while the key was changed elsewhere reads the new epoch, and two
// shut out at the same time at two workstations both stay out.
func TestConcurrentRotation(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	_, c := joined(t, a, "Пост 3", testLogin, testPassword)
	_, d := joined(t, a, "Пост 4", testLogin, testPassword)
	meet(t, a, b, c, d)
	scope := firstScope(t, a)
	_, late := joined(t, a, "Пост 5", testLogin, testPassword)
	must(t, a.RevokeDevice(c.Device(), 0, nil, "lost"))
	must(t, b.RevokeDevice(d.Device(), 0, nil, "lost"))
	meet(t, a, b, late)
	_, now, key, err := a.CurrentScope()
	must(t, err)
	for _, s := range []*Session{b, late} {
		if _, n, k, err := s.CurrentScope(); err != nil || n != now || *k != *key {
			t.Fatal(n, now, err)
		}
		for i := range a.body.Scopes {
			if _, err := s.ScopeKey(scope, a.body.Scopes[i].Epoch); err != nil {
				t.Fatalf("epoch %d: %v", a.body.Scopes[i].Epoch, err)
			}
		}
	}
	for _, out := range []*Session{c, d} {
		if a.body.at(scope, now).reads(CertDevice, out.Device()) {
			t.Fatal("a revoked device reads on")
		}
	}
}

func FuzzRecords(f *testing.F) {
	_, _, s := newVault(f)
	for _, r := range s.Records() {
		f.Add(byte(r.Kind), r.Bytes)
	}
	org := s.Organisation()
	genuine := map[ledger.ID]bool{}
	for _, r := range s.Records() {
		genuine[r.ID] = true
	}
	f.Fuzz(func(t *testing.T, kind byte, content []byte) {
		r := newRecord(RecordKind(kind), content)
		parseRecords(org, []Record{r})
		before := len(s.body.Certificates) + len(s.body.Users) + len(s.body.Revocations) + len(s.body.Scopes)
		_, bad, err := s.Absorb([]Record{r})
		if err != nil || len(bad) == 0 && !genuine[r.ID] {
			t.Fatal("a forged record passed", err)
		}
		if len(s.body.Certificates)+len(s.body.Users)+len(s.body.Revocations)+len(s.body.Scopes) != before {
			t.Fatal("a record that nobody signed changed the vault")
		}
		s.Introduced(ledger.NewID(), []Record{r})
	})
}

// Records that are known cost next to nothing.
func BenchmarkAbsorbKnown(b *testing.B) {
	_, _, s := newVault(b)
	for i := range 20 {
		must(b, s.AddUser(NewUser{ID: ledger.NewID(), Login: string(rune('a' + i)), Password: "12345678"}))
	}
	records := s.Records()
	_, _, err := s.Absorb(records)
	must(b, err)
	b.ResetTimer()
	for range b.N {
		if changed, _, err := s.Absorb(records); changed || err != nil {
			b.Fatal(err)
		}
	}
}
