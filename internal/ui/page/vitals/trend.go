// Package vitals shows how the vital signs of a patient went over time: a chart for a
// place of a page, and a panel with all signs to leaf through.
package vitals

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/clinic"
	"feldsher/internal/service/records"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/vitals"
)

// Show draws a trend in a chart.
func Show(env *page.Env, chart *kit.Trend, t model.Trend) {
	d := kit.TrendData{
		Day:    func(at time.Time) string { return env.Words.Day(clinic.TimeOf(at)) },
		Number: func(v float64) string { return model.Number(env.Words, v) },
		Empty:  env.T("vitals_trend_empty"),
	}
	for _, b := range t.Bands {
		d.Bands = append(d.Bands, kit.TrendBand(b))
	}
	for _, p := range t.Points {
		d.Points = append(d.Points, kit.TrendPoint(p))
	}
	chart.Set(d)
}

// Open shows the signs of a patient as a panel over the page, the one with a key of
// clinic.VitalSigns first. Up and down, and the strip above, go from sign to sign; left
// and right name a point. The record is read beside Fyne's thread and noted as viewed.
func Open(env *page.Env, patient clinic.ID, key string) {
	kit.Load(env.Loader, "vitals.trend", func(ctx context.Context) (records.Chart, error) { return env.Records.Chart(ctx, patient) },
		func(c records.Chart, err error) {
			if err != nil {
				env.Fail(err)
				return
			}
			OpenOf(env, &c.Patient, c.Visits, c.Observations, key)
		})
}

// OpenOf is Open for a page that has read the record already.
func OpenOf(env *page.Env, p *clinic.Patient, visits []clinic.Visit, loose []clinic.Observation, key string) {
	signs := model.Signs(visits, loose, key)
	if len(signs) == 0 {
		env.Say(page.Message{Text: env.T("vitals_trend_empty")})
		return
	}
	names, at := make([]string, len(signs)), 0
	for i := range signs {
		names[i] = env.T(signs[i].Name())
		if signs[i].Key == key {
			at = i
		}
	}
	chart, title := kit.NewTrend(), kit.Muted("")
	draw := func(i int) {
		t := model.Of(env.Words, p, &signs[i], visits, loose, env.Today())
		title.Set(t.Title)
		Show(env, chart, t)
	}
	tabs := kit.NewTabs(names, draw)
	tabs.Set(at)
	chart.OnKey = func(ev *fyne.KeyEvent) bool {
		switch ev.Name {
		case fyne.KeyUp:
			tabs.Pick(tabs.At() - 1)
		case fyne.KeyDown:
			tabs.Pick(tabs.At() + 1)
		default:
			return false
		}
		return true
	}
	draw(at)
	head := kit.Col(6, container.NewHScroll(tabs), title)
	keys := kit.Inset(6, 0, 0, 0, kit.Caption(env.T("vitals_trend_keys")).Cut(60))
	env.Layers.Show(kit.Panel{
		Title: env.T("vitals_trend_title"), Content: container.NewBorder(head, keys, nil, nil, kit.Inset(6, 0, 0, 0, chart)),
		Width: 900, Height: 500, Focus: chart,
	})
}
