package demo

import (
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
)

func TestNumbersPassTheirChecks(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		var snils, tax, policies, phones int
		for p := range cards(2, country, 4000) {
			if p.SNILS != "" {
				snils++
				if r := check.SNILS(p.SNILS); !r.OK() {
					t.Fatalf("СНИЛС %s: %v", p.SNILS, r.Warnings)
				}
			}
			if p.Policy != "" {
				policies++
				date, sex, ok := check.SuggestFromENP(p.Policy)
				if !check.ENP(p.Policy).OK() || !ok || sex != string(p.Sex) || p.BirthDate.Full() && date != string(p.BirthDate) {
					t.Fatalf("ЕНП %s gives %s %s, card %s %s", p.Policy, date, sex, p.BirthDate, p.Sex)
				}
			}
			if p.TaxNumber != "" {
				tax++
				checkTax(t, country, p)
			}
			for _, c := range p.Contacts {
				if c.Kind != "phone" {
					continue
				}
				phones++
				if x := check.NormalizePhone(c.Value, string(country)); len(x.Warnings) > 0 || x.E164 != c.E164 {
					t.Fatalf("phone %q: %v, E.164 %s, want %s", c.Value, x.Warnings, x.E164, c.E164)
				}
			}
		}
		if tax < 500 || phones < 3000 || country == clinic.Russia && (snils < 3000 || policies < 3000) {
			t.Errorf("too few numbers to tell: СНИЛС %d, tax %d, policies %d, phones %d", snils, tax, policies, phones)
		}
	})
}

func checkTax(t *testing.T, country clinic.Country, p *clinic.Patient) {
	t.Helper()
	if country == clinic.Russia {
		if r := check.INN(p.TaxNumber); !r.OK() {
			t.Fatalf("ИНН %s: %v", p.TaxNumber, r.Warnings)
		}
		return
	}
	date, sex, ok := check.SuggestFromIIN(p.TaxNumber)
	if !check.IIN(p.TaxNumber).OK() || !ok || sex != string(p.Sex) || p.BirthDate.Full() && date != string(p.BirthDate) {
		t.Fatalf("ИИН %s gives %s %s, card %s %s", p.TaxNumber, date, sex, p.BirthDate, p.Sex)
	}
}

func TestOrganisationAndStaff(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		o := Organisation(country)
		if country == clinic.Russia && !check.INN(o.TaxID).OK() || country == clinic.Kazakhstan && !check.BIN(o.TaxID).OK() {
			t.Errorf("tax number %s of the clinic", o.TaxID)
		}
		have := map[clinic.Role]bool{}
		for _, s := range Staff(country) {
			for _, r := range s.Roles {
				have[r] = true
			}
			if s.SNILS != "" && !check.SNILS(s.SNILS).OK() {
				t.Errorf("СНИЛС %s of staff", s.SNILS)
			}
		}
		for _, r := range []clinic.Role{clinic.Doctor, clinic.Feldsher, clinic.Nurse, clinic.Reception, clinic.Head} {
			if !have[r] {
				t.Errorf("nobody is %s", r)
			}
		}
	})
}

// TestNamesAreNearlyUnique counts a hundred thousand cards: whoever searches by
// full name and year of birth must find one person, with few exceptions.
func TestNamesAreNearlyUnique(t *testing.T) {
	const n = 100_000
	inBoth(t, func(t *testing.T, country clinic.Country) {
		g := New(1, country, present, n)
		type key struct {
			name string
			year string
		}
		names, phones := map[key]int{}, map[string]int{}
		snils, tax, families, unknown := map[string]bool{}, map[string]bool{}, map[string]bool{}, 0
		for g.ordinal < n {
			g.family = g.nextHousehold()
			for _, p := range g.family.members {
				g.ordinal++
				c := g.card(p)
				if c.NameUnknown || c.Given == "" {
					unknown++
					continue
				}
				names[key{c.String(), string(c.BirthDate[:4])}]++
				families[c.Family] = true
				if c.SNILS != "" && snils[c.SNILS] || c.TaxNumber != "" && tax[c.TaxNumber] {
					t.Fatalf("a number is given twice: %s %s", c.SNILS, c.TaxNumber)
				}
				snils[c.SNILS], tax[c.TaxNumber] = true, true
				for _, x := range c.Contacts {
					if x.Kind == "phone" && x.Use == "mobile" {
						phones[x.E164]++
					}
				}
			}
		}
		double := g.ordinal - unknown - len(names)
		t.Logf("%d cards: %d share name and year with another, %d surnames, %d unknown or unnamed", g.ordinal, double, len(families), unknown)
		if share := float64(double) / n; share > 0.006 {
			t.Errorf("%.2f %% of the cards share name and year with another", share*100)
		}
		if len(families) < 1000 {
			t.Errorf("only %d surnames", len(families))
		}
		for phone, k := range phones {
			if k > 1 {
				t.Fatalf("%s is the own phone of %d patients", phone, k)
			}
		}
	})
}

func TestAgesFormAPyramid(t *testing.T) {
	want := map[clinic.Country][4][2]float64{ // per cent at 0-17, 18-39, 40-64, 65+
		clinic.Russia:     {{18, 28}, {22, 33}, {26, 38}, {13, 22}},
		clinic.Kazakhstan: {{30, 43}, {22, 33}, {19, 31}, {6, 13}},
	}
	inBoth(t, func(t *testing.T, country clinic.Country) {
		g := New(1, country, present, 10_000)
		var at [4]float64
		var women float64
		for g.ordinal < 10_000 {
			for _, p := range g.nextHousehold().members {
				g.ordinal++
				if !p.male {
					women++
				}
				switch age := p.born.years(g.today); {
				case age < 0 || age > 100:
					t.Fatalf("age %d", age)
				case age < 18:
					at[0]++
				case age < 40:
					at[1]++
				case age < 65:
					at[2]++
				default:
					at[3]++
				}
			}
		}
		for i, n := range at {
			if share := n / float64(g.ordinal) * 100; share < want[country][i][0] || share > want[country][i][1] {
				t.Errorf("age group %d: %.1f %%, want %v", i, share, want[country][i])
			} else {
				t.Logf("age group %d: %.1f %%", i, share)
			}
		}
		if share := women / float64(g.ordinal); share < 0.5 || share > 0.58 {
			t.Errorf("share of women %.3f", share)
		}
	})
}

func TestPatronymics(t *testing.T) {
	for _, c := range []struct {
		father, people string
		native, kazakh bool
		son, daughter  string
	}{
		{"Иван", "ru", false, false, "Иванович", "Ивановна"},
		{"Андрей", "ru", false, false, "Андреевич", "Андреевна"},
		{"Юрий", "ru", false, false, "Юрьевич", "Юрьевна"},
		{"Василий", "ru", false, false, "Васильевич", "Васильевна"},
		{"Дмитрий", "ru", false, false, "Дмитриевич", "Дмитриевна"},
		{"Георгий", "ru", false, false, "Георгиевич", "Георгиевна"},
		{"Игорь", "ru", false, false, "Игоревич", "Игоревна"},
		{"Илья", "ru", false, false, "Ильич", "Ильинична"},
		{"Пётр", "ru", false, false, "Петрович", "Петровна"},
		{"Рафаэль", "tt", false, false, "Рафаэлевич", "Рафаэлевна"},
		{"Нұрлан/Нурлан", "kk", true, true, "Нұрланұлы", "Нұрланқызы"},
		{"Нұрлан/Нурлан", "kk", true, false, "Нурланулы", "Нурланкызы"},
		{"Нұрлан/Нурлан", "kk", false, false, "Нурланович", "Нурлановна"},
		{"John", "xx", false, false, "", ""},
	} {
		if got := patronymic(c.father, c.people, true, c.kazakh, c.native); got != c.son {
			t.Errorf("son of %s: %q, want %q", c.father, got, c.son)
		}
		if got := patronymic(c.father, c.people, false, c.kazakh, c.native); got != c.daughter {
			t.Errorf("daughter of %s: %q, want %q", c.father, got, c.daughter)
		}
	}
}

func TestSurnamesHaveTwoForms(t *testing.T) {
	for ending, want := range map[string]string{
		"ов": "ова", "ев": "ева", "ин": "ина", "ын": "ына", "ёв": "ёва", "ский": "ская", "кий": "кая",
		"ой": "ая", "ых": "ых", "их": "их", "енко": "енко", "ук": "ук", "ян": "ян", "ушкин": "ушкина",
	} {
		if got := feminine(ending); got != want {
			t.Errorf("feminine of -%s: -%s, want -%s", ending, got, want)
		}
	}
}

func TestFamiliesHoldTogether(t *testing.T) {
	inBoth(t, func(t *testing.T, country clinic.Country) {
		var children, shared, unnamed, maiden, yearOnly, twins, unknown, double, incapable int
		seen := map[clinic.ID]clinic.Patient{}
		for p := range cards(9, country, 7_000) {
			for _, r := range p.Representatives {
				if r.Person.IsZero() {
					incapable++
					continue
				}
				parent, ok := seen[r.Person]
				if !ok {
					t.Fatal("a child comes before its parent")
				}
				children++
				if parent.Addresses[0].Street == p.Addresses[0].Street {
					shared++
				}
				if parent.BirthDate.Year()+15 > p.BirthDate.Year() {
					t.Errorf("parent of %s, child of %s", parent.BirthDate, p.BirthDate)
				}
			}
			if !p.Mother.IsZero() {
				if _, ok := seen[p.Mother]; !ok || p.Given != "" || p.BirthTime == "" {
					t.Errorf("newborn without its mother's card, with a name or without the hour")
				}
				unnamed++
			}
			for _, f := range p.FormerNames {
				if f.Kind == "maiden" {
					maiden++
				}
			}
			yearOnly += index(len(p.BirthDate) == 4)
			twins += index(p.BirthOrder > 0)
			unknown += index(p.NameUnknown)
			for _, r := range p.Family {
				double += index(r == '-')
			}
			seen[p.ID] = *p
		}
		t.Logf("representatives %d, newborns %d, maiden names %d, year only %d, twins %d, unknown %d, double surnames %d, incapable %d",
			children, unnamed, maiden, yearOnly, twins, unknown, double, incapable)
		if children < 1200 || shared != children || unnamed == 0 || maiden < 500 || yearOnly == 0 || twins == 0 || unknown == 0 || double == 0 || incapable == 0 {
			t.Error("something that an ordinary clinic has is missing")
		}
	})
}
