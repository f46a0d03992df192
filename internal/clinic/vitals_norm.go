package clinic

import (
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Body is whose numbers are measured: norms depend on age and sex.
type Body struct {
	Sex   Sex
	Birth Date // whole, or a year that tells a grown-up
	On    Date // the day of measuring, in the clinic's zone
}

// BodyOf is that of a patient on a day.
func BodyOf(p *Patient, on Date) Body { return Body{Sex: p.Sex, Birth: p.BirthDate, On: on} }

// adult is the age in months from which the norms of grown-ups hold.
const adult = 18 * 12

// months is the age in whole months. A birth date of which only the year is known tells
// no more than that somebody has grown up.
func (b Body) months() (int, bool) {
	if !b.On.Full() || b.Birth == "" {
		return 0, false
	}
	if !b.Birth.Full() {
		years := b.On.Year() - b.Birth.Year() - 1
		return years * 12, b.Birth.Year() > 0 && years >= 18
	}
	birth, err1 := time.Parse(time.DateOnly, string(b.Birth))
	on, err2 := time.Parse(time.DateOnly, string(b.On))
	if err1 != nil || err2 != nil || on.Before(birth) {
		return 0, false
	}
	n := (on.Year()-birth.Year())*12 + int(on.Month()) - int(birth.Month())
	if on.Day() < birth.Day() {
		n--
	}
	return n, true
}

// bound is the norm of one age and sex.
type bound struct{ low, high Decimal }

// Norm gives the limits of what is usual for a body, "" for an open end or for none. They
// are hints for the eye and no diagnosis. Sources:
//
//   - temperature: axillary, 36.0 to 37.0 °C, as textbooks of internal propaedeutics have it;
//   - blood pressure of grown-ups: hypertension from 140/90 (guidelines of ESC/ESH 2018 and of
//     the ministries of health of Russia and Kazakhstan), hypotension below 90/60; of children
//     see childPressure;
//   - pulse 60 to 90, respiration 12 to 20 of grown-ups: textbooks of internal propaedeutics;
//     of children see childPace;
//   - saturation from 95 %: WHO, Pulse oximetry training manual, 2011;
//   - weight, height, head of children up to five: see growth; above five none by themselves;
//   - body mass index: 18.5 to 24.9 of grown-ups (WHO, Technical Report Series 894, 2000), of
//     children see childMassIndex;
//   - waist: below 94 cm in men, 80 cm in women (IDF consensus, 2006);
//   - glucose: whole capillary blood, fasting, 3.3 to 5.5 mmol/l (WHO 1999, kept by the
//     algorithms of specialised care of endocrinologists in Russia and Kazakhstan);
//   - pain: none.
func (v *Vital) Norm(b Body) (low, high Decimal) {
	switch v.Key {
	case vitalTemperature.Key:
		return "36", "37"
	case vitalSaturation.Key:
		return "95", ""
	case vitalGlucose.Key:
		return "3.3", "5.5"
	}
	months, known := b.months()
	if !known {
		return "", ""
	}
	return v.normAt(b.Sex, months)
}

func (v *Vital) normAt(sex Sex, months int) (low, high Decimal) {
	if months < adult {
		return v.normOfChild(sex, months)
	}
	switch v.Key {
	case vitalSystolic.Key:
		return "90", "139"
	case vitalDiastolic.Key:
		return "60", "89"
	case vitalPulse.Key:
		return "60", "90"
	case vitalBreath.Key:
		return "12", "20"
	case vitalMassIndex.Key:
		return "18.5", "24.9"
	case vitalWaist.Key:
		switch sex {
		case Male:
			return "", "93.9"
		case Female:
			return "", "79.9"
		}
	}
	return "", ""
}

func (v *Vital) normOfChild(sex Sex, months int) (low, high Decimal) {
	switch v.Key {
	case vitalPulse.Key, vitalBreath.Key:
		for _, p := range childPace {
			if months < p.until {
				if v.Key == vitalPulse.Key {
					return p.pulse.low, p.pulse.high
				}
				return p.breath.low, p.breath.high
			}
		}
	case vitalSystolic.Key, vitalDiastolic.Key:
		return childPressureNorm(v.Key == vitalSystolic.Key, sex, months)
	case vitalWeight.Key:
		return between(growthWeight[:], sex, months, 1)
	case vitalHeight.Key:
		return between(growthHeight[:], sex, months, 1)
	case vitalHead.Key:
		return between(growthHead[:], sex, months, 1)
	case vitalMassIndex.Key:
		if months >= childMassIndex[0].months {
			return between(childMassIndex[:], sex, months, 1)
		}
	}
	return "", ""
}

// childPace are the 1st and the 99th centile of pulse and respiration of healthy
// children at rest, until an age in months. S. Fleming and others, Normal ranges of heart
// rate and respiratory rate in children from birth to 18 years of age: a systematic review
// of observational studies, Lancet 377 (2011) 1011.
var childPace = [...]struct {
	until         int
	pulse, breath bound
}{
	{3, bound{"107", "181"}, bound{"25", "66"}},
	{6, bound{"104", "175"}, bound{"24", "64"}},
	{9, bound{"98", "168"}, bound{"23", "61"}},
	{12, bound{"93", "161"}, bound{"22", "58"}},
	{18, bound{"88", "156"}, bound{"21", "53"}},
	{24, bound{"82", "149"}, bound{"19", "46"}},
	{36, bound{"76", "142"}, bound{"18", "38"}},
	{48, bound{"70", "136"}, bound{"17", "33"}},
	{72, bound{"65", "131"}, bound{"17", "29"}},
	{96, bound{"59", "123"}, bound{"16", "27"}},
	{144, bound{"52", "115"}, bound{"14", "25"}},
	{180, bound{"47", "108"}, bound{"12", "23"}},
	{adult, bound{"43", "104"}, bound{"11", "22"}},
}

// childPressure is the blood pressure of boys and girls of 1 to 12 years from which it
// calls for a closer look: J. Flynn and others, Clinical practice guideline for screening
// and management of high blood pressure in children and adolescents, Pediatrics 140 (2017)
// e20171904, table 6.
var childPressure = [...]struct{ boyUpper, boyLower, girlUpper, girlLower int }{
	{98, 52, 98, 54},
	{100, 55, 101, 58},
	{101, 58, 102, 60},
	{102, 60, 103, 62},
	{103, 63, 104, 64},
	{105, 66, 105, 67},
	{106, 68, 106, 68},
	{107, 69, 107, 69},
	{107, 70, 108, 71},
	{108, 72, 109, 72},
	{110, 74, 111, 74},
	{113, 75, 114, 75},
}

// childPressureNorm: what lies below the table's number is usual; from 13 years on below
// 130/80, where the same guideline begins to speak of hypertension. The least systolic
// pressure is the 5th centile by the formula of paediatric resuscitation (American Heart
// Association, PALS): 70 mm Hg and twice the years from 1 to 10, then 90.
func childPressureNorm(upper bool, sex Sex, months int) (low, high Decimal) {
	years := months / 12
	if years < 1 {
		if upper && months >= 1 {
			return "70", ""
		}
		return "", ""
	}
	if upper {
		low = Decimal(strconv.Itoa(min(70+2*years, 90)))
	}
	if years > len(childPressure) {
		if upper {
			return low, "129"
		}
		return low, "79"
	}
	p := childPressure[years-1]
	boy, girl := p.boyUpper, p.girlUpper
	if !upper {
		boy, girl = p.boyLower, p.girlLower
	}
	limit := max(boy, girl)
	switch sex {
	case Male:
		limit = boy
	case Female:
		limit = girl
	}
	return low, Decimal(strconv.Itoa(limit - 1))
}

// less compares two numbers; what is no number is less than nothing.
func less(a, b Decimal) bool {
	x, okX := rat(a)
	y, okY := rat(b)
	return okX && okY && x.Cmp(y) < 0
}

// rat reads a plain decimal; big.Rat alone would take exponents that fill the memory.
func rat(d Decimal) (*big.Rat, bool) {
	if d == "" || len(d) > 40 || strings.Trim(string(d), "+-.0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(string(d))
}

func ratInt(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }
