package today_test

import (
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/today"
)

// What tells namesakes apart stands before all else: the queue is narrow and cuts the end.
func TestNamesakesToldApart(t *testing.T) {
	s := full(t)
	for _, card := range []clinic.Patient{
		presenttest.Patient(t, s),
		presenttest.Patient(t, s, func(p *clinic.Patient) {
			p.Given, p.BirthDate = "Раиса", "1970-10-23"
			p.Contacts = []clinic.Contact{{Kind: "phone", Value: "+7 916 555-77-31"}}
		}),
	} {
		f := today.NewForm(freePlace(t, s))
		f.Double = "проба"
		if _, err := f.Book(t.Context(), s, card.ID); err != nil {
			t.Fatal(err)
		}
	}
	table := day(t, s, today.Ask{Date: s.Today().AddDays(2), Staff: s.User.ID})
	begins := map[string]bool{"09.03.1984 · …0142 · ": false, "23.10.1970 · …7731 · ": false}
	for _, l := range table.Queue {
		if !l.Namesake {
			if l.Apart != "" {
				t.Errorf("%s is nobody's namesake: %q", l.When, l.Apart)
			}
			continue
		}
		for begin := range begins {
			begins[begin] = begins[begin] || strings.HasPrefix(l.Apart, begin+s.T("today_namesake"))
		}
	}
	for begin, ok := range begins {
		if !ok {
			t.Errorf("no line of a namesake begins with %q", begin)
		}
	}
}
