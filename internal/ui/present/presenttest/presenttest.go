// Package presenttest makes real clinics for tests of view-models and pages: an
// encrypted store in a temporary directory, people to work there, and a clock that
// stands still at a Saturday morning.
package presenttest

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Password of everybody in a test's clinic.
const Password = "верный пароль 7"

// Now is when the tests play: 12:30 in Moscow, a Saturday.
var Now = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// Cheap is the least cost of a password that the vault takes.
var Cheap = vault.Params{Time: 1, Memory: 8192, Threads: 1}

// Open founds a clinic with one user, who has the given roles (all that a doctor at
// an outpost has, where none is given), and opens a session.
func Open(t testing.TB, lang translations.Lang, roles ...clinic.Role) *present.Session {
	t.Helper()
	if len(roles) == 0 {
		roles = []clinic.Role{clinic.Administrator, clinic.Head, clinic.Doctor, clinic.Reception}
	}
	clock := func() time.Time { return Now }
	st, _, err := store.Found(context.Background(), t.TempDir(), store.Founding{
		Organisation: demo.Organisation(clinic.Russia), Password: Password, Params: Cheap,
		Admin: clinic.Staff{
			Login: "ozernaya", Active: true, Name: clinic.Name{Family: "Озёрная", Given: "Вера", Patronymic: "Павловна"},
			Position: "врач-терапевт", Speciality: "терапия", Roles: roles,
		},
	}, store.Options{Now: clock, CacheMB: 8, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	s, err := present.NewSession(t.Context(), st, lang, demo.Templates(), clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Patient registers an invented person and gives the card.
func Patient(t testing.TB, s *present.Session, change ...func(*clinic.Patient)) clinic.Patient {
	t.Helper()
	p := clinic.Patient{
		Name: clinic.Name{Family: "Ковылина", Given: "Дарья", Patronymic: "Игоревна"}, Sex: clinic.Female, BirthDate: "1984-03-09",
		Contacts:  []clinic.Contact{{Kind: "phone", Value: "+7 916 555-01-42"}},
		Addresses: []clinic.Address{{Use: "residence", City: "Тверь", Street: "ул. Озёрная", House: "4", Flat: "12"}},
	}
	for _, fn := range change {
		fn(&p)
	}
	saved, err := s.Records.RegisterPatient(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return saved.Patient
}
