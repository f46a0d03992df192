package records_test

import (
	"context"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// TestCorrectedValueLosesItsMark: a mistyped temperature leaves no «H» behind (R3.1).
func TestCorrectedValueLosesItsMark(t *testing.T) {
	w := open(t)
	v := w.visit(clinic.Visit{Patient: w.sick().Patient, Observations: []clinic.Observation{
		{Coding: clinic.Coding{Code: "8310-5"}, Value: "39", Unit: "Cel", Low: "35.5", High: "37.2"},
	}})
	if v.Observations[0].Flag != "H" {
		t.Fatal(v.Observations)
	}
	edited, err := w.EditVisit(context.Background(), v.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Observations[0].Value = "36.6"
		return v, nil
	})
	if err != nil || edited.Observations[0].Flag != "" {
		t.Fatal(err, edited.Observations)
	}
}

// TestNothingBackwards: doses are above zero, ends lie behind beginnings.
func TestNothingBackwards(t *testing.T) {
	w := open(t)
	p := w.sick().Patient
	for field, rx := range map[string]clinic.Prescription{
		"prescriptions[0].dose":     {INN: "парацетамол", Dose: "-5"},
		"prescriptions[0].quantity": {INN: "парацетамол", Quantity: "0"},
		"prescriptions[0].stop":     {INN: "парацетамол", Start: "2026-05-05", Stop: "2020-01-01"},
	} {
		_, err := w.AddVisit(context.Background(), clinic.Visit{Patient: p, Prescriptions: []clinic.Prescription{rx}})
		refused(t, err, fault.Invalid, field)
	}
	_, err := w.RegisterPatient(context.Background(), clinic.Patient{Name: clinic.Name{Family: "Иванов"}, BirthDate: "2000", DeathDate: "1990-01-01"})
	refused(t, err, fault.Invalid, "death_date")
}

// TestVisitUnderSignature: a visit on which a signed protocol stands is not struck
// out (R3.4).
func TestVisitUnderSignature(t *testing.T) {
	w := open(t)
	v := w.sick()
	w.signed(v.ID, nil)
	_, err := w.EditVisit(context.Background(), v.ID, func(v clinic.Visit) (clinic.Visit, error) {
		v.Status, v.Struck = clinic.VisitStruck, "ошибка"
		return v, nil
	})
	refused(t, err, fault.Conflict, "")
}

// TestCardUnderSignature: a card with a signed protocol is not annulled (R1.2, R3.4).
func TestCardUnderSignature(t *testing.T) {
	w := open(t)
	v := w.sick()
	w.signed(v.ID, nil)
	refused(t, w.AnnulPatient(context.Background(), v.Patient, "ошибка"), fault.Conflict, "")
	if _, err := w.Patient(context.Background(), v.Patient); err != nil {
		t.Error(err)
	}
}

// TestEmptyObservation: a value of nothing is nothing.
func TestEmptyObservation(t *testing.T) {
	w := open(t)
	_, err := w.AddVisit(context.Background(), clinic.Visit{Patient: w.sick().Patient, Observations: []clinic.Observation{{}}})
	refused(t, err, fault.Invalid, "observations[0].value")
}
