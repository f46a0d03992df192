package store

import (
	"encoding/json"
	"hash/fnv"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/storage/journal"
)

// indexPatient brings the search index after a card that was written. fresh says
// that the card is new, so that nothing is to be taken out.
func indexPatient(tx *Tx, p *clinic.Patient, fresh bool) error {
	card := findCardOf(p)
	live := p.Deleted == 0
	if !fresh {
		n, old, err := indexed(tx, p.ID)
		if err != nil {
			return err
		}
		if n != 0 {
			return reindexCard(tx, n, old, card, live)
		}
	}
	if !live {
		return nil
	}
	res, err := tx.Exec(`INSERT INTO find_patient (id, birth, lines, codes, brief) VALUES (?, ?, ?, ?, ?)`,
		p.ID, card.birth, strings.Join(card.lines, "\n"), packCodes(card.codes), []byte(card.brief))
	if err != nil {
		return err
	}
	n, err := res.LastInsertId()
	if err != nil {
		return err
	}
	return putRows(tx, n, card.rows(), card.codes)
}

// reindexCard replaces what card n has in the index.
func reindexCard(tx *Tx, n int64, old, card findCard, live bool) (err error) {
	if live {
		if card.same(old) {
			return nil
		}
		_, err = tx.Exec(`UPDATE find_patient SET birth = ?, lines = ?, codes = ?, brief = ? WHERE n = ?`,
			card.birth, strings.Join(card.lines, "\n"), packCodes(card.codes), []byte(card.brief), n)
	} else {
		card = findCard{}
		_, err = tx.Exec(`DELETE FROM find_patient WHERE n = ?`, n)
	}
	if err != nil {
		return err
	}
	oldRows, rows := old.rows(), card.rows()
	gone := without(oldRows, rows)
	for _, r := range gone {
		if _, err := tx.Exec(`DELETE FROM find_name WHERE line = ? AND patient = ?`, r.line, n); err != nil {
			return err
		}
	}
	for _, c := range without(old.codes, card.codes) {
		if _, err := tx.Exec(`DELETE FROM find_code WHERE code = ? AND patient = ?`, []byte(c), n); err != nil {
			return err
		}
	}
	if err := putRows(tx, n, without(rows, oldRows), without(card.codes, old.codes)); err != nil {
		return err
	}
	return forgetWords(tx, gone)
}

func (c findCard) same(other findCard) bool {
	return c.birth == other.birth && c.brief == other.brief && slices.Equal(c.lines, other.lines) && slices.Equal(c.codes, other.codes)
}

// without lists the elements of a that b lacks.
func without[T comparable](a, b []T) []T {
	var out []T
	for _, v := range a {
		if !slices.Contains(b, v) {
			out = append(out, v)
		}
	}
	return out
}

// indexed reads what a card has in the index; n is 0 if it has nothing.
func indexed(q querier, id clinic.ID) (n int64, c findCard, err error) {
	rows, err := q.query(`SELECT n, birth, lines, codes, brief FROM find_patient WHERE id = ?`, id)
	if err != nil {
		return 0, c, err
	}
	defer rows.Close()
	if rows.Next() {
		var lines string
		var codes, brief []byte
		if err := rows.Scan(&n, &c.birth, &lines, &codes, &brief); err != nil {
			return 0, c, err
		}
		c.lines, c.codes, c.brief = splitLines(lines), unpackCodes(codes), string(brief)
	}
	return n, c, rows.Err()
}

func splitLines(lines string) []string {
	if lines == "" {
		return nil
	}
	return strings.Split(lines, "\n")
}

// Rows are inserted several at a time, for a statement costs more than a row.
const rowsAtOnce = 8

var (
	insertNames = insertStatements(`INSERT OR IGNORE INTO find_name (line, patient, birth, old) VALUES `, `(?, ?, ?, ?)`)
	insertCodes = insertStatements(`INSERT OR IGNORE INTO find_code (code, patient) VALUES `, `(?, ?)`)
	insertTypos = insertStatements(`INSERT OR IGNORE INTO find_typo (cut, word) VALUES `, `(?, ?)`)
)

// insertStatements gives the statement for each number of rows from 1 on.
func insertStatements(head, row string) (out [rowsAtOnce]string) {
	for i := range out {
		out[i] = head + row + strings.Repeat(", "+row, i)
	}
	return out
}

func insertRows[T any](tx *Tx, statements [rowsAtOnce]string, rows []T, args func(T) []any) error {
	for len(rows) > 0 {
		n := min(len(rows), rowsAtOnce)
		var values []any
		for _, r := range rows[:n] {
			values = append(values, args(r)...)
		}
		if _, err := tx.Exec(statements[n-1], values...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func putRows(tx *Tx, n int64, names []nameRow, codes []string) error {
	err := insertRows(tx, insertNames, names, func(r nameRow) []any { return []any{r.line, n, r.birth, r.old} })
	if err != nil {
		return err
	}
	err = insertRows(tx, insertCodes, codes, func(c string) []any { return []any{[]byte(c), n} })
	if err != nil {
		return err
	}
	return learnWords(tx, names)
}

// firstWords lists the words that rows begin with, with the digit before.
func firstWords(rows []nameRow) []string {
	var out []string
	for _, r := range rows {
		w, _, _ := strings.Cut(r.line, " ")
		if r.line[:1] != yearFirst && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

const knownWords = `SELECT v.word FROM json_each(?) AS s CROSS JOIN find_vocabulary AS v ON v.word = s.value`

// learnWords puts the words that are new into the vocabulary.
func learnWords(tx *Tx, rows []nameRow) error {
	words := firstWords(rows)
	if len(words) == 0 {
		return nil
	}
	known, err := column[string](tx, knownWords, jsonList(words))
	if err != nil {
		return err
	}
	for _, w := range without(words, known) {
		if _, err := tx.Exec(`INSERT INTO find_vocabulary (word) VALUES (?)`, w); err != nil {
			return err
		}
		if err := insertRows(tx, insertTypos, typoCuts(w[1:]), func(cut int64) []any { return []any{cut, w[1:]} }); err != nil {
			return err
		}
	}
	return nil
}

// forgetWords takes the words out of the vocabulary that no row begins with any
// more.
func forgetWords(tx *Tx, gone []nameRow) error {
	for _, w := range firstWords(gone) {
		// A blank stands before '!', every letter and digit after it.
		used, err := scalar[int64](tx, `SELECT EXISTS (SELECT 1 FROM find_name WHERE line >= ?1 AND line < ?1 || '!')`, w)
		if err != nil {
			return err
		}
		if used != 0 {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM find_vocabulary WHERE word = ?`, w); err != nil {
			return err
		}
		left, err := column[string](tx, knownWords, jsonList([]string{surnameFirst + w[1:], otherFirst + w[1:]}))
		if err != nil {
			return err
		}
		if len(left) > 0 {
			continue
		}
		for _, cut := range typoCuts(w[1:]) {
			if _, err := tx.Exec(`DELETE FROM find_typo WHERE cut = ? AND word = ?`, cut, w[1:]); err != nil {
				return err
			}
		}
	}
	return nil
}

// typoRunes is how much of a word the table of typos knows. Two words one edit
// apart share a cut of their beginnings too, and longer words cost no more rows.
const typoRunes = 7

// typoCuts hashes the beginning of a packed word, whole and with each letter left
// out. Equal hashes of different cuts do no harm: what is found is compared.
func typoCuts(word string) []int64 {
	if runes := []rune(word); len(runes) > typoRunes {
		word = string(runes[:typoRunes])
	}
	var out []int64
	for _, cut := range fold.Deletes(word) {
		h := fnv.New32a()
		_, _ = h.Write([]byte(cut)) // never fails
		if v := int64(h.Sum32() >> 1); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// jsonList is a list of words as json_each reads it.
func jsonList[T any](list []T) string {
	b, _ := json.Marshal(list) // strings and integers: it can't fail
	return string(b)
}

// column reads a column of values.
func column[T any](q querier, query string, args ...any) ([]T, error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// reindex brings the index after rows that were written by entries of other
// devices.
func reindex(tx *Tx, rows []journal.Row) error {
	seen := map[clinic.ID]bool{}
	lost := false
	for _, r := range rows {
		id, err := patientOfRow(tx, r)
		if err != nil {
			return err
		}
		if id.IsZero() || seen[id] {
			continue
		}
		seen[id] = true
		p, err := loadForIndex(tx, id)
		if err != nil {
			return err
		}
		if p == nil {
			lost = true
			continue
		}
		if err := indexPatient(tx, p, false); err != nil {
			return err
		}
	}
	if lost {
		return dropOrphans(tx)
	}
	return nil
}

// patientOfRow names the card whose index a written row concerns; zero if none.
func patientOfRow(tx *Tx, r journal.Row) (clinic.ID, error) {
	switch r.Table {
	case patients.table:
		return r.ID, nil
	case formerNames.table, contacts.table, addresses.table, documents.table, representatives.table:
		return scalar[clinic.ID](tx, `SELECT patient FROM `+r.Table+` WHERE id = ?`, r.ID)
	}
	return clinic.ID{}, nil
}

// loadForIndex reads what the index needs of a card; nil if there is none.
func loadForIndex(q querier, id clinic.ID) (*clinic.Patient, error) {
	p, err := patients.one(q, `id = ?`, id)
	if err != nil || p == nil {
		return nil, err
	}
	const live = `patient = ? AND deleted IS NULL ORDER BY rowid`
	if p.FormerNames, err = formerNames.list(q, live, id); err != nil {
		return nil, err
	}
	if p.Contacts, err = contacts.list(q, live, id); err != nil {
		return nil, err
	}
	if p.Addresses, err = addresses.list(q, live, id); err != nil {
		return nil, err
	}
	if p.Documents, err = documents.list(q, live, id); err != nil {
		return nil, err
	}
	p.Representatives, err = representatives.list(q, live, id)
	return p, err
}

// dropOrphans takes cards out of the index whose rows were purged.
func dropOrphans(tx *Tx) error {
	ids, err := column[clinic.ID](tx, `SELECT f.id FROM find_patient AS f WHERE NOT EXISTS (SELECT 1 FROM patient AS p WHERE p.id = f.id)`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p := clinic.Patient{Record: clinic.Record{ID: id, Deleted: tx.Now()}}
		if err := indexPatient(tx, &p, false); err != nil {
			return err
		}
	}
	return nil
}
