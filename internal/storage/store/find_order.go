package store

import (
	"fmt"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// The list of all cards in the order of their names, and the mark of those whom a
// list might mix up.

// Order is the list of all live cards by name, at the moment it was read: a number
// of eight bytes a card, so that a list of a hundred thousand can be drawn from
// any place on. Of merged cards it has the root.
type Order struct{ numbers []int64 }

// Len is the number of cards.
func (o Order) Len() int { return len(o.numbers) }

// PatientOrder reads the order of all cards, those without a name at the end, or of
// the first ones only, if limit is above zero.
func (r *Reader) PatientOrder(limit int) (Order, error) {
	if limit <= 0 {
		limit = -1
	}
	hidden, err := hiddenNumbers(r)
	if err != nil {
		return Order{}, err
	}
	named, err := column[int64](r, `SELECT n FROM find_patient WHERE replace(lines, '|', ' ') > '' ORDER BY replace(lines, '|', ' ') LIMIT ?`, limit)
	if err != nil {
		return Order{}, err
	}
	if limit >= 0 {
		limit -= len(named)
	}
	nameless, err := column[int64](r, `SELECT n FROM find_patient WHERE replace(lines, '|', ' ') = '' ORDER BY n LIMIT ?`, limit)
	if err != nil {
		return Order{}, err
	}
	numbers := append(named, nameless...)
	return Order{slices.DeleteFunc(numbers, func(n int64) bool { return hidden[n] })}, nil
}

// hiddenNumbers are those of the cards that stand behind a root.
func hiddenNumbers(q querier) (map[int64]bool, error) {
	cards, err := column[clinic.ID](q, `SELECT patient FROM patient_link WHERE `+liveLink)
	if err != nil || len(cards) == 0 {
		return nil, err
	}
	of, err := components(q, cards)
	if err != nil {
		return nil, err
	}
	var behind []clinic.ID
	for id, whole := range of {
		if id != whole[0] {
			behind = append(behind, id)
		}
	}
	numbers, err := column[int64](q, `SELECT f.n FROM json_each(?) AS s CROSS JOIN find_patient AS f ON f.id = unhex(s.value)`, jsonList(hexed(behind)))
	hidden := make(map[int64]bool, len(numbers))
	for _, n := range numbers {
		hidden[n] = true
	}
	return hidden, err
}

// PatientRows reads rows of the list from a place on, at most count. A card that
// was struck out since has a zero id.
func (r *Reader) PatientRows(o Order, from, count int) ([]clinic.Brief, error) {
	from = min(max(from, 0), len(o.numbers))
	numbers := o.numbers[from:min(from+max(count, 0), len(o.numbers))]
	if len(numbers) == 0 {
		return nil, nil
	}
	rows, err := r.query(`SELECT f.n, f.id, f.brief FROM json_each(?) AS s CROSS JOIN find_patient AS f ON f.n = s.value`, jsonList(numbers))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make([]clinic.Brief, 0, len(numbers))
	place := map[clinic.ID]int{}
	for rows.Next() {
		var n int64
		var id clinic.ID
		var packed []byte
		if err := rows.Scan(&n, &id, &packed); err != nil {
			return nil, err
		}
		for i := range numbers {
			if numbers[i] == n {
				place[id] = i
			}
		}
		found = append(found, unpackBrief(id, packed))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	if found, err = rootsOnly(r, found); err != nil {
		return nil, err
	}
	out := make([]clinic.Brief, len(numbers))
	for _, b := range found {
		if i, ok := place[b.ID]; ok {
			out[i] = b
		}
	}
	return out, nil
}

// markNamesakes marks the patients of a list who share surname and birth date with
// another patient of the clinic. Cards merged with one another are one patient.
func markNamesakes(q querier, list []clinic.Brief) error {
	type start struct {
		line  string
		birth int64
	}
	at := map[start][]int{}
	var starts []any
	for i := range list {
		b := &list[i]
		family := packWords(fold.Text(b.Family))
		if len(family) == 0 || !b.BirthDate.Full() {
			continue
		}
		birth := packBirth(b.BirthDate)
		s := start{yearLine(birth>>9, strings.Join(family, " ")), birth}
		if at[s] == nil {
			starts = append(starts, [2]any{s.line, s.birth})
		}
		at[s] = append(at[s], i)
	}
	if len(starts) == 0 {
		return nil
	}
	rows, err := q.query(`SELECT s.value ->> 0, s.value ->> 1, f.id FROM json_each(?) AS s
		CROSS JOIN find_name AS n ON n.line >= s.value ->> 0 AND n.line < (s.value ->> 0) || '!'
		CROSS JOIN find_patient AS f ON f.n = n.patient
		WHERE n.birth = s.value ->> 1 AND n.old = 0`, jsonList(starts))
	if err != nil {
		return fmt.Errorf("store: namesakes: %w", err)
	}
	defer rows.Close()
	sharing := map[start][]clinic.ID{}
	for rows.Next() {
		var s start
		var id clinic.ID
		if err := rows.Scan(&s.line, &s.birth, &id); err != nil {
			return err
		}
		sharing[s] = append(sharing[s], id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	var several []clinic.ID
	for _, ids := range sharing {
		if len(ids) > 1 {
			several = append(several, ids...)
		}
	}
	if len(several) == 0 {
		return nil
	}
	if err := rows.Close(); err != nil {
		return err
	}
	of, err := components(q, several)
	if err != nil {
		return err
	}
	root := func(id clinic.ID) clinic.ID {
		if whole := of[id]; len(whole) > 0 {
			return whole[0]
		}
		return id
	}
	for s, places := range at {
		for _, i := range places {
			for _, id := range sharing[s] {
				list[i].Namesake = list[i].Namesake || root(id) != root(list[i].ID)
			}
		}
	}
	return nil
}
