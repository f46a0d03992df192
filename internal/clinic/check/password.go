package check

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"feldsher/internal/clinic/fold"
)

// MinPassword is how many characters a password has at least (package vault
// refuses a shorter one).
const MinPassword = 8

// Strength is an estimate of how long a password withstands guessing by somebody
// who has stolen the files.
type Strength struct {
	Bits     float64   // log2 of the guesses that a clever guesser needs
	Level    int       // 0 none, 1 weak, 2 fair, 3 good, 4 strong
	Warnings []Warning // what to do about it, the weightiest first; empty at level 4
}

// levels are the bits from which each level begins. A guess costs 64 MiB and a
// twentieth of a second: with a thousand machines at it, 34 bits last some days,
// 42 bits some years, 52 bits for ever.
var levels = [...]float64{1, 34, 42, 52}

// Password estimates a password. own are words that a guesser tries first: login,
// names, the clinic's title. The estimate is of a guesser who knows the common
// passwords, common words (also in the other keyboard layout), dates and rows of
// keys, and who builds the rest out of pronounceable words and single characters;
// of all ways to build the password the cheapest counts.
func Password(password string, own ...string) Strength {
	text := norm.NFC.String(password)
	letters := []rune(text)
	if len(letters) > 256 {
		letters = letters[:256] // beyond that there is nothing left to estimate
	}
	e := estimate(letters, ownWords(own))
	s := Strength{Bits: e.bits}
	for _, from := range levels {
		if s.Bits >= from {
			s.Level++
		}
	}
	n := utf8.RuneCountInString(text)
	if n < MinPassword {
		s.Level = min(s.Level, 1)
	}
	s.Warnings = advice(text, n, s.Level, e.used)
	return s
}

// advice says what to do, out of what the cheapest way to guess was made of.
func advice(text string, n, level int, used map[pattern]bool) []Warning {
	var out []Warning
	if n > 0 && n < MinPassword {
		out = append(out, Warning{Key: "check.password.short", Args: map[string]any{"left": MinPassword - n, "min": MinPassword}})
	}
	if level < 4 {
		for _, p := range []struct {
			kind pattern
			key  string
		}{
			{ownWord, "check.password.name"},
			{commonWord, "check.password.common"},
			{otherLayout, "check.password.layout"},
			{keyRow, "check.password.sequence"},
			{repetition, "check.password.repeat"},
			{calendar, "check.password.date"},
		} {
			if used[p.kind] {
				out = append(out, Warning{Key: p.key})
			}
		}
		if n >= MinPassword && len(out) == 0 {
			out = append(out, Warning{Key: "check.password.longer"})
		}
	}
	if strings.TrimSpace(text) != text {
		out = append(out, Warning{Key: "check.password.spaces"})
	}
	return out
}

// pattern is what a stretch of a password is recognised as.
type pattern uint8

const (
	single pattern = iota
	plainWord
	ownWord
	commonWord
	otherLayout
	keyRow
	repetition
	calendar
)

type guess struct {
	bits float64
	used map[pattern]bool
}

// estimate finds the cheapest way to build the password out of stretches.
func estimate(letters []rune, own map[string]bool) guess {
	n := len(letters)
	lower := []rune(strings.ToLower(string(letters)))
	if len(lower) != n { // a letter whose lower case is two: keep the indices equal
		lower = letters
	}
	best := make([]float64, n+1)
	from := make([]int, n+1)
	kind := make([]pattern, n+1)
	for end := 1; end <= n; end++ {
		best[end] = math.Inf(1)
		for start := max(0, end-24); start < end; start++ {
			p, bits := stretch(lower[start:end], own)
			if p == single && end-start > 1 {
				continue
			}
			if p == single {
				bits = singleBits(letters[start])
			} else {
				bits += capitals(letters[start:end])
			}
			if start > 0 {
				bits++ // where one stretch ends and the next begins
			}
			if sum := best[start] + bits; sum < best[end] {
				best[end], from[end], kind[end] = sum, start, p
			}
		}
	}
	g := guess{bits: best[n], used: map[pattern]bool{}}
	for at := n; at > 0; at = from[at] {
		g.used[kind[at]] = true
	}
	return g
}

// stretch recognises a stretch of lower-case text as the cheapest it can be.
func stretch(s []rune, own map[string]bool) (pattern, float64) {
	word, words := string(s), common()
	switch {
	case own[word]:
		return ownWord, 2
	case len(s) >= 3 && isRow(s):
		return keyRow, 6 + math.Log2(float64(len(s)))
	case words.plain[word]:
		return commonWord, commonBits
	case words.elsewhere[word]:
		return otherLayout, commonBits + 1
	case len(s) >= 3 && allSame(s):
		return repetition, 5 + math.Log2(float64(len(s)))
	case isCalendar(s):
		return calendar, map[bool]float64{true: 7, false: 15}[len(s) == 4]
	case len(s) >= 4 && pronounceable(s):
		return plainWord, pronounceableBits(len(s))
	}
	return single, 0
}

// singleBits is what one character by itself is worth.
func singleBits(r rune) float64 {
	switch {
	case unicode.IsDigit(r):
		return 3.3
	case r == ' ':
		return 2
	case unicode.IsLower(r):
		return 4.8
	case unicode.IsLetter(r):
		return 5.4
	}
	return 5.2
}

// capitals adds what capital letters in a stretch are worth: one at the beginning
// or all of them are what everybody does.
func capitals(s []rune) float64 {
	upper := 0
	for _, r := range s {
		if unicode.IsUpper(r) {
			upper++
		}
	}
	switch {
	case upper == 0:
		return 0
	case upper == len(s) || upper == 1 && unicode.IsUpper(s[0]):
		return 1
	}
	return 1 + math.Log2(float64(len(s)))*float64(min(upper, len(s)-upper))/2
}

// pronounceableBits: words people know number some tens of thousands (14 bits),
// and longer ones a little more.
func pronounceableBits(n int) float64 { return 12 + 0.7*float64(min(n-4, 8)) + 3*float64(max(n-12, 0)) }

const vowels = "аеёиоуыэюяәіөұүaeiouy"

// pronounceable: letters of one alphabet in which no four consonants and no three
// vowels stand together, and there is a vowel.
func pronounceable(s []rune) bool {
	latin, cyrillic, run, last, any := false, false, 0, false, false
	for i, r := range s {
		if !unicode.IsLetter(r) {
			return false
		}
		latin = latin || unicode.Is(unicode.Latin, r)
		cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
		vowel := strings.ContainsRune(vowels, r)
		any = any || vowel
		if i > 0 && vowel == last {
			run++
		} else {
			run = 1
		}
		last = vowel
		if vowel && run > 2 || !vowel && run > 3 {
			return false
		}
	}
	return any && latin != cyrillic
}

func allSame(s []rune) bool {
	for _, r := range s[1:] {
		if r != s[0] {
			return false
		}
	}
	return true
}

// rows of the keyboards and of the alphabets.
var rows = []string{
	"1234567890", "0987654321", "qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
	"abcdefghijklmnopqrstuvwxyz", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгдежзийклмнопрстуфхцчшщъыьэюя",
	"1qaz2wsx3edc4rfv5tgb", "qazwsxedcrfvtgb", "йфяцычувскам", "1q2w3e4r5t6y7u8i9o0p", "1й2ц3у4к5е6н7г8ш", "147258369", "159357", "0123456789",
}

// isRow: the stretch stands in a row of keys or letters, forwards or backwards.
func isRow(s []rune) bool {
	back := make([]rune, len(s))
	for i, r := range s {
		back[len(s)-1-i] = r
	}
	for _, row := range rows {
		if strings.Contains(row, string(s)) || strings.Contains(row, string(back)) {
			return true
		}
	}
	return false
}

// isCalendar: a year of the last hundred or so (19xx, 20xx), or six or eight
// digits that are a day of one.
func isCalendar(s []rune) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	d := string(s)
	year := func(y string) bool { return strings.HasPrefix(y, "19") || y >= "2000" && y <= "2039" }
	day := func(dd, mm string) bool { return dd >= "01" && dd <= "31" && mm >= "01" && mm <= "12" }
	switch len(d) {
	case 4:
		return year(d)
	case 6:
		return day(d[:2], d[2:4]) || day(d[4:], d[2:4])
	case 8:
		return day(d[:2], d[2:4]) && year(d[4:]) || year(d[:4]) && day(d[6:], d[4:6])
	}
	return false
}

// ownWords takes names and titles apart into words of three letters and more.
func ownWords(own []string) map[string]bool {
	out := map[string]bool{}
	for _, text := range own {
		for _, w := range strings.FieldsFunc(strings.ToLower(norm.NFC.String(text)), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			if utf8.RuneCountInString(w) >= 3 {
				out[w] = true
				for _, other := range fold.Layouts(w) {
					out[other] = true
				}
			}
		}
	}
	return out
}
