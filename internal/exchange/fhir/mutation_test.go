package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"feldsher/internal/fault"
)

// whole is a bundle with something of everything that is read.
const whole = `{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self"}],"entry":[
{"fullUrl":"https://a.example/Patient/1","resource":{"resourceType":"Patient","id":"1","meta":{"lastUpdated":"2020-01-01"},
 "name":[{"use":"official","family":"Ким","given":["Анна"]},{"use":"maiden","family":"Цой"}],"gender":"female","birthDate":"1980",
 "telecom":[{"system":"phone","value":"1"}],"address":[{"line":["a"],"city":"b"}],"identifier":[{"type":{"text":"t"},"value":"2"}],
 "contact":[{"name":{"text":"x"},"telecom":[{"system":"phone","value":"3"}]}],"extension":[{"url":"u","valueString":"v"}]}},
{"fullUrl":"https://a.example/Encounter/1","resource":{"resourceType":"Encounter","id":"1","status":"finished","class":{"code":"AMB"},
 "subject":{"reference":"Patient/1"},"period":{"start":"2020-01-01T00:00:00Z"},"participant":[{"individual":{"reference":"Practitioner/1"}}],
 "diagnosis":[{"condition":{"reference":"Condition/1"},"rank":1}],"reasonCode":[{"coding":[{"code":"1","display":"r"}]}]}},
{"resource":{"resourceType":"Practitioner","id":"1","name":[{"family":"Ли"}]}},
{"fullUrl":"https://a.example/Condition/1","resource":{"resourceType":"Condition","id":"1","subject":{"reference":"Patient/1"},
 "encounter":{"reference":"Encounter/1"},"code":{"coding":[{"system":"s","code":"c","display":"d"}]},"clinicalStatus":{"coding":[{"code":"active"}]},
 "onsetDateTime":"2019","note":[{"text":"n"}]}},
{"fullUrl":"https://a.example/Observation/1","resource":{"resourceType":"Observation","id":"1","status":"final","subject":{"reference":"Patient/1"},
 "encounter":{"reference":"Encounter/1"},"code":{"text":"o"},"valueQuantity":{"value":1.5,"unit":"g"},"referenceRange":[{"low":{"value":1}}],
 "component":[{"code":{"text":"p"},"valueInteger":2}],"hasMember":[{"reference":"Observation/2"}],"effectiveDateTime":"2020-01-01"}},
{"fullUrl":"https://a.example/Observation/2","resource":{"resourceType":"Observation","id":"2","subject":{"reference":"Patient/1"},"code":{"text":"m"}}},
{"fullUrl":"https://a.example/MedicationRequest/1","resource":{"resourceType":"MedicationRequest","id":"1","status":"active","intent":"order",
 "subject":{"reference":"Patient/1"},"contained":[{"resourceType":"Medication","id":"m","code":{"text":"drug"}}],"medicationReference":{"reference":"#m"},
 "dosageInstruction":[{"timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":1}}]}]}},
{"fullUrl":"https://a.example/AllergyIntolerance/1","resource":{"resourceType":"AllergyIntolerance","id":"1","patient":{"reference":"Patient/1"},
 "code":{"text":"a"},"reaction":[{"manifestation":[{"text":"m"}],"severity":"mild"}]}},
{"resource":{"resourceType":"Claim","id":"1"}}]}`

// oddities replace a value anywhere in the bundle.
var oddities = []string{
	`null`, `true`, `7`, `1e99`, `""`, `"Patient/1"`, `"Observation/1"`, `"#m"`, `"1"`, `"2020-13"`,
	`"\u0000"`, `"Patient"`, `"entered-in-error"`, `{}`, `[]`, `[null]`, `[{}]`, `{"reference":"#m"}`,
}

func odd(t *rapid.T) any {
	return json.RawMessage(rapid.SampledFrom(oddities).Draw(t, "value"))
}

// A file that is wrong anywhere still ends in a fault or in content that keeps
// its promises; and where only a resource is wrong, the rest is read.
func TestWrongAnywhere(t *testing.T) {
	for range 10 { // a hundred checks each: one in some hundred is telling here
		rapid.Check(t, func(rt *rapid.T) { wrongSomewhere(t, rt) })
	}
}

func wrongSomewhere(t *testing.T, rt *rapid.T) {
	dec := json.NewDecoder(bytes.NewReader([]byte(whole)))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		rt.Fatal(err)
	}
	for range rapid.IntRange(1, 3).Draw(rt, "changes") {
		tree = mutate(rt, tree)
	}
	file, err := json.Marshal(tree)
	if err != nil {
		rt.Fatal(err)
	}
	c, err := Read(t.Context(), bytes.NewReader(file), Options{Source: "s"})
	if err != nil {
		var known *fault.Error
		if !errors.As(err, &known) || known.Kind != fault.Invalid || known.Err != nil {
			rt.Fatalf("%s\n%v", file, err)
		}
		return
	}
	again, err := Read(t.Context(), bytes.NewReader(file), Options{Source: "s"})
	if err != nil || !cmp.Equal(c, again) {
		rt.Fatalf("%s\nsecond reading differs", file)
	}
	promises(rt, c)
}

// mutate changes one value somewhere below v.
func mutate(t *rapid.T, v any) any {
	if rapid.IntRange(0, 12).Draw(t, "stop") == 0 {
		return odd(t)
	}
	switch v := v.(type) {
	case object:
		if len(v) == 0 {
			return odd(t)
		}
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(v))).Draw(t, "name")
		if rapid.IntRange(0, 15).Draw(t, "delete") == 0 {
			delete(v, name)
			return v
		}
		v[name] = mutate(t, v[name])
		return v
	case []any:
		if len(v) == 0 {
			return odd(t)
		}
		i := rapid.IntRange(0, len(v)-1).Draw(t, "item")
		if rapid.IntRange(0, 15).Draw(t, "double") == 0 {
			return append(v, v[i])
		}
		v[i] = mutate(t, v[i])
		return v
	}
	return odd(t)
}

func TestWholeIsClean(t *testing.T) {
	c := read(t, whole, Options{Source: "s"})
	promises(t, c)
	want := Counts{
		Patients: 1, Visits: 1, Diagnoses: 1, Problems: 1, Allergies: 1,
		Observations: 2, Parts: 1, Prescriptions: 1,
	}
	if diff := cmp.Diff(want, c.Counts()); diff != "" {
		t.Errorf("%s\nwarned %v", diff, c.Warned)
	}
}
