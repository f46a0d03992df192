package fhir

import (
	"encoding/json"
	"strconv"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

func medicationOf(n *node) (*medication, bool) {
	var m medication
	return &m, json.Unmarshal(n.raw, &m) == nil
}

// dosages fills in how the drug is taken. Several dosages (a dose that rises, a
// different one at night) don't fit one dose and one frequency: they are told in
// the directions, each on its line, and the fields stay empty.
func (b *builder) dosages(n *node, in *medicationRequest, p *clinic.Prescription) {
	var lines []string
	for i := range in.DosageInstruction {
		d := &in.DosageInstruction[i]
		if len(in.DosageInstruction) == 1 {
			lines = append(lines, b.single(n, d, p))
		} else {
			lines = append(lines, b.inWords(d))
		}
		lines = append(lines, d.Text)
		lines = append(lines, allWords(d.AdditionalInstruction)...)
		lines = append(lines, d.PatientInstruction)
	}
	p.Directions = joined("\n", append(lines, noteWords(in.Note)...)...)
	supply := in.DispenseRequest
	if supply.Quantity != nil {
		p.Quantity, _ = b.decimal(n, supply.Quantity)
		p.QuantityUnit = supply.Quantity.unit()
	}
	if p.Duration == "" {
		p.Duration = b.length(supply.ExpectedSupplyDuration)
	}
}

// single fills the fields from the only dosage. A dose "from – to" is no single
// dose; it is given back for the directions.
func (b *builder) single(n *node, d *dosage, p *clinic.Prescription) (doses string) {
	p.Route = d.Route.words()
	p.Frequency = b.frequency(d)
	rate := d.dose()
	if q := rate.DoseQuantity; q != nil {
		p.Dose, _ = b.decimal(n, q)
		p.DoseUnit = q.unit()
	} else if rate.DoseRange != nil {
		doses = rate.DoseRange.words()
	}
	if d.Timing == nil {
		return doses
	}
	p.Duration = b.length(d.Timing.Repeat.BoundsDuration)
	if bounds := d.Timing.Repeat.BoundsPeriod; bounds != nil {
		p.Start = b.date(n, "boundsPeriod", bounds.Start)
		p.Stop = b.date(n, "boundsPeriod", bounds.End)
	}
	return doses
}

// dose is the ordered dose where a calculated one stands beside it.
func (d *dosage) dose() doseRate {
	for i := range d.DoseAndRate {
		if d.DoseAndRate[i].Type.status() == "ordered" {
			return d.DoseAndRate[i]
		}
	}
	if len(d.DoseAndRate) > 0 {
		return d.DoseAndRate[0]
	}
	return doseRate{}
}

// inWords tells a whole dosage in one line; its own text is better.
func (b *builder) inWords(d *dosage) string {
	if d.Text != "" {
		return ""
	}
	amount := ""
	if rate := d.dose(); rate.DoseQuantity != nil {
		amount = rate.DoseQuantity.words()
	} else if rate.DoseRange != nil {
		amount = rate.DoseRange.words()
	}
	length := ""
	if d.Timing != nil {
		length = b.length(d.Timing.Repeat.BoundsDuration)
	}
	return joined(", ", amount, d.Route.words(), b.frequency(d), length)
}

// frequency says how often, in the clinic's language.
func (b *builder) frequency(d *dosage) string {
	var words []string
	if t := d.Timing; t != nil {
		often := b.often(t)
		if often == "" {
			often = t.Code.words()
		}
		words = append(words, often)
		words = append(words, t.Repeat.TimeOfDay...)
		words = append(words, t.Repeat.When...)
		words = append(words, t.Repeat.DayOfWeek...)
	}
	if d.AsNeededBoolean || d.AsNeededCodeableConcept != nil {
		words = append(words, joined(": ", translations.T(b.lang, "fhir.as_needed"),
			d.AsNeededCodeableConcept.words()))
	}
	return joined(", ", words...)
}

// often says "2 times a day", "1 time every 4 h".
func (b *builder) often(t *timing) string {
	r := &t.Repeat
	period, ok := exact(r.Period)
	if r.Frequency < 0 || !ok || !translations.Has(translations.Russian, "fhir.per."+r.PeriodUnit) {
		return ""
	}
	per := translations.T(b.lang, "fhir.per."+r.PeriodUnit)
	if period != "1" {
		per = translations.T(b.lang, "fhir.every", "period", period,
			"unit", translations.T(b.lang, "fhir.unit."+r.PeriodUnit))
	}
	times := any(max(r.Frequency, 1)) // the specification's default
	if r.FrequencyMax > r.Frequency {
		times = strconv.Itoa(max(r.Frequency, 1)) + "–" + strconv.Itoa(r.FrequencyMax)
	}
	return translations.T(b.lang, "fhir.frequency", "n", times, "per", per)
}

// length writes how long, with the clinic's word for a UCUM unit of time.
func (b *builder) length(q *quantity) string {
	if q == nil || q.Value == "" {
		return ""
	}
	number, ok := exact(q.Value)
	if !ok {
		return ""
	}
	unit := q.unit()
	if key := "fhir.unit." + q.Code; translations.Has(translations.Russian, key) {
		unit = translations.T(b.lang, key)
	}
	return joined(" ", string(number), unit)
}
