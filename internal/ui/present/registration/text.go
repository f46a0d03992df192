package registration

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"feldsher/internal/fault"
)

// clean takes out of a text what no field can hold: control signs, marks that turn
// the direction of writing, broken bytes. Tabs and line ends become blanks, but for
// the line ends of a note.
func clean(s string, lines bool) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\n', r == '\r', r == '\t', r == '\u00a0', r == '\u2028', r == '\u2029':
			return ' '
		case r < ' ', r >= 0x7f && r <= 0x9f, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
			return -1
		}
		return r
	}, s)
}

// particles stay small inside a name.
var particles = map[string]bool{
	"де": true, "да": true, "дель": true, "ван": true, "фон": true, "дер": true, "оглы": true, "оглу": true,
	"кызы": true, "гызы": true, "улы": true, "уулу": true, "ұлы": true, "қызы": true, "бен": true, "ибн": true, "аль": true,
}

// capital gives a name that was typed in small letters only, or in capital ones
// only, its capital letters; any other is left as it was typed.
func capital(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	small, big := strings.ToLower(s), strings.ToUpper(s)
	if s != small && (s != big || len([]rune(s)) < 4) {
		return s
	}
	out, begin, word := []rune(small), true, 0
	for i, r := range out {
		letter := unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) || r == '’' || r == '\'' || r == 'ʼ'
		if letter && begin {
			end := i
			for end < len(out) && unicode.IsLetter(out[end]) {
				end++
			}
			if word == 0 || !particles[string(out[i:end])] {
				out[i] = unicode.ToUpper(r)
			}
			word++
		}
		begin = !letter
	}
	return string(out)
}

// clock reads a time of day and gives it as HH:MM.
func clock(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", true
	}
	t, err := time.Parse("15:04", text)
	if err != nil || strings.ContainsFunc(text, func(r rune) bool { return r > '~' }) {
		return "", false
	}
	return t.Format("15:04"), true
}

// count reads a small number.
func count(text string) (int, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

// sum reads a sum with a comma or point: «1 250,50» is 125050.
func sum(text string) (int64, bool) {
	text = strings.NewReplacer(" ", "", "\u00a0", "", ",", ".").Replace(text)
	if text == "" {
		return 0, true
	}
	whole, part, _ := strings.Cut(text, ".")
	if len(whole) > 12 || len(part) > 2 || whole == "" {
		return 0, false
	}
	for len(part) < 2 {
		part += "0"
	}
	if strings.ContainsFunc(whole+part, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+part, 10, 64)
	return n, err == nil
}

// kopecks writes a stored sum as it is typed.
func kopecks(text string) string {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n == 0 {
		return ""
	}
	if n%100 == 0 {
		return strconv.FormatInt(n/100, 10)
	}
	return fmt.Sprintf("%d,%02d", n/100, n%100)
}

func keyOf(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return "check.date.unreadable"
}
