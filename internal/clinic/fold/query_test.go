package fold

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	day := Birth{Year: 1980, Month: 3, Day: 12}
	for _, c := range []struct {
		in      string
		words   string
		numbers []Number
	}{
		{"иванов петр 12.03.1980", "иванов петр", []Number{{Birth: day}}},
		{"12/03/1980 Пётр", "петр", []Number{{Birth: day}}},
		{"1980-03-12", "", []Number{{Birth: day}}},
		{"12031980", "", []Number{{Digits: "12031980", Birth: day}}},
		{"19800312", "", []Number{{Digits: "19800312", Birth: day}}},
		{"12.03.80", "", []Number{{Birth: Birth{Year: 80, Short: true, Month: 3, Day: 12}}}},
		{"03.1980", "", []Number{{Birth: Birth{Year: 1980, Month: 3}}}},
		{"1980-03", "", []Number{{Birth: Birth{Year: 1980, Month: 3}}}},
		{"12.03", "", []Number{{Birth: Birth{Month: 3, Day: 12}}}},
		{"31.02.1980", "", []Number{{Digits: "31021980"}}},
		{"петров 85", "петров", []Number{{Birth: Birth{Year: 85, Short: true}}}},
		{"85", "", []Number{{Digits: "85"}}},
		{"петров 1985", "петров", []Number{{Digits: "1985", Birth: Birth{Year: 1985}}}},
		{"1985г.р. петров", "петров", []Number{{Digits: "1985", Birth: Birth{Year: 1985}}}},
		{"…4567", "", []Number{{Digits: "4567", Tail: true}}},
		{"*1985", "", []Number{{Digits: "1985", Tail: true}}},
		{"...45-67 иванов", "иванов", []Number{{Digits: "4567", Tail: true}}},
		{"+7 (701) 123-45-67", "", []Number{{Digits: "77011234567"}}},
		{"8 701 123 45 67", "", []Number{{Digits: "87011234567"}}},
		{"4510 123456", "", []Number{{Digits: "4510123456"}}},
		{"№ 123", "", []Number{{Digits: "123"}}},
		{"112-233-445 95 12.03.1980", "", []Number{{Digits: "11223344595"}, {Birth: day}}},
		{"12-03-55", "", []Number{{Digits: "120355", Birth: Birth{Year: 55, Short: true, Month: 3, Day: 12}}}},
		{"ңғ,. әлия", "алия", []Number{{Digits: "4567"}}},
		{"Иванов,Петр - сын", "иванов петр сын", nil},
		{"О'Коннор", "о коннор", nil},
		{"\x00\xff", "", nil},
		{"", "", nil},
	} {
		q := Parse(c.in)
		if got := strings.Join(q.Words(), " "); got != c.words {
			t.Errorf("Parse(%q): words %q, want %q", c.in, got, c.words)
		}
		if !reflect.DeepEqual(q.Numbers, c.numbers) {
			t.Errorf("Parse(%q): numbers %+v, want %+v", c.in, q.Numbers, c.numbers)
		}
		if q.Empty() != (c.words == "" && c.numbers == nil) {
			t.Errorf("Parse(%q).Empty() = %v", c.in, q.Empty())
		}
	}
}

func TestParseTerms(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []Term
	}{
		{"А-000123", []Term{{Raw: "А-000123", Codes: []string{"а000123", "f000123"}}}},
		{"N12345678", []Term{{Raw: "N12345678", Codes: []string{"n12345678", "т12345678"}}}},
		{"2лия", []Term{{Raw: "2лия", Text: "2лия", Codes: []string{"2лия", "2квz"}}}},
		{",jhbcjd", []Term{{Raw: ",jhbcjd", Text: "jhbcjd"}}},
		{";", []Term{{Raw: ";"}}}, // ж, the first key of a name
	} {
		if got := Parse(c.in).Terms; !reflect.DeepEqual(got, c.want) {
			t.Errorf("Parse(%q).Terms = %+v, want %+v", c.in, got, c.want)
		}
	}
	if Code("A-000123") != Code("а 000123") {
		t.Error("A Latin and А Cyrillic must give one code")
	}
}

func TestBirthFits(t *testing.T) {
	for _, c := range []struct {
		typed, iso string
		want       bool
	}{
		{"12.03.1980", "1980-03-12", true},
		{"12.03.1980", "1980-03-13", false},
		{"12.03.1980", "1980-03", false},
		{"03.1980", "1980-03-12", true},
		{"1980", "1980", true},
		{"12.03", "1975-03-12", true},
		{"12.03", "1975-12-03", false},
		{"12.03.80", "1980-03-12", true},
		{"12.03.80", "1981-03-12", false},
		{"1980", "", false},
	} {
		if got := Parse(c.typed).Numbers[0].Birth.Fits(c.iso); got != c.want {
			t.Errorf("%s fits %q: %v", c.typed, c.iso, got)
		}
	}
	if (Birth{}).Fits("1980-03-12") {
		t.Error("the zero Birth fits nothing")
	}
}

// A full date in any of its spellings is understood, and the same (R1.5).
func TestDatesInAnySpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(0, 365*200).Draw(t, "days")
		d := time.Date(1890, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
		iso := d.Format(time.DateOnly)
		for _, layout := range []string{"02.01.2006", "2.1.2006", "02/01/2006", "02-01-2006", time.DateOnly, "02012006"} {
			q := Parse("иванов " + d.Format(layout))
			if len(q.Numbers) != 1 || q.Numbers[0].Birth.ISO() != iso || !q.Numbers[0].Birth.Fits(iso) {
				t.Fatalf("%s: %+v, want %s", d.Format(layout), q, iso)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"иванов 12.03.1980", "…4567", "ңғ,.", "А-000123", "٣.٤.١٩٨٠", "1985г.р.", "\xff1", ";"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := Parse(s)
		for _, term := range q.Terms {
			if Text(term.Raw) != term.Text && term.Text != "" {
				t.Fatalf("Parse(%q): term %+v", s, term)
			}
		}
		for _, n := range q.Numbers {
			if n.Digits == "" && n.Birth == (Birth{}) {
				t.Fatalf("Parse(%q): a number without a reading", s)
			}
			if n.Digits != Digits(n.Digits) {
				t.Fatalf("Parse(%q): digits %q", s, n.Digits)
			}
			if iso := n.Birth.ISO(); iso != "" && !n.Birth.Fits(iso) {
				t.Fatalf("Parse(%q): %+v doesn't fit itself", s, n.Birth)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Parse("иванов петр 12.03.1980")
	}
}
