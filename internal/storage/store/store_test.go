package store_test

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
)

// cheap makes the password function fast enough for tests.
var cheap = vault.Params{Time: 1, Memory: 8 * 1024, Threads: 1}

func found(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, phrase, err := store.Found(context.Background(), dir, store.Founding{
		Organisation: clinic.Organisation{Title: "Проба", Country: clinic.Russia, Zone: "Europe/Moscow", Language: "ru"},
		Admin:        clinic.Staff{Login: "admin", Roles: []clinic.Role{clinic.Administrator}, Active: true},
		Password:     "correct horse", Params: cheap,
	}, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if phrase == "" {
		t.Fatal("no phrase")
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestCardComesBack(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := found(t, dir)
	p := clinic.Patient{
		Name: clinic.Name{Family: "Иванов", Given: "Пётр"}, Sex: clinic.Male, BirthDate: "1980-05-17",
		Contacts:  []clinic.Contact{{Kind: "phone", Value: "+7 916 000-00-01"}, {Kind: "email", Value: "a@example.org"}},
		Addresses: []clinic.Address{{Use: "registration", City: "Казань"}},
	}
	err := s.Update(ctx, journal.Act{Intent: "patient.register"}, func(tx *store.Tx) error { return tx.PutPatient(&p) })
	if err != nil {
		t.Fatal(err)
	}
	if p.CaseNumber != "А-000001" {
		t.Fatal(p.CaseNumber)
	}
	v := clinic.Visit{
		Patient: p.ID, Kind: "clinic", CareFrom: clinic.TimeOf(time.Now()), Status: "open", Complaints: "кашель",
		Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9"}}},
	}
	if err := s.Update(ctx, journal.Act{Intent: "visit.save"}, func(tx *store.Tx) error { return tx.PutVisit(&v) }); err != nil {
		t.Fatal(err)
	}
	v.Complaints = "кашель, насморк"
	v.Diagnoses = nil
	if err := s.Update(ctx, journal.Act{Intent: "visit.save"}, func(tx *store.Tx) error { return tx.PutVisit(&v) }); err != nil {
		t.Fatal(err)
	}
	rep, err := s.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", rep)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err = store.Open(ctx, dir, "admin", "correct horse", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Reader(ctx).Patient(p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Family != "Иванов" || len(got.Contacts) != 2 || got.Contacts[0].Value != p.Contacts[0].Value {
		t.Fatalf("%+v", got)
	}
	vs, err := s.Reader(ctx).Visits(p.ID)
	if err != nil || len(vs) != 1 || vs[0].Complaints != "кашель, насморк" || len(vs[0].Diagnoses) != 0 {
		t.Fatal(err, vs)
	}
	if _, err = s.Verify(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRowsStayWhereTheyHang: a row's id given at another visit or on another card
// moves nothing.
func TestRowsStayWhereTheyHang(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	put := func(fn func(*store.Tx) error) error { return s.Update(ctx, journal.Act{Intent: "x"}, fn) }
	a := clinic.Patient{Name: clinic.Name{Family: "Первый"}, Sex: clinic.Male, Contacts: []clinic.Contact{{Kind: "phone", Value: "1"}}}
	b := clinic.Patient{Name: clinic.Name{Family: "Второй"}, Sex: clinic.Male}
	for _, p := range []*clinic.Patient{&a, &b} {
		if err := put(func(tx *store.Tx) error { return tx.PutPatient(p) }); err != nil {
			t.Fatal(err)
		}
	}
	v := clinic.Visit{
		Patient: a.ID, Kind: "clinic", Status: "done", CareFrom: 1_700_000_000_000,
		Diagnoses: []clinic.Diagnosis{{Coding: clinic.Coding{System: clinic.ICD10, Code: "J06.9"}}},
	}
	if err := put(func(tx *store.Tx) error { return tx.PutVisit(&v) }); err != nil {
		t.Fatal(err)
	}
	thief := clinic.Visit{
		Patient: a.ID, Kind: "clinic", Status: "done", CareFrom: 1_700_000_000_000,
		Diagnoses: []clinic.Diagnosis{{Record: clinic.Record{ID: v.Diagnoses[0].ID}, Coding: clinic.Coding{System: clinic.ICD10, Code: "I10"}}},
	}
	if err := put(func(tx *store.Tx) error { return tx.PutVisit(&thief) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a diagnosis of another visit: %v", err)
	}
	b.Contacts = []clinic.Contact{{Record: clinic.Record{ID: a.Contacts[0].ID}, Kind: "phone", Value: "2"}}
	if err := put(func(tx *store.Tx) error { return tx.PutPatient(&b) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a phone of another card: %v", err)
	}
	got, err := s.Reader(ctx).Visit(v.ID)
	if err != nil || len(got.Diagnoses) != 1 || got.Diagnoses[0].Code != "J06.9" {
		t.Errorf("the visit was changed: %v %v", got.Diagnoses, err)
	}
}

// TestWatch: a watcher hears which tables were written, and may use the store.
func TestWatch(t *testing.T) {
	ctx := context.Background()
	s := found(t, t.TempDir())
	var heard []string
	var stop func()
	stop = s.Watch(func(tables []string) {
		heard = append(heard, tables...)
		if _, err := s.Reader(ctx).PatientCount(); err != nil {
			t.Error(err)
		}
		stop()
	})
	for range 2 {
		p := clinic.Patient{Name: clinic.Name{Family: "Иванов"}, Sex: clinic.Male, Contacts: []clinic.Contact{{Kind: "phone", Value: "1"}}}
		if err := s.Update(ctx, journal.Act{Intent: "x"}, func(tx *store.Tx) error { return tx.PutPatient(&p) }); err != nil {
			t.Fatal(err)
		}
	}
	if len(heard) != 2 || heard[0] != "contact" || heard[1] != "patient" {
		t.Error(heard)
	}
}
