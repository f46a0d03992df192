// Package pagetest puts a page into a window without a screen, in each language and
// look that the golden pictures keep.
package pagetest

import (
	"testing"

	"fyne.io/fyne/v2"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// Stage is a page in its window, with what it told the frame.
type Stage struct {
	Env    *page.Env
	Window fyne.Window
	Went   []present.Route
	Said   []page.Message
	Page   page.Page
}

// Show builds a page for a session, at 1366×768 without the frame; works run at once.
func Show(t testing.TB, s *present.Session, look kit.Look, build func(*page.Env) page.Page) *Stage {
	t.Helper()
	kittest.App(t, look)
	st := &Stage{}
	st.Window = kittest.Window(t, kittest.PageSize, func(w fyne.Window) fyne.CanvasObject {
		st.Env = &page.Env{
			Session: s, Window: w, Layers: kit.NewLayers(w.Canvas()), Loader: kit.NewLoader(t.Context()).Inline(),
			Go: func(r present.Route) { st.Went = append(st.Went, r) }, Swap: func(r present.Route) { st.Went = append(st.Went, r) },
			Back: func() { st.Went = append(st.Went, present.Route{Page: "back"}) },
			Say:  func(m page.Message) { st.Said = append(st.Said, m) },
			Look: func(kit.Look) {}, Speak: func(string) {}, Kept: func(bool) {},
		}
		st.Page = build(st.Env)
		return st.Page.Content()
	})
	kit.Listen(st.Window.Canvas(), func(k kit.Key) {
		if !st.Env.Layers.Key(k) {
			st.Page.Key(k)
		}
	})
	st.Page.Shown()
	t.Cleanup(st.Env.Loader.Close)
	return st
}

// Looks are the languages and looks of the golden pictures.
var Looks = []struct {
	Name string
	Lang translations.Lang
	Look kit.Look
}{
	{"ru", translations.Russian, kit.Look{}},
	{"kk-dark", translations.Kazakh, kit.Look{Dark: true}},
	{"en", translations.English, kit.Look{}},
}

// Golden compares a page with its pictures in every look; fill prepares the clinic.
func Golden(t *testing.T, name string, fill func(*testing.T, *present.Session), build func(*page.Env) page.Page, act ...func(*Stage)) {
	t.Helper()
	for _, l := range Looks {
		t.Run(l.Name, func(t *testing.T) {
			s := presenttest.Open(t, l.Lang)
			if fill != nil {
				fill(t, s)
			}
			st := Show(t, s, l.Look, build)
			for _, fn := range act {
				fn(st)
			}
			kittest.Same(t, st.Window, name+"-"+l.Name)
		})
	}
}
