package fhir

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"feldsher/internal/clinic"
)

// noIDs compares content only; identity has tests of its own.
var noIDs = cmp.Options{
	cmpopts.IgnoreTypes(clinic.ID{}, clinic.Source{}), cmpopts.EquateEmpty(),
}

func patientOf(t *testing.T, elements string) (clinic.Patient, *Content) {
	t.Helper()
	c := read(t, `{"resourceType":"Patient","id":"`+uuidA+`"`+elements+`}`, Options{})
	if len(c.Patients) != 1 {
		t.Fatalf("%d patients, %v", len(c.Patients), c.Warned)
	}
	return c.Patients[0].Patient, c
}

func TestNames(t *testing.T) {
	type former = clinic.FormerName
	tests := map[string]struct {
		in     string
		want   clinic.Name
		former []former
	}{
		"official first": {
			`[{"use":"maiden","family":"Петрова","given":["Анна"]},{"use":"official","family":"Иванова","given":["Анна","Сергеевна"],"prefix":["Mrs."]}]`,
			clinic.Name{Family: "Иванова", Given: "Анна", Patronymic: "Сергеевна"},
			[]former{{Name: clinic.Name{Family: "Петрова", Given: "Анна"}, Kind: "maiden"}},
		},
		"old with an end": {
			`[{"family":"А"},{"use":"old","family":"Б","period":{"end":"1999-05"}}]`,
			clinic.Name{Family: "А"},
			[]former{{Name: clinic.Name{Family: "Б"}, Kind: "former", Until: "1999-05"}},
		},
		"latin spelling": {
			`[{"use":"official","family":"Ким"},{"use":"usual","family":"Kim"}]`,
			clinic.Name{Family: "Ким"},
			[]former{{Name: clinic.Name{Family: "Kim"}, Kind: "latin"}},
		},
		"twice the same":    {`[{"family":"Ким"},{"use":"usual","family":"Ким"}]`, clinic.Name{Family: "Ким"}, nil},
		"two given names":   {`[{"family":"Medina","given":["María Eugenia","Lucía"]}]`, clinic.Name{Family: "Medina", Given: "María Eugenia Lucía"}, nil},
		"kazakh, together":  {`[{"family":"Ахметов","given":["Нұрлан","Серікұлы"]}]`, clinic.Name{Family: "Ахметов", Given: "Нұрлан", Patronymic: "Серікұлы"}, nil},
		"apart":             {`[{"family":"Алиева","given":["Лейла","Рашид","кызы"]}]`, clinic.Name{Family: "Алиева", Given: "Лейла", Patronymic: "Рашид кызы"}, nil},
		"latin patronymic":  {`[{"family":"Ivanov","given":["Ivan Ivanovich"]}]`, clinic.Name{Family: "Ivanov", Given: "Ivan", Patronymic: "Ivanovich"}, nil},
		"one word":          {`[{"given":["Мадонна"]}]`, clinic.Name{Given: "Мадонна"}, nil},
		"only the whole":    {`[{"text":" Иванов  Иван "}]`, clinic.Name{Family: "Иванов Иван"}, nil},
		"maiden and no new": {`[{"use":"maiden","family":"Петрова"}]`, clinic.Name{Family: "Петрова"}, nil},
		"empty first":       {`[{"use":"official"},{"use":"nickname","given":["Вася"]}]`, clinic.Name{Given: "Вася"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, _ := patientOf(t, `,"name":`+test.in)
			if p.Name != test.want || p.NameUnknown {
				t.Errorf("name %+v, want %+v", p.Name, test.want)
			}
			if diff := cmp.Diff(test.former, p.FormerNames, noIDs); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, none := range []string{``, `,"name":[]`, `,"name":[{"use":"official"}]`} {
		if p, c := patientOf(t, none); !p.NameUnknown || c.Warned["fhir.warn.name"] != 1 {
			t.Errorf("no name: %+v %v", p.Name, c.Warned)
		}
	}
}

func TestPatientElements(t *testing.T) {
	p, c := patientOf(t, `,
		"meta":{"security":[{"code":"R"}]},
		"name":[{"family":"Ким","suffix":["Jr."]}],
		"gender":"female","birthDate":"1980-05",
		"_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1980-05-17T04:35:00+05:00"}]},
		"deceasedDateTime":"2020-02-29T07:44:08+00:00","multipleBirthInteger":2,
		"telecom":[{"system":"phone","value":" 8 916 123-45-67 ","use":"mobile"},{"system":"email","value":"a@b.example"},
			{"system":"fax","value":"1"},{"system":"phone"},{"system":"sms","value":"2","use":"old"}],
		"contact":[{"relationship":[{"text":"мать"}],"name":{"family":"Ким","given":["Ольга"]},"telecom":[{"system":"phone","value":"3"}]},
			{"name":{"family":"Цой"}},{"telecom":[{"system":"phone","value":"4"}]}],
		"address":[{"use":"home","line":["ул. Абая, 1","кв. 2"],"city":"Алматы","postalCode":"050000","country":"KZ","district":"Бостандық"},
			{"use":"old","city":"Омск"},{"use":"work","text":"завод"},{"use":"home"}],
		"identifier":[{"system":"urn:oid:1.2.643.100.3","value":"112-233-445 95"},{"system":"urn:oid:1.2.643.3.131.1.1","value":"500100732259"},
			{"type":{"coding":[{"code":"PPN"}]},"value":"N123","assigner":{"display":"МВД"},"period":{"start":"2001-02-03","end":"2011"}},
			{"type":{"text":"Social Security Number","coding":[{"code":"SS"}]},"system":"http://hl7.org/fhir/sid/us-ssn","value":"999"},
			{"system":"http://x.example"}],
		"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"Омск","country":"RU"}},
			{"url":"http://hl7.org/fhir/StructureDefinition/patient-citizenship","extension":[{"url":"code","valueCodeableConcept":{"coding":[{"code":"KZ"}]}}]},
			{"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"Пак"},
			{"url":"http://x.example/us-core-race"}],
		"communication":[{"language":{"text":"ru"}},{"language":{"text":"kk"}}],"maritalStatus":{"text":"M"},
		"active":true,"multipleBirthBoolean":false,"text":{"div":"<div/>"},"photo":[]`)
	want := clinic.Patient{
		Name: clinic.Name{Family: "Ким"}, Sex: clinic.Female, BirthDate: "1980-05", BirthTime: "04:35",
		BirthPlace: "Омск, RU", BirthOrder: 2, DeathDate: "2020-02-29", Citizenship: "KAZ",
		SNILS: "11223344595", TaxNumber: "500100732259", Note: "Девичья фамилия матери: Пак",
		Contacts: []clinic.Contact{
			{Kind: "phone", Value: "8 916 123-45-67", Use: "mobile"},
			{Kind: "email", Value: "a@b.example"},
			{Kind: "phone", Value: "2", Note: "прежний"},
			{Kind: "phone", Value: "3", Use: "relative", Owner: "Ким Ольга, мать"},
		},
		Addresses: []clinic.Address{
			{Use: "residence", Country: "KZ", PostalCode: "050000", District: "Бостандық", City: "Алматы", Street: "ул. Абая, 1, кв. 2"},
			{Use: "work", Text: "завод"},
		},
		Documents: []clinic.Document{
			{Type: "passport", Number: "N123", Issuer: "МВД", Issued: "2001-02-03", ValidUntil: "2011"},
			{Type: "other", Number: "999", Issuer: "Social Security Number", IssuerCode: "http://hl7.org/fhir/sid/us-ssn"},
		},
	}
	if diff := cmp.Diff(want, p, noIDs); diff != "" {
		t.Errorf("card (-want +got):\n%s", diff)
	}
	left := map[string]int{
		"Patient.meta.security": 1, "Patient.name.suffix": 1, "Patient.telecom": 2, "Patient.contact": 2,
		"Patient.address": 2, "Patient.identifier": 1, "Patient.extension:us-core-race": 1,
		"Patient.communication": 2, "Patient.maritalStatus": 1, "Patient.active": 1,
	}
	if diff := cmp.Diff(left, c.Elements); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	if len(c.Warned) != 0 {
		t.Errorf("warned %v", c.Warned)
	}
}

func TestPatientOddities(t *testing.T) {
	p, c := patientOf(t, `,"name":[{"family":"К\u0000им\b"}],"gender":"x","birthDate":"17.05.1980","deceasedBoolean":true`)
	if p.Family != "Ким" || p.Sex != clinic.SexUnknown || p.BirthDate != "" || p.DeathDate != "" {
		t.Errorf("%+v", p)
	}
	if c.Warned["fhir.warn.date"] != 1 || c.Warned["fhir.warn.deceased"] != 1 || c.Elements["Patient.deceasedBoolean"] != 1 {
		t.Errorf("warned %v, left %v", c.Warned, c.Elements)
	}
}
