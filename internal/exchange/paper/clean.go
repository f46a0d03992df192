package paper

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lost is what stands on paper for a letter that no embedded font has: better a
// visible mark than a silent gap in a medical record.
const lost = '\uFFFD'

const (
	softHyphen = '\u00AD'
	zeroSpace  = '\u200B' // a place to break a line, without width
	noBreak    = '\u00A0'
)

// clean makes a text fit to print: letters composed (NFC, because fpdf puts no
// marks over letters), line ends as \n, tabs as spaces, invisible controls of
// direction and joining dropped, and everything that no font has replaced by
// the sign `lost`. It returns how many letters that befell.
func clean(s string) (string, int) {
	s = strings.ToValidUTF8(s, string(lost))
	s = norm.NFC.String(s)
	var (
		b strings.Builder
		n int
	)
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case r == '\r':
			if !strings.HasPrefix(s[i+1:], "\n") {
				b.WriteByte('\n')
			}
		case r == '\n', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteString("    ")
		case r == softHyphen, r == zeroSpace:
			b.WriteRune(r)
		case invisible(r):
		case unicode.IsControl(r), !printable(r), r == lost:
			b.WriteRune(lost)
			n++
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), n
}

// invisible letters steer how others are shown; on paper they are nothing.
func invisible(r rune) bool {
	switch {
	case r == '\u200C', r == '\u200D', r == '\u2060', r == '\uFEFF', r == '\u061C':
	case r >= '\u200E' && r <= '\u200F', r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
	case r >= '\uFE00' && r <= '\uFE0F': // variation selectors
	default:
		return false
	}
	return true
}

func printable(r rune) bool {
	_, ok := regular.pick(r)
	return ok
}

// oneLine joins the lines of a text that has to stand in one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
