package store

import (
	"feldsher/internal/clinic"
	"feldsher/internal/clinic/icd"
	"feldsher/internal/ledger"
)

// icdRow is a row of an imported МКБ-10 table.
type icdRow struct {
	clinic.Record
	icd.Entry
	position int64
}

var icdTable = newEntity("icd",
	"version code kind parent additional name name_kk name_en active changed position",
	func(v *icdRow) *clinic.Record { return &v.Record },
	func(v *icdRow, _ *clinic.ID) []any {
		return []any{
			&v.Version, &v.Code, &v.Kind, &v.Parent, &v.Additional, &v.Names.RU, &v.Names.KK, &v.Names.EN, &v.Active,
			&v.Changed, &v.position,
		}
	})

// icdSpace derives the ids of imported rows, so that the same table imported on
// two workstations is the same rows.
var icdSpace = ledger.DeriveID(ledger.ID{}, "feldsher/icd-10")

// PutICD writes rows of a table; first is the place of the first in it.
func (tx *Tx) PutICD(rows []icd.Entry, first int) error {
	for i, e := range rows {
		row := icdRow{Entry: e, position: int64(first + i)}
		row.ID = ledger.DeriveID(icdSpace, e.Version+"|"+e.Code)
		if err := icdTable.save(tx, &row, clinic.ID{}); err != nil {
			return err
		}
	}
	return nil
}

// ICD reads an imported table whole, in its order.
func (r *Reader) ICD(version string) ([]icd.Entry, error) {
	rows, err := icdTable.list(r, `version = ? AND deleted IS NULL ORDER BY position, code`, version)
	if err != nil {
		return nil, err
	}
	out := make([]icd.Entry, len(rows))
	for i := range rows {
		out[i] = rows[i].Entry
	}
	return out, nil
}

// ICDVersions lists the imported tables with their rows, the last imported last.
func (r *Reader) ICDVersions() ([]ICDVersion, error) {
	rows, err := r.query(`SELECT version, count(*) FROM icd WHERE deleted IS NULL GROUP BY version ORDER BY max(rowid)`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ICDVersion
	for rows.Next() {
		var v ICDVersion
		if err := rows.Scan(&v.Version, &v.Rows); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// ICDVersion counts the rows of an imported table.
type ICDVersion struct {
	Version string `json:"version"`
	Rows    int    `json:"rows"`
}
