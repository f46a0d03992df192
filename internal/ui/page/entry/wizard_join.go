package entry

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// joinStep makes this computer a workstation of a clinic that exists: by the server's
// address, a code from another workstation, and the login and password that one has
// there.
type joinStep struct {
	w                    *wizard
	server, code, login  *kit.Entry
	fServer, fCode, fLog *kit.Field
	password             *secret
	on, begin            *kit.Button
	progress             *fyne.Container
	bar                  *widget.ProgressBar
	words                *kit.Text
	said                 *fyne.Container
	ready                bool
}

func newJoinStep(w *wizard) *joinStep {
	return &joinStep{w: w, said: kit.Col(0), progress: kit.Col(6), bar: widget.NewProgressBar(), words: kit.Caption("").Cut(100)}
}

func (s *joinStep) content() fyne.CanvasObject {
	w, d, m := s.w, s.w.d, s.w.model
	m.Password = ""
	entry := func(value string, limit int, set func(string)) *kit.Entry {
		e := kit.NewEntry()
		e.Limit = limit
		e.SetText(value)
		e.OnChanged = set
		return e
	}
	s.server = entry(m.Server, 300, func(v string) { m.Server = v; s.fServer.Say(kit.Calm, "") })
	s.code = entry(m.Code, 80, func(v string) { m.Code = v; s.fCode.Say(kit.Calm, "") })
	s.login = entry(m.JoinLogin, 200, func(v string) { m.JoinLogin = v; s.fLog.Say(kit.Calm, "") })
	s.fServer = kit.NewField(d.t("entry_join_server"), s.server).Hinted(d.t("entry_join_server_hint"))
	s.fCode = kit.NewField(d.t("entry_join_code"), s.code).Hinted(d.t("entry_join_code_hint"))
	s.fLog = kit.NewField(d.t("entry_login_label"), s.login)
	s.password = newSecret(d.t("entry_password"), s.next)
	s.password.changed = func(text string) { m.Password = text; s.password.field.Say(kit.Calm, "") }
	s.server.OnSubmitted = func(string) { d.focus(s.code) }
	s.code.OnSubmitted = func(string) { d.focus(s.login) }
	s.login.OnSubmitted = func(string) { d.focus(s.password.entry) }
	s.on = kit.NewButton(d.t("entry_join_do"), s.next).Ranked(kit.Primary).With("link").Key("Enter")
	s.begin = kit.NewButton(d.t("entry_join_begin"), m.Begin).Small().With("arrow-right").Key("F2")
	s.progress.Hide()
	form := kit.Col(4,
		title(d.t("entry_join"), d.t("entry_join_below")), kit.Space(1, 6),
		s.fServer, s.fCode, kit.Columns(14, []float32{1, 1}, s.fLog, s.password.field),
		s.progress, s.said, w.feet(s.on),
	)
	return w.sheet(560, form)
}

func (s *joinStep) first() fyne.Focusable { return s.server }

func (s *joinStep) show() {
	m := s.w.model
	for _, f := range []struct {
		name  string
		field *kit.Field
	}{{"address", s.fServer}, {"code", s.fCode}, {"login", s.fLog}, {"password", s.password.field}} {
		if e := m.Errors[f.name]; e.Text != "" {
			s.w.d.say(f.field, e)
		}
	}
	s.said.RemoveAll()
	if said := m.Said(); said.Text != "" {
		s.said.Add(kit.Notice(tone(said.Tone), said.Text))
	}
	s.said.Refresh()
	s.w.d.relay()
}

// toFault gives the keys to the field where something is wrong.
func (s *joinStep) toFault() {
	for _, f := range []struct {
		name string
		to   fyne.Focusable
	}{{"address", s.server}, {"code", s.code}, {"login", s.login}, {"password", s.password.entry}} {
		if s.w.model.Errors[f.name].Text != "" {
			s.w.d.focus(f.to)
			return
		}
	}
}

func (s *joinStep) next() {
	w := s.w
	if w.model.Busy() {
		return
	}
	if !w.model.CheckJoin() {
		s.show()
		s.toFault()
		return
	}
	s.on.Disable()
	s.running()
	kit.Load(w.d.loader, "join", func(ctx context.Context) (struct{}, error) {
		// A change of language or look makes the page anew; only Stop ends the work.
		return struct{}{}, w.model.Join(context.WithoutCancel(ctx), s.report(ctx))
	}, func(_ struct{}, err error) {
		if err != nil {
			s.on.Enable()
			s.progress.Hide()
			if !errors.Is(err, context.Canceled) || w.model.Said().Text != "" {
				s.show()
				s.toFault()
			}
			w.d.relay()
			return
		}
		w.finish()
	})
}

// running shows the bar and the button that breaks off.
func (s *joinStep) running() {
	d := s.w.d
	s.said.RemoveAll()
	s.bar.TextFormatter = func() string { return "" }
	s.words.Set(d.t("entry_join_calling"))
	s.begin.Hide()
	stop := kit.NewButton(d.t("entry_demo_stop"), s.w.model.Stop).Small().With("close").Key("Esc")
	s.progress.Objects = []fyne.CanvasObject{s.bar, kit.Edges(nil, nil, nil, kit.Row(8, s.begin, stop), s.words)}
	s.progress.Show()
	s.progress.Refresh()
	d.relay()
}

// report tells how far it is, some times a second.
func (s *joinStep) report(ctx context.Context) func(model.JoinProgress) {
	var last time.Time
	d := s.w.d
	return func(p model.JoinProgress) {
		if d.Inline || ctx.Err() != nil || time.Since(last) < 100*time.Millisecond && !p.Ready {
			return
		}
		last = time.Now()
		fyne.Do(func() { s.tell(p) })
	}
}

// tell shows how far it is.
func (s *joinStep) tell(p model.JoinProgress) {
	s.bar.SetValue(p.Share())
	if p.Of > 0 {
		s.words.Set(s.w.d.t("entry_join_progress", "n", int(p.Done), "of", int(p.Of)))
	}
	if p.Ready && !s.ready {
		s.ready = true
		s.begin.Show()
		s.progress.Refresh()
		s.w.d.relay()
	}
}

func (s *joinStep) key(k kit.Key) bool {
	if k != kit.Plain(fyne.KeyF2) || !s.ready || !s.w.model.Busy() {
		return false
	}
	s.w.model.Begin()
	return true
}
