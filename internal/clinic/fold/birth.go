package fold

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Birth is a birth date as far as it was typed; 0 is an unknown part.
type Birth struct {
	Year  int  // 1980, or 80 if Short
	Short bool // only the last two digits of the year were typed
	Month int  // 1…12
	Day   int  // 1…31
}

// The years that a bare four-digit number, or one among eight, may be.
const (
	firstYear = 1880
	lastYear  = 2099
)

// ISO gives what is known as the beginning of an ISO date: "1980-03-12",
// "1980-03", "1980"; empty if the year is not fully known.
func (b Birth) ISO() string {
	switch {
	case b.Short || b.Year == 0:
		return ""
	case b.Month == 0:
		return fmt.Sprintf("%04d", b.Year)
	case b.Day == 0:
		return fmt.Sprintf("%04d-%02d", b.Year, b.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", b.Year, b.Month, b.Day)
}

// Fits reports whether a stored ISO date, which may be partial itself ("1980",
// "1980-03"), agrees with everything typed; a part that the card lacks agrees
// with none. The zero Birth fits nothing.
func (b Birth) Fits(iso string) bool {
	if b == (Birth{}) {
		return false
	}
	parts := strings.Split(iso, "-")
	have := [3]int{-1, -1, -1}
	for i := 0; i < len(parts) && i < len(have); i++ {
		if n, err := strconv.Atoi(parts[i]); err == nil {
			have[i] = n
		}
	}
	if b.Short {
		if have[0] < 0 || have[0]%100 != b.Year {
			return false
		}
	} else if b.Year != 0 && have[0] != b.Year {
		return false
	}
	return (b.Month == 0 || have[1] == b.Month) && (b.Day == 0 || have[2] == b.Day)
}

// dated reads a token with separators of dates; zero if it is none.
func dated(token string) Birth {
	token = strings.TrimRightFunc(token, func(r rune) bool { return r == ',' || r == '.' || r == ';' })
	for _, sep := range []string{".", "/", "-"} {
		parts := strings.Split(token, sep)
		if len(parts) != 2 && len(parts) != 3 {
			continue
		}
		n, ok := numbers(parts)
		if !ok {
			return Birth{}
		}
		if len(parts) == 3 {
			return threeParts(parts, n)
		}
		return twoParts(parts, n, sep)
	}
	return Birth{}
}

func threeParts(parts []string, n []int) Birth {
	switch {
	case len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
		return valid(Birth{Year: n[0], Month: n[1], Day: n[2]})
	case len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) == 4:
		return valid(Birth{Year: n[2], Month: n[1], Day: n[0]})
	case len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) == 2:
		return valid(Birth{Year: n[2], Short: true, Month: n[1], Day: n[0]})
	}
	return Birth{}
}

// twoParts: month and year, or day and month. «12-03» with a hyphen is rather a
// piece of a phone.
func twoParts(parts []string, n []int, sep string) Birth {
	switch {
	case len(parts[0]) <= 2 && len(parts[1]) == 4:
		return valid(Birth{Month: n[0], Year: n[1]})
	case len(parts[0]) == 4 && len(parts[1]) == 2:
		return valid(Birth{Year: n[0], Month: n[1]})
	case sep != "-" && len(parts[0]) <= 2 && len(parts[1]) == 2:
		return valid(Birth{Day: n[0], Month: n[1]})
	}
	return Birth{}
}

// bare reads digits without separators; named: the query has a name before.
func bare(digits string, named bool) Birth {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return Birth{}
	}
	switch len(digits) {
	case 2:
		if named {
			return Birth{Year: n, Short: true}
		}
	case 4:
		if firstYear <= n && n <= lastYear {
			return Birth{Year: n}
		}
	case 8:
		if b := valid(Birth{Day: n / 1000000, Month: n / 10000 % 100, Year: n % 10000}); b != (Birth{}) {
			return b
		}
		return valid(Birth{Year: n / 10000, Month: n / 100 % 100, Day: n % 100})
	}
	return Birth{}
}

// valid gives b if a calendar has it, else zero.
func valid(b Birth) Birth {
	year := b.Year
	switch {
	case b.Short, b.Year == 0:
		year = 2000 // a leap year: 29.02 is a day
	case year < firstYear || year > lastYear:
		return Birth{}
	}
	if b.Month < 1 || b.Month > 12 || b.Day < 0 {
		return Birth{}
	}
	if b.Day == 0 {
		if b.Short || b.Year == 0 {
			return Birth{}
		}
		return b
	}
	if time.Date(year, time.Month(b.Month), b.Day, 0, 0, 0, 0, time.UTC).Day() != b.Day {
		return Birth{}
	}
	return b
}

func numbers(parts []string) ([]int, bool) {
	out := make([]int, len(parts))
	for i, p := range parts {
		if p == "" || len(p) > 4 || strings.IndexFunc(p, func(r rune) bool { return !unicode.IsDigit(r) || r > '9' }) >= 0 {
			return nil, false
		}
		out[i], _ = strconv.Atoi(p) // four ASCII digits: it can't fail
	}
	return out, true
}
