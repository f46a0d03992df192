package store

import (
	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// PutVisit writes a visit with its diagnoses, observations, prescriptions and
// orders; those that it names no more are struck out.
func (tx *Tx) PutVisit(v *clinic.Visit) error {
	fresh := v.ID.IsZero()
	if fresh {
		v.ID = clinic.NewID()
	} else {
		stored, err := visits.one(tx, `id = ?`, v.ID)
		if err != nil {
			return err
		}
		fresh = stored == nil
		if stored != nil && stored.Patient != v.Patient {
			return fault.New(fault.Conflict, "fault.visit.patient")
		}
	}
	if err := visits.save(tx, v, v.Patient); err != nil {
		return err
	}
	own(v)
	for _, err := range []error{
		diagnoses.replace(tx, v.Diagnoses, "visit", v.ID, v.Patient, fresh),
		observations.replace(tx, v.Observations, "visit", v.ID, v.Patient, fresh),
		prescriptions.replace(tx, v.Prescriptions, "visit", v.ID, v.Patient, fresh),
		careOrders.replace(tx, v.Orders, "visit", v.ID, v.Patient, fresh),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// own writes the visit's and the patient's id into what hangs on it.
func own(v *clinic.Visit) {
	for i := range v.Diagnoses {
		v.Diagnoses[i].Visit, v.Diagnoses[i].Patient = v.ID, v.Patient
	}
	for i := range v.Observations {
		v.Observations[i].Visit, v.Observations[i].Patient = v.ID, v.Patient
	}
	for i := range v.Prescriptions {
		v.Prescriptions[i].Visit, v.Prescriptions[i].Patient = v.ID, v.Patient
	}
	for i := range v.Orders {
		v.Orders[i].Visit, v.Orders[i].Patient = v.ID, v.Patient
	}
}

// Visit reads a visit whole.
func (r *Reader) Visit(id clinic.ID) (clinic.Visit, error) { return readVisit(r, id) }

// Visit reads a visit whole.
func (tx *Tx) Visit(id clinic.ID) (clinic.Visit, error) { return readVisit(tx, id) }

func readVisit(q querier, id clinic.ID) (clinic.Visit, error) {
	v, err := visits.one(q, `id = ?`, id)
	if err != nil {
		return clinic.Visit{}, err
	}
	if v == nil {
		return clinic.Visit{}, fault.New(fault.NotFound, "fault.visit.none")
	}
	list := []clinic.Visit{*v}
	err = hang(q, v.Patient, list)
	return list[0], err
}

// Visits reads all visits of a patient, the newest first, each whole.
func (r *Reader) Visits(patient clinic.ID) ([]clinic.Visit, error) {
	list, err := visits.list(r, `patient = ? AND deleted IS NULL ORDER BY care_from DESC, rowid DESC`, patient)
	if err != nil {
		return nil, err
	}
	return list, hang(r, patient, list)
}

// hang reads what belongs to the visits of one patient and hangs it on them.
func hang(q querier, patient clinic.ID, list []clinic.Visit) error {
	at := make(map[clinic.ID]*clinic.Visit, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	const live = `patient = ? AND deleted IS NULL ORDER BY rowid`
	ds, err := diagnoses.list(q, live, patient)
	if err != nil {
		return err
	}
	for _, d := range ds {
		if v := at[d.Visit]; v != nil {
			v.Diagnoses = append(v.Diagnoses, d)
		}
	}
	os, err := observations.list(q, live, patient)
	if err != nil {
		return err
	}
	for _, o := range os {
		if v := at[o.Visit]; v != nil {
			v.Observations = append(v.Observations, o)
		}
	}
	ps, err := prescriptions.list(q, live, patient)
	if err != nil {
		return err
	}
	for _, p := range ps {
		if v := at[p.Visit]; v != nil {
			v.Prescriptions = append(v.Prescriptions, p)
		}
	}
	cs, err := careOrders.list(q, live, patient)
	if err != nil {
		return err
	}
	for _, c := range cs {
		if v := at[c.Visit]; v != nil {
			v.Orders = append(v.Orders, c)
		}
	}
	return nil
}

// HasVisit reports whether a visit is there, struck out or not.
func (r *Reader) HasVisit(id clinic.ID) (bool, error) {
	n, err := scalar[int64](r, `SELECT count(*) FROM visit WHERE id = ?`, id)
	return n > 0, err
}

// VisitCount counts the live visits.
func (r *Reader) VisitCount() (int, error) {
	n, err := scalar[int64](r, `SELECT count(*) FROM visit WHERE deleted IS NULL`)
	return int(n), err
}
