package demo

import (
	"time"

	"feldsher/internal/clinic"
)

// day counts from the first of January 1970 and has no zone.
type day int

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return dayAt(y, m, d)
}

func dayAt(y int, m time.Month, d int) day {
	return day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d day) year() int { return d.time().Year() }

// date gives the ISO form of the whole date.
func (d day) date() clinic.Date {
	y, m, n := d.time().Date()
	return clinic.Date([]byte{
		digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-',
		digit(int(m) / 10), digit(int(m)), '-', digit(n / 10), digit(n),
	})
}

func digit(n int) byte { return byte('0' + n%10) }

// month gives the date without its day.
func (d day) month() clinic.Date { return d.date()[:7] }

// years is the whole age on a day.
func (d day) years(on day) int {
	by, bm, bd := d.time().Date()
	y, m, n := on.time().Date()
	age := y - by
	if m < bm || m == bm && n < bd {
		age--
	}
	return age
}

// plusYears is the same date some years later.
func (d day) plusYears(n int) day {
	y, m, dd := d.time().Date()
	return dayAt(y+n, m, dd)
}

// Minutes of the clinic's day.
const (
	opens  = 8 * 60
	closes = 19 * 60
)

// instant gives the UTC instant of a minute of the clinic's day. The demo
// clinics stand in Kazan (UTC+3 since 26 October 2014) and in Karaganda (UTC+6,
// UTC+5 since 1 March 2024); a zone database would be input that differs
// between machines.
func instant(country clinic.Country, d day, minute int) clinic.Time {
	hours := 3
	if country == clinic.Kazakhstan {
		hours = 6
		if d >= dayAt(2024, time.March, 1) {
			hours = 5
		}
	}
	return clinic.Time((int64(d)*1440 + int64(minute) - int64(hours)*60) * 60_000)
}

// working moves a day off Sunday, and mostly off Saturday, to the days before.
func working(d day, r *draw) day {
	switch d.time().Weekday() {
	case time.Sunday:
		return d - day(r.between(2, 6))
	case time.Saturday:
		if r.chance(65) {
			return d - day(r.between(1, 5))
		}
	}
	return d
}
