package setup_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/service/desk"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/setup"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	model "feldsher/internal/ui/present/setup"
	"feldsher/translations"
)

// fill puts a demo clinic's desk into the session's clinic.
func fill(t *testing.T, s *present.Session) {
	t.Helper()
	p := presenttest.Patient(t, s)
	people := []clinic.Brief{{ID: p.ID, Sex: p.Sex, BirthDate: p.BirthDate}}
	org := s.Clinic
	org.Language = string(s.Words.Lang)
	tt := demo.NewTimetable(demo.DeskOptions{Seed: 1, Clinic: org, Now: s.Now(), Patients: people, Staff: append(demo.Staff(clinic.Russia), s.User.Staff)})
	if _, err := s.Desk.Import(t.Context(), desk.Incoming(tt)); err != nil {
		t.Fatal(err)
	}
}

func at(section string) func(*page.Env) page.Page {
	return func(e *page.Env) page.Page {
		return setup.New(e, present.Route{Page: present.PageSettings, Arg: section})
	}
}

func press(st *pagetest.Stage, keys ...fyne.KeyName) {
	for _, k := range keys {
		if f := st.Window.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: k})
		} else {
			st.Page.Key(kit.Plain(k))
		}
	}
}

func TestPictures(t *testing.T) {
	for _, section := range []string{model.Hours, model.Absences, model.Prices, model.Users, model.Clinic, model.Look, model.Password} {
		t.Run(section, func(t *testing.T) { pagetest.Golden(t, section, fill, at(section)) })
	}
	t.Run("hours-new", func(t *testing.T) {
		pagetest.Golden(t, "hours-new", fill, at(model.Hours), func(st *pagetest.Stage) { press(st, fyne.KeyF2) })
	})
	t.Run("absence-new", func(t *testing.T) {
		pagetest.Golden(t, "absence-new", fill, at(model.Absences), func(st *pagetest.Stage) {
			press(st, fyne.KeyF2)
			st.Page.Key(kit.Ctrl(fyne.KeyReturn))
		})
	})
	t.Run("calls", func(t *testing.T) {
		pagetest.Golden(t, "calls", fill, at(model.Absences), func(st *pagetest.Stage) { press(st, fyne.KeyF4, fyne.KeyF7) })
	})
	t.Run("user-edit", func(t *testing.T) {
		pagetest.Golden(t, "user-edit", fill, at(model.Users), func(st *pagetest.Stage) { press(st, fyne.KeyReturn, fyne.KeyReturn) })
	})
	t.Run("large", func(t *testing.T) {
		s := presenttest.Open(t, translations.Russian)
		fill(t, s)
		st := pagetest.Show(t, s, kit.Look{Scale: 1.5}, at(model.Hours))
		kittest.Same(t, st.Window, "hours-large")
		st = pagetest.Show(t, s, kit.Look{Scale: 1.5}, at(model.Absences))
		press(st, fyne.KeyF2)
		kittest.Same(t, st.Window, "absence-large")
	})
}

// typeIn types a text into what has the focus.
func typeIn(st *pagetest.Stage, text string) { test.Type(st.Window.Canvas().Focused(), text) }

// tab goes to the next field.
func tab(st *pagetest.Stage) { st.Window.Canvas().FocusNext() }

// TestByKeys: a service is added by keys alone, said at the field where it is wrong,
// saved, undone; a form that was closed comes back.
func TestByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	fill(t, s)
	st := pagetest.Show(t, s, kit.Look{}, at(model.Prices))
	press(st, fyne.KeyF2)
	typeIn(st, "Снятие швов")
	tab(st)
	typeIn(st, "Ш-1")
	tab(st)
	typeIn(st, "много")
	st.Page.Key(kit.Ctrl(fyne.KeyReturn))
	if len(st.Said) != 0 {
		t.Fatalf("a price in letters was saved: %+v", st.Said)
	}
	if e, ok := st.Window.Canvas().Focused().(*kit.Entry); !ok || e.Text != "много" {
		t.Error("the keys are not at the field that is wrong")
	} else {
		e.SetText("450,50")
	}
	st.Page.Key(kit.Ctrl(fyne.KeyReturn))
	if len(st.Said) != 1 || st.Said[0].Do == nil {
		t.Fatalf("%+v", st.Said)
	}
	prices := func() (n int) {
		list, err := s.Store.Reader(t.Context()).Services(false)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	n := prices()
	st.Said[0].Do()
	if prices() != n-1 {
		t.Error("undoing left it active")
	}
	press(st, fyne.KeyF2)
	typeIn(st, "Половина")
	press(st, fyne.KeyEscape)
	last := st.Said[len(st.Said)-1]
	if last.Do == nil {
		t.Fatalf("%+v", last)
	}
	last.Do()
	st.Page.Key(kit.Plain(fyne.KeyEscape))
	press(st, fyne.KeyEscape)
}

// TestHoursByKeys: a line is removed by keys, what is booked in it is warned of, and the
// week shows it at once; Enter leads through a form.
func TestHoursByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	fill(t, s)
	st := pagetest.Show(t, s, kit.Look{}, at(model.Hours))
	press(st, fyne.KeyRight, fyne.KeyReturn, fyne.KeyDown, fyne.KeyDelete)
	if len(st.Said) != 1 || st.Said[0].Do == nil {
		t.Fatalf("%+v", st.Said)
	}
	kittest.Same(t, st.Window, "hours-lost")
	st.Said[0].Do()
	press(st, fyne.KeyF2, fyne.KeyReturn)
	typeIn(st, "14")
	press(st, fyne.KeyReturn)
	typeIn(st, "1530")
	press(st, fyne.KeyReturn)
	if e, ok := st.Window.Canvas().Focused().(*kit.Entry); !ok || e.Text != "20" {
		t.Error("Enter does not lead to the third field")
	}
}

// TestDraftComesBack: what was typed is there again after another page, and after a
// change of language.
func TestDraftComesBack(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	fill(t, s)
	for _, section := range []string{model.Prices, model.Users, model.Absences, model.Clinic, model.Hours} {
		t.Run(section, func(t *testing.T) {
			st := pagetest.Show(t, s, kit.Look{}, at(section))
			if section == model.Clinic {
				st.Page.Key(kit.Plain(fyne.KeyRight))
				press(st, fyne.KeyRight)
			} else {
				press(st, fyne.KeyF2)
			}
			for st.Window.Canvas().Focused() != nil {
				if e, ok := st.Window.Canvas().Focused().(*kit.Entry); ok && !e.Password {
					e.SetText("недописано")
					break
				}
				tab(st)
			}
			st.Page.Leave()
			again := pagetest.Show(t, s, kit.Look{Dark: true}, at(section))
			if !shows(again.Window.Content(), "недописано") {
				t.Error("it did not come back")
			}
		})
	}
}

// shows reports whether a field holds a text.
func shows(o fyne.CanvasObject, text string) bool {
	found := false
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch x := o.(type) {
		case *kit.Entry:
			found = found || x.Text == text
		case *fyne.Container:
			for _, c := range x.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(x).Objects() {
				walk(c)
			}
		}
	}
	walk(o)
	return found
}

// TestSectionsByKeys: the list at the left leads from section to section.
func TestSectionsByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, at(""))
	press(st, fyne.KeyDown)
	st.Page.Key(kit.Ctrl(fyne.KeyPageDown))
	for i, want := range []string{model.Absences, model.Prices} {
		if i >= len(st.Went) || st.Went[i].Arg == "" {
			t.Fatalf("%+v, want %s", st.Went, want)
		}
	}
	k, ok := st.Page.(page.Keys)
	if !ok || len(k.Keys()) < 1 {
		t.Error("the page lists no keys")
	}
}

// TestCallList: outcomes are noted by keys, the substitute takes them by one more, and
// Esc leads back.
func TestCallList(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	fill(t, s)
	st := pagetest.Show(t, s, kit.Look{}, at(model.Absences))
	press(st, fyne.KeyF4, fyne.KeyF7, fyne.KeyF8, fyne.KeyF6)
	if len(st.Said) != 1 || st.Said[0].Do == nil {
		t.Fatalf("%+v", st.Said)
	}
	st.Said[0].Do()
	press(st, fyne.KeyEscape, fyne.KeyF2)
	if len(st.Went) != 0 || st.Window.Canvas().Focused() == nil {
		t.Errorf("%+v", st.Went)
	}
}

// BenchmarkBuild is how long each section takes to be built.
func BenchmarkBuild(b *testing.B) {
	s := presenttest.Open(b, translations.Russian)
	for _, section := range []string{model.Hours, model.Absences, model.Prices, model.Users, model.Clinic, model.Look, model.Password} {
		b.Run(section, func(b *testing.B) {
			kittest.App(b, kit.Look{})
			w := test.NewTempWindow(b, nil)
			e := &page.Env{Session: s, Window: w, Layers: kit.NewLayers(w.Canvas()), Loader: kit.NewLoader(b.Context()).Inline(), Say: func(page.Message) {}}
			for b.Loop() {
				w.SetContent(at(section)(e).Content())
			}
		})
	}
}
