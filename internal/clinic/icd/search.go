package icd

import (
	"slices"
	"sort"
	"strings"

	"feldsher/internal/clinic/fold"
)

// Match says why an entry was found.
type Match uint8

// The ways to be found, so that a list can say «похоже на …» where it guessed.
const (
	ByCode    Match = iota + 1 // the code or its beginning
	ByName                     // the words of a name
	BySynonym                  // what doctors call it
	ByGuess                    // with slips, in another layout or not all words
)

// Hit is a found entry.
type Hit struct {
	Entry
	Match Match
	Score float32 // the higher the better; only comparable within one search
}

// Options narrow a search. The zero value offers active diagnoses.
type Options struct {
	IncludeInactive bool                   // withdrawn codes too, behind active ones of equal worth
	Headings        bool                   // chapters and blocks too
	Lang            Lang                   // names in this language win ties
	Prefer          func(code string) bool // favourites: first among hits of like worth; may be nil
}

// Limits of a search.
const (
	defaultLimit = 20
	maxLimit     = 500
	maxQuery     = 200 // bytes read of a query
	maxTerms     = 12  // words read of a query
)

// Scores of found codes; names stay below 2.
const (
	scoreCode   = 10
	scorePrefix = 5
	scoreAbove  = 4 // the category of a code that the table lacks
)

// Search gives the entries that a query means, best first, at most limit (20 if
// it is not positive, never more than 500). A query is a code or its beginning
// in any layout ("J06", "и10", "ш10ю"), a range ("I10-I15"), words in any order
// and their beginnings, in Russian, Kazakh or English, or a code and words ("J06
// неут"). Only where nothing answers a query as it stands, slips are forgiven
// (one edit in words of 4 letters, two from 8 on), then missing words.
func (x *Index) Search(query string, limit int, opts Options) []Hit {
	if limit <= 0 {
		limit = defaultLimit
	}
	query = strings.ToValidUTF8(query[:min(len(query), maxQuery)], "")
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	s.begin()
	q := search{x: x, s: s, opts: opts}
	q.codes(query)
	if !q.codeAndWords(query) {
		q.names(query, len(s.hits) == 0) // what is a code needs no guessing
	}
	return q.top(min(limit, maxLimit))
}

// search is one running search.
type search struct {
	x      *Index
	s      *scratch
	opts   Options
	prefix string // only codes that begin so
}

// codes offers what the query means as a code or a range.
func (q *search) codes(query string) {
	for nth, code := range readings(query) {
		if i, ok := q.x.at[code]; ok {
			q.offerCode(i, scoreCode-float32(nth))
		} else if i, ok := q.x.at[q.x.above(code)]; ok {
			q.offerCode(i, scoreAbove-float32(nth))
		}
		if KindOf(code) == KindBlock {
			q.categories(code)
		}
	}
	for nth, start := range partial(query) {
		q.beginnings(start, scorePrefix-float32(nth))
	}
}

func (q *search) offerCode(i int32, score float32) {
	if q.wanted(i) {
		q.s.offer(i, hitScore{score: score, by: ByCode})
	}
}

// beginnings offers all codes that begin so, shorter ones and favourites first.
func (q *search) beginnings(start string, score float32) {
	from := sort.Search(len(q.x.sorted), func(i int) bool { return q.x.entries[q.x.sorted[i]].Code >= start })
	for _, i := range q.x.sorted[from:] {
		code := q.x.entries[i].Code
		if !strings.HasPrefix(code, start) {
			return
		}
		this := score - 0.1*float32(len(code)-len(start))
		if q.opts.Prefer != nil && q.opts.Prefer(code) {
			this += forPrefer
		}
		q.offerCode(i, this)
	}
}

// categories offers the categories of a range.
func (q *search) categories(block string) {
	first, last, _ := strings.Cut(block, "-")
	r := Range{First: first, Last: last}
	for _, i := range q.x.sorted {
		if e := &q.x.entries[i]; e.Kind == KindCategory && r.Contains(e.Code) {
			q.offerCode(i, scorePrefix)
		}
	}
}

// codeAndWords tries a query as the beginning of a code and words of its name,
// and reports whether that found anything.
func (q *search) codeAndWords(query string) bool {
	code, rest, ok := strings.Cut(strings.TrimSpace(query), " ")
	if !ok || Normalize(query) != "" {
		return false
	}
	terms := words(rest)
	if len(terms) == 0 {
		return false
	}
	defer func() { q.prefix = "" }()
	for _, q.prefix = range partial(code) {
		if q.round(terms, asTyped, 1); len(q.s.hits) > 0 {
			return true
		}
	}
	return false
}

// effort says how far a round goes to find something.
type effort uint8

const (
	asTyped  effort = iota // whole words, forms, beginnings
	slipSome               // slips in the words that name nothing
	slipAll                // slips in all words
	missing                // and not all words need be there
)

// names offers what the query means as words, in the layout it was typed in and
// if it may guess, in the others and with slips.
func (q *search) names(query string, guess bool) {
	texts := []string{query}
	if guess {
		texts = append(texts, fold.Layouts(query)...)
	}
	terms := make([][]string, 0, len(texts))
	for _, t := range texts {
		terms = append(terms, words(t))
	}
	for try := asTyped; try <= missing; try++ {
		for nth, list := range terms {
			factor := float32(1)
			if nth > 0 {
				factor = 0.85
			}
			q.round(list, try, factor)
			if try == missing && len(q.s.hits) > 0 {
				return // a few words in another layout always mean something by chance
			}
		}
		if len(q.s.hits) > 0 || !guess {
			return
		}
	}
}

// round runs one list of words through the index and offers what answers it.
func (q *search) round(terms []string, try effort, factor float32) {
	if len(terms) == 0 {
		return
	}
	terms = terms[:min(len(terms), maxTerms)]
	q.s.renew()
	named := make([][]candidate, len(terms))
	need := uint16(0)
	for nth, w := range terms {
		if !optional(w) {
			need |= 1 << nth
		}
		named[nth] = q.x.likely(w)
		if try >= slipAll || try == slipSome && len(named[nth]) == 0 {
			named[nth] = append(named[nth], q.x.slipped(w)...)
		}
	}
	if need == 0 {
		need = 1<<len(terms) - 1
	}
	weight := weights(terms, named)
	for nth, list := range named {
		q.x.answer(q.s, nth, weight[nth], list)
	}
	r := rating{q: q, need: need, weight: weight, first: terms[0], by: ByName, factor: factor}
	if try > asTyped || factor < 1 {
		r.by = ByGuess
	}
	r.enough = r.sum(need)
	if try == missing {
		r.enough /= 3
	}
	for _, p := range q.s.touched {
		r.rate(p)
	}
}

// wanted reports whether an entry may be shown at all.
func (q *search) wanted(i int32) bool {
	e := &q.x.entries[i]
	if !e.Active && !q.opts.IncludeInactive {
		return false
	}
	if (e.Kind == KindChapter || e.Kind == KindBlock) && !q.opts.Headings {
		return false
	}
	return strings.HasPrefix(e.Code, q.prefix)
}

// top sorts the best hits out of all that were offered.
func (q *search) top(limit int) []Hit {
	s := q.s
	better := func(a, b int32) bool {
		ha, hb := &s.best[a], &s.best[b]
		ea, eb := &q.x.entries[a], &q.x.entries[b]
		switch {
		case ha.score != hb.score:
			return ha.score > hb.score
		case ea.Active != eb.Active:
			return ea.Active
		case ha.short != hb.short:
			return ha.short < hb.short
		}
		return ea.Code < eb.Code
	}
	best := make([]int32, 0, min(limit, len(s.hits))+1)
	for _, i := range s.hits {
		if len(best) == limit && !better(i, best[limit-1]) {
			continue
		}
		at := sort.Search(len(best), func(k int) bool { return better(i, best[k]) })
		best = slices.Insert(best, at, i)
		best = best[:min(len(best), limit)]
	}
	hits := make([]Hit, len(best))
	for k, i := range best {
		hits[k] = Hit{Entry: q.x.entries[i], Match: s.best[i].by, Score: s.best[i].score}
	}
	return hits
}
