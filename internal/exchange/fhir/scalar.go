package fhir

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"feldsher/internal/clinic"
)

var number = regexp.MustCompile(`^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?$`)

// maxDigits bounds a decimal. FHIR asks for 18 digits at least; a number with
// more than this is no measurement.
const maxDigits = 64

// exact gives a JSON number as a decimal without a change of its digits: no
// rounding, and trailing zeros stay, since they tell the precision. A power of
// ten moves the point. False where it can't be written so.
func exact(n json.Number) (clinic.Decimal, bool) {
	m := number.FindStringSubmatch(string(n))
	if m == nil || len(n) > maxDigits {
		return "", false
	}
	sign, whole, part := m[1], m[2], m[3]
	power, err := strconv.Atoi("0" + strings.TrimLeft(m[4], "+-"))
	if err != nil || power > maxDigits {
		return "", false
	}
	zeros := strings.Repeat("0", power)
	if strings.HasPrefix(m[4], "-") {
		whole = zeros + whole
		whole, part = whole[:len(whole)-power], whole[len(whole)-power:]+part
	} else if power > 0 {
		part += strings.Repeat("0", max(0, power-len(part)))
		whole, part = whole+part[:power], part[power:]
	}
	if power > 0 {
		whole = strings.TrimLeft(whole, "0")
	}
	if whole == "" {
		whole = "0"
	}
	if part != "" {
		part = "." + part
	}
	return clinic.Decimal(sign + whole + part), true
}

// day gives the calendar day of a date or dateTime as it is written there,
// whole or partial: what a clock in that place showed.
func day(s string) (clinic.Date, bool) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "T")
	d := clinic.Date(s)
	return d, d.Valid()
}

var moments = []struct {
	layout string
	whole  bool // names a moment, not a stretch of time
}{
	{time.RFC3339Nano, true},
	{"2006-01-02T15:04Z07:00", true},
	{"2006-01-02T15:04:05", false},
	{"2006-01-02", false},
	{"2006-01", false},
	{"2006", false},
}

// instant reads a dateTime. One without a time or a zone begins at 00:00 UTC,
// which is the same calendar day in all zones of Russia and Kazakhstan; whole
// is false then. Moments of the very second in which 1970 began are a
// millisecond late, because zero means "not known".
func instant(s string) (at clinic.Time, whole, ok bool) {
	s = strings.TrimSpace(s)
	for _, m := range moments {
		t, err := time.Parse(m.layout, s)
		if err != nil {
			continue
		}
		if at = clinic.TimeOf(t); at == 0 {
			at = 1
		}
		return at, m.whole, true
	}
	return 0, false, false
}
