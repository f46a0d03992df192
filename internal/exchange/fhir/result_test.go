package fhir

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"feldsher/internal/clinic"
)

func TestValues(t *testing.T) {
	tests := map[string]struct {
		elements string
		want     clinic.Observation
	}{
		"digits":      {`"valueQuantity":{"value":5.60,"unit":"ммоль/л","system":"http://unitsofmeasure.org","code":"mmol/L"}`, clinic.Observation{Value: "5.60", Unit: "mmol/L"}},
		"long digits": {`"valueQuantity":{"value":0.10000000000000000055511151231257827}`, clinic.Observation{Value: "0.10000000000000000055511151231257827"}},
		"sign":        {`"valueQuantity":{"comparator":"<","value":1e-2,"unit":"г"}`, clinic.Observation{Sign: "<", Value: "0.01", Unit: "г"}},
		"no decimal":  {`"valueQuantity":{"value":1e400}`, clinic.Observation{Text: "1e400"}},
		"integer":     {`"valueInteger":7`, clinic.Observation{Value: "7"}},
		"words":       {`"valueString":"не обнаружено","note":[{"text":"гемолиз"}]`, clinic.Observation{Text: "не обнаружено\nгемолиз"}},
		"code":        {`"valueCodeableConcept":{"coding":[{"code":"1","display":"Never smoker"}]}`, clinic.Observation{Text: "Never smoker"}},
		"yes":         {`"valueBoolean":true`, clinic.Observation{Text: "yes"}},
		"no":          {`"valueBoolean":false`, clinic.Observation{Text: "no"}},
		"range":       {`"valueRange":{"low":{"value":1},"high":{"value":5.0,"unit":"шт"}}`, clinic.Observation{Text: "1 – 5.0 шт"}},
		"titre":       {`"valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}`, clinic.Observation{Text: "1:128"}},
		"clock":       {`"valueTime":"10:30:00"`, clinic.Observation{Text: "10:30:00"}},
		"absent":      {`"dataAbsentReason":{"text":"кровь свернулась"}`, clinic.Observation{Text: "кровь свернулась"}},
		"norm":        {`"valueQuantity":{"value":9,"unit":"g"},"referenceRange":[{"low":{"value":1.0,"unit":"g"},"high":{"value":8}}],"interpretation":[{"coding":[{"code":"HH"}]}]`, clinic.Observation{Value: "9", Unit: "g", Low: "1.0", High: "8", Flag: "HH"}},
		"other unit":  {`"valueQuantity":{"value":9,"unit":"g"},"referenceRange":[{"low":{"value":1,"unit":"mg"}}]`, clinic.Observation{Value: "9", Unit: "g"}},
		"two norms":   {`"valueQuantity":{"value":9},"referenceRange":[{"low":{"value":1}},{"low":{"value":2}}]`, clinic.Observation{Value: "9"}},
		"vital":       {`"category":[{"coding":[{"code":"vital-signs"}]}],"valueInteger":"7"`, clinic.Observation{Kind: "vital", Value: "7"}},
		"lab":         {`"category":[{"coding":[{"code":"?"},{"code":"laboratory"}]}]`, clinic.Observation{Kind: "laboratory"}},
		"issued only": {`"issued":"2020-01-01T00:00:00.5Z"`, clinic.Observation{Taken: 1577836800500}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chart, c := chartOf(t, `{"resourceType":"Observation",`+of1+`,"code":{"text":"x"},`+test.elements+`}`)
			if len(chart.Loose.Observations) != 1 {
				t.Fatal(c.Warned)
			}
			test.want.Name = "x"
			if test.want.Kind == "" {
				test.want.Kind = "examination"
			}
			got := chart.Loose.Observations[0]
			if diff := cmp.Diff(test.want, got, noIDs, cmpopts.IgnoreFields(clinic.Observation{}, "Original")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if c.Warned["fhir.warn.number"] != 0 != (name == "no decimal") {
				t.Errorf("warned %v", c.Warned)
			}
		})
	}
}

func TestObservationKeepsTheOriginal(t *testing.T) {
	chart, c := chartOf(t, `{"resourceType":"Observation",`+of1+`, "status":"preliminary", "code": {"coding":[{"code":"1"}, {"code":"2"}]},
		"valueSampledData":{"data":"1 2"}, "bodySite":{"text":"рука <l>"}, "performer":[{"display":"a"},{"display":"b"}]}`)
	want := `{"status":"preliminary","code":{"coding":[{"code":"1"},{"code":"2"}]},"bodySite":{"text":"рука <l>"},"valueSampledData":{"data":"1 2"}}`
	if got := chart.Loose.Observations[0].Original; got != want {
		t.Errorf("original\n%s, want\n%s", got, want)
	}
	if diff := cmp.Diff(map[string]int{"Observation.performer": 2}, c.Elements); diff != "" {
		t.Error(diff)
	}
}

func TestPanels(t *testing.T) {
	chart, c := chartOf(t,
		`{"resourceType":"Observation","id":"p","subject":{"reference":"Patient/1"},"code":{"text":"ОАК"},"hasMember":[{"reference":"Observation/m"},{"reference":"Observation/p"},{"reference":"Observation/none"}]}`,
		`{"resourceType":"Observation","id":"m","subject":{"reference":"Patient/1"},"code":{"text":"Hb"},"component":[{"code":{"text":"a"},"valueInteger":1},{"code":{"text":"b"},"valueInteger":2}]}`)
	o := chart.Loose.Observations
	if n := c.Counts(); len(o) != 4 || n.Observations != 2 || n.Parts != 2 {
		t.Fatalf("%+v", n)
	}
	if o[1].Panel != o[0].ID || o[2].Panel != o[1].ID || o[3].Panel != o[1].ID || !o[0].Panel.IsZero() {
		t.Error("panels are not bound to their parts")
	}
	if o[3].Source.Code != "m#2" || o[3].Value != "2" || c.Elements["Observation.hasMember"] != 2 {
		t.Errorf("%+v %v", o[3], c.Elements)
	}
}

func TestPrescriptions(t *testing.T) {
	daily := `"timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d","boundsDuration":{"value":10,"system":"http://unitsofmeasure.org","code":"d"}}}`
	tests := map[string]struct {
		elements string
		want     clinic.Prescription
	}{
		"one dosage": {
			`"medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"1","display":"Ibuprofen 200 MG"}]},
			"authoredOn":"2020-01-01T00:00:00Z","reasonCode":[{"text":"боль"}],"note":[{"text":"после еды"}],
			"dosageInstruction":[{"text":"по 1 таб.","route":{"text":"внутрь"},"doseAndRate":[{"type":{"coding":[{"code":"calculated"}]},"doseQuantity":{"value":9}},{"type":{"coding":[{"code":"ordered"}]},"doseQuantity":{"value":0.50,"unit":"mg"}}],` + daily + `,"asNeededBoolean":true}],
			"dispenseRequest":{"quantity":{"value":20,"unit":"tab"}}`,
			clinic.Prescription{
				Trade: "Ibuprofen 200 MG", Status: "active", Written: 1577836800000, Reason: "боль",
				Dose: "0.50", DoseUnit: "mg", Route: "внутрь", Frequency: "2 times a day, as needed", Duration: "10 d",
				Quantity: "20", QuantityUnit: "tab", Directions: "по 1 таб.\nпосле еды",
				Coding: clinic.Coding{System: "http://www.nlm.nih.gov/research/umls/rxnorm", Code: "1", Name: "Ibuprofen 200 MG"},
			},
		},
		"rising dose": {
			`"medicationCodeableConcept":{"text":"x"},"dosageInstruction":[{"doseAndRate":[{"doseQuantity":{"value":5,"unit":"mg"}}],` + daily + `},{"doseAndRate":[{"doseQuantity":{"value":10,"unit":"mg"}}],"timing":{"repeat":{"frequency":1,"period":4,"periodUnit":"h"}}}]`,
			clinic.Prescription{
				Trade: "x", Status: "active", Coding: clinic.Coding{Name: "x"},
				Directions: "5 mg, 2 times a day, 10 d\n10 mg, 1 time every 4 h",
			},
		},
		"dose from to, times of day": {
			`"medicationCodeableConcept":{"text":"x"},"dosageInstruction":[{"doseAndRate":[{"doseRange":{"low":{"value":1},"high":{"value":2}}}],"timing":{"repeat":{"frequency":1,"frequencyMax":2,"period":1,"periodUnit":"wk","timeOfDay":["08:00"],"boundsPeriod":{"start":"2020-01-01","end":"2020-02"}}}}]`,
			clinic.Prescription{
				Trade: "x", Status: "active", Coding: clinic.Coding{Name: "x"}, Frequency: "1–2 times a week, 08:00",
				Directions: "1 – 2", Start: "2020-01-01", Stop: "2020-02",
			},
		},
		"medication contained": {
			`"contained":[{"resourceType":"Medication","id":"m","code":{"text":"Нурофен"},"form":{"text":"таблетки"},"ingredient":[{"itemCodeableConcept":{"text":"ибупрофен"}}]},{"resourceType":"Device","id":"d"}],"medicationReference":{"reference":"#m"}`,
			clinic.Prescription{Trade: "Нурофен", INN: "ибупрофен", Form: "таблетки", Status: "active", Coding: clinic.Coding{Name: "Нурофен"}},
		},
		"medication in the bundle": {`"medicationReference":{"reference":"Medication/m"}`, clinic.Prescription{
			Trade: "парацетамол", INN: "парацетамол", Status: "active",
			Coding: clinic.Coding{System: atc, Code: "N02BE01", Name: "парацетамол"},
		}},
		"only named": {`"medicationReference":{"display":"капли"}`, clinic.Prescription{Trade: "капли", Status: "active"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chart, c := chartOf(t,
				`{"resourceType":"Medication","id":"m","code":{"coding":[{"system":"x","code":"y"},{"system":"http://www.whocc.no/atc","code":"N02BE01","display":"парацетамол"}]}}`,
				`{"resourceType":"MedicationRequest",`+of1+`,"status":"active","intent":"order",`+test.elements+`}`)
			if len(chart.Loose.Prescriptions) != 1 {
				t.Fatal(c.Warned)
			}
			got := chart.Loose.Prescriptions[0]
			if diff := cmp.Diff(test.want, got, noIDs, cmpopts.IgnoreFields(clinic.Prescription{}, "Original")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(c.Warned) != 0 || c.Skipped["Medication"] != 1 ||
				(c.Elements["MedicationRequest.contained"] == 1) != (name == "medication contained") {
				t.Errorf("warned %v, skipped %v, left %v", c.Warned, c.Skipped, c.Elements)
			}
		})
	}
}

func TestAllergy(t *testing.T) {
	chart, c := chartOf(t, `{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/1"},"category":["medication"],
		"code":{"coding":[{"system":"http://snomed.info/sct","code":"91936005","display":"Allergy to penicillin"},{"system":"x","code":"y"}],"text":"пенициллин"},
		"verificationStatus":{"coding":[{"code":"refuted"}]},"onsetDateTime":"2001-05","recordedDate":"2010-01-01","criticality":"high","note":[{"text":"цефазолин переносит"}],
		"reaction":[{"manifestation":[{"text":"сыпь"}],"severity":"mild"},{"manifestation":[{"text":"отёк"}],"description":"губ","severity":"severe"}]}`)
	want := []clinic.Allergy{{
		Coding:    clinic.Coding{System: "http://snomed.info/sct", Code: "91936005", Name: "Allergy to penicillin"},
		Substance: "пенициллин", Kind: "drug", Status: "refuted", Severity: "severe", Since: "2001-05",
		Reaction: "сыпь; отёк; губ; цефазолин переносит",
	}}
	if diff := cmp.Diff(want, chart.Allergies, noIDs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	left := map[string]int{"AllergyIntolerance.criticality": 1, "AllergyIntolerance.code.coding": 1}
	if diff := cmp.Diff(left, c.Elements); diff != "" {
		t.Error(diff)
	}
}
