package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/translations"
)

// FuzzRead: whatever the bytes, reading ends in a fault of kind Invalid or in
// content that keeps its promises.
func FuzzRead(f *testing.F) {
	f.Add([]byte(bundle(somebody, `{"resourceType":"Observation",`+of1+`,"code":{"text":"x"},"valueQuantity":{"value":1.50},"component":[{"valueInteger":1}],"hasMember":[{"reference":"#a"}]}`)))
	f.Add([]byte(somebody + "\n" + `{"resourceType":"Encounter",` + of1 + `,"type":[{"text":"y"}],"contained":[{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"#r"}}],"participant":[{"individual":{"reference":"#r"}}]}`))
	f.Add([]byte("\ufeff" + entry("urn:uuid:"+uuidA, `{"resourceType":"Patient","name":[{"text":"\u0000"}],"birthDate":"1980"}`)))
	f.Add([]byte(bundle(somebody, `{"resourceType":"MedicationRequest",`+of1+`,"status":"active","dosageInstruction":[{"timing":{"repeat":{"frequency":1,"period":1e2,"periodUnit":"d"}}}]}`)))
	f.Add([]byte(whole))
	f.Add([]byte(bundle(somebody, `{"resourceType":"AllergyIntolerance","id":"1","patient":{"reference":"Patient/1"}}`, `{"resourceType":"Condition",`+of1+`}`)))
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := Read(t.Context(), bytes.NewReader(file), Options{})
		if err != nil {
			var known *fault.Error
			if !errors.As(err, &known) || known.Kind != fault.Invalid || known.Err != nil {
				t.Fatalf("no fault: %v", err)
			}
			return
		}
		again, err := Read(t.Context(), bytes.NewReader(file), Options{})
		if err != nil || !cmp.Equal(c, again) {
			t.Fatalf("second reading differs: %v", err)
		}
		promises(t, c)
	})
}

// tester is what *testing.T and *rapid.T have in common here.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

func promises(t tester, c *Content) {
	t.Helper()
	n := c.Counts()
	records := map[string]int{
		"Patient": n.Patients, "Encounter": n.Visits, "Condition": n.Diagnoses, "Observation": n.Observations,
		"MedicationRequest": n.Prescriptions, "AllergyIntolerance": n.Allergies,
	}
	for kind, seen := range c.Seen {
		if seen != records[kind]+c.Skipped[kind] {
			t.Errorf("%s: %d seen, %d records, %d skipped", kind, seen, records[kind], c.Skipped[kind])
		}
	}
	b, err := json.Marshal(c)
	if err != nil || bytes.Contains(b, []byte(`\u0000`)) && !bytes.Contains(b, []byte(`\\u0000`)) {
		t.Errorf("content can't be stored: %v", err)
	}
	ids := map[string]bool{}
	for _, id := range idsOf(t, c) {
		if ids[id] {
			t.Errorf("id %s stands twice", id)
		}
		ids[id] = true
	}
	each(c, func(v *clinic.Visit) {
		for _, o := range v.Observations {
			for _, d := range []clinic.Decimal{o.Value, o.Low, o.High} {
				if _, ok := new(big.Rat).SetString(string(d)); d != "" && !ok {
					t.Errorf("decimal %q", d)
				}
			}
		}
	})
	for _, p := range c.Patients {
		if !p.Patient.BirthDate.Valid() || !p.Patient.Sex.Valid() || p.Patient.Name.String() == "" != p.Patient.NameUnknown {
			t.Errorf("card %+v", p.Patient)
		}
	}
}

// FuzzExact holds the decimals against the arithmetic of the standard library.
func FuzzExact(f *testing.F) {
	f.Add("1.50e-3")
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := exact(json.Number(s))
		if !ok {
			return
		}
		want, fine := new(big.Rat).SetString(s)
		got, plain := new(big.Rat).SetString(string(d))
		if !fine || !plain || want.Cmp(got) != 0 || strings.ContainsAny(string(d), "eE+ ") {
			t.Errorf("%q became %q", s, d)
		}
	})
}

// Every key that the code names has a sentence in every language.
func TestSentences(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(fhir\.[a-z_.]*[a-z_])"`).FindAllSubmatch(source, -1) {
			found++
			for _, lang := range translations.Languages {
				key := string(m[1])
				if !translations.Has(lang, key) && !translations.Has(lang, key+"#other") {
					t.Errorf("%s: no sentence for %s (%s)", lang, key, name)
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d keys found: has the code moved?", found)
	}
}
