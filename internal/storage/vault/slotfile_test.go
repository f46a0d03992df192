package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"feldsher/internal/fault"
)

func writeFile(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
}

// resum makes the checksum of a changed slots file right again.
func resum(raw []byte) []byte {
	end := len(raw) - sha256.Size
	sum := sha256.Sum256(raw[:end])
	copy(raw[end:], sum[:])
	return raw
}

// A bad copy is reported and repaired from the good one, whichever it is.
func TestSlotsRepair(t *testing.T) {
	for _, name := range []string{"slots.a", "slots.b"} {
		for what, spoil := range map[string]func(path string, good []byte) error{
			"missing":  func(path string, _ []byte) error { return os.Remove(path) },
			"empty":    func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
			"cut":      func(path string, good []byte) error { return os.WriteFile(path, good[:len(good)/2], 0o600) },
			"extended": func(path string, good []byte) error { return os.WriteFile(path, append(good, 0), 0o600) },
			"zeros":    func(path string, good []byte) error { return os.WriteFile(path, make([]byte, len(good)), 0o600) },
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				dir, _, s := newVault(t)
				s.Close()
				good := readFiles(t, dir)[name]
				must(t, spoil(filepath.Join(dir, name), slices.Clone(good)))
				s = mustOpen(t, dir, testLogin, testPassword)
				if keys := damageKeys(s.Damage()); !slices.Equal(keys, []string{"vault.damage.slots"}) {
					t.Fatal(keys)
				}
				if !bytes.Equal(readFiles(t, dir)[name], good) {
					t.Fatal("not repaired")
				}
			})
		}
	}
}

// One changed byte in one copy: the vault opens and says so. The same byte
// changed in both: damage, never another content.
func TestSlotsFlips(t *testing.T) {
	dir, _, s := newVault(t)
	s.Close()
	good := readFiles(t, dir)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range rounds(100) {
		raw := slices.Clone(good["slots.a"])
		raw[random.IntN(len(raw))] ^= 1 << random.IntN(8)
		name := []string{"slots.a", "slots.b"}[random.IntN(2)]
		writeFile(t, dir, name, raw)
		s := mustOpen(t, dir, testLogin, testPassword)
		if keys := damageKeys(s.Damage()); !slices.Equal(keys, []string{"vault.damage.slots"}) {
			t.Fatal(keys)
		}
		s.Close()
		writeFile(t, dir, "slots.a", raw)
		writeFile(t, dir, "slots.b", raw)
		_, err := Open(dir, testLogin, testPassword)
		wantFault(t, err, fault.Damaged, "vault.slots.unreadable")
		for name, content := range good {
			writeFile(t, dir, name, content)
		}
	}
}

// An altered file has a right checksum and a wrong MAC: it is told from a
// damaged one, and a genuine copy beside it wins.
func TestSlotsAltered(t *testing.T) {
	dir, _, s := newVault(t)
	must(t, s.AddUser(NewUser{ID: s.Device(), Login: "другой", Password: "12345678"}))
	db := s.DatabaseKey()
	s.Close()
	good := readFiles(t, dir)
	c, err := decodeSlots(good["slots.a"])
	must(t, err)
	b := c.body.clone()
	b.Certificates = b.Certificates[:3] // the attacker drops one
	wrong := [KeySize]byte{1}
	forged := encodeSlots(c.generation+5, b, &wrong)

	for _, name := range []string{"slots.a", "slots.b"} {
		writeFile(t, dir, name, forged)
		s := mustOpen(t, dir, testLogin, testPassword)
		if keys := damageKeys(s.Damage()); !slices.Equal(keys, []string{"vault.damage.altered"}) {
			t.Fatal(keys)
		}
		if s.Damage()[0].Args["file"] != name || len(s.Users()) != 2 {
			t.Fatal(s.Damage()[0].Args)
		}
		s.Close()
		after := readFiles(t, dir)
		if !bytes.Equal(after["slots.a"], good["slots.a"]) || !bytes.Equal(after["slots.b"], good["slots.b"]) {
			t.Fatal("not repaired")
		}
	}
	// A swapped slot looks like a wrong password, but not beside a good copy.
	b.Users[0].Wrapped[30] ^= 1
	writeFile(t, dir, "slots.b", encodeSlots(c.generation+5, b, &wrong))
	s = mustOpen(t, dir, testLogin, testPassword)
	if keys := damageKeys(s.Damage()); !slices.Equal(keys, []string{"vault.damage.altered"}) {
		t.Fatal(keys)
	}
	s.Close()
	for _, name := range []string{"slots.a", "slots.b"} {
		writeFile(t, dir, name, forged)
	}
	_, err = Open(dir, testLogin, testPassword)
	wantFault(t, err, fault.Damaged, "vault.slots.altered")
	if !(&slotsCopy{raw: good["slots.a"]}).authentic(&db) {
		t.Fatal("the genuine file fails its MAC")
	}
}

// After a crash between the two copies the former password is dead, though it
// still opens the copy that is behind.
func TestFormerPasswordOfTheCopyBehind(t *testing.T) {
	dir, _, s := newVault(t)
	before := readFiles(t, dir)
	must(t, s.ChangePassword(testPassword, "новый пароль"))
	for _, behind := range []string{"slots.a", "slots.b"} {
		writeFile(t, dir, behind, before[behind])
		_, err := Open(dir, testLogin, testPassword)
		wantFault(t, err, fault.Password, "vault.password.wrong")
		s := mustOpen(t, dir, testLogin, "новый пароль")
		if len(s.Damage()) != 0 {
			t.Fatal(s.Damage())
		}
	}
}

func TestSlotsNewer(t *testing.T) {
	dir, phrase, s := newVault(t)
	s.Close()
	raw := readFiles(t, dir)["slots.a"]
	binary.BigEndian.PutUint16(raw[8:], slotsVersion+1)
	writeFile(t, dir, "slots.a", resum(raw))
	_, err := Open(dir, testLogin, testPassword)
	wantFault(t, err, fault.Newer, "vault.newer")
	_, err = Recover(dir, phrase, RecoverParams{Login: testLogin, Password: "12345678", Params: cheap})
	wantFault(t, err, fault.Newer, "vault.newer")
	if !bytes.Equal(readFiles(t, dir)["slots.a"], raw) {
		t.Fatal("a newer file was touched")
	}
}

// A hostile file can't make the password function run for hours.
func TestAbsurdParams(t *testing.T) {
	_, _, s := newVault(t)
	db := s.DatabaseKey()
	for _, p := range []Params{
		{Time: 0, Memory: 64, Threads: 1},
		{Time: 17, Memory: 64, Threads: 1},
		{Time: 1, Memory: 7, Threads: 1},
		{Time: 1, Memory: 1<<20 + 1, Threads: 1},
		{Time: 1, Memory: 1 << 10, Threads: 0},
		{Time: 1, Memory: 1 << 10, Threads: 17},
	} {
		b := s.body.clone()
		b.Users[0].Params = p
		if _, err := decodeSlots(encodeSlots(1, b, &db)); err == nil {
			t.Errorf("%+v accepted", p)
		}
	}
	for name, change := range map[string]func(b *body){
		"login twice":   func(b *body) { b.Users = append(b.Users, b.Users[0]) },
		"odd login":     func(b *body) { b.Users[0].Login += " " },
		"short salt":    func(b *body) { b.Users[0].Salt = b.Users[0].Salt[:15] },
		"short slot":    func(b *body) { b.Users[0].Wrapped = nil },
		"database salt": func(b *body) { b.DatabaseSalt = make([]byte, 15) },
		"device keys":   func(b *body) { b.DeviceKeys = nil },
		"opener":        func(b *body) { b.Openers[0].Sealed = nil },
		"unsigned slot": func(b *body) { b.Users[0].Signature = nil },
		"ring":          func(b *body) { b.Ring.Gen = 1 },
		"scope":         func(b *body) { b.Scopes[0].Epoch = 0 },
		"recipient":     func(b *body) { b.Scopes[0].Recipients[0].Sealed = nil },
	} {
		b := s.body.clone()
		change(b)
		if _, err := decodeSlots(encodeSlots(1, b, &db)); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

// oldFile gives a file that version 1 wrote.
func oldFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "v1", name))
	must(t, err)
	return b
}

func FuzzSlots(f *testing.F) {
	_, _, s := newVault(f)
	db := s.DatabaseKey()
	good := encodeSlots(7, s.body, &db)
	f.Add(good)
	f.Add(good[:40])
	f.Add(oldFile(f, "slots.a"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > slotsHead+2*sha256.Size {
			raw = resum(slices.Clone(raw)) // let the fuzzer reach what is behind the checksum
		}
		c, err := decodeSlots(raw)
		if err != nil {
			return
		}
		if c.body.old != nil {
			return
		}
		if again := encodeSlots(c.generation, c.body, &db); !bytes.Equal(again[:len(again)-2*sha256.Size], raw[:len(raw)-2*sha256.Size]) {
			t.Fatal("two encodings of one content")
		}
		VerifyCertificates(c.body.Organisation, c.body.Root, c.body.Certificates)
	})
}
