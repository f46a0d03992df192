package records

import (
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// checkValues holds the values of a protocol against the typed fields of its
// template. A draft may lack required fields, a final document may not.
func checkValues(p *clinic.Protocol, final bool) error {
	byKey := make(map[string]clinic.Field, len(p.Shape))
	for _, f := range p.Shape {
		byKey[f.Key] = f
	}
	for key := range p.Values {
		if f, known := byKey[key]; !known || f.Type == "heading" {
			return fault.At("fields."+key, "fault.protocol.field", "choices", strings.Join(keysOf(p.Shape), ", "))
		}
	}
	var c checker
	for _, f := range p.Shape {
		value := p.Values[f.Key]
		if f.Type == "heading" {
			continue
		}
		c.text("fields."+f.Key, &value)
		if value == "" {
			delete(p.Values, f.Key)
			if final && f.Required {
				c.fail(fault.At("fields."+f.Key, "fault.protocol.required"))
			}
			continue
		}
		c.value(&f, &value)
		p.Values[f.Key] = value
	}
	return c.err
}

// value checks one value by its field's type.
func (c *checker) value(f *clinic.Field, value *string) {
	at := "fields." + f.Key
	switch f.Type {
	case "number":
		d := clinic.Decimal(*value)
		c.decimal(at, &d)
		*value = string(d)
		v, ok := number(d)
		if !ok {
			c.fail(fault.At(at, "fault.field.number"))
			return
		}
		low, hasLow := number(f.Min)
		high, hasHigh := number(f.Max)
		if hasLow && v.Cmp(low) < 0 || hasHigh && v.Cmp(high) > 0 {
			c.fail(fault.At(at, "fault.field.range", "low", f.Min, "high", f.Max))
		}
	case "date":
		if d := clinic.Date(*value); !d.Valid() || !d.Full() {
			c.fail(fault.At(at, "fault.field.date"))
		}
	case "choice":
		c.oneOf(at, *value, f.Choices)
	case "multichoice":
		for _, v := range strings.Split(*value, "\n") {
			c.oneOf(at, v, f.Choices)
		}
	case "bool":
		if !slices.Contains([]string{"true", "false"}, *value) {
			c.fail(fault.At(at, "fault.field.bool"))
		}
	}
}

// keysOf lists the keys that take a value.
func keysOf(shape []clinic.Field) []string {
	var out []string
	for _, f := range shape {
		if f.Type != "heading" {
			out = append(out, f.Key)
		}
	}
	return out
}
