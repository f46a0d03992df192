package clinic

import (
	"slices"
	"strings"
)

// LOINC is the system of the codes of vital signs.
const LOINC = "http://loinc.org"

// Vital is one number that is measured at a visit.
type Vital struct {
	Key  string // stable name: "systolic"; the key of template fields and, after "vitals_", of translations
	Code string // LOINC
	Unit string // UCUM; its word stands under "vitals_unit_" and the key of VitalUnit

	likely [2]Decimal // what a living body shows; beyond it stands a doubt, never a refusal
}

// VitalSign is a field of the visit's form: one number, or the two of a blood pressure.
type VitalSign struct {
	Key      string // of translations, as Vital.Key
	Parts    []Vital
	Computed bool // not typed but found from others: the body mass index
}

// Codes are those of LOINC 2.77. Likely limits are wide on purpose: the heaviest and
// tallest people on record, hypothermia and heat stroke that were survived, the rates of
// a newborn and of a tachycardia. Outside them a slip of the finger is likelier.
var (
	vitalTemperature = Vital{Key: "temperature", Code: "8310-5", Unit: "Cel", likely: [2]Decimal{"30", "43"}}
	vitalSystolic    = Vital{Key: "systolic", Code: "8480-6", Unit: "mm[Hg]", likely: [2]Decimal{"50", "280"}}
	vitalDiastolic   = Vital{Key: "diastolic", Code: "8462-4", Unit: "mm[Hg]", likely: [2]Decimal{"20", "170"}}
	vitalPulse       = Vital{Key: "pulse", Code: "8867-4", Unit: "/min", likely: [2]Decimal{"25", "250"}}
	vitalBreath      = Vital{Key: "respiration", Code: "9279-1", Unit: "/min", likely: [2]Decimal{"5", "90"}}
	vitalSaturation  = Vital{Key: "saturation", Code: "59408-5", Unit: "%", likely: [2]Decimal{"50", "100"}}
	vitalWeight      = Vital{Key: "weight", Code: "29463-7", Unit: "kg", likely: [2]Decimal{"0.4", "300"}}
	vitalHeight      = Vital{Key: "height", Code: "8302-2", Unit: "cm", likely: [2]Decimal{"25", "230"}}
	vitalMassIndex   = Vital{Key: "bmi", Code: "39156-5", Unit: "kg/m2", likely: [2]Decimal{"8", "80"}}
	vitalWaist       = Vital{Key: "waist", Code: "8280-0", Unit: "cm", likely: [2]Decimal{"30", "220"}}
	vitalHead        = Vital{Key: "head", Code: "9843-4", Unit: "cm", likely: [2]Decimal{"20", "62"}}
	vitalGlucose     = Vital{Key: "glucose", Code: "14743-9", Unit: "mmol/L", likely: [2]Decimal{"1", "45"}}
	vitalPain        = Vital{Key: "pain", Code: "72514-3", Unit: "{score}", likely: [2]Decimal{"0", "10"}}
)

// VitalSigns lists the fields in the order in which they stand on the screen: what is
// measured at every visit first.
func VitalSigns() []VitalSign {
	one := func(v Vital) VitalSign { return VitalSign{Key: v.Key, Parts: []Vital{v}} }
	index := one(vitalMassIndex)
	index.Computed = true
	return []VitalSign{
		one(vitalTemperature),
		{Key: "pressure", Parts: []Vital{vitalSystolic, vitalDiastolic}},
		one(vitalPulse), one(vitalBreath), one(vitalSaturation),
		one(vitalWeight), one(vitalHeight), index,
		one(vitalWaist), one(vitalHead), one(vitalGlucose), one(vitalPain),
	}
}

// Sign gives the field with a key of VitalSigns.
func Sign(key string) (VitalSign, bool) {
	all := VitalSigns()
	if i := slices.IndexFunc(all, func(s VitalSign) bool { return s.Key == key }); i >= 0 {
		return all[i], true
	}
	return VitalSign{}, false
}

// VitalOf finds what a coded observation measures.
func VitalOf(system, code string) (Vital, bool) {
	if system != LOINC {
		return Vital{}, false
	}
	for _, s := range VitalSigns() {
		for _, v := range s.Parts {
			if v.Code == code {
				return v, true
			}
		}
	}
	return Vital{}, false
}

// VitalUnit is the key under which translations have the word for the unit.
func (v *Vital) VitalUnit() string {
	switch v.Unit {
	case "Cel":
		return "vitals_unit_celsius"
	case "mm[Hg]":
		return "vitals_unit_mmhg"
	case "/min":
		return "vitals_unit_permin"
	case "%":
		return "vitals_unit_percent"
	case "kg":
		return "vitals_unit_kg"
	case "cm":
		return "vitals_unit_cm"
	case "kg/m2":
		return "vitals_unit_kgm2"
	case "mmol/L":
		return "vitals_unit_mmoll"
	}
	return "vitals_unit_score"
}

// Name is the key under which translations have the name of the number.
func (v *Vital) Name() string { return "vitals_" + v.Key }

// Name is the key under which translations have the name of the field.
func (s *VitalSign) Name() string { return "vitals_" + s.Key }

// For reports whether the field is worth its place for a person: the head is measured
// in small children, the waist in those who have grown up.
func (s *VitalSign) For(b Body) bool {
	months, known := b.months()
	switch s.Key {
	case vitalHead.Key:
		return known && months < 36
	case vitalWaist.Key:
		return !known || months >= 18*12
	}
	return true
}

// Values finds the numbers of the field among the observations of a visit, "" for those
// that are missing; at holds their places, -1 for none. A part of a laboratory's panel
// is no vital sign of the visit.
func (s *VitalSign) Values(of []Observation) (values []Decimal, at []int) {
	values, at = make([]Decimal, len(s.Parts)), make([]int, len(s.Parts))
	for p := range s.Parts {
		at[p] = slices.IndexFunc(of, func(o Observation) bool {
			v := &s.Parts[p]
			return o.Kind == "vital" && o.System == LOINC && o.Code == v.Code && o.Deleted.IsZero() && v.takes(o.Unit)
		})
		if at[p] >= 0 {
			values[p] = of[at[p]].Value
		}
	}
	return values, at
}

// takes reports whether a number in the unit may stand in the field as it is: what was
// imported in others (°F, pounds) is shown in the history and not taken for ours.
func (v *Vital) takes(unit string) bool {
	switch unit {
	case "", v.Unit:
		return true
	case "mmHg":
		return v.Unit == "mm[Hg]"
	case "{beats}/min", "{Beats}/min", "{breaths}/min":
		return v.Unit == "/min"
	}
	return false
}

// Put writes the numbers of a field into the observations of a visit: one that is there
// keeps its id and its time, an empty number takes it away. word gives the sentence for
// a key in the language of the note. The list given is not changed.
func (s *VitalSign) Put(of []Observation, values []Decimal, b Body, word func(key string) string) []Observation {
	out := slices.Clone(of)
	_, at := s.Values(out)
	gone := map[int]bool{}
	for p := range s.Parts {
		v := &s.Parts[p]
		value := Decimal("")
		if p < len(values) {
			value = values[p]
		}
		switch {
		case value == "" && at[p] >= 0:
			gone[at[p]] = true
		case value == "":
		case at[p] >= 0:
			if o := &out[at[p]]; o.Value != value {
				*o = v.observe(*o, value, b, word)
			}
		default:
			out = append(out, v.observe(Observation{Kind: "vital"}, value, b, word))
		}
	}
	if len(gone) == 0 {
		return out
	}
	kept := out[:0]
	for i := range out {
		if !gone[i] {
			kept = append(kept, out[i])
		}
	}
	return kept
}

// observe writes a number with its name, unit, norm and mark over an observation.
func (v *Vital) observe(o Observation, value Decimal, b Body, word func(string) string) Observation {
	o.Coding = Coding{System: LOINC, Code: v.Code, Name: word(v.Name())}
	o.Value, o.Unit, o.Sign, o.Text = value, v.Unit, "", ""
	o.Low, o.High = v.Norm(b)
	o.Flag = v.Flag(value, b)
	return o
}

// Flag marks a number by the norm of a body as HL7 does: "L" below it, "H" above, ""
// within or where there is no norm.
func (v *Vital) Flag(value Decimal, b Body) string {
	low, high := v.Norm(b)
	switch {
	case low != "" && less(value, low):
		return "L"
	case high != "" && less(high, value):
		return "H"
	}
	return ""
}

// MassIndex is weight over height squared in kg/m², to one digit; false unless both are
// positive numbers. Adolphe Quetelet's index, as the WHO uses it.
func MassIndex(weight, height Decimal) (Decimal, bool) {
	w, okW := rat(weight)
	h, okH := rat(height)
	if !okW || !okH || w.Sign() <= 0 || h.Sign() <= 0 {
		return "", false
	}
	w.Mul(w, ratInt(10_000)).Quo(w, h).Quo(w, h)
	return Decimal(w.FloatString(1)), true
}

// Compute brings the computed signs of a visit up to date: the body mass index from its
// weight and height. height is the last known one of a grown-up for a visit that has
// none; "" where none is known.
func Compute(of []Observation, height Decimal, b Body, word func(key string) string) []Observation {
	weight, _ := (&VitalSign{Parts: []Vital{vitalWeight}}).Values(of)
	own, _ := (&VitalSign{Parts: []Vital{vitalHeight}}).Values(of)
	if own[0] != "" {
		height = own[0]
	}
	index := VitalSign{Parts: []Vital{vitalMassIndex}}
	value, ok := MassIndex(weight[0], height)
	if !ok {
		if weight[0] == "" || height == "" {
			return index.Put(of, []Decimal{""}, b, word)
		}
		return of
	}
	return index.Put(of, []Decimal{value}, b, word)
}

// Typed writes the numbers of a field as people type them: "36,6", "120/80"; comma is
// the decimal mark of the reader's language.
func (s *VitalSign) Typed(values []Decimal, comma bool) string {
	known := false
	parts := make([]string, len(s.Parts))
	for i := range parts {
		if i < len(values) && values[i] != "" {
			known = true
			parts[i] = string(values[i])
			if comma {
				parts[i] = strings.Replace(parts[i], ".", ",", 1)
			}
		} else {
			parts[i] = "-"
		}
	}
	if !known {
		return ""
	}
	return strings.Join(parts, "/")
}
