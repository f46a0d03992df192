package fhir

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
)

func TestExact(t *testing.T) {
	for in, want := range map[string]string{
		"108.01055787450566": "108.01055787450566", "36.60": "36.60", "-0.5": "-0.5", "0": "0",
		"1e3": "1000", "1.5E+2": "150", "1.2345e2": "123.45", "15e-1": "1.5", "1e-3": "0.001",
		"0e5": "0", "1.0e1": "10", "-2.50e-1": "-0.250",
		"1e65": "", "1e999999": "", "NaN": "", "": "", strings.Repeat("9", 65): "",
	} {
		got, ok := exact(json.Number(in))
		if string(got) != want || ok != (want != "") {
			t.Errorf("exact(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

// Whatever the way a number is written, its value stays.
func TestExactKeepsTheValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
		got, ok := exact(json.Number(text))
		if !ok {
			t.Skip("too large")
		}
		if strings.ContainsAny(string(got), "eE+") {
			t.Fatalf("%s became %s", text, got)
		}
		want, _ := new(big.Rat).SetString(text)
		have, fine := new(big.Rat).SetString(string(got))
		if !fine || want.Cmp(have) != 0 {
			t.Fatalf("%s became %s", text, got)
		}
	})
}

func TestInstant(t *testing.T) {
	for in, want := range map[string]struct {
		at        string
		whole, ok bool
	}{
		"2011-03-27T23:58:38+00:00":     {"2011-03-27T23:58:38Z", true, true},
		"2011-03-27T23:58:38.123+05:00": {"2011-03-27T18:58:38.123Z", true, true},
		"1931-05-06T00:00:00-05:00":     {"1931-05-06T05:00:00Z", true, true},
		"2011-03-27T23:58Z":             {"2011-03-27T23:58:00Z", true, true},
		"2011-03-27T23:58:38":           {"2011-03-27T23:58:38Z", false, true},
		"2011-03-27":                    {"2011-03-27T00:00:00Z", false, true},
		"2011-03":                       {"2011-03-01T00:00:00Z", false, true},
		"2011":                          {"2011-01-01T00:00:00Z", false, true},
		"1970-01-01":                    {"1970-01-01T00:00:00.001Z", false, true},
		"2011-13-01":                    {}, "yesterday": {}, "": {}, "2011-02-30": {},
	} {
		at, whole, ok := instant(in)
		text := ""
		if ok {
			text = at.Std().Format(time.RFC3339Nano)
		}
		if text != want.at || whole != want.whole || ok != want.ok {
			t.Errorf("instant(%q) = %s %v %v", in, text, whole, ok)
		}
	}
}

func TestDay(t *testing.T) {
	for in, want := range map[string]clinic.Date{
		"1980-05-17": "1980-05-17", "1980-05": "1980-05", "1980": "1980", "": "",
		"2011-03-27T23:58:38+05:00": "2011-03-27",
	} {
		if d, ok := day(in); d != want || !ok {
			t.Errorf("day(%q) = %q, %v", in, d, ok)
		}
	}
	for _, in := range []string{"80", "1980-5-17", "1980-02-30", "17.05.1980"} {
		if d, ok := day(in); ok {
			t.Errorf("day(%q) = %q", in, d)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":"x\u0000y"}`: `{"a":"xy"}`, `{"a":"x\u001Fy\b\f"}`: `{"a":"xy"}`,
		`{"a":"x\\u0000y"}`: `{"a":"x\\u0000y"}`, `{"a":"\u000a\u0020\n\u0416"}`: `{"a":"\u000a\u0020\n\u0416"}`,
		"{\"a\":\"\xff\"}": "{\"a\":\"\uFFFD\"}", `{"a":"\"\u007f"}`: `{"a":"\""}`,
	} {
		if got := string(clean(json.RawMessage(in))); got != want {
			t.Errorf("clean(%s) = %s, want %s", in, got, want)
		}
	}
}
