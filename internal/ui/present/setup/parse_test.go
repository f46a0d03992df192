package setup

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

func TestParseClock(t *testing.T) {
	for text, want := range map[string]int{
		"0930": 570, "930": 570, "9": 540, "09": 540, "9:30": 570, "9.30": 570, " 09:30 ": 570, "24:00": 1440, "0": 0, "2359": 1439, "9-5": 545,
		"": -1, "25": -1, "2401": -1, "9:60": -1, "9:5:0": -1, "утро": -1, "-1": -1, "９": -1, "99999999": -1, "9:": -1, ":30": -1,
	} {
		got, err := ParseClock("from", text)
		if want < 0 != (err != nil) || want >= 0 && got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
		if f := (*fault.Error)(nil); err != nil && (!errors.As(err, &f) || f.Field != "from") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseDay(t *testing.T) {
	const today = clinic.Date("2026-11-21")
	for text, want := range map[string]clinic.Date{
		"21112026": "2026-11-21", "21.11.2026": "2026-11-21", "1.2.2027": "2027-02-01", "21.11.26": "2026-11-21", "211126": "2026-11-21",
		"2512": "2026-12-25", "25.12": "2026-12-25", "0101": "2027-01-01", "1510": "2026-10-15", "2026-11-21": "2026-11-21", "": "", "29.02.2028": "2028-02-29",
	} {
		if got, err := ParseDay("from", text, today); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"31.02.2026", "29.02.2026", "32.01.2026", "1.13.2026", "завтра", "21", "2111202", "1.1.1.1", "2026-02-31", "1.1.126", "０１.01.2026", strings.Repeat("1", 10_000), "🗓"} {
		if got, err := ParseDay("from", text, today); err == nil {
			t.Errorf("%.20q: %q", text, got)
		}
	}
}

func TestParseMoney(t *testing.T) {
	for text, want := range map[string]int64{
		"1500": 150000, "1500,50": 150050, "1500.5": 150050, "1 500,50": 150050, "1 500 ₽": 150000, "0,01": 1, "": 0, "12,": 1200,
		"1,505": -1, "-5": -1, "1e3": -1, "сто": -1, "1,2,3": -1, "999999999999": -1, ",50": -1, "1000000000": -1,
	} {
		got, err := ParseMoney("price", text)
		if want < 0 != (err != nil) || want >= 0 && got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

// TestWrittenIsRead: what a form shows is read as what it was.
func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sum := rapid.Int64Range(0, clinic.MaxPrice).Draw(t, "sum")
		if got, err := ParseMoney("price", MoneyText(sum)); err != nil || got != sum {
			t.Fatalf("%d: %q: %d, %v", sum, MoneyText(sum), got, err)
		}
		at := rapid.IntRange(0, clinic.DayMinutes).Draw(t, "minutes")
		if got, err := ParseClock("from", ClockText(at)); err != nil || got != at {
			t.Fatalf("%d: %q: %d, %v", at, ClockText(at), got, err)
		}
	})
}

// FuzzParse: whatever is typed is read or refused at its field.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "21.11.2026", "9:30", "1 500,50 ₽", "\x00", "²", "\u202e12", "٣", "9:9:9", "....", "31.12.9999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := ParseClock("x", s); err == nil && (m < 0 || m > clinic.DayMinutes) {
			t.Errorf("%q: %d minutes", s, m)
		}
		if d, err := ParseDay("x", s, "2026-11-21"); err == nil && d != "" && (!d.Full() || !d.Valid()) {
			t.Errorf("%q: %q", s, d)
		}
		if v, err := ParseMoney("x", s); err == nil && (v < 0 || v > clinic.MaxPrice) {
			t.Errorf("%q: %d", s, v)
		}
		if n, err := ParseNumber("x", s); err == nil && n < 0 {
			t.Errorf("%q: %d", s, n)
		}
	})
}
