package main

import (
	"context"
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/entry"
	"feldsher/translations"
)

// looks is how the program looks and speaks: what stands on this computer before
// anybody has logged in, and each user's own taste after.
type looks struct {
	system fyne.Preferences // of the computer: no word of any patient
	lang   translations.Lang
	look   kit.Look
	dark   bool // as the system was last
}

const prefLook = "look"

func newLooks(p fyne.Preferences, lang translations.Lang) *looks {
	l := &looks{system: p, lang: lang}
	if code := p.String("lang"); code != "" {
		l.lang = translations.Parse(code)
	}
	l.look = kit.Look{
		Dark: p.Bool("dark"), System: p.Bool("system"),
		Scale: float32(p.FloatWithFallback("scale", 1)),
	}
	return l
}

// size is how large the window was when it was last closed.
func (l *looks) size() fyne.Size {
	return fyne.NewSize(float32(l.system.FloatWithFallback("width", 1366)), float32(l.system.FloatWithFallback("height", 740)))
}

func (l *looks) window(size fyne.Size) {
	l.system.SetFloat("width", float64(size.Width))
	l.system.SetFloat("height", float64(size.Height))
}

func (l *looks) apply(a fyne.App, look kit.Look) {
	l.look = look
	a.Settings().SetTheme(kit.NewTheme(look))
	l.dark = a.Settings().ThemeVariant() == theme.VariantDark
}

// turned reports whether the system has become dark or light since it was asked last.
func (l *looks) turned() bool {
	now := fyne.CurrentApp().Settings().ThemeVariant() == theme.VariantDark
	was := l.dark
	l.dark = now
	return was != now
}

// of takes the user's own taste, where the user has one.
func (l *looks) of(ctx context.Context, s *present.Session) {
	var look kit.Look
	if text, err := s.Prefs.Get(ctx, prefLook); err == nil && text != "" && json.Unmarshal([]byte(text), &look) == nil {
		l.look = look
	}
}

// keep remembers a look for the user, and for whoever comes to this computer next.
func (l *looks) keep(ctx context.Context, s *present.Session, look kit.Look) {
	l.look = look
	l.system.SetBool("dark", look.Dark)
	l.system.SetBool("system", look.System)
	l.system.SetFloat("scale", float64(look.Scale))
	if text, err := json.Marshal(look); err == nil && s != nil {
		_ = s.Prefs.Set(ctx, prefLook, string(text)) // a taste that is lost harms nobody
	}
}

// speak remembers a language likewise.
func (l *looks) speak(ctx context.Context, s *present.Session, lang translations.Lang) {
	l.lang = lang
	l.system.SetString("lang", string(lang))
	if s != nil {
		_ = s.Prefs.Set(ctx, entry.PrefLanguage, string(lang))
	}
}
