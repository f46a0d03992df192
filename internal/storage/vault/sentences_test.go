package vault

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"feldsher/translations"
)

// Every key of a fault has a sentence in each language, and every sentence of
// this package's topic has a fault.
func TestSentences(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(t, err)
	used := map[string]bool{"vault.phrase.suggest": true} // shown with PhraseError.Suggestion
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		must(t, err)
		for _, m := range regexp.MustCompile(`"(vault\.[a-z_.]+)"`).FindAllStringSubmatch(string(source), -1) {
			if m[1] != marker {
				used[m[1]] = true
			}
		}
	}
	for _, lang := range translations.Languages {
		for key := range used {
			if !translations.Has(lang, key) {
				t.Errorf("%s: no sentence for %s", lang, key)
			}
		}
		for _, key := range translations.Keys(lang) {
			base, _, _ := strings.Cut(key, "#")
			if strings.HasPrefix(base, "vault.") && !used[base] {
				t.Errorf("%s: nothing says %s", lang, key)
			}
		}
	}
}
