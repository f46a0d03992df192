package store

import (
	"cmp"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// The cards that a card being typed may be a second one of (R1.6). The index
// proposes: whoever has one of its numbers or phones, was born on its day with a
// like name, or bears its name and was born about then. What is proposed is read
// and compared by clinic.Resemble.
const (
	proposeCodes = 40  // cards that one number proposes
	proposeBirth = 400 // cards that a day proposes; more share one that was filled in where none was known
	proposeNames = 300 // rows of the index that a name proposes
	compareCards = 24  // cards that are read and compared
)

// Similar gives the cards that a draft may be a second card of, the surest first,
// at most limit; merged cards once, under their root. The draft's own card and
// those merged with it are left out. It costs about as much as a search.
func (r *Reader) Similar(draft *clinic.Patient, limit int) ([]clinic.Candidate, error) {
	numbers, err := proposed(r, draft)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	ids, err := column[clinic.ID](r, `SELECT f.id FROM json_each(?) AS s CROSS JOIN find_patient AS f ON f.n = s.value`, jsonList(numbers))
	if err != nil {
		return nil, err
	}
	own, err := component(r, draft.ID)
	if err != nil {
		return nil, err
	}
	alike := map[clinic.ID]clinic.Resemblance{}
	for _, id := range ids {
		if slices.Contains(own, id) {
			continue
		}
		p, err := loadForIndex(r, id)
		if err != nil {
			return nil, err
		}
		if p == nil || !p.Deleted.IsZero() {
			continue
		}
		if how := clinic.Resemble(draft, p); how.Grade > clinic.Unlike {
			alike[id] = how
		}
	}
	return candidates(r, alike, limit)
}

// candidates makes the list of cards that are alike.
func candidates(q querier, alike map[clinic.ID]clinic.Resemblance, limit int) ([]clinic.Candidate, error) {
	if len(alike) == 0 || limit <= 0 {
		return nil, nil
	}
	ids := make([]clinic.ID, 0, len(alike))
	for id := range alike {
		ids = append(ids, id)
	}
	found, err := briefsOf(q, ids)
	if err != nil {
		return nil, err
	}
	of, err := components(q, ids)
	if err != nil {
		return nil, err
	}
	best := map[clinic.ID]clinic.Resemblance{} // by root
	var list []clinic.Brief
	for _, id := range ids {
		root := id
		if whole := of[id]; len(whole) > 0 {
			root = whole[0]
		}
		if _, there := best[root]; !there {
			list = append(list, found[id])
		}
		if alike[id].Grade > best[root].Grade {
			best[root] = alike[id]
		}
	}
	if list, err = rootsOnly(q, list); err != nil {
		return nil, err
	}
	out := make([]clinic.Candidate, 0, len(list))
	for _, b := range list {
		out = append(out, clinic.Candidate{Brief: b, Resemblance: best[b.ID]})
	}
	slices.SortFunc(out, func(a, b clinic.Candidate) int {
		return cmp.Or(cmp.Compare(b.Grade, a.Grade), cmp.Compare(len(b.Reasons), len(a.Reasons)),
			strings.Compare(a.Name.String(), b.Name.String()), strings.Compare(a.CaseNumber, b.CaseNumber))
	})
	return out[:min(len(out), limit)], nil
}

// proposed gives the numbers of the cards to be compared, those with equal numbers
// first.
func proposed(q querier, draft *clinic.Patient) ([]int64, error) {
	card := findCardOf(draft)
	card.codes = slices.DeleteFunc(card.codes, func(c string) bool { return c[0]>>4 == codeCase })
	var numbers []int64
	add := func(n int64) {
		if len(numbers) < compareCards && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	for _, code := range card.codes {
		found, err := column[int64](q, `SELECT patient FROM find_code WHERE code = ? LIMIT ?`, []byte(code), proposeCodes)
		if err != nil {
			return nil, err
		}
		if len(found) == proposeCodes && code[0]>>4 == codePhone {
			continue // the clinic's own, put onto every card
		}
		for _, n := range found {
			add(n)
		}
	}
	if card.birth == 0 {
		return numbers, nil
	}
	if draft.BirthDate.Full() {
		cards, err := proposals(q, `SELECT n, birth, lines, codes FROM find_patient WHERE birth = ? LIMIT ?`, card.birth, proposeBirth)
		if err != nil {
			return nil, err
		}
		for i := range cards {
			if likeNamed(&card, &cards[i].findCard) || draft.NameUnknown {
				add(cards[i].patient)
			}
		}
	}
	return numbers, proposeByName(q, draft, &card, add)
}

// proposeByName adds the cards of the draft's name that were born about then.
func proposeByName(q querier, draft *clinic.Patient, card *findCard, add func(int64)) error {
	for _, l := range card.lines {
		_, words, surname := splitLine(l)
		if surname == 0 || len(words) == surname {
			continue
		}
		begin := surnameFirst + strings.Join(words[:surname+1], " ")
		rows, err := q.query(`SELECT patient, birth FROM find_name WHERE line >= ?1 AND line < ?1 || '!' LIMIT ?2`, begin, proposeNames)
		if err != nil {
			return err
		}
		var near []int64
		for rows.Next() {
			var n, birth int64
			if err := rows.Scan(&n, &birth); err != nil {
				rows.Close()
				return err
			}
			if clinic.BirthsMeet(draft.BirthDate, unpackBirth(birth)) {
				near = append(near, n)
			}
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return err
		}
		for _, n := range near {
			add(n)
		}
	}
	return nil
}

// likeNamed reports whether two cards have two words of a name in common, or one
// and another that is a letter apart; of a name of one word that one.
func likeNamed(a, b *findCard) bool {
	for _, x := range a.lines {
		_, xs, _ := splitLine(x)
		for _, y := range b.lines {
			_, ys, _ := splitLine(y)
			same, near := 0, 0
			for _, w := range xs {
				switch {
				case slices.Contains(ys, w):
					same++
				case slices.ContainsFunc(ys, func(v string) bool { return fold.Within(w, v, 1) }):
					near++
				}
			}
			if same >= min(2, len(xs), len(ys)) && same > 0 || same > 0 && near > 0 {
				return true
			}
		}
	}
	return false
}

// unpackBirth undoes packBirth.
func unpackBirth(b int64) clinic.Date {
	digits := func(n, width int) string {
		s := ""
		for range width {
			s = string(rune('0'+n%10)) + s
			n /= 10
		}
		return s
	}
	year, month, day := int(b>>9), int(b>>5&15), int(b&31)
	switch {
	case year == 0:
		return ""
	case month == 0:
		return clinic.Date(digits(year, 4))
	case day == 0:
		return clinic.Date(digits(year, 4) + "-" + digits(month, 2))
	}
	return clinic.Date(digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2))
}
