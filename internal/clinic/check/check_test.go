package check

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// keysOf lists the keys of warnings, "" for none.
func keysOf(warnings []Warning) string {
	keys := make([]string, len(warnings))
	for i, w := range warnings {
		keys[i] = w.Key
	}
	return strings.Join(keys, " ")
}

// drawDigits draws n digits.
func drawDigits(t *rapid.T, n int) []byte {
	return []byte(rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), n, n, n).Draw(t, "digits"))
}

// changeDigit draws a change of one digit; where it happened.
func changeDigit(t *rapid.T, d []byte) (changed string, at int) {
	at = rapid.IntRange(0, len(d)-1).Draw(t, "at")
	by := byte(rapid.IntRange(1, 9).Draw(t, "by"))
	out := append([]byte(nil), d...)
	out[at] = '0' + (out[at]-'0'+by)%10
	return string(out), at
}

// complete finds the control digits by trying all: the number's own check decides.
func complete(d []byte, control int, ok func(string) bool) (string, bool) {
	for c := range pow10(control) {
		full := fmt.Sprintf("%s%0*d", d, control, c)
		if ok(full) {
			return full, true
		}
	}
	return "", false
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

func TestAtNamesTheFieldAndCopies(t *testing.T) {
	r := SNILS("123")
	named := r.At("snils")
	if len(named) != 1 || named[0].Field != "snils" || named[0].Args["have"] != 3 {
		t.Errorf("At = %+v", named)
	}
	if r.Warnings[0].Field != "" {
		t.Error("At changed the result itself")
	}
}

// Every key that the package can give has its sentence in each language, and no
// sentence is left over.
func TestEveryKeyHasASentence(t *testing.T) {
	used := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(check\.[a-z_.]+)"`).FindAllStringSubmatch(string(source), -1) {
			used[m[1]] = true
		}
	}
	for _, lang := range []string{"ru", "kk", "en"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "..", "translations", lang, "check.json"))
		if err != nil {
			t.Fatal(err)
		}
		var sentences map[string]string
		if err := json.Unmarshal(b, &sentences); err != nil {
			t.Fatal(lang, err)
		}
		for key := range used {
			if sentences[key] == "" {
				t.Errorf("%s: no sentence for %s", lang, key)
			}
		}
		for key := range sentences {
			if !used[key] {
				t.Errorf("%s: nobody gives %s", lang, key)
			}
		}
	}
}
