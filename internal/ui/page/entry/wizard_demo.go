package entry

import (
	"context"
	"errors"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// demoStep makes the demo clinic, with progress and a way to break it off.
type demoStep struct {
	w        *wizard
	on       *kit.Button
	progress *fyne.Container
	bar      *widget.ProgressBar
	words    *kit.Text
	said     *fyne.Container
}

func newDemoStep(w *wizard) *demoStep {
	return &demoStep{w: w, said: kit.Col(0), progress: kit.Col(4), bar: widget.NewProgressBar(), words: kit.Caption("")}
}

// demoSizes are the numbers of patients on offer.
var demoSizes = []int{100, 300, 1000, 3000}

func (s *demoStep) content() fyne.CanvasObject {
	w, d, m := s.w, s.w.d, s.w.model
	country, size := 0, 1
	if m.Country == clinic.Kazakhstan {
		country = 1
	}
	names := make([]string, len(demoSizes))
	for i, n := range demoSizes {
		names[i] = strconv.Itoa(n)
		if n == m.DemoPatients {
			size = i
		}
	}
	where := kit.NewChoice([]string{d.t("entry_country_ru"), d.t("entry_country_kz")}, country, func(i int) {
		if !w.model.Busy() {
			m.ChooseCountry(countries[i])
		}
	})
	many := kit.NewChoice(names, size, func(i int) {
		if !w.model.Busy() {
			m.DemoPatients = demoSizes[i]
		}
	})
	s.on = kit.NewButton(d.t("entry_demo_make"), s.next).Ranked(kit.Primary).With("patients").Key("Enter")
	s.progress.Hide()
	form := kit.Col(10,
		title(d.t("entry_demo"), d.t("entry_demo_below")), kit.Space(1, 4),
		kit.NewField(d.t("entry_country"), where), kit.NewField(d.t("entry_demo_many"), many),
		s.progress, s.said, w.feet(s.on),
	)
	return w.sheet(520, form)
}

func (s *demoStep) first() fyne.Focusable { return s.on }

func (s *demoStep) show() {
	s.said.RemoveAll()
	if said := s.w.model.Said(); said.Text != "" {
		s.said.Add(kit.Notice(tone(said.Tone), said.Text))
	}
	s.said.Refresh()
	s.w.d.relay()
}

func (s *demoStep) next() {
	w := s.w
	if w.model.Busy() {
		return
	}
	s.on.Disable()
	s.begin(w.model.Stop)
	kit.Load(w.d.loader, "demo", func(ctx context.Context) (struct{}, error) {
		// A change of language or look makes the page anew; only Stop ends the work.
		return struct{}{}, w.model.Demo(context.WithoutCancel(ctx), s.report(ctx))
	}, func(_ struct{}, err error) {
		if err != nil && !errors.Is(err, context.Canceled) {
			s.on.Enable()
			s.progress.Hide()
			s.show()
			return
		}
		w.turn()
	})
}

// begin shows the bar and the button that breaks it off.
func (s *demoStep) begin(stop func()) {
	s.bar.TextFormatter = func() string { return "" }
	s.words.Set(s.w.d.t("entry_demo_staff"))
	s.progress.Objects = []fyne.CanvasObject{
		s.bar, kit.Edges(nil, nil, nil, kit.NewButton(s.w.d.t("entry_demo_stop"), stop).Small().With("close").Key("Esc"), s.words),
	}
	s.progress.Show()
	s.progress.Refresh()
	s.w.d.relay()
}

// report tells how far the demo is, some times a second.
func (s *demoStep) report(ctx context.Context) func(model.DemoProgress) {
	var last time.Time
	d := s.w.d
	return func(p model.DemoProgress) {
		if d.Inline || time.Since(last) < 100*time.Millisecond || ctx.Err() != nil {
			return
		}
		last = time.Now()
		fyne.Do(func() {
			s.bar.SetValue(p.Share())
			if p.Patients > 0 {
				s.words.Set(d.t("entry_demo_progress", "patients", p.Patients, "of", p.Of, "visits", p.Visits))
			}
		})
	}
}

// demoReadyStep shows the logins of the demo and their password.
type demoReadyStep struct {
	w  *wizard
	on *kit.Button
}

func newDemoReadyStep(w *wizard) *demoReadyStep { return &demoReadyStep{w: w} }

func (s *demoReadyStep) content() fyne.CanvasObject {
	d := s.w.d
	logins := s.w.model.DemoLogins()
	columns := []*fyne.Container{
		kit.Col(6, kit.Caption(d.t("entry_login_label"))), kit.Col(6, kit.Caption(d.t("entry_demo_who"))), kit.Col(6, kit.Caption(d.t("entry_position"))),
	}
	for _, u := range logins {
		columns[0].Add(kit.NewText(u.Login).Bold().Cut(60))
		columns[1].Add(kit.NewText(u.Name).Cut(60))
		columns[2].Add(kit.Muted(u.Position).Cut(60))
	}
	list := kit.Columns(18, []float32{2, 4, 3}, columns[0], columns[1], columns[2])
	s.on = kit.NewButton(d.t("entry_demo_enter"), s.next).Ranked(kit.Primary).With("arrow-right").Key("Enter")
	form := kit.Col(12,
		title(d.t("entry_demo_ready"), d.t("entry_demo_ready_below")),
		kit.Card(kit.Row(12, kit.Picture("key", kit.ColorMuted, 20), kit.NewText(d.t("entry_demo_password")), kit.NewText(model.DemoPassword).Sized(kit.TextTitle).Bold().Mono())),
		list,
		kit.Row(10, s.on),
	)
	return s.w.sheet(wideColumn, form)
}

func (s *demoReadyStep) first() fyne.Focusable { return s.on }
func (s *demoReadyStep) show()                 {}
func (s *demoReadyStep) next()                 { s.w.finish() }
