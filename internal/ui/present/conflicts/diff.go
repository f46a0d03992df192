package conflicts

import (
	"strings"
	"unicode"
)

// Piece is a stretch of a text; Differs says that the other version lacks it.
type Piece struct {
	Text    string
	Differs bool
}

// mostCells bounds the comparison of two long texts: beyond it all between the common
// beginning and the common end counts as different.
const mostCells = 4_000_000

// Compare marks in two texts the words that the other lacks. The pieces of each, put
// together, are the text as it was.
func Compare(left, right string) (l, r []Piece) {
	a, b := split(left), split(right)
	start := 0
	for start < len(a) && start < len(b) && a[start].word == b[start].word {
		start++
	}
	enda, endb := len(a), len(b)
	for enda > start && endb > start && a[enda-1].word == b[endb-1].word {
		enda, endb = enda-1, endb-1
	}
	keepA, keepB := make([]bool, len(a)), make([]bool, len(b))
	for i := range keepA {
		keepA[i] = i < start || i >= enda
	}
	for i := range keepB {
		keepB[i] = i < start || i >= endb
	}
	common(a[start:enda], b[start:endb], keepA[start:enda], keepB[start:endb])
	return pieces(a, keepA), pieces(b, keepB)
}

// token is a word with the blanks behind it.
type token struct{ word, text string }

func split(s string) []token {
	var out []token
	runes := []rune(s)
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && !unicode.IsSpace(runes[j]) {
			j++
		}
		k := j
		for k < len(runes) && unicode.IsSpace(runes[k]) {
			k++
		}
		out = append(out, token{string(runes[i:j]), string(runes[i:k])})
		i = k
	}
	return out
}

// common marks the longest common run of words of two texts.
func common(a, b []token, keepA, keepB []bool) {
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > mostCells {
		return
	}
	// lengths[i][j] is the longest common run of a[i:] and b[j:].
	width := len(b) + 1
	lengths := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			at := i*width + j
			if a[i].word == b[j].word {
				lengths[at] = lengths[at+width+1] + 1
			} else {
				lengths[at] = max(lengths[at+width], lengths[at+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch at := i*width + j; {
		case a[i].word == b[j].word:
			keepA[i], keepB[j] = true, true
			i, j = i+1, j+1
		case lengths[at+width] >= lengths[at+1]:
			i++
		default:
			j++
		}
	}
}

func pieces(of []token, keep []bool) []Piece {
	var out []Piece
	for i, t := range of {
		if n := len(out); n > 0 && out[n-1].Differs == !keep[i] {
			out[n-1].Text += t.text
			continue
		}
		out = append(out, Piece{t.text, !keep[i]})
	}
	// The blank behind the last word that differs is marked with nothing.
	for i := 0; i+1 < len(out); i++ {
		if x := &out[i]; x.Differs {
			word := strings.TrimRightFunc(x.Text, unicode.IsSpace)
			out[i+1].Text = x.Text[len(word):] + out[i+1].Text
			x.Text = word
		}
	}
	return out
}
