package templates

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// Types lists what a field can be, in the order in which an editor offers them.
func Types() []string {
	return []string{"text", "longtext", "number", "choice", "multichoice", "bool", "date", "heading"}
}

// Languages lists those that a template can be written in.
func Languages() []string { return []string{"ru", "kk", "en"} }

// Limits of a template: more than any form has, less than what would hurt a screen.
const (
	maxFields  = 200
	maxChoices = 60
	maxLabel   = 200
	maxDefault = 5_000
)

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Check puts a template into the form in which it is stored and says all that is wrong
// with it, in the order of the fields; each fault names its place: "title", "lang",
// "fields", "fields[3].choices". What a type has no use for (choices of a number, the
// range of a text) is dropped.
func Check(t *clinic.Template) []*fault.Error {
	c := checker{}
	t.Title, t.Speciality = strings.TrimSpace(t.Title), strings.TrimSpace(t.Speciality)
	c.needed("title", t.Title)
	c.line("title", t.Title)
	c.line("speciality", t.Speciality)
	if !slices.Contains(Languages(), t.Lang) {
		c.fail("lang", "fault.field.choice", "choices", strings.Join(Languages(), ", "))
	}
	if len(t.Fields) > maxFields {
		c.fail("fields", "templates_fault_many", "limit", maxFields)
		return c.all
	}
	takes := false
	seen := make(map[string]bool, len(t.Fields))
	for i := range t.Fields {
		f := &t.Fields[i]
		takes = takes || f.Type != "heading"
		at := fmt.Sprintf("fields[%d].", i)
		c.field(at, f)
		if seen[f.Key] {
			c.fail(at+"key", "templates_fault_key_twice", "key", f.Key)
		}
		seen[f.Key] = true
	}
	if !takes {
		c.fail("fields", "templates_fault_no_fields")
	}
	return c.all
}

type checker struct{ all []*fault.Error }

func (c *checker) fail(field, key string, args ...any) {
	c.all = append(c.all, fault.At(field, key, args...))
}

func (c *checker) needed(field, s string) {
	if s == "" {
		c.fail(field, "fault.field.empty")
	}
}

// line checks a text of one line.
func (c *checker) line(field, s string) {
	c.text(field, s, maxLabel)
	if strings.ContainsAny(s, "\n\t\r") {
		c.fail(field, "fault.field.control")
	}
}

func (c *checker) text(field, s string, limit int) {
	if !utf8.ValidString(s) {
		c.fail(field, "fault.field.encoding")
		return
	}
	if n := utf8.RuneCountInString(s); n > limit {
		c.fail(field, "fault.field.long", "limit", limit, "n", n)
	}
	if strings.ContainsFunc(s, unprintable) {
		c.fail(field, "fault.field.control")
	}
}

// unprintable are control characters and those that turn the direction of a line.
func unprintable(r rune) bool {
	switch {
	case r == '\n', r == '\t', r == '\r':
		return false
	case r < ' ', r >= 0x7f && r <= 0x9f:
		return true
	}
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func (c *checker) field(at string, f *clinic.Field) {
	f.Key, f.Label, f.Unit = strings.TrimSpace(f.Key), strings.TrimSpace(f.Label), strings.TrimSpace(f.Unit)
	f.Default = strings.TrimSpace(strings.ReplaceAll(f.Default, "\r\n", "\n"))
	if !keyShape.MatchString(f.Key) {
		c.fail(at+"key", "templates_fault_key")
	}
	c.needed(at+"label", f.Label)
	c.line(at+"label", f.Label)
	c.line(at+"unit", f.Unit)
	if !slices.Contains(Types(), f.Type) {
		c.fail(at+"type", "fault.field.choice", "choices", strings.Join(Types(), ", "))
		return
	}
	tidy(f)
	switch f.Type {
	case "number":
		c.limits(at, f)
	case "choice", "multichoice":
		c.choices(at, f)
	}
	c.text(at+"default", f.Default, maxDefault)
	if f.Default != "" {
		stored, err := Value(f, f.Default)
		if err != nil {
			err.Field = at + "default"
			c.all = append(c.all, err)
		}
		f.Default = stored
	}
}

// tidy drops what a type has no use for.
func tidy(f *clinic.Field) {
	if f.Type != "number" {
		f.Min, f.Max = "", ""
	}
	if f.Type != "number" && f.Type != "text" {
		f.Unit = ""
	}
	if f.Type != "choice" && f.Type != "multichoice" {
		f.Choices = nil
	}
	if f.Type == "heading" {
		f.Required, f.Default = false, ""
	}
}

// limits checks the range of a number.
func (c *checker) limits(at string, f *clinic.Field) {
	f.Min, f.Max = clinic.Decimal(decimal(string(f.Min))), clinic.Decimal(decimal(string(f.Max)))
	low, hasLow := rational(f.Min)
	high, hasHigh := rational(f.Max)
	if f.Min != "" && !hasLow {
		c.fail(at+"min", "fault.field.number")
	}
	if f.Max != "" && !hasHigh {
		c.fail(at+"max", "fault.field.number")
	}
	if hasLow && hasHigh && low.Cmp(high) >= 0 {
		c.fail(at+"max", "templates_fault_range")
	}
}

func (c *checker) choices(at string, f *clinic.Field) {
	var out []string
	for _, s := range f.Choices {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		c.line(at+"choices", s)
		if slices.Contains(out, s) {
			c.fail(at+"choices", "templates_fault_choice_twice")
		}
		out = append(out, s)
	}
	switch {
	case len(out) == 0:
		c.fail(at+"choices", "templates_fault_choices")
	case len(out) > maxChoices:
		c.fail(at+"choices", "templates_fault_many_choices", "limit", maxChoices)
	}
	f.Choices = out
}

// Value puts a value of a field into the form in which protocols keep it: a number with
// a point, a date as ISO, the choices of a multichoice in the template's order. The
// fault has no field: the caller knows where the value stands.
func Value(f *clinic.Field, value string) (string, *fault.Error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", nil
	}
	switch f.Type {
	case "heading":
		return "", fault.New(fault.Invalid, "templates_fault_heading")
	case "number":
		return number(f, value)
	case "date":
		if d := clinic.Date(value); !d.Valid() || !d.Full() {
			return value, fault.New(fault.Invalid, "fault.field.date")
		}
	case "bool":
		if value != "true" && value != "false" {
			return value, fault.New(fault.Invalid, "fault.field.bool")
		}
	case "choice":
		if !slices.Contains(f.Choices, value) {
			return value, fault.New(fault.Invalid, "fault.field.choice", "choices", strings.Join(f.Choices, ", "))
		}
	case "multichoice":
		return several(f, value)
	}
	return value, nil
}

func number(f *clinic.Field, value string) (string, *fault.Error) {
	value = decimal(value)
	v, ok := rational(clinic.Decimal(value))
	if !ok {
		return value, fault.New(fault.Invalid, "fault.field.number")
	}
	low, hasLow := rational(f.Min)
	high, hasHigh := rational(f.Max)
	if hasLow && v.Cmp(low) < 0 || hasHigh && v.Cmp(high) > 0 {
		return value, fault.New(fault.Invalid, "fault.field.range", "low", f.Min, "high", f.Max)
	}
	return value, nil
}

func several(f *clinic.Field, value string) (string, *fault.Error) {
	chosen := map[string]bool{}
	for s := range strings.SplitSeq(value, "\n") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if !slices.Contains(f.Choices, s) {
			return value, fault.New(fault.Invalid, "fault.field.choice", "choices", strings.Join(f.Choices, ", "))
		}
		chosen[s] = true
	}
	var out []string
	for _, s := range f.Choices {
		if chosen[s] {
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n"), nil
}

// decimal writes a number with a point.
func decimal(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), ",", ".") }

// digits is a plain number: no exponent, which would fill the memory, no fraction.
var digits = regexp.MustCompile(`^[+-]?([0-9]{1,20}(\.[0-9]{1,20})?|\.[0-9]{1,20})$`)

// rational reads a decimal; false where it is empty or none.
func rational(d clinic.Decimal) (*big.Rat, bool) {
	if !digits.MatchString(string(d)) {
		return nil, false
	}
	return new(big.Rat).SetString(string(d))
}
