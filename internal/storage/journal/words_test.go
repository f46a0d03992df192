package journal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"feldsher/translations"
)

// TestEveryFaultHasWords: each key that journal and ledger give has a sentence in
// every language, and so has each reason that a broken chain can have.
func TestEveryFaultHasWords(t *testing.T) {
	keys := map[string]bool{}
	for _, dir := range []string{".", "../../ledger"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`"(fault\.[a-z_.]+)"`).FindAllStringSubmatch(string(text), -1) {
				keys[m[1]] = true
			}
			for _, m := range regexp.MustCompile(`(?:"why", |why :?= |bad\(|Reason: )"([a-z_]+)"`).FindAllStringSubmatch(string(text), -1) {
				keys["fault.verify.why."+m[1]] = true
			}
		}
	}
	if len(keys) < 30 {
		t.Fatalf("only %d keys found", len(keys))
	}
	for key := range keys {
		for _, lang := range translations.Languages {
			if !translations.Has(lang, key) {
				t.Errorf("%s has no sentence in %s", key, lang)
			}
		}
	}
}
