package vault

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// The list is part of the format: a phrase on paper must open for ever.
func TestWordList(t *testing.T) {
	sum := sha256.Sum256([]byte(wordFile))
	const want = "0b090d4c0f0aa6809484123a185d1f951f96f8fa176c4a1ccfd2c133fc4130f0"
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("words.txt changed: %s", got)
	}
	list := words().words
	if len(list) != 2048 || !slices.IsSorted(list) {
		t.Fatalf("%d words, sorted %v", len(list), slices.IsSorted(list))
	}
	starts := map[string]string{}
	for _, w := range list {
		letters := []rune(w)
		if len(letters) < 4 || len(letters) > 8 {
			t.Errorf("%s has %d letters", w, len(letters))
			continue
		}
		for _, r := range letters {
			if r < 'а' || r > 'я' || r == 'й' || r == 'ъ' {
				t.Errorf("%s has the letter %c", w, r)
			}
		}
		if other := starts[string(letters[:4])]; other != "" {
			t.Errorf("%s and %s begin alike", w, other)
		}
		starts[string(letters[:4])] = w
	}
}

// One mistyped, missing, added or swapped letter never makes another word.
func TestWordsAreFarApart(t *testing.T) {
	list := words().words
	step := 1
	if rounds(1) == 1 {
		step = 7
	}
	for i := 0; i < len(list); i += step {
		for _, other := range list[i+1:] {
			if distance([]rune(list[i]), []rune(other)) < 2 {
				t.Errorf("%s and %s differ by one mistake", list[i], other)
			}
		}
	}
}

func TestPhraseRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entropy := [KeySize]byte(rapid.SliceOfN(rapid.Byte(), KeySize, KeySize).Draw(t, "entropy"))
		phrase := encodePhrase(&entropy)
		typed := strings.Fields(phrase)
		if len(typed) != PhraseWords {
			t.Fatalf("%d words", len(typed))
		}
		for _, variant := range []string{
			phrase,
			strings.ToUpper(phrase),
			"  1. " + strings.Join(typed, ",\n 2) ") + " ",
			strings.ReplaceAll(phrase, "е", "ё"),
			strings.ReplaceAll(phrase, "и", "й"),
		} {
			got, err := decodePhrase(variant)
			if err != nil || got != entropy {
				t.Fatalf("%q: %v", variant, err)
			}
		}
		i := rapid.IntRange(0, PhraseWords-1).Draw(t, "place")
		word := typed[i]
		typed[i] = word + "ъ"
		_, err := decodePhrase(strings.Join(typed, " "))
		var cause *PhraseError
		if !errors.As(err, &cause) || cause.Position != i+1 || cause.Suggestion != word {
			t.Fatalf("%v: %+v, want %d %s", err, cause, i+1, word)
		}
		if strings.Contains(err.Error(), word) {
			t.Fatal("the error tells a word")
		}
	})
}

func TestPhraseFaults(t *testing.T) {
	var entropy [KeySize]byte
	phrase := encodePhrase(&entropy)
	typed := strings.Fields(phrase)
	_, err := decodePhrase(strings.Join(typed[:23], " "))
	wantFault(t, err, fault.Password, "vault.phrase.count")
	_, err = decodePhrase(phrase + " " + typed[0])
	wantFault(t, err, fault.Password, "vault.phrase.count")
	_, err = decodePhrase("")
	wantFault(t, err, fault.Password, "vault.phrase.count")
	_, err = decodePhrase(strings.Repeat("абажур ", 100_000))
	wantFault(t, err, fault.Password, "vault.phrase.count")
	typed[3], typed[23] = typed[23], typed[3]
	_, err = decodePhrase(strings.Join(typed, " "))
	wantFault(t, err, fault.Password, "vault.phrase.checksum")
	_, err = decodePhrase("абажур " + strings.Repeat("щ", 100_000))
	wantFault(t, err, fault.Password, "vault.phrase.word")
}

func TestRecover(t *testing.T) {
	dir, phrase, s := newVault(t)
	must(t, s.CheckPhrase(phrase))
	patient := ledger.NewID()
	must(t, s.Keyring().Ensure([]ledger.ID{patient}, Medical))
	want, _ := s.Keyring().Key(patient, Medical)
	scope, _, scopeKey, err := s.CurrentScope()
	must(t, err)
	oldSign, _ := s.UserKey(s.User())

	r, err := Recover(dir, strings.ToUpper(phrase), RecoverParams{
		Login: strings.ToUpper(testLogin), Password: "новый пароль", Params: cheap,
	})
	must(t, err)
	defer r.Close()
	if r.User() != s.User() || r.DatabaseKey() != s.DatabaseKey() || r.user == s.user {
		t.Fatal("the recovered user")
	}
	_, err = Open(dir, testLogin, testPassword)
	wantFault(t, err, fault.Password, "vault.password.wrong")
	again := mustOpen(t, dir, testLogin, "новый пароль")
	got, err := again.Keyring().Key(patient, Medical)
	must(t, err)
	sk, ok := again.body.Scopes[0].open(again.Organisation(), CertUser, again.User(), &again.user.receive)
	if *got != *want || !ok || sk != *scopeKey || again.body.Scopes[0].Scope != scope {
		t.Fatal("keys after a recovery")
	}
	if key, _ := again.UserKey(again.User()); key.Equal(oldSign) {
		t.Fatal("the signing key stayed")
	}
	must(t, again.AddUser(NewUser{ID: ledger.NewID(), Login: "второй", Password: "12345678"}))
}

func TestRecoverAnotherLogin(t *testing.T) {
	dir, phrase, s := newVault(t)
	nurse := ledger.NewID()
	must(t, s.AddUser(NewUser{ID: nurse, Login: "медсестра", Password: "12345678"}))
	r, err := Recover(dir, phrase, RecoverParams{Login: "медсестра", Password: "87654321", Params: cheap})
	must(t, err)
	if users := r.Users(); len(users) != 2 || users[1].Issues {
		t.Fatal("a recovery changed rights", users)
	}
	r.Close()
	mustOpen(t, dir, testLogin, testPassword)

	p := RecoverParams{Login: "главврач", Password: "12345678", Params: cheap}
	_, err = Recover(dir, phrase, p)
	wantFault(t, err, fault.NotFound, "vault.user.unknown")
	p.UserID = ledger.NewID()
	r, err = Recover(dir, phrase, p)
	must(t, err)
	defer r.Close()
	if users := r.Users(); len(users) != 3 || !users[2].Issues || r.User() != p.UserID {
		t.Fatal(users)
	}
}

func TestRecoverRefuses(t *testing.T) {
	dir, phrase, _ := newVault(t)
	_, foreign, _ := newVault(t)
	p := RecoverParams{Login: testLogin, Password: "12345678", Params: cheap}
	before := readFiles(t, dir)
	_, err := Recover(dir, foreign, p)
	wantFault(t, err, fault.Password, "vault.phrase.wrong")
	_, err = Recover(dir, phrase+" и", p)
	wantFault(t, err, fault.Password, "vault.phrase.word")
	_, err = Recover(t.TempDir(), phrase, p)
	wantFault(t, err, fault.NotFound, "vault.missing")
	p.Password = "мал"
	_, err = Recover(dir, phrase, p)
	wantFault(t, err, fault.Invalid, "vault.password.short")
	for name, content := range readFiles(t, dir) {
		if string(content) != string(before[name]) {
			t.Fatalf("%s changed", name)
		}
	}
}

func TestNewPhrase(t *testing.T) {
	dir, old, s := newVault(t)
	scope, _, _, err := s.CurrentScope()
	must(t, err)
	phrase, err := s.NewPhrase()
	must(t, err)
	must(t, s.CheckPhrase(phrase))
	wantFault(t, s.CheckPhrase(old), fault.Password, "vault.phrase.wrong")
	p := RecoverParams{Login: testLogin, Password: "12345678", Params: cheap}
	_, err = Recover(dir, old, p)
	wantFault(t, err, fault.Password, "vault.phrase.wrong")
	if r := s.Revocations(); len(r) != 1 || r[0].Reason != "replaced" {
		t.Fatal(r)
	}
	r, err := Recover(dir, phrase, p)
	must(t, err)
	defer r.Close()
	if _, err := r.ScopeKey(scope, 1); err != nil {
		t.Fatal(err)
	}
	if n := len(r.body.Scopes[0].Recipients); n != 3 {
		t.Fatalf("%d recipients", n)
	}
}

func FuzzPhrase(f *testing.F) {
	f.Add(encodePhrase(&[KeySize]byte{1}))
	f.Add("абажур 1. АБЗАЦ, ёлка")
	f.Fuzz(func(t *testing.T, typed string) {
		entropy, err := decodePhrase(typed)
		if err != nil {
			if !fault.Is(err, fault.Password) || entropy != [KeySize]byte{} {
				t.Fatal(err)
			}
			return
		}
		again, err := decodePhrase(encodePhrase(&entropy))
		if err != nil || again != entropy {
			t.Fatal(err)
		}
	})
}
