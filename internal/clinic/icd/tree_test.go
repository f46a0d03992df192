package icd

import (
	"strings"
	"testing"
)

func pathOf(t *Tree, code string) string {
	var out []string
	for _, e := range t.Path(code) {
		out = append(out, e.Code)
	}
	return strings.Join(out, " ")
}

func TestPath(t *testing.T) {
	tree := NewTree(sampleEntries(t))
	for code, want := range map[string]string{
		"J06.9": "X J00-J06 J06", "J06": "X J00-J06", "J00-J06": "X", "X": "",
		"J06.91": "X J00-J06 J06 J06.9", // not in the table
		"J06.1":  "X J00-J06 J06",
		"J99":    "X", // not in the table, nor its category
		"C50":    "",  // nor its chapter
		"":       "", "no code": "",
	} {
		if got := pathOf(tree, code); got != want {
			t.Errorf("Path(%q) = %q, want %q", code, got, want)
		}
	}
	if b, ok := tree.Block("E11.9"); !ok || b.Code != "E10-E14" {
		t.Errorf("Block(E11.9) = %v", b)
	}
	if b, ok := tree.Block("J00-J06"); !ok || b.Code != "J00-J06" {
		t.Errorf("Block(J00-J06) = %v", b)
	}
	if _, ok := tree.Block("X"); ok {
		t.Error("a chapter has no block")
	}
	if !tree.Divided("J06") || tree.Divided("J06.9") || tree.Divided("I10") || tree.Divided("nothing") {
		t.Error("only J06 is divided")
	}
}

// Circles can't come from ParseNSI, but a caller may build entries by hand.
func TestPathEndsInCircles(t *testing.T) {
	tree := NewTree([]Entry{
		{Code: "A00-A09", Kind: KindBlock, Parent: "A10-A19"}, {Code: "A10-A19", Kind: KindBlock, Parent: "A00-A09"},
	})
	if n := len(tree.Path("A00-A09")); n > 20 {
		t.Errorf("a path of %d", n)
	}
}

func TestTreePrefersActive(t *testing.T) {
	for _, order := range [][]bool{{true, false}, {false, true}} {
		var list []Entry
		for _, active := range order {
			list = append(list, Entry{Code: "K64", Kind: KindCategory, Active: active})
		}
		if e, _ := NewTree(list).Entry("K64"); !e.Active {
			t.Errorf("%v: the inactive one won", order)
		}
	}
}

func TestParseBuiltin(t *testing.T) {
	entries := sampleEntries(t)
	last := entries[len(entries)-1]
	if last.Code != "J20.9" || last.Kind != KindSubcategory || last.Parent != "J20" || last.Version != BuiltinVersion ||
		last.Names.EN != "Acute bronchitis, unspecified" || !last.Active || !last.Common || entries[0].Common {
		t.Errorf("got %+v", last)
	}
	for _, c := range []struct{ line, key, column string }{
		{"J21;block;J20-J22;а;б;в\n", "icd.line.kind", "KIND"},
		{"J06;category;J00-J06;а;б;в\n", "icd.line.twice", "CODE"},
		{"J21;category;J22;а;б;в\n", "icd.line.parent_unknown", "PARENT"},
		{"J21;category;J20;а;б;в\n", "icd.line.parent_kind", "PARENT"},
		{"j21;category;J20-J22;а;б;в\n", "icd.line.code", "CODE"},
		{"J21;category;J20-J22;а;;в\n", "icd.line.empty", "KK"},
		{"J21;category;J20-J22;а;б\n", "icd.line.cells", "6"},
	} {
		_, err := ParseBuiltin(strings.NewReader(sample + c.line))
		list := Problems(err)
		if len(list) != 1 || list[0].Key != c.key || list[0].Args["column"] != c.column || list[0].Args["line"] != strings.Count(sample, "\n")+1 {
			t.Errorf("%q: %v", c.line, list)
		}
	}
	if _, err := ParseBuiltin(strings.NewReader(nsiGood)); err == nil {
		t.Error("the official table is no built-in one")
	}
}

func TestMerge(t *testing.T) {
	official := []Entry{
		{Code: "J06.9", Kind: KindSubcategory, Version: "2.27", Names: Names{RU: "Официально"}, Active: true},
		{Code: "A90", Kind: KindCategory, Version: "2.27", Names: Names{RU: "Денге"}},
	}
	merged := Merge(official, sampleEntries(t))
	if len(merged) != 2 {
		t.Fatalf("%d entries: only official ones may stay", len(merged))
	}
	got := merged[0]
	if got.Version != "2.27" || got.Names.RU != "Официально" || got.Names.KK != "Анықталмаған ЖРВИ" || got.Names.EN == "" || !got.Common ||
		len(got.Also) != 1 || got.Also[0] != "ОРВИ неуточнённая" {
		t.Errorf("got %+v", got)
	}
	if merged[1].Active || merged[1].Common {
		t.Errorf("got %+v", merged[1])
	}
	if official[0].Names.KK != "" || official[0].Also != nil {
		t.Error("Merge changed its argument")
	}
	if rank(NewIndex(merged).Search("анықталмаған", 3, Options{}), "J06.9") != 1 {
		t.Error("the merged names are not found")
	}
}

func TestNamesIn(t *testing.T) {
	n := Names{RU: "р", EN: "e"}
	if n.In(Russian) != "р" || n.In(Kazakh) != "р" || n.In(English) != "e" || n.In("fr") != "р" ||
		(Names{KK: "қ", EN: "e"}).In(Russian) != "қ" || (Names{EN: "e"}).In(Kazakh) != "e" || (Names{}).In(English) != "" {
		t.Error("wrong fallbacks")
	}
}
