package demo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"feldsher/internal/clinic"
)

// LOINC names the system of the codes of vital signs.
const loinc = "http://loinc.org"

// measure is one vital sign.
type measure struct {
	code, unit string // LOINC and UCUM
	ru, kk     string
}

var (
	temperature = measure{"8310-5", "Cel", "Температура тела", "Дене қызуы"}
	systolic    = measure{"8480-6", "mm[Hg]", "АД систолическое", "Систолалық қан қысымы"}
	diastolic   = measure{"8462-4", "mm[Hg]", "АД диастолическое", "Диастолалық қан қысымы"}
	heartRate   = measure{"8867-4", "/min", "ЧСС", "Жүрек соғу жиілігі"}
	breathRate  = measure{"9279-1", "/min", "ЧД", "Тыныс алу жиілігі"}
	stature     = measure{"8302-2", "cm", "Рост", "Бойы"}
	mass        = measure{"29463-7", "kg", "Масса тела", "Дене салмағы"}
)

// vitals is what was measured at a visit; zero means not measured.
type vitals struct {
	t                                  float64
	sys, dia, pulse, breath            int
	height, weight                     float64
	pulseLo, pulseHi, brLo, brHi       int
	sysLo, sysHi, diaLo, diaHi         int
	heightLo, heightHi, massLo, massHi float64
	child                              bool
}

// take measures a patient as the reason and the age ask for.
func (g *Generator) take(h *history, s *scenario, on day, follow bool) vitals {
	d, b := g.health, &h.body
	age := float64(on-h.p.born) / 365.25
	v := vitals{child: age < 18}
	lo, hi := s.tLo, s.tHi
	if follow {
		lo, hi = 36.3, 36.8
	}
	v.t = math.Round((lo+(hi-lo)*d.rnd.Float64())*10) / 10
	fever := math.Max(0, v.t-37)
	pulse, breath := pace(pacePulse[:], age, 72), pace(paceBreath[:], age, 16.4)
	v.pulse = int(pulse + b.pulse + fever*9 + d.normal(0, 4))
	v.pulseLo, v.pulseHi = 60, 90
	v.brLo, v.brHi = 12, 20
	if age < 15 {
		v.pulseLo, v.pulseHi = int(pulse*0.8), int(pulse*1.2)
		v.brLo, v.brHi = int(breath*0.75), int(breath*1.25)
	}
	if age >= 15 || age >= 7 && d.chance(50) {
		g.pressure(&v, h, s, age, follow)
	}
	mild := age >= 15 && v.t < 38.5 && (s.code == "J06.9" || s.code == "J11.1")
	if age < 1 || age < 7 && d.chance(25) || s.respiration && !follow && !mild {
		v.breath = int(breath + fever*1.6 + d.normal(0, 1))
		if s.code == "J18.9" || s.code == "I50.0" {
			v.breath += d.between(3, 6)
		}
	}
	if age < 7 && d.chance(80) || s.growth {
		g.grow(&v, h, s, on, age)
	}
	return v
}

func (g *Generator) pressure(v *vitals, h *history, s *scenario, age float64, follow bool) {
	d, b := g.health, &h.body
	sys, dia := 112+math.Min(age, 75)*0.2, 70+math.Min(age, 60)*0.12
	v.sysLo, v.sysHi, v.diaLo, v.diaHi = 100, 139, 60, 89
	if age < 18 {
		sys, dia = 92+age*1.5, 57+age*0.95
		v.sysLo, v.sysHi, v.diaLo, v.diaHi = int(sys-14), int(sys+14), int(dia-13), int(dia+13)
	}
	high := 0.0
	if !follow {
		high = float64(s.bp)
	}
	if h.conceived != 0 {
		high -= 4
	}
	v.sys = 2 * int((sys+b.systolic+high+d.normal(0, 6))/2)
	v.dia = 2 * int((dia+b.diastole+high*0.5+d.normal(0, 4))/2)
	v.dia = max(min(v.dia, v.sys-32), v.sys-72)
	if age >= 18 && d.chance(55) { // people round
		v.sys, v.dia = (v.sys+5)/10*10, (v.dia+5)/10*10
	}
}

func (g *Generator) grow(v *vitals, h *history, s *scenario, on day, age float64) {
	b := &h.body
	v.weight = b.massAt(age) * (1 + g.health.normal(0, 0.006))
	if h.pregnantAt(on) {
		v.weight += float64(on-h.conceived) / 7 * 0.3
	}
	v.weight = math.Round(v.weight*10) / 10
	if s.growth {
		v.height = math.Round(b.heightAt(age))
		if age < 2 {
			v.height = math.Round(b.heightAt(age)*2) / 2
		}
	}
	if v.child {
		v.heightLo, v.heightHi = math.Round(at(growthHeight[:], age)*0.92), math.Round(at(growthHeight[:], age)*1.08)
		v.massLo, v.massHi = math.Round(at(growthMass[:], age)*7.8)/10, math.Round(at(growthMass[:], age)*13)/10
	}
}

// rows gives the observations of the visit.
func (v *vitals) rows(g *Generator, visit *clinic.Visit, kazakh bool) []clinic.Observation {
	var out []clinic.Observation
	add := func(m *measure, value, lo, hi float64, digits int) {
		if value == 0 {
			return
		}
		o := clinic.Observation{
			Patient: visit.Patient, Visit: visit.ID, Kind: "vital", Unit: m.unit, Taken: visit.CareFrom,
			Coding: clinic.Coding{System: loinc, Code: m.code, Name: m.ru},
			Value:  clinic.Decimal(strconv.FormatFloat(value, 'f', digits, 64)),
		}
		if kazakh {
			o.Name = m.kk
		}
		if hi > 0 {
			o.Low, o.High = clinic.Decimal(strconv.FormatFloat(lo, 'f', digits, 64)), clinic.Decimal(strconv.FormatFloat(hi, 'f', digits, 64))
			o.Flag = flag(m, value, lo, hi)
		}
		o.ID = g.deriver.child(visit.ID, "observation", len(out))
		out = append(out, o)
	}
	add(&temperature, v.t, 36, 37, 1)
	add(&systolic, float64(v.sys), float64(v.sysLo), float64(v.sysHi), 0)
	add(&diastolic, float64(v.dia), float64(v.diaLo), float64(v.diaHi), 0)
	add(&heartRate, float64(v.pulse), float64(v.pulseLo), float64(v.pulseHi), 0)
	add(&breathRate, float64(v.breath), float64(v.brLo), float64(v.brHi), 0)
	add(&stature, v.height, v.heightLo, v.heightHi, 1)
	add(&mass, v.weight, v.massLo, v.massHi, 1)
	return out
}

// flag marks what lies outside the norm as HL7 does; twice what alarms.
func flag(m *measure, value, lo, hi float64) string {
	switch {
	case m == &systolic && value >= 180, m == &temperature && value >= 39.5:
		return "HH"
	case value > hi:
		return "H"
	case value < lo:
		return "L"
	}
	return ""
}

// comma writes a number as it stands in a Russian or Kazakh text.
func comma(f float64) string {
	return strings.Replace(strconv.FormatFloat(f, 'f', -1, 64), ".", ",", 1)
}

// sentence says the vital signs in a note; breaths only where the note hasn't.
func (v *vitals) sentence(kazakh, breaths bool) string {
	words := [...]string{"t ", "АД ", " мм рт. ст.", "ЧСС ", " в мин", "ЧД ", "вес ", " кг"}
	if kazakh {
		words = [...]string{"t ", "АҚ ", " мм с.б.", "ЖСЖ минутына ", "", "ТАЖ минутына ", "салмағы ", " кг"}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s °C", words[0], comma(v.t))
	if v.sys > 0 {
		fmt.Fprintf(&b, ", %s%d/%d%s", words[1], v.sys, v.dia, words[2])
	}
	fmt.Fprintf(&b, ", %s%d%s", words[3], v.pulse, words[4])
	if v.breath > 0 && breaths {
		fmt.Fprintf(&b, ", %s%d%s", words[5], v.breath, words[4])
	}
	b.WriteByte('.')
	return b.String()
}
