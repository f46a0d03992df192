package vitals_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/vitals"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// ground is an empty page under the panel.
type ground struct{}

func (ground) Title() string                      { return "" }
func (ground) Content() fyne.CanvasObject         { return kit.Space(1, 1) }
func (ground) Shown()                             {}
func (ground) Key(kit.Key) bool                   { return false }
func (ground) Leave()                             {}
func build(*page.Env) page.Page                   { return ground{} }
func word(s *present.Session) func(string) string { return func(k string) string { return s.T(k) } }

// ill registers a patient whose pressure was measured at many visits.
func ill(t *testing.T, s *present.Session) clinic.ID {
	t.Helper()
	p := presenttest.Patient(t, s)
	pressure, _ := clinic.Sign("pressure")
	weight, _ := clinic.Sign("weight")
	for i, v := range [][2]clinic.Decimal{{"128", "82"}, {"152", "96"}, {"146", "94"}, {"138", "88"}, {"131", "84"}, {"88", "58"}, {"124", "80"}} {
		at := presenttest.Now.AddDate(0, 0, -20*(7-i)).Add(time.Duration(i) * time.Hour)
		body := clinic.BodyOf(&p, s.Words.DateOf(at))
		visit := clinic.Visit{Patient: p.ID, CareFrom: clinic.TimeOf(at)}
		visit.Observations = pressure.Put(nil, v[:], body, word(s))
		if i%2 == 0 {
			visit.Observations = weight.Put(visit.Observations, []clinic.Decimal{"71.5"}, body, word(s))
		}
		if _, err := s.Records.AddVisit(t.Context(), visit); err != nil {
			t.Fatal(err)
		}
	}
	return p.ID
}

func TestGolden(t *testing.T) {
	var patient clinic.ID
	pagetest.Golden(t, "trend", func(t *testing.T, s *present.Session) { patient = ill(t, s) }, build,
		func(st *pagetest.Stage) { vitals.Open(st.Env, patient, "pressure") })
}

// TestOpen: the panel opens on the sign asked for, leafs by keys, and closes by Esc.
func TestOpen(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	patient := ill(t, s)
	st := pagetest.Show(t, s, kit.Look{}, build)
	vitals.Open(st.Env, patient, "weight")
	chart, ok := st.Window.Canvas().Focused().(*kit.Trend)
	if !ok || chart.Count() != 4 {
		t.Fatalf("%T", st.Window.Canvas().Focused())
	}
	chart.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if chart.Count() != 7 || chart.Named() != "124/80 мм рт. ст. · 01.11.2026 18:30" {
		t.Errorf("%d, %q", chart.Count(), chart.Named())
	}
	chart.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if st.Env.Layers.Open() {
		t.Error("Esc does not close")
	}
	vitals.Open(st.Env, clinic.NewID(), "weight")
	if len(st.Said) != 1 {
		t.Errorf("%v", st.Said)
	}
}
