package icd

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"I10", "I10"},
		{"и10", "I10"},
		{"i 10", "I10"},
		{" I10\t", "I10"},
		{"ш10", "I10"},
		{"І10", "I10"},
		{"J069", "J06.9"},
		{"j06.9", "J06.9"},
		{"j06,9", "J06.9"},
		{"J 06 . 9", "J06.9"},
		{"М4502", "M45.02"},
		{"m45.02", "M45.02"},
		{"А00.0", "A00.0"},
		{"в12", "B12"},
		{"с50", "C50"},
		{"е11.9", "E11.9"},
		{"н20", "H20"},
		{"к29", "K29"},
		{"м54", "M54"},
		{"о06", "O06"},
		{"р07", "P07"},
		{"т14", "T14"},
		{"х59", "X59"},
		{"у10", "Y10"},
		{"д50", "D50"},
		{"г43", "G43"},
		{"з00.0", "Z00.0"},
		{"J06.O", "J06.0"},
		{"j1О", "J10"},
		{"z0З", "Z03"},
		{"A39.1†", "A39.1"},
		{"E35*", "E35"},
		{"a17.0+", "A17.0"},
		{"A00-A09", "A00-A09"},
		{"а00 – а09", "A00-A09"},
		{"i10—i15", "I10-I15"},
		{"IX", "IX"},
		{"xviii", "XVIII"},
		{"ХIV", "XIV"},
		{"V", "V"},
		{"", ""},
		{"I", "I"},
		{"IIII", ""},
		{"XXIII", ""},
		{"10", ""},
		{"I1", ""},
		{"A09-A00", ""},
		{"J06.", ""},
		{"J06.12345", ""},
		{"гипертония", ""},
		{"II10", ""},
		{"I10 гипертензия", ""},
		{"A00-A09-B00", ""},
		{"£10", ""},
		{"I١٠", ""},
	} {
		if got := Normalize(c.typed); got != c.want {
			t.Errorf("Normalize(%q) = %q, want %q", c.typed, got, c.want)
		}
	}
}

func TestKindOf(t *testing.T) {
	for code, want := range map[string]Kind{
		"IX": KindChapter, "XXII": KindChapter, "I10-I15": KindBlock, "C50-C50": KindBlock, "I10": KindCategory,
		"J06.9": KindSubcategory, "M45.02": KindSubcategory,
		"": "", "i10": "", "I1": "", "I10.": "", "I10-I1": "", "XXIII": "", "J069": "",
	} {
		if got := KindOf(code); got != want {
			t.Errorf("KindOf(%q) = %q, want %q", code, got, want)
		}
	}
}

// What Normalize gives is canonical: giving it again changes nothing, and its
// kind is known.
func TestNormalizeIsCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-ZА-Яa-zа-я] ?[0-9О]{2,4}[.,]?[0-9]{0,3}`)).Draw(t, "typed")
		code := Normalize(typed)
		if code == "" {
			return
		}
		if again := Normalize(code); again != code {
			t.Fatalf("%q became %q, then %q", typed, code, again)
		}
		if KindOf(code) == "" {
			t.Fatalf("%q became %q, which has no kind", typed, code)
		}
	})
}

// A code typed with Cyrillic letters that look the same is the same code.
func TestLookAlikes(t *testing.T) {
	alike := strings.NewReplacer("A", "А", "B", "В", "C", "С", "E", "Е", "H", "Н", "K", "К", "M", "М", "O", "О", "P", "Р", "T", "Т", "X", "Х", "Y", "У", "I", "І")
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[A-Z][0-9]{2}(\.[0-9]{1,2})?`).Draw(t, "code")
		for _, typed := range []string{
			alike.Replace(code), strings.ToLower(alike.Replace(code)),
			strings.ReplaceAll(code, ".", ""), strings.ReplaceAll(code, ".", ","),
		} {
			if got := Normalize(typed); got != code {
				t.Fatalf("%q typed as %q was read as %q", code, typed, got)
			}
		}
	})
}

func TestChapters(t *testing.T) {
	for code, want := range map[string]string{
		"A00": "I", "B99.9": "I", "C50.9": "II", "D48": "II", "D50": "III", "D89.9": "III", "E11.9": "IV", "H59": "VII", "H60": "VIII",
		"I10": "IX", "J06.9": "X", "K93": "XI", "P96": "XVI", "T98": "XIX", "V01": "XX", "Y98": "XX", "Z00": "XXI", "U07.1": "XXII",
		"I10-I15": "IX", "IX": "IX", "E91": "", "D49": "", "": "", "i10": "",
	} {
		c, ok := Chapter(code)
		if c.Roman != want || ok != (want != "") {
			t.Errorf("Chapter(%q) = %q, %v, want %q", code, c.Roman, ok, want)
		}
	}
	all := Chapters()
	if len(all) != ChapterCount || all[8].Number != 9 || all[8].Range.String() != "I00-I99" {
		t.Errorf("Chapters() = %v", all)
	}
}

func TestRange(t *testing.T) {
	r, err := ParseRange("и10–и15")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]bool{
		"I10": true, "I15.9": true, "I12": true, "I16": false, "I09.9": false, "I10-I15": false, "": false, "J12": false,
	} {
		if r.Contains(code) != want {
			t.Errorf("%v.Contains(%q) = %v", r, code, !want)
		}
	}
	if one, err := ParseRange("J06"); err != nil || !one.Contains("J06.9") || one.Contains("J07") {
		t.Errorf("ParseRange(J06) = %v, %v", one, err)
	}
	for _, bad := range []string{"", "J06.9", "IX", "I15-I10", "нет"} {
		if _, err := ParseRange(bad); err == nil {
			t.Errorf("ParseRange(%q) must fail", bad)
		}
	}
	if (Range{}).Contains("A00") {
		t.Error("the zero range holds something")
	}
}
