package fhir

import (
	"strings"
	"testing"

	"feldsher/internal/clinic"
)

const (
	uuidA = "7d3aec4c-0f8f-4bde-b6c2-37fdb2c537d8"
	uuidB = "4ef9f896-10bc-4479-acd6-1153e7318f14"
)

func entry(url, resource string) string {
	return `{"resourceType":"Bundle","type":"batch","entry":[{"fullUrl":"` + url + `","resource":` + resource + `}]}`
}

func withID(id string) string { return `{"resourceType":"Patient","id":"` + id + `"}` }

func onlyID(t *testing.T, file, source string) clinic.ID {
	t.Helper()
	c := read(t, file, Options{Source: source})
	if len(c.Patients) != 1 {
		t.Fatalf("%d patients", len(c.Patients))
	}
	return c.Patients[0].Patient.ID
}

// The ids are a contract: imported records hang on them for ever.
func TestIdentityIsFixed(t *testing.T) {
	for name, test := range map[string]struct{ file, source, want string }{
		"uuid":  {withID(uuidA), "", "74175cac-df95-5f9d-9495-70be36e8b150"},
		"short": {withID("1"), "https://a.example/fhir", "c0d11b7e-5a12-560b-a897-5efc3f1ce36e"},
	} {
		if got := onlyID(t, test.file, test.source).String(); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestIdentitySameAndOther(t *testing.T) {
	const a, b = "https://a.example/fhir", "https://b.example/fhir"
	one := onlyID(t, withID("1"), a)
	tests := map[string]struct {
		file, source string
		same         clinic.ID
		equal        bool
	}{
		"full address, no source":          {entry(a+"/Patient/1", withID("1")), "", one, true},
		"full address beats the source":    {entry(a+"/Patient/1", withID("1")), b, one, true},
		"slash behind the source":          {withID("1"), a + "/", one, true},
		"another source":                   {withID("1"), b, one, false},
		"no source":                        {withID("1"), "", one, false},
		"address of another resource":      {entry(a+"/Patient/2", withID("1")), b, one, false},
		"temporary address within source":  {entry("urn:uuid:"+uuidA, withID("1")), a, one, true},
		"uuid in any system":               {withID(uuidA), a, onlyID(t, withID(uuidA), b), true},
		"uuid in capitals":                 {withID(strings.ToUpper(uuidA)), a, onlyID(t, withID(uuidA), ""), true},
		"uuid of the entry":                {entry("urn:uuid:"+uuidA, `{"resourceType":"Patient"}`), "", onlyID(t, withID(uuidA), ""), true},
		"counted uuid belongs to a system": {withID("00000000-0000-0000-0000-000000000001"), a, onlyID(t, withID("00000000-0000-0000-0000-000000000001"), b), false},
		"no id in the same file":           {bundle(`{"resourceType":"Patient"}`), "", onlyID(t, bundle(`{"resourceType":"Patient"}`), ""), true},
		"no id in another file":            {bundle(`{"resourceType":"Patient"}`) + "\n", "", onlyID(t, bundle(`{"resourceType":"Patient"}`), ""), false},
		"a bar in the id":                  {withID("x|1"), a, onlyID(t, withID("1"), a+"|Patient|x"), false},
	}
	for name, test := range tests {
		if got := onlyID(t, test.file, test.source); (got == test.same) != test.equal {
			t.Errorf("%s: same record %v, want %v", name, got == test.same, test.equal)
		}
	}
}

func TestIdentityWarns(t *testing.T) {
	if c := read(t, withID("1"), Options{}); c.Warned["fhir.warn.no_source"] != 1 ||
		!strings.HasPrefix(c.Patients[0].Patient.Source.System, "fhir:sha256:") {
		t.Errorf("short id without a source: %v %v", c.Warned, c.Patients[0].Patient.Source)
	}
	if c := read(t, withID(uuidA), Options{}); len(c.Warned) != 1 || // the name only
		c.Patients[0].Patient.Source != (clinic.Source{System: "fhir", Code: uuidA}) {
		t.Errorf("uuid: %v %v", c.Warned, c.Patients[0].Patient.Source)
	}
}

func TestRepeatedResources(t *testing.T) {
	version := func(family, updated string) string {
		return `{"resourceType":"Patient","id":"` + uuidA + `","meta":{"lastUpdated":"` + updated + `"},"name":[{"family":"` + family + `"}]}`
	}
	for want, file := range map[string]string{
		"Новая":     bundle(version("Новая", "2024-01-01"), version("Старая", "2023-01-01")),
		"Последняя": bundle(version("Первая", ""), version("Последняя", "")),
	} {
		c := read(t, file, Options{})
		if len(c.Patients) != 1 || c.Patients[0].Patient.Family != want || c.Skipped["Patient"] != 1 ||
			c.Warned["fhir.warn.repeated"] != 1 {
			t.Errorf("%d patients, %v, want %s", len(c.Patients), c.Warned, want)
		}
	}
}

func TestReferences(t *testing.T) {
	const base = "https://a.example/fhir"
	full := func(kind, id, more string) string {
		return `{"fullUrl":"` + base + "/" + kind + "/" + id + `","resource":{"resourceType":"` + kind + `","id":"` + id + `"` + more + `}}`
	}
	looking := func(ref string) string { return `,"subject":{"reference":"` + ref + `"}` }
	urn := `{"fullUrl":"urn:uuid:` + uuidB + `","resource":{"resourceType":"Patient","id":"9"}}`
	tests := map[string]struct {
		entries []string
		found   bool
	}{
		"relative":                 {[]string{full("Patient", "1", ""), full("Observation", "o", looking("Patient/1"))}, true},
		"absolute":                 {[]string{full("Patient", "1", ""), full("Observation", "o", looking(base+"/Patient/1"))}, true},
		"version":                  {[]string{full("Patient", "1", ""), full("Observation", "o", looking("Patient/1/_history/3"))}, true},
		"urn":                      {[]string{urn, full("Observation", "o", looking("urn:uuid:"+uuidB))}, true},
		"relative to no address":   {[]string{`{"resource":{"resourceType":"Patient","id":"1"}}`, full("Observation", "o", looking("Patient/1"))}, true},
		"before it stands":         {[]string{full("Observation", "o", looking("Patient/1")), full("Patient", "1", "")}, true},
		"address of another house": {[]string{full("Patient", "1", ""), full("Observation", "o", looking("https://b.example/fhir/Patient/1"))}, false},
		"nobody":                   {[]string{full("Patient", "1", ""), full("Observation", "o", looking("Patient/2"))}, false},
		"a group":                  {[]string{full("Group", "1", ""), full("Observation", "o", looking("Group/1"))}, false},
		"no subject":               {[]string{full("Patient", "1", ""), full("Observation", "o", "")}, false},
		"a query":                  {[]string{full("Patient", "1", ""), full("Observation", "o", looking("Patient?identifier=1"))}, false},
		"contained patient": {[]string{full("Patient", "1", ""), full("Observation", "o",
			`,"contained":[{"resourceType":"Patient","id":"p"}]`+looking("#p"))}, false},
		"patient through the visit": {[]string{
			full("Patient", "1", ""), full("Encounter", "e", looking("Patient/1")),
			full("Observation", "o", `,"encounter":{"reference":"Encounter/e"}`),
		}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := `{"resourceType":"Bundle","type":"searchset","entry":[` + strings.Join(test.entries, ",") + `]}`
			c := read(t, file, Options{})
			if got := c.Counts().Observations == 1; got != test.found {
				t.Errorf("found %v, want %v; %v", got, test.found, c.Warned)
			}
			if !test.found && (c.Skipped["Observation"] != 1 || c.Warned["fhir.warn.subject"] != 1) {
				t.Errorf("skipped %v, warned %v", c.Skipped, c.Warned)
			}
		})
	}
}

// Two systems may each have a Patient/1; what belongs to whom must not mix.
func TestTwoSystemsInOneBundle(t *testing.T) {
	var entries []string
	for _, base := range []string{"https://a.example", "https://b.example"} {
		entries = append(entries,
			`{"fullUrl":"`+base+`/Patient/1","resource":{"resourceType":"Patient","id":"1"}}`,
			`{"fullUrl":"`+base+`/Encounter/1","resource":{"resourceType":"Encounter","id":"1","subject":{"reference":"Patient/1"}}}`)
	}
	entries = append(entries, `{"resource":{"resourceType":"Encounter","id":"2","subject":{"reference":"Patient/1"}}}`)
	c := read(t, `{"resourceType":"Bundle","entry":[`+strings.Join(entries, ",")+`]}`, Options{Source: "s"})
	if len(c.Patients) != 2 || len(c.Patients[0].Visits) != 1 || len(c.Patients[1].Visits) != 1 ||
		c.Warned["fhir.warn.subject"] != 1 {
		t.Errorf("%+v %v", c.Counts(), c.Warned)
	}
}

func TestLoose(t *testing.T) {
	c := read(t, bundle(
		withID("1"), withID("2"),
		`{"resourceType":"Encounter","id":"e2","subject":{"reference":"Patient/2"},"period":{"start":"2020-01-01T10:00:00Z"}}`,
		`{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/1"},"code":{"text":"x"}}`,
		`{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/1"},"encounter":{"reference":"Encounter/e2"}}`,
		`{"resourceType":"MedicationRequest","id":"m","status":"active","subject":{"reference":"Patient/1"},"encounter":{"reference":"Encounter/none"}}`,
	), Options{Source: "s"})
	loose := c.Patients[0].Loose
	if len(loose.Diagnoses) != 1 || len(loose.Observations) != 1 || len(loose.Prescriptions) != 1 ||
		!loose.Observations[0].Visit.IsZero() || loose.Observations[0].Patient != c.Patients[0].Patient.ID {
		t.Errorf("%+v", loose)
	}
	if c.Warned["fhir.warn.other_patient"] != 1 || c.Warned["fhir.warn.visit"] != 1 {
		t.Errorf("warned %v", c.Warned)
	}
}
