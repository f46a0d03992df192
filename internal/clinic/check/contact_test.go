package check

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalizePhone(t *testing.T) {
	for _, c := range []struct{ raw, country, e164, region, ext, keys string }{
		{"8 (912) 345-67-89", "ru", "+79123456789", "RU", "", ""},
		{"+7 912 345 67 89", "kz", "+79123456789", "RU", "", ""},
		{"9123456789", "RU", "+79123456789", "RU", "", ""},
		{"79123456789", "ru", "+79123456789", "RU", "", ""},
		{"8 495 123-45-67", "ru", "+74951234567", "RU", "", ""},
		{"8 701 123 45 67", "kz", "+77011234567", "KZ", "", ""},
		{"8 701 123 45 67", "ru", "+77011234567", "KZ", "", ""}, // a neighbour's phone at a Russian desk
		{"87172123456", "kz", "+77172123456", "KZ", "", ""},
		{"+49 30 901820", "ru", "+4930901820", "DE", "", ""},
		{"0049 30 901820", "kz", "+4930901820", "DE", "", ""},
		{"+998 90 123 45 67", "ru", "+998901234567", "UZ", "", ""},
		{"8 495 123-45-67 доб. 12", "ru", "+74951234567", "RU", "12", ""},
		{"8 495 123-45-67 вн. 12", "ru", "+74951234567", "RU", "12", ""},
		{"123-45-67", "ru", "", "", "", "check.phone.incomplete"},
		{"8 912 345 67", "ru", "", "", "", "check.phone.incomplete"},
		{"8 912 345 67 8", "ru", "+78912345678", "RU", "", "check.phone.unlikely"}, // ten digits, a code 891
		{"8 000 123 45 67", "ru", "+70001234567", "", "", "check.phone.unlikely"},
		{"нет телефона", "ru", "", "", "", "check.phone.unreadable"},
		{"мама 8 912 345-67-89, вечером", "ru", "", "", "", "check.phone.unreadable"},
		{"8 912 345-67-89, 8 912 345-67-80", "ru", "", "", "", "check.phone.several"},
		{"", "ru", "", "", "", ""},
	} {
		p := NormalizePhone(c.raw, c.country)
		if p.E164 != c.e164 || p.Region != c.region || p.Extension != c.ext || keysOf(p.Warnings) != c.keys {
			t.Errorf("NormalizePhone(%q, %s) = %+v", c.raw, c.country, p)
		}
		if len(p.Warnings) > 0 && p.Pretty != strings.TrimSpace(c.raw) {
			t.Errorf("NormalizePhone(%q) lost what was typed: %q", c.raw, p.Pretty)
		}
	}
	if got := NormalizePhone("89123456789", "ru").Pretty; got != "+7 912 345-67-89" {
		t.Errorf("Pretty = %q", got)
	}
}

// A mobile number of either country, however spelt and wherever typed, is the same.
func TestPhonesInAnySpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"912", "926", "701", "777"}).Draw(t, "code")
		d := string(drawDigits(t, 7))
		country := rapid.SampledFrom([]string{"ru", "kz"}).Draw(t, "country")
		for _, spelt := range []string{
			"+7" + code + d, "8" + code + d, "7" + code + d, "7 (" + code + ") " + d,
			"8 (" + code + ") " + d[:3] + "-" + d[3:5] + "-" + d[5:], "+7 " + code + " " + d[:3] + " " + d[3:],
		} {
			if p := NormalizePhone(spelt, country); p.E164 != "+7"+code+d {
				t.Fatalf("NormalizePhone(%q, %s) = %+v", spelt, country, p)
			}
		}
	})
}

func TestEmail(t *testing.T) {
	for in, keys := range map[string]string{
		"name@example.org": "", "a.b+c@sub.example.org": "", "почта@пример.рф": "", " name@Example.ORG ": "", "": "",
		"name@example": "check.email.shape", "name example.org": "check.email.shape", "name@@example.org": "check.email.shape",
		".name@example.org": "check.email.shape", "name@-example.org": "check.email.shape", "name@example.c": "check.email.shape",
		"na me@example.org": "check.email.shape", "name@example,org": "check.email.shape", "name@127.0.0.1": "check.email.shape",
		"nаme@example.org": "check.email.mixed", // Cyrillic а
	} {
		if r := Email(in); keysOf(r.Warnings) != keys {
			t.Errorf("Email(%q) = %+v, want %q", in, r, keys)
		}
	}
	if got := Email("Name@Example.ORG").Value; got != "Name@example.org" {
		t.Errorf("Value = %q: the part before @ keeps its case", got)
	}
}

func FuzzNormalizePhone(f *testing.F) {
	for _, s := range []string{"8 (912) 345-67-89", "+77011234567 доб. 5", "tel:+7-912", "٨٩١٢٣٤٥٦٧٨٩", "+", ";ext=", "\xff", "8вн8"} {
		f.Add(s, "ru")
	}
	f.Fuzz(func(t *testing.T, raw, country string) {
		p := NormalizePhone(raw, country)
		if p.E164 == "" {
			return
		}
		if again := NormalizePhone(p.E164, "kz"); again.E164 != p.E164 {
			t.Fatalf("NormalizePhone(%q) = %+v, of which %+v", raw, p, again)
		}
	})
}

func BenchmarkNormalizePhone(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NormalizePhone("8 (912) 345-67-89", "ru")
	}
}

func BenchmarkSNILS(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		SNILS("112-233-445 95")
	}
}
