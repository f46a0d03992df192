package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxForms    = 6   // readings of one word that Cyrillic gives
	maxDoubt    = 3   // unlikely readings that one word may add up to
	maxTranslit = 40  // runes of a word beyond which only the likeliest is given
	maxSteps    = 800 // work that one word may cost
)

// Cyrillic gives the folded Cyrillic words that the Latin words of s may stand
// for, likeliest first, at most six, distinct; nil if s has no Latin letter.
// Words of other alphabets and numbers in s stay, folded. It reads the
// spellings of passports (ICAO: "Iurii", "Shcherbakov"), of other papers and
// letters ("Yuriy", "Juriy", "Khasanov", "Zhanna"), and Kazakh in Latin letters
// ("Şoqan", "Äliya", "Tıñıştıq"); what is ambiguous gives several forms: "Erik" →
// «ерик», «эрик».
//
// It reads diacritics, so give it the name as written, not folded. Several words
// are read together: the first form has the likeliest reading of each, every
// further one differs from it in one word.
func Cyrillic(s string) []string {
	if strings.IndexFunc(s, isLatin) < 0 {
		return nil
	}
	words := split(s)
	readings := make([][]string, 0, len(words))
	for _, w := range words {
		if r := readWord(w); len(r) > 0 {
			readings = append(readings, r)
		}
	}
	if len(readings) == 0 {
		return nil
	}
	return combine(readings)
}

// combine joins the first reading of each word, then replaces one word at a time.
func combine(readings [][]string) []string {
	first := make([]string, len(readings))
	deepest := 0
	for i, r := range readings {
		first[i] = r[0]
		deepest = max(deepest, len(r))
	}
	out := []string{strings.Join(first, " ")}
	for depth := 1; depth < deepest; depth++ {
		for i, r := range readings {
			if depth < len(r) && len(out) < maxForms {
				first[i] = r[depth]
				out = append(out, strings.Join(first, " "))
				first[i] = r[0]
			}
		}
	}
	return out
}

// split cuts s into lower-case words that keep their diacritics; apostrophes are
// treated as Text treats them.
func split(s string) []string {
	s = strings.ToLower(norm.NFC.String(validUTF8(s)))
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out, word = append(out, string(word)), nil
		}
	}
	for _, r := range s {
		switch {
		case isIgnored(r):
		case isApostrophe(r):
			if len(word) == 1 {
				flush()
			}
		case isWordRune(r):
			word = append(word, r)
		default:
			flush()
		}
	}
	flush()
	return out
}

// readWord gives the readings of one word of split: all ways through it by the
// rules, those with the least doubt first.
func readWord(word string) []string {
	runes := []rune(word)
	if strings.IndexFunc(word, isLatin) < 0 || isMixed(runes) {
		if t := Text(word); t != "" {
			return []string{t}
		}
		return nil
	}
	r := reader{word: spell(runes)}
	if len(runes) > maxTranslit {
		r.add(Text(r.likeliest()))
		return r.found
	}
	for doubt := 0; doubt <= maxDoubt; doubt++ {
		r.read(0, doubt, nil)
	}
	return r.found
}

// spell replaces Latin letters with diacritics by what the rules know: an ASCII
// letter, or a Cyrillic one where the diacritic decides the sound.
func spell(word []rune) string {
	var b strings.Builder
	for _, r := range word {
		switch {
		case r < utf8.RuneSelf, !isLatin(r):
			b.WriteRune(r)
		case marked[r] != "":
			b.WriteString(marked[r])
		default:
			b.WriteString(Text(string(r)))
		}
	}
	return b.String()
}

// reader walks a word by the rules and collects what it can spell.
type reader struct {
	word  string
	found []string
	steps int
}

// likeliest spells the word by the first option of every rule.
func (r *reader) likeliest() string {
	var b strings.Builder
	for i := 0; i < len(r.word); {
		size, options := match(r.word, i)
		b.WriteString(options[0])
		i += size
	}
	return b.String()
}

// read continues at byte i of the word with what is spelt so far, spending
// exactly the doubt left.
func (r *reader) read(i, doubt int, spelt []byte) {
	r.steps++
	if len(r.found) >= maxForms || r.steps > maxSteps {
		return
	}
	if i == len(r.word) {
		if doubt == 0 {
			r.add(Text(string(spelt)))
		}
		return
	}
	size, options := match(r.word, i)
	for cost, option := range options {
		if cost > doubt {
			break
		}
		if option == "" {
			continue
		}
		r.read(i+size, doubt-cost, append(spelt, option...))
	}
}

func (r *reader) add(form string) {
	if form == "" {
		return
	}
	for _, have := range r.found {
		if have == form {
			return
		}
	}
	r.found = append(r.found, form)
}

// match finds the rule for the word at byte i: the longest sequence first.
func match(word string, i int) (size int, options []string) {
	for n := min(longestRule, len(word)-i); n > 0; n-- {
		for _, rule := range rules[word[i:i+n]] {
			if rule.where.holds(word, i, i+n) {
				return n, rule.to
			}
		}
	}
	_, n := utf8.DecodeRuneInString(word[i:])
	return n, []string{word[i : i+n]}
}

// place is where in a word a rule holds.
type place uint8

const (
	anywhere        place = iota
	atStart               // first letters of the word
	atEnd                 // last letters
	endAfterC             // last letters, after a consonant
	beforeConsonant       // a consonant follows
	beforeFront           // e, i or y follows
	beforeBack            // a, o or u follows
	afterVowel
)

func (p place) holds(word string, from, to int) bool {
	next, prev := byte(0), byte(0)
	if to < len(word) {
		next = word[to]
	}
	if from > 0 {
		prev = word[from-1]
	}
	switch p {
	case atStart:
		return from == 0
	case atEnd:
		return next == 0
	case endAfterC:
		return next == 0 && prev != 0 && !isVowel(prev)
	case beforeConsonant:
		return next != 0 && !isVowel(next)
	case beforeFront:
		return next == 'e' || next == 'i' || next == 'y'
	case beforeBack:
		return next == 'a' || next == 'o' || next == 'u'
	case afterVowel:
		return prev != 0 && isVowel(prev)
	}
	return true
}

func isVowel(b byte) bool {
	switch b {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

// Key gives one word in either alphabet a common, coarse key for finding cards
// that may be the same person's: equal for spellings that sound alike
// («Наталья», «Наталия», "Natalia"; «Колесников», «Калесников», "Kolesnikoff";
// «Юрий», "Yury", "Iurii"). Different names may share a key, so it proposes and
// never proves. It is no prefix code: take it of whole words only. Empty if the
// word has no letter.
func Key(word string) string {
	form := Text(word)
	if c := Cyrillic(word); len(c) > 0 {
		form = c[0]
	}
	var out []rune
	letters := []rune(form)
	for i, r := range letters {
		if !unicode.IsLetter(r) {
			continue
		}
		next := rune(0)
		if i+1 < len(letters) {
			next = letters[i+1]
		}
		r = sound(r, next)
		if r != 0 && (len(out) == 0 || out[len(out)-1] != r) {
			out = append(out, r)
		}
	}
	return string(out)
}

// sound reduces a folded Cyrillic letter, seen with its successor, to what is
// heard of it: unstressed vowels fall together, consonants lose their voice
// before voiceless ones and at the end. 0: nothing is heard.
func sound(r, next rune) rune {
	const vowels = "аеиоуыэюя"
	switch r {
	case 'о', 'я':
		return 'а'
	case 'е', 'э', 'ы':
		r = 'и'
	case 'ю':
		return 'у'
	case 'щ':
		return 'ш'
	}
	if r == 'и' && strings.ContainsRune(vowels, next) && next != 0 {
		return 0
	}
	if next == 0 || strings.ContainsRune("пктсфхцчшщ", next) {
		switch r {
		case 'б':
			return 'п'
		case 'в':
			return 'ф'
		case 'г':
			return 'к'
		case 'д':
			return 'т'
		case 'ж':
			return 'ш'
		case 'з':
			return 'с'
		}
	}
	return r
}
