package fold

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestLayouts(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"bdfyjd", "иванов"},
		{"BDFYJD", "иванов"},
		{",jhbcjd", "борисов"},
		{"~;tdcrbq", "ёжевский"},
		{"[fcfyjd", "хасанов"},
		{"gjl]zxtd", "подъячев"},
		{"'lefhl", "эдуард"},
		{".kbz", "юлия"},
		{"шмфтщм", "ivanov"},
		{"2kbz", "әлия"},
		{"rfb0fn", "каиқат"},
		{"2лия", "әлия"}, // the Russian layout where the Kazakh one was meant
		{"ңғ,.", "4567"}, // the Kazakh layout where digits were meant
		{"bdfyjd 1980", "иванов 1980"},
	} {
		if got := Layouts(c.in); !slices.Contains(got, c.want) {
			t.Errorf("Layouts(%q) = %q lacks %q", c.in, got, c.want)
		}
	}
	if got := Layouts("4567"); got != nil {
		t.Errorf("digits have no other layout, yet %q", got)
	}
}

// Whatever name is typed with the wrong layout, some alternative is that name.
func TestWrongLayoutIsUndone(t *testing.T) {
	kazakh := strings.Fields("Әлия Қуат Ғалым Гүлнәр Өмірбек Ұлан Нұрсұлтан Еңлік Мұхамбет Гауһар")
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(append(kazakh, commonNames...)).Draw(t, "name")
		typed := strings.Map(func(r rune) rune {
			if key, ok := fromRussian[r]; ok {
				return key
			}
			if key, ok := fromKazakh[r]; ok {
				return key
			}
			return r
		}, name)
		for _, alt := range Alternatives(typed) {
			if alt.Text == Text(name) && alt.How == Layout {
				return
			}
		}
		t.Fatalf("%s typed as %q gives %+v", name, typed, Alternatives(typed))
	})
}

func TestAlternatives(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Alternative
	}{
		{"Иванов", Alternative{"иванов", Typed, 0}},
		{"bdfyjd", Alternative{"иванов", Layout, 1}},
		{"ivanov", Alternative{"иванов", Translit, 1}},
		{"шмфтщм", Alternative{"иванов", Translit, 3}},
		{"шмфтщм", Alternative{"ivanov", Layout, 1}},
		{"Eduard", Alternative{"эдуард", Translit, 2}},
		{"bdfyjd gtnh", Alternative{"иванов петр", Layout, 1}},
	} {
		if got := Alternatives(c.in); !slices.Contains(got, c.want) {
			t.Errorf("Alternatives(%q) = %+v lacks %+v", c.in, got, c.want)
		}
	}
	if got := Alternatives(" -\x00"); len(got) != 0 {
		t.Errorf("nothing typed, yet %+v", got)
	}
}

func checkAlternatives(t interface {
	Fatalf(string, ...any)
}, in string,
) {
	got := Alternatives(in)
	if len(got) > maxAlternatives {
		t.Fatalf("Alternatives(%q): %d", in, len(got))
	}
	if typed := Text(in); typed != "" && (len(got) == 0 || got[0] != Alternative{typed, Typed, 0}) {
		t.Fatalf("Alternatives(%q) = %+v doesn't begin with what was typed", in, got)
	}
	for i, a := range got {
		if a.Text == "" || Text(a.Text) != a.Text {
			t.Fatalf("Alternatives(%q): %q isn't folded", in, a.Text)
		}
		for _, b := range got[:i] {
			if a.Text == b.Text || b.Penalty > a.Penalty {
				t.Fatalf("Alternatives(%q) = %+v: repeated or out of order", in, got)
			}
		}
	}
}

func TestAlternativesProperties(t *testing.T) {
	keys := []rune("abcxyz,.;'[]`-=1230 абвшщъьёқә")
	rapid.Check(t, func(t *rapid.T) {
		checkAlternatives(t, rapid.StringOf(rapid.SampledFrom(keys)).Draw(t, "in"))
	})
}

func TestKeyboardTables(t *testing.T) {
	for _, pair := range [][2]string{{keysLatin, keysRussian}, {rowLatin, rowKazakh}} {
		a, b := []rune(pair[0]), []rune(pair[1])
		if len(a) != len(b) {
			t.Fatalf("%q and %q differ in length", pair[0], pair[1])
		}
		for i := range a {
			if unicode.IsUpper(b[i]) && i < len(a)/2 {
				t.Errorf("key %q gives a capital without shift", a[i])
			}
		}
	}
	for _, r := range "абвгдеёжзийклмнопрстуфхцчшщъыьэюя" {
		if _, ok := fromRussian[r]; !ok {
			t.Errorf("no key for %q", r)
		}
	}
	for _, r := range "әіңғүұқөһ" {
		if _, ok := fromKazakh[r]; !ok {
			t.Errorf("no key for %q", r)
		}
	}
}

func FuzzAlternatives(f *testing.F) {
	for _, s := range []string{"bdfyjd", "2лия", "ңғ,.", ";", "\xff", "ivanov,петр"} {
		f.Add(s)
	}
	f.Fuzz(checkAlternativesFuzz)
}

func checkAlternativesFuzz(t *testing.T, s string) { checkAlternatives(t, s) }

func BenchmarkAlternatives(b *testing.B) {
	for _, s := range []string{"иванов", "bdfyjd", "shcherbakova"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Alternatives(s)
			}
		})
	}
}
