package fhir

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// chartOf reads resources that all belong to Patient/1 of the system "s".
func chartOf(t *testing.T, resources ...string) (Chart, *Content) {
	t.Helper()
	c := read(t, bundle(append([]string{`{"resourceType":"Patient","id":"1","name":[{"family":"Ким"}]}`}, resources...)...),
		Options{Source: "s", Lang: translations.English})
	if len(c.Patients) != 1 {
		t.Fatalf("%d patients, %v", len(c.Patients), c.Warned)
	}
	return c.Patients[0], c
}

const of1 = `"id":"x","subject":{"reference":"Patient/1"}`

func TestEncounter(t *testing.T) {
	chart, c := chartOf(t,
		`{"resourceType":"Practitioner","id":"d","name":[{"family":"Цой","given":["Вера"],"prefix":["Dr."]}]}`,
		`{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/d"}}`,
		`{"resourceType":"Organization","id":"o","name":"Больница"}`,
		`{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/1"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"J06.9","version":"2.27"}],"text":"ОРВИ"},
			"verificationStatus":{"coding":[{"code":"confirmed"}]},"clinicalStatus":{"coding":[{"code":"remission"}]},"onsetDateTime":"2019"}`,
		`{"resourceType":"Encounter",`+of1+`,"meta":{"lastUpdated":"2020-01-02T00:00:00Z"},"status":"finished","class":{"code":"AMB"},
			"type":[{"coding":[{"code":"410620009"}],"text":"осмотр"}],"period":{"start":"2020-01-01T10:00:00+03:00","end":"2020-01-01"},
			"participant":[{"individual":{"display":"м/с Ли"}},{"type":[{"coding":[{"code":"PPRF"}]}],"individual":{"reference":"PractitionerRole/r"}}],
			"reasonCode":[{"text":"кашель"}],"reasonReference":[{"reference":"Condition/c"}],"serviceProvider":{"reference":"Organization/o"},
			"diagnosis":[{"condition":{"reference":"Condition/c"},"rank":1,"use":{"coding":[{"code":"AD"}]}},{"condition":{"display":"?"}}],
			"hospitalization":{"admitSource":{"text":"скорая"}},"location":[{"location":{"display":"каб. 1"}}]}`)
	if len(chart.Visits) != 1 || len(chart.Visits[0].Diagnoses) != 1 || len(chart.Problems) != 1 {
		t.Fatalf("%+v %v", c.Counts(), c.Warned)
	}
	original := `{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"J06.9","version":"2.27"}],"text":"ОРВИ"}`
	coding := clinic.Coding{System: clinic.ICD10, Code: "J06.9", Version: "2.27", Name: "ОРВИ"}
	from, _, _ := instant("2020-01-01T07:00:00Z")
	until, _, _ := instant("2020-01-01")
	entered, _, _ := instant("2020-01-02")
	want := clinic.Visit{
		Kind: "checkup", Status: "done", CareFrom: from, CareUntil: until, Entered: entered,
		StaffName: "Цой Вера, м/с Ли", Reason: "осмотр; кашель; ОРВИ", Comment: "Больница",
		Diagnoses: []clinic.Diagnosis{{
			Coding: coding, Stage: "preliminary", Rank: "main", Recorded: from, Original: original,
		}},
	}
	if diff := cmp.Diff(want, chart.Visits[0], noIDs); diff != "" {
		t.Errorf("visit (-want +got):\n%s", diff)
	}
	problem := clinic.Problem{Coding: coding, Status: "remission", Since: "2019"}
	if diff := cmp.Diff(problem, chart.Problems[0], noIDs); diff != "" {
		t.Errorf("problem (-want +got):\n%s", diff)
	}
	v := &chart.Visits[0]
	if d := &v.Diagnoses[0]; d.Visit != v.ID || chart.Problems[0].Diagnosis != d.ID || d.Patient != chart.Patient.ID {
		t.Error("links between visit, diagnosis and problem")
	}
	left := map[string]int{
		"Encounter.type.coding": 1, "Encounter.diagnosis": 1, "Encounter.location": 1,
		"Encounter.hospitalization.admitSource": 1,
	}
	if diff := cmp.Diff(left, c.Elements); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
}

// What did not happen, or was never meant so, must not become a fact.
func TestStatuses(t *testing.T) {
	verified := func(code string) string { return `"verificationStatus":{"coding":[{"code":"` + code + `"}]}` }
	allergic := `"id":"x","patient":{"reference":"Patient/1"},"code":{"text":"y"}`
	tests := map[string]struct {
		resource, kind, warned string
		taken                  bool
	}{
		"planned visit":        {`"Encounter",` + of1 + `,"status":"planned"`, "Encounter", "fhir.warn.status_refused", false},
		"cancelled visit":      {`"Encounter",` + of1 + `,"status":"cancelled"`, "Encounter", "fhir.warn.status_refused", false},
		"visit without a time": {`"Encounter",` + of1 + `,"status":"unknown"`, "Encounter", "fhir.warn.no_time", true},
		"refuted":              {`"Condition",` + of1 + `,` + verified("refuted"), "Condition", "fhir.warn.status_refused", false},
		"diagnosis in error":   {`"Condition",` + of1 + `,` + verified("entered-in-error"), "Condition", "fhir.warn.status_refused", false},
		"diagnosis, no code":   {`"Condition",` + of1, "Condition", "fhir.warn.no_code", true},
		"no problems":          {`"Condition",` + of1 + `,"code":{"coding":[{"system":"http://snomed.info/sct","code":"160245001"}]}`, "Condition", "fhir.warn.negative", false},
		"result in error":      {`"Observation",` + of1 + `,"status":"entered-in-error"`, "Observation", "fhir.warn.status_refused", false},
		"drug forbidden":       {`"MedicationRequest",` + of1 + `,"status":"active","doNotPerform":true`, "MedicationRequest", "fhir.warn.do_not_perform", false},
		"draft":                {`"MedicationRequest",` + of1 + `,"status":"draft"`, "MedicationRequest", "fhir.warn.status_refused", false},
		"proposal":             {`"MedicationRequest",` + of1 + `,"status":"active","intent":"proposal"`, "MedicationRequest", "fhir.warn.status_refused", false},
		"drug on hold":         {`"MedicationRequest",` + of1 + `,"status":"on-hold"`, "MedicationRequest", "fhir.warn.status_unsure", true},
		"allergy in error":     {`"AllergyIntolerance",` + allergic + `,` + verified("entered-in-error"), "AllergyIntolerance", "fhir.warn.status_refused", false},
		"no allergy":           {`"AllergyIntolerance","patient":{"reference":"Patient/1"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]}`, "AllergyIntolerance", "fhir.warn.negative", false},
		"modifier":             {`"Condition",` + of1 + `,"modifierExtension":[{"url":"x"}]`, "Condition", "fhir.warn.modifier", false},
		"modifier inside":      {`"Observation",` + of1 + `,"component":[{"modifierExtension":[{"url":"x"}]}]`, "Observation", "fhir.warn.modifier", false},
		"rules":                {`"Condition",` + of1 + `,"implicitRules":"x"`, "Condition", "fhir.warn.modifier", false},
		"component of 7":       {`"Observation",` + of1 + `,"component":[7]`, "Observation", "fhir.warn.unreadable", false},
		"class as in R5":       {`"Encounter",` + of1 + `,"class":[{"coding":[]}]`, "Encounter", "fhir.warn.unreadable", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, c := chartOf(t, `{"resourceType":`+test.resource+`}`)
			n := c.Counts()
			taken := n.Visits+n.Diagnoses+n.Observations+n.Prescriptions+n.Allergies == 1
			if taken != test.taken || (c.Skipped[test.kind] == 1) == test.taken || c.Warned[test.warned] != 1 {
				t.Errorf("%+v, skipped %v, warned %v", n, c.Skipped, c.Warned)
			}
			for _, w := range c.Warnings {
				for _, lang := range translations.Languages {
					if s := translations.Format(lang, w.Key, w.Args); s == w.Key || s == "" {
						t.Errorf("%s has no sentence for %s", lang, w.Key)
					}
				}
			}
		})
	}
}

func TestProblemList(t *testing.T) {
	status := func(code string) string { return `,"clinicalStatus":{"coding":[{"code":"` + code + `"}]}` }
	tests := map[string]struct{ elements, want string }{
		"active":              {status("active"), "active"},
		"active, yet over":    {status("active") + `,"abatementString":"весной"`, ""},
		"short":               {status("resolved") + `,"onsetDateTime":"2020-01-01","abatementDateTime":"2020-01-20"`, ""},
		"long":                {status("resolved") + `,"onsetDateTime":"2020-01-01","abatementDateTime":"2020-05"`, "resolved"},
		"unknown":             {``, ""},
		"listed":              {`,"category":[{"coding":[{"code":"problem-list-item"}]}]`, "active"},
		"listed and inactive": {status("inactive") + `,"category":[{"coding":[{"code":"problem-list-item"}]}]`, "resolved"},
		"relapse":             {status("relapse"), "active"},
	}
	for name, test := range tests {
		chart, c := chartOf(t, `{"resourceType":"Condition",`+of1+`,"code":{"text":"x"}`+test.elements+`}`)
		got := ""
		if len(chart.Problems) > 0 {
			got = chart.Problems[0].Status
		}
		if got != test.want || len(chart.Loose.Diagnoses) != 1 {
			t.Errorf("%s: problem %q, want %q", name, got, test.want)
		}
		if lost := c.Elements["Condition.abatementDateTime"]; (lost == 1) != (name == "short") {
			t.Errorf("%s: %d lost ends", name, lost)
		}
	}
}
