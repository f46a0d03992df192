package clinic

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func sign(t testing.TB, key string) *VitalSign {
	t.Helper()
	s, ok := Sign(key)
	if !ok {
		t.Fatalf("no sign %q", key)
	}
	return &s
}

func plain(key string) string { return key }

var grown = Body{Sex: Female, Birth: "1984-03-09", On: "2026-11-21"}

// TestReadVitals: what people type is read, digit for digit; what can't be is told (R3.1).
func TestReadVitals(t *testing.T) {
	for _, c := range []struct{ sign, typed, want, doubt string }{
		{"temperature", "36,6", "36.6", ""},
		{"temperature", "36.6", "36.6", ""},
		{"temperature", " 36,6 °C ", "36.6", ""},
		{"temperature", "366", "366", "vitals_doubt_maybe 36.6"},
		{"temperature", "3666", "3666", "vitals_doubt_far"},
		{"temperature", "44", "44", "vitals_doubt_far"},
		{"temperature", "036.60", "36.60", ""},
		{"pressure", "120/80", "120 80", ""},
		{"pressure", "120 80", "120 80", ""},
		{"pressure", "120-80", "120 80", ""},
		{"pressure", "120\\80 мм рт. ст.", "120 80", ""},
		{"pressure", "120 на 80", "120 80", ""},
		{"pressure", "90/-", "90 ", ""},
		{"pressure", "80/120", "80 120", "vitals_doubt_maybe 120 80"},
		{"pressure", "120/120", "120 120", "vitals_doubt_order"},
		{"pressure", "1200/80", "1200 80", "vitals_doubt_maybe 120 80"},
		{"pulse", "72 уд/мин", "72", ""},
		{"pulse", "0", "0", "vitals_doubt_far"},
		{"saturation", "98%", "98", ""},
		{"saturation", "105", "105", "vitals_doubt_far"},
		{"height", "1,75", "1.75", "vitals_doubt_maybe 175"},
		{"height", "175 см", "175", ""},
		{"weight", "3400", "3400", "vitals_doubt_maybe 3.4"},
		{"weight", "725", "725", "vitals_doubt_maybe 72.5"},
		{"weight", "72,55", "72.55", ""},
		{"temperature", "", "", ""},
		{"temperature", "тридцать", "!", ""},
		{"temperature", "36,6,6", "!", ""},
		{"temperature", "-5", "!", ""},
		{"temperature", "1e5", "!", ""},
		{"temperature", "٣٦", "!", ""},
		{"temperature", strings.Repeat("9", 10_000), "!", ""},
		{"pressure", "120", "!", ""},
		{"pressure", "120/80/60", "!", ""},
		{"pressure", "-/80", "!", ""},
	} {
		s := sign(t, c.sign)
		values, doubts, err := s.Read(c.typed)
		got, doubt := join(values), ""
		if err != nil {
			got = "!"
		}
		for _, d := range doubts {
			doubt = strings.TrimSpace(d.Key + " " + join(d.Suggest))
		}
		if got != c.want || doubt != c.doubt {
			t.Errorf("%s, %q: %q %q, want %q %q", c.sign, c.typed, got, doubt, c.want, c.doubt)
		}
	}
}

func join(values []Decimal) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = string(v)
	}
	return strings.Join(parts, " ")
}

// TestNorms: by age and sex, as the sources have them.
func TestNorms(t *testing.T) {
	at := func(sex Sex, birth Date) Body { return Body{Sex: sex, Birth: birth, On: "2026-11-21"} }
	for _, c := range []struct {
		key  string
		body Body
		want string
	}{
		{"temperature", Body{}, "36 37"},
		{"systolic", grown, "90 139"},
		{"diastolic", grown, "60 89"},
		{"pulse", grown, "60 90"},
		{"respiration", grown, "12 20"},
		{"saturation", Body{}, "95 "},
		{"bmi", grown, "18.5 24.9"},
		{"waist", grown, " 79.9"},
		{"waist", at(Male, "1970-01-01"), " 93.9"},
		{"waist", at(SexUnknown, "1970-01-01"), " "},
		{"weight", grown, " "},
		{"pulse", at(Male, "2026-11-01"), "107 181"},
		{"pulse", at(Male, "2008-11-22"), "43 104"},
		{"pulse", at(Male, "2008-11-21"), "60 90"},
		{"respiration", at(Female, "2024-11-21"), "18 38"},
		{"systolic", at(Male, "2020-11-21"), "82 104"},
		{"diastolic", at(Female, "2020-11-21"), " 66"},
		{"systolic", at(Male, "2012-11-21"), "90 129"},
		{"systolic", at(Male, "2026-11-20"), " "},
		{"height", at(Male, "2026-05-21"), "63.3 71.9"},
		{"height", at(SexUnknown, "2026-05-21"), "61.2 71.9"},
		{"weight", at(Female, "2021-11-21"), "13.7 24.9"},
		{"weight", at(Female, "2021-10-21"), " "},
		{"head", at(Male, "2025-11-21"), "43.5 48.6"},
		{"bmi", at(Male, "2016-11-21"), "13.7 18.5"},
		{"bmi", at(Male, "2024-11-21"), " "},
		{"pulse", Body{Sex: Male, Birth: "1984", On: "2026-11-21"}, "60 90"},
		{"pulse", Body{Sex: Male, Birth: "2010", On: "2026-11-21"}, " "},
		{"pulse", Body{Sex: Male, Birth: "", On: "2026-11-21"}, " "},
		{"pulse", Body{Sex: Male, Birth: "2030-01-01", On: "2026-11-21"}, " "},
		{"pain", grown, " "},
	} {
		v := vital(t, c.key)
		low, high := v.Norm(c.body)
		if got := string(low) + " " + string(high); got != c.want {
			t.Errorf("%s of %+v: %q, want %q", c.key, c.body, got, c.want)
		}
	}
	for value, want := range map[Decimal]string{"139": "", "140": "H", "90": "", "89": "L", "89.9": "L"} {
		if got := vital(t, "systolic").Flag(value, grown); got != want {
			t.Errorf("%s: %q", value, got)
		}
	}
}

func vital(t testing.TB, key string) *Vital {
	t.Helper()
	for _, s := range VitalSigns() {
		for i := range s.Parts {
			if s.Parts[i].Key == key {
				return &s.Parts[i]
			}
		}
	}
	t.Fatalf("no vital %q", key)
	return nil
}

// TestPutVitals: rows keep their ids, an emptied field takes its rows away, others and
// foreign units are not touched.
func TestPutVitals(t *testing.T) {
	id, other := NewID(), NewID()
	pressure, temperature := sign(t, "pressure"), sign(t, "temperature")
	of := []Observation{
		{Record: Record{ID: other}, Kind: "laboratory", Coding: Coding{System: LOINC, Code: "8480-6"}, Value: "1"},
		{Record: Record{ID: id}, Kind: "vital", Coding: Coding{System: LOINC, Code: "8480-6", Name: "АД"}, Value: "150", Unit: "mm[Hg]", Taken: 7},
		{Kind: "vital", Coding: Coding{System: LOINC, Code: "8310-5"}, Value: "98.6", Unit: "[degF]"},
	}
	if values, _ := temperature.Values(of); values[0] != "" {
		t.Errorf("°F stands in the field: %v", values)
	}
	got := pressure.Put(of, []Decimal{"160", "100"}, grown, plain)
	if len(got) != 4 || of[1].Value != "150" {
		t.Fatalf("%+v", got)
	}
	first := got[1]
	if first.ID != id || first.Value != "160" || first.Flag != "H" || first.High != "139" || first.Taken != 7 || first.Name != "vitals_systolic" {
		t.Errorf("%+v", first)
	}
	if values, _ := pressure.Values(got); pressure.Typed(values, true) != "160/100" {
		t.Errorf("%v", values)
	}
	got = pressure.Put(got, nil, grown, plain)
	if len(got) != 2 || got[0].ID != other {
		t.Errorf("%+v", got)
	}
	if typed := pressure.Typed([]Decimal{"90", ""}, true); typed != "90/-" {
		t.Error(typed)
	}
	if typed := temperature.Typed([]Decimal{"36.6"}, true); typed != "36,6" {
		t.Error(typed)
	}
}

func TestMassIndex(t *testing.T) {
	weight, height := sign(t, "weight"), sign(t, "height")
	of := weight.Put(nil, []Decimal{"70"}, grown, plain)
	of = Compute(of, "170", grown, plain)
	if values, _ := sign(t, "bmi").Values(of); values[0] != "24.2" {
		t.Errorf("%v", values)
	}
	of = Compute(height.Put(of, []Decimal{"160"}, grown, plain), "170", grown, plain)
	values, at := sign(t, "bmi").Values(of)
	if values[0] != "27.3" || of[at[0]].Flag != "H" {
		t.Errorf("%v", values)
	}
	of = Compute(weight.Put(of, nil, grown, plain), "", grown, plain)
	if values, _ := sign(t, "bmi").Values(of); values[0] != "" {
		t.Errorf("%v without a weight", values)
	}
	for _, pair := range [][2]Decimal{{"70", "0"}, {"0", "170"}, {"", ""}, {"x", "1"}, {"1e9", "1"}} {
		if v, ok := MassIndex(pair[0], pair[1]); ok {
			t.Errorf("%v: %s", pair, v)
		}
	}
}

// TestVitalTable: every code, key and unit stands once and has a word; tables of norms go
// upwards.
func TestVitalTable(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range VitalSigns() {
		for _, v := range s.Parts {
			for _, x := range []string{v.Key, v.Code} {
				if seen[x] {
					t.Errorf("%s stands twice", x)
				}
				seen[x] = true
			}
			if got, ok := VitalOf(LOINC, v.Code); !ok || got.Key != v.Key {
				t.Errorf("%s is not found by its code", v.Key)
			}
		}
	}
	for _, table := range [][]point{growthWeight[:], growthHeight[:], growthHead[:], childMassIndex[:]} {
		if !slices.IsSortedFunc(table, func(a, b point) int { return a.months - b.months }) {
			t.Error("a table of growth goes back")
		}
		for _, p := range table {
			if p.boyLow >= p.boyHigh || p.girlLow >= p.girlHigh {
				t.Errorf("%+v", p)
			}
		}
	}
}

// TestNormsOfAllAges: no age makes the lookup fall over or turns a range around.
func TestNormsOfAllAges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sex := rapid.SampledFrom([]Sex{Male, Female, SexUnknown}).Draw(rt, "sex")
		months := rapid.IntRange(0, 120*12).Draw(rt, "months")
		for _, s := range VitalSigns() {
			for i := range s.Parts {
				low, high := s.Parts[i].normAt(sex, months)
				if low != "" && high != "" && !less(low, high) {
					rt.Fatalf("%s at %d months: %s to %s", s.Parts[i].Key, months, low, high)
				}
			}
		}
	})
}

func FuzzReadVital(f *testing.F) {
	for _, s := range []string{"36,6", "120/80", "", "1,75 м", "на", "-", "/", "°"} {
		f.Add(s)
	}
	all := VitalSigns()
	f.Fuzz(func(t *testing.T, typed string) {
		for _, s := range all {
			values, _, err := s.Read(typed)
			if err != nil {
				continue
			}
			again, _, err := s.Read(s.Typed(values, true))
			if err != nil || !slices.Equal(again, values) {
				t.Errorf("%s: %q is %v, then %v, %v", s.Key, typed, values, again, err)
			}
		}
	})
}
