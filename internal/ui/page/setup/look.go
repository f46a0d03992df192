package setup

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	model "feldsher/internal/ui/present/setup"
)

// look is how the program looks and speaks to the user.
type look struct {
	p     *Page
	env   *page.Env
	about model.Section
	first *kit.Tabs
}

func newLook(p *Page, about model.Section) section { return &look{p: p, env: p.env, about: about} }

var langs = [...]string{"ru", "kk", "en"}

func (v *look) content() fyne.CanvasObject {
	t, e := v.env.T, v.env
	now := kit.Current()
	ground := 0
	switch {
	case now.System:
		ground = 2
	case now.Dark:
		ground = 1
	}
	v.first = kit.NewChoice([]string{t("setup_look_light"), t("setup_look_dark"), t("setup_look_system")}, ground, func(i int) {
		e.Look(kit.Look{Dark: i == 1 || i == 2 && now.Dark, System: i == 2, Scale: now.Scale})
	})
	scales := kit.Scales()
	names, at := make([]string, len(scales)), 0
	for i, s := range scales {
		names[i] = t("setup_percent", "n", int(s*100))
		if now.Scale == s {
			at = i
		}
	}
	letters := kit.NewChoice(names, at, func(i int) { e.Look(kit.Look{Dark: now.Dark, System: now.System, Scale: scales[i]}) })
	speaks := 0
	for i, l := range langs {
		if l == string(e.Words.Lang) {
			speaks = i
		}
	}
	language := kit.NewChoice([]string{"Русский", "Қазақша", "English"}, speaks, func(i int) { e.Speak(langs[i]) })
	body := kit.Col(10,
		kit.NewField(t("setup_look_ground"), v.first).Hinted(t("setup_look_ground_hint")),
		kit.NewField(t("setup_look_letters"), letters).Hinted(t("setup_look_letters_hint")),
		kit.NewField(t("setup_look_language"), language).Hinted(t("setup_look_language_hint")),
		kit.Inset(6, 0, 0, 0, v.sample()),
	)
	return container.NewBorder(kit.Head(v.about.Word, v.about.About), nil, nil, nil,
		container.NewVScroll(kit.Columns(0, []float32{0, 1}, kit.Fixed(640, 0, kit.Inset(4, 16, 16, 16, body)), kit.Space(1, 1))))
}

// sample shows what letters and colours look like.
func (v *look) sample() fyne.CanvasObject {
	t := v.env.T
	return kit.Card(kit.Col(8,
		kit.Caption(t("setup_look_sample")),
		kit.NewText(t("setup_look_sample_name")).Sized(kit.TextNote).Bold().Cut(100),
		kit.Muted(t("setup_look_sample_line")).Cut(100),
		kit.Row(6, kit.Chip(kit.Wrong, "allergy", t("setup_look_sample_allergy")), kit.Chip(kit.Good, "ok", t("setup_look_sample_signed")), kit.Chip(kit.Warn, "warning", t("setup_look_sample_warn"))),
	))
}

func (v *look) shown()               {}
func (v *look) enter()               { v.env.Window.Canvas().Focus(v.first) }
func (v *look) key(kit.Key) bool     { return false }
func (v *look) keys() []page.KeyHelp { return nil }
func (v *look) changed([]string)     {}
