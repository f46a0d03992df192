package check

import (
	"strings"
	"time"
)

// lastUncheckedSNILS: numbers up to 001-001-998 were issued without a control number.
const lastUncheckedSNILS = "001001998"

// SNILS checks a Russian insurance number of 11 digits. The last two are the sum of
// the nine others times 9…1, modulo 101, where 100 stands as 00 (rules of the
// Pension Fund for the individual account). Two sums in 101 share 00, so a single
// wrong digit passes only where it turns one of them into the other.
// Pretty: "112-233-445 95".
func SNILS(s string) Result {
	r, done := numeric(s, "check.snils.shape", 11)
	if done {
		return r
	}
	d := r.Value
	r.Pretty = d[:3] + "-" + d[3:6] + "-" + d[6:9] + " " + d[9:]
	if d[:9] <= lastUncheckedSNILS {
		return r
	}
	control := weighted(d, 9, 8, 7, 6, 5, 4, 3, 2, 1) % 101 % 100
	if control != 10*digitAt(d, 9)+digitAt(d, 10) {
		r.Warnings = warn("check.snils.control")
	}
	return r
}

// INN checks a Russian taxpayer's number: 12 digits for a person, 10 for an
// organisation, whose last two or one are weighted sums modulo 11 modulo 10
// (order of the tax service on the structure of the ИНН). Remainders 0 and 10 share
// a digit, so few single errors pass.
func INN(s string) Result {
	r, done := numeric(s, "check.inn.shape", 10, 12)
	if done {
		return r
	}
	d := r.Value
	ok := strings.Trim(d, "0") != "" // all zeros satisfy the sums
	if len(d) == 10 {
		ok = ok && weighted(d, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == digitAt(d, 9)
	} else {
		ok = ok && weighted(d, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == digitAt(d, 10) &&
			weighted(d, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == digitAt(d, 11)
	}
	if !ok {
		r.Warnings = warn("check.inn.control")
	}
	return r
}

// ENP checks the uniform number of an ОМС policy, 16 digits. The control digit is
// mod 10 of ISO/HL7 27931:2009, which the federal fund's rules of exchange (order
// 79 of 7 April 2011) name: the number of every second digit from the right is
// doubled, all digits are summed, the control digit fills up to a multiple of ten.
// The sum of digits of a doubled number is that of its digits doubled one by one, so this
// is the Luhn algorithm: it catches every single wrong digit. Pretty: in fours.
func ENP(s string) Result {
	r, done := numeric(s, "check.enp.shape", 16)
	if done {
		return r
	}
	d := r.Value
	r.Pretty = d[:4] + " " + d[4:8] + " " + d[8:12] + " " + d[12:]
	if strings.Trim(d, "0") == "" || !luhn(d) {
		r.Warnings = warn("check.enp.control")
	}
	return r
}

func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := digitAt(d, len(d)-1-i)
		if i%2 == 1 {
			n *= 2
			n = n/10 + n%10
		}
		sum += n
	}
	return sum%10 == 0
}

// SuggestFromENP reads the birth date (ISO) and the sex ("male", "female") that an
// ENP encodes; ok is false unless the number is right and they make sense. They are
// what the card said when the number was issued: suggest, never overwrite.
//
// Digits 3-10 are month, year and day, each digit taken from 9, the year back to
// front. Before that 20 was added to the month of births up to 1950, 40 to those
// of 1951-2000, and 50 to the day of men.
func SuggestFromENP(s string) (date, sex string, ok bool) {
	r := ENP(s)
	if len(r.Value) != 16 || !r.OK() {
		return "", "", false
	}
	n := func(places ...int) int {
		v := 0
		for _, p := range places {
			v = v*10 + 9 - digitAt(r.Value, p)
		}
		return v
	}
	month, year, day := n(2, 3), n(7, 6, 5, 4), n(8, 9)
	switch {
	case year <= 1950:
		month -= 20
	case year <= 2000:
		month -= 40
	}
	sex = "female"
	if day > 50 {
		sex, day = "male", day-50
	}
	if year < oldestYear || !isDay(year, month, day) {
		return "", "", false
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), sex, true
}

// Policy checks the number of an ОМС policy of any kind: 16 digits are an ENP, 9 a
// temporary certificate without control digit; others are the policies of old
// form, series and number, of which nothing can be said but that they are old.
func Policy(s string) Result {
	digits, plain := digitsOf(strings.TrimSpace(s))
	switch {
	case plain && len(digits) == 9:
		return Result{Value: digits, Pretty: digits}
	case plain && len(digits) >= 14:
		return ENP(s)
	}
	r := Result{Value: strings.TrimSpace(s), Pretty: strings.TrimSpace(s)}
	if r.Value != "" {
		r.Warnings = warn("check.policy.old")
	}
	return r
}

// RussianPassport checks the shape of series (4 digits: region, year of the blank)
// and number (6 digits) of a passport of the Russian Federation. There is no
// control digit. Pretty of the series: "45 10".
func RussianPassport(series, number string) (seriesResult, numberResult Result) {
	seriesResult, done := numeric(series, "check.passport.series", 4)
	if !done {
		d := seriesResult.Value
		seriesResult.Pretty = d[:2] + " " + d[2:]
		if d[:2] == "00" {
			seriesResult.Warnings = warn("check.passport.region")
		}
	}
	numberResult, done = numeric(number, "check.passport.number", 6)
	if !done && numberResult.Value == "000000" {
		numberResult.Warnings = []Warning{{Key: "check.passport.number", Args: map[string]any{"have": 6}}}
	}
	return seriesResult, numberResult
}
