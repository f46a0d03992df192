package templates_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	builtin "feldsher/internal/clinic/templates"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/templates"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	model "feldsher/internal/ui/present/templates"
	"feldsher/translations"
)

func list(e *page.Env) page.Page {
	return templates.New(e, present.Route{Page: present.PageTemplates})
}

func at(r *present.Route) func(*page.Env) page.Page {
	return func(e *page.Env) page.Page { return templates.New(e, *r) }
}

func press(st *pagetest.Stage, names ...fyne.KeyName) {
	for _, n := range names {
		if f := st.Window.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: n})
		} else {
			st.Page.Key(kit.Plain(n))
		}
	}
}

func typed(st *pagetest.Stage, text string) { test.Type(st.Window.Canvas().Focused(), text) }

func TestGoldenList(t *testing.T) {
	pagetest.Golden(t, "list", func(t *testing.T, s *present.Session) {
		own, err := s.Catalog.CopyTemplate(t.Context(), builtin.ID("surgeon", string(s.Words.Lang)))
		if err != nil {
			own, err = s.Catalog.CopyTemplate(t.Context(), builtin.ID("surgeon", "ru"))
		}
		if err != nil {
			t.Fatal(err)
		}
		own.Title = "Перевязочный кабинет"
		if _, err := s.Catalog.SaveTemplate(t.Context(), own); err != nil {
			t.Fatal(err)
		}
		if err := s.Catalog.SetTemplateActive(t.Context(), builtin.ID("ecg", "ru"), false); err != nil {
			t.Fatal(err)
		}
		if _, err := model.New(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}, list, func(st *pagetest.Stage) { press(st, fyne.KeyDown) })
}

func TestGoldenEditor(t *testing.T) {
	r := &present.Route{Page: present.PageTemplates, Arg: "draft"}
	pagetest.Golden(t, "editor", func(t *testing.T, s *present.Session) {
		lang := "ru"
		if s.Words.Lang == translations.Kazakh {
			lang = "kk"
		}
		e, err := model.Copy(t.Context(), s, builtin.ID("surgeon", lang))
		if err != nil {
			t.Fatal(err)
		}
		e.Choose(8)
		e.SetType("choice")
		e.SetOptions("мягкий\nнапряжён\nвздут")
		e.Toggle("мягкий")
		e.Choose(2)
		e.SetLabel("")
		e.Choose(8)
		if err := e.KeepDraft(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.ID = e.Draft()
	}, at(r), func(st *pagetest.Stage) {
		st.Page.Key(kit.Ctrl(fyne.KeyS))
		press(st, fyne.KeyEscape)
	})
}

// TestByKeys makes a template by keyboard alone: new, title, a field with a default, a
// heading, moved, taken away and brought back, saved; and finds it in the list (R3.4).
func TestByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, list)
	press(st, fyne.KeyF2)
	if len(st.Went) != 1 || st.Went[0].Arg != "draft" {
		t.Fatalf("%+v", st.Went)
	}
	st = pagetest.Show(t, s, kit.Look{}, at(&st.Went[0]))
	typed(st, "Осмотр перед прививкой")
	press(st, fyne.KeyEscape, fyne.KeyReturn) // to the list, into the first field
	typed(st, "Жалобы")
	press(st, fyne.KeyF3)
	typed(st, "Заключение")
	press(st, fyne.KeyF2)
	typed(st, "Допуск")
	st.Page.Key(kit.Ctrl(fyne.KeyUp))
	st.Page.Key(kit.Ctrl(fyne.KeyD))
	press(st, fyne.KeyEscape, fyne.KeyDelete)
	if len(st.Said) != 1 || st.Said[0].Do == nil {
		t.Fatalf("%+v", st.Said)
	}
	st.Said[0].Do()
	st.Page.Key(kit.Ctrl(fyne.KeyZ))
	st.Page.Key(kit.Ctrl(fyne.KeyS))
	if len(st.Went) != 1 || st.Went[0].Page != "back" {
		t.Fatalf("not saved: %+v, %+v", st.Went, st.Said)
	}
	l := model.NewList(s)
	take, err := l.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	take()
	tm := l.Template(0)
	var labels []string
	for _, f := range tm.Fields {
		labels = append(labels, f.Label)
	}
	if tm.Title != "Осмотр перед прививкой" || len(labels) != 3 || labels[0] != "Жалобы" || labels[1] != "Допуск" || labels[2] != "Заключение" {
		t.Errorf("%q, %q", tm.Title, labels)
	}
}

// TestWrongPlaces: saving with slips goes to the first of them and says what is wrong there.
func TestWrongPlaces(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	e, err := model.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	st := pagetest.Show(t, s, kit.Look{}, at(&present.Route{Page: present.PageTemplates, ID: e.Draft(), Arg: "draft"}))
	st.Page.Key(kit.Ctrl(fyne.KeyS))
	typed(st, "Лист") // the cursor is in the title
	st.Page.Key(kit.Ctrl(fyne.KeyS))
	typed(st, "Запись") // and now in the label of the first field
	st.Page.Key(kit.Ctrl(fyne.KeyS))
	if len(st.Went) != 1 || len(st.Said) != 3 || st.Said[0].Tone != kit.Wrong {
		t.Errorf("%+v, %+v", st.Went, st.Said)
	}
}

// TestLeave: what was typed is there again after the page was left; a route to a draft
// that is gone says so and leads to the list (R3.8).
func TestLeave(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	e, err := model.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	r := &present.Route{Page: present.PageTemplates, ID: e.Draft(), Arg: "draft"}
	st := pagetest.Show(t, s, kit.Look{}, at(r))
	typed(st, "😀 "+"شيماء Әә")
	st.Page.Leave()
	again, err := model.Resume(t.Context(), s, r.ID)
	if err != nil || again.Template().Title != "😀 شيماء Әә" {
		t.Fatalf("%v", err)
	}
	again.Discard()
	if err := again.KeepDraft(t.Context()); err != nil {
		t.Fatal(err)
	}
	st = pagetest.Show(t, s, kit.Look{}, at(r))
	press(st, fyne.KeyReturn)
	if len(st.Went) != 1 || st.Went[0].Page != present.PageTemplates || st.Went[0].Arg != "" {
		t.Errorf("%+v", st.Went)
	}
}

// TestReadOnly: who may not change templates sees them, and no key changes anything.
func TestReadOnly(t *testing.T) {
	s := presenttest.Open(t, translations.Russian, "doctor")
	st := pagetest.Show(t, s, kit.Look{}, list)
	press(st, fyne.KeyF2, fyne.KeyF3, fyne.KeyF6, fyne.KeyReturn, fyne.KeyDelete)
	if len(st.Went) != 0 || len(st.Said) != 0 {
		t.Errorf("%+v, %+v", st.Went, st.Said)
	}
}

// BenchmarkKey is what a letter in the label costs Fyne's thread, preview included, with
// the longest of the built-in templates.
func BenchmarkKey(b *testing.B) {
	s := presenttest.Open(b, translations.Russian)
	e, err := model.Copy(b.Context(), s, builtin.ID("ultrasound", "ru"))
	if err != nil {
		b.Fatal(err)
	}
	st := pagetest.Show(b, s, kit.Look{}, at(&present.Route{Page: present.PageTemplates, ID: e.Draft(), Arg: "draft"}))
	press(st, fyne.KeyEscape, fyne.KeyReturn)
	entry := st.Window.Canvas().Focused()
	for b.Loop() {
		test.Type(entry, "а")
		entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	}
}

// BenchmarkBuild builds the editor; a page has 50 ms.
func BenchmarkBuild(b *testing.B) {
	s := presenttest.Open(b, translations.Russian)
	e, err := model.Copy(b.Context(), s, builtin.ID("ultrasound", "ru"))
	if err != nil {
		b.Fatal(err)
	}
	r := &present.Route{Page: present.PageTemplates, ID: e.Draft(), Arg: "draft"}
	st := pagetest.Show(b, s, kit.Look{}, at(r))
	for b.Loop() {
		p := templates.New(st.Env, *r)
		st.Window.SetContent(p.Content())
		p.Shown()
	}
}
