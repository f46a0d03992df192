package workspace

import (
	"fmt"

	"feldsher/internal/clinic"
)

// merge lays the doctor's changes since base over what the visit has become: what the
// doctor did not touch is theirs. Texts that differ only in blanks stay as typed.
// clashes are the paths of what both have changed, with what the other wrote where it
// is a text: the doctor's words stay on the page.
func merge(base, mine, theirs *clinic.Visit) (out clinic.Visit, clashes map[string]string) {
	out = *theirs
	clashes = map[string]string{}
	for _, name := range noteFields {
		b, m, t, to := *textOf(base, name), *textOf(mine, name), *textOf(theirs, name), textOf(&out, name)
		switch {
		case plain(m) == plain(t):
			*to = m
		case plain(m) != plain(b):
			*to = m
			if plain(t) != plain(b) {
				clashes[name] = plain(t)
			}
		}
	}
	if mine.Kind != base.Kind {
		out.Kind = mine.Kind
	}
	if mine.CareFrom != base.CareFrom || mine.CareUntil != base.CareUntil {
		out.CareFrom, out.CareUntil = mine.CareFrom, mine.CareUntil
	}
	if mine.Status != base.Status {
		out.Status, out.Struck = mine.Status, mine.Struck
	}
	at := func(list string) func(int) {
		return func(i int) { clashes[fmt.Sprintf("%s[%d]", list, i)] = "" }
	}
	out.Diagnoses = mergeRows(diagnosisRow, base.Diagnoses, mine.Diagnoses, theirs.Diagnoses, at("diagnoses"))
	out.Observations = mergeRows(observationRow, base.Observations, mine.Observations, theirs.Observations, at("observations"))
	out.Prescriptions = mergeRows(prescriptionRow, base.Prescriptions, mine.Prescriptions, theirs.Prescriptions, at("prescriptions"))
	out.Orders = mergeRows(orderRow, base.Orders, mine.Orders, theirs.Orders, at("orders"))
	return out, clashes
}

// equal reports whether two states of a visit show the same page.
func equal(a, b *clinic.Visit) bool {
	for _, name := range noteFields {
		if plain(*textOf(a, name)) != plain(*textOf(b, name)) {
			return false
		}
	}
	return a.Kind == b.Kind && a.CareFrom == b.CareFrom && a.CareUntil == b.CareUntil && a.Status == b.Status &&
		equalRows(diagnosisRow, a.Diagnoses, b.Diagnoses) && equalRows(observationRow, a.Observations, b.Observations) &&
		equalRows(prescriptionRow, a.Prescriptions, b.Prescriptions) && equalRows(orderRow, a.Orders, b.Orders)
}

func equalRows[T any](kind rowKind[T], a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		other := rowOf(b, kind.record(&a[i]).ID, kind)
		if other == nil || changed(kind, &a[i], other) {
			return false
		}
	}
	return true
}

// level brings the form level with the ledger: stored is how the visit stands there,
// since is what of the form went into it.
func (f *Form) level(since, stored *clinic.Visit) (clashes map[string]string) {
	f.Now, clashes = merge(since, &f.Now, stored)
	f.Base, f.New = *stored, false
	f.Base.Diagnoses = append([]clinic.Diagnosis(nil), stored.Diagnoses...)
	f.Base.Observations = append([]clinic.Observation(nil), stored.Observations...)
	f.Base.Prescriptions = append([]clinic.Prescription(nil), stored.Prescriptions...)
	f.Base.Orders = append([]clinic.Order(nil), stored.Orders...)
	return clashes
}
