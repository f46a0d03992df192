package fold

import (
	"strings"
	"unicode"
)

// Meant gives the Cyrillic name for one that was typed with the Latin layout on:
// «rehrby» is «куркин». ok is false where the letters are not all Latin, where they
// could be a name as they stand, or where the other layout gives what nobody is
// called: «schmidt» is «ысрьшве». It is a guess: offer it, never put it in unasked. The
// answer is in lower case, its words parted by one space; words without a letter in
// either layout, a year say, stay as they are.
func Meant(typed string) (name string, ok bool) {
	latin, cyrillic, _, _ := scripts(typed)
	if !latin || cyrillic {
		return "", false
	}
	words, doubtful := strings.Fields(typed), false
	for i, w := range words {
		if strings.IndexFunc(w, unicode.IsLetter) < 0 {
			continue
		}
		other := mapKeys(w, toRussian)
		if strings.ContainsFunc(other, unicode.IsDigit) || !sounds(other) {
			return "", false
		}
		doubtful = doubtful || !speakable(w)
		words[i] = other
	}
	return strings.Join(words, " "), doubtful
}

// speakable reports whether Latin letters could be a name: enough vowels for them and
// no mark that is a letter only in another layout.
func speakable(word string) bool {
	vowels, letters, run, longest := 0, 0, 0, 0
	for _, r := range strings.ToLower(word) {
		switch {
		case strings.ContainsRune("[];,<>{}:\"`~", r):
			return false
		case !unicode.IsLetter(r):
			run = 0
		case strings.ContainsRune("aeiouáéíóúäëïöüåæøœàèìòùâêîôûãõ", r):
			vowels, letters, run = vowels+1, letters+1, 0
		default:
			letters, run = letters+1, run+1
			longest = max(longest, run)
		}
	}
	return vowels*10 >= letters*3 || vowels > 0 && longest < 3
}

// sounds reports whether Cyrillic letters could be a name: vowels among the consonants,
// and no sign or «ы» where none can stand.
func sounds(word string) bool {
	vowels, letters, consonants, run := 0, 0, 0, 0
	before := ' '
	for _, r := range word {
		switch {
		case r == '-':
			before, consonants, run = ' ', 0, 0
			continue
		case !isCyrillic(r):
			return false
		case r == 'ь' || r == 'ъ':
			if before == ' ' || strings.ContainsRune("аеёиоуыэюяйьъ", before) {
				return false
			}
		case r == 'ы' && before == ' ':
			return false
		case strings.ContainsRune("аеёиоуыэюя", r):
			vowels, consonants, run = vowels+1, 0, run+1
		default:
			consonants, run = consonants+1, 0
		}
		if letters++; consonants > 4 || run > 2 {
			return false
		}
		before = r
	}
	return letters > 2 && vowels*5 > letters
}
