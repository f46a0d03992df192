package store

import "feldsher/internal/clinic"

// Draft is text being typed, kept outside the ledger (R3.8).
type Draft struct {
	Staff clinic.ID
	Kind  string // visit, patient, protocol
	ID    clinic.ID
	Saved clinic.Time
	Body  string // JSON
}

// PutDraft keeps a draft; an empty body forgets it.
func (tx *Tx) PutDraft(d Draft) error {
	if d.Body == "" {
		_, err := tx.Exec(`DELETE FROM draft WHERE staff = ? AND kind = ? AND id = ?`, d.Staff, d.Kind, key16(d.ID))
		return err
	}
	_, err := tx.Exec(`INSERT INTO draft (staff, kind, id, saved, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (staff, kind, id) DO UPDATE SET saved = excluded.saved, body = excluded.body`,
		d.Staff, d.Kind, key16(d.ID), tx.Now(), d.Body)
	return err
}

// Drafts lists the drafts of a user, the newest first.
func (r *Reader) Drafts(staff clinic.ID) ([]Draft, error) {
	rows, err := r.query(`SELECT staff, kind, id, saved, body FROM draft WHERE staff = ? ORDER BY saved DESC`, staff)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Draft
	for rows.Next() {
		var d Draft
		if err := rows.Scan(&d.Staff, &d.Kind, &d.ID, &d.Saved, &d.Body); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// Draft reads one draft of a user; ok is false where there is none.
func (r *Reader) Draft(staff clinic.ID, kind string, id clinic.ID) (d Draft, ok bool, err error) {
	rows, err := r.query(`SELECT saved, body FROM draft WHERE staff = ? AND kind = ? AND id = ?`, staff, kind, key16(id))
	if err != nil {
		return d, false, err
	}
	defer rows.Close()
	d = Draft{Staff: staff, Kind: kind, ID: id}
	for rows.Next() {
		ok = true
		if err := rows.Scan(&d.Saved, &d.Body); err != nil {
			return d, false, err
		}
	}
	return d, ok, rows.Err()
}
