package paper

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// The embedded fonts have what the clinics of both countries write.
func TestAlphabets(t *testing.T) {
	const need = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя" +
		"ӘҒҚҢӨҰҮҺІәғқңөұүһі₸₽€№§°±×÷µ½²³–—…«»„“”’•· "
	for _, f := range []face{regular, bold, italic} {
		for _, r := range need {
			if !f.has(r) {
				t.Errorf("face %d lacks %q", f, r)
			}
		}
	}
	for _, r := range "≤≥≈≠→←↑↓√∅∞−" {
		if _, ok := regular.pick(r); !ok {
			t.Errorf("no face has %q", r)
		}
	}
	for _, r := range "😀ش你" {
		if _, ok := regular.pick(r); ok {
			t.Errorf("a face claims to have %q", r)
		}
	}
}

// Known widths of Noto Sans in 1/1000 em, so that the reader of tables is not
// only checked against itself.
func TestAdvances(t *testing.T) {
	for r, want := range map[rune]int{' ': 260, '0': 572, 'i': 258} {
		if got := regular.advance(r); got != want {
			t.Errorf("%q is %d wide, want %d", r, got, want)
		}
	}
	if bold.advance('Щ') <= regular.advance('Щ') {
		t.Error("bold is not wider than regular")
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]struct {
		text string
		lost int
	}{
		"обычный текст":                   {"обычный текст", 0},
		"и\u0306 е\u0308":                 {"й ё", 0},
		"а\r\nб\rв\u2028г\x0bд":           {"а\nб\nв\nг\nд", 0},
		"а\tб":                            {"а    б", 0},
		"\x00а\x07":                       {"\uFFFDа\uFFFD", 2},
		"😀":                               {"\uFFFD", 1},
		"а\xffб":                          {"а\uFFFDб", 1},
		"❤\uFE0F":                         {"\uFFFD", 1},
		"\u202eа\u202c\u200f\u2066\ufeff": {"а", 0},
		"a\u00adb\u200bc":                 {"a\u00adb\u200bc", 0},
	} {
		if got, n := clean(in); got != want.text || n != want.lost {
			t.Errorf("clean(%q) = %q, %d; want %q, %d", in, got, n, want.text, want.lost)
		}
	}
}

// After clean, every letter has a face, and cleaning again changes nothing.
func TestCleanProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := clean(rapid.String().Draw(t, "s") + string(rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "bytes")))
		for _, r := range s {
			if _, ok := regular.pick(r); !ok && r != '\n' {
				t.Fatalf("%q has no face", r)
			}
		}
		if again, _ := clean(s); again != s {
			t.Fatalf("%q became %q", s, again)
		}
	})
}

// Wrapping loses no letter and oversteps no column.
func TestWrapProperty(t *testing.T) {
	alphabet := []rune("абвщ ё-—/№\u00ad\u200b\u00a0\u0301\n15,<≥(«.")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 300, -1).Draw(t, "s")
		width := rapid.Float64Range(12, 400).Draw(t, "width")
		var got strings.Builder
		for _, l := range wrap(bold, 10, s, width) {
			if w := bold.width(l, 10); w > width && len([]rune(strings.Trim(l, "\u0301"))) > 1 {
				t.Fatalf("%q is %.1f wide, the column %.1f", l, w, width)
			}
			got.WriteString(l)
		}
		strip := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) && r != '\u00a0' || strings.ContainsRune("-\u00ad\u200b", r) {
					return -1
				}
				return r
			}, s)
		}
		if strip(got.String()) != strip(s) {
			t.Fatalf("wrapped %q into %q", s, got.String())
		}
	})
}

func TestWrapTypography(t *testing.T) {
	for in, want := range map[string]string{
		"пошла в аптеку":              "пошла|в аптеку",
		"дозировка 500 мг":            "дозировка|500 мг",
		"целевое ≤ 130":               "целевое|≤ 130",
		"рентгено\u00adграфия лёгких": "рентгено-|графия|лёгких",
		"кресло-каталка":              "кресло-|каталка",
		"а — б":                       "а — б",
		"щщщщщщщщщщщщщщщщщщщщ":        "щщщщщщ|щщщщщщ|щщщщщщ|щщ",
		"10-20 мм":                    "10-20 мм",
		"слово\n\nслово":              "слово||слово",
	} {
		if got := strings.Join(wrap(regular, 10, in, 58), "|"); got != want {
			t.Errorf("wrap(%q) = %q, want %q", in, got, want)
		}
	}
}

// A chain of glued rows stays on one page; every row is placed once, in order,
// within the margins.
func TestPaginateProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 80).Draw(t, "n")
		rows := make([]row, n)
		for i := range rows {
			rows[i] = row{
				height: rapid.Float64Range(1, 120).Draw(t, "height"),
				glue:   rapid.Bool().Draw(t, "glue"),
				ops:    []op{{x: float64(i)}},
			}
		}
		next, where := 0, make([]int, n)
		for p, page := range paginate(rows) {
			for _, r := range page {
				if int(r.ops[0].x) != next {
					t.Fatalf("row %v where %d belongs", r.ops[0].x, next)
				}
				if r.y+r.height > bottom+0.01 {
					t.Fatalf("row %d ends at %.1f", next, r.y+r.height)
				}
				where[next] = p
				next++
			}
		}
		if next != n {
			t.Fatalf("%d of %d rows placed", next, n)
		}
		for i := 0; i < n; {
			k, h := chain(rows[i:])
			if h <= bottom-laterTop && where[i] != where[i+k-1] {
				t.Fatalf("rows %d to %d stand on two pages", i, i+k-1)
			}
			i += k
		}
	})
}

// R1.1: age in hours and days for newborns, by the calendar for others.
func TestAge(t *testing.T) {
	l := locale{translations.Russian, time.FixedZone("", 5*3600)}
	now := clinic.TimeOf(time.Date(2026, 3, 12, 9, 30, 0, 0, time.UTC)) // 14:30 there
	for _, c := range []struct{ birth, at, want string }{
		{"1980-05-17", "", "45 лет"},
		{"1980-03-12", "", "46 лет"},
		{"1980-03-13", "", "45 лет"},
		{"2025-03-12", "", "1 год"},
		{"2024-11-02", "", "1 год 4 месяца"},
		{"2023-03-12", "", "3 года"},
		{"2026-02-12", "", "1 месяц"},
		{"2026-02-13", "", "27 дней"},
		{"2026-03-11", "23:00", "1 день"},
		{"2026-03-12", "13:29", "1 час"},
		{"2026-03-12", "", "0 дней"},
		{"2026-03-12", "15:00", "0 дней"},
		{"2027-01-01", "", ""},
		{"1980", "", "примерно 46 лет"},
		{"1980-05", "", "примерно 46 лет"},
		{"", "", ""},
		{"нет", "", ""},
	} {
		if got := l.age(clinic.Date(c.birth), c.at, now); got != c.want {
			t.Errorf("born %s %s: %q, want %q", c.birth, c.at, got, c.want)
		}
	}
}

func TestLocale(t *testing.T) {
	ru := locale{translations.Russian, time.FixedZone("", 5*3600+30*60)}
	en := locale{translations.English, time.FixedZone("", -3*3600)}
	kk := locale{translations.Kazakh, time.UTC}
	from := clinic.TimeOf(time.Date(2026, 3, 12, 18, 40, 0, 0, time.UTC))
	for _, c := range []struct{ got, want string }{
		{ru.moment(from), "13.03.2026, 00:10\u00a0(UTC+5:30)"},
		{en.moment(from), "12 March 2026, 15:40\u00a0(UTC−3)"},
		{kk.span(from, from+3600e3), "12.03.2026, 18:40–19:40\u00a0(UTC)"},
		{kk.span(from, from+6*3600e3), "12.03.2026, 18:40 – 13.03.2026, 00:40\u00a0(UTC)"},
		{kk.span(from, 0), "12.03.2026, 18:40\u00a0(UTC)"},
		{ru.date("1980-05"), "05.1980"},
		{kk.date("1980"), "1980 ж."},
		{en.date("1980-05-17"), "17 May 1980"},
		{ru.date("1980-02-31"), "1980-02-31"},
		{ru.number("36.6"), "36,6"},
		{en.number("36.6"), "36.6"},
		{ru.number("1.2.3"), "1.2.3"},
		{ru.number("v. 2"), "v. 2"},
		{ru.quantity("120", "mm[Hg]"), "120\u00a0мм\u00a0рт.\u00a0ст."},
		{kk.quantity("5", "мешок"), "5\u00a0мешок"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// FuzzFont: a damaged font is an error, never a panic.
func FuzzFont(f *testing.F) {
	_, _, data := symbols.file()
	f.Add(data[:2000], 0, byte(0))
	f.Fuzz(func(_ *testing.T, head []byte, at int, value byte) {
		_, _ = readAdvances(head)
		_, _, data := regular.file()
		b := append([]byte(nil), data[:40000]...)
		b[int(math.Abs(float64(at%len(b))))] = value
		_, _ = readAdvances(b)
	})
}
