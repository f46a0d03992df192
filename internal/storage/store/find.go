package store

import (
	"cmp"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// The search of patients (R1.5). A query is taken apart by package fold into
// names, dates and numbers; each way of understanding it is an ask. The rarest
// part of an ask drives: a phone or document number is a short range of
// find_code, a full birth date one of find_patient, two names are seeks in
// find_name. The rest only filters what the driver yields, and every scan is
// capped, so that a search costs much the same in a clinic of ten thousand cards
// and of a hundred thousand.
//
// What was typed is tried as it stands; the wrong layout and Latin letters only
// when that finds nothing (or when Latin letters were typed, for then either
// alphabet may be meant); typos last.
const (
	MostFound  = 500  // cards that one search gives at most
	maxTyped   = 160  // runes of a query that are read
	maxSlots   = 6    // names of a query
	maxAsks    = 4    // ways to understand a query
	scanRows   = 2000 // rows of the index that one scan reads
	takeRows   = 300  // rows that one scan hands over
	checkCards = 400  // cards that a number or a date may propose to be compared
)

// hit is a card found; a lower score is better.
type hit struct {
	patient int64
	score   int
	line    string // its name as the index has it, for the order among equals
}

// finder is one search.
type finder struct {
	q     querier
	limit int
	hits  []hit
	index map[int64]int // patient → hits
	whole bool          // a card was found all of whose names were typed whole
}

// FindPatients gives the live cards that a query finds, best first, at most limit.
// The query may hold names in any order, begun or whole, former surnames, birth
// dates whole or in part, the last digits of a phone, numbers of documents,
// policies, taxes and cards, in any combination. An empty query finds nothing,
// and no query is an error. Of merged cards the root is given, once, whichever of
// them was found.
func (r *Reader) FindPatients(query string, limit int) ([]clinic.Brief, error) {
	return findPatients(r, query, limit)
}

func findPatients(q querier, query string, limit int) ([]clinic.Brief, error) {
	if limit <= 0 {
		return nil, nil
	}
	f := finder{q: q, limit: min(limit, MostFound), index: map[int64]int{}}
	for _, a := range asksOf(fold.Parse(cutRunes(query, maxTyped))) {
		if len(a.slots) > 0 && f.sure() {
			break
		}
		if err := f.run(&a); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(f.hits, func(a, b hit) int {
		return cmp.Or(a.score-b.score, strings.Compare(a.line, b.line), cmp.Compare(a.patient, b.patient))
	})
	found, err := readBriefs(q, f.hits[:min(len(f.hits), f.limit)])
	if err != nil {
		return nil, err
	}
	return rootsOnly(q, found)
}

func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// add notes a card; found twice, it keeps the better score.
func (f *finder) add(h hit) {
	i, ok := f.index[h.patient]
	switch {
	case !ok:
		f.index[h.patient] = len(f.hits)
		f.hits = append(f.hits, h)
	case h.score < f.hits[i].score:
		f.hits[i] = h
	}
}

// sure reports whether a card was found for what was typed as it stands. A name
// and a year that fit a card are not also looked for as a name and the end of a
// phone: whoever means that types «…1985».
func (f *finder) sure() bool {
	return slices.ContainsFunc(f.hits, func(h hit) bool { return h.score < scorePenalty })
}

// run answers one ask.
func (f *finder) run(a *ask) error {
	switch {
	case a.empty():
		return nil
	case len(a.codes) > 0:
		return f.byCode(a)
	case len(a.births) > 0 && (len(a.slots) == 0 || a.births[0].Day != 0):
		return f.byBirth(a)
	}
	return f.byName(a)
}
