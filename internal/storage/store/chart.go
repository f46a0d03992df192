package store

import (
	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// What is known of a patient between visits: problems, allergies, results and
// prescriptions without a visit.

// PutProblem writes a line of the problem list.
func (tx *Tx) PutProblem(p *clinic.Problem) error { return problems.save(tx, p, p.Patient) }

// PutAllergy writes an allergy.
func (tx *Tx) PutAllergy(a *clinic.Allergy) error { return allergies.save(tx, a, a.Patient) }

// PutObservation writes a result, of a visit or of none.
func (tx *Tx) PutObservation(o *clinic.Observation) error { return observations.save(tx, o, o.Patient) }

// PutPrescription writes a prescription, of a visit or of none.
func (tx *Tx) PutPrescription(p *clinic.Prescription) error {
	return prescriptions.save(tx, p, p.Patient)
}

// PutDiagnosis writes a diagnosis, of a visit or of none.
func (tx *Tx) PutDiagnosis(d *clinic.Diagnosis) error { return diagnoses.save(tx, d, d.Patient) }

const (
	liveOf = `patient = ? AND deleted IS NULL ORDER BY rowid`
	liveID = `id = ? AND deleted IS NULL`
)

// Problems reads the problem list.
func (r *Reader) Problems(patient clinic.ID) ([]clinic.Problem, error) {
	return problems.list(r, liveOf, patient)
}

// Allergies reads the allergies.
func (r *Reader) Allergies(patient clinic.ID) ([]clinic.Allergy, error) {
	return allergies.list(r, liveOf, patient)
}

// Prescriptions reads all prescriptions of a patient, the newest first.
func (r *Reader) Prescriptions(patient clinic.ID) ([]clinic.Prescription, error) {
	return prescriptions.list(r, `patient = ? AND deleted IS NULL ORDER BY written DESC, rowid DESC`, patient)
}

// Observations reads all values of one code, the oldest first: a trend.
func (r *Reader) Observations(patient clinic.ID, system, code string) ([]clinic.Observation, error) {
	return observations.list(r, `patient = ? AND system = ? AND code = ? AND deleted IS NULL ORDER BY taken, rowid`, patient, system, code)
}

// Loose reads the observations, prescriptions and diagnoses that hang on no
// visit.
func (r *Reader) Loose(patient clinic.ID) (o []clinic.Observation, p []clinic.Prescription, d []clinic.Diagnosis, err error) {
	const where = `patient = ? AND visit IS NULL AND deleted IS NULL ORDER BY rowid`
	if o, err = observations.list(r, where, patient); err != nil {
		return nil, nil, nil, err
	}
	if p, err = prescriptions.list(r, where, patient); err != nil {
		return nil, nil, nil, err
	}
	d, err = diagnoses.list(r, where, patient)
	return o, p, d, err
}

// Allergies reads the allergies.
func (tx *Tx) Allergies(patient clinic.ID) ([]clinic.Allergy, error) {
	return allergies.list(tx, liveOf, patient)
}

// Allergy reads one allergy. Fault: NotFound, also when it was struck out.
func (tx *Tx) Allergy(id clinic.ID) (clinic.Allergy, error) {
	a, err := allergies.one(tx, liveID, id)
	if err == nil && a == nil {
		err = fault.New(fault.NotFound, "fault.allergy.none")
	}
	if err != nil {
		return clinic.Allergy{}, err
	}
	return *a, nil
}

// Problem reads one line of the problem list. Fault: NotFound, also when it was
// struck out.
func (tx *Tx) Problem(id clinic.ID) (clinic.Problem, error) {
	p, err := problems.one(tx, liveID, id)
	if err == nil && p == nil {
		err = fault.New(fault.NotFound, "fault.problem.none")
	}
	if err != nil {
		return clinic.Problem{}, err
	}
	return *p, nil
}

// RunningPrescriptions lists a patient's active prescriptions but for those of
// one visit.
func (tx *Tx) RunningPrescriptions(patient, but clinic.ID) ([]clinic.Prescription, error) {
	return prescriptions.list(tx, `patient = ? AND status = 'active' AND deleted IS NULL AND coalesce(visit, x'00') <> ? ORDER BY rowid`, patient, but[:])
}

// Has reports whether a synced table has a row with the id, struck out or not.
func (tx *Tx) Has(table string, id clinic.ID) (bool, error) {
	n, err := scalar[int64](tx, `SELECT count(*) FROM "`+table+`" WHERE id = ?`, id)
	return n > 0, err
}
