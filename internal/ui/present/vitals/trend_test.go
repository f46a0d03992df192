package vitals_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/vitals"
	"feldsher/translations"
)

var words = present.Words{Lang: translations.Russian, Zone: time.FixedZone("", 3*3600)}

func at(day string) clinic.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return clinic.TimeOf(t.Add(9 * time.Hour))
}

func seen(day string, status string, obs ...clinic.Observation) clinic.Visit {
	return clinic.Visit{CareFrom: at(day), Status: status, Observations: obs}
}

func vital(code string, value clinic.Decimal, unit string) clinic.Observation {
	return clinic.Observation{Kind: "vital", Coding: clinic.Coding{System: clinic.LOINC, Code: code}, Value: value, Unit: unit}
}

// TestTrend: the oldest first, each number by the norm of its own age; what was struck
// out and what is in other units does not count (R3.1).
func TestTrend(t *testing.T) {
	p := &clinic.Patient{Sex: clinic.Male, BirthDate: "2006-11-01"}
	sign, _ := clinic.Sign("pressure")
	sys := func(v clinic.Decimal) clinic.Observation { return vital("8480-6", v, "mm[Hg]") }
	dia := func(v clinic.Decimal) clinic.Observation { return vital("8462-4", v, "mm[Hg]") }
	own := sys("125")
	own.Low, own.High, own.Flag = "100", "120", "H" // the range that the record came with
	visits := []clinic.Visit{
		seen("2026-11-20", clinic.VisitDone, sys("135"), dia("95")),
		seen("2026-11-19", clinic.VisitStruck, sys("300"), dia("200")),
		seen("2015-02-01", clinic.VisitDone, sys("115"), dia("60")), // eight years old
		seen("2020-05-01", clinic.VisitDone, vital("8480-6", "16", "kPa")),
		seen("2026-01-01", clinic.VisitDone, own),
	}
	loose := []clinic.Observation{sys("80")}
	loose[0].Taken = at("2026-06-01")
	trend := vitals.Of(words, p, &sign, visits, append(loose, sys("70")), "2026-11-21")
	if len(trend.Points) != 4 || trend.Title != "Давление, мм рт. ст." || trend.Bands[0] != (vitals.Band{90, 139}) {
		t.Fatalf("%+v", trend)
	}
	for i, want := range []struct {
		note string
		out  int8
	}{
		{"115/60 мм рт. ст., выше нормы · 01.02.2015 12:00", 1},
		{"125/- мм рт. ст., выше нормы · 01.01.2026 12:00", 1},
		{"80/- мм рт. ст., ниже нормы · 01.06.2026 12:00", -1},
		{"135/95 мм рт. ст., выше нормы · 20.11.2026 12:00", 0},
	} {
		if got := trend.Points[i]; got.Note != want.note || got.Out[0] != want.out {
			t.Errorf("%d: %+v", i, got)
		}
	}
	if !math.IsNaN(trend.Points[1].Values[1]) || trend.Points[3].Out[1] != 1 {
		t.Errorf("%+v", trend.Points)
	}
	var names []string
	for _, s := range vitals.Signs(visits, loose, "temperature") {
		names = append(names, s.Key)
	}
	if strings.Join(names, " ") != "temperature pressure" {
		t.Error(names)
	}
	if got := vitals.Number(words, 36.5); got != "36,5" {
		t.Error(got)
	}
}
