package store

import (
	"context"
	"fmt"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// rebuildAtOnce is the number of cards that a transaction of a rebuild indexes;
// others may write between two of them.
const rebuildAtOnce = 200

// RebuildIndex makes the search index of patients anew from their cards. Until it
// ends, cards not yet reached are not found; if it is broken off, Check says so
// and it is to be run again.
func (s *Store) RebuildIndex(ctx context.Context) error {
	err := s.Local(ctx, func(tx *Tx) error {
		for _, table := range []string{"find_patient", "find_name", "find_code", "find_vocabulary", "find_typo"} {
			if _, err := tx.Exec(`DELETE FROM ` + table); err != nil {
				return err
			}
		}
		return nil
	})
	after := []byte{}
	for more := true; err == nil && more; {
		err = s.Local(ctx, func(tx *Tx) (err error) {
			after, more, err = indexAfter(tx, after)
			return err
		})
	}
	return err
}

// indexAfter indexes the next cards in the order of their ids; those that were
// written meanwhile are in the index already.
func indexAfter(tx *Tx, after []byte) (last []byte, more bool, err error) {
	ids, err := column[clinic.ID](tx, `SELECT id FROM patient WHERE id > ? AND deleted IS NULL ORDER BY id LIMIT ?`, after, rebuildAtOnce)
	if err != nil {
		return nil, false, err
	}
	for _, id := range ids {
		p, err := loadForIndex(tx, id)
		if err != nil {
			return nil, false, err
		}
		if err := indexPatient(tx, p, false); err != nil {
			return nil, false, err
		}
		after = id[:]
	}
	return after, len(ids) == rebuildAtOnce, nil
}

// checkedCards is how many cards checkIndex compares whole.
const checkedCards = 500

// checkIndex holds the search index against the cards: every live card must be in
// it, nothing else may, every word must be in the vocabulary, and of a few
// hundred cards, evenly drawn, what is in the index must be what the card says.
// It gives the number of cards in the index. A difference is a fault of kind
// Damaged; RebuildIndex mends it.
func checkIndex(q querier) (cards int64, err error) {
	for _, query := range []string{
		`SELECT count(*) FROM patient AS p WHERE p.deleted IS NULL AND NOT EXISTS (SELECT 1 FROM find_patient AS f WHERE f.id = p.id)`,
		`SELECT count(*) FROM find_patient AS f WHERE NOT EXISTS (SELECT 1 FROM patient AS p WHERE p.id = f.id AND p.deleted IS NULL)`,
		`SELECT count(*) FROM find_vocabulary AS v WHERE NOT EXISTS
			(SELECT 1 FROM find_name AS n WHERE n.line >= v.word AND n.line < v.word || '!')`,
	} {
		wrong, err := scalar[int64](q, query)
		if err != nil {
			return 0, err
		}
		if wrong != 0 {
			return 0, indexDamaged(wrong)
		}
	}
	if cards, err = scalar[int64](q, `SELECT count(*) FROM find_patient`); err != nil {
		return 0, err
	}
	ids, err := column[clinic.ID](q, `SELECT id FROM find_patient WHERE n % ? = 0 LIMIT ?`, cards/checkedCards+1, checkedCards)
	if err != nil {
		return 0, err
	}
	var wrong int64
	for _, id := range ids {
		same, err := checkCard(q, id)
		if err != nil {
			return 0, err
		}
		if !same {
			wrong++
		}
	}
	if wrong != 0 {
		return 0, indexDamaged(wrong)
	}
	return cards, nil
}

func indexDamaged(cards int64) error {
	return fault.New(fault.Damaged, "fault.find.index", "count", cards)
}

// checkCard compares what the index has of one card with what the card says.
func checkCard(q querier, id clinic.ID) (bool, error) {
	p, err := loadForIndex(q, id)
	if err != nil || p == nil {
		return false, err
	}
	n, have, err := indexed(q, id)
	if err != nil {
		return false, err
	}
	want := findCardOf(p)
	if !want.same(have) {
		return false, nil
	}
	for _, r := range want.rows() {
		ok, err := scalar[int64](q, `SELECT EXISTS (SELECT 1 FROM find_name WHERE line = ? AND patient = ? AND birth = ? AND old = ?)`,
			r.line, n, r.birth, r.old)
		if err != nil || ok == 0 {
			return false, err
		}
	}
	for _, c := range want.codes {
		ok, err := scalar[int64](q, `SELECT EXISTS (SELECT 1 FROM find_code WHERE code = ? AND patient = ?)`, []byte(c), n)
		if err != nil || ok == 0 {
			return false, err
		}
	}
	words := firstWords(want.rows())
	known, err := scalar[int64](q, `SELECT count(*) FROM json_each(?) AS s CROSS JOIN find_vocabulary AS v ON v.word = s.value`, jsonList(words))
	if err != nil {
		return false, fmt.Errorf("store: index: %w", err)
	}
	return known == int64(len(words)), nil
}
