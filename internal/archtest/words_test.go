package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"feldsher/translations"
)

// literals are the strings of the program's source, tests left out, and where the
// sentences of screens are asked for.
type literals struct {
	all  map[string]bool
	asks map[string]string // key → place
	half map[string]string // beginning of a key that is put together → place
}

func readLiterals(t *testing.T) literals {
	t.Helper()
	l := literals{map[string]bool{}, map[string]string{}, map[string]string{}}
	files := token.NewFileSet()
	for _, root := range []string{"../../internal", "../../app"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if s, ok := text(n); ok {
						l.all[s] = true
					}
				case *ast.CallExpr:
					l.call(n, files.Position(n.Pos()).String())
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// call notes which sentence a call of T asks for.
func (l literals) call(c *ast.CallExpr, place string) {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "T" || len(c.Args) == 0 {
		return
	}
	for _, arg := range c.Args[:min(2, len(c.Args))] { // translations.T has the language first
		switch a := arg.(type) {
		case *ast.BasicLit:
			if key, ok := text(a); ok && strings.Contains(key, "_") {
				l.asks[key] = place
				return
			}
		case *ast.BinaryExpr:
			if b, ok := a.X.(*ast.BasicLit); ok {
				if key, ok := text(b); ok {
					l.half[key] = place
					return
				}
			}
		}
	}
}

func text(b *ast.BasicLit) (string, bool) {
	if b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}

// screens are the beginnings of the keys that screens use.
var screens = []string{
	"app_", "shell_", "kit_", "page_", "today_", "cards_", "registration_", "visit_", "entry_", "setup_", "signing_",
	"templates_", "picker_", "printer_", "fyne_", "conflicts_", "stations_",
}

// TestSentences: every sentence that the program asks for exists, and no sentence of
// a screen lies about unused.
func TestSentences(t *testing.T) {
	t.Parallel()
	l := readLiterals(t)
	keys := translations.Keys(translations.Russian)
	known := map[string]bool{}
	for _, k := range keys {
		base, _, _ := strings.Cut(k, "#")
		known[base] = true
	}
	for key, place := range l.asks {
		if !known[key] {
			t.Errorf("%s asks for %q, which no translation has", place, key)
		}
	}
	for part, place := range l.half {
		found := false
		for k := range known {
			found = found || strings.HasPrefix(k, part)
		}
		if !found {
			t.Errorf("%s asks for %q…, which begins no translation", place, part)
		}
	}
	for k := range known {
		if used(k, l) || !begins(k) {
			continue
		}
		t.Errorf("the sentence %q is used nowhere", k)
	}
}

func begins(key string) bool {
	for _, s := range screens {
		if strings.HasPrefix(key, s) {
			return true
		}
	}
	return false
}

// used reports whether a key stands in the source, whole or by a beginning that
// ends in a mark of division.
func used(key string, l literals) bool {
	if l.all[key] {
		return true
	}
	for i := len(key) - 1; i > 0; i-- {
		if (key[i-1] == '_' || key[i-1] == '.') && l.all[key[:i]] {
			return true
		}
		if key[i] == '_' && l.all[key[:i]] { // Words.Code("area", code)
			return true
		}
	}
	return false
}
