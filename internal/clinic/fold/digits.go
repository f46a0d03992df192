package fold

import (
	"strings"
	"unicode"
)

// Digits gives the decimal digits of s, of whatever script, as ASCII digits and
// without anything between them: "+7 (701) 123-45-67" → "77011234567".
func Digits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsDigit(r) {
			b.WriteByte(byte(digit(r)))
		}
	}
	return b.String()
}

// Reverse turns the runes of s around: a phone's tail is a prefix of its digits
// reversed, and prefixes are what an index can look up.
func Reverse(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}
