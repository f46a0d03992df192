package store

import (
	"strings"

	"feldsher/internal/clinic/fold"
)

const scanQuery = `SELECT line, old, birth, patient FROM (
	SELECT n.line AS line, n.old AS old, n.birth AS birth, n.patient AS patient
	FROM json_each(?1) AS s CROSS JOIN find_name AS n
	ON n.line >= s.value AND n.line < s.value || char(1114111) LIMIT ?2)
	WHERE (birth & ?3) = ?4 AND (?5 < 0 OR (birth >> 9) % 100 = ?5)
	AND (?6 <= 0 OR (instr(line, ?7) > 0) + (instr(line, ?8) > 0) + (instr(line, ?9) > 0) >= ?6) LIMIT ?10`

// scan reads the rows that begin with one of the starts, each of which begins with
// a form of a slot, and keeps the cards that answer; found counts them.
func (f *finder) scan(a *ask, slots []slot, starts []string) (found int, err error) {
	if len(starts) == 0 {
		return 0, nil
	}
	mask, value, short := birthMask(a.births)
	hay, least, take := needles(slots)
	rows, err := f.q.query(scanQuery, jsonList(starts[:min(len(starts), maxStarts)]), scanRows, mask, value, short,
		least, hay[0], hay[1], hay[2], max(take, 3*f.limit))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		var old, birth, patient int64
		if err := rows.Scan(&line, &old, &birth, &patient); err != nil {
			return found, err
		}
		if line[:1] == yearFirst {
			line = surnameFirst + line[len("21980"):]
		}
		words := strings.Split(line[1:], " ")
		score, ok := match(slots, words)
		if !ok || !fitsAll(a.births, birth) {
			continue
		}
		found++
		f.whole = f.whole || len(words) == len(slots) && score%scorePenalty == 0
		score += scorePenalty*a.penalty + int(old) + scoreOrder(slots, words, line[:1])
		f.add(hit{patient: patient, score: score, line: line})
	}
	return found, rows.Err()
}

// needles gives what a row must hold at least so many of after its first word, for
// the database to pass over the others; where it can't (a slot with several
// forms), more rows are to be taken and looked at.
func needles(slots []slot) (hay [3]string, least, take int) {
	take = takeRows
	for _, s := range slots {
		switch {
		case len(s.forms) != 1 || len(s.forms[0].words) != 1:
			take = scanRows / 2
		case least < len(hay):
			hay[least] = " " + s.forms[0].words[0]
			least++
		}
	}
	for i := least; i < len(hay); i++ {
		hay[i] = "\n" // which no row has
	}
	return hay, least - 1, take
}

// scoreOrder prefers surnames typed first; of a single name, surnames even before
// given names that are the very word.
func scoreOrder(slots []slot, words []string, first string) int {
	switch {
	case len(slots) == 1 && first == otherFirst:
		return scoreBegun + 1
	case len(slots) == 1:
		return 0
	}
	// The surname is what a row begins with, or what follows a patronymic.
	at := 0
	if first == otherFirst {
		at = 1
	}
	for _, form := range slots[0].forms {
		if at < len(words) && strings.HasPrefix(words[at], form.words[0]) {
			return 0
		}
	}
	return 1
}

// birthMask puts a date into what a scan compares: (birth & mask) = value, and
// the year of the century if only that is known.
func birthMask(births []fold.Birth) (mask, value, short int64) {
	short = -1
	if len(births) == 0 {
		return 0, 0, short
	}
	b := births[0]
	switch {
	case b.Short:
		short = int64(b.Year)
	case b.Year != 0:
		mask, value = ^int64(0)<<9, int64(b.Year)<<9
	}
	if b.Month != 0 {
		mask, value = mask|15<<5, value|int64(b.Month)<<5
	}
	if b.Day != 0 {
		mask, value = mask|31, value|int64(b.Day)
	}
	return mask, value, short
}

// fitsAll reports whether a packed birth date agrees with all dates typed.
func fitsAll(births []fold.Birth, packed int64) bool {
	for i := range births {
		mask, value, short := birthMask(births[i : i+1])
		if packed&mask != value || short >= 0 && (packed == 0 || packed>>9%100 != short) {
			return false
		}
	}
	return true
}
