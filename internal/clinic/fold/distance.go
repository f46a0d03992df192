package fold

import "unicode/utf8"

// shortWord is the number of runes up to which Within allocates nothing.
const shortWord = 64

// Within reports whether b can be made of a by at most limit edits: a letter
// inserted, left out, replaced, or two neighbours exchanged, no stretch edited
// twice (optimal string alignment). A negative limit is never met. The work is
// proportional to the length times the limit.
func Within(a, b string, limit int) bool {
	if limit < 0 {
		return false
	}
	if a == b {
		return true
	}
	var bufA, bufB [shortWord]rune
	ra, rb := appendRunes(bufA[:0], a), appendRunes(bufB[:0], b)
	for len(ra) > 0 && len(rb) > 0 && ra[0] == rb[0] {
		ra, rb = ra[1:], rb[1:]
	}
	for len(ra) > 0 && len(rb) > 0 && ra[len(ra)-1] == rb[len(rb)-1] {
		ra, rb = ra[:len(ra)-1], rb[:len(rb)-1]
	}
	if len(ra) > len(rb) {
		ra, rb = rb, ra
	}
	if len(rb)-len(ra) > limit {
		return false
	}
	return len(rb) <= limit || banded(ra, rb, limit)
}

// banded fills, row by row, the cells of the distance table whose indexes differ
// by at most limit; all others exceed it. len(a) ≤ len(b).
func banded(a, b []rune, limit int) bool {
	var buf [3][shortWord + 1]int
	before, above, row := cells(buf[0][:], len(b)), cells(buf[1][:], len(b)), cells(buf[2][:], len(b))
	far := limit + 1
	for j := range above {
		above[j] = min(j, far)
	}
	for i := 1; i <= len(a); i++ {
		from, to := max(1, i-limit), min(len(b), i+limit)
		row[from-1] = far
		if from == 1 {
			row[0] = min(i, far)
		}
		best := row[from-1]
		for j := from; j <= to; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(above[j-1]+cost, row[j-1]+1, far)
			if j < i+limit { // the cell above lies in the band
				d = min(d, above[j]+1)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			best = min(best, d)
		}
		if best > limit {
			return false
		}
		before, above, row = above, row, before
	}
	return above[len(b)] <= limit
}

func cells(buf []int, n int) []int {
	if n < len(buf) {
		return buf[:n+1]
	}
	return make([]int, n+1)
}

func appendRunes(buf []rune, s string) []rune {
	for _, r := range s {
		buf = append(buf, r)
	}
	return buf
}

// Deletes gives the word and every variant of it with one rune left out, each
// once, the word first; nothing for the empty word. Two words of two runes or
// more that are one edit apart (Within 1) share at least one of these, so that
// an index of them answers a misspelt word by equality alone; what it answers
// must still be confirmed by Within, for sharing one proves at most two edits.
func Deletes(word string) []string {
	if word == "" {
		return nil
	}
	n := utf8.RuneCountInString(word)
	out := make([]string, 1, n+1)
	out[0] = word
	if n == 1 {
		return out
	}
	last := ""
	for i, r := range word {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(word[i:])
		}
		this := word[i : i+size]
		if this != last { // in a run of equal letters each deletion gives the same
			out = append(out, word[:i]+word[i+size:])
		}
		last = this
	}
	return out
}
