package kit

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Dates as people type them, in digits: pure functions, so that a fuzzer can try them.

// dateRule says which dates a field takes.
type dateRule struct {
	today   string // ISO; the century of two-digit years, the year of a day without one
	past    bool   // two digits of a year lie in the past
	partial bool   // a year or a month alone is a date too
}

// dateParts cuts a text at what stands between numbers; nil if anything else stands
// in it.
func dateParts(s string) []string {
	var parts []string
	part := ""
	for _, r := range s {
		switch {
		case unicode.IsDigit(r) && Digits(string(r)) != "":
			part += Digits(string(r))
		case strings.ContainsRune("./-, –—", r) || unicode.IsSpace(r):
			if part != "" {
				parts = append(parts, part)
				part = ""
			}
		default:
			return nil
		}
	}
	if part != "" {
		parts = append(parts, part)
	}
	return parts
}

// yearlike: the first two digits of a year that somebody can have been born in or
// come in.
func yearlike(d string) bool {
	return len(d) >= 2 && (d[:2] == "18" || d[:2] == "19" || d[:2] == "20" || d[:2] == "21")
}

func monthlike(d string) bool {
	n, err := strconv.Atoi(d)
	return err == nil && n >= 1 && n <= 12
}

// dateTyped sets the points while one types at the end: 21112026 becomes 21.11.2026,
// 1980 stays a year, 111980 becomes 11.1980. It never loses a digit.
func dateTyped(s string) string {
	if s == "" || !unicode.IsDigit([]rune(s)[len([]rune(s))-1]) {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("/,", r) {
				return '.'
			}
			return r
		}, s)
	}
	parts := dateParts(s)
	switch len(parts) {
	case 1:
		return dayAndMonth(parts[0])
	case 2:
		if len(parts[0]) <= 2 {
			return monthAndYear(parts[0], parts[1])
		}
	case 3:
		if len(parts[0]) <= 2 {
			return strings.Join(parts, ".")
		}
	}
	return s
}

func dayAndMonth(d string) string {
	switch {
	case len(d) <= 2 || len(d) > 6: // eight digits at once may begin with the year
		return d
	case yearlike(d) && d[2] > '1', len(d) > 4 && yearlike(d) && !monthlike(d[2:4]):
		return d
	case len(d) == 3 || len(d) == 4 && monthlike(d[2:]):
		return d[:2] + "." + d[2:]
	case yearlike(d) && len(d) == 4:
		return d
	case len(d) == 4:
		return d[:2] + "." + d[2:]
	}
	return monthAndYear(d[:2], d[2:])
}

func monthAndYear(first, rest string) string {
	switch {
	case len(rest) <= 1:
		return first + "." + rest
	case len(rest) == 2 && len(first) == 2 && yearlike(first) && rest != "0" && !monthlike(rest):
		return first + rest // 19.80 was a year
	case len(rest) == 2, len(rest) <= 4 && yearlike(rest):
		return first + "." + rest
	}
	return first + "." + rest[:2] + "." + rest[2:]
}

// readDate reads what stands in the field and gives it in ISO form; ok is false
// where it is no date that the field takes. The empty text is the empty date.
func (r dateRule) readDate(s string) (iso string, ok bool) {
	parts := dateParts(s)
	if len(parts) == 0 {
		return "", strings.TrimSpace(s) == ""
	}
	y, m, d := r.split(parts)
	switch {
	case y == "":
		return "", false
	case m == "":
		iso = y
	case d == "":
		iso = y + "-" + two(m)
	default:
		iso = y + "-" + two(m) + "-" + two(d)
	}
	if len(iso) < 10 && !r.partial {
		return "", false
	}
	return iso, validDay(iso)
}

// split finds year, month and day among the numbers.
func (r dateRule) split(p []string) (y, m, d string) {
	switch len(p) {
	case 1:
		return r.splitOne(p[0])
	case 2:
		switch a, b := p[0], p[1]; {
		case len(a) == 4 && len(b) <= 2:
			return a, b, ""
		case len(a) <= 2 && len(b) == 4:
			return b, a, ""
		case len(a) == 2 && len(b) == 2 && r.partial && yearlike(a):
			return a + b, "", "" // 20.12 is what typing 2012 has made
		case len(a) <= 2 && len(b) <= 2 && !r.partial && !r.past && len(r.today) >= 4: // nobody means a birth in this year by leaving it out
			return r.today[:4], b, a
		}
	case 3:
		switch a, b, c := p[0], p[1], p[2]; {
		case len(a) == 4 && len(b) <= 2 && len(c) <= 2:
			return a, b, c
		case len(a) <= 2 && len(b) <= 2 && len(c) == 4:
			return c, b, a
		case len(a) <= 2 && len(b) == 2 && len(c) == 2 && !monthlike(b) && yearlike(b) && r.partial:
			return b + c, a, ""
		case len(a) <= 2 && len(b) <= 2 && len(c) == 2:
			return r.century(c), b, a
		}
	}
	return "", "", ""
}

// splitOne parts digits without anything between them.
func (r dateRule) splitOne(d string) (y, m, day string) {
	switch len(d) {
	case 4:
		if r.partial && yearlike(d) {
			return d, "", ""
		}
		return r.split([]string{d[:2], d[2:]})
	case 6:
		if !monthlike(d[2:4]) && yearlike(d[2:]) && r.partial {
			return d[2:], d[:2], ""
		}
		return r.split([]string{d[:2], d[2:4], d[4:]})
	case 8:
		if yearlike(d) && !validDay(d[4:]+"-"+d[2:4]+"-"+d[:2]) {
			return d[:4], d[4:6], d[6:]
		}
		return d[4:], d[2:4], d[:2]
	}
	return "", "", ""
}

// century completes a year of two digits: in the past where the field is for that,
// else the nearest one, at most thirty years ahead.
func (r dateRule) century(yy string) string {
	now, err := strconv.Atoi(r.today[:min(4, len(r.today))])
	if err != nil {
		now = 2000
	}
	n, _ := strconv.Atoi(yy)
	year := now/100*100 + n
	if ahead := year - now; r.past && ahead > 0 || ahead > 30 {
		year -= 100
	}
	return fmt.Sprintf("%04d", year)
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// validDay reports whether the calendar has the day, month or year, and a program
// for people has a use for it.
func validDay(iso string) bool {
	layouts := map[int]string{4: "2006", 7: "2006-01", 10: time.DateOnly}
	t, err := time.Parse(layouts[len(iso)], iso)
	return err == nil && layouts[len(iso)] != "" && t.Year() >= 1850 && t.Year() <= 2199
}

// dateShown writes an ISO date as people read it: 21.11.2026, 11.2026, 2026.
func dateShown(iso string) string {
	parts := strings.Split(iso, "-")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, ".")
}

// dateStep moves an ISO date: of a month alone the month, of a year alone the year.
func dateStep(iso string, months, days int) string {
	switch len(iso) {
	case 4:
		y, _ := strconv.Atoi(iso)
		return fmt.Sprintf("%04d", y+months+days)
	case 7:
		t, err := time.Parse("2006-01", iso)
		if err != nil {
			return iso
		}
		return t.AddDate(0, months+days, 0).Format("2006-01")
	}
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return addMonths(t, months).AddDate(0, 0, days).Format(time.DateOnly)
}

// addMonths keeps to the month: a month after 31 January is the last of February.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}
