package vault

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// The login page lists who works here without any password, and changes nothing.
func TestLogins(t *testing.T) {
	dir, _, s := newVault(t)
	must(t, s.AddUser(NewUser{ID: ledger.NewID(), Login: "Вторая", Password: secondPassword}))
	must(t, os.WriteFile(filepath.Join(dir, "slots.a.tmp"), []byte("half"), 0o600))
	before := readFiles(t, dir)
	for _, lost := range []string{"", "slots.a", "slots.b"} {
		if lost != "" {
			must(t, os.WriteFile(filepath.Join(dir, lost), []byte("rubbish"), 0o600))
		}
		got, err := Logins(dir)
		if lost == "slots.b" { // both are rubbish now
			wantFault(t, err, fault.Damaged, "vault.slots.unreadable")
			break
		}
		must(t, err)
		if len(got) != 2 || got[0].Login != testLogin || got[0].ID != s.User() || got[1].Login != "Вторая" {
			t.Fatalf("%v", got)
		}
	}
	if after := readFiles(t, dir); len(after) != len(before) {
		t.Error("the list touched the files")
	}
	_, err := Logins(t.TempDir())
	wantFault(t, err, fault.NotFound, "vault.missing")
	if !SameLogin("Ёлкина", " ЁЛКИНА ") || SameLogin("Ёлкина", "Елкина") {
		t.Error("logins are compared otherwise than Open does")
	}
}

// Issue 3: delays grow, belong to one login, and survive a restart.
func TestAttempts(t *testing.T) {
	dir, user, other := t.TempDir(), ledger.NewID(), ledger.NewID()
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	a := LoadAttempts(dir)
	var waits []time.Duration
	for range 11 {
		must(t, a.Begin(user, at))
		waits = append(waits, a.Wait(user, at))
	}
	if !slices.IsSorted(waits) || waits[1] != 0 || waits[2] != 5*time.Second || waits[10] != 15*time.Minute {
		t.Fatal(waits)
	}
	if a.Wait(other, at) != 0 || a.Wait(ledger.ID{}, at) != 0 {
		t.Error("another login waits too")
	}
	a = LoadAttempts(dir)
	if got := a.Wait(user, at.Add(time.Minute)); got != 14*time.Minute || a.Failures(user, at) != 11 {
		t.Errorf("after a restart %v, %d failures", got, a.Failures(user, at))
	}
	if got := a.Wait(user, at.Add(-time.Hour)); got != 15*time.Minute {
		t.Errorf("clock set back: %v", got)
	}
	if got := a.Wait(user, at.Add(-time.Hour+10*time.Minute)); got != 5*time.Minute {
		t.Errorf("the penalty does not run after the clock was set back: %v", got)
	}
	if a.Wait(user, at.Add(13*time.Hour)) != 0 {
		t.Error("failures are never forgiven")
	}
	must(t, a.Spare(user))
	must(t, a.Succeed(user, at))
	if a.Failures(user, at) != 0 || !LoadAttempts(dir).Entered(user).Equal(at) {
		t.Error("a success is not remembered")
	}
	must(t, os.WriteFile(filepath.Join(dir, attemptsName), []byte("{"), 0o600))
	if LoadAttempts(dir).Wait(user, at) != 0 {
		t.Error("a damaged file keeps somebody out")
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	a := LoadAttempts(t.TempDir())
	a.path = filepath.Join(t.TempDir(), "none", "x") // can't be written: counts nevertheless
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	user := ledger.NewID()
	for range 5 {
		if a.Begin(user, at) == nil {
			t.Fatal("wrote into nowhere")
		}
	}
	for range maxAttempts + 50 {
		_ = a.Begin(ledger.NewID(), at)
	}
	if len(a.of) > maxAttempts || a.Wait(user, at) == 0 {
		t.Errorf("%d entries, the user waits %v", len(a.of), a.Wait(user, at))
	}
}

func FuzzAttempts(f *testing.F) {
	f.Add([]byte(`{"version":1,"users":{"01890a5d-ac96-774b-bcce-b302099a8057":{"failed":4,"last":"2026-11-21T09:00:00Z"}}}`))
	f.Add([]byte(`{"version":1,"users":{"x":{}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		of, err := decodeAttempts(raw)
		if err != nil {
			return
		}
		a := &Attempts{of: of, path: filepath.Join(t.TempDir(), "a")}
		for id := range of {
			if w := a.Wait(id, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); w < 0 || w > 15*time.Minute {
				t.Fatal(w)
			}
		}
	})
}

// A phrase is looked at while it is typed, before it opens anything.
func TestCheckTyped(t *testing.T) {
	_, phrase, s := newVault(t)
	if n, err := CheckTyped(phrase); n != PhraseWords || err != nil {
		t.Fatal(n, err)
	}
	half := strings.Join(strings.Fields(phrase)[:12], ", ")
	n, err := CheckTyped(half)
	wantFault(t, err, fault.Password, "vault.phrase.count")
	if n != 12 {
		t.Error(n)
	}
	n, err = CheckTyped("абвгдезж " + phrase)
	wantFault(t, err, fault.Password, "vault.phrase.word")
	if n != PhraseWords+1 {
		t.Error(n)
	}
	must(t, s.CheckPhrase(strings.ToUpper(phrase)))
	if !SameWord(" ЁЛКА\n", "елка") || SameWord("елка", "палка") {
		t.Error("words")
	}
}

// Setting the clock on the wall forward shortens no wait while the program runs: the
// last failure is remembered by the clock that only counts.
func TestAttemptsCountByTheSteadyClock(t *testing.T) {
	a, user := LoadAttempts(t.TempDir()), ledger.NewID()
	must(t, a.Begin(user, time.Now()))
	if last := a.of[user].Last; last == last.Round(0) { // Round(0) leaves the clock on the wall
		t.Error("only the clock on the wall is remembered")
	}
	must(t, a.Spare(user))
	if last := a.of[user].Last; last == last.Round(0) {
		t.Error("saving has set the clock on the wall")
	}
}
