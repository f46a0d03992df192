package translations

import (
	"regexp"
	"sort"
	"strings"
	"testing"
)

// base takes the plural form off a key.
func base(key string) string { k, _, _ := strings.Cut(key, "#"); return k }

func set(lang Lang) map[string]bool {
	m := map[string]bool{}
	for _, k := range Keys(lang) {
		m[base(k)] = true
	}
	return m
}

func TestEveryKeyInEveryLanguage(t *testing.T) {
	ru := set(Russian)
	if len(ru) < 50 {
		t.Fatalf("only %d keys", len(ru))
	}
	for _, lang := range Languages[1:] {
		other := set(lang)
		for k := range ru {
			if !other[k] {
				t.Errorf("%s: %q is missing", lang, k)
			}
		}
		for k := range other {
			if !ru[k] {
				t.Errorf("%s: %q is not in Russian", lang, k)
			}
		}
	}
}

func TestPluralForms(t *testing.T) {
	want := map[Lang][]string{Russian: {"one", "few", "many"}, Kazakh: {"one", "other"}, English: {"one", "other"}}
	for _, lang := range Languages {
		for _, k := range Keys(lang) {
			if !strings.Contains(k, "#") {
				continue
			}
			for _, form := range want[lang] {
				if !Has(lang, base(k)+"#"+form) {
					t.Errorf("%s: %s lacks the form %s", lang, base(k), form)
				}
			}
		}
	}
	for n, form := range map[int]string{1: "one", 2: "few", 5: "many", 11: "many", 12: "many", 21: "one", 22: "few", 111: "many"} {
		if got := plural(Russian, n); got != form {
			t.Errorf("%d: %s, want %s", n, got, form)
		}
	}
}

var argument = regexp.MustCompile(`\{[a-z_]+\}`)

// TestSameArguments: a sentence that lacks an argument in one language hides
// what the others say.
func TestSameArguments(t *testing.T) {
	args := func(lang Lang, key string) string {
		found := argument.FindAllString(sentences(lang)[key], -1)
		sort.Strings(found)
		return strings.Join(found, " ")
	}
	for _, key := range Keys(Russian) {
		if strings.Contains(key, "#") {
			continue
		}
		for _, lang := range Languages[1:] {
			if Has(lang, key) && args(lang, key) != args(Russian, key) {
				t.Errorf("%s: %s takes %s, in Russian %s", lang, key, args(lang, key), args(Russian, key))
			}
		}
	}
}

func TestFormat(t *testing.T) {
	if got := T(Russian, "cli_found", "n", 3); got != "Найдены 3 записи." {
		t.Error(got)
	}
	if got := T(English, "no.such.key"); got != "no.such.key" {
		t.Error(got)
	}
}

// What people type is never taken for a place of the sentence, in whatever order the
// arguments come.
func TestValuesAreNotSentences(t *testing.T) {
	for range 50 { // a map comes in any order
		got := fill("{who}: {why}, {file} {none} { {n}", map[string]any{"who": "{why}{file}", "why": "{who}", "file": `C:\{n}\{who}.pdf`, "n": 3})
		if want := `{why}{file}: {who}, C:\{n}\{who}.pdf {none} { 3`; got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	for _, s := range []string{"", "{", "}", "{}", "слово", "{n", "n}", "{{{"} {
		if got := fill(s, map[string]any{"x": 1}); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}
