package kit

import "strings"

// MaskPhone groups a phone as it is typed. Numbers of Russia and Kazakhstan, however
// they begin (+7, 8, 7 or with the code of city or operator), become
// +7 916 555-01-42 once all digits stand there and the field is left; those of other countries begin with
// + or 00 and are left as typed, as is whatever has a letter («доб. 12»).
func MaskPhone() Mask {
	return Mask{
		Typed: typedPhone,
		Done:  donePhone,
		Whole: func(s string) bool { return strings.HasPrefix(s, "+7 ") && len(Digits(s)) == 11 },
		Take: func(r rune) rune {
			if r == '\t' || r == '\n' {
				return ' '
			}
			return r
		},
	}
}

func typedPhone(s string) string {
	if strings.Trim(s, "+0123456789 -()") != "" || strings.LastIndex(s, "+") > 0 {
		return s
	}
	if strings.HasSuffix(s, " ") || strings.HasSuffix(s, "-") || strings.HasSuffix(s, "(") || strings.HasSuffix(s, ")") {
		return s // a sign of one's own: the next digit will show what it was for
	}
	d := Digits(s)
	plus := strings.HasPrefix(s, "+")
	switch {
	case plus && strings.HasPrefix(d, "7") && len(d) <= 11:
		return strings.TrimRight("+7 "+national(d[1:]), " ")
	case plus, strings.HasPrefix(d, "00"), strings.HasPrefix(d, "810"), d == "":
		return s
	case len(d) == 11 && (d[0] == '8' || d[0] == '7'):
		return "+7 " + national(d[1:])
	case len(d) < 11 && d[0] == '8':
		return strings.TrimRight("8 "+national(d[1:]), " ")
	case len(d) <= 10 && strings.ContainsRune("3479", rune(d[0])):
		return national(d)
	}
	return s
}

// donePhone sets the country before ten digits with a code of one of its cities or
// operators; while one types there may be more to come.
func donePhone(s string) string {
	s = strings.TrimSpace(s)
	out := typedPhone(s)
	if d := Digits(out); len(d) == 10 && out == national(d) {
		return "+7 " + out
	}
	return out
}

// national groups the ten digits that follow the country's: 916 555-01-42.
func national(d string) string { return fit("000 000-00-00", d) }
