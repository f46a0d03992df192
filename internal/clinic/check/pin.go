package check

import "strings"

// commonPINs are those that leaked lists are full of, beside rows and repetitions.
var commonPINs = map[string]bool{
	"1004": true, "1010": true, "1122": true, "1212": true, "1313": true, "1342": true, "1998": true, "2000": true,
	"2001": true, "2512": true, "2580": true, "3141": true, "4321": true, "5683": true, "6969": true, "7410": true,
	"8520": true, "0852": true, "112233": true, "121212": true, "123123": true, "123321": true, "159753": true,
	"147258": true, "258369": true, "131313": true, "696969": true, "12341234": true, "11223344": true,
}

// PIN says why a PIN would be guessed first; nil where nothing speaks against it.
// Whether it is a PIN at all is asked elsewhere (access.ValidPIN).
func PIN(pin string) []Warning {
	s := []rune(pin)
	switch {
	case len(s) == 0:
		return nil
	case distinct(s) <= max(1, len(s)/3):
		return warn("check.pin.repeat")
	case isRow(s) || steps(s):
		return warn("check.pin.sequence")
	case commonPINs[pin]:
		return warn("check.pin.common")
	case len(s) == 4 && isCalendar(s):
		return warn("check.pin.year")
	case len(s) == 4 && dayAndMonth(pin), len(s) > 4 && isCalendar(s):
		return warn("check.pin.date")
	case distinct(s) <= 2 || len(s)%2 == 0 && pin == strings.Repeat(pin[:len(pin)/2], 2):
		return warn("check.pin.repeat")
	}
	return nil
}

func distinct(s []rune) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// steps: each digit as far from the one before as the next (2468, 9630).
func steps(s []rune) bool {
	if len(s) < 3 {
		return false
	}
	for i := 2; i < len(s); i++ {
		if s[i]-s[i-1] != s[1]-s[0] {
			return false
		}
	}
	return true
}

func dayAndMonth(pin string) bool {
	a, b := pin[:2], pin[2:]
	day := func(s string) bool { return s >= "01" && s <= "31" }
	month := func(s string) bool { return s >= "01" && s <= "12" }
	return day(a) && month(b) || month(a) && day(b)
}
