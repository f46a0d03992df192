package store

import (
	"context"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/vault"
)

// BenchmarkStatedCodes counts a doctor's habit among 20 000 diagnoses; more are not
// looked at, however many the clinic has.
func BenchmarkStatedCodes(b *testing.B) {
	ctx := context.Background()
	s, _, err := Found(ctx, b.TempDir(), Founding{
		Organisation: clinic.Organisation{Title: "Проба", Country: clinic.Russia, Zone: "Europe/Moscow", Language: "ru"},
		Password:     "верный пароль 7", Params: vault.Params{Time: 1, Memory: 8192, Threads: 1},
		Admin: clinic.Staff{Login: "a", Roles: []clinic.Role{clinic.Administrator}, Active: true},
	}, Options{CacheMB: 16, Throwaway: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	staff := []clinic.ID{clinic.NewID(), clinic.NewID(), clinic.NewID(), clinic.NewID()}
	codes := []string{"I10", "J06.9", "E11.9", "M54.5", "K29.5", "J20.9", "N30.0"}
	for range 20 {
		if err := s.Update(ctx, journal.Act{Intent: "test"}, func(tx *Tx) error {
			p := clinic.Patient{}
			if err := tx.PutPatient(&p); err != nil {
				return err
			}
			for i := range 500 {
				v := clinic.Visit{Patient: p.ID, Staff: staff[i%len(staff)], Kind: "clinic", Status: clinic.VisitDone}
				for k := range 2 {
					v.Diagnoses = append(v.Diagnoses, clinic.Diagnosis{Coding: clinic.Coding{System: clinic.ICD10, Code: codes[(i+k*3)%len(codes)], Name: "Диагноз"}})
				}
				if err := tx.PutVisit(&v); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if got, err := s.Reader(ctx).StatedCodes(staff[0], 40); err != nil || len(got) != len(codes) {
			b.Fatalf("%v, %v", got, err)
		}
	}
}
