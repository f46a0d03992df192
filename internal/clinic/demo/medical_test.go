package demo

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"feldsher/internal/clinic"
)

// TestAverages holds the shape that issue 2 asks for (item 11).
func TestAverages(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		const n = 5000
		var visits, letters, diagnoses, drugs, vitals, protocols, kazakh, orders float64
		for _, c := range cards(1, country, n) {
			for _, v := range c.Visits {
				x := v.Visit
				visits++
				for _, text := range []string{x.Complaints, x.Anamnesis, x.Objective, x.Comment, x.Advice} {
					letters += float64(utf8.RuneCountInString(text))
				}
				diagnoses += float64(len(x.Diagnoses))
				drugs += float64(len(x.Prescriptions))
				vitals += float64(len(x.Observations))
				orders += float64(len(x.Orders))
				protocols += float64(index(v.Protocol != nil))
				kazakh += float64(index(strings.ContainsAny(x.Objective, "қғәұүһ")))
			}
		}
		within := func(what string, got, want, off float64) {
			t.Logf("%s %.3f", what, got)
			if got < want-off || got > want+off {
				t.Errorf("%s: %.3f, want %.3f ± %.3f", what, got, want, off)
			}
		}
		within("visits a patient", visits/n, 3, 0.2)
		within("letters a visit", letters/visits, 600, 90)
		within("diagnoses a visit", diagnoses/visits, 2, 0.3)
		within("prescriptions a visit", drugs/visits, 2, 0.3)
		within("vitals a visit", vitals/visits, 4, 0.4)
		within("protocols a visit", protocols/visits, 1.0/3, 0.001)
		within("orders a visit", orders/visits, 0.9, 0.5)
		if country == clinic.Kazakhstan {
			within("notes in Kazakh", kazakh/visits, 0.2, 0.12)
		}
	})
}

func TestVisitsLieWithinLifeAndHours(t *testing.T) {
	zone := map[clinic.Country]int{clinic.Russia: 3, clinic.Kazakhstan: 6}
	inBoth(t, func(t *testing.T, country clinic.Country) {
		dead := 0
		for p, c := range cards(7, country, 3000) {
			dead += index(p.DeathDate != "")
			for i, v := range c.Visits {
				x := v.Visit
				local := zone[country]
				if country == clinic.Kazakhstan && !x.CareFrom.Std().Before(time.Date(2024, 2, 29, 19, 0, 0, 0, time.UTC)) {
					local = 5
				}
				at := x.CareFrom.Std().Add(time.Duration(local) * time.Hour)
				on := clinic.Date(at.Format(time.DateOnly))
				switch {
				case on <= p.BirthDate || p.DeathDate != "" && on > p.DeathDate:
					t.Fatalf("visit on %s, life %s … %s", on, p.BirthDate, p.DeathDate)
				case on >= "2026-11-21" || on < "2021-11-15":
					t.Fatalf("visit on %s", on)
				case at.Hour() < 8 || at.Hour() >= 19 || at.Weekday() == time.Sunday && i > 0:
					t.Fatalf("visit at %s", at)
				case x.CareUntil <= x.CareFrom || x.Entered < x.CareUntil || x.Entered.Std().After(present):
					t.Fatalf("visit from %s until %s, entered %s", x.CareFrom.Std(), x.CareUntil.Std(), x.Entered.Std())
				case i > 0 && x.CareFrom <= c.Visits[i-1].Visit.CareFrom:
					t.Fatal("visits are out of order")
				}
			}
			for _, pr := range c.Problems {
				if string(pr.Since[:4]) < string(p.BirthDate[:4]) {
					t.Fatalf("problem since %s of somebody born %s", pr.Since, p.BirthDate)
				}
			}
		}
		if dead < 8 {
			t.Errorf("only %d dead", dead)
		}
	})
}

// TestAllergiesAreHeeded reads drugs back from the list by their name, not by the
// code that chose them.
func TestAllergiesAreHeeded(t *testing.T) {
	penicillins := []string{"амоксициллин"}
	nsaids := []string{"ибупрофен", "кетопрофен", "диклофенак", "мелоксикам", "нимесулид", "напроксен", "ацетилсалициловая"}
	inBoth(t, func(t *testing.T, country clinic.Country) {
		var allergic, antibiotics int
		for _, c := range cards(8, country, 5000) {
			var forbidden []string
			for _, a := range c.Allergies {
				switch {
				case strings.HasPrefix(a.Substance, "пенициллин"), strings.HasPrefix(a.Substance, "амоксициллин"):
					forbidden = append(forbidden, penicillins...)
					allergic++
				case strings.HasPrefix(a.Substance, "аспирин"):
					forbidden = append(forbidden, nsaids...)
				case strings.HasPrefix(a.Substance, "лидокаин"), strings.HasPrefix(a.Substance, "азитромицин"):
					forbidden = append(forbidden, a.Substance)
				}
			}
			for _, v := range c.Visits {
				for i, r := range v.Visit.Prescriptions {
					for _, f := range forbidden {
						if strings.Contains(r.INN, f) {
							t.Fatalf("%s prescribed in spite of an allergy to %v", r.INN, f)
						}
					}
					for _, other := range v.Visit.Prescriptions[:i] {
						if other.INN == r.INN {
							t.Fatalf("%s twice at a visit", r.INN)
						}
					}
					if strings.HasPrefix(r.Coding.Code, "J01") {
						antibiotics++
					}
					if r.Dose == "" || r.DoseUnit == "" || r.Route == "" || r.Frequency == "" || r.Duration == "" || r.Directions == "" ||
						r.Quantity == "0" || r.QuantityUnit == "" || strings.HasPrefix(r.Form, " ") {
						t.Fatalf("prescription with gaps: %+v", r)
					}
				}
			}
		}
		if allergic < 100 || antibiotics < 200 {
			t.Errorf("too few to tell: %d allergic, %d antibiotics", allergic, antibiotics)
		}
	})
}

func TestChildrenAndPregnantGetWhatTheyMay(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		var pregnant int
		for p, c := range cards(12, country, 3500) {
			for _, v := range c.Visits {
				age := float64(dayOf(v.Visit.CareFrom.Std())-birthday(p)) / 365.25
				code := v.Visit.Diagnoses[0].Code
				carrying := strings.HasPrefix(code, "Z34") || code == "O21.0"
				pregnant += index(carrying)
				if carrying && p.Sex != clinic.Female || strings.HasPrefix(code, "N40") && p.Sex != clinic.Male {
					t.Fatalf("%s in a %s patient", code, p.Sex)
				}
				for _, r := range v.Visit.Prescriptions {
					atc := r.Coding.Code
					if age < 17.9 && (strings.HasPrefix(atc, "C0") || r.INN == "ацетилсалициловая кислота" || r.INN == "нимесулид") {
						t.Fatalf("%s at the age of %.1f", r.INN, age)
					}
					if carrying && (strings.HasPrefix(atc, "C09") || strings.HasPrefix(atc, "M01") || strings.HasPrefix(atc, "J01A")) {
						t.Fatalf("%s in pregnancy", r.INN)
					}
				}
			}
		}
		if pregnant < 50 {
			t.Errorf("only %d visits of the pregnant", pregnant)
		}
	})
}

func birthday(p *clinic.Patient) day {
	at, err := time.Parse(time.DateOnly, string(p.BirthDate))
	if err != nil {
		return dayAt(p.BirthDate.Year(), 7, 1)
	}
	return dayOf(at)
}

// TestVitalsAreHuman bounds what a body can show at an age.
func TestVitalsAreHuman(t *testing.T) {
	bounds := map[string][2]float64{
		"8310-5": {35.5, 40.5}, "8480-6": {74, 215}, "8462-4": {36, 125}, "8867-4": {42, 190},
		"9279-1": {11, 62}, "8302-2": {45, 205}, "29463-7": {2.2, 150},
	}
	inBoth(t, func(t *testing.T, country clinic.Country) {
		var high, flagged int
		for _, c := range cards(15, country, 2500) {
			for _, v := range c.Visits {
				for _, o := range v.Visit.Observations {
					x := decimal(string(o.Value))
					if b := bounds[o.Code]; x < b[0] || x > b[1] {
						t.Fatalf("%s %s %s", o.Name, o.Value, o.Unit)
					}
					if o.High == "" {
						continue
					}
					switch lo, hi := decimal(string(o.Low)), decimal(string(o.High)); {
					case (x > hi) != strings.HasPrefix(o.Flag, "H"), (x < lo) != strings.HasPrefix(o.Flag, "L"):
						t.Fatalf("%s %s in %s … %s is flagged %q", o.Name, o.Value, o.Low, o.High, o.Flag)
					}
					flagged += index(o.Flag != "")
					high += index(o.Code == "8480-6" && x >= 140)
				}
			}
		}
		if high < 200 || flagged < 1000 {
			t.Errorf("%d high pressures, %d flags", high, flagged)
		}
	})
}

// TestNotesReadWell looks for the seams that a grammar leaves.
func TestNotesReadWell(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		seen := map[string]int{}
		n := 0
		for _, c := range cards(21, country, 2500) {
			for _, v := range c.Visits {
				x := v.Visit
				for _, text := range []string{x.Reason, x.Complaints, x.Anamnesis, x.Objective, x.Comment, x.Advice, x.Diagnoses[0].Text} {
					for _, bad := range []string{"  ", " .", " ,", "..", "{", "}", "|", "$", "@", "[", "]", ",.", "ЧД 0", " 0 кг", " 0 см", "0/0"} {
						if strings.Contains(text, bad) {
							t.Fatalf("%q in %q (%s)", bad, text, x.Diagnoses[0].Code)
						}
					}
				}
				if x.Complaints == "" || x.Anamnesis == "" || x.Advice == "" || x.Reason == "" || x.Objective == "" && x.Kind != "phone" {
					t.Fatalf("a gap in a note about %s", x.Diagnoses[0].Code)
				}
				seen[x.Complaints+x.Anamnesis+x.Objective+x.Advice]++
				n++
			}
		}
		if double := n - len(seen); double*200 > n {
			t.Errorf("%d of %d notes are copies", double, n)
		}
	})
}

func TestProtocolsFillTheirTemplates(t *testing.T) {
	templates := map[clinic.ID]clinic.Template{}
	for _, x := range Templates() {
		templates[x.ID] = x
	}
	inBoth(t, func(t *testing.T, country clinic.Country) {
		kinds := map[string]int{}
		for p, c := range cards(30, country, 2500) {
			for _, v := range c.Visits {
				pr := v.Protocol
				if pr == nil {
					continue
				}
				tm, ok := templates[pr.Template]
				if !ok || pr.Status != clinic.ProtocolDraft || pr.Visit != v.Visit.ID || pr.Patient != p.ID || pr.Written.IsZero() {
					t.Fatalf("protocol %+v", pr)
				}
				kinds[tm.Title]++
				known := map[string]clinic.Field{}
				for _, f := range tm.Fields {
					known[f.Key] = f
					if f.Required && pr.Values[f.Key] == "" {
						t.Fatalf("%s: required field %s is empty", tm.Title, f.Key)
					}
				}
				for key, value := range pr.Values {
					checkField(t, known[key], value)
				}
			}
		}
		want := 3
		if country == clinic.Kazakhstan {
			want = 6
		}
		if len(kinds) != want {
			t.Errorf("templates used: %v", kinds)
		}
	})
}

func checkField(t *testing.T, f clinic.Field, value string) {
	t.Helper()
	switch f.Type {
	case "":
		t.Fatalf("value %q of no field", value)
	case "number":
		if x := decimal(value); x < decimal(string(f.Min)) || x > decimal(string(f.Max)) {
			t.Fatalf("%s: %s", f.Key, value)
		}
	case "date":
		if !clinic.Date(value).Full() || !clinic.Date(value).Valid() {
			t.Fatalf("%s: %s", f.Key, value)
		}
	case "choice", "multichoice":
		for _, one := range strings.Split(value, "\n") {
			found := false
			for _, c := range f.Choices {
				found = found || c == one
			}
			if !found {
				t.Fatalf("%s: %q is no choice", f.Key, one)
			}
		}
	}
}
