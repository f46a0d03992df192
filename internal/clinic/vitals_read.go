package clinic

import (
	"math/big"
	"strings"
	"unicode"

	"feldsher/internal/fault"
)

// Doubt is a remark on a number as it was typed: it is kept, and the doctor is asked to
// look again. A doubt never blocks.
type Doubt struct {
	Key     string // in translations: "vitals_doubt_far", or "vitals_doubt_maybe" with a suggestion
	Suggest []Decimal
}

// Read takes what was typed into the field of a sign: "36,6", "36.6", "36,6 °C", "120/80",
// "120 80", "120 на 80"; of a pressure that was only felt, "90/-". It gives one number a
// part with a point, "" for a part that was left out, and nothing for an empty field. The
// fault names no field: vitals_fault_number or vitals_fault_pair.
func (s *VitalSign) Read(typed string) (values []Decimal, doubts []Doubt, err *fault.Error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil, nil, nil
	}
	if len(s.Parts) == 1 {
		value, ok := s.Parts[0].read(typed)
		if !ok {
			return nil, nil, fault.New(fault.Invalid, "vitals_fault_number")
		}
		values = []Decimal{value}
		return values, s.doubts(values), nil
	}
	words := pressure(typed)
	if len(words) != len(s.Parts) {
		return nil, nil, fault.New(fault.Invalid, "vitals_fault_pair")
	}
	values = make([]Decimal, len(s.Parts))
	for i, w := range words {
		if i > 0 && (w == "-" || w == "?") {
			continue
		}
		value, ok := s.Parts[i].read(w)
		if !ok {
			return nil, nil, fault.New(fault.Invalid, "vitals_fault_pair")
		}
		values[i] = value
	}
	return values, s.doubts(values), nil
}

// pressure splits what was typed into the two numbers of a blood pressure.
func pressure(typed string) []string {
	typed = strings.TrimRightFunc(typed, func(r rune) bool { return unicode.IsLetter(r) || r == '.' || r == ' ' })
	for _, by := range []string{"/", "\\", "|", " на ", " - "} {
		if strings.Contains(typed, by) {
			parts := strings.Split(typed, by)
			for i := range parts {
				parts[i] = strings.TrimSpace(parts[i])
			}
			return parts
		}
	}
	if parts := strings.Fields(typed); len(parts) == 2 {
		return parts
	}
	return strings.Split(typed, "-")
}

// read takes one number, with the sign of its unit behind it or without, digit for digit.
func (v *Vital) read(typed string) (Decimal, bool) {
	number := strings.TrimRightFunc(typed, func(r rune) bool {
		return unicode.IsLetter(r) || strings.ContainsRune(" \u00a0\u202f°˚%/.,", r)
	})
	number = strings.ReplaceAll(number, ",", ".")
	whole, part, point := strings.Cut(number, ".")
	if whole == "" || len(whole) > 6 || len(part) > 10 || point && part == "" ||
		strings.Trim(whole+part, "0123456789") != "" {
		return "", false
	}
	whole = strings.TrimLeft(whole[:len(whole)-1], "0") + whole[len(whole)-1:]
	if point {
		return Decimal(whole + "." + part), true
	}
	return Decimal(whole), true
}

// tidy takes idle zeros from a number: "36.60" is 36.6, "70.00" is 70.
func tidy(s string) Decimal {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return Decimal(s)
}

// doubts looks at numbers that were read.
func (s *VitalSign) doubts(values []Decimal) []Doubt {
	if len(s.Parts) == 2 && values[0] != "" && values[1] != "" && !less(values[1], values[0]) {
		if s.Parts[0].possible(values[1]) && s.Parts[1].possible(values[0]) && values[0] != values[1] {
			return []Doubt{{Key: "vitals_doubt_maybe", Suggest: []Decimal{values[1], values[0]}}}
		}
		return []Doubt{{Key: "vitals_doubt_order"}}
	}
	better := make([]Decimal, len(values))
	doubtful, helped := false, true
	for i, value := range values {
		better[i] = value
		if value == "" || s.Parts[i].possible(value) {
			continue
		}
		doubtful = true
		if meant, ok := s.Parts[i].meant(value); ok {
			better[i] = meant
		} else {
			helped = false
		}
	}
	switch {
	case !doubtful:
		return nil
	case helped:
		return []Doubt{{Key: "vitals_doubt_maybe", Suggest: better}}
	}
	return []Doubt{{Key: "vitals_doubt_far"}}
}

// possible reports whether a living body may show the number.
func (v *Vital) possible(value Decimal) bool {
	return !less(value, v.likely[0]) && !less(v.likely[1], value)
}

// meant guesses what an impossible number was to be: a decimal mark that was not hit
// (366 is 36.6), a height in metres (1.75 is 175), a weight in grams (3400 is 3.4).
func (v *Vital) meant(value Decimal) (Decimal, bool) {
	r, ok := rat(value)
	if !ok {
		return "", false
	}
	factor := big.NewRat(1, 10)
	switch {
	case v.Key == vitalHeight.Key && less(value, "3"):
		factor = big.NewRat(100, 1)
	case v.Key == vitalWeight.Key && !less(value, "1000"):
		factor = big.NewRat(1, 1000)
	}
	guess := tidy(r.Mul(r, factor).FloatString(3))
	return guess, v.possible(guess)
}
