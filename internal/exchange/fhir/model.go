package fhir

import (
	"encoding/json"

	"feldsher/internal/clinic"
)

// The elements of R4 (4.0.1) that are mapped, under their own names. Decimals
// are json.Number: their text is kept as it stands in the file.

type coding struct {
	System       string `json:"system"`
	Version      string `json:"version"`
	Code         string `json:"code"`
	Display      string `json:"display"`
	UserSelected bool   `json:"userSelected"`
}

type concept struct {
	Coding []coding `json:"coding"`
	Text   string   `json:"text"`
}

type period struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

type quantity struct {
	Value      json.Number `json:"value"`
	Comparator string      `json:"comparator"`
	Unit       string      `json:"unit"`
	System     string      `json:"system"`
	Code       string      `json:"code"`
}

type valueRange struct {
	Low  *quantity `json:"low"`
	High *quantity `json:"high"`
}

type ratio struct {
	Numerator   *quantity `json:"numerator"`
	Denominator *quantity `json:"denominator"`
}

type annotation struct {
	Text string `json:"text"`
}

type extension struct {
	URL                  string      `json:"url"`
	ValueString          string      `json:"valueString"`
	ValueDateTime        string      `json:"valueDateTime"`
	ValueAddress         *address    `json:"valueAddress"`
	ValueCodeableConcept *concept    `json:"valueCodeableConcept"`
	Extension            []extension `json:"extension"`
}

type humanName struct {
	Use    string   `json:"use"`
	Text   string   `json:"text"`
	Family string   `json:"family"`
	Given  []string `json:"given"`
	Prefix []string `json:"prefix"`
	Suffix []string `json:"suffix"`
	Period period   `json:"period"`
}

type telecom struct {
	System string `json:"system"`
	Value  string `json:"value"`
	Use    string `json:"use"`
}

type address struct {
	Use        string      `json:"use"`
	Text       string      `json:"text"`
	Line       []string    `json:"line"`
	City       string      `json:"city"`
	District   string      `json:"district"`
	State      string      `json:"state"`
	PostalCode string      `json:"postalCode"`
	Country    string      `json:"country"`
	Extension  []extension `json:"extension"`
}

type identifier struct {
	Use      string    `json:"use"`
	Type     concept   `json:"type"`
	System   string    `json:"system"`
	Value    string    `json:"value"`
	Period   period    `json:"period"`
	Assigner reference `json:"assigner"`
}

type patient struct {
	Name                 []humanName      `json:"name"`
	Gender               string           `json:"gender"`
	BirthDate            string           `json:"birthDate"`
	BirthDateMore        *element         `json:"_birthDate"`
	DeceasedBoolean      bool             `json:"deceasedBoolean"`
	DeceasedDateTime     string           `json:"deceasedDateTime"`
	MultipleBirthInteger int              `json:"multipleBirthInteger"`
	MultipleBirthBoolean bool             `json:"multipleBirthBoolean"`
	Telecom              []telecom        `json:"telecom"`
	Address              []address        `json:"address"`
	Identifier           []identifier     `json:"identifier"`
	Contact              []patientContact `json:"contact"`
	Extension            []extension      `json:"extension"`
}

// element is what stands beside a primitive value.
type element struct {
	Extension []extension `json:"extension"`
}

type patientContact struct {
	Relationship []concept  `json:"relationship"`
	Name         *humanName `json:"name"`
	Telecom      []telecom  `json:"telecom"`
}

type encounter struct {
	Status          string        `json:"status"`
	Class           coding        `json:"class"`
	Type            []concept     `json:"type"`
	Subject         *reference    `json:"subject"`
	Period          period        `json:"period"`
	Participant     []participant `json:"participant"`
	ReasonCode      []concept     `json:"reasonCode"`
	ReasonReference []reference   `json:"reasonReference"`
	Diagnosis       []struct {
		Condition *reference  `json:"condition"`
		Use       concept     `json:"use"`
		Rank      json.Number `json:"rank"`
	} `json:"diagnosis"`
	ServiceProvider *reference `json:"serviceProvider"`
	Hospitalization struct {
		DischargeDisposition concept `json:"dischargeDisposition"`
	} `json:"hospitalization"`
	Meta struct {
		LastUpdated string `json:"lastUpdated"`
	} `json:"meta"`
}

type participant struct {
	Type       []concept  `json:"type"`
	Individual *reference `json:"individual"`
}

type condition struct {
	ClinicalStatus     concept      `json:"clinicalStatus"`
	VerificationStatus concept      `json:"verificationStatus"`
	Category           []concept    `json:"category"`
	Code               concept      `json:"code"`
	Subject            *reference   `json:"subject"`
	Encounter          *reference   `json:"encounter"`
	OnsetDateTime      string       `json:"onsetDateTime"`
	OnsetPeriod        period       `json:"onsetPeriod"`
	AbatementDateTime  string       `json:"abatementDateTime"`
	AbatementPeriod    period       `json:"abatementPeriod"`
	RecordedDate       string       `json:"recordedDate"`
	Note               []annotation `json:"note"`
}

// abated reports whether the file says, in any of the ways, that it is over.
func (c *condition) abated(fields map[string]json.RawMessage) bool {
	for _, name := range []string{"DateTime", "Age", "Period", "Range", "String"} {
		if filled(fields["abatement"+name]) > 0 {
			return true
		}
	}
	return false
}

// value is the result of an observation or of one of its components.
type value struct {
	ValueQuantity        *quantity   `json:"valueQuantity"`
	ValueCodeableConcept *concept    `json:"valueCodeableConcept"`
	ValueString          string      `json:"valueString"`
	ValueBoolean         *bool       `json:"valueBoolean"`
	ValueInteger         json.Number `json:"valueInteger"`
	ValueRange           *valueRange `json:"valueRange"`
	ValueRatio           *ratio      `json:"valueRatio"`
	ValueTime            string      `json:"valueTime"`
	ValueDateTime        string      `json:"valueDateTime"`
	ValuePeriod          *period     `json:"valuePeriod"`
	DataAbsentReason     *concept    `json:"dataAbsentReason"`
	Interpretation       []concept   `json:"interpretation"`
	ReferenceRange       []struct {
		Low  *quantity `json:"low"`
		High *quantity `json:"high"`
	} `json:"referenceRange"`
}

type observation struct {
	value
	Status           string            `json:"status"`
	Category         []concept         `json:"category"`
	Code             concept           `json:"code"`
	Subject          *reference        `json:"subject"`
	Encounter        *reference        `json:"encounter"`
	EffectiveTime    string            `json:"effectiveDateTime"`
	EffectivePeriod  period            `json:"effectivePeriod"`
	EffectiveInstant string            `json:"effectiveInstant"`
	Issued           string            `json:"issued"`
	Note             []annotation      `json:"note"`
	HasMember        []reference       `json:"hasMember"`
	Component        []json.RawMessage `json:"component"`
}

type component struct {
	value
	Code concept `json:"code"`
}

type medicationRequest struct {
	Status                    string       `json:"status"`
	Intent                    string       `json:"intent"`
	DoNotPerform              bool         `json:"doNotPerform"`
	MedicationCodeableConcept *concept     `json:"medicationCodeableConcept"`
	MedicationReference       *reference   `json:"medicationReference"`
	Subject                   *reference   `json:"subject"`
	Encounter                 *reference   `json:"encounter"`
	AuthoredOn                string       `json:"authoredOn"`
	ReasonCode                []concept    `json:"reasonCode"`
	ReasonReference           []reference  `json:"reasonReference"`
	Note                      []annotation `json:"note"`
	DosageInstruction         []dosage     `json:"dosageInstruction"`
	DispenseRequest           struct {
		Quantity               *quantity `json:"quantity"`
		ExpectedSupplyDuration *quantity `json:"expectedSupplyDuration"`
	} `json:"dispenseRequest"`
}

type medication struct {
	Code       *concept `json:"code"`
	Form       *concept `json:"form"`
	Ingredient []struct {
		Item *concept `json:"itemCodeableConcept"`
	} `json:"ingredient"`
}

type dosage struct {
	Text                    string     `json:"text"`
	AdditionalInstruction   []concept  `json:"additionalInstruction"`
	PatientInstruction      string     `json:"patientInstruction"`
	Timing                  *timing    `json:"timing"`
	AsNeededBoolean         bool       `json:"asNeededBoolean"`
	AsNeededCodeableConcept *concept   `json:"asNeededCodeableConcept"`
	Route                   *concept   `json:"route"`
	DoseAndRate             []doseRate `json:"doseAndRate"`
}

type doseRate struct {
	Type         concept     `json:"type"`
	DoseQuantity *quantity   `json:"doseQuantity"`
	DoseRange    *valueRange `json:"doseRange"`
}

type timing struct {
	Code   *concept `json:"code"`
	Repeat struct {
		BoundsDuration *quantity   `json:"boundsDuration"`
		BoundsPeriod   *period     `json:"boundsPeriod"`
		Frequency      int         `json:"frequency"`
		FrequencyMax   int         `json:"frequencyMax"`
		Period         json.Number `json:"period"`
		PeriodUnit     string      `json:"periodUnit"`
		DayOfWeek      []string    `json:"dayOfWeek"`
		TimeOfDay      []string    `json:"timeOfDay"`
		When           []string    `json:"when"`
	} `json:"repeat"`
}

type allergy struct {
	ClinicalStatus     concept      `json:"clinicalStatus"`
	VerificationStatus concept      `json:"verificationStatus"`
	Category           []string     `json:"category"`
	Code               concept      `json:"code"`
	Patient            *reference   `json:"patient"`
	OnsetDateTime      string       `json:"onsetDateTime"`
	OnsetPeriod        period       `json:"onsetPeriod"`
	RecordedDate       string       `json:"recordedDate"`
	Note               []annotation `json:"note"`
	Reaction           []struct {
		Substance     *concept  `json:"substance"`
		Manifestation []concept `json:"manifestation"`
		Description   string    `json:"description"`
		Severity      string    `json:"severity"`
	} `json:"reaction"`
}

// record is what all entities of one resource share.
type record struct {
	id     clinic.ID
	source clinic.Source
}
