// Package vitals is how the vital signs of a patient went over time: the numbers of a
// chart with the norms of the age at which each was measured, and the words that a
// reader needs for them. It reads nothing by itself and knows no widgets.
package vitals

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Point is what was measured at a moment: a number a part of the sign, NaN for one that
// is missing.
type Point struct {
	At     time.Time
	Values []float64
	Out    []int8 // 1 above the norm of that age, -1 below, 0 within
	Note   string // «150/95 мм рт. ст., выше нормы · 21.11.2026»
}

// Band is the norm of today, NaN for an open end.
type Band struct{ Low, High float64 }

// Trend is one sign of one patient over time, the oldest first.
type Trend struct {
	Sign   string // of clinic.VitalSigns
	Title  string // «Давление, мм рт. ст.»
	Points []Point
	Bands  []Band // of each part
}

// Of gathers a sign from all visits of a patient and from what hangs on none: struck-out
// visits and other units don't count.
func Of(w present.Words, p *clinic.Patient, sign *clinic.VitalSign, visits []clinic.Visit, loose []clinic.Observation, today clinic.Date) Trend {
	t := Trend{Sign: sign.Key, Title: w.T(sign.Name())}
	if len(sign.Parts) > 0 {
		t.Title += ", " + w.T(sign.Parts[0].VitalUnit())
	}
	body := clinic.BodyOf(p, today)
	for i := range sign.Parts {
		low, high := sign.Parts[i].Norm(body)
		t.Bands = append(t.Bands, Band{number(low), number(high)})
	}
	for i := range visits {
		if v := &visits[i]; v.Status != clinic.VisitStruck {
			t.add(w, p, sign, v.Observations, v.CareFrom)
		}
	}
	for i := range loose {
		t.add(w, p, sign, loose[i:i+1], 0)
	}
	slices.SortStableFunc(t.Points, func(a, b Point) int { return a.At.Compare(b.At) })
	return t
}

// Signs lists those that were measured at least once, in the order of the form, and the
// one asked for even if it was not.
func Signs(visits []clinic.Visit, loose []clinic.Observation, asked string) []clinic.VitalSign {
	var out []clinic.VitalSign
	for _, sign := range clinic.VitalSigns() {
		measured := sign.Key == asked
		for i := 0; i < len(visits) && !measured; i++ {
			measured = visits[i].Status != clinic.VisitStruck && has(&sign, visits[i].Observations)
		}
		if measured || has(&sign, loose) {
			out = append(out, sign)
		}
	}
	return out
}

func has(sign *clinic.VitalSign, of []clinic.Observation) bool {
	values, _ := sign.Values(of)
	return slices.ContainsFunc(values, func(v clinic.Decimal) bool { return v != "" })
}

func (t *Trend) add(w present.Words, p *clinic.Patient, sign *clinic.VitalSign, of []clinic.Observation, at clinic.Time) {
	values, rows := sign.Values(of)
	point, known := Point{}, false
	out := ""
	for i, v := range values {
		point.Values, point.Out = append(point.Values, number(v)), append(point.Out, 0)
		if v == "" {
			continue
		}
		known = true
		if taken := of[rows[i]].Taken; !taken.IsZero() {
			at = taken
		}
		switch flag := flagOf(&of[rows[i]], &sign.Parts[i], clinic.BodyOf(p, w.DateOf(at.Std()))); flag {
		case "H":
			point.Out[i] = 1
			out = "H"
		case "L":
			point.Out[i] = -1
			if out == "" {
				out = "L"
			}
		}
	}
	if !known || at.IsZero() {
		return
	}
	point.At = at.Std()
	comma := w.Lang != translations.English
	point.Note = sign.Typed(values, comma) + " " + w.T(sign.Parts[0].VitalUnit())
	if out != "" {
		point.Note += ", " + w.T("vitals_flag_"+out)
	}
	point.Note += " · " + w.Moment(at)
	t.Points = append(t.Points, point)
}

// flagOf is the mark that the record has, by its own range if it came with one, else by
// the norm of the age.
func flagOf(o *clinic.Observation, v *clinic.Vital, b clinic.Body) string {
	if o.Low == "" && o.High == "" && o.Flag == "" {
		return v.Flag(o.Value, b)
	}
	switch {
	case strings.HasPrefix(o.Flag, "H"):
		return "H"
	case strings.HasPrefix(o.Flag, "L"):
		return "L"
	}
	return ""
}

// number is for the eye only: what is kept stays decimal.
func number(d clinic.Decimal) float64 {
	f, err := strconv.ParseFloat(string(d), 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

// Number writes a number of the axis.
func Number(w present.Words, v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if w.Lang != translations.English {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}
