package clinic_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"feldsher/internal/clinic"
)

func person(family, given, patronymic string, birth clinic.Date, change ...func(*clinic.Patient)) *clinic.Patient {
	p := &clinic.Patient{Name: clinic.Name{Family: family, Given: given, Patronymic: patronymic}, BirthDate: birth, Sex: clinic.SexUnknown}
	for _, fn := range change {
		fn(p)
	}
	return p
}

func phone(n string) func(*clinic.Patient) {
	return func(p *clinic.Patient) { p.Contacts = append(p.Contacts, clinic.Contact{Kind: "phone", Value: n}) }
}

func dwelling(p *clinic.Patient) {
	p.Addresses = append(p.Addresses, clinic.Address{City: "Тверь", Street: "Лесная", House: "5", Flat: "7"})
}

func passport(n string) func(*clinic.Patient) {
	return func(p *clinic.Patient) {
		p.Documents = append(p.Documents, clinic.Document{Type: "passport", Series: "4510", Number: n})
	}
}

func snils(n string) func(*clinic.Patient) { return func(p *clinic.Patient) { p.SNILS = n } }

func sex(s clinic.Sex) func(*clinic.Patient) { return func(p *clinic.Patient) { p.Sex = s } }

// What a registry meets, with the false alarms (R1.6).
func TestResemble(t *testing.T) {
	type patient = clinic.Patient
	for _, c := range []struct {
		what string
		a, b *patient
		want clinic.Grade
		why  []clinic.Reason // among others
	}{
		{
			"the same person", person("Щербаков", "Пётр", "Юрьевич", "1980-03-12"), person("ЩЕРБАКОВ", "Петр", "Юрьевич", "1980-03-12"),
			clinic.Certain,
			[]clinic.Reason{clinic.SameName, clinic.SameBirth},
		},
		{
			"without patronymic", person("Щербаков", "Пётр", "", "1980-03-12"), person("Щербаков", "Петр", "Юрьевич", "1980-03-12"),
			clinic.Likely,
			[]clinic.Reason{clinic.SameName},
		},
		{
			"in Latin letters", person("Shcherbakov", "Petr", "", "1980-03-12"), person("Щербаков", "Пётр", "Юрьевич", "1980-03-12"),
			clinic.Likely,
			[]clinic.Reason{clinic.SameName},
		},
		{
			"a typo in the surname", person("Щебаков", "Пётр", "Юрьевич", "1980-03-12"), person("Щербаков", "Пётр", "Юрьевич", "1980-03-12"),
			clinic.Likely,
			[]clinic.Reason{clinic.NearName, clinic.SameBirth},
		},
		{
			"day and month exchanged", person("Щербаков", "Пётр", "Юрьевич", "1980-12-03"), person("Щербаков", "Пётр", "Юрьевич", "1980-03-12"),
			clinic.Likely,
			[]clinic.Reason{clinic.NearBirth},
		},
		{
			"a year only", person("Щербаков", "Пётр", "Юрьевич", "1980"), person("Щербаков", "Пётр", "Юрьевич", "1980-03-12"),
			clinic.Likely,
			[]clinic.Reason{clinic.FitsBirth},
		},
		{"another year", person("Щербаков", "Пётр", "Юрьевич", "1981"), person("Щербаков", "Пётр", "Юрьевич", "1980-03-12"), clinic.Unlike, nil},
		{
			"twins", person("Орлова", "Анна", "Ильинична", "2019-06-01", phone("+79161234567"), dwelling),
			person("Орлова", "Мария", "Ильинична", "2019-06-01", phone("+79161234567"), dwelling), clinic.Unlike, nil,
		},
		{
			"twins of nearly one name", person("Орлова", "Алина", "Ильинична", "2019-06-01", phone("+79161234567")),
			person("Орлова", "Арина", "Ильинична", "2019-06-01", phone("+79161234567")), clinic.Possible, nil,
		},
		{
			"twins of nearly one name, numbered", person("Орлова", "Алина", "Ильинична", "2019-06-01", func(p *patient) { p.BirthOrder = 1 }),
			person("Орлова", "Арина", "Ильинична", "2019-06-01", func(p *patient) { p.BirthOrder = 2 }), clinic.Unlike, nil,
		},
		{
			"brother and sister", person("Орлов", "Александр", "Ильич", "2019-06-01", sex(clinic.Male)),
			person("Орлова", "Александра", "Ильинична", "2019-06-01", sex(clinic.Female)), clinic.Unlike, nil,
		},
		{
			"father and son of one name", person("Орлов", "Иван", "Иванович", "1970-05-09", phone("89161234567"), dwelling),
			person("Орлов", "Иван", "Иванович", "1990-05-09", phone("89161234567"), dwelling), clinic.Unlike, nil,
		},
		{
			"a parent's passport on the child's card", person("Орлов", "Иван", "Иванович", "1990-05-09", passport("123456")),
			person("Орлова", "Анна", "Ивановна", "2015-01-02", passport("123456")), clinic.Possible,
			[]clinic.Reason{clinic.SameDocument},
		},
		{"one name alone", person("Иванова", "Мария", "Ивановна", ""), person("Иванова", "Мария", "Ивановна", "1950-01-01"), clinic.Unlike, nil},
		{
			"name and phone", person("Иванова", "Мария", "", "", phone("9161234567")),
			person("Иванова", "Мария", "Ивановна", "1950-01-01", phone("8 916 123-45-67")), clinic.Possible,
			[]clinic.Reason{clinic.SamePhone},
		},
		{
			"a number", person("Иванова", "", "", "", snils("112-233-445 95")), person("Иванова", "Мария", "Ивановна", "1950-01-01", snils("11223344595")),
			clinic.Likely,
			[]clinic.Reason{clinic.SameSNILS},
		},
		{
			"a number and the day", person("Петрова", "Мария", "Ивановна", "1950-01-01", snils("112-233-445 95")),
			person("Иванова", "Мария", "Ивановна", "1950-01-01", snils("11223344595")), clinic.Certain,
			[]clinic.Reason{clinic.SameSNILS, clinic.SameBirth},
		},
		{
			"two people of one name and day", person("Иванова", "Мария", "Ивановна", "1950-01-01", snils("112-233-445 95")),
			person("Иванова", "Мария", "Ивановна", "1950-01-01", snils("08765430300")), clinic.Possible,
			[]clinic.Reason{clinic.OtherNumbers},
		},
		{
			"a namesake", person("Иванова", "Мария", "Петровна", "1950-01-01"), person("Иванова", "Мария", "Сергеевна", "1950-01-01"),
			clinic.Possible,
			[]clinic.Reason{clinic.Namesake},
		},
		{
			"married", person("Соколова", "Мария", "Петровна", "1990-01-01", phone("+77011234567")),
			person("Иванова", "Мария", "Петровна", "1990-01-01", phone("+77011234567")), clinic.Likely,
			[]clinic.Reason{clinic.OtherFamily},
		},
		{
			"a former surname", person("Иванова", "Мария", "Петровна", "1990-01-01"),
			person("Соколова", "Мария", "Петровна", "1990-01-01", func(p *patient) { p.FormerNames = []clinic.FormerName{{Name: clinic.Name{Family: "Иванова"}}} }),
			clinic.Certain,
			[]clinic.Reason{clinic.SameName},
		},
		{"newborns of one mother", newborn(1), newborn(2), clinic.Unlike, nil},
		{"one newborn twice", newborn(0), newborn(1), clinic.Likely, []clinic.Reason{clinic.SameMother}},
		{"nothing", person("", "", "", ""), person("", "", "", ""), clinic.Unlike, nil},
	} {
		got := clinic.Resemble(c.a, c.b)
		if got.Grade != c.want {
			t.Errorf("%s: %v %v, want %v", c.what, got.Grade, got.Reasons, c.want)
		}
		for _, w := range c.why {
			if !slices.Contains(got.Reasons, w) {
				t.Errorf("%s: %v lacks %s", c.what, got.Reasons, w)
			}
		}
		if (got.Grade == clinic.Unlike) != (len(got.Reasons) == 0) {
			t.Errorf("%s: grade %v with %v", c.what, got.Grade, got.Reasons)
		}
	}
}

func newborn(order int) *clinic.Patient {
	return &clinic.Patient{NameUnknown: true, Mother: clinic.ID{5}, BirthDate: "2026-11-20", BirthOrder: order}
}

func drawPerson(t *rapid.T) *clinic.Patient {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	p := person(pick("family", "Иванов", "Иванова", "Ивонов", "Петров", "Ivanov", ""), pick("given", "Иван", "Ян", "Олег", ""),
		pick("patronymic", "Иванович", "Петрович", ""), clinic.Date(pick("birth", "1980-03-12", "1980-12-03", "1980", "2001-03-12", "")))
	p.SNILS, p.Sex = pick("snils", "11223344595", "08765430300", ""), clinic.Sex(pick("sex", "male", "female", "unknown"))
	p.BirthOrder = rapid.IntRange(0, 2).Draw(t, "order")
	if rapid.Bool().Draw(t, "phone") {
		phone("+79161234567")(p)
	}
	if rapid.Bool().Draw(t, "passport") {
		passport("123456")(p)
	}
	return p
}

// The order of the cards makes no difference, and a card with a number of its own
// is certainly like itself.
func TestResembleIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawPerson(t), drawPerson(t)
		if x, y := clinic.Resemble(a, b), clinic.Resemble(b, a); !cmp.Equal(x, y) {
			t.Fatalf("%+v and %+v", x, y)
		}
		a.SNILS = "11223344595"
		if a.Family != "" && clinic.Resemble(a, a).Grade != clinic.Certain {
			t.Fatalf("not like itself: %+v", clinic.Resemble(a, a))
		}
	})
}
