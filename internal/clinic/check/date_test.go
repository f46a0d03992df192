package check

import (
	"errors"
	"testing"
	"time"

	"feldsher/internal/fault"

	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"21.11.2026": "2026-11-21", "21112026": "2026-11-21", "21/11/26": "2026-11-21", "2026-11-21": "2026-11-21",
		" 1.5.2026 ": "2026-05-01", "21 11 2026": "2026-11-21", "21-11-2026": "2026-11-21", "2026.11.21": "2026-11-21",
		"20261121": "2026-11-21", "211126": "2026-11-21", "12.03.80": "1980-03-12", "12.03.1980г.": "1980-03-12",
		"12.03.1980 г.р.": "1980-03-12", "1980": "1980", "1980 г.": "1980", "1980 ж.": "1980", "05.1980": "1980-05",
		"5/1980": "1980-05", "1980-05": "1980-05", "21 ноября 2026 г.": "2026-11-21", "21 қараша 2026": "2026-11-21",
		"1 мая 1980": "1980-05-01", "7 мамыр 1980": "1980-05-07", "7 маусым 1980": "1980-06-07", "май 1980": "1980-05",
		"21 Nov 2026": "2026-11-21", "21ноября2026": "", "29.02.2024": "2024-02-29", "٢١.١١.٢٠٢٦": "2026-11-21", "": "", " \t": "",
	} {
		got, err := ParseDate(in)
		if want == "" && got == "" {
			continue
		}
		if err != nil || got != want {
			t.Errorf("ParseDate(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for in, key := range map[string]string{
		"31.02.2026": "check.date.no_such_day", "31022026": "check.date.no_such_day", "29.02.2023": "check.date.no_such_day",
		"00.05.2026": "check.date.no_such_day", "2026-13-01": "check.date.no_such_month", "13.1980": "check.date.no_such_month",
		"12.03.0980": "check.date.year", "1700": "check.date.year", "вчера": "check.date.unreadable", "1.2.3.4": "check.date.unreadable",
		"80": "check.date.unreadable", "12.03": "check.date.unreadable", ",": "check.date.unreadable", "21ноября2026": "check.date.unreadable",
		"2026-11-21T10:00": "check.date.unreadable", "99999999999999999999": "check.date.unreadable",
	} {
		got, err := ParseDate(in)
		var f *fault.Error
		if got != "" || !errors.As(err, &f) || f.Key != key || f.Kind != fault.Invalid {
			t.Errorf("ParseDate(%q) = %q, %v; want %s", in, got, err, key)
		}
	}
}

var today = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func TestParseBirthDateIsNeverInTheFutureByItsCentury(t *testing.T) {
	for in, want := range map[string]string{
		"12.03.80": "1980-03-12", "12.03.26": "2026-03-12", "12.03.27": "1927-03-12", "120355": "1955-03-12",
	} {
		if got, err := ParseBirthDate(in, today); err != nil || got != want {
			t.Errorf("ParseBirthDate(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestBirthDate(t *testing.T) {
	for iso, keys := range map[string]string{
		"": "", "1980": "", "1980-05": "", "1980-05-12": "", "2026-11-21": "", "2026-11": "", "2026": "",
		"2026-11-22": "check.birth.future", "2026-12": "check.birth.future", "2027": "check.birth.future",
		"1905-11-22": "", "1905-11-21": "check.birth.age", "1905": "", "1904": "check.birth.age", "1905-11": "",
		"1905-10": "check.birth.age", "1700-01-01": "check.birth.age",
		"1980-02-30": "check.birth.no_such_date", "1980-13": "check.birth.no_such_date", "80": "check.birth.no_such_date",
		"12.03.1980": "check.birth.no_such_date",
	} {
		if got := keysOf(BirthDate(iso, today)); got != keys {
			t.Errorf("BirthDate(%q) = %q, want %q", iso, got, keys)
		}
	}
}

func TestDatesReadAsWritten(t *testing.T) {
	layouts := []string{
		"02.01.2006", "2.1.2006", "02/01/2006", "2006-01-02", "02012006", "02-01-2006", "2 January 2006", "2 Jan 2006", "2006/1/2",
	}
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(0, 365*300).Draw(t, "days")
		d := time.Date(1870, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
		layout := rapid.SampledFrom(layouts).Draw(t, "layout")
		if got, err := ParseDate(d.Format(layout)); err != nil || got != d.Format(time.DateOnly) {
			t.Fatalf("ParseDate(%q) = %q, %v", d.Format(layout), got, err)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"21.11.2026", "1980", "05.1980", "21 ноября 2026 г.", "31.02.2026", "\xff1980", "٢١.١١.٢٠٢٦"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseDate(s)
		if err != nil {
			if got != "" || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("ParseDate(%q) = %q, %v", s, got, err)
			}
			return
		}
		if again, err := ParseDate(got); err != nil || again != got {
			t.Fatalf("ParseDate(%q) = %q, of which %q, %v", s, got, again, err)
		}
		if got != "" && !isoExists(got) {
			t.Fatalf("ParseDate(%q) = %q, which no calendar has", s, got)
		}
		BirthDate(s, today)
	})
}
