package clinic_test

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// TestTime: what can be read can be written and read again, to the millisecond.
func TestTime(t *testing.T) {
	for text, want := range map[string]string{
		`"2026-11-21T12:00:00.123999+03:00"`: `"2026-11-21T09:00:00.123Z"`,
		`"1900-01-01T00:00:00Z"`:             `"1900-01-01T00:00:00.000Z"`,
		`"0001-01-01T00:00:00.001Z"`:         `"0001-01-01T00:00:00.001Z"`,
		`"9999-12-31T23:59:59.999Z"`:         `"9999-12-31T23:59:59.999Z"`,
		`""`:                                 `""`,
	} {
		var at clinic.Time
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if b, err := json.Marshal(at); err != nil || string(b) != want {
			t.Errorf("%s is written %s, %v", text, b, err)
		}
	}
	for _, text := range []string{`"9999-12-31T23:59:59-12:00"`, `"0001-01-01T00:00:00+12:00"`, `"0000-01-01T00:00:00Z"`, `"2026-11-21"`, `"завтра"`, `5`} {
		var at clinic.Time
		if err := json.Unmarshal([]byte(text), &at); err == nil {
			t.Errorf("%s is read as %v", text, at.Std())
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		at := clinic.Time(rapid.Int64().Draw(r, "at"))
		var again clinic.Time
		b, err := at.MarshalText()
		if err != nil {
			r.Fatal(err)
		}
		if err = again.UnmarshalText(b); at.Valid() != (err == nil) || err == nil && again != at {
			r.Fatalf("%d: valid %v, %s comes back as %d, %v", at, at.Valid(), b, again, err)
		}
		v, err := at.Value()
		if err != nil || again.Scan(v) != nil || again != at {
			r.Fatalf("%d is stored as %v, %v", at, v, err)
		}
	})
	if clinic.TimeOf(time.Time{}) != 0 || !clinic.Time(0).Std().IsZero() || clinic.Time(math.MaxInt64).Valid() {
		t.Error("the unknown instant")
	}
	if new(clinic.Time).Scan("вчера") == nil {
		t.Error("a text is scanned as an instant")
	}
}

// TestDate: whole, partial and no dates (R1.1).
func TestDate(t *testing.T) {
	for d, valid := range map[clinic.Date]bool{
		"": true, "1980": true, "1980-05": true, "1980-05-17": true, "2024-02-29": true,
		"2023-02-29": false, "1980-13": false, "80": false, "1980-5-17": false, "17.05.1980": false, "1980-05-17T00:00": false, "вчера": false,
	} {
		if d.Valid() != valid {
			t.Errorf("%q: valid %v", d, !valid)
		}
	}
	if clinic.Date("1980-05").Year() != 1980 || clinic.Date("").Year() != 0 || clinic.Date("1980-05").Full() || !clinic.Date("1980-05-17").Full() {
		t.Error("year or fullness")
	}
}

// TestNames: every part may be missing.
func TestNames(t *testing.T) {
	for n, want := range map[clinic.Name][2]string{
		{Family: "Иванов", Given: "Пётр", Patronymic: "Ильич"}: {"Иванов Пётр Ильич", "Иванов П. И."},
		{Given: "Сукарно"}:                   {"Сукарно", "Сукарно"},
		{Given: "Пётр", Patronymic: "Ильич"}: {"Пётр Ильич", "Пётр И."},
		{Family: "Әбдіқызы", Given: "Ғалия"}: {"Әбдіқызы Ғалия", "Әбдіқызы Ғ."},
		{Patronymic: "Ильич"}:                {"Ильич", "Ильич"},
		{}:                                   {"", ""},
	} {
		if n.String() != want[0] || n.Short() != want[1] {
			t.Errorf("%+v: %q, %q", n, n.String(), n.Short())
		}
	}
}

// TestRights: each role has what R11.2 grants it and nothing else; a feldsher
// diagnoses, prescribes and signs by the head's order only, and nobody who was
// removed does anything.
func TestRights(t *testing.T) {
	all := []clinic.Right{
		clinic.ReadCards, clinic.WriteCards, clinic.ReadCare, clinic.WriteCare, clinic.Prescribe, clinic.SignProtocols, clinic.ExportCards,
		clinic.ExportCare, clinic.ImportData, clinic.ReadLedger, clinic.ManageUsers, clinic.ManageClinic, clinic.MakeDemo, clinic.CheckClinic,
	}
	want := map[clinic.Role]string{
		clinic.Reception:     "cards.read cards.write clinic.check",
		clinic.Doctor:        "cards.read cards.write care.read care.write care.prescribe protocols.sign export.cards export.care clinic.check",
		clinic.Feldsher:      "cards.read cards.write care.read care.write clinic.check",
		clinic.Nurse:         "cards.read care.read care.write clinic.check",
		clinic.Head:          "cards.read cards.write care.read export.cards export.care import ledger.read clinic.manage clinic.check",
		clinic.Administrator: "ledger.read users.manage clinic.manage clinic.demo clinic.check",
		clinic.Auditor:       "ledger.read clinic.check",
	}
	rights := func(s clinic.Staff) (out string) {
		for _, r := range all {
			if s.May(r) {
				out += " " + string(r)
			}
		}
		return out
	}
	for _, role := range clinic.Roles {
		s := clinic.Staff{Roles: []clinic.Role{role}, Active: true}
		if got := rights(s); got != " "+want[role] {
			t.Errorf("%s:%s", role, got)
		}
		s.Order = "приказ № 7"
		ordered := s.May(clinic.Prescribe) && s.May(clinic.SignProtocols)
		if ordered != (role == clinic.Feldsher || role == clinic.Doctor) {
			t.Errorf("%s with an order: %v", role, ordered)
		}
		s.Active = false
		if got := rights(s); got != "" {
			t.Errorf("removed %s:%s", role, got)
		}
		if !clinic.ValidRole(role) {
			t.Errorf("%s is no role", role)
		}
	}
	blank := clinic.Staff{Roles: []clinic.Role{clinic.Feldsher}, Order: " \n", Active: true}
	if blank.May(clinic.Prescribe) || clinic.ValidRole("доктор") {
		t.Error("a blank order, or an unknown role")
	}
	// What one role lacks another brings: one person is all of them in an outpost.
	if got := rights(clinic.Staff{Roles: clinic.Roles, Active: true}); len(got) == 0 || slices.ContainsFunc(all, func(r clinic.Right) bool {
		return !(&clinic.Staff{Roles: clinic.Roles, Active: true}).May(r)
	}) {
		t.Errorf("all roles together:%s", got)
	}
}

// TestSignedForm: every field of a protocol but the whereabouts of its original, its
// own digest and signature stand under the signature, and two protocols never share
// a form (R3.4).
func TestSignedForm(t *testing.T) {
	free := []string{"Record", "Status", "Digest", "Signature", "Original", "Scan", "Qualified"}
	base := clinic.Protocol{Care: &clinic.Care{}}
	form := func(p clinic.Protocol) string {
		t.Helper()
		b, err := p.SignedForm()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	was := form(base)
	fill := func(v reflect.Value) {
		switch x := v.Addr().Interface().(type) {
		case *clinic.ID:
			*x = clinic.NewID()
		case *map[string]string:
			*x = map[string]string{"a": "b"}
		case *[]clinic.Field:
			*x = []clinic.Field{{Key: "a"}}
		case *[]clinic.Diagnosis:
			*x = []clinic.Diagnosis{{Text: "a"}}
		case *[]clinic.Observation:
			*x = []clinic.Observation{{Text: "a"}}
		case *[]clinic.Prescription:
			*x = []clinic.Prescription{{INN: "a"}}
		case *[]clinic.Order:
			*x = []clinic.Order{{Text: "a"}}
		case *[]byte:
			*x = []byte{1}
		case *clinic.Name:
			x.Family = "a"
		case **clinic.Care:
			*x = nil
		default:
			switch v.Kind() {
			case reflect.String:
				v.SetString("a")
			case reflect.Int, reflect.Int64:
				v.SetInt(7)
			case reflect.Bool:
				v.SetBool(true)
			default:
				t.Fatalf("a field of type %s is new here", v.Type())
			}
		}
	}
	for i := range reflect.TypeFor[clinic.Protocol]().NumField() {
		p := base
		f := reflect.TypeFor[clinic.Protocol]().Field(i)
		if f.Name == "Record" {
			p.ID = clinic.NewID()
			if form(p) == was {
				t.Error("the id does not stand under the signature")
			}
			continue
		}
		fill(reflect.ValueOf(&p).Elem().Field(i))
		if changed := form(p) != was; changed == slices.Contains(free, f.Name) {
			t.Errorf("%s: under the signature %v", f.Name, changed)
		}
	}
	for i := range reflect.TypeFor[clinic.Care]().NumField() {
		p := base
		p.Care = &clinic.Care{}
		fill(reflect.ValueOf(p.Care).Elem().Field(i))
		if form(p) == was {
			t.Errorf("Care.%s does not stand under the signature", reflect.TypeFor[clinic.Care]().Field(i).Name)
		}
	}
}

// TestCare: what is taken down is put over card and visit again, whole, without ids of
// rows, and does not change with them.
func TestCare(t *testing.T) {
	id := clinic.NewID()
	p := clinic.Patient{Record: clinic.Record{ID: id}, Name: clinic.Name{Family: "Иванов"}, CaseNumber: "А-1", Sex: clinic.Male, BirthDate: "1980", BirthOrder: 2}
	v := clinic.Visit{
		Record: clinic.Record{ID: id}, Kind: "home", StaffName: "Ким", CareFrom: 1, CareUntil: 2, Entered: 3, Late: true,
		Diagnoses:     []clinic.Diagnosis{{Record: clinic.Record{ID: id}, Patient: id, Visit: id, Text: "ОРВИ", Original: "{}"}},
		Observations:  []clinic.Observation{{Record: clinic.Record{ID: id}, Kind: "vital", Value: "36.6"}, {Kind: "laboratory", Value: "5"}},
		Prescriptions: []clinic.Prescription{{Record: clinic.Record{ID: id}, Staff: id, INN: "парацетамол", Source: clinic.Source{System: "x"}}},
		Orders:        []clinic.Order{{Record: clinic.Record{ID: id}, Patient: id, Visit: id, Pathway: id, Kind: "laboratory", Text: "анализ крови"}},
	}
	care := clinic.CareOf(&p, &v)
	b, err := json.Marshal(care)
	if err != nil || strings.Contains(string(b), id.String()) || len(care.Observations) != 1 || len(care.Orders) != 1 {
		t.Errorf("%s, %v", b, err)
	}
	v.Diagnoses[0].Text, v.Prescriptions[0].INN, v.Orders[0].Text = "грипп", "другое", "иное"
	var card clinic.Patient
	var visit clinic.Visit
	care.Onto(&card, &visit)
	if again := clinic.CareOf(&card, &visit); !reflect.DeepEqual(again, care) || visit.Diagnoses[0].Text != "ОРВИ" || card.BirthOrder != 2 || visit.Orders[0].Text != "анализ крови" || !visit.Late {
		t.Errorf("%+v", again)
	}
}

// TestPolicy: every table has a key of its patient, every column one group, every
// group a policy that the merge knows; what is written once is never also merged.
func TestPolicy(t *testing.T) {
	seen := map[string]bool{}
	for _, table := range clinic.Tables {
		if seen[table.Name] {
			t.Errorf("%s stands twice", table.Name)
		}
		seen[table.Name] = true
		if (table.Patient == "") != (table.Class == ledger.None) {
			t.Errorf("%s: patient %q, class %d", table.Name, table.Patient, table.Class)
		}
		columns := map[string]bool{}
		for _, g := range table.Groups {
			if g.Policy < ledger.Winner || g.Policy > ledger.InsertOnly || len(g.Columns) == 0 {
				t.Errorf("%s.%s: policy %d", table.Name, g.Name, g.Policy)
			}
			for _, c := range g.Columns {
				if columns[c] {
					t.Errorf("%s.%s stands in two groups", table.Name, c)
				}
				columns[c] = true
				if c == table.Patient && g.Policy != ledger.InsertOnly {
					t.Errorf("%s: the patient of a row may change", table.Name)
				}
			}
		}
		if !columns["deleted"] {
			t.Errorf("%s has no tombstone", table.Name)
		}
		if table.Patient != "" && table.Patient != "id" && !columns[table.Patient] {
			t.Errorf("%s: %s stands in no group", table.Name, table.Patient)
		}
	}
}
