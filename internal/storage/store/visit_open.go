package store

import "feldsher/internal/clinic"

// OpenVisit finds a patient's open visit of a member of staff that was entered since a
// moment and has no signed protocol; the newest one, those of merged cards among them.
func (r *Reader) OpenVisit(patient, staff clinic.ID, since clinic.Time) (id clinic.ID, found bool, err error) {
	cards, err := component(r, patient)
	if err != nil {
		return id, false, err
	}
	rows, err := r.query(`SELECT id FROM visit WHERE patient IN (SELECT unhex(value) FROM json_each(?)) AND staff = ? AND status = 'open' AND entered >= ? AND deleted IS NULL
		AND NOT EXISTS (SELECT 1 FROM protocol p WHERE p.visit = visit.id AND p.status = 'signed' AND p.deleted IS NULL)
		ORDER BY entered DESC, rowid DESC LIMIT 1`, jsonList(hexed(cards)), staff, since)
	if err != nil {
		return id, false, err
	}
	defer rows.Close()
	for rows.Next() {
		found = true
		if err := rows.Scan(&id); err != nil {
			return id, false, err
		}
	}
	return id, found, rows.Err()
}
