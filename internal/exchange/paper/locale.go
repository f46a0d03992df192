package paper

import (
	"fmt"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// locale writes dates, numbers and ages as the readers of a language do, in the
// clinic's time zone.
type locale struct {
	lang translations.Lang
	zone *time.Location
}

func (l locale) t(key string, args ...any) string {
	return translations.T(l.lang, "paper."+key, args...)
}

// known gives the sentence for one of a fixed set of values; a value that is in
// no set is printed as it stands, an empty one not at all.
func (l locale) known(set, value string) string {
	if value == "" {
		return ""
	}
	key := "paper." + set + "." + value
	if !translations.Has(translations.Russian, key) {
		return value
	}
	return translations.T(l.lang, key)
}

func (l locale) day(t time.Time) string {
	if l.lang == translations.English {
		return t.Format("2 January 2006")
	}
	return t.Format("02.01.2006")
}

// date writes a calendar date, whole or partial; one that is none stays as it is.
func (l locale) date(d clinic.Date) string {
	if d == "" || !d.Valid() {
		return string(d)
	}
	switch len(d) {
	case 4:
		return l.t("date.year", "year", string(d))
	case 7:
		t, _ := time.Parse("2006-01", string(d))
		if l.lang == translations.English {
			return t.Format("January 2006")
		}
		return t.Format("01.2006")
	}
	t, _ := time.Parse("2006-01-02", string(d))
	return l.day(t)
}

// moment writes an instant to the minute, with its offset from UTC.
func (l locale) moment(t clinic.Time) string {
	if t.IsZero() {
		return ""
	}
	v := t.Std().In(l.zone)
	return l.day(v) + ", " + v.Format("15:04") + noBreakSpace + "(" + offset(v) + ")"
}

// span writes the beginning and end of a visit; the day once when it is the same.
func (l locale) span(from, until clinic.Time) string {
	if from.IsZero() {
		return l.moment(until)
	}
	if until <= from {
		return l.moment(from)
	}
	a, b := from.Std().In(l.zone), until.Std().In(l.zone)
	if l.day(a) != l.day(b) {
		return l.day(a) + ", " + a.Format("15:04") + " – " + l.moment(until)
	}
	return l.day(a) + ", " + a.Format("15:04") + "–" + b.Format("15:04") + noBreakSpace + "(" + offset(b) + ")"
}

const noBreakSpace = string(noBreak)

// offset names the zone as every reader understands it, in any country.
func offset(t time.Time) string {
	_, s := t.Zone()
	if s == 0 {
		return "UTC"
	}
	sign := "+"
	if s < 0 {
		sign, s = "−", -s
	}
	o := fmt.Sprintf("UTC%s%d", sign, s/3600)
	if m := s % 3600 / 60; m != 0 {
		o += fmt.Sprintf(":%02d", m)
	}
	return o
}

// number writes a decimal with the comma of Russian and Kazakh; what is no plain
// number stays as it is.
func (l locale) number(s string) string {
	s = strings.TrimSpace(s)
	if l.lang == translations.English || strings.Count(s, ".") != 1 || strings.Trim(s, "+-0123456789.") != "" {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

// quantity is a number with its unit, which never part at the end of a line.
func (l locale) quantity(value, unit string) string {
	value = l.number(value)
	if unit == "" || value == "" {
		return value
	}
	return strings.ReplaceAll(value+" "+l.unit(unit), " ", noBreakSpace)
}

// unit gives the printed form of the UCUM codes of vital signs; other units are
// printed as written.
func (l locale) unit(u string) string {
	keys := map[string]string{
		"mm[Hg]": "mmhg", "mmHg": "mmhg", "/min": "permin", "{beats}/min": "permin",
		"{breaths}/min": "permin", "{Beats}/min": "permin", "Cel": "celsius", "kg": "kg", "g": "g", "cm": "cm",
		"m": "m", "mm": "mm", "kg/m2": "kgm2", "mg": "mg", "ug": "mcg", "mcg": "mcg", "ml": "ml", "mL": "ml",
		"l": "l", "L": "l", "mmol/L": "mmoll", "mmol/l": "mmoll", "g/L": "gl", "g/l": "gl", "[IU]": "iu",
	}
	if k, ok := keys[u]; ok {
		return l.t("unit." + k)
	}
	return u
}

// age says how old a person was at a moment: in hours and days for a newborn,
// months for an infant, years later (R1.1).
func (l locale) age(birth clinic.Date, birthTime string, at clinic.Time) string {
	if birth == "" || !birth.Valid() || at.IsZero() {
		return ""
	}
	now := at.Std().In(l.zone)
	if !birth.Full() {
		if y := now.Year() - birth.Year(); y > 0 {
			return l.t("age.about", "age", l.t("age.years", "n", y))
		}
		return ""
	}
	born, _ := time.ParseInLocation("2006-01-02", string(birth), l.zone)
	if born.After(now) {
		return ""
	}
	years, months, days := calendar(born, now)
	switch {
	case years >= 3 || years > 0 && months == 0:
		return l.t("age.years", "n", years)
	case years > 0:
		return l.t("age.years", "n", years) + " " + l.t("age.months", "n", months)
	case months > 0:
		return l.t("age.months", "n", months)
	case days > 0 || birthTime == "":
		return l.t("age.days", "n", days)
	}
	exact, err := time.ParseInLocation("2006-01-02 15:04", string(birth)+" "+birthTime, l.zone)
	if err != nil || exact.After(now) {
		return l.t("age.days", "n", 0)
	}
	return l.t("age.hours", "n", int(now.Sub(exact)/time.Hour))
}

// calendar counts whole years, months and days between two days, by the
// calendar and not by seconds.
func calendar(from, to time.Time) (years, months, days int) {
	y1, m1, d1 := from.Date()
	y2, m2, d2 := to.Date()
	years, months, days = y2-y1, int(m2-m1), d2-d1
	if days < 0 {
		months--
		days += time.Date(y2, m2, 0, 0, 0, 0, 0, time.UTC).Day()
	}
	if months < 0 {
		years--
		months += 12
	}
	return years, months, days
}
