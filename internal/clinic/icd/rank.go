package icd

import (
	"math/bits"
	"strings"
)

// What tips the scales between wordings that answer a query about as well. A
// wording that is answered whole and word for word has 1.
const (
	forCommon   = 0.07  // frequent in out-patient care
	forFirst    = 0.04  // the name begins with the first word typed
	forCategory = 0.01  // a category before its subcategory of the same words
	forLang     = 0.01  // the reader's language
	forPrefer   = 0.30  // a favourite
	forSynonym  = 0.05  // what doctors call it says it more surely than a name
	perRank     = 0.04  // less for each further code that a synonym may mean
	forOther    = -0.04 // «Другие …»
	forAsterisk = -0.04 // never stands alone
	forOutside  = -0.06 // V01-Y98: causes of an injury, not what the patient has
	forInactive = -0.10
)

// rating turns the answers of one round into scores.
type rating struct {
	q      *search
	need   uint16    // bits of the words that must be answered
	weight []float32 // of each word
	enough float32   // what those answered must weigh
	first  string    // first word of the query
	factor float32
	by     Match
}

// sum adds up the weights of the words whose bits are set.
func (r *rating) sum(set uint16) float32 {
	all := float32(0)
	for ; set != 0; set &= set - 1 {
		all += r.weight[bits.TrailingZeros16(set)]
	}
	return all
}

// rate offers the entry of a phrase that answers enough of the query.
func (r *rating) rate(p int32) {
	x, s := r.q.x, r.q.s
	found := s.found[p]
	if r.sum(found&r.need) < r.enough {
		return
	}
	ph := &x.phrases[p]
	if !r.q.wanted(ph.entry) {
		return
	}
	asked := r.sum(r.need | found)
	answered := s.quality[p] / asked
	covered := min(s.cover[p]/ph.weight, 1)
	score := answered*(0.5+0.5*covered) + r.leaning(ph)
	by := r.by
	if by == ByName && ph.field == fieldSynonym {
		by = BySynonym
	}
	s.offer(ph.entry, hitScore{score: score * r.factor, by: by, short: ph.letter})
}

// leaning adds up what speaks for and against a phrase apart from its words.
func (r *rating) leaning(ph *phrase) float32 {
	x, opts := r.q.x, &r.q.opts
	e := &x.entries[ph.entry]
	sum := float32(0)
	add := func(yes bool, much float32) {
		if yes {
			sum += much
		}
	}
	add(e.Common, forCommon)
	add(strings.HasPrefix(x.vocabulary[ph.first], r.first), forFirst)
	add(e.Kind == KindCategory, forCategory)
	add(ph.other, forOther)
	add(e.Additional == Asterisk, forAsterisk)
	add(e.Code >= "V01" && e.Code < "Z" && isDiagnosis(e.Code), forOutside)
	add(!e.Active, forInactive)
	add(opts.Lang == Kazakh && ph.field == fieldKK || opts.Lang == English && ph.field == fieldEN ||
		(opts.Lang == "" || opts.Lang == Russian) && ph.field == fieldRU, forLang)
	if ph.field == fieldSynonym {
		sum += forSynonym - perRank*float32(ph.rank)
	}
	add(opts.Prefer != nil && opts.Prefer(e.Code), forPrefer)
	return sum
}
