package vault

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// R11.1: what Init made, the password opens again.
func TestInitAndOpen(t *testing.T) {
	dir, _, s := newVault(t)
	patient := ledger.NewID()
	must(t, s.Keyring().Ensure([]ledger.ID{patient}, Classes()...))
	key, err := s.Keyring().Key(patient, Medical)
	must(t, err)
	scope, epoch, scopeKey, err := s.CurrentScope()
	must(t, err)
	if epoch != 1 || scope.IsZero() || *scopeKey == [KeySize]byte{} {
		t.Fatalf("scope %v epoch %d", scope, epoch)
	}

	for _, login := range []string{testLogin, "фельдшер ёлкина", "  ФЕЛЬДШЕР ЁЛКИНА ", "фельдшер е\u0308лкина"} {
		again := mustOpen(t, dir, login, testPassword)
		if again.DatabaseKey() != s.DatabaseKey() || again.DatabaseKey() == [KeySize]byte{} {
			t.Fatal("another database key")
		}
		if again.Organisation() != s.Organisation() || again.Device() != s.Device() ||
			again.User() != s.User() || again.DeviceName() != "Пост 1" {
			t.Fatal("another identity")
		}
		k, err := again.Keyring().Key(patient, Medical)
		must(t, err)
		sk, err := again.ScopeKey(scope, 1)
		must(t, err)
		if *k != *key || *sk != *scopeKey {
			t.Fatal("another key")
		}
		if d := again.Damage(); len(d) != 0 {
			t.Fatal(d)
		}
	}
	if !Exists(dir) || Exists(t.TempDir()) {
		t.Fatal("Exists")
	}
}

func TestSignatures(t *testing.T) {
	_, _, s := newVault(t)
	msg := []byte("feldsher test\x00message")
	device, ok := s.DeviceKey(s.Device())
	if !ok || !ed25519.Verify(device, msg, s.Sign(msg)) {
		t.Fatal("device signature")
	}
	user, ok := s.UserKey(s.User())
	if !ok || !ed25519.Verify(user, msg, s.SignAsUser(msg)) || ed25519.Verify(user, msg, s.Sign(msg)) {
		t.Fatal("user signature")
	}
	if _, ok := s.DeviceKey(s.User()); ok {
		t.Fatal("a user's key passed for a device's")
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are the directory's there")
	}
	dir, _, _ := newVault(t)
	for name := range readFiles(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

// R11.1: nothing in the files gives a key away.
func TestNoSecretInFiles(t *testing.T) {
	dir, phrase, s := newVault(t)
	patient := ledger.NewID()
	must(t, s.Keyring().Ensure([]ledger.ID{patient}, Identity))
	key, err := s.Keyring().Key(patient, Identity)
	must(t, err)
	_, _, scope, err := s.CurrentScope()
	must(t, err)
	db := s.DatabaseKey()
	secrets := [][]byte{
		db[:], key[:], scope[:], patient[:], s.user.seed[:], s.user.receive[:], s.device.seed[:],
		s.device.receive[:], []byte(testPassword), []byte(strings.Fields(phrase)[0]),
	}
	for name, content := range readFiles(t, dir) {
		for i, secret := range secrets {
			if bytes.Contains(content, secret) {
				t.Errorf("%s holds secret %d", name, i)
			}
		}
	}
}

func TestWrongPassword(t *testing.T) {
	dir, _, _ := newVault(t)
	for _, c := range [][2]string{
		{testLogin, "восемь буквы"},
		{testLogin, ""},
		{testLogin, strings.Repeat("я", 5000)},
		{testLogin, "\xff\xfe"},
		{"никто", testPassword},
		{"", testPassword},
		{"никто", "что-нибудь"},
	} {
		_, err := Open(dir, c[0], c[1])
		wantFault(t, err, fault.Password, "vault.password.wrong")
	}
	_, err := Open(t.TempDir(), testLogin, testPassword)
	wantFault(t, err, fault.NotFound, "vault.missing")
}

// An unknown login must cost as much as a wrong password: here the memory that
// the password function takes is the witness, since it can't be skipped.
func TestUnknownLoginRunsThePasswordFunction(t *testing.T) {
	p := testInit()
	p.Params = Params{Time: 1, Memory: 8 << 10, Threads: 1}
	dir := t.TempDir()
	_, _, err := Init(dir, p)
	must(t, err)
	cost := func(login string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Open(dir, login, "неверный пароль"); !fault.Is(err, fault.Password) {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if known, unknown := cost(testLogin), cost("никто"); unknown < 8<<20 || known < 8<<20 {
		t.Fatalf("known %d, unknown %d bytes", known, unknown)
	}
}

func TestInitRefuses(t *testing.T) {
	dir, _, _ := newVault(t)
	before := readFiles(t, dir)
	_, _, err := Init(dir, testInit())
	wantFault(t, err, fault.Conflict, "vault.exists")
	for name, content := range readFiles(t, dir) {
		if !bytes.Equal(before[name], content) {
			t.Fatalf("%s changed", name)
		}
	}
	_, _, err = Init(filepath.Join(dir, "нет"), testInit())
	wantFault(t, err, fault.NotFound, "vault.directory")

	for key, change := range map[string]func(*InitParams){
		"vault.password.short": func(p *InitParams) { p.Password = "семь бу" },
		"vault.password.long":  func(p *InitParams) { p.Password = strings.Repeat("a", 1025) },
		"vault.password.text":  func(p *InitParams) { p.Password = "\xff\xff\xff\xff\xff\xff\xff\xff" },
		"vault.login.bad":      func(p *InitParams) { p.Login = " " },
		"vault.user.no_id":     func(p *InitParams) { p.UserID = ledger.ID{} },
		"vault.params":         func(p *InitParams) { p.Params.Memory = 2 << 20 },
		"vault.device.name":    func(p *InitParams) { p.DeviceName = "пост\xff" },
	} {
		p := testInit()
		change(&p)
		dir := t.TempDir()
		_, _, err := Init(dir, p)
		wantFault(t, err, fault.Invalid, key)
		if len(readFiles(t, dir)) != 0 {
			t.Fatal("a refused Init left files")
		}
	}
	p := testInit()
	p.Password = strings.Repeat("ж", 512) // 1024 bytes
	_, _, err = Init(t.TempDir(), p)
	must(t, err)
}

// A keyring without its slots may be a vault whose slots were lost: hands off.
func TestInitRefusesAnOrphanedKeyring(t *testing.T) {
	dir, _, _ := newVault(t)
	must(t, os.Remove(filepath.Join(dir, "slots.a")))
	must(t, os.Remove(filepath.Join(dir, "slots.b")))
	_, _, err := Init(dir, testInit())
	wantFault(t, err, fault.Conflict, "vault.exists")
}

func TestDatabaseSalt(t *testing.T) {
	dir, _, s := newVault(t)
	if _, ok := s.Salt(); ok {
		t.Fatal("a salt before it was set")
	}
	salt := [16]byte{1, 2, 3}
	must(t, s.SetDatabaseSalt(salt))
	must(t, s.SetDatabaseSalt(salt))
	if got, ok := mustOpen(t, dir, testLogin, testPassword).Salt(); !ok || got != salt {
		t.Fatal(got, ok)
	}
}

func TestClosedSession(t *testing.T) {
	_, _, s := newVault(t)
	patient := ledger.NewID()
	must(t, s.Keyring().Ensure([]ledger.ID{patient}, Money))
	block := s.ring.slab.blocks[0]
	if block[0] == [KeySize]byte{} {
		t.Fatal("the key is not where the test looks")
	}
	must(t, s.Close())
	must(t, s.Close())
	if s.DatabaseKey() != [KeySize]byte{} || s.Sign(nil) != nil || s.SignAsUser(nil) != nil ||
		s.user != (identity{}) || s.device != (identity{}) || block[0] != [KeySize]byte{} {
		t.Fatal("a key is still there")
	}
	_, err := s.Keyring().Key(patient, Money)
	wantFault(t, err, fault.Forbidden, "vault.closed")
	wantFault(t, s.Keyring().Ensure(ids(1), Money), fault.Forbidden, "vault.closed")
	wantFault(t, s.Keyring().Erase(patient, Money), fault.Forbidden, "vault.closed")
	wantFault(t, s.Keyring().Compact(), fault.Forbidden, "vault.closed")
	wantFault(t, s.ChangePassword(testPassword, "новый пароль"), fault.Forbidden, "vault.closed")
	_, _, _, err = s.CurrentScope()
	wantFault(t, err, fault.Forbidden, "vault.closed")
	_, err = s.Rotate(ledger.NewID())
	wantFault(t, err, fault.Forbidden, "vault.closed")
}
