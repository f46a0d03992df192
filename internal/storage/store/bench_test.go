package store_test

import (
	"context"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// BenchmarkVisitSave saves visits with their ledger entries, a transaction each.
func BenchmarkVisitSave(b *testing.B) {
	ctx := context.Background()
	s, _, err := store.Found(ctx, b.TempDir(), store.Founding{
		Organisation: clinic.Organisation{Title: "Проба", Country: clinic.Russia},
		Admin:        clinic.Staff{Login: "admin", Roles: []clinic.Role{clinic.Administrator}, Active: true},
		Password:     "correct horse", Params: cheap,
	}, store.Options{Throwaway: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	p := clinic.Patient{Name: clinic.Name{Family: "Иванов"}, Sex: clinic.Male}
	if err := s.Update(ctx, journal.Act{Intent: "x"}, func(tx *store.Tx) error { return tx.PutPatient(&p) }); err != nil {
		b.Fatal(err)
	}
	visits := make([]clinic.Visit, b.N)
	for i := range visits {
		visits[i] = ordinaryVisit(p.ID)
	}
	b.ResetTimer()
	with, without, err := s.BenchVisits(ctx, visits)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(with)/float64(without), "ratio")
	b.ReportMetric(float64(with.Microseconds()), "µs/with")
}

// ordinaryVisit has a note of some length, two diagnoses, two prescriptions and
// four vital signs.
func ordinaryVisit(patient clinic.ID) clinic.Visit {
	note := "Жалобы на головную боль, слабость, повышение артериального давления до 160/95 мм рт. ст. в течение трёх дней. "
	v := clinic.Visit{
		Patient: patient, Kind: "clinic", Status: "done", CareFrom: 1_700_000_000_000, Entered: 1_700_000_000_000,
		Complaints: note, Anamnesis: note, Objective: note + note, Advice: note,
	}
	for range 2 {
		v.Diagnoses = append(v.Diagnoses, clinic.Diagnosis{Coding: clinic.Coding{System: clinic.ICD10, Code: "I10", Version: "builtin-1", Name: "Эссенциальная гипертензия"}})
		v.Prescriptions = append(v.Prescriptions, clinic.Prescription{INN: "лозартан", Dose: "50", DoseUnit: "мг", Route: "внутрь", Frequency: "1 раз в день", Status: "active"})
	}
	for range 4 {
		v.Observations = append(v.Observations, clinic.Observation{Kind: "vital", Coding: clinic.Coding{System: "http://loinc.org", Code: "8480-6", Name: "Систолическое давление"}, Value: "150", Unit: "mm[Hg]"})
	}
	return v
}
