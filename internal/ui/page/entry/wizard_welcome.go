package entry

import (
	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
)

// welcomeStep is the first page that anybody sees: the language, and a clinic of
// one's own or the demo.
type welcomeStep struct {
	w   *wizard
	own *kit.Button
}

func newWelcomeStep(w *wizard) *welcomeStep { return &welcomeStep{w: w} }

func (s *welcomeStep) content() fyne.CanvasObject {
	d := s.w.d
	s.own = kit.NewButton(d.t("entry_welcome_own"), s.next).Ranked(kit.Primary).With("clinic").Key("Enter")
	demo := kit.NewButton(d.t("entry_welcome_demo"), s.demo).With("patients").Key("F2")
	form := kit.Col(18,
		title(d.t("entry_welcome"), d.t("entry_welcome_below")),
		kit.NewField(d.t("entry_language"), s.pills()),
		choice(s.own, d.t("entry_welcome_own_below")),
	)
	form.Add(choice(demo, d.t("entry_welcome_demo_below")))
	if s.w.model.CanJoin() {
		form.Add(choice(kit.NewButton(d.t("entry_welcome_join"), s.join).With("link").Key("F3"), d.t("entry_welcome_join_below")))
	}
	return d.sheet(d.side(s.w.steps(), nil), 520, form)
}

// choice is a button with what it leads to below it.
func choice(b *kit.Button, below string) fyne.CanvasObject {
	return kit.Card(kit.Col(8, kit.Row(0, b), muted(below)))
}

// pills are the languages by their full names.
func (s *welcomeStep) pills() fyne.CanvasObject {
	at := 0
	for i, l := range languages {
		if l == s.w.model.Words().Lang {
			at = i
		}
	}
	return kit.NewChoice([]string{"Русский", "Қазақша", "English"}, at, func(i int) {
		s.w.model.Speak(languages[i])
		if s.w.d.Speak != nil {
			s.w.d.Speak(string(languages[i]))
		}
	})
}

func (s *welcomeStep) first() fyne.Focusable { return s.own }
func (s *welcomeStep) show()                 {}

func (s *welcomeStep) next() {
	s.w.model.Start(false)
	s.w.turn()
}

func (s *welcomeStep) demo() {
	s.w.model.Start(true)
	s.w.turn()
}

func (s *welcomeStep) join() {
	s.w.model.StartJoin()
	s.w.turn()
}

func (s *welcomeStep) key(k kit.Key) bool {
	switch {
	case k == kit.Plain(fyne.KeyF2):
		s.demo()
	case k == kit.Plain(fyne.KeyF3) && s.w.model.CanJoin():
		s.join()
	default:
		return false
	}
	return true
}
