package icd10_test

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"feldsher/assets/icd10"
)

// row is one line of the built-in table.
type row struct {
	code, kind, parent string
	names              map[string]string // by language: ru, kk, en
}

const (
	maxName  = 90  // letters: a name must fit one line of a diagnosis list
	leastOwn = 500 // categories and subcategories that must work out of the box
	chapters = 22
)

// shapes says what a code of each kind looks like.
var shapes = map[string]*regexp.Regexp{
	"chapter":     regexp.MustCompile(`^[IVX]+$`),
	"block":       regexp.MustCompile(`^[A-Z]\d\d-[A-Z]\d\d$`),
	"category":    regexp.MustCompile(`^[A-Z]\d\d$`),
	"subcategory": regexp.MustCompile(`^[A-Z]\d\d\.\d\d?$`),
}

// parentKinds says under which kinds a row of each kind may stand.
var parentKinds = map[string][]string{
	"block":       {"chapter", "block"},
	"category":    {"block"},
	"subcategory": {"category", "subcategory"},
}

// builtin parses the embedded table and stops the test at the first line that
// is no row.
func builtin(t *testing.T) []row {
	t.Helper()
	r := csv.NewReader(strings.NewReader(icd10.Builtin))
	r.Comma = ';'
	records, err := r.ReadAll()
	if err != nil {
		t.Fatalf("the table is no CSV: %v", err)
	}
	want := []string{"code", "kind", "parent", "ru", "kk", "en"}
	if !slices.Equal(records[0], want) {
		t.Fatalf("header is %q, want %q", records[0], want)
	}
	rows := make([]row, 0, len(records)-1)
	for _, f := range records[1:] {
		rows = append(rows, row{
			code: f[0], kind: f[1], parent: f[2],
			names: map[string]string{"ru": f[3], "kk": f[4], "en": f[5]},
		})
	}
	return rows
}

// TestHierarchy holds R3.2's ground: unique codes of the right shape, and a
// complete chain of parents, each before its children.
func TestHierarchy(t *testing.T) {
	kinds := map[string]string{}
	count := map[string]int{}
	for _, r := range builtin(t) {
		if _, twice := kinds[r.code]; twice {
			t.Errorf("%s stands twice", r.code)
		}
		shape, known := shapes[r.kind]
		if !known {
			t.Errorf("%s has the unknown kind %q", r.code, r.kind)
			continue
		}
		if !shape.MatchString(r.code) {
			t.Errorf("%q does not look like a %s", r.code, r.kind)
		}
		if r.kind == "chapter" {
			if r.parent != "" {
				t.Errorf("chapter %s has the parent %q", r.code, r.parent)
			}
		} else if !slices.Contains(parentKinds[r.kind], kinds[r.parent]) {
			t.Errorf("%s (%s) stands under %q, a %q or no earlier row", r.code, r.kind, r.parent, kinds[r.parent])
		}
		kinds[r.code] = r.kind
		count[r.kind]++
	}
	if count["chapter"] != chapters {
		t.Errorf("%d chapters, want %d", count["chapter"], chapters)
	}
	if own := count["category"] + count["subcategory"]; own < leastOwn {
		t.Errorf("%d categories and subcategories, want at least %d", own, leastOwn)
	}
}

// alphabets says which letters a language's names may hold. The Kazakh column
// has Cyrillic only, apart from abbreviations in Latin capitals (COVID-19, WPW):
// a Latin look-alike inside a word would make it unfindable.
var alphabets = map[string]*regexp.Regexp{
	"ru": regexp.MustCompile(`^[А-Яа-яЁёA-Za-z0-9 ,.:()«»/—–-]+$`),
	"kk": regexp.MustCompile(`^[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІіA-Z0-9 ,.()«»/—–-]+$`),
	"en": regexp.MustCompile(`^[A-Za-z0-9 ,.:()/–-]+$`),
}

// mixed finds a word in which Latin and Cyrillic letters touch.
var mixed = regexp.MustCompile(`[A-Za-z]\p{Cyrillic}|\p{Cyrillic}[A-Za-z]`)

func TestNames(t *testing.T) {
	kazakhLetters := 0
	for _, r := range builtin(t) {
		for lang, name := range r.names {
			if name == "" || strings.TrimSpace(name) != name || strings.Contains(name, "  ") {
				t.Errorf("%s: the %s name %q is empty or badly spaced", r.code, lang, name)
				continue
			}
			if n := utf8.RuneCountInString(name); n > maxName {
				t.Errorf("%s: the %s name has %d letters, at most %d fit", r.code, lang, n, maxName)
			}
			if !alphabets[lang].MatchString(name) {
				t.Errorf("%s: the %s name %q has letters of another alphabet", r.code, lang, name)
			}
			if mixed.MatchString(name) {
				t.Errorf("%s: the %s name %q mixes alphabets within a word", r.code, lang, name)
			}
		}
		if strings.ContainsAny(r.names["kk"], "ӘәҒғҚқҢңӨөҰұҮүҺһІі") {
			kazakhLetters++
		}
	}
	// Medical Kazakh shares single words with Russian (астма → демікпе, but
	// гастрит → гастрит); a column without its own letters would be Russian.
	if total := len(builtin(t)); kazakhLetters*10 < total*8 {
		t.Errorf("only %d of %d Kazakh names have a Kazakh letter", kazakhLetters, total)
	}
}

// TestNamesTellCodesApart: two codes with one name could not be told apart in a
// list of diagnoses.
func TestNamesTellCodesApart(t *testing.T) {
	seen := map[string]string{}
	for _, r := range builtin(t) {
		if r.kind != "category" && r.kind != "subcategory" {
			continue
		}
		for lang, name := range r.names {
			key := lang + " " + strings.ToLower(name)
			if other, twice := seen[key]; twice {
				t.Errorf("%s and %s have one %s name %q", other, r.code, lang, name)
			}
			seen[key] = r.code
		}
	}
}

// TestUnspecified guards the meaning of the residual codes: where one language
// says "unspecified" in a .9, so do the others.
func TestUnspecified(t *testing.T) {
	says := map[string]*regexp.Regexp{
		"ru": regexp.MustCompile(`(?i)без уточн|не уточн|неуточн|неясн|не указа`),
		"kk": regexp.MustCompile(`(?i)анықталмаған|белгісіз|көрсетілмеген`),
		"en": regexp.MustCompile(`(?i)unspecified|not specified|unknown`),
	}
	for _, r := range builtin(t) {
		if !strings.HasSuffix(r.code, ".9") {
			continue
		}
		ru := says["ru"].MatchString(r.names["ru"])
		for lang, re := range says {
			if re.MatchString(r.names[lang]) != ru {
				t.Errorf("%s: %q and %q differ on whether the code is unspecified", r.code, r.names["ru"], r.names[lang])
			}
		}
	}
}
