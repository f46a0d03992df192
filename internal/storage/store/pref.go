package store

import "feldsher/internal/clinic"

// PutPref keeps what a user of this workstation likes, under a name; the zero staff
// stands for the workstation. An empty value forgets it.
func (tx *Tx) PutPref(staff clinic.ID, name, value string) error {
	if value == "" {
		_, err := tx.Exec(`DELETE FROM pref WHERE staff = ? AND name = ?`, key16(staff), name)
		return err
	}
	_, err := tx.Exec(`INSERT INTO pref (staff, name, value) VALUES (?, ?, ?)
		ON CONFLICT (staff, name) DO UPDATE SET value = excluded.value`, key16(staff), name, value)
	return err
}

// Pref reads it; empty where nothing is kept.
func (r *Reader) Pref(staff clinic.ID, name string) (value string, err error) {
	rows, err := r.query(`SELECT value FROM pref WHERE staff = ? AND name = ?`, key16(staff), name)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&value); err != nil {
			return "", err
		}
	}
	return value, rows.Err()
}

// key16 is the form of an id in a local key: sixteen bytes also for none, which ids
// elsewhere store as NULL.
func key16(staff clinic.ID) []byte { return append([]byte(nil), staff[:]...) }
