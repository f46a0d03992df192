// Package fold turns names, words and queries into the form in which they are
// compared, so that a card is found however its name was typed: ё or е, қ or к,
// Cyrillic or Latin letters, the wrong keyboard layout, a letter too few (R1.5).
//
// It promises: every function is pure, deterministic and safe on any bytes;
// Text is idempotent; folding both sides, the stored word and the typed one,
// makes equal what a reader at the desk holds for the same. It needs nothing but
// its input. It never decides what matches: it gives forms, penalties and
// distances, and the store, which has the words of all cards, decides.
//
// How the parts go together. The index of a card holds Words(name), for a name in
// Latin letters Cyrillic(name) too, and for each of those words Deletes(word).
// A query goes through Parse; each of its terms is looked up under every text of
// Alternatives(term), as a prefix; when that finds too little, Deletes of the
// term's words meet the Deletes of the index, and Within confirms.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text folds s for comparison: words of lower-case letters and ASCII digits with
// one space between them.
//
//   - ё→е, й→и, and of several и in a row one stays: «Дмитрий» and the romanised
//     "Dmitri", "Dmitry", "Dmitriy" all meet in «дмитри». The Kazakh қ→к ә→а ғ→г ң→н ө→о ұ→у ү→у һ→х і→и, and
//     letters of the neighbours' alphabets (ґ, ї, ў, ҳ, җ …) likewise.
//   - ь and ъ disappear. They are what a caller can't dictate, what a document in
//     Latin letters has lost («Olga», «Tatyana») and what a Kazakh name has in one
//     paper and not in the next («Гүлнәр», «Гульнар»). The price, «был» = «быль», is
//     paid by a few words and no names. «Наталья» and «Наталия» remain a letter apart:
//     that is for the search with one typo, as is «Геннадий» / «Генадий».
//   - Latin letters lose their diacritics (ş→s, é→e), ß→ss, æ→ae, ł→l.
//   - In a word of mixed alphabets a Latin letter that looks like a Cyrillic one
//     becomes it: «Ивaнов» with a Latin a, «Ғалiм» with a Latin i.
//   - An apostrophe after a word's first letter separates («О'Коннор», «д'Артаньян»),
//     a later one is a romanised soft sign and disappears («Ol'ga»). So do combining
//     marks and invisible characters (soft hyphen, zero-width space). Every other
//     character that is no letter or digit, control characters and NUL included,
//     separates; bytes that are no UTF-8 do too.
//
// What is folded already comes back without an allocation.
func Text(s string) string {
	if folded(s) {
		return s
	}
	if !plain(s) {
		s = norm.NFKD.String(strings.ReplaceAll(validUTF8(s), "№", " ")) // no "no" of the sign
	}
	var outBuf [96]byte
	var wordBuf [32]rune
	out, word := outBuf[:0], wordBuf[:0]
	for _, r := range s {
		switch {
		case isIgnored(r):
		case isApostrophe(r):
			if len(word) == 1 {
				out, word = appendWord(out, word), word[:0]
			}
		case isWordRune(r):
			word = append(word, r)
		default:
			out, word = appendWord(out, word), word[:0]
		}
	}
	return string(appendWord(out, word))
}

// Words gives the folded words of s in their order; nil if there are none.
func Words(s string) []string {
	s = Text(s)
	if s == "" {
		return nil
	}
	return strings.Split(s, " ")
}

// folded reports whether Text would return s as it is. It knows only the
// alphabets of nearly all names and may say no where the answer is yes.
func folded(s string) bool {
	const none, latin, cyrillic = 0, 1, 2
	script, last := none, ' '
	for _, r := range s {
		switch {
		case r == ' ':
			if last == ' ' {
				return false
			}
			script = none
		case '0' <= r && r <= '9':
		case 'a' <= r && r <= 'z':
			script |= latin
		case 'а' <= r && r <= 'я' && r != 'й' && r != 'ь' && r != 'ъ':
			if r == 'и' && last == 'и' {
				return false
			}
			script |= cyrillic
		default:
			return false
		}
		if script == latin|cyrillic {
			return false
		}
		last = r
	}
	return last != ' ' || s == ""
}

// plain reports whether s needs no decomposition: ASCII and the letters of the
// Russian and Kazakh alphabets, which the table of letters knows composed.
func plain(s string) bool {
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf, 'А' <= r && r <= 'я', 'Ґ' <= r && r <= 'ҿ':
		case r == 'ё', r == 'Ё', r == 'і', r == 'І', r == 'ә', r == 'Ә', r == 'ө', r == 'Ө', r == '№':
		default:
			return false
		}
	}
	return true
}

// validUTF8 replaces what is no UTF-8, beside which norm may leave letters composed.
func validUTF8(s string) string { return strings.ToValidUTF8(s, " ") }

// appendWord folds one word onto out, after a space if out has words already.
func appendWord(out []byte, word []rune) []byte {
	if len(word) == 0 {
		return out
	}
	start := len(out)
	if start > 0 {
		out = append(out, ' ')
	}
	body := len(out)
	mixed, last := isMixed(word), rune(0)
	for _, r := range word {
		if mixed {
			r = lookalike(r) // sees the case, which ToLower takes away
		}
		switch r = letter(unicode.ToLower(r)); {
		case r == dropped:
		case r < 0:
			for _, half := range pairs[-r] {
				out, last = put(out, last, half, mixed)
			}
		default:
			out, last = put(out, last, r, mixed)
		}
	}
	if len(out) == body { // a word of signs that disappear is no word
		return out[:start]
	}
	return out
}

// put appends a folded letter of a word whose letter before was last. (A plain
// function: a method on a pointer would move the caller's buffer to the heap.)
func put(out []byte, last, r rune, mixed bool) ([]byte, rune) {
	if mixed {
		r = lookalike(r)
	}
	if r == 'и' && last == 'и' {
		return out, last
	}
	return utf8.AppendRune(out, r), r
}

func isMixed(word []rune) bool {
	latin, cyrillic := false, false
	for _, r := range word {
		latin = latin || isLatin(r)
		cyrillic = cyrillic || isCyrillic(r)
	}
	return latin && cyrillic
}

func isLatin(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	return unicode.Is(unicode.Latin, r)
}

func isCyrillic(r rune) bool {
	return r >= 0x400 && unicode.Is(unicode.Cyrillic, r)
}

// isIgnored: combining marks, and format characters that nobody sees.
func isIgnored(r rune) bool {
	return r == 0xAD || r >= 0x300 && (unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r))
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return isLatin(r) || '0' <= r && r <= '9'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '’', '‘', '‛', '′', 'ʹ', 'ʺ', 'ʻ', 'ʼ', 'ʽ', 'ˈ':
		return true
	}
	return false
}
