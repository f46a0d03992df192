package store

import (
	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// PutOrganisation writes the clinic's own record.
func (tx *Tx) PutOrganisation(o *clinic.Organisation) error {
	return organisations.save(tx, o, clinic.ID{})
}

// Organisation reads the clinic's own record.
func (r *Reader) Organisation() (clinic.Organisation, error) { return readOrganisation(r) }

// Organisation reads the clinic's own record.
func (tx *Tx) Organisation() (clinic.Organisation, error) { return readOrganisation(tx) }

func readOrganisation(q querier) (clinic.Organisation, error) {
	o, err := organisations.one(q, `deleted IS NULL ORDER BY rowid LIMIT 1`)
	if err != nil {
		return clinic.Organisation{}, err
	}
	if o == nil {
		return clinic.Organisation{}, fault.New(fault.Damaged, "fault.organisation.none")
	}
	return *o, nil
}

// PutStaff writes a member of staff.
func (tx *Tx) PutStaff(s *clinic.Staff) error { return staffTable.save(tx, s, clinic.ID{}) }

// Staff reads a member of staff.
func (r *Reader) Staff(id clinic.ID) (clinic.Staff, error) { return readStaff(r, id) }

// Staff reads a member of staff.
func (tx *Tx) Staff(id clinic.ID) (clinic.Staff, error) { return readStaff(tx, id) }

func readStaff(q querier, id clinic.ID) (clinic.Staff, error) {
	s, err := staffTable.one(q, `id = ?`, id)
	if err != nil {
		return clinic.Staff{}, err
	}
	if s == nil {
		return clinic.Staff{}, fault.New(fault.NotFound, "fault.staff.none")
	}
	return *s, nil
}

// StaffByLogin finds a user; zero and false when there is none.
func (r *Reader) StaffByLogin(login string) (clinic.Staff, bool, error) {
	s, err := staffTable.one(r, `login = ? AND deleted IS NULL ORDER BY active DESC, rowid LIMIT 1`, login)
	if err != nil || s == nil {
		return clinic.Staff{}, false, err
	}
	return *s, true, nil
}

// AllStaff lists the members of staff.
func (r *Reader) AllStaff() ([]clinic.Staff, error) { return allStaff(r) }

// AllStaff lists the members of staff.
func (tx *Tx) AllStaff() ([]clinic.Staff, error) { return allStaff(tx) }

func allStaff(q querier) ([]clinic.Staff, error) {
	return staffTable.list(q, `deleted IS NULL ORDER BY family, given, rowid`)
}
