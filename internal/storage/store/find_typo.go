package store

import (
	"slices"
	"unicode/utf8"

	"feldsher/internal/clinic/fold"
)

const (
	shortestTypo  = 2   // letters of a word that may be mistyped beside another word
	shortestAlone = 3   // letters of the only word
	shortestBegun = 4   // letters of a beginning that may be
	rightLetters  = 3   // with which a mistyped beginning begins
	scanWords     = 600 // words of the vocabulary compared with a mistyped beginning
	maxTypos      = 24  // words that one name may have been meant for
)

// withTypos gives slots that stand for words one edit apart from what was typed
// (and from what it stands for in another layout or alphabet) beside what they
// stood for; with begun also for words of which a beginning was mistyped.
func (f *finder) withTypos(slots []slot, begun bool) ([]slot, error) {
	shortest := shortestTypo
	if len(slots) == 1 {
		shortest = shortestAlone
	}
	var cuts []int64
	for _, s := range slots {
		for _, typed := range s.forms {
			if typed.letters() >= shortest {
				cuts = append(cuts, typoCuts(typed.words[0])...)
			}
		}
	}
	words, err := column[string](f.q, `SELECT DISTINCT t.word FROM json_each(?) AS s CROSS JOIN find_typo AS t ON t.cut = s.value LIMIT ?`,
		jsonList(cuts), scanWords)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(slots)
	for i, s := range slots {
		found := typoForms(s, words, begun)
		for _, typed := range s.forms {
			if begun && len(found) == 0 && typed.letters() >= shortestBegun {
				if found, err = f.begunTypos(typed); err != nil {
					return nil, err
				}
			}
		}
		slices.SortStableFunc(found, func(a, b form) int { return a.penalty - b.penalty })
		out[i].forms = append(slices.Clone(s.forms), found[:min(len(found), maxTypos)]...)
	}
	return out, nil
}

// letters counts those of a single word; several may be no typo.
func (f form) letters() int {
	if len(f.words) != 1 {
		return 0
	}
	return utf8.RuneCountInString(f.words[0])
}

// begunTypos finds the words of a beginning with a typo after its third letter.
func (f *finder) begunTypos(typed form) ([]form, error) {
	right := cutRunes(typed.words[0], rightLetters)
	words, err := column[string](f.q, `SELECT DISTINCT substr(v.word, 2) FROM json_each(?) AS s CROSS JOIN find_vocabulary AS v
		ON v.word >= s.value AND v.word < s.value || char(1114111) LIMIT ?`, jsonList([]string{surnameFirst + right, otherFirst + right}), scanWords)
	return typoForms(slot{forms: []form{typed}}, words, true), err
}

// typoForms makes forms of the words that one of the slot's forms was meant for.
func typoForms(s slot, words []string, begun bool) []form {
	var out []form
	for _, w := range words {
		best := 0
		for _, typed := range s.forms {
			if len(typed.words) != 1 || typed.words[0] == w {
				continue
			}
			p := typoPenalty(typed.words[0], w)
			if p > 0 && (begun || p == penaltyTypo) && (best == 0 || p+typed.penalty < best) {
				best = p + typed.penalty
			}
		}
		if best > 0 {
			out = append(out, form{words: []string{w}, whole: true, penalty: best})
		}
	}
	return out
}

// typoPenalty says how far a word is from what was typed: one edit from the whole
// of it, or from a beginning of it; 0 if it is farther.
func typoPenalty(typed, word string) int {
	n := utf8.RuneCountInString(typed)
	switch {
	case n < shortestTypo:
		return 0
	case fold.Within(typed, word, 1):
		return penaltyTypo
	case n < shortestBegun:
		return 0
	}
	for _, length := range [3]int{n, n + 1, n - 1} {
		if begun := cutRunes(word, length); begun != word && fold.Within(typed, begun, 1) {
			return penaltyPrefixTypo
		}
	}
	return 0
}
