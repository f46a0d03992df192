package entry

import (
	"context"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	model "feldsher/internal/ui/present/entry"
)

// passwordStep asks for the administrator's password, and founds the clinic.
type passwordStep struct {
	w               *wizard
	password, again *secret
	meter           *meter
	found           *kit.Button
	said            *fyne.Container
}

func newPasswordStep(w *wizard) *passwordStep { return &passwordStep{w: w, said: kit.Col(0)} }

func (s *passwordStep) content() fyne.CanvasObject {
	w, d, m := s.w, s.w.d, s.w.model
	words := m.Words()
	m.Password, m.Again = "", ""
	s.meter = newMeter(func(level int) string { return model.StrengthWord(words, level) }, words.Warning)
	s.password = newSecret(d.t("entry_password_new_label"), func() { d.focus(s.again.entry) })
	var caps model.Caps
	s.password.typed = func(r rune, shift bool) { caps.Typed(r, shift) }
	s.password.changed = func(text string) {
		m.Password = text
		strength := m.Strength()
		s.meter.show(strength)
		hint := s.meter.advise(strength)
		if layout := model.Layout(words, text); layout.Tone == model.Warn {
			hint = layout
		}
		d.say(s.password.field, hint)
	}
	s.again = newSecret(d.t("entry_password_again"), s.next)
	s.again.changed = func(text string) { m.Again = text; s.again.field.Say(kit.Calm, "") }
	s.password.field.Hinted(d.t("entry_password_advice"))
	s.found = kit.NewButton(d.t("entry_found"), s.next).Ranked(kit.Primary).With("check").Key("Enter")
	form := kit.Col(6,
		title(d.t("entry_password_title"), d.t("entry_password_below")), kit.Space(1, 4),
		s.password.field, s.meter.object, kit.Space(1, 6), s.again.field, s.said,
		w.feet(s.found),
	)
	return w.sheet(520, form)
}

func (s *passwordStep) first() fyne.Focusable { return s.password.entry }

func (s *passwordStep) show() {
	m := s.w.model
	for _, f := range []struct {
		name  string
		field *kit.Field
	}{{"password", s.password.field}, {"again", s.again.field}} {
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

func (s *passwordStep) next() {
	w := s.w
	if w.model.Busy() {
		return
	}
	if !w.model.CheckPassword() {
		s.show()
		if _, wrong := w.model.Errors["password"]; wrong {
			w.d.focus(s.password.entry)
		} else {
			w.d.focus(s.again.entry)
		}
		return
	}
	s.found.Disable()
	s.found.Set(w.d.t("entry_founding"), "sync")
	s.said.RemoveAll()
	if !w.d.Inline {
		s.said.Add(w.d.busy())
	}
	kit.Load(w.d.loader, "found", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.model.Found(context.WithoutCancel(ctx))
	}, func(_ struct{}, err error) {
		w.turn()
	})
}
