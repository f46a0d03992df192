package store

import (
	"cmp"
	"slices"
	"strings"

	"feldsher/internal/clinic/fold"
)

const (
	maxExpand = 800 // words of the vocabulary that beginnings are looked up in
	maxStarts = 800 // seeks of one scan
)

// few is the number of cards below which names are taken for typos too: «Попова
// Наталья» finds her, and then «Попова Наталия», lest a second card be made.
const few = 3

// byName answers an ask by its names; a birth date filters.
func (f *finder) byName(a *ask) error {
	before := len(f.hits)
	if err := f.names(a, a.slots); err != nil {
		return err
	}
	slots := a.slots
	if found := len(f.hits) - before; found == 0 || found < f.limit && hasLatin(a.slots) {
		slots = withAlternatives(a.slots)
		if err := f.names(a, slots); err != nil {
			return err
		}
	}
	found := len(f.hits) - before
	if found >= few || found > 0 && (f.whole || len(a.slots) == 1 || len(a.births) > 0) {
		return nil
	}
	mistyped, err := f.withTypos(slots, found == 0)
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
	years := yearBeginnings(a.births, slots)
	if len(slots) == 1 {
		if len(years) == 0 {
			years = beginnings(slots[0], surnameFirst)
		}
		_, err := f.scan(a, slots, append(years, beginnings(slots[0], otherFirst)...))
		return err
	}
	if found, err := f.scan(a, slots, years); err != nil || found > 0 {
		return err
	}
	slots, words, every, err := f.known(slots)
	if err != nil || slots == nil {
		return err
	}
	x, y := rarest(slots, words)
	starts := interleave(pairs(words[x], slots[y]), pairs(words[y], slots[x]))
	found, err := f.scan(a, slots, starts)
	if err != nil || found > 0 && every {
		return err
	}
	// Words that stand side by side in no row; beginnings of too many words.
	_, err = f.scan(a, slots, beginnings(slots[x], surnameFirst))
	return err
}

// yearBeginnings lists where the rows of a year begin, if a year was typed.
func yearBeginnings(births []fold.Birth, slots []slot) []string {
	if len(births) == 0 || births[0].Year == 0 {
		return nil
	}
	years := []int{births[0].Year}
	if births[0].Short {
		years = []int{1900 + births[0].Year, 2000 + births[0].Year}
	}
	var out []string
	for _, year := range years {
		for _, s := range slots {
			out = append(out, beginnings(s, yearLine(int64(year), ""))...)
		}
	}
	return out
}

// known leaves out of the slots the forms that no name begins with (most of what
// the same keys give in another layout) and lists for each slot the words that it
// stands for, with the digit of find_name before them. No slots: one of them has
// no form left. every is false if the lists are not whole.
func (f *finder) known(slots []slot) (left []slot, words [][]string, every bool, err error) {
	single, several := splitForms(slots)
	found, err := column[string](f.q, `SELECT v.word FROM json_each(?1) AS s CROSS JOIN find_vocabulary AS v
		ON v.word >= s.value AND v.word < s.value || char(1114111) LIMIT ?2`, jsonList(single), maxExpand)
	if err != nil {
		return nil, nil, false, err
	}
	if len(several) > 0 {
		there, err := column[string](f.q, `SELECT s.value FROM json_each(?) AS s WHERE EXISTS
			(SELECT 1 FROM find_name AS n WHERE n.line >= s.value AND n.line < s.value || char(1114111))`, jsonList(several))
		if err != nil {
			return nil, nil, false, err
		}
		found = append(found, there...)
	}
	every = len(found) < maxExpand
	left, words = slices.Clone(slots), make([][]string, len(slots))
	for i, s := range slots {
		left[i].forms = nil
		for _, form := range s.forms {
			stand := form.among(found)
			if len(stand) == 0 && !every && len(form.words) == 1 {
				stand = []string{surnameFirst + form.text(), otherFirst + form.text()}
			}
			if len(stand) > 0 {
				left[i].forms = append(left[i].forms, form)
				words[i] = append(words[i], without(stand, words[i])...)
			}
		}
		if len(left[i].forms) == 0 {
			return nil, nil, every, nil
		}
	}
	return left, words, every, nil
}

// splitForms lists where words, and rows, begin that the forms of one word, and of
// several, stand for; the longest of the words first, for a single letter may
// stand for more than are read.
func splitForms(slots []slot) (single, several []string) {
	for _, s := range slots {
		for _, form := range s.forms {
			begin := []string{surnameFirst + form.text(), otherFirst + form.text()}
			if len(form.words) == 1 {
				single = append(single, begin...)
			} else {
				several = append(several, begin...)
			}
		}
	}
	slices.SortStableFunc(single, func(a, b string) int { return len(b) - len(a) })
	return single, several
}

// among gives what rows begin with that a form stands for, of what is given.
func (f form) among(found []string) []string {
	text := f.text()
	var out []string
	for _, w := range found {
		if w[1:] == text || !f.whole && len(f.words) == 1 && strings.HasPrefix(w[1:], text) && !strings.Contains(w, " ") {
			out = append(out, w)
		}
	}
	return out
}

// rarest gives the two slots to look for: rather those that are no given name as
// typed, for a surname has fewer bearers, and stand for the fewest.
func rarest(slots []slot, words [][]string) (x, y int) {
	order := make([]int, len(slots))
	given := make([]int, len(slots))
	for i, s := range slots {
		order[i] = i
		if slices.Contains(words[i], otherFirst+s.forms[0].text()) {
			given[i] = 1
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(given[i]-given[j], len(words[i])-len(words[j]))
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
