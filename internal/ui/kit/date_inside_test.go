package kit

import (
	"testing"
	"unicode"
)

// typeInto types a text letter by letter at the end, as a field does.
func typeInto(typed func(string) string, s string) string {
	out := ""
	for _, r := range s {
		out = typed(out + string(r))
	}
	return out
}

func TestDateTyped(t *testing.T) {
	for in, want := range map[string]string{
		"21112026": "21.11.2026", "21.11.2026": "21.11.2026", "211126": "21.11.26", "1.5.2026": "1.5.2026",
		"1980": "1980", "1900": "1900", "2013": "2013", "2012": "20.12", "2000": "2000", "1912": "19.12",
		"111980": "11.1980", "11.1980": "11.1980", "01011980": "01.01.1980", "20112012": "20.11.2012",
		"19121950": "19.12.1950", "19801121": "19801121", "2026-11-21": "2026-11-21", "21/11/26": "21.11.26",
		"31021980": "31.02.1980", "21 11 2026": "21.11.2026", "": "", "9": "9", "311": "31.1",
	} {
		if got := typeInto(dateTyped, in); got != want {
			t.Errorf("%q typed is %q, want %q", in, got, want)
		}
	}
}

func TestReadDate(t *testing.T) {
	whole := dateRule{today: "2026-11-21"}
	birth := dateRule{today: "2026-11-21", past: true, partial: true}
	for _, c := range []struct {
		rule dateRule
		in   string
		want string
		ok   bool
	}{
		{whole, "21.11.2026", "2026-11-21", true},
		{whole, "21112026", "2026-11-21", true},
		{whole, "20261121", "2026-11-21", true},
		{whole, "2026-11-21", "2026-11-21", true},
		{whole, "1.5.26", "2026-05-01", true},
		{whole, "21.11", "2026-11-21", true},
		{whole, "2111", "2026-11-21", true},
		{whole, "21.11.40", "2040-11-21", true},
		{whole, "21.11.84", "1984-11-21", true},
		{birth, "21.11.27", "1927-11-21", true},
		{birth, "21.11.26", "2026-11-21", true},
		{birth, "20.12", "2012", true},
		{birth, "1980", "1980", true},
		{birth, "11.1980", "1980-11", true},
		{birth, "111980", "1980-11", true},
		{birth, "", "", true},
		{whole, "1980", "", false},
		{whole, "31.02.1980", "1980-02-31", false},
		{whole, "29.02.2023", "2023-02-29", false},
		{whole, "29.02.2024", "2024-02-29", true},
		{whole, "вчера", "", false},
		{whole, "21.11.1700", "1700-11-21", false},
		{whole, "1.2.3.4", "", false},
		{birth, "0512", "", false},
	} {
		if got, ok := c.rule.readDate(c.in); ok != c.ok || ok && got != c.want {
			t.Errorf("%q is %q %v, want %q %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestDateStep(t *testing.T) {
	for _, c := range []struct {
		iso          string
		months, days int
		want         string
	}{
		{"2026-01-31", 1, 0, "2026-02-28"},
		{"2024-01-31", 1, 0, "2024-02-29"},
		{"2026-12-31", 0, 1, "2027-01-01"},
		{"2026-03-31", -1, 0, "2026-02-28"},
		{"1980", 0, -1, "1979"},
		{"1980-01", 0, -1, "1979-12"},
		{"2026-05-31", 12, 0, "2027-05-31"},
	} {
		if got := dateStep(c.iso, c.months, c.days); got != c.want {
			t.Errorf("%s %+d %+d is %s, want %s", c.iso, c.months, c.days, got, c.want)
		}
	}
}

func TestMasksTyped(t *testing.T) {
	for _, c := range []struct {
		mask     Mask
		in, want string
	}{
		{MaskSNILS(), "11223344595", "112-233-445 95"},
		{MaskSNILS(), "112-233-445 95", "112-233-445 95"},
		{MaskSNILS(), "112233445951", "112-233-445 951"},
		{MaskSNILS(), "нет", "нет"},
		{MaskIIN(), "840309400123", "840309 400123"},
		{MaskENP(), "1234567890123456", "1234 5678 9012 3456"},
		{MaskENP(), "АБ 1234567", "АБ 1234567"},
		{MaskSeries(), "4510", "45 10"},
		{MaskTime(), "0940", "09:40"},
		{MaskTime(), "940", "9:40"},
		{MaskTime(), "9:40", "9:40"},
		{MaskTime(), "23:59", "23:59"},
		{MaskPhone(), "89165550142", "+7 916 555-01-42"},
		{MaskPhone(), "+79165550142", "+7 916 555-01-42"},
		{MaskPhone(), "9165550142", "916 555-01-42"},
		{MaskPhone(), "11223344595", "11223344595"},
		{MaskPhone(), "77771234567", "+7 777 123-45-67"},
		{MaskPhone(), "8 (916) 555-01-42", "+7 916 555-01-42"},
		{MaskPhone(), "334455", "334 455"},
		{MaskPhone(), "+491701234567", "+491701234567"},
		{MaskPhone(), "0049170123", "0049170123"},
	} {
		if got := typeInto(c.mask.Typed, c.in); got != c.want {
			t.Errorf("%q typed is %q, want %q", c.in, got, c.want)
		}
	}
	for in, want := range map[string]string{"9165550142": "+7 916 555-01-42", "777 123-45-67": "+7 777 123-45-67", "334 455": "334 455", " +7 916 555-01-42 ": "+7 916 555-01-42"} {
		if got := MaskPhone().Done(in); got != want {
			t.Errorf("phone %q is %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"9": "09:00", "9:40": "09:40", "0940": "09:40", "09:4": "09:4", "25:70": "25:70", "утром": "утром", "": ""} {
		if got := MaskTime().Done(in); got != want {
			t.Errorf("time %q is %q, want %q", in, got, want)
		}
	}
}

// FuzzMasks: a mask loses no digit and no letter of what is typed, and gives nothing
// that it would write otherwise the next time.
func FuzzMasks(f *testing.F) {
	for _, s := range []string{"21112026", "20.13", "+7 916", "112-233-445 95", "9:4", "1980", "٣٤", "\x00", "😀", "810 49"} {
		f.Add(s)
	}
	masks := map[string]Mask{"snils": MaskSNILS(), "phone": MaskPhone(), "time": MaskTime(), "enp": MaskENP(), "date": {Typed: dateTyped}}
	keep := func(s string) string {
		out := ""
		for _, r := range s {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				out += string(r)
			}
		}
		return Digits(out)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 60 {
			return
		}
		for name, m := range masks {
			got, want := keep(typeInto(m.Typed, s)), keep(s)
			if got != want && (name != "phone" || got != "7"+want[1:] || want[0] != '8') { // 8 is the country's 7
				t.Errorf("%s %q: digits %q became %q", name, s, want, got)
			}
		}
		rule := dateRule{today: "2026-11-21", past: true, partial: true}
		if iso, ok := rule.readDate(s); ok && iso != "" {
			if again, ok := rule.readDate(dateShown(iso)); !ok || again != iso {
				t.Errorf("%q is %s, which is shown as %s and read as %s", s, iso, dateShown(iso), again)
			}
		}
	})
}
