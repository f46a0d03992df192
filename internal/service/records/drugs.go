package records

import (
	"fmt"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/clinic/fold"
	"feldsher/internal/storage/store"
)

// prescriptionWarnings compares the prescriptions of a visit with the patient's
// allergies and with one another and the running ones (R3.3). They warn; the
// doctor decides.
func prescriptionWarnings(tx *store.Tx, v *clinic.Visit) ([]check.Warning, error) {
	if len(v.Prescriptions) == 0 {
		return nil, nil
	}
	allergies, err := tx.Allergies(v.Patient)
	if err != nil {
		return nil, err
	}
	running, err := tx.RunningPrescriptions(v.Patient, v.ID)
	if err != nil {
		return nil, err
	}
	var out []check.Warning
	seen := map[string]bool{}
	for _, p := range running {
		seen[drugKey(&p)] = true
	}
	for i := range v.Prescriptions {
		p := &v.Prescriptions[i]
		if p.Status != "active" || !p.Deleted.IsZero() {
			continue
		}
		at := fmt.Sprintf("prescriptions[%d]", i)
		for _, a := range allergies {
			if a.Status == "active" && hits(a.Substance, p) {
				out = append(out, check.Warning{Field: at, Key: "warn.prescription.allergy"})
			}
		}
		key := drugKey(p)
		if key != "" && seen[key] {
			out = append(out, check.Warning{Field: at, Key: "warn.prescription.double"})
		}
		seen[key] = true
	}
	return out, nil
}

func drugKey(p *clinic.Prescription) string {
	if p.INN != "" {
		return fold.Text(p.INN)
	}
	return fold.Text(p.Trade)
}

// stemLetters is how many first letters two names of a substance must share to
// be taken for the same: «пенициллины» and «бензилпенициллин» differ at the
// front, «амоксициллин» and «амоксициллина тригидрат» at the end.
const stemLetters = 6

// hits reports whether a drug's names speak of an allergy's substance: a word of
// the one begins like, or ends in, a word of the other.
func hits(substance string, p *clinic.Prescription) bool {
	for _, a := range fold.Words(substance) {
		stem := []rune(a)
		if len(stem) < 4 {
			continue
		}
		stem = stem[:min(len(stem), stemLetters)]
		for _, d := range fold.Words(p.INN + " " + p.Trade + " " + p.Coding.Name) {
			if strings.Contains(d, string(stem)) {
				return true
			}
		}
	}
	return false
}
