package fold

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"  ", ""},
		{"Иванов", "иванов"},
		{"Ёлкина-Пётр", "елкина петр"},
		{"Е\u0308лкина И\u0306ошкар", "елкина иошкар"}, // decomposed, as macOS gives it
		{"Әлия Қуанышқызы", "алия куанышкызы"},
		{"ҒАЛЫМ ңғүұқөһі", "галым нгуукохи"},
		{"Гүлнәр", "гулнар"},
		{"Гульнар", "гулнар"},
		{"Ольга Подъячева", "олга подячева"},
		{"Дмитрий", "дмитри"},
		{"Кизлярский", "кизлярски"},
		{"О'Коннор", "о коннор"},
		{"д’Артаньян", "д артанян"},
		{"Ol'ga", "olga"},
		{"И.О. Фамилия", "и о фамилия"},
		{"Straße Çelik Łukasz Ærø Đoko", "strasse celik lukasz aero doko"},
		{"Şoqan Uälihanūly", "soqan ualihanuly"},
		{"Ивaнов", "иванов"},     // Latin a
		{"HИКОЛАЕВ", "николаев"}, // Latin H
		{"Ғалiм", "галим"},       // Latin i
		{"№ 12", "12"},
		{"Éа № 3", "еа 3"}, // the sign beside letters that need decomposition
		{"а\x00б\tв\u00a0г", "а б в г"},
		{"мяг\u00adкий", "мягки"},
		{"\xff\xfeа", "а"},
		{"٣۴５", "345"},
		{"ь ъ", ""},
		{"а ь б", "а б"},
	} {
		if got := Text(c.in); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	if got := Words(" ,;"); got != nil {
		t.Errorf("Words of punctuation = %q, want nil", got)
	}
	if got := strings.Join(Words("Иванова-Петрова  Анна"), "|"); got != "иванова|петрова|анна" {
		t.Errorf("Words = %q", got)
	}
}

// checkFolded states the promises of Text that hold for any input.
func checkFolded(t interface {
	Fatalf(string, ...any)
}, in string,
) {
	out := Text(in)
	if !utf8.ValidString(out) {
		t.Fatalf("Text(%q) = %q is no UTF-8", in, out)
	}
	if again := Text(out); again != out {
		t.Fatalf("Text(%q) = %q, and again %q", in, out, again)
	}
	if strings.HasPrefix(out, " ") || strings.HasSuffix(out, " ") || strings.Contains(out, "  ") {
		t.Fatalf("Text(%q) = %q: blanks", in, out)
	}
	for _, r := range out {
		if r != ' ' && !unicode.IsLetter(r) && (r < '0' || r > '9') || unicode.IsControl(r) {
			t.Fatalf("Text(%q) = %q has %q", in, out, r)
		}
	}
}

func TestTextProperties(t *testing.T) {
	alphabet := []rune("абвийьъёіқәғңөұүһйиИЬAaHhb' -.№\u0301\u0306ßæəħışŞ1٣")
	rapid.Check(t, func(t *rapid.T) {
		checkFolded(t, rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom(alphabet))).Draw(t, "in"))
	})
}

// The fast path must agree with the slow one: what folded accepts is a fixed point.
func TestFoldedIsFixedPoint(t *testing.T) {
	alphabet := []rune("абвияйь abz19")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom(alphabet)).Draw(t, "s")
		slow := strings.ToValidUTF8(Text(s+"\u00ad"), "") // an ignored rune forces the slow path
		if folded(s) && slow != s {
			t.Fatalf("%q is taken for folded but folds to %q", s, slow)
		}
	})
}

func TestFoldedTextDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Text("иванов петр сергеевич 1980") }); n != 0 {
		t.Errorf("folded text: %v allocations, want 0", n)
	}
	if n := testing.AllocsPerRun(100, func() { Text("Иванов Пётр Сергеевич") }); n > 1 {
		t.Errorf("a Russian name: %v allocations, want at most 1", n)
	}
}

func TestDigitsAndReverse(t *testing.T) {
	if got := Digits("+7 (701) 123-45-67"); got != "77011234567" {
		t.Errorf("Digits = %q", got)
	}
	if got := Digits("нет"); got != "" {
		t.Errorf("Digits of letters = %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if Reverse(Reverse(s)) != s {
			t.Fatalf("%q reversed twice", s)
		}
		d := Digits(s)
		if strings.IndexFunc(d, func(r rune) bool { return r < '0' || r > '9' }) >= 0 || Digits(d) != d {
			t.Fatalf("Digits(%q) = %q", s, d)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"Иванов-Петров", "əлия", "ß\xff", "aæж", "ⅣК", "한글", "ŉʼ", "№", "\xf3ţ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkFolded(t, s) })
}

func BenchmarkText(b *testing.B) {
	for _, c := range []struct{ name, in string }{
		{"folded", "иванов петр сергеевич"},
		{"russian", "Иванов Пётр Сергеевич"},
		{"kazakh", "Қуанышбеков Әлішер Ғалымұлы"},
		{"latin", "Şoqan Uälihanūly"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Text(c.in)
			}
		})
	}
}
