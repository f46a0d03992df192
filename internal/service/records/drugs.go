package records

import (
	"fmt"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/storage/store"
)

// prescriptionWarnings compares the prescriptions of a visit with the patient's
// allergies and with one another and the running ones (R3.3). They warn; the
// doctor decides.
func (r *Records) prescriptionWarnings(tx *store.Tx, v *clinic.Visit) ([]check.Warning, error) {
	if len(v.Prescriptions) == 0 || v.Status == clinic.VisitStruck {
		return nil, nil
	}
	cards, err := tx.Component(v.Patient)
	if err != nil {
		return nil, err
	}
	allergies, err := gather(cards, tx.Allergies)
	if err != nil {
		return nil, err
	}
	taken, err := runningOf(tx, cards, v.ID)
	if err != nil {
		return nil, err
	}
	var out []check.Warning
	for i := range v.Prescriptions {
		p := &v.Prescriptions[i]
		if p.Status != "active" {
			continue
		}
		at := fmt.Sprintf("prescriptions[%d]", i)
		for j := range allergies {
			if provokes(&allergies[j], p) {
				out = append(out, check.Warning{Field: at, Key: "warn.prescription.allergy"})
				break
			}
		}
		double, err := r.double(tx, taken, p)
		if err != nil {
			return nil, err
		}
		if double {
			out = append(out, check.Warning{Field: at, Key: "warn.prescription.double"})
		}
		taken = append(taken, *p)
	}
	return out, nil
}

// runningOf lists what a person takes, whichever of the cards it stands on, but for
// the prescriptions of one visit.
func runningOf(tx *store.Tx, cards []clinic.ID, but clinic.ID) ([]clinic.Prescription, error) {
	return gather(cards, func(card clinic.ID) ([]clinic.Prescription, error) { return tx.RunningPrescriptions(card, but) })
}

func provokes(a *clinic.Allergy, p *clinic.Prescription) bool {
	return a.Status == "active" && clinic.Provokes(a.Substance, p.Coding.Code, p.INN, p.Trade, p.Coding.Name)
}

// double reports whether a drug is among those that the patient takes: not those
// whose course is over, nor those of a visit that was struck out.
func (r *Records) double(tx *store.Tx, taken []clinic.Prescription, p *clinic.Prescription) (bool, error) {
	for i := range taken {
		o := &taken[i]
		if r.over(o) || !clinic.SameDrug(drugOf(o), drugOf(p)) {
			continue
		}
		struck, err := ofStruck(tx, o)
		if err != nil || !struck {
			return err == nil, err
		}
	}
	return false, nil
}

// over reports whether a prescription has come to its last day. A day is granted for
// the clinic's own zone.
func (r *Records) over(p *clinic.Prescription) bool {
	return p.Stop.Full() && string(p.Stop) < r.now().UTC().AddDate(0, 0, -1).Format("2006-01-02")
}

func ofStruck(tx *store.Tx, p *clinic.Prescription) (bool, error) {
	if p.Visit.IsZero() {
		return false, nil
	}
	v, err := tx.Visit(p.Visit)
	return v.Status == clinic.VisitStruck, err
}

func drugOf(p *clinic.Prescription) string {
	switch {
	case p.INN != "":
		return p.INN
	case p.Trade != "":
		return p.Trade
	}
	return p.Coding.Name
}

// allergyWarnings holds a newly stated allergy against what the patient takes.
func (r *Records) allergyWarnings(tx *store.Tx, a *clinic.Allergy) ([]check.Warning, error) {
	cards, err := tx.Component(a.Patient)
	if err != nil {
		return nil, err
	}
	taken, err := runningOf(tx, cards, clinic.ID{})
	if err != nil {
		return nil, err
	}
	for i := range taken {
		p := &taken[i]
		if r.over(p) || !provokes(a, p) {
			continue
		}
		if struck, err := ofStruck(tx, p); err != nil {
			return nil, err
		} else if !struck {
			return []check.Warning{{Field: "substance", Key: "warn.prescription.allergy"}}, nil
		}
	}
	return nil, nil
}
