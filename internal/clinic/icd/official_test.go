package icd

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"feldsher/internal/clinic/fold"
)

// Version 2.27 of the official table, counted apart from this program.
func TestOfficialTable(t *testing.T) {
	rows, err := ParseNSI(official(t))
	if err != nil {
		t.Fatalf("%v\n%v", err, Problems(err))
	}
	kinds, marks := make(map[Kind]int), make(map[string]int)
	inactive, dated := 0, 0
	for _, r := range rows {
		kinds[r.Kind]++
		marks[r.Additional]++
		if !r.Active {
			inactive++
			if r.Until() == "" {
				t.Errorf("%s has no date of withdrawal", r.Code)
			}
		}
		if r.Changed != "" {
			dated++
		}
		if c, ok := Chapter(r.Code); !ok {
			t.Errorf("%s is in no chapter", r.Code)
		} else if r.Kind == KindChapter && (r.Code != c.Roman || r.Parent != "") {
			t.Errorf("chapter %s under %q", r.Code, r.Parent)
		}
		if strings.Contains(r.Name, `""`) || strings.HasPrefix(r.Name, `";`) {
			t.Errorf("%s: quotes are left in %q", r.Code, r.Name)
		}
	}
	if len(rows) != 15038 || kinds[KindChapter] != 22 || kinds[KindBlock] != 274 || kinds[KindCategory] != 2058 || kinds[KindSubcategory] != 12684 {
		t.Errorf("%d rows, %v", len(rows), kinds)
	}
	if inactive != 101 || dated != 352 || marks[Dagger] != 79 || marks[Asterisk] != 371 {
		t.Errorf("%d inactive, %d dated, marks %v", inactive, dated, marks)
	}
	if v, ok := VersionFromName(officialName); !ok || v != "2.27" {
		t.Errorf("version %q", v)
	}
}

// The ranges by which statistics work agree with the parents the table names.
func TestOfficialHierarchy(t *testing.T) {
	x := officialIndex(t)
	for _, e := range x.entries {
		path := x.Path(e.Code)
		c, _ := Chapter(e.Code)
		if e.Kind == KindChapter {
			continue
		}
		if len(path) == 0 || path[0].Code != c.Roman {
			t.Fatalf("%s: path %v, chapter %s", e.Code, pathOf(x.Tree, e.Code), c.Roman)
		}
		block, ok := x.Block(e.Code)
		if !ok {
			t.Fatalf("%s has no block", e.Code)
		}
		r, err := ParseRange(block.Code)
		if err != nil {
			t.Fatal(err)
		}
		if isDiagnosis(e.Code) && !r.Contains(e.Code) && e.Code != "A90" && e.Code != "A91" {
			t.Errorf("%s stands in block %s", e.Code, block.Code)
		}
	}
	if got := pathOf(x.Tree, "C50.9"); got != "II C00-C97 C00-C75 C50-C50 C50" {
		t.Errorf("path of C50.9: %s", got)
	}
	if got := pathOf(x.Tree, "S52.51"); got != "XIX S50-S59 S52 S52.5" {
		t.Errorf("path of S52.51: %s", got)
	}
}

// Withdrawn codes are kept and can be read, and are not offered.
func TestOfficialInactive(t *testing.T) {
	x := officialIndex(t)
	for _, e := range x.entries {
		if e.Active {
			continue
		}
		if got, ok := x.Entry(e.Code); !ok || got.Names.RU == "" {
			t.Errorf("%s is lost", e.Code)
		}
		for _, query := range []string{e.Code, e.Names.RU} {
			if rank(x.Search(query, 100, Options{}), e.Code) != 0 {
				t.Errorf("%q offers the withdrawn %s", query, e.Code)
			}
		}
		if rank(x.Search(e.Code, 1, Options{IncludeInactive: true}), e.Code) != 1 {
			t.Errorf("%s can't be found when asked for", e.Code)
		}
	}
}

// Synonyms lead to codes that exist and are offered.
func TestSynonymsAreOfficial(t *testing.T) {
	x := officialIndex(t)
	for _, s := range synonyms {
		for _, code := range strings.Fields(s.codes) {
			if e, ok := x.Entry(code); !ok || !e.Active {
				t.Errorf("%q leads to %s, which is not offered", s.said, code)
			}
		}
		first := strings.Fields(s.codes)[0]
		for said := range strings.SplitSeq(s.said, "|") {
			if hits := x.Search(said, 3, Options{}); rank(hits, first) == 0 {
				t.Errorf("%q finds %v, want %s", said, codesOf(hits), first)
			}
		}
	}
}

func TestMeaningsAreOfficial(t *testing.T) {
	x := officialIndex(t)
	for said, means := range meanings {
		for _, w := range words(means) {
			if len(x.stems[stem(w)]) == 0 {
				t.Errorf("%q means %q, which is in no name", said, w)
			}
		}
	}
}

// Any diagnosis is found by its name, its words turned around, and with one slip
// in its longest word. Where many names are alike, one of the same words will do.
func TestOfficialByName(t *testing.T) {
	x := officialIndex(t)
	rapid.Check(t, func(t *rapid.T) {
		e := x.entries[x.sorted[rapid.IntRange(0, len(x.sorted)-1).Draw(t, "entry")]]
		if !e.Active || len(fold.Words(e.Names.RU)) > maxTerms || len(e.Names.RU) > maxQuery {
			return
		}
		list := rapid.Permutation(strings.Fields(e.Names.RU)).Draw(t, "words")
		found := func(query string) {
			for _, h := range x.Search(query, 10, Options{}) {
				if h.Code == e.Code || sameWords(h.Names.RU, e.Names.RU) {
					return
				}
			}
			t.Fatalf("%q does not find %s", query, e.Code)
		}
		found(e.Names.RU)
		found(strings.Join(list, " "))
		long := 0
		for i := range list {
			if utf8.RuneCountInString(list[i]) > utf8.RuneCountInString(list[long]) {
				long = i
			}
		}
		letters := []rune(list[long])
		if len(letters) < 6 {
			return
		}
		at := rapid.IntRange(1, len(letters)-2).Draw(t, "slip")
		letters[at], letters[at+1] = letters[at+1], letters[at]
		list[long] = string(letters)
		found(strings.Join(list, " "))
	})
}

func sameWords(a, b string) bool {
	count := make(map[string]int)
	for _, w := range words(a) {
		count[w] = 1
	}
	n := len(count)
	for _, w := range words(b) {
		if count[w] == 0 {
			return false
		}
		if count[w] == 1 {
			count[w]++
			n--
		}
	}
	return n == 0
}
