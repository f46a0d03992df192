package store_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"feldsher/translations"
)

var (
	keyShape  = regexp.MustCompile(`^fault(\.[a-z0-9_]+){2,}$`)
	holeShape = regexp.MustCompile(`\{[a-z_]+\}`)
)

// keysOf lists the keys of faults that a package names, and where.
func keysOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	keys := map[string]string{}
	files := token.NewFileSet()
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if s, err := strconv.Unquote(lit.Value); err == nil && keyShape.MatchString(s) {
				keys[s] = files.Position(lit.Pos()).String()
			}
			return true
		})
	}
	return keys
}

// Every fault of the package has a sentence in every language, with plural forms
// or without.
func TestFaultsHaveSentences(t *testing.T) {
	keys := keysOf(t, ".")
	if len(keys) < 20 {
		t.Fatalf("only %d keys found", len(keys))
	}
	for key, where := range keys {
		for _, lang := range translations.Languages {
			if !translations.Has(lang, key) && !translations.Has(lang, key+"#other") && !translations.Has(lang, key+"#many") {
				t.Errorf("%s: %s has no sentence for %s", where, lang, key)
			}
		}
	}
}

// The package's own files of sentences hold the same keys with the same
// placeholders in every language, and no key that nothing uses.
func TestSentencesFitTogether(t *testing.T) {
	used := keysOf(t, ".")
	for _, topic := range []string{"store.json", "blob.json"} {
		ru := sentences(t, "ru", topic)
		for key := range ru {
			if used[key] == "" {
				t.Errorf("%s: nothing says %s", topic, key)
			}
		}
		for _, lang := range []string{"kk", "en"} {
			other := sentences(t, lang, topic)
			if len(other) != len(ru) {
				t.Errorf("%s has %d keys in %s, %d in ru", topic, len(other), lang, len(ru))
			}
			for key, text := range other {
				if holes(text) != holes(ru[key]) {
					t.Errorf("%s: %s: %s has %s, ru has %s", topic, key, lang, holes(text), holes(ru[key]))
				}
			}
		}
	}
}

func sentences(t *testing.T, lang, topic string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "translations", lang, topic))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func holes(s string) string {
	found := holeShape.FindAllString(s, -1)
	sort.Strings(found)
	return strings.Join(found, "")
}
