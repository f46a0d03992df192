package store

import (
	"cmp"
	"slices"
	"strings"
)

const (
	maxExpand = 800 // given names and patronymics that beginnings are looked up in
	maxStarts = 800 // seeks of one scan
)

// byName answers an ask by its names; a birth date filters.
func (f *finder) byName(a *ask) error {
	before := len(f.hits)
	if err := f.names(a, a.slots); err != nil {
		return err
	}
	if found := len(f.hits) - before; found > 0 && (found >= f.limit || !hasLatin(a.slots)) {
		return nil
	}
	slots := withAlternatives(a.slots)
	if err := f.names(a, slots); err != nil || len(f.hits) > before {
		return err
	}
	mistyped, err := f.withTypos(slots)
	if err != nil {
		return err
	}
	if err := f.names(a, mistyped); err != nil || len(f.hits) > before || len(a.births) == 0 {
		return err
	}
	// A common beginning may have hidden the card behind the cap; the date is
	// the other way to it.
	return f.byBirth(a)
}

// names finds the cards that have a word for each slot.
func (f *finder) names(a *ask, slots []slot) error {
	if len(slots) == 1 {
		_, err := f.scan(a, slots, beginnings(slots[0], surnameFirst, otherFirst), "")
		return err
	}
	slots, others, every, err := f.known(slots)
	if err != nil || slots == nil {
		return err
	}
	x, y := rarest(slots, others)
	starts := interleave(pairs(others[x], slots[y]), pairs(others[y], slots[x]))
	for _, i := range [2]int{x, y} { // surnames of two words
		starts = append(starts, pairs(beginnings(slots[i], surnameFirst), slots[x+y-i])...)
	}
	found, err := f.scan(a, slots, starts[:min(len(starts), maxStarts)], needle(slots, x, y))
	if err != nil || found > 0 && every {
		return err
	}
	// Words that stand side by side in no row; beginnings of too many words.
	_, err = f.scan(a, slots, beginnings(slots[x], surnameFirst), needle(slots, x))
	return err
}

// known leaves out of the slots the forms that no name begins with (most of what
// the same keys give in another layout) and lists for each slot the given names
// and patronymics that it stands for, with the digit of find_name. No slots: one
// of them has no form left. every is false if the lists are not whole.
func (f *finder) known(slots []slot) (left []slot, others [][]string, every bool, err error) {
	var begun []string
	for _, s := range slots {
		for _, form := range s.forms {
			begun = append(begun, otherFirst+form.words[0])
		}
	}
	words, err := column[string](f.q, `SELECT v.word FROM json_each(?1) AS s CROSS JOIN find_vocabulary AS v
		ON v.word >= s.value AND v.word < s.value || char(1114111) LIMIT ?2`, jsonList(begun), maxExpand)
	if err != nil {
		return nil, nil, false, err
	}
	surnames, err := column[string](f.q, `SELECT substr(s.value, 2) FROM json_each(?) AS s WHERE EXISTS (SELECT 1 FROM find_vocabulary AS v
		WHERE v.word >= '0' || substr(s.value, 2) AND v.word < '0' || substr(s.value, 2) || char(1114111))`, jsonList(begun))
	if err != nil {
		return nil, nil, false, err
	}
	every = len(words) < maxExpand
	left, others = slices.Clone(slots), make([][]string, len(slots))
	for i, s := range slots {
		left[i].forms = nil
		for _, form := range s.forms {
			known := !every || slices.Contains(surnames, form.words[0])
			for _, w := range words {
				if form.whole && w[1:] != form.words[0] || !strings.HasPrefix(w[1:], form.words[0]) {
					continue
				}
				known = true
				if len(form.words) > 1 {
					w = otherFirst + form.text()
				}
				if !slices.Contains(others[i], w) {
					others[i] = append(others[i], w)
				}
			}
			if known {
				left[i].forms = append(left[i].forms, form)
			}
		}
		if len(left[i].forms) == 0 {
			return nil, nil, every, nil
		}
	}
	return left, others, every, nil
}

// rarest gives the two slots to look for: those that are no given name as typed,
// for a surname has fewer bearers, and stand for the fewest.
func rarest(slots []slot, others [][]string) (x, y int) {
	order := make([]int, len(slots))
	given := make([]int, len(slots))
	for i, s := range slots {
		order[i] = i
		if slices.Contains(others[i], otherFirst+s.forms[0].text()) {
			given[i] = 1
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(given[i]-given[j], len(others[i])-len(others[j]))
	})
	return order[0], order[1]
}

// beginnings lists where rows begin that have a form of the slot first.
func beginnings(s slot, first ...string) []string {
	var out []string
	for _, digit := range first {
		for _, form := range s.forms {
			out = append(out, digit+form.text())
		}
	}
	return out
}

// pairs lists where the rows begin that have one of the words and then a form of
// the slot.
func pairs(words []string, s slot) []string {
	var out []string
	for _, w := range words {
		for _, form := range s.forms {
			out = append(out, w+" "+form.text())
		}
	}
	return out
}

func interleave(a, b []string) []string {
	out := make([]string, 0, len(a)+len(b))
	for i := range max(len(a), len(b)) {
		if i < len(a) {
			out = append(out, a[i])
		}
		if i < len(b) {
			out = append(out, b[i])
		}
	}
	return out
}

// needle gives what rows must hold somewhere: a slot with one form only that is
// not among those given.
func needle(slots []slot, but ...int) string {
	for i, s := range slots {
		if !slices.Contains(but, i) && len(s.forms) == 1 && len(s.forms[0].words) == 1 {
			return " " + s.forms[0].words[0]
		}
	}
	return ""
}
