// Package conflictstest makes conflicts for tests of the inbox and of its page: two
// workstations that write apart.
package conflictstest

import (
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// Case is a clinic with conflicts, seen from both workstations.
type Case struct {
	*presenttest.Pair
	Patient clinic.Patient
	Visit   clinic.ID
}

// Make makes two workstations that have written the complaints and the dose of one
// visit, and the name on the card, apart from each other.
func Make(t testing.TB, lang translations.Lang) *Case {
	t.Helper()
	p := presenttest.Twins(t, lang)
	c := &Case{Pair: p, Patient: presenttest.Patient(t, p.A)}
	v, err := p.A.Records.AddVisit(t.Context(), clinic.Visit{
		Patient: c.Patient.ID, Reason: "кашель", Complaints: "кашель третий день",
		Prescriptions: []clinic.Prescription{{INN: "амоксициллин", Dose: "500", DoseUnit: "мг", Route: "внутрь", Frequency: "3 раза в день", Duration: "7 дней"}},
	})
	must(t, err)
	c.Visit = v.ID
	p.Exchange(t)
	c.write(t, p.A, "Дарина", "Кашель третий день, сухой, хуже ночью. Температура 38,2 вечером. Одышки нет, в груди не болит.", "500", "3 раза в день")
	p.Later(7 * time.Minute)
	c.write(t, p.B, "Дария", "Кашель третий день, с мокротой, хуже ночью. Температура 37,4 вечером. Одышка при подъёме на второй этаж, в груди не болит.", "1000", "2 раза в день")
	p.Later(time.Minute)
	p.Exchange(t)
	return c
}

func (c *Case) write(t testing.TB, s *present.Session, given, complaints, dose, frequency string) {
	t.Helper()
	ctx := t.Context()
	_, err := s.Records.EditVisit(ctx, c.Visit, func(v clinic.Visit) (clinic.Visit, error) {
		v.Complaints = complaints
		v.Prescriptions[0].Dose, v.Prescriptions[0].Frequency = clinic.Decimal(dose), frequency
		v.Prescriptions[0].Directions = "после еды"
		return v, nil
	})
	must(t, err)
	_, err = s.Records.EditPatient(ctx, c.Patient.ID, func(p clinic.Patient) (clinic.Patient, error) {
		p.Given = given
		p.Note = "из кабинета " + given // the last wins: no conflict
		return p, nil
	})
	must(t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
