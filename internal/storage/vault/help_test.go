package vault

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// cheap is the least that the password function takes.
var cheap = Params{Time: 1, Memory: 8, Threads: 1}

const (
	testLogin    = "Фельдшер Ёлкина"
	testPassword = "восемь букв"
)

func testInit() InitParams {
	return InitParams{
		Organisation: ledger.NewID(), Login: testLogin, UserID: ledger.NewID(),
		Password: testPassword, DeviceName: "Пост 1", Params: cheap,
	}
}

// newVault makes a vault in a fresh directory.
func newVault(t testing.TB) (dir, phrase string, s *Session) {
	t.Helper()
	dir = t.TempDir()
	s, phrase, err := Init(dir, testInit())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return dir, phrase, s
}

func mustOpen(t testing.TB, dir, login, password string) *Session {
	t.Helper()
	s, err := Open(dir, login, password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantFault checks the kind and the key of a fault.
func wantFault(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Key != key {
		t.Fatalf("got %v, want %v %s", err, kind, key)
	}
}

func ids(n int) []ledger.ID {
	out := make([]ledger.ID, n)
	for i := range out {
		out[i] = ledger.NewID()
	}
	return out
}

func readFiles(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	files := map[string][]byte{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		files[e.Name()] = b
	}
	return files
}

func damageKeys(list []*fault.Error) []string {
	var keys []string
	for _, f := range list {
		keys = append(keys, f.Key)
	}
	return keys
}

// rounds is how many random cases a test tries.
func rounds(ordinary int) int {
	if os.Getenv("FELDSHER_SOAK") == "1" {
		return ordinary * 10
	}
	return ordinary
}
