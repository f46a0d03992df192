package fhir

import (
	"strings"

	"feldsher/internal/clinic"
	"feldsher/translations"
)

// fill writes what was observed and its value into a record.
func (b *builder) fill(n *node, o *clinic.Observation, what *concept, v *value, notes []string) {
	o.Coding, _ = what.coded(nil) // another wording of the code is in Original
	if o.Name == "" {
		b.book.warn(n, "fhir.warn.no_code")
	}
	o.Text = joined("\n", append([]string{b.measure(n, o, v)}, notes...)...)
	for i := range v.Interpretation {
		if flag := v.Interpretation[i].status(); flag != "" {
			o.Flag = flag
			break
		}
	}
	b.normal(n, o, v)
}

// measure puts a number into its fields and gives any other value in words.
func (b *builder) measure(n *node, o *clinic.Observation, v *value) string {
	switch {
	case v.ValueQuantity != nil:
		return b.amount(n, o, v.ValueQuantity)
	case v.ValueInteger != "":
		return b.amount(n, o, &quantity{Value: v.ValueInteger})
	case v.ValueCodeableConcept != nil:
		return v.ValueCodeableConcept.words()
	case v.ValueString != "":
		return v.ValueString
	case v.ValueBoolean != nil:
		return b.yes(*v.ValueBoolean)
	case v.ValueRange != nil:
		return v.ValueRange.words()
	case v.ValueRatio != nil:
		return v.ValueRatio.words()
	case v.ValueTime != "", v.ValueDateTime != "":
		return v.ValueTime + v.ValueDateTime
	case v.ValuePeriod != nil:
		return joined(" – ", v.ValuePeriod.Start, v.ValuePeriod.End)
	case v.DataAbsentReason != nil:
		return v.DataAbsentReason.words()
	}
	return ""
}

// amount keeps a number exactly, or as text if it can't be a decimal.
func (b *builder) amount(n *node, o *clinic.Observation, q *quantity) string {
	o.Unit = q.unit()
	d, ok := b.decimal(n, q)
	if !ok {
		return string(q.Value)
	}
	o.Value = d
	switch q.Comparator {
	case "<", "<=", ">=", ">":
		o.Sign = q.Comparator
	}
	return ""
}

// normal takes the reference range if there is one only, in the value's unit.
// Which of several holds (age, sex, phase) isn't ours to choose; Original keeps
// them all.
func (b *builder) normal(n *node, o *clinic.Observation, v *value) {
	if len(v.ReferenceRange) != 1 {
		return
	}
	low, high := v.ReferenceRange[0].Low, v.ReferenceRange[0].High
	for _, q := range []*quantity{low, high} {
		if q != nil && q.unit() != "" && q.unit() != o.Unit {
			return
		}
	}
	if d, ok := b.decimal(n, low); ok {
		o.Low = d
	}
	if d, ok := b.decimal(n, high); ok {
		o.High = d
	}
}

// unit is the UCUM code, else what is printed.
func (q *quantity) unit() string {
	if q.System == ucum && q.Code != "" {
		return q.Code
	}
	if q.Unit != "" {
		return strings.TrimSpace(q.Unit)
	}
	return q.Code
}

func (q *quantity) words() string {
	if q == nil || q.Value == "" {
		return ""
	}
	number := string(q.Value)
	if d, ok := exact(q.Value); ok {
		number = string(d)
	}
	return joined(" ", q.Comparator+number, q.unit())
}

func (r *valueRange) words() string {
	low, high := r.Low.words(), r.High.words()
	switch {
	case low == "" && high == "":
		return ""
	case low == "":
		return "≤ " + high
	case high == "":
		return "≥ " + low
	}
	return low + " – " + high
}

// words writes a ratio; titres ("1:128") are the commonest.
func (r *ratio) words() string {
	return r.Numerator.words() + ":" + r.Denominator.words()
}

func (b *builder) yes(v bool) string {
	if v {
		return translations.T(b.lang, "fhir.yes")
	}
	return translations.T(b.lang, "fhir.no")
}
