package store

import "feldsher/internal/clinic"

// Stated is a code with how often it was stated.
type Stated struct {
	Code string
	N    int
}

// StatedCodes counts the ICD-10 codes that a member of staff stated at visits, the
// commonest first, at most limit. Only the clinic's latest diagnoses are counted, so that
// the answer comes as fast in the tenth year as in the first, and follows what the season
// brings.
func (r *Reader) StatedCodes(staff clinic.ID, limit int) ([]Stated, error) {
	const latest = 6000
	rows, err := r.query(`SELECT d.code, count(*) AS n
		FROM (SELECT code, visit FROM diagnosis WHERE system = ? AND deleted IS NULL ORDER BY rowid DESC LIMIT ?) AS d
		JOIN visit AS v ON v.id = d.visit
		WHERE v.staff = ? AND v.deleted IS NULL AND d.code <> '' GROUP BY d.code ORDER BY n DESC, d.code LIMIT ?`,
		clinic.ICD10, latest, staff, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Stated
	for rows.Next() {
		var s Stated
		if err := rows.Scan(&s.Code, &s.N); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
