package store

import (
	"slices"
	"strings"
	"time"

	"feldsher/internal/clinic/fold"
)

// proposal is a card that a number or a date proposes.
type proposal struct {
	patient int64
	findCard
}

// byCode answers an ask by the longest of its numbers; all else is compared.
func (f *finder) byCode(a *ask) error {
	alone := len(a.slots)+len(a.births) == 0 && len(a.codes) == 1
	driver := slices.MaxFunc(a.codes, func(x, y []halves) int { return len(x[0]) - len(y[0]) })
	limit := checkCards
	if alone {
		limit = f.limit
	}
	before := len(f.hits)
	capped := false
	for group := range slices.Chunk(driver, 3) {
		var bounds [6]any
		for i := range bounds {
			bounds[i] = []byte{}
		}
		for i, h := range group {
			bounds[2*i], bounds[2*i+1] = h.bounds()
		}
		cards, err := proposals(f.q, codeQuery, append(bounds[:], limit)...)
		if err != nil {
			return err
		}
		capped = capped || len(cards) >= limit
		f.compare(a, cards)
	}
	if alone || !capped || len(a.slots) == 0 || len(f.hits) > before {
		return nil
	}
	return f.namesThenCode(a)
}

const codeQuery = `WITH c(patient) AS (
	SELECT * FROM (SELECT patient FROM find_code WHERE code >= ?1 AND code < ?2 LIMIT ?7)
	UNION ALL SELECT * FROM (SELECT patient FROM find_code WHERE code >= ?3 AND code < ?4 LIMIT ?7)
	UNION ALL SELECT * FROM (SELECT patient FROM find_code WHERE code >= ?5 AND code < ?6 LIMIT ?7))
	SELECT f.n, f.birth, f.lines, f.codes FROM c CROSS JOIN find_patient AS f ON f.n = c.patient`

// namesThenCode is for numbers that too many cards begin with, such as the series
// of passports of a region: the names drive.
func (f *finder) namesThenCode(a *ask) error {
	named := finder{q: f.q, limit: MostFound, index: map[int64]int{}}
	if err := named.byName(&ask{slots: a.slots, births: a.births}); err != nil {
		return err
	}
	numbers := make([]int64, len(named.hits))
	for i, h := range named.hits {
		numbers[i] = h.patient
	}
	cards, err := proposals(f.q, `SELECT f.n, f.birth, f.lines, f.codes FROM json_each(?) AS s CROSS JOIN find_patient AS f ON f.n = s.value`,
		jsonList(numbers))
	f.compare(a, cards)
	return err
}

// byBirth answers an ask by a birth date; names are compared.
func (f *finder) byBirth(a *ask) error {
	limit := f.limit
	if len(a.slots)+len(a.births) > 1 {
		limit = checkCards
		if a.births[0].Day == 0 {
			limit = scanRows // all who were born in a year
		}
	}
	starts, width := birthStarts(a.births[0])
	before := len(f.hits)
	cards, err := proposals(f.q, `SELECT f.n, f.birth, f.lines, f.codes FROM json_each(?1) AS s CROSS JOIN find_patient AS f
		ON f.birth >= s.value AND f.birth <= s.value + ?2 LIMIT ?3`, jsonList(starts), width, limit)
	if err != nil {
		return err
	}
	f.compare(a, cards)
	if len(cards) < limit || len(a.slots) == 0 || len(f.hits) > before || a.births[0].Day == 0 {
		return nil
	}
	// A day that half the cards bear, for it was filled in where none was known.
	return f.names(a, withAlternatives(a.slots))
}

// birthStarts gives where the ranges of packed dates begin, and their width.
func birthStarts(b fold.Birth) (starts []int64, width int64) {
	years := []int{b.Year}
	switch {
	case b.Short:
		years = []int{1900 + b.Year, 2000 + b.Year, 1800 + b.Year}
	case b.Year == 0:
		years = nil
		for y := time.Now().Year(); y >= 1900; y-- {
			years = append(years, y)
		}
	}
	for _, y := range years {
		starts = append(starts, int64(y)<<9|int64(b.Month)<<5|int64(b.Day))
	}
	switch {
	case b.Month == 0:
		width = 1<<9 - 1
	case b.Day == 0:
		width = 1<<5 - 1
	}
	return starts, width
}

func proposals(q querier, query string, args ...any) ([]proposal, error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []proposal
	for rows.Next() {
		var p proposal
		var lines string
		var codes []byte
		if err := rows.Scan(&p.patient, &p.birth, &lines, &codes); err != nil {
			return nil, err
		}
		p.lines, p.codes = splitLines(lines), unpackCodes(codes)
		out = append(out, p)
	}
	return out, rows.Err()
}

// compare keeps the proposed cards that answer all of an ask. With a number or a
// day to lean on, a name may be in any layout or alphabet and have a typo.
func (f *finder) compare(a *ask, cards []proposal) {
	if len(cards) == 0 {
		return
	}
	var slots []slot
	if len(a.slots) > 0 {
		slots = withAlternatives(a.slots)
	}
	for i := range cards {
		c := &cards[i]
		score, ok := codesMatch(a.codes, c.codes)
		if !ok || !fitsAll(a.births, c.birth) {
			continue
		}
		names, ok := nameMatch(slots, &c.findCard)
		if !ok {
			continue
		}
		line := ""
		if len(c.lines) > 0 {
			line = c.lines[0]
		}
		f.add(hit{patient: c.patient, score: score + names + scorePenalty*a.penalty, line: line})
	}
}

// codesMatch compares numbers; those typed whole are better than those begun.
func codesMatch(want [][]halves, have []string) (score int, ok bool) {
	for _, any := range want {
		best := -1
		for _, h := range any {
			for _, key := range have {
				if begins, whole := h.begins(key); whole {
					best = 0
				} else if begins && best < 0 {
					best = 1
				}
			}
		}
		if best < 0 {
			return 0, false
		}
		score += best
	}
	return score, true
}

// nameMatch compares a query's names with all words of a card; a name may also be
// the letters of a document's series.
func nameMatch(slots []slot, c *findCard) (score int, ok bool) {
	if len(slots) == 0 {
		return 0, true
	}
	words := c.words()
	if score, ok := match(slots, words); ok {
		return score, true
	}
	series := seriesOf(slots, c.codes)
	var loose []slot
	for i, s := range slots {
		if !series[i] {
			loose = append(loose, slot{raw: s.raw, forms: mistyped(s.forms, words)})
		}
	}
	return match(loose, words)
}

// seriesOf says which names of a query are the letters that a document's number
// begins with, one after another: «II-АЖ 654321».
func seriesOf(slots []slot, codes []string) []bool {
	out := make([]bool, len(slots))
	for i := range slots {
		raw := ""
		for j := i; j < len(slots); j++ {
			raw += slots[j].raw
			h := numberKey(fold.Code(raw))
			if len(h) > 2 && slices.ContainsFunc(codes, func(key string) bool { begins, _ := h.begins(key); return begins }) {
				for k := i; k <= j; k++ {
					out[k] = true
				}
			}
		}
	}
	return out
}

// mistyped adds to forms those of the words that are one edit apart from one.
func mistyped(forms []form, words []string) []form {
	out := slices.Clone(forms)
	for _, f := range forms {
		if len(f.words) != 1 {
			continue
		}
		for _, w := range words {
			if penalty := typoPenalty(f.words[0], w); penalty > 0 && !strings.HasPrefix(w, f.words[0]) {
				out = append(out, form{words: []string{w}, whole: true, penalty: f.penalty + penalty})
			}
		}
	}
	return out
}
