package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// snils gives the insurance number of an ordinal: nine digits from 900 000 000
// up, which have not been issued, and the control number of the Pension Fund's
// rule (sum of digits by places 9 … 1, modulo 101, 100 becoming 00).
func snils(ordinal int) string {
	base := 900_000_000 + spread(ordinal, 61_803_391, 99_999_989)
	s := strconv.Itoa(base)
	sum := 0
	for i := range 9 {
		sum += int(s[i]-'0') * (9 - i)
	}
	return fmt.Sprintf("%s%02d", s, sum%101%100)
}

// spread permutes 0 … mod-1, so that neighbours get numbers far apart and no two
// the same; factor and mod have no common divisor.
func spread(n, factor, mod int) int {
	return int(int64(n%mod) * int64(factor) % int64(mod))
}

// inn gives a natural person's tax number: region, the office "00" (a regional
// directorate, which registers nobody), six digits and two control digits
// (order ММВ-7-6/435@ of 2012).
func inn(region string, ordinal int) string {
	s := region + "00" + fmt.Sprintf("%06d", spread(ordinal, 618_033, 999_983))
	s += control(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	return s + control(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

// innOrganisation gives a ten-digit tax number.
func innOrganisation(nine string) string { return nine + control(nine, 2, 4, 10, 3, 5, 9, 4, 6, 8) }

func control(s string, weights ...int) string {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return string(rune('0' + sum%11%10))
}

// enp gives the number of a medical insurance policy: region, month (+20 for
// births up to 1950, +40 up to 2000), year backwards, day (+50 for men), five
// digits and a control digit; the digits of the date are complements to nine.
func enp(region string, born day, male bool, serial int) string {
	y, m, d := born.time().Date()
	month := int(m)
	switch {
	case y <= 1950:
		month += 20
	case y <= 2000:
		month += 40
	}
	if male {
		d += 50
	}
	year := fmt.Sprintf("%04d", y)
	plain := fmt.Sprintf("%02d%c%c%c%c%02d", month, year[3], year[2], year[1], year[0], d)
	var b strings.Builder
	b.WriteString(region)
	for i := range len(plain) {
		b.WriteByte('0' + '9' - plain[i])
	}
	fmt.Fprintf(&b, "%05d", serial%100_000)
	return b.String() + luhn(b.String())
}

// luhn gives the control digit of ISO/IEC 7812, to which the rule of the
// insurance fund comes down.
func luhn(s string) string {
	sum := 0
	for i := range len(s) {
		n := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return string(rune('0' + (10-sum%10)%10))
}

// iin gives Kazakhstan's individual number: birth date, century with sex, four
// digits and a control digit with its second row of weights; ok is false for a
// serial whose control would be 10 in both, which is never issued.
func iin(born day, male bool, serial int) (string, bool) {
	y, m, d := born.time().Date()
	century := 2
	switch {
	case y >= 2000:
		century = 6
	case y >= 1900:
		century = 4
	}
	if male {
		century--
	}
	s := fmt.Sprintf("%02d%02d%02d%d%04d", y%100, int(m), d, century, serial)
	return weigh(s)
}

// bin gives Kazakhstan's business number: year and month of registration, 4 for
// a resident legal entity, 0 for a head office, five digits and the control.
func bin(registered time.Time, serial int) string {
	for ; ; serial++ {
		s, ok := weigh(fmt.Sprintf("%02d%02d40%05d", registered.Year()%100, int(registered.Month()), serial))
		if ok {
			return s
		}
	}
}

// weigh adds the control digit that ИИН and БИН share.
func weigh(s string) (string, bool) {
	for shift := range 2 {
		sum := 0
		for i := range 11 {
			w := i + 1 + shift*2
			if w > 11 {
				w -= 11
			}
			sum += int(s[i]-'0') * w
		}
		if sum %= 11; sum < 10 {
			return s + string(rune('0'+sum)), true
		}
	}
	return "", false
}
