package registration_test

import (
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/internal/ui/present/registration"
	"feldsher/translations"
)

func session(t *testing.T) *present.Session {
	t.Helper()
	return presenttest.Open(t, translations.Russian)
}

// save stores the form and fails where it can't be.
func save(t *testing.T, f *registration.Form) clinic.Patient {
	t.Helper()
	deed := f.Submit()
	if deed == nil {
		t.Fatalf("%s: %s", f.First(), f.Say(f.First()).Text)
	}
	got, err := deed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got.Card
}

func set(f *registration.Form, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
		f.Left(pairs[i])
	}
}

// TestRegister: what is typed at the desk is what is stored (R1.1).
func TestRegister(t *testing.T) {
	s := session(t)
	f := registration.New(s, "")
	set(f, "family", "ковылина-озёрная", "given", "ДАРЬЯ", "patronymic", "игоревна", "birth_date", "09.03.84",
		"citizenship", "Россия", "snils", "112-233-445 95", "policy", "1234 5678 9012 3452", "insurer", "СОГАЗ-Мед", "note", "плохо слышит\nгромче",
		"contacts[0].value", "8 916 555-01-42", "addresses[0].region", "Тверская область", "addresses[0].city", "Тверь",
		"documents[0].series", "45 10", "documents[0].number", "123456", "documents[0].issued", "1.5.2010")
	i := f.Add("contacts")
	set(f, "contacts[1].kind", "email", "contacts[1].value", "kovylina@example.org")
	if i != 1 {
		t.Fatal(i)
	}
	if f.Get("sex") != "female" || f.Say("sex").Text == "" {
		t.Errorf("sex %q, %q", f.Get("sex"), f.Say("sex").Text)
	}
	p := save(t, f)
	if p.Name.String() != "Ковылина-Озёрная Дарья Игоревна" || p.BirthDate != "1984-03-09" || p.Sex != clinic.Female || p.CaseNumber == "" {
		t.Errorf("%+v", p)
	}
	if p.Citizenship != "RUS" || p.SNILS != "11223344595" || len(p.Contacts) != 2 || p.Contacts[0].E164 != "+79165550142" || p.Contacts[1].Kind != "email" {
		t.Errorf("%+v", p)
	}
	if len(p.Addresses) != 1 || p.Addresses[0].Use != "residence" || len(p.Documents) != 1 || p.Documents[0].Issued != "2010-05-01" {
		t.Errorf("%+v %+v", p.Addresses, p.Documents)
	}
	again, err := registration.Open(t.Context(), s, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if again.Dirty() || again.Get("birth_date") != "09.03.1984" || again.Get("citizenship") != "Россия" || again.Get("snils") != "112-233-445 95" {
		t.Errorf("read again: %q %q", again.Get("birth_date"), again.Get("citizenship"))
	}
}

// TestRequired: one name, or «unknown», or a mother is enough, and nothing else is
// asked for (R1.1).
func TestRequired(t *testing.T) {
	s := session(t)
	f := registration.New(s, "")
	if f.Submit() != nil || f.First() != "family" {
		t.Fatalf("a card of nobody: %q", f.First())
	}
	set(f, "given", "Ерлан")
	if p := save(t, f); p.Given != "Ерлан" || p.Sex != clinic.SexUnknown {
		t.Errorf("%+v", p)
	}
	f = registration.New(s, "")
	set(f, "name_unknown", "true", "birth_date", "1950")
	if p := save(t, f); !p.NameUnknown || p.BirthDate != "1950" || len(p.Contacts)+len(p.Addresses)+len(p.Documents) != 0 {
		t.Errorf("%+v", p)
	}
}

// TestNewborn: the child of a mother gets her surname, address and her as the one who
// stands for it (R1.1, R1.3).
func TestNewborn(t *testing.T) {
	s := session(t)
	mother := presenttest.Patient(t, s)
	f := registration.New(s, "")
	f.Take("mother", mother)
	set(f, "birth_date", "21.11.2026", "birth_time", "9:05", "birth_order", "2")
	if hint := f.Say("birth_date").Text; hint != "Возраст: 3 часа" {
		t.Errorf("age %q", hint)
	}
	if got, ok := f.PersonAt("mother"); !ok || !strings.Contains(got.Name, "Ковылина") {
		t.Errorf("%+v", got)
	}
	p := save(t, f)
	if p.Mother != mother.ID || p.Family != "Ковылина" || p.BirthTime != "09:05" || p.BirthOrder != 2 || len(p.Addresses) != 1 || p.Addresses[0].City != "Тверь" {
		t.Errorf("%+v", p)
	}
	if len(p.Representatives) != 1 || p.Representatives[0].Person != mother.ID || p.Representatives[0].Relation != "mother" || p.Representatives[0].Phone == "" {
		t.Errorf("%+v", p.Representatives)
	}
}

// TestSuggestions: numbers and patronymics fill what nobody has touched, go when
// their reason goes, and never overwrite (R1.7).
func TestSuggestions(t *testing.T) {
	s := session(t)
	s.Clinic.Country = clinic.Kazakhstan
	f := registration.New(s, "")
	f.Set("patronymic", "Қайратұлы")
	if f.Get("sex") != "male" {
		t.Errorf("sex %q by patronymic", f.Get("sex"))
	}
	f.Set("tax_number", "840309 400000")
	iin, sex := f.Get("birth_date"), f.Get("sex")
	if iin != "09.03.1984" || sex != "female" || !strings.Contains(f.Say("birth_date").Text, "ИИН") {
		t.Fatalf("%q %q %q", iin, sex, f.Say("birth_date").Text)
	}
	f.Set("tax_number", "840309 40")
	if f.Get("birth_date") != "" || f.Get("sex") != "male" {
		t.Errorf("stays: %q %q", f.Get("birth_date"), f.Get("sex"))
	}
	set(f, "birth_date", "10.03.1984", "sex", "male", "tax_number", "840309400000")
	if f.Get("birth_date") != "10.03.1984" || f.Get("sex") != "male" || f.Say("tax_number").Tone != registration.Warn {
		t.Errorf("%q %q %+v", f.Get("birth_date"), f.Get("sex"), f.Say("tax_number"))
	}
	if first := f.Sections()[0]; !strings.Contains(labels(first), "ИИН") {
		t.Error("the ИИН does not stand first in Kazakhstan")
	}
	if first := registration.New(session(t), "").Sections()[4]; !strings.HasPrefix(labels(first), "СНИЛС Полис ОМС") {
		t.Errorf("in Russia: %s", labels(first))
	}
}

func labels(s registration.Section) string {
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Label)
	}
	return strings.Join(out, " ")
}

// TestHeldBack: half a number is not scolded while it is typed.
func TestHeldBack(t *testing.T) {
	f := registration.New(session(t), "")
	f.Set("snils", "112-233")
	f.Set("birth_date", "21.1")
	if f.Say("snils").Text != "" || f.Say("birth_date").Text != "" {
		t.Errorf("%+v %+v", f.Say("snils"), f.Say("birth_date"))
	}
	f.Set("snils", "112-233-445 96") // whole, and wrong: at once
	f.Set("birth_date", "31.02.1980")
	if f.Say("snils").Tone != registration.Warn || f.Say("birth_date").Tone != registration.Wrong {
		t.Errorf("%+v %+v", f.Say("snils"), f.Say("birth_date"))
	}
	f.Set("snils", "112-233")
	f.Left("snils")
	if f.Say("snils").Tone != registration.Warn {
		t.Errorf("left half: %+v", f.Say("snils"))
	}
}

// TestEditWritesOnlyWhatChanged: two people edit one card at the same time.
func TestEditWritesOnlyWhatChanged(t *testing.T) {
	s := session(t)
	p := presenttest.Patient(t, s, func(p *clinic.Patient) {
		p.Contacts = append(p.Contacts, clinic.Contact{Kind: "phone", Value: "+7 4822 33-44-55"})
	})
	f, err := registration.Open(t.Context(), s, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Records.EditPatient(t.Context(), p.ID, func(p clinic.Patient) (clinic.Patient, error) {
		p.Given, p.BirthPlace = "Дария", "Торжок"
		p.Contacts[0].Note = "после шести"
		p.Contacts = p.Contacts[:1]                                                                             // takes the second away
		p.Contacts = append(p.Contacts, clinic.Contact{Kind: "email", Value: "new@example.org"})                // and adds one
		p.Addresses = append(p.Addresses, clinic.Address{Use: "registration", City: "Кимры", Street: "Мирная"}) // and an address
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	set(f, "family", "Озёрная", "contacts[0].owner", "мужа", "addresses[0].flat", "13")
	got := save(t, f)
	if got.Family != "Озёрная" || got.Given != "Дария" || got.BirthPlace != "Торжок" || got.CaseNumber != p.CaseNumber {
		t.Errorf("%+v", got)
	}
	if len(got.Contacts) != 2 || got.Contacts[0].Note != "после шести" || got.Contacts[0].Owner != "мужа" || got.Contacts[1].Value != "new@example.org" {
		t.Errorf("%+v", got.Contacts)
	}
	if len(got.Addresses) != 2 || got.Addresses[0].Flat != "13" || got.Addresses[1].City != "Кимры" {
		t.Errorf("%+v", got.Addresses)
	}
}

// TestRemoveAndUndo: a line that was taken out comes back as it was.
func TestRemoveAndUndo(t *testing.T) {
	s := session(t)
	p := presenttest.Patient(t, s)
	f, err := registration.Open(t.Context(), s, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	undo := f.Remove("contacts", 0)
	if len(f.Sections()[1].List.Lines) != 0 || !f.Dirty() {
		t.Fatal("it stays")
	}
	undo()
	if f.Dirty() || f.Get("contacts[0].value") != "+7 916 555-01-42" {
		t.Errorf("%q", f.Get("contacts[0].value"))
	}
	f.Remove("contacts", 0)
	if got := save(t, f); len(got.Contacts) != 0 {
		t.Errorf("%+v", got.Contacts)
	}
}

// TestRefusedAtItsField: an error of the service is told at the line of the form that
// it is about, even when empty lines stand before it.
func TestRefusedAtItsField(t *testing.T) {
	s := session(t)
	f := registration.New(s, "Озёрная")
	f.Add("contacts")
	f.Add("representatives")
	set(f, "contacts[1].kind", "fax", "contacts[1].value", "+7 916 555-01-42")
	deed := f.Submit()
	if deed == nil {
		t.Fatal(f.First())
	}
	_, err := deed(t.Context())
	if err == nil || !f.Refused(err) {
		t.Fatalf("%v", err)
	}
	if f.First() != "contacts[1].kind" || f.Say("contacts[1].kind").Text == "" {
		t.Errorf("%q: %+v", f.First(), f.Say("contacts[1].kind"))
	}
	if f.Marks()[1] != registration.Wrong {
		t.Error("the section is not marked")
	}
	f.Set("contacts[1].kind", "phone")
	if save(t, f); f.First() != "" {
		t.Errorf("%q", f.First())
	}
}

// TestBegin: what was typed in the search is not typed again (R2.5).
func TestBegin(t *testing.T) {
	s := session(t)
	f := registration.New(s, "ковылина дарья 09.03.1984")
	if f.Get("family") != "Ковылина" || f.Get("given") != "Дарья" || f.Get("birth_date") != "09.03.1984" {
		t.Errorf("%q %q %q", f.Get("family"), f.Get("given"), f.Get("birth_date"))
	}
	f = registration.New(s, "8 916 555 01 42")
	if f.Get("contacts[0].value") == "" || f.Get("family") != "" {
		t.Errorf("%q %q", f.Get("contacts[0].value"), f.Get("family"))
	}
}

// TestAlike: a second card is noticed while it is typed (R1.6).
func TestAlike(t *testing.T) {
	s := session(t)
	p := presenttest.Patient(t, s)
	f := registration.New(s, "Ко")
	if f.Key() != "" {
		t.Error("looks for anybody")
	}
	set(f, "family", "Ковылина", "given", "Дарья", "patronymic", "Игоревна", "birth_date", "09.03.1984")
	found, err := f.Look()(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.Found(found)
	list := f.Alike()
	if len(list) != 1 || list[0].ID != p.ID || !list[0].Sure || !strings.Contains(list[0].Why, "дата рождения") || !strings.Contains(list[0].Contact, "01-42") {
		t.Fatalf("%+v", list)
	}
	f.Dismiss()
	if f.Found(found); len(f.Alike()) != 0 {
		t.Error("they come back")
	}
}

// TestSuggestPlaces: what is offered begins with what was typed, then holds it.
func TestSuggestPlaces(t *testing.T) {
	f := registration.New(session(t), "")
	if got := f.Suggest("addresses[0].city", "тве"); len(got) == 0 || got[0] != "Тверь" {
		t.Errorf("%v", got)
	}
	if got := f.Suggest("citizenship", ""); len(got) == 0 || got[0] != "Россия" {
		t.Errorf("%v", got)
	}
	if got := f.Suggest("addresses[0].city", "Тверь"); got != nil {
		t.Errorf("%v", got)
	}
	if got := f.Suggest("family", "О"); got != nil {
		t.Errorf("%v", got)
	}
}
