package shell_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/shell"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// blank is a page that notes what it is told.
type blank struct {
	env   *page.Env
	route present.Route
	log   *[]string
	entry *kit.Entry
}

func (b *blank) Title() string { return b.route.Page }
func (b *blank) Content() fyne.CanvasObject {
	b.entry = kit.NewEntry()
	return kit.Col(8, kit.Head(b.env.T("shell_"+b.route.Page), ""), kit.Inset(0, 16, 0, 16, b.entry))
}

func (b *blank) Shown() {
	b.env.Window.Canvas().Focus(b.entry)
	*b.log = append(*b.log, "shown "+b.route.Page)
}
func (b *blank) Leave() { *b.log = append(*b.log, "left "+b.route.Page) }
func (b *blank) Key(k kit.Key) bool {
	if k == kit.Plain(fyne.KeyF2) {
		*b.log = append(*b.log, "F2")
		return true
	}
	return false
}

type stage struct {
	*shell.Frame
	w   fyne.Window
	log []string
	hid int
	now *blank // the page in sight
}

func (s *stage) env() *page.Env { return s.now.env }

func frame(t *testing.T, lang translations.Lang, look kit.Look, roles ...clinic.Role) *stage {
	t.Helper()
	s := presenttest.Open(t, lang, roles...)
	kittest.App(t, look)
	st := &stage{}
	pages := map[string]shell.Maker{}
	for _, name := range []string{present.PageToday, present.PageMine, present.PagePatients, present.PageTimetable, present.PageSettings, present.PageCard} {
		pages[name] = func(e *page.Env, r present.Route) page.Page {
			st.now = &blank{env: e, route: r, log: &st.log}
			return st.now
		}
	}
	st.w = kittest.Window(t, fyne.NewSize(1366, 768), func(w fyne.Window) fyne.CanvasObject {
		st.Frame = shell.New(t.Context(), shell.Deps{
			Session: s, Window: w, Layers: kit.NewLayers(w.Canvas()), Pages: pages, Inline: true,
			Look: func(kit.Look) {}, Speak: func(string) {}, Hide: func() { st.hid++ }, Lock: func() {},
		})
		return st.Content()
	})
	kit.Listen(st.w.Canvas(), st.Key)
	t.Cleanup(st.Close)
	st.Open(present.Route{})
	return st
}

// TestFrame: pages are opened, left and come back, and keys find their page through
// a focused field.
func TestFrame(t *testing.T) {
	f := frame(t, translations.Russian, kit.Look{})
	if got := f.Route().Page; got != present.PageToday {
		t.Fatalf("the day begins on %q", got)
	}
	focused := f.w.Canvas().Focused()
	focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF2})
	f.Key(kit.Key{Name: "3", Mod: fyne.KeyModifierAlt})
	if got := f.Route().Page; got != present.PagePatients {
		t.Fatalf("Alt+3 opens %q", got)
	}
	f.Go(present.Route{Page: present.PageCard, ID: presenttest.Patient(t, f.Session).ID})
	f.Key(kit.Plain(fyne.KeyEscape))
	f.Key(kit.Key{Name: fyne.KeyLeft, Mod: fyne.KeyModifierAlt})
	f.Key(kit.Key{Name: fyne.KeyRight, Mod: fyne.KeyModifierAlt})
	if got := f.Route().Page; got != present.PagePatients {
		t.Fatalf("back and forward end on %q", got)
	}
	want := []string{"shown today", "F2", "left today", "shown patients", "left patients", "shown card", "left card", "shown patients", "left patients", "shown today", "left today", "shown patients"}
	if len(f.log) != len(want) {
		t.Fatalf("%q", f.log)
	}
	for i := range want {
		if f.log[i] != want[i] {
			t.Fatalf("%q, want %q", f.log, want)
		}
	}
	f.Key(kit.Ctrl(fyne.KeyL))
	if f.hid != 1 {
		t.Fatal("Ctrl+L hides nothing")
	}
}

// TestBecome: a page that has got another route is left and found again by that.
func TestBecome(t *testing.T) {
	f := frame(t, translations.Russian, kit.Look{})
	id := presenttest.Patient(t, f.Session).ID
	f.Go(present.Route{Page: present.PageCard, ID: id, Arg: "new"})
	f.env().Become(present.Route{Page: present.PageCard, ID: id})
	f.Go(present.Route{Page: present.PagePatients})
	f.Key(kit.Plain(fyne.KeyEscape))
	if got := f.Route(); got.Page != present.PageCard || got.Arg != "" {
		t.Errorf("coming back leads to %+v", got)
	}
	shown := 0
	for _, what := range f.log {
		if what == "shown card" {
			shown++
		}
	}
	if shown != 2 {
		t.Errorf("the page was shown %d times: %q", shown, f.log)
	}
}

// TestPalette: a patient is found by the beginning of a name and opened by Enter; a
// section by its name.
func TestPalette(t *testing.T) {
	f := frame(t, translations.Russian, kit.Look{})
	p := presenttest.Patient(t, f.Session)
	for _, c := range []struct{ text, page string }{{"ковыл", present.PageCard}, {"распис", present.PageTimetable}, {"клиник", present.PageSettings}, {"прайс", present.PageSettings}} {
		f.Key(kit.Ctrl(fyne.KeyK))
		field := f.w.Canvas().Focused()
		test.Type(field, c.text)
		field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if got := f.Route(); got.Page != c.page || c.page == present.PageCard && got.ID != p.ID {
			t.Fatalf("%q opens %+v", c.text, got)
		}
	}
	if got := f.Route().Arg; got != "prices" {
		t.Fatalf("the last one opens the section %q", got)
	}
	f.Key(kit.Ctrl(fyne.KeyK))
	f.Key(kit.Plain(fyne.KeyEscape))
	if f.Layers.Open() {
		t.Fatal("Esc leaves the palette open")
	}
}

func TestPictures(t *testing.T) {
	for _, l := range pagetest.Looks {
		t.Run(l.Name, func(t *testing.T) {
			f := frame(t, l.Lang, l.Look)
			presenttest.Patient(t, f.Session)
			kittest.Same(t, f.w, "frame-"+l.Name)
			f.Key(kit.Ctrl(fyne.KeyK))
			test.Type(f.w.Canvas().Focused(), "ко")
			kittest.Same(t, f.w, "palette-"+l.Name)
			f.Key(kit.Plain(fyne.KeyEscape))
			f.Key(kit.Plain(fyne.KeyF1))
			kittest.Same(t, f.w, "help-"+l.Name)
		})
	}
}
