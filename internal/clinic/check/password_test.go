package check

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"feldsher/translations"
)

// R11.3, issue 3: the meter tells what is guessed at once from what is not.
func TestPassword(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		password  string
		low, high int
		key       string // a warning that must be there
	}{
		{"", 0, 0, ""},
		{"кот", 1, 1, "check.password.short"},
		{"пароль123", 1, 1, "check.password.common"},
		{"password1", 1, 1, "check.password.common"},
		{"ghbdtnjkz", 1, 1, "check.password.layout"}, // "привет" and "оля" in the Latin layout
		{"больница2026", 1, 1, "check.password.common"},
		{"йцукенгшщз", 1, 1, "check.password.sequence"},
		{"1234567890", 1, 1, "check.password.sequence"},
		{"aaaaaaaaaaaa", 1, 1, "check.password.repeat"},
		{"17051980", 1, 1, "check.password.date"},
		{"ромашка17051980", 1, 1, "check.password.date"},
		{"Наташа1985", 1, 1, "check.password.common"},
		{"primerov77", 1, 1, "check.password.name"},
		{"Образец-2026", 1, 2, "check.password.name"},
		{"корова", 1, 1, "check.password.short"},
		{"корова и", 1, 2, ""},
		{"столица пряник", 1, 2, "check.password.longer"},
		{"столица пряник гвоздь", 3, 4, ""},
		{"медный трактор едет навстречу", 4, 4, ""},
		{"vGk4#xQz!9wT", 4, 4, ""},
		{"бұлт тауға жаңбыр әкелді", 4, 4, ""},
	} {
		s := Password(c.password, "primerov", "ООО «Клиника Образец»")
		if s.Level < c.low || s.Level > c.high {
			t.Errorf("%q: level %d (%.0f bits), want %d to %d", c.password, s.Level, s.Bits, c.low, c.high)
		}
		found := c.key == ""
		for _, w := range s.Warnings {
			found = found || w.Key == c.key
		}
		if !found {
			t.Errorf("%q: %v, want %s among them", c.password, s.Warnings, c.key)
		}
		if s.Level == 4 && len(s.Warnings) > 0 || s.Level > 0 && s.Level < 4 && len(s.Warnings) == 0 {
			t.Errorf("%q at level %d has the advice %v", c.password, s.Level, s.Warnings)
		}
	}
	if w := Password(" длинный и хороший пароль ").Warnings; len(w) != 1 || w[0].Key != "check.password.spaces" {
		t.Error("spaces around it", w)
	}
}

// More is never worse by more than what the meter can mistake, and no input breaks it.
func TestPasswordHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.String().Draw(t, "password")
		s := Password(p, rapid.String().Draw(t, "own"))
		if s.Level < 0 || s.Level > 4 || s.Bits < 0 || s.Bits != s.Bits {
			t.Fatalf("%+v", s)
		}
		if utf8.RuneCountInString(p) < 4 && s.Level > 1 {
			t.Fatalf("%q at level %d", p, s.Level)
		}
		for _, w := range s.Warnings {
			for _, lang := range translations.Languages {
				if strings.HasPrefix(translations.Format(lang, w.Key, w.Args), "check.") {
					t.Fatalf("%s: no sentence for %s", lang, w.Key)
				}
			}
		}
		if twice := Password(p + "Ω" + p); twice.Bits+1 < s.Bits {
			t.Fatalf("%q: %.1f bits, twice %.1f", p, s.Bits, twice.Bits)
		}
	})
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"ghbdtn": "привет", "Привет": "ghbdtn", "gfhjkm1": "пароль1", "приvet": "", "123": "", "": "", "k.,jdm": "любовь",
	} {
		if got := OtherLayout(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	if !MixedLayout("Парoль") || MixedLayout("Пароль 1") || MixedLayout("pass 1") || MixedLayout("") {
		t.Error("mixed layouts")
	}
}

func TestPIN(t *testing.T) {
	t.Parallel()
	for pin, want := range map[string]string{
		"1234": "check.pin.sequence", "4321": "check.pin.sequence", "0000": "check.pin.repeat", "77777777": "check.pin.repeat",
		"1212": "check.pin.common", "2580": "check.pin.common", "1985": "check.pin.year", "2011": "check.pin.year",
		"1705": "check.pin.date", "170580": "check.pin.date", "17051980": "check.pin.date", "2468": "check.pin.sequence",
		"4747": "check.pin.repeat", "485485": "check.pin.repeat", "0123": "check.pin.sequence", "7890": "check.pin.sequence",
		"8364": "", "930462": "", "47195038": "", "": "",
	} {
		got := ""
		if w := PIN(pin); len(w) > 0 {
			got = w[0].Key
		}
		if got != want {
			t.Errorf("%s: %q, want %q", pin, got, want)
		}
		for _, lang := range translations.Languages {
			if want != "" && !translations.Has(lang, want) {
				t.Errorf("%s: no sentence for %s", lang, want)
			}
		}
	}
}

func BenchmarkPassword(b *testing.B) {
	for b.Loop() {
		Password("медный трактор едет навстречу 17051980", "primerov", "ООО «Клиника Образец»")
	}
}
