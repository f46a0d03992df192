package setup

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// ParseClock reads a time of day in minutes since midnight: 0930, 930, 9, 9:30, 9.30;
// 24:00 is the end of the day.
func ParseClock(field, text string) (int, error) {
	wrong := fault.At(field, "fault.desk.clock")
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, fault.At(field, "fault.field.empty")
	}
	h, m, cut := "", "", false
	for _, mark := range []string{":", ".", "-", " "} {
		if h, m, cut = strings.Cut(text, mark); cut {
			break
		}
	}
	if !cut {
		h, m = text, "0"
		if n := len(text); n > 2 {
			h, m = text[:n-2], text[n-2:]
		}
	}
	hours, ok := digits(h, 2)
	minutes, ok2 := digits(m, 2)
	if at := hours*60 + minutes; ok && ok2 && minutes < 60 && at <= clinic.DayMinutes {
		return at, nil
	}
	return 0, wrong
}

// ClockText writes minutes since midnight: 09:30.
func ClockText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// ParseDay reads a date: 21112026, 21.11.2026, 21.11.26, 21.11 and 2111 (the year that
// is nearest to today), 2026-11-21. Empty is no date.
func ParseDay(field, text string, today clinic.Date) (clinic.Date, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if d := clinic.Date(text); d.Full() && d.Valid() {
		return d, nil
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '/' || r == '-' || r == ' ' || r == ',' })
	if len(parts) == 1 {
		switch s := parts[0]; len(s) {
		case 4:
			parts = []string{s[:2], s[2:]}
		case 6, 8:
			parts = []string{s[:2], s[2:4], s[4:]}
		}
	}
	if len(parts) != 2 && len(parts) != 3 {
		return "", fault.At(field, "fault.setup.date")
	}
	day, ok1 := digits(parts[0], 2)
	month, ok2 := digits(parts[1], 2)
	year, ok3 := today.Year(), true
	if len(parts) == 3 {
		if year, ok3 = digits(parts[2], 4); len(parts[2]) == 2 {
			year += 2000
		} else if len(parts[2]) != 4 {
			ok3 = false
		}
	}
	d := clinic.Date(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	if !ok1 || !ok2 || !ok3 || !d.Full() || !d.Valid() {
		return "", fault.At(field, "fault.setup.date")
	}
	if len(parts) == 2 && d < today.AddDays(-180) { // a day of last spring is one of the next
		d = clinic.Date(fmt.Sprintf("%04d%s", year+1, d[4:]))
		if !d.Valid() {
			return "", fault.At(field, "fault.setup.date")
		}
	}
	return d, nil
}

// ParseNumber reads a whole number; empty is 0.
func ParseNumber(field, text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	n, ok := digits(text, 6)
	if !ok {
		return 0, fault.At(field, "fault.field.number")
	}
	return n, nil
}

// ParseMoney reads a sum in kopecks or tiyn: 1500, 1 500,50, 1500.5. Empty is 0.
func ParseMoney(field, text string) (int64, error) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '₽' || r == '₸' {
			return -1
		}
		if r == ',' {
			return '.'
		}
		return r
	}, text)
	if text == "" {
		return 0, nil
	}
	whole, rest, cut := strings.Cut(text, ".")
	if cut && rest == "" {
		rest = "0"
	}
	if len(rest) == 1 {
		rest += "0"
	}
	if rest == "" {
		rest = "00"
	}
	w, ok := digits(whole, 9)
	r, ok2 := digits(rest, 2)
	sum := int64(w)*100 + int64(r)
	if !ok || !ok2 || sum > clinic.MaxPrice {
		return 0, fault.At(field, "fault.billing.price")
	}
	return sum, nil
}

// MoneyText writes a sum to be typed over: 1500,50.
func MoneyText(sum int64) string {
	if sum%100 == 0 {
		return strconv.FormatInt(sum/100, 10)
	}
	return fmt.Sprintf("%d,%02d", sum/100, sum%100)
}

// digits reads a number of nothing but ASCII digits, at most so many.
func digits(s string, most int) (int, bool) {
	if s == "" || len(s) > most || strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
