package workspace

import (
	"strconv"
	"strings"
	"time"

	"feldsher/internal/clinic"
)

// digitsOf splits a text into its runs of digits; ok is false where anything but
// digits, blanks and the given signs stands in it.
func digitsOf(s, signs string) (parts []string, ok bool) {
	s = strings.TrimSpace(s)
	parts = strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || strings.ContainsRune(signs, r) })
	for _, p := range parts {
		if strings.Trim(p, "0123456789") != "" {
			return nil, false
		}
	}
	return parts, len(parts) > 0
}

// readDay reads a day as people type it: 21112026, 211126, 21.11.2026, 21.11 of this
// year. ok is false for a day that no calendar has.
func readDay(s string, year int) (t time.Time, ok bool) {
	parts, ok := digitsOf(s, "./-")
	if !ok {
		return t, false
	}
	if d := parts[0]; len(parts) == 1 && (len(d) == 8 || len(d) == 6 || len(d) == 4) {
		parts = []string{d[:2], d[2:4]}
		if d[4:] != "" {
			parts = append(parts, d[4:])
		}
	}
	if len(parts) == 2 {
		parts = append(parts, strconv.Itoa(year))
	}
	if len(parts) != 3 || len(parts[0]) > 2 || len(parts[1]) > 2 {
		return t, false
	}
	if len(parts[2]) == 2 {
		parts[2] = "20" + parts[2]
	}
	t, err := time.Parse("2.1.2006", strings.Join(parts, "."))
	return t, err == nil && t.Year() >= 1900
}

// readClock reads a time of day as people type it: 0940, 940, 9:40, 9.40, 9. It gives
// minutes since midnight.
func readClock(s string) (minutes int, ok bool) {
	parts, ok := digitsOf(s, ":.-")
	if !ok || len(parts) > 2 {
		return 0, false
	}
	if d := parts[0]; len(parts) == 1 && (len(d) == 3 || len(d) == 4) {
		parts = []string{d[:len(d)-2], d[len(d)-2:]}
	}
	h, errHour := strconv.Atoi(parts[0])
	m := 0
	var errMinute error
	if len(parts) == 2 {
		m, errMinute = strconv.Atoi(parts[1])
	}
	if errHour != nil || errMinute != nil || h > 23 || m > 59 {
		return 0, false
	}
	return h*60 + m, true
}

// readNumber reads a number as people type it, with comma or point; empty is a value.
func readNumber(s string) (clinic.Decimal, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", ".")
	if s == "" {
		return "", true
	}
	whole, part, point := strings.Cut(s, ".")
	if whole == "" || point && part == "" || len(s) > 12 || strings.Trim(whole+part, "0123456789") != "" {
		return "", false
	}
	if strings.Trim(whole+part, "0") == "" {
		return "", false // no dose of nothing
	}
	return clinic.Decimal(s), true
}

// number writes a number as the language writes it.
func (w *Workspace) number(d clinic.Decimal) string {
	if w.comma() {
		return strings.Replace(string(d), ".", ",", 1)
	}
	return string(d)
}

func (w *Workspace) comma() bool { return w.s.Words.Lang != "en" }
