package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// seeds of JSON that people and scripts send by mistake.
var seeds = []string{
	``, ` `, `null`, `{}`, `[]`, `"x"`, `5`, `{"family":"Иванов"}`, `{"family":"Иванов"} {}`, `{"family":`, `{"family":5}`,
	`{"Family":"Иванов"}`, `{"family":"а","family":"б"}`, `{"famly":""}`, `{"contacts":[{"kind":"phone","value":"1"}]}`,
	`{"contacts":[{"kynd":1}]}`, `{"contacts":{}}`, `{"mother":"7"}`, `{"note":null}`, `{"family":"\ud800"}`, `{"family":"\u0000"}`,
	`{"birth_order":1e3}`, `{"source":{"id":"1"}}`, "\ufeff{}", `{"a":{"b":[{"c":{}}]}}`, `{"id":"0199aaaa-0000-7000-8000-000000000001"}`,
}

// readAs feeds a text to a command's reading of JSON.
func readAs(text []byte, v any) error {
	s := &session{program: &program{stdin: bytes.NewReader(text)}}
	return s.readJSON(v)
}

// FuzzInput: no input breaks the reading, a refusal is a fault of the kind
// invalid, and what is taken is taken whole: printed and read again it is the
// same card.
func FuzzInput(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p clinic.Patient
		if err := readAs(b, &p); err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v", b, err)
			}
			return
		}
		printed, err := json.Marshal(p)
		if err != nil {
			t.Skip("an instant that RFC 3339 can't hold")
		}
		var again clinic.Patient
		if err := readAs(printed, &again); err != nil {
			t.Fatalf("%q is taken, what was made of it is not: %q: %v", b, printed, err)
		}
		if p.ID != again.ID || p.Family != again.Family || len(p.Contacts) != len(again.Contacts) {
			t.Fatalf("%q became %q", b, printed)
		}
	})
}

// FuzzPatch: a patch that is taken changes nothing the second time, and never the
// record's id.
func FuzzPatch(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	stored := clinic.Patient{
		Record: clinic.Record{ID: clinic.NewID()}, Name: clinic.Name{Family: "Иванов"}, Sex: clinic.Male, Note: "заметка",
		Contacts: []clinic.Contact{{Record: clinic.Record{ID: clinic.NewID()}, Kind: "phone", Value: "1"}},
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &session{program: &program{stdin: bytes.NewReader(b)}}
		patch, _, err := s.readPatch("А-000001")
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v", b, err)
			}
			return
		}
		once, err := merge(stored, patch)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Skip("an instant that RFC 3339 can't hold")
			}
			return
		}
		if once.ID != stored.ID {
			t.Fatalf("%q changed the id", b)
		}
		twice, err := merge(once, patch)
		if err != nil || !reflect.DeepEqual(once, twice) {
			t.Fatalf("%q: %+v, then %+v, %v", b, once, twice, err)
		}
	})
}

// fieldsOfCard are members of a card with a value each.
var fieldsOfCard = map[string]string{
	"family": `"Петров"`, "given": `"Пётр"`, "sex": `"female"`, "note": `"другая"`, "birth_date": `"1990-01-02"`,
	"contacts": `[{"kind":"email","value":"a@example.org"}]`, "incapable": `true`, "citizenship": `"KAZ"`,
}

// TestPatchTouchesWhatItNames: of two cards that differ anywhere, a patch makes
// the members equal that it names and leaves the others.
func TestPatchTouchesWhatItNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(fieldsOfCard))), func(s string) string { return s }).Draw(t, "names")
		empty := rapid.Bool().Draw(t, "empty")
		patch := map[string]json.RawMessage{}
		for _, name := range names {
			patch[name] = json.RawMessage(fieldsOfCard[name])
			if empty {
				patch[name] = json.RawMessage("null")
			}
		}
		stored := clinic.Patient{Name: clinic.Name{Family: "Иванов", Given: "Иван", Patronymic: "Иванович"}, Sex: clinic.Male, Note: "заметка", BirthDate: "1980"}
		got, err := merge(stored, patch)
		if err != nil {
			t.Fatal(err)
		}
		before, after := members(t, stored), members(t, got)
		for name := range fieldsOfCard {
			_, named := patch[name]
			switch {
			case !named && !bytes.Equal(before[name], after[name]):
				t.Fatalf("%s was not named and became %s", name, after[name])
			case named && empty && name != "sex" && after[name] != nil:
				t.Fatalf("%s was emptied and is %s", name, after[name])
			case named && !empty && name != "contacts" && !bytes.Equal(after[name], patch[name]):
				t.Fatalf("%s is %s, not %s", name, after[name], patch[name])
			}
		}
	})
}

func members(t *rapid.T, v any) map[string]json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestFaultsOfInput: the place of a mistake is named as the writer of the JSON
// knows it, at any depth, and what stands there is never repeated.
func TestFaultsOfInput(t *testing.T) {
	for _, c := range []struct{ in, key, field string }{
		{`{"family":5}`, "fault.input.type", "family"},
		{`{"contacts":[{"kind":"phone","value":"1"},{"kind":"phone","value":2}]}`, "fault.input.type", "contacts[1].value"},
		{`{"contacts":[{"kind":"phone"},7]}`, "fault.input.type", "contacts[1]"},
		{`{"contacts":{"kind":"phone"}}`, "fault.input.type", "contacts"},
		{`{"representatives":[{"relation":"mother","nick":"секрет"}]}`, "fault.input.unknown", "representatives[0].nick"},
		{`{"source":{"system":"x","id":"1","url":"секрет"}}`, "fault.input.unknown", "source.url"},
		{`{"mother":"секрет"}`, "fault.input.value", "mother"},
		{`{"family":"а","Family":"секрет"}`, "fault.input.unknown", "Family"},
		{`{"contacts":[{"kind":"phone","kind":"секрет"}]}`, "fault.input.twice", "kind"},
		{`{"family":"секрет"`, "fault.input.syntax", ""},
		{`{"family":"секрет"}}`, "fault.input.more", ""},
		{`"секрет"`, "fault.input.type", ""},
	} {
		var p clinic.Patient
		err := readAs([]byte(c.in), &p)
		var f *fault.Error
		if !errors.As(err, &f) || f.Key != c.key || f.Field != c.field {
			t.Errorf("%s: %v, want %s at %q", c.in, err, c.key, c.field)
			continue
		}
		if strings.Contains(f.Error(), "секрет") {
			t.Errorf("%s: the fault repeats the input: %v", c.in, f)
		}
	}
}
