package check

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"feldsher/internal/clinic/fold"
	"feldsher/internal/fault"
)

// The years that a card may speak of: no patient was born before, no
// appointment is made after.
const (
	oldestYear = 1850
	newestYear = 2199
)

// maxAge in years: beyond it a birth date is more likely a slip.
const maxAge = 120

// The century of a two-digit year: at or above it lies in 19xx, as POSIX has it.
const pivot = 69

// ParseDate reads a date as people type it and gives it in ISO form, as far as
// it is known: "2026-11-21", "1980-05", "1980". It understands
//
//	21.11.2026  21/11/2026  21-11-2026  21 11 2026  1.5.2026  21112026
//	21.11.26    21/11/26    211126      (00…68 are 20xx, 69…99 are 19xx)
//	2026-11-21  2026.11.21  20261121
//	21 ноября 2026 г.  21 қараша 2026  21 Nov 2026  ноябрь 2026
//	05.1980  5/1980  1980-05  1980
//
// The empty input is the empty date. Everything else is a fault of kind Invalid
// with one of the keys check.date.unreadable (no date), check.date.no_such_day
// (31.02), check.date.no_such_month, check.date.year (beyond 1850…2199).
func ParseDate(s string) (string, error) {
	return parseDate(s, func(yy int) int {
		if yy >= pivot {
			return 1900 + yy
		}
		return 2000 + yy
	})
}

// ParseBirthDate is ParseDate but for two-digit years: the birth was the last
// possible one before today.
func ParseBirthDate(s string, today time.Time) (string, error) {
	return parseDate(s, func(yy int) int {
		year := today.Year()/100*100 + yy
		if year > today.Year() {
			year -= 100
		}
		return year
	})
}

func parseDate(s string, century func(int) int) (string, error) {
	parts := dateParts(s)
	if len(parts) == 0 && strings.TrimSpace(s) == "" {
		return "", nil
	}
	if len(parts) == 1 {
		parts = splitCompact(parts[0])
	}
	switch n := numbersOf(parts); {
	case n == nil:
	case len(parts) == 1 && len(parts[0]) == 4:
		return isoDate(n[0], 0, 0)
	case len(parts) == 2 && len(parts[0]) == 4 && len(parts[1]) <= 2:
		return isoDate(n[0], n[1], -1)
	case len(parts) == 2 && len(parts[0]) <= 2 && len(parts[1]) == 4:
		return isoDate(n[1], n[0], -1)
	case len(parts) == 3 && len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
		return isoDate(n[0], n[1], n[2])
	case len(parts) == 3 && len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) == 4:
		return isoDate(n[2], n[1], n[0])
	case len(parts) == 3 && len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) == 2:
		return isoDate(century(n[2]), n[1], n[0])
	}
	return "", badDate("check.date.unreadable")
}

// dateParts cuts the input into numbers, a named month being one; nil if
// anything else stands there.
func dateParts(s string) []string {
	var parts []string
	for _, word := range strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("./-,–—−", r)
	}) {
		letters := strings.TrimLeftFunc(word, unicode.IsDigit)
		if digits := word[:len(word)-len(letters)]; digits != "" {
			parts = append(parts, fold.Digits(digits))
		}
		switch month := monthNamed(letters); {
		case letters == "", isYearWord(letters) && len(parts) > 0:
		case month > 0:
			parts = append(parts, strconv.Itoa(month))
		default:
			return nil
		}
	}
	return parts
}

// isYearWord: «1980 г.», «1980 года», «1980 ж.», «1980 жылы».
func isYearWord(letters string) bool {
	switch fold.Text(letters) {
	case "г", "год", "года", "р", "ж", "жыл", "жылы":
		return true
	}
	return false
}

// months hold the beginnings of the folded names in Russian, Kazakh and English,
// long enough to tell them apart.
var months = [12]string{
	"янв кан jan", "фев акп feb", "мар нау mar", "апр сау apr", "маи мая мам may", "июн мау jun",
	"июл шил jul", "авг там aug", "сен кыр sep", "окт каз oct", "ноя кар nov", "дек жел dec",
}

// monthNamed gives 1…12, or 0.
func monthNamed(letters string) int {
	name := fold.Text(letters)
	if len([]rune(name)) < 3 {
		return 0
	}
	for i, starts := range months {
		for _, start := range strings.Fields(starts) {
			if strings.HasPrefix(name, start) {
				return i + 1
			}
		}
	}
	return 0
}

// splitCompact parts digits without separators: 21112026, 20261121, 211126.
func splitCompact(d string) []string {
	switch len(d) {
	case 6:
		return []string{d[:2], d[2:4], d[4:]}
	case 8:
		n := numbersOf([]string{d[:2], d[2:4], d[4:]})
		if isDay(n[2], n[1], n[0]) && n[2] >= oldestYear && n[2] <= newestYear {
			return []string{d[:2], d[2:4], d[4:]}
		}
		if n := numbersOf([]string{d[:4], d[4:6], d[6:]}); n[0] >= oldestYear && n[0] <= newestYear {
			return []string{d[:4], d[4:6], d[6:]}
		}
		return []string{d[:2], d[2:4], d[4:]}
	}
	return []string{d}
}

// numbersOf gives nil if a part is no number of at most four digits.
func numbersOf(parts []string) []int {
	if len(parts) == 0 {
		return nil
	}
	out := make([]int, len(parts))
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || len(p) > 4 {
			return nil
		}
		out[i] = n
	}
	return out
}

// isoDate gives the date if there is such a one. day < 0: month and year only;
// month and day 0: the year only.
func isoDate(year, month, day int) (string, error) {
	switch {
	case year < oldestYear || year > newestYear:
		return "", badDate("check.date.year")
	case month == 0 && day == 0:
		return fmt.Sprintf("%04d", year), nil
	case month < 1 || month > 12:
		return "", badDate("check.date.no_such_month")
	case day < 0:
		return fmt.Sprintf("%04d-%02d", year, month), nil
	case !isDay(year, month, day):
		return "", badDate("check.date.no_such_day")
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day), nil
}

func isDay(year, month, day int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
		time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

func badDate(key string) error { return fault.At("", key) }

// BirthDate looks whether an ISO birth date, full or partial, is likely: that it
// exists, is not after today, and is not more than 120 years ago.
func BirthDate(iso string, today time.Time) []Warning {
	if iso == "" {
		return nil
	}
	if !isoExists(iso) {
		return warn("check.birth.no_such_date")
	}
	now := today.Format(time.DateOnly)
	oldest := fmt.Sprintf("%04d%s", today.Year()-maxAge-1, now[4:])
	n := len(iso)
	switch {
	case iso > now[:n]:
		return warn("check.birth.future")
	case iso < oldest[:n], iso == oldest: // a year or month alone may still be 120 years
		return warn("check.birth.age")
	}
	return nil
}

// isoExists: "1980", "1980-05" or "1980-05-12", and the calendar has it.
func isoExists(iso string) bool {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if len(iso) == len(layout) {
			_, err := time.Parse(layout, iso)
			return err == nil
		}
	}
	return false
}
