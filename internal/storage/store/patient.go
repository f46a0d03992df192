package store

import (
	"fmt"
	"strconv"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// PutPatient writes a card whole: what is not among its contacts, addresses and
// so on any more is struck out. A new card without a case number gets the next
// one of this workstation (R1.2).
func (tx *Tx) PutPatient(p *clinic.Patient) error {
	fresh, err := tx.freshPatient(p)
	if err != nil {
		return err
	}
	if fresh && p.CaseNumber == "" {
		if p.CaseNumber, err = tx.nextCaseNumber(); err != nil {
			return err
		}
	}
	if err := patients.save(tx, p, p.ID); err != nil {
		return err
	}
	for _, err := range []error{
		formerNames.replace(tx, p.FormerNames, "patient", p.ID, p.ID, fresh),
		contacts.replace(tx, p.Contacts, "patient", p.ID, p.ID, fresh),
		addresses.replace(tx, p.Addresses, "patient", p.ID, p.ID, fresh),
		documents.replace(tx, p.Documents, "patient", p.ID, p.ID, fresh),
		backgrounds.replace(tx, p.Background, "patient", p.ID, p.ID, fresh),
		representatives.replace(tx, p.Representatives, "patient", p.ID, p.ID, fresh),
	} {
		if err != nil {
			return err
		}
	}
	return indexPatient(tx, p, fresh)
}

func (tx *Tx) freshPatient(p *clinic.Patient) (bool, error) {
	if p.ID.IsZero() {
		p.ID = clinic.NewID()
		return true, nil
	}
	n, err := scalar[int64](tx, `SELECT count(*) FROM patient WHERE id = ?`, p.ID)
	return n == 0, err
}

// setCasePrefix names the letters that this workstation's case numbers begin with,
// and the identity to which they were given.
func (tx *Tx) setCasePrefix(prefix string) error {
	if err := tx.putMeta("case_prefix", prefix); err != nil {
		return err
	}
	return tx.putMeta(caseDevice, tx.s.session.Device().String())
}

// nextCaseNumber counts on within the transaction: a number that is not
// committed is not used up, so there are no gaps.
func (tx *Tx) nextCaseNumber() (string, error) {
	prefix, err := scalar[[]byte](tx, `SELECT value FROM meta WHERE name = 'case_prefix'`)
	if err != nil {
		return "", err
	}
	last, err := scalar[[]byte](tx, `SELECT value FROM meta WHERE name = 'case_last'`)
	if err != nil {
		return "", err
	}
	n := 0
	if len(last) > 0 {
		if n, err = strconv.Atoi(string(last)); err != nil {
			return "", fault.Wrap(err, fault.Damaged, "fault.store.counter")
		}
	}
	n++
	_, err = tx.Exec(`INSERT INTO meta (name, value) VALUES ('case_last', ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, []byte(strconv.Itoa(n)))
	return fmt.Sprintf("%s-%06d", prefix, n), err
}

// Patient reads a card with all that belongs to it.
func (tx *Tx) Patient(id clinic.ID) (clinic.Patient, error) { return readPatient(tx, id) }

// Patient reads a card with all that belongs to it.
func (r *Reader) Patient(id clinic.ID) (clinic.Patient, error) { return readPatient(r, id) }

func readPatient(q querier, id clinic.ID) (clinic.Patient, error) {
	p, err := patients.one(q, `id = ?`, id)
	if err != nil {
		return clinic.Patient{}, err
	}
	if p == nil {
		return clinic.Patient{}, fault.New(fault.NotFound, "fault.patient.none")
	}
	err = readCard(q, p)
	return *p, err
}

// readCard reads the lists of a card.
func readCard(q querier, p *clinic.Patient) (err error) {
	const live = `patient = ? AND deleted IS NULL ORDER BY rowid`
	read := func(into func() error) {
		if err == nil {
			err = into()
		}
	}
	read(func() (e error) { p.FormerNames, e = formerNames.list(q, live, p.ID); return })
	read(func() (e error) { p.Contacts, e = contacts.list(q, live, p.ID); return })
	read(func() (e error) { p.Addresses, e = addresses.list(q, live, p.ID); return })
	read(func() (e error) { p.Documents, e = documents.list(q, live, p.ID); return })
	read(func() (e error) { p.Background, e = backgrounds.list(q, live, p.ID); return })
	read(func() (e error) { p.Representatives, e = representatives.list(q, live, p.ID); return })
	return err
}

// PatientByCase finds a card by its case number, as printed.
func (r *Reader) PatientByCase(number string) (clinic.Patient, error) {
	ids, err := r.ids(`SELECT id FROM patient WHERE case_number = ? ORDER BY id LIMIT 2`, number)
	switch {
	case err != nil:
		return clinic.Patient{}, err
	case len(ids) == 0:
		return clinic.Patient{}, fault.New(fault.NotFound, "fault.patient.none")
	case len(ids) > 1:
		return clinic.Patient{}, fault.New(fault.Conflict, "fault.patient.two", "number", number)
	}
	return r.Patient(ids[0])
}

// HasPatient reports whether a card is there, struck out or not.
func (r *Reader) HasPatient(id clinic.ID) (bool, error) {
	n, err := scalar[int64](r, `SELECT count(*) FROM patient WHERE id = ?`, id)
	return n > 0, err
}

// Patients walks over all live cards in the order of their registration.
func (r *Reader) Patients(yield func(clinic.Patient, error) bool) {
	const page = 500
	var last int64
	for {
		rowids, err := rowPage(r, last, page)
		if err != nil {
			yield(clinic.Patient{}, err)
			return
		}
		for _, rowid := range rowids {
			p, err := patients.one(r, `rowid = ?`, rowid)
			if err == nil && p == nil {
				continue // struck out meanwhile
			}
			if err == nil {
				err = readCard(r, p)
			}
			if err != nil {
				yield(clinic.Patient{}, err)
				return
			}
			if !yield(*p, nil) {
				return
			}
		}
		if len(rowids) < page {
			return
		}
		last = rowids[len(rowids)-1]
	}
}

func rowPage(q querier, after int64, limit int) ([]int64, error) {
	rows, err := q.query(`SELECT rowid FROM patient WHERE rowid > ? AND deleted IS NULL ORDER BY rowid LIMIT ?`, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// PatientCount counts the live cards.
func (r *Reader) PatientCount() (int, error) { return patientCount(r) }

// PatientCount counts the live cards.
func (tx *Tx) PatientCount() (int, error) { return patientCount(tx) }

func patientCount(q querier) (int, error) {
	n, err := scalar[int64](q, `SELECT count(*) FROM patient WHERE deleted IS NULL`)
	return int(n), err
}

// Annulled lists the cards that were struck out, with their numbers and why
// (R1.2: a number is never used again, and none is missing from the lists).
func (r *Reader) Annulled() ([]clinic.Patient, error) {
	return patients.list(r, `deleted IS NOT NULL ORDER BY case_number`)
}
