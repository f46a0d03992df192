package icd

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"feldsher/internal/clinic/fold"
)

// How well a word of the vocabulary answers a word of the query.
const (
	wholeWord = 1.0
	sameStem  = 0.92
	sameSense = 0.88 // by the table of word meanings
	beginning = 0.60 // grows to 0.9 as the beginning nears the whole word
	oneSlip   = 0.70
	twoSlips  = 0.50
	slipStart = 0.85 // factor for a slip in the beginning of a longer word
)

// candidate is a word of the vocabulary that may be meant, and how likely.
type candidate struct {
	word    int32
	quality float32
}

// likely finds the words that a typed word names as it stands: itself, other
// forms of it, words of the same sense, longer words that begin so.
func (x *Index) likely(w string) []candidate {
	var out []candidate
	typed := float32(utf8.RuneCountInString(w))
	lo := sort.SearchStrings(x.vocabulary, w)
	for i := lo; i < len(x.vocabulary) && strings.HasPrefix(x.vocabulary[i], w); i++ {
		q := float32(wholeWord)
		if len(x.vocabulary[i]) > len(w) {
			q = beginning + 0.3*typed/float32(x.letters[i])
		}
		out = append(out, candidate{int32(i), q})
	}
	for _, i := range x.stems[stem(w)] {
		out = append(out, candidate{i, sameStem})
	}
	for _, said := range x.senses[w] {
		for _, i := range x.stems[stem(said)] {
			out = append(out, candidate{i, sameSense})
		}
	}
	return out
}

// slipped finds the words that are one or two edits from the typed one, or whose
// beginning is: the last word of a query is often unfinished.
func (x *Index) slipped(w string) []candidate {
	typed := utf8.RuneCountInString(w)
	limit := slips(typed)
	if limit == 0 {
		return nil
	}
	set := letterSet(w)
	var out []candidate
	for i, v := range x.vocabulary {
		longer := int(x.letters[i]) - typed
		if longer < -limit || bits.OnesCount64(set&^x.sets[i]) > limit {
			continue
		}
		if longer <= limit && bits.OnesCount64(x.sets[i]&^set) <= limit {
			if q := slipQuality(w, v, limit); q > 0 {
				out = append(out, candidate{int32(i), q})
				continue
			}
		}
		if longer > 0 && typed > 4 && sameStart(w, v) {
			best := float32(0)
			for n := typed - 1; n <= typed+1; n++ {
				best = max(best, slipQuality(w, head(v, n), limit))
			}
			if best > 0 {
				out = append(out, candidate{int32(i), best * slipStart})
			}
		}
	}
	return out
}

func slipQuality(typed, word string, limit int) float32 {
	switch {
	case fold.Within(typed, word, 1):
		return oneSlip
	case limit > 1 && fold.Within(typed, word, 2):
		return twoSlips
	}
	return 0
}

// sameStart reports whether the first two letters agree in any order: slips in
// the beginning of an unfinished word would match half the vocabulary.
func sameStart(a, b string) bool {
	a1, n1 := utf8.DecodeRuneInString(a)
	b1, m1 := utf8.DecodeRuneInString(b)
	if a1 == b1 {
		return true
	}
	a2, _ := utf8.DecodeRuneInString(a[n1:])
	b2, _ := utf8.DecodeRuneInString(b[m1:])
	return a1 == b2 && a2 == b1
}

// scratch is the working memory of one search: a cell for each phrase and each
// entry, valid where its stamp is that of the running round.
type scratch struct {
	round   uint32
	stamp   []uint32 // per phrase
	found   []uint16 // per phrase: bits of the query's words that it answers
	quality []float32
	cover   []float32
	touched []int32

	search uint32
	seen   []uint32 // per entry
	best   []hitScore
	hits   []int32
}

// hitScore is the best that is known of an entry in the running search.
type hitScore struct {
	score float32
	by    Match
	short int32 // letters of the wording that scored
}

func newScratch(phrases, entries int) *scratch {
	return &scratch{
		stamp: make([]uint32, phrases), found: make([]uint16, phrases),
		quality: make([]float32, phrases), cover: make([]float32, phrases),
		seen: make([]uint32, entries), best: make([]hitScore, entries),
	}
}

// begin starts a search, renew a round of it.
func (s *scratch) begin() {
	s.search++
	if s.search == 0 {
		clear(s.seen)
		s.search = 1
	}
	s.hits = s.hits[:0]
}

func (s *scratch) renew() {
	s.round++
	if s.round == 0 {
		clear(s.stamp)
		s.round = 1
	}
	s.touched = s.touched[:0]
}

// answer notes, for the query's nth word of that weight, which phrases have it,
// best reading first, so that a phrase counts once by its best word.
func (x *Index) answer(s *scratch, nth int, weight float32, list []candidate) {
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.quality, a.quality), cmp.Compare(a.word, b.word))
	})
	bit := uint16(1) << nth
	for _, c := range list {
		for _, p := range x.where[x.start[c.word]:x.start[c.word+1]] {
			if s.stamp[p] != s.round {
				s.stamp[p] = s.round
				s.found[p], s.quality[p], s.cover[p] = 0, 0, 0
				s.touched = append(s.touched, p)
			}
			if s.found[p]&bit != 0 {
				continue
			}
			s.found[p] |= bit
			s.quality[p] += c.quality * weight
			s.cover[p] += c.quality * x.rarity[c.word]
		}
	}
}

// offer keeps a score for an entry if it is its best.
func (s *scratch) offer(entry int32, h hitScore) {
	if s.seen[entry] != s.search {
		s.seen[entry] = s.search
		s.hits = append(s.hits, entry)
	} else if s.best[entry].score >= h.score {
		return
	}
	s.best[entry] = h
}
