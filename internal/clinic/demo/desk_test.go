package demo

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
)

// briefs are the people of a demo clinic as the desk books them.
func briefs(country clinic.Country, n int) (out []clinic.Brief) {
	for p := range cards(1, country, n) {
		out = append(out, clinic.Brief{ID: p.ID, Sex: p.Sex, BirthDate: p.BirthDate})
	}
	return out
}

// TestTimetable: the same seed and day give the same desk; every row is sound; children
// go to the paediatrician and nobody else does; no place is given twice; past ones are
// over and later ones to come.
func TestTimetable(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		people := briefs(country, 300)
		o := DeskOptions{Seed: 3, Clinic: Organisation(country), Now: time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC), Patients: people}
		a, b := NewTimetable(o), NewTimetable(o)
		if !reflect.DeepEqual(a, b) {
			t.Fatal("two runs differ")
		}
		speciality := map[clinic.ID]string{}
		for _, s := range a.Staff {
			if s.Login != "" {
				t.Errorf("%s may log in", s.Family)
			}
			speciality[s.ID] = s.Speciality
		}
		born := map[clinic.ID]int{}
		for _, p := range people {
			born[p.ID] = p.BirthDate.Year()
		}
		callers, past := 0, 0
		seen := map[clinic.ID]bool{}
		for i := range a.Bookings {
			v := &a.Bookings[i]
			if err := v.Check(); err != nil || seen[v.ID] {
				t.Fatalf("%+v: %v", v, err)
			}
			seen[v.ID] = true
			if v.Patient.IsZero() {
				callers++
			} else if child := born[v.Patient] > 2008; child != (speciality[v.Staff] == "педиатрия") {
				t.Errorf("born %d at %s", born[v.Patient], speciality[v.Staff])
			}
			if v.Start.Std().After(o.Now) && (v.Status == clinic.Done || v.Status == clinic.NoShow) {
				t.Errorf("%s is over before it began", v.Start.Std())
			}
			if v.Status == clinic.Done {
				past++
			}
		}
		if callers == 0 || past == 0 || len(clinic.Clashes(a.Bookings)) > 0 {
			t.Errorf("%d callers, %d past, %d clashes", callers, past, len(clinic.Clashes(a.Bookings)))
		}
	})
}

// TestPrices: the price list is in the clinic's language and currency, with a code once.
func TestPrices(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		list := Prices(Organisation(country))
		if len(list) < 40 {
			t.Errorf("%d services", len(list))
		}
		seen := map[string]bool{}
		for i := range list {
			s := &list[i]
			if err := s.Check(); err != nil || s.Price == 0 || s.Code == "" || seen[s.Code] || s.Currency != clinic.CurrencyOf(country) {
				t.Errorf("%+v: %v", s, err)
			}
			seen[s.Code] = true
		}
		if kazakh := strings.Contains(list[0].Title, "қабылдауы"); kazakh != (country == clinic.Kazakhstan) {
			t.Errorf("%s: %s", country, list[0].Title)
		}
	})
}
