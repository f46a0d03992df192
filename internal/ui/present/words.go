// Package present is what the eye sees and what the keys do, without a single
// widget: view-models of the pages, and what they all share, the session of who
// works and the words of the user's language. Its tests run without a screen and
// without cgo. It never imports Fyne.
package present

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/fault"
	"feldsher/translations"
)

// Words speaks a language: sentences by key, dates, sums and ages as people of that
// language write them.
type Words struct {
	Lang translations.Lang
	Zone *time.Location // the clinic's; nil is UTC
}

// T gives the sentence for a key; args are pairs of name and value.
func (w Words) T(key string, args ...any) string { return translations.T(w.Lang, key, args...) }

// Code gives the word for a code of a list, "area_code", and the code itself where
// there is no such word.
func (w Words) Code(area, code string) string {
	if code == "" {
		return ""
	}
	if key := area + "_" + code; translations.Has(w.Lang, key) {
		return w.T(key)
	}
	return code
}

// Fault tells an error: what happened, what was kept and what to do. Errors that
// are nobody's fault but the program's speak of themselves in general words.
func (w Words) Fault(err error) string {
	if err == nil {
		return ""
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Key != "" {
		return translations.Format(w.Lang, f.Key, f.Args)
	}
	return w.T("fault.internal")
}

// At is the field at fault, "" for none.
func At(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}

// Warning tells a warning.
func (w Words) Warning(x check.Warning) string { return translations.Format(w.Lang, x.Key, x.Args) }

func (w Words) in(t time.Time) time.Time {
	if w.Zone == nil {
		return t.UTC()
	}
	return t.In(w.Zone)
}

// Date writes a calendar day, whole or partial: 21.11.2026, 11.2026, 2026.
func (w Words) Date(d clinic.Date) string {
	parts := strings.Split(string(d), "-")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, ".")
}

// Day writes the clinic's day of an instant: 21.11.2026.
func (w Words) Day(t clinic.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.in(t.Std()).Format("02.01.2006")
}

// Clock writes the clinic's time of day: 09:40.
func (w Words) Clock(t clinic.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.in(t.Std()).Format("15:04")
}

// Moment writes day and time: 21.11.2026 09:40.
func (w Words) Moment(t clinic.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.in(t.Std()).Format("02.01.2006 15:04")
}

// DateOf is the clinic's calendar day of an instant.
func (w Words) DateOf(t time.Time) clinic.Date { return clinic.Date(w.in(t).Format("2006-01-02")) }

// LongDay writes a day with weekday and month in words: «суббота, 21 ноября».
func (w Words) LongDay(d clinic.Date) string {
	t, err := time.Parse("2006-01-02", string(d))
	if err != nil {
		return w.Date(d)
	}
	return w.T("word_long_day", "weekday", w.Weekday(t.Weekday()), "day", t.Day(), "month", w.T(fmt.Sprintf("word_month_%d", t.Month())))
}

// Weekday names a day of the week, Weekday2 in two letters.
func (w Words) Weekday(d time.Weekday) string { return w.T(fmt.Sprintf("word_weekday_%d", d)) }

// Weekday2 names a day of the week in two letters.
func (w Words) Weekday2(d time.Weekday) string { return w.T(fmt.Sprintf("word_weekday2_%d", d)) }

// Age tells how old somebody is on a day: years, of a small child months, of a
// newborn days; empty where the birth date is not known.
func (w Words) Age(birth clinic.Date, on clinic.Date) string {
	if birth.Year() == 0 || on.Year() == 0 {
		return ""
	}
	if !birth.Full() || !on.Full() {
		return w.T("word_about_years", "n", max(on.Year()-birth.Year(), 0))
	}
	b, err := time.Parse("2006-01-02", string(birth))
	if err != nil {
		return ""
	}
	t, err := time.Parse("2006-01-02", string(on))
	if err != nil || t.Before(b) {
		return ""
	}
	months := (t.Year()-b.Year())*12 + int(t.Month()) - int(b.Month())
	if t.Day() < b.Day() {
		months--
	}
	switch days := int(t.Sub(b).Hours() / 24); {
	case months < 1:
		return w.T("word_days", "n", days)
	case months < 36:
		return w.T("word_months", "n", months)
	}
	return w.T("word_years", "n", months/12)
}

// Money writes a sum of kopecks or tiyn: 1 250,00 ₽.
func (w Words) Money(amount int64, currency string) string {
	sign := ""
	if amount < 0 {
		sign, amount = "−", -amount
	}
	whole := fmt.Sprint(amount / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u00a0" + whole[i:]
	}
	point := ","
	if w.Lang == translations.English {
		point = "."
	}
	mark := map[string]string{"RUB": "₽", "KZT": "₸"}[currency]
	if mark == "" {
		mark = currency
	}
	return strings.TrimSpace(fmt.Sprintf("%s%s%s%02d\u00a0%s", sign, whole, point, amount%100, mark))
}
