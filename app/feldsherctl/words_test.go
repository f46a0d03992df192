package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"feldsher/translations"
)

// keyShape is how the key of a sentence looks in the code.
var keyShape = regexp.MustCompile(`^(fault|warn|check|vault|sealed|journal|fhir|icd)\.[a-z0-9_]+(\.[a-z0-9_]+)*$|^cli_[a-z0-9_]*$`)

// helpKey is a key in the help of a command.
var helpKey = regexp.MustCompile(`\$\{(cli_[a-z0-9_]+)\}`)

// noSentences look like keys and are something else.
var noSentences = map[string]string{
	"cli_":           "the beginning of all keys of the help",
	"icd.import":     "an intent of the ledger",
	"icd.pin":        "a work of a page",
	"icd.coding":     "a work of a page",
	"icd.favourites": "a preference",
	"vault.new":      "a folder that is being made",
}

// composed are keys that the code puts together: the beginning, and what may
// follow it.
func composed() map[string][]string {
	var exits []string
	for _, k := range kinds {
		exits = append(exits, k.String())
	}
	return map[string][]string{
		"cli_exit_":        exits,
		"cli_conflict_is_": {"open", "late", "sealed", "twice"},
		"cli_check_":       {"database", "foreign_keys", "keys", "index", "ledger", "protocols", "attachments"},
	}
}

// usedKeys finds the keys in the program's own files, with the place of each.
func usedKeys(t *testing.T, trees ...string) map[string]string {
	t.Helper()
	used := map[string]string{}
	for _, tree := range trees {
		err := filepath.WalkDir(tree, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Errorf("%s: %v", files.Position(lit.Pos()), err)
				}
				if keyShape.MatchString(text) {
					used[text] = files.Position(lit.Pos()).String()
				}
				for _, m := range helpKey.FindAllStringSubmatch(text, -1) {
					used[m[1]] = files.Position(lit.Pos()).String()
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for start, ends := range composed() {
		if _, ok := used[start]; !ok {
			t.Errorf("no code composes %s", start)
		}
		for _, end := range ends {
			used[start+end] = used[start]
		}
		delete(used, start)
	}
	return used
}

func known(lang translations.Lang, key string) bool {
	return translations.Has(lang, key) || translations.Has(lang, key+"#other")
}

// Every sentence that the command or a service may print exists in all languages.
func TestEveryKeyIsTranslated(t *testing.T) {
	used := usedKeys(t, ".", "../../internal")
	if len(used) < 200 {
		t.Fatalf("only %d keys were found in the code", len(used))
	}
	for key, where := range used {
		if noSentences[key] != "" {
			continue
		}
		for _, lang := range translations.Languages {
			if !known(lang, key) {
				t.Errorf("%s: %q has no sentence in %s", where, key, lang)
			}
		}
	}
}

// No sentence of the command's own files is there for nothing.
func TestNoKeyIsIdle(t *testing.T) {
	used := usedKeys(t, ".", "../../internal")
	for _, topic := range []string{"cli", "fault", "input", "care"} {
		b, err := os.ReadFile("../../translations/ru/" + topic + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var sentences map[string]string
		if err := json.Unmarshal(b, &sentences); err != nil {
			t.Fatal(err)
		}
		for key := range sentences {
			key, _, _ = strings.Cut(key, "#")
			if used[key] == "" {
				t.Errorf("%s.json: nothing says %q", topic, key)
			}
		}
	}
}

// A sentence asks for the same arguments in every language.
func TestSameArgumentsInAllLanguages(t *testing.T) {
	hole := regexp.MustCompile(`\{[a-z_]+\}`)
	holes := func(lang translations.Lang, key string) map[string]bool {
		out := map[string]bool{}
		for _, k := range []string{key, key + "#one", key + "#few", key + "#many", key + "#other"} {
			if translations.Has(lang, k) {
				for _, h := range hole.FindAllString(translations.T(lang, k), -1) {
					out[h] = true
				}
			}
		}
		return out
	}
	for _, full := range translations.Keys(translations.Russian) {
		key, _, _ := strings.Cut(full, "#")
		want := holes(translations.Russian, key)
		for _, lang := range translations.Languages[1:] {
			got := holes(lang, key)
			for h := range want {
				// A count may be left out where the form says it.
				if !got[h] && h != "{n}" {
					t.Errorf("%s: %s lacks %s", lang, key, h)
				}
			}
			for h := range got {
				if !want[h] && h != "{n}" {
					t.Errorf("%s: %s has %s, which Russian has not", lang, key, h)
				}
			}
		}
	}
}
