package vault

import (
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"feldsher/internal/fault"
)

// PhraseWords is how many words a recovery phrase has. They carry 256 bits of
// entropy and 8 bits of checksum, 11 bits a word, the arrangement of BIP-39;
// the words are our own list of Russian nouns, because the paper is written and
// read by people who may know no English.
const PhraseWords = 24

const wordBits = 11

//go:embed words.txt
var wordFile string

type wordList struct {
	words []string
	index map[string]int
}

var words = sync.OnceValue(func() wordList {
	l := wordList{words: strings.Fields(wordFile)}
	l.index = make(map[string]int, len(l.words))
	for i, w := range l.words {
		l.index[w] = i
	}
	return l
})

// PhraseError says what is wrong with a typed phrase. Its text never holds a
// word of it.
type PhraseError struct {
	// Position is the number of the first word that is not in the list, from 1;
	// 0 when the number of words or the checksum is wrong.
	Position int
	// Suggestion is the nearest word of the list; show it, don't log it.
	Suggestion string
	// Count is how many words were typed.
	Count int
}

func (e *PhraseError) Error() string {
	if e.Position > 0 {
		return fmt.Sprintf("recovery phrase: word %d is not in the list", e.Position)
	}
	return fmt.Sprintf("recovery phrase of %d words: wrong length or checksum", e.Count)
}

func encodePhrase(entropy *[KeySize]byte) string {
	sum := sha256.Sum256(entropy[:])
	bits := append(entropy[:], sum[0])
	defer clear(bits)
	list := words().words
	out := make([]string, PhraseWords)
	for i := range out {
		n := 0
		for bit := i * wordBits; bit < (i+1)*wordBits; bit++ {
			n = n<<1 | int(bits[bit/8]>>(7-bit%8))&1
		}
		out[i] = list[n]
	}
	return strings.Join(out, " ")
}

// decodePhrase reads a phrase as people type it: any case, ё for е, й for и,
// numbers, commas and line ends between the words. Faults: Password, with a
// *PhraseError as the cause.
func decodePhrase(phrase string) (entropy [KeySize]byte, err error) {
	typed := strings.FieldsFunc(foldPhrase(phrase), func(r rune) bool { return !unicode.IsLetter(r) })
	list := words()
	bits := make([]byte, KeySize+1)
	defer clear(bits)
	for i, w := range typed {
		n, ok := list.index[w]
		if !ok {
			cause := &PhraseError{Position: i + 1, Suggestion: list.nearest(w), Count: len(typed)}
			return entropy, fault.Wrap(cause, fault.Password, "vault.phrase.word", "n", i+1)
		}
		for b := 0; b < wordBits && i < PhraseWords; b++ {
			bit := i*wordBits + b
			bits[bit/8] |= byte(n>>(wordBits-1-b)&1) << (7 - bit%8)
		}
	}
	if len(typed) != PhraseWords {
		return entropy, fault.Wrap(&PhraseError{Count: len(typed)}, fault.Password,
			"vault.phrase.count", "count", len(typed), "want", PhraseWords)
	}
	if sum := sha256.Sum256(bits[:KeySize]); sum[0] != bits[KeySize] {
		return entropy, fault.Wrap(&PhraseError{Count: len(typed)}, fault.Password, "vault.phrase.checksum")
	}
	copy(entropy[:], bits)
	return entropy, nil
}

// foldPhrase brings to the letters of the list, which has neither ё nor й.
func foldPhrase(s string) string {
	return strings.NewReplacer("ё", "е", "й", "и").Replace(strings.ToLower(norm.NFC.String(s)))
}

// nearest finds the word with the fewest typing mistakes; the first of equals.
func (l wordList) nearest(typed string) string {
	best, least := "", 1<<30
	letters := []rune(typed[:min(len(typed), 64)]) // of a long text the beginning is enough
	for _, w := range l.words {
		if d := distance(letters, []rune(w)); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance counts inserted, left out, changed and swapped letters (the
// restricted Damerau–Levenshtein distance).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}

// CheckTyped looks at a phrase while it is being typed, without any vault: how many
// words it has so far, and nil when it is whole. Faults as those of Recover but for
// a phrase of another vault.
func CheckTyped(phrase string) (count int, err error) {
	entropy, err := decodePhrase(phrase)
	clear(entropy[:])
	count = PhraseWords
	var bad *PhraseError
	if errors.As(err, &bad) {
		count = bad.Count
	}
	return count, err
}

// SameWord reports whether a word was typed as the list has it: in any case, ё for
// е, й for и, blanks around it.
func SameWord(typed, word string) bool {
	return foldPhrase(strings.TrimSpace(typed)) == foldPhrase(word)
}
