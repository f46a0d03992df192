package client

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"feldsher/translations"
)

// Every key in the source has a sentence in each language, and every sentence of the
// topic is used.
func TestSentences(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(fault\.sync\.[a-z_]+)"`).FindAllSubmatch(b, -1) {
			keys[string(m[1])] = true
		}
	}
	if len(keys) < 30 {
		t.Fatalf("only %d keys found", len(keys))
	}
	for _, lang := range translations.Languages {
		for key := range keys {
			if !translations.Has(lang, key) {
				t.Errorf("%s: no sentence %s", lang, key)
			}
		}
		b, err := os.ReadFile(filepath.Join("../../../translations", string(lang), "synclient.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(fault\.sync\.[a-z_]+)":`).FindAllSubmatch(b, -1) {
			if !keys[string(m[1])] {
				t.Errorf("%s: %s is used nowhere", lang, m[1])
			}
		}
	}
}
