package records

import (
	"math/big"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// decimal checks a number written with a point or a comma and stores it with a
// point, digit for digit.
func (c *checker) decimal(field string, d *clinic.Decimal) {
	s := strings.ReplaceAll(strings.TrimSpace(string(*d)), ",", ".")
	*d = clinic.Decimal(s)
	if s == "" {
		return
	}
	digits := s
	if s[0] == '-' || s[0] == '+' {
		digits = s[1:]
	}
	whole, part, _ := strings.Cut(digits, ".")
	if whole == "" && part == "" || len(digits) > 40 || strings.Trim(whole+part, "0123456789") != "" || strings.HasSuffix(s, ".") {
		c.fail(fault.At(field, "fault.field.number"))
	}
}

// number reads a decimal that was checked. Anything else is none: big.Rat would
// also take fractions and exponents that fill the memory.
func number(d clinic.Decimal) (*big.Rat, bool) {
	if d == "" || strings.Trim(string(d), "+-.0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(string(d))
}

// positive refuses a dose or a quantity that is nothing or less.
func (c *checker) positive(field string, d clinic.Decimal) {
	if v, ok := number(d); ok && v.Sign() <= 0 {
		c.fail(fault.At(field, "fault.field.positive"))
	}
}

// settledFlag is the mark that a value deserves by its range. A corrected value
// loses the mark of the mistaken one; what a laboratory has marked beyond the
// range (LL, HH, A), or sent with an import, stays as far as it agrees.
func settledFlag(o *clinic.Observation) string {
	_, isNumber := number(o.Value)
	if !isNumber || o.Low == "" && o.High == "" || o.Source.System != "" {
		return o.Flag
	}
	computed := flagOf(o)
	if o.Flag == "A" || computed != "" && o.Flag == computed+computed {
		return o.Flag
	}
	return computed
}

// flagOf compares a value with its reference range, as HL7 marks it.
func flagOf(o *clinic.Observation) string {
	v, ok := number(o.Value)
	if !ok {
		return ""
	}
	if low, ok := number(o.Low); ok && v.Cmp(low) < 0 {
		return "L"
	}
	if high, ok := number(o.High); ok && v.Cmp(high) > 0 {
		return "H"
	}
	return ""
}
