package shell

import (
	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
)

// pin opens the panel in which the user sets a PIN for the hidden screen.
func (f *Frame) pin() {
	if f.PIN != nil && f.env != nil {
		f.PIN(f.env)
	}
}

// userMenu is what a user may change for themselves.
func (f *Frame) userMenu() {
	s := f.Session
	look := kit.Current()
	var layer *kit.Layer
	shut := func(then func()) func() { return func() { layer.Close(); then() } }
	pick := func(i int, of []string) int {
		for n, v := range of {
			if v == string(s.Words.Lang) {
				return n
			}
		}
		return i
	}
	langs := []string{"ru", "kk", "en"}
	lang := kit.NewChoice([]string{"Русский", "Қазақша", "English"}, pick(0, langs), func(i int) { layer.Close(); f.Speak(langs[i]) })
	dark := 0
	switch {
	case look.System:
		dark = 2
	case look.Dark:
		dark = 1
	}
	ground := kit.NewChoice([]string{s.T("shell_ground_light"), s.T("shell_ground_dark"), s.T("shell_ground_system")}, dark, func(i int) {
		layer.Close()
		f.Look(kit.Look{Dark: i == 1, System: i == 2, Scale: look.Scale})
	})
	names, at, scales := []string{}, 0, kit.Scales()
	for i, v := range scales {
		names = append(names, s.T("shell_percent", "n", int(v*100)))
		if look.Scale == v {
			at = i
		}
	}
	letters := kit.NewChoice(names, at, func(i int) { layer.Close(); f.Look(kit.Look{Dark: look.Dark, System: look.System, Scale: scales[i]}) })
	roles := ""
	for i, r := range s.User.Roles {
		if i > 0 {
			roles += ", "
		}
		roles += s.Words.Code("word_role", string(r))
	}
	content := kit.Col(10,
		kit.Col(0, kit.NewText(s.User.Name.String()).Bold(), kit.Muted(roles).Cut(100)),
		kit.NewField(s.T("shell_language"), lang), kit.NewField(s.T("shell_ground"), ground), kit.NewField(s.T("shell_letters"), letters),
		kit.Row(8,
			kit.NewButton(s.T("shell_pin"), shut(f.pin)).With("key"),
			kit.NewButton(s.T("shell_switch"), shut(f.Hide)).With("user").Key("Ctrl+L"),
			kit.NewButton(s.T("shell_lock"), shut(f.Lock)).With("lock").Key("Ctrl+Shift+L"),
			kit.NewButton(s.T("shell_settings"), shut(func() { f.Go(present.Route{Page: present.PageSettings}) })).With("settings"),
		),
	)
	layer = f.Layers.Show(kit.Panel{Title: s.T("shell_you"), Content: content, Focus: fyne.Focusable(lang)})
}
