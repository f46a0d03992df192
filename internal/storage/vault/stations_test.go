package vault

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// R7: a copied directory gets an identity of its own, which the others trust by its
// chain; what it could read it reads on.
func TestSucceed(t *testing.T) {
	_, phrase, a := newVault(t)
	dir, b := joined(t, a, "Пост 2", testLogin, testPassword)
	meet(t, a, b)
	must(t, b.Keyring().Ensure(ids(1), Medical))
	b.Close()
	copied := t.TempDir()
	for name, content := range readFiles(t, dir) {
		must(t, os.WriteFile(filepath.Join(copied, name), content, 0o600))
	}
	b = mustOpen(t, dir, testLogin, testPassword)
	c := mustOpen(t, copied, testLogin, testPassword)
	key, _ := b.DeviceKey(b.Device())
	former, signFormer, err := c.Succeed()
	must(t, err)
	if former != b.Device() || c.Device() == former || !ed25519.Verify(key, []byte("слово"), signFormer([]byte("слово"))) {
		t.Fatal("former identity")
	}
	next, ok := a.Introduced(c.Device(), c.Introduction())
	if !ok || !ed25519.Verify(next, []byte("слово"), c.Sign([]byte("слово"))) {
		t.Fatal("the successor is not introduced")
	}
	if _, ok := a.Introduced(c.Device(), c.Introduction()[:1]); ok {
		t.Fatal("introduced without its chain")
	}
	if _, ok := a.DeviceKey(c.Device()); ok {
		t.Fatal("known before it was absorbed")
	}
	meet(t, a, b, c)
	c.Close()
	c = mustOpen(t, copied, testLogin, testPassword)
	if f := c.Formers(); len(f) != 1 || f[0].Device != former || f[0].Next != c.Device() || !bytes.Equal(f[0].NextKey, next) ||
		!ed25519.Verify(key, []byte("слово"), f[0].Sign([]byte("слово"))) {
		t.Fatal("the former key is lost over a restart")
	}
	if len(c.Damage()) != 0 || c.Keyring().Len() != 1 {
		t.Fatal(c.Damage())
	}
	again, _, err := c.Succeed() // once more
	must(t, err)
	meet(t, a, b, c)
	for _, s := range []*Session{a, b, c} {
		st := s.Stations()
		if len(st) != 4 || st[2].ID != again || st[2].Successor != former || st[3].ID != c.Device() || st[3].Successor != again {
			t.Fatal(st)
		}
	}
	must(t, c.ForgetFormer(former))
	if f := c.Formers(); len(f) != 1 || f[0].Device != again {
		t.Fatal(f)
	}
	r, err := Recover(copied, phrase, RecoverParams{Login: testLogin, Password: "новый пароль", Params: cheap})
	must(t, err)
	r.Close()
}

// A revocation ends a device at the entry that it names, and whoever the device has
// certified, known or not, but for those that are kept or ended with their own entry.
func TestRevokeDevice(t *testing.T) {
	dirA, _, a := newVault(t)
	dir, b := joined(t, a, "Пост 2", testLogin, testPassword)
	b.Close()
	_, other := joined(t, a, "Пост 3", testLogin, testPassword)
	copies := map[string]*Session{}
	for _, name := range []string{"kept", "ended", "covered", "later"} {
		to := t.TempDir()
		for file, content := range readFiles(t, dir) {
			must(t, os.WriteFile(filepath.Join(to, file), content, 0o600))
		}
		c := mustOpen(t, to, testLogin, testPassword)
		_, _, err := c.Succeed()
		must(t, err)
		copies[name] = c
		if name != "later" {
			share(t, c, a)
		}
	}
	b = mustOpen(t, dir, testLogin, testPassword)
	if n := len(a.Successors(b.Device())); n != 3 {
		t.Fatal(n)
	}
	hash := bytes.Repeat([]byte{5}, 32)
	wantFault(t, a.RevokeDevice(a.Device(), 0, nil, "lost"), fault.Conflict, "vault.device.own")
	wantFault(t, a.RevokeDevice(ledger.NewID(), 0, nil, "lost"), fault.NotFound, "vault.device.unknown")
	wantFault(t, a.RevokeDevice(b.Device(), 7, nil, "lost"), fault.Invalid, "vault.revocation.bad")
	scope, before, _, err := a.CurrentScope()
	must(t, err)
	must(t, a.RevokeDevice(b.Device(), 7, hash, "lost",
		SuccessorEnd{Device: copies["kept"].Device(), Keep: true},
		SuccessorEnd{Device: copies["ended"].Device(), LastSeq: 3, LastHash: hash}))
	share(t, a, other)
	for _, s := range []*Session{a, other, mustOpen(t, dirA, testLogin, testPassword)} {
		for _, c := range []struct {
			device ledger.ID
			last   uint64 // the last that counts
		}{{b.Device(), 7}, {copies["ended"].Device(), 3}, {copies["covered"].Device(), 0}} {
			if s.Accepts(c.device, c.last+1) || c.last > 0 && !s.Accepts(c.device, c.last) {
				t.Fatalf("device ended at %d", c.last)
			}
		}
		if !s.Accepts(copies["kept"].Device(), 1<<40) || !s.Accepts(a.Device(), 1<<40) || !s.Accepts(ledger.NewID(), 1) {
			t.Fatal("one too many ended")
		}
		if _, ok := s.Introduced(copies["later"].Device(), copies["later"].Introduction()); ok {
			t.Fatal("a revoked device introduced a successor")
		}
		revoked := 0
		for _, st := range s.Stations() {
			if !st.Revoked.IsZero() {
				revoked++
			}
		}
		if revoked != 3 {
			t.Fatalf("%d revoked stations", revoked)
		}
	}
	_, _, err = other.Absorb(copies["later"].Records())
	must(t, err)
	if other.Accepts(copies["later"].Device(), 1) {
		t.Fatal("a successor that came later is accepted")
	}
	// The new epoch is for the others.
	epoch := a.body.epoch(scope)
	if epoch <= before || a.body.at(scope, epoch).reads(CertDevice, b.Device()) ||
		!a.body.at(scope, epoch).reads(CertDevice, other.Device()) || !a.body.at(scope, epoch).reads(CertDevice, copies["kept"].Device()) {
		t.Fatal("readers of the new epoch")
	}
	// And another after all that: the numbers of two such never meet.
	must(t, a.RevokeDevice(other.Device(), 1, hash, "lost"))
	if a.body.epoch(scope) <= epoch {
		t.Fatal("epochs do not grow")
	}
	nurse := NewUser{ID: ledger.NewID(), Login: "медсестра", Password: "12345678"}
	must(t, a.AddUser(nurse))
	n := mustOpen(t, dirA, nurse.Login, nurse.Password)
	wantFault(t, n.RevokeDevice(copies["kept"].Device(), 0, nil, "lost"), fault.Forbidden, "vault.user.not_issuer")
}

// A device can't take another's id by certifying it as its successor.
func TestSuccessorCantBeAnother(t *testing.T) {
	_, _, a := newVault(t)
	_, b := joined(t, a, "Пост 2", testLogin, testPassword)
	evil, err := newIdentity()
	must(t, err)
	receive, err := publicReceiveKey(&evil.receive)
	must(t, err)
	for _, kind := range []CertKind{CertDevice, CertUser, CertRecovery} {
		_, signed := b.certifyBy(Certificate{
			Kind: kind, Subject: a.Device(), SignKey: evil.publicSign(), ReceiveKey: receive,
		}, b.deviceSigner())
		records := append(b.Introduction(), newRecord(RecordCertificate, marshal(signed)))
		if key, ok := a.Introduced(a.Device(), records); !ok || bytes.Equal(key, evil.publicSign()) {
			t.Fatal("another device's id was taken")
		}
		_, bad, err := a.Absorb(records)
		must(t, err)
		if len(bad) != 1 {
			t.Fatal(bad)
		}
	}
}
