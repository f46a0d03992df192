package store

import (
	"slices"

	"feldsher/internal/clinic"
)

// Merged cards (R1.6): links between them, which end and are never taken away.

// PutLink writes a link, or its end.
func (tx *Tx) PutLink(l *clinic.Link) error { return links.save(tx, l, l.Patient) }

// Links reads all links of a card that live or have ended, the oldest first.
func (r *Reader) Links(card clinic.ID) ([]clinic.Link, error) {
	return links.list(r, `(patient = ?1 OR other = ?1) AND deleted IS NULL ORDER BY at, rowid`, card)
}

const liveLink = `ended IS NULL AND deleted IS NULL`

// LiveLinks reads the links that join a card with others, near and far.
func (tx *Tx) LiveLinks(card clinic.ID) ([]clinic.Link, error) { return joined(tx, []clinic.ID{card}) }

// joined reads the living links of the components that cards belong to.
func joined(q querier, cards []clinic.ID) ([]clinic.Link, error) {
	if any, err := scalar[int64](q, `SELECT EXISTS (SELECT 1 FROM patient_link WHERE `+liveLink+`)`); err != nil || any == 0 {
		return nil, err
	}
	return links.list(q, liveLink+` AND patient IN (WITH RECURSIVE c(id) AS (
		SELECT unhex(value) FROM json_each(?)
		UNION SELECT l.other FROM c CROSS JOIN patient_link AS l ON l.patient = c.id WHERE l.ended IS NULL AND l.deleted IS NULL
		UNION SELECT l.patient FROM c CROSS JOIN patient_link AS l ON l.other = c.id WHERE l.ended IS NULL AND l.deleted IS NULL
		) SELECT id FROM c) ORDER BY rowid`, jsonList(hexed(cards)))
}

// hexed writes ids as unhex reads them.
func hexed(ids []clinic.ID) []string {
	const digits = "0123456789abcdef"
	out := make([]string, len(ids))
	for i, id := range ids {
		b := make([]byte, 0, 2*len(id))
		for _, c := range id {
			b = append(b, digits[c>>4], digits[c&15])
		}
		out[i] = string(b)
	}
	return out
}

// Component lists the cards merged with a card, itself among them, the root first.
// Cards that were struck out are left out of it; one that was struck out itself
// stands alone. A card that is merged with none is its own root.
func (r *Reader) Component(card clinic.ID) ([]clinic.ID, error) { return component(r, card) }

// Component is Reader.Component within the transaction.
func (tx *Tx) Component(card clinic.ID) ([]clinic.ID, error) { return component(tx, card) }

// Root gives the card under which a card is shown.
func (tx *Tx) Root(card clinic.ID) (clinic.ID, error) {
	cards, err := component(tx, card)
	if err != nil {
		return card, err
	}
	return cards[0], nil
}

func component(q querier, card clinic.ID) ([]clinic.ID, error) {
	of, err := components(q, []clinic.ID{card})
	if err != nil || of[card] == nil {
		return []clinic.ID{card}, err
	}
	return of[card], nil
}

// components gives the components of those cards that are merged with others.
func components(q querier, cards []clinic.ID) (map[clinic.ID][]clinic.ID, error) {
	if len(cards) == 0 {
		return nil, nil
	}
	found, err := joined(q, cards)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var all []clinic.ID
	for _, l := range found {
		all = append(all, l.Patient, l.Other)
	}
	struck, err := column[clinic.ID](q, `SELECT p.id FROM json_each(?) AS s CROSS JOIN patient AS p ON p.id = unhex(s.value) WHERE p.deleted IS NOT NULL`, jsonList(hexed(all)))
	if err != nil {
		return nil, err
	}
	out := map[clinic.ID][]clinic.ID{}
	near := map[clinic.ID][]clinic.Link{} // a card's own links, so that the work grows with the component
	for _, l := range found {
		near[l.Patient], near[l.Other] = append(near[l.Patient], l), append(near[l.Other], l)
	}
	for _, card := range all {
		if out[card] != nil || slices.Contains(struck, card) {
			continue
		}
		whole := clinic.Component(reach(near, card), card)
		whole = slices.DeleteFunc(whole, func(id clinic.ID) bool { return slices.Contains(struck, id) })
		if len(whole) < 2 {
			continue
		}
		for _, id := range whole {
			out[id] = whole
		}
	}
	return out, nil
}

// reach collects the links that can be reached from a card.
func reach(near map[clinic.ID][]clinic.Link, card clinic.ID) []clinic.Link {
	var out []clinic.Link
	seen := map[clinic.ID]bool{card: true}
	for queue := []clinic.ID{card}; len(queue) > 0; queue = queue[1:] {
		for _, l := range near[queue[0]] {
			out = append(out, l)
			for _, id := range [2]clinic.ID{l.Patient, l.Other} {
				if !seen[id] {
					seen[id] = true
					queue = append(queue, id)
				}
			}
		}
	}
	return out
}

// rootsOnly puts the root in the place of each merged card of a list, once, with
// the numbers of the others, and marks namesakes.
func rootsOnly(q querier, list []clinic.Brief) ([]clinic.Brief, error) {
	ids := make([]clinic.ID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	of, err := components(q, ids)
	if err != nil {
		return nil, err
	}
	if len(of) > 0 {
		if list, err = collapse(q, list, of); err != nil {
			return nil, err
		}
	}
	return list, markNamesakes(q, list)
}

func collapse(q querier, list []clinic.Brief, of map[clinic.ID][]clinic.ID) ([]clinic.Brief, error) {
	var members []clinic.ID
	for i := range list {
		members = append(members, of[list[i].ID]...)
	}
	known, err := briefsOf(q, members)
	if err != nil {
		return nil, err
	}
	out := list[:0]
	seen := map[clinic.ID]bool{}
	for _, b := range list {
		whole := of[b.ID]
		if len(whole) == 0 {
			out = append(out, b)
			continue
		}
		root, ok := known[whole[0]]
		if !ok {
			root = b // it is in no index; the check of the index tells
		}
		if seen[root.ID] {
			continue
		}
		seen[root.ID] = true
		for _, id := range whole {
			if other, ok := known[id]; ok && id != root.ID {
				root.Merged = append(root.Merged, other.CaseNumber)
			}
		}
		out = append(out, root)
	}
	return out, nil
}

// briefsOf reads what a list shows of cards by their ids.
func briefsOf(q querier, ids []clinic.ID) (map[clinic.ID]clinic.Brief, error) {
	rows, err := q.query(`SELECT f.id, f.brief FROM json_each(?) AS s CROSS JOIN find_patient AS f ON f.id = unhex(s.value)`, jsonList(hexed(ids)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[clinic.ID]clinic.Brief{}
	for rows.Next() {
		var id clinic.ID
		var packed []byte
		if err := rows.Scan(&id, &packed); err != nil {
			return nil, err
		}
		out[id] = unpackBrief(id, packed)
	}
	return out, rows.Err()
}

// Brief reads what a list shows of one card, or of the card that it is merged
// into; ok is false for one that is not there or was struck out.
func (r *Reader) Brief(card clinic.ID) (b clinic.Brief, ok bool, err error) {
	found, err := briefsOf(r, []clinic.ID{card})
	if err != nil || len(found) == 0 {
		return b, false, err
	}
	list, err := rootsOnly(r, []clinic.Brief{found[card]})
	if err != nil || len(list) == 0 {
		return b, false, err
	}
	return list[0], true, nil
}
