package vault

import (
	"bytes"
	"encoding/json"
	"testing"

	"feldsher/internal/ledger"
)

// writeOld puts files of version 1 in the place of a vault's: each user's slot holds
// the database key, and nothing of it is signed.
func writeOld(t testing.TB, dir, phrase string, users map[*Session]string) {
	t.Helper()
	var o oldBody
	var db [KeySize]byte
	entropy, err := decodePhrase(phrase)
	must(t, err)
	for s, password := range users {
		b := s.body
		db = s.db
		paper, err := newPaperKeys(&entropy, b.Organisation)
		must(t, err)
		slot := userSlot{User: s.userID, Params: cheap, Salt: make([]byte, saltSize), Wrapped: make([]byte, wrappedOld)}
		for _, u := range b.Users {
			if u.User == s.userID {
				slot.Login = u.Login
			}
		}
		key := passwordKey(password, cheap, slot.Salt)
		slot.Wrapped = Seal(&key, slot.context(b), append(s.user.bytes(), db[:]...))
		o.Organisation, o.Device, o.DeviceName, o.DeviceKeys, o.Root = b.Organisation, b.Device, b.DeviceName, b.DeviceKeys, b.Root
		o.Certificates, o.Revocations = b.Certificates, b.Revocations
		o.Users = append(o.Users, oldSlot{slot.User, slot.Login, slot.Params, slot.Salt, slot.Wrapped})
		o.Recovery.Wrapped = Seal(&paper.wrap, context("phrase slot", b.Organisation[:]), db[:])
		o.Recovery.Certificate = ledger.NewID()
		o.Scopes = nil
		for _, e := range b.Scopes {
			old := oldEpoch{Scope: e.Scope, Epoch: e.Epoch}
			for _, r := range e.Recipients {
				old.Recipients = append(old.Recipients, oldRecipient{r.Kind, r.ID, r.Sealed})
			}
			o.Scopes = append(o.Scopes, old)
		}
	}
	content := marshal(o)
	raw := append([]byte(slotsMagic), 0, 1, 0, 0, 0, 0, 0, 0, 0, 9)
	raw = append(raw, byte(len(content)>>24), byte(len(content)>>16), byte(len(content)>>8), byte(len(content)))
	raw = append(raw, content...)
	raw = append(raw, slotsMAC(raw, &db)...)
	raw = resum(append(raw, make([]byte, 32)...))
	writeFile(t, dir, "slots.a", raw)
	writeFile(t, dir, "slots.b", raw)
}

// A vault of version 1 opens for each of its users and for the phrase, is written
// anew at the first login, and can be joined before the others have come in.
func TestOldSlots(t *testing.T) {
	dir, phrase, a := newVault(t)
	nurse := NewUser{ID: ledger.NewID(), Login: "медсестра", Password: "12345678"}
	must(t, a.AddUser(nurse))
	must(t, a.Keyring().Ensure(ids(1), Medical))
	db, device := a.DatabaseKey(), a.Device()
	n := mustOpen(t, dir, nurse.Login, nurse.Password)
	writeOld(t, dir, phrase, map[*Session]string{a: testPassword, n: nurse.Password})
	old := readFiles(t, dir)

	s := mustOpen(t, dir, testLogin, testPassword)
	if s.DatabaseKey() != db || s.Device() != device || len(s.Damage()) != 0 || len(s.Users()) != 2 || s.Keyring().Len() != 1 {
		t.Fatal(s.Damage(), s.Users())
	}
	must(t, s.CheckPhrase(phrase))
	sameCopies(t, osDisk{}, dir)
	if raw := readFiles(t, dir)["slots.a"]; raw[9] != slotsVersion || bytes.Equal(raw, old["slots.a"]) {
		t.Fatal("not written anew")
	}
	// The nurse has not come in yet; her slot still is as version 1 made it.
	dirB, b := joined(t, s, "Пост 2", nurse.Login, nurse.Password)
	if b.DatabaseKey() == db {
		t.Fatal("the database key came along")
	}
	share(t, b, s) // wrapped anew by the join
	for _, u := range s.body.Users {
		if len(u.Wrapped) != wrappedSize {
			t.Fatal("a slot of version 1 is left")
		}
	}
	mustOpen(t, dir, nurse.Login, nurse.Password)
	mustOpen(t, dirB, testLogin, testPassword)
	meet(t, s, b)

	// The phrase opens version 1 too.
	for name, content := range old {
		writeFile(t, dir, name, content)
	}
	r, err := Recover(dir, phrase, RecoverParams{Login: nurse.Login, Password: "новый пароль", Params: cheap})
	must(t, err)
	if r.DatabaseKey() != db {
		t.Fatal("another vault")
	}
	r.Close()
	mustOpen(t, dir, testLogin, testPassword)
	mustOpen(t, dir, nurse.Login, "новый пароль")
}

// Admitting wraps a slot of version 1 anew, and the user goes on with the same keys.
func TestOldSlotAdmitted(t *testing.T) {
	dir, phrase, a := newVault(t)
	nurse := NewUser{ID: ledger.NewID(), Login: "медсестра", Password: "12345678"}
	must(t, a.AddUser(nurse))
	n := mustOpen(t, dir, nurse.Login, nurse.Password)
	writeOld(t, dir, phrase, map[*Session]string{a: testPassword, n: nurse.Password})
	s := mustOpen(t, dir, testLogin, testPassword)
	user, err := s.Admit(nurse.Login, nurse.Password)
	must(t, err)
	must(t, s.ActAs(user))
	for _, u := range s.body.Users {
		if len(u.Wrapped) != wrappedSize {
			t.Fatal("a slot of version 1 is left")
		}
	}
	if !bytes.Equal(s.user.publicSign(), n.user.publicSign()) {
		t.Fatal("other keys")
	}
	mustOpen(t, dir, nurse.Login, nurse.Password)
}

// The example that docs/formats/keys.md had for version 1 still opens.
func TestOldExample(t *testing.T) {
	var v vector
	must(t, json.Unmarshal(oldFile(t, "example.json"), &v))
	for _, byPhrase := range []bool{false, true} {
		dir := t.TempDir()
		for _, name := range []string{"slots", "keyring"} {
			for _, suffix := range []string{".a", ".b"} {
				writeFile(t, dir, name+suffix, oldFile(t, name+".a"))
			}
		}
		var s *Session
		if byPhrase {
			var err error
			s, err = Recover(dir, v.Phrase, RecoverParams{Login: v.Login, Password: v.Password, Params: cheap})
			must(t, err)
			must(t, s.Close())
		}
		s = mustOpen(t, dir, v.Login, v.Password)
		if len(s.Damage()) != 0 {
			t.Fatal(s.Damage())
		}
		if got := vectorOf(t, s, v.Phrase, v.Patient); got != v {
			t.Fatalf("got  %+v\nwant %+v", got, v)
		}
	}
}

// A fault or a power cut at each operation of the passage leaves one of the two.
func TestOldSlotsFaultAtEveryOperation(t *testing.T) {
	base := newMemDisk(0)
	for _, name := range []string{"slots", "keyring"} {
		for _, suffix := range []string{".a", ".b"} {
			base.names["/vault/"+name+suffix] = &memFile{oldFile(t, name+".a"), oldFile(t, name+".a")}
		}
	}
	var v vector
	must(t, json.Unmarshal(oldFile(t, "example.json"), &v))
	for n := 1; ; n++ {
		d := base.clone(uint64(n))
		setFault(d, n, n%2 == 0)
		s, err := open(d, "/vault", v.Login, v.Password)
		must(t, err) // reading goes on
		s.Close()
		again, err := open(d.crash(uint64(n)), "/vault", v.Login, v.Password)
		must(t, err)
		if got := vectorOf(t, again, v.Phrase, v.Patient); got != v {
			t.Fatal("another content")
		}
		again.Close()
		if d.ops < n {
			return
		}
	}
}
