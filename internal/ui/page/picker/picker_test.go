package picker_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/picker"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// bench is a page with both pickers side by side.
type bench struct {
	env       *page.Env
	icd       *picker.ICD
	templates *picker.Templates
	took      []clinic.Coding
	template  clinic.ID
}

func (b *bench) Title() string { return "" }
func (b *bench) Content() fyne.CanvasObject {
	b.icd = picker.NewICD(b.env, func(c clinic.Coding) { b.took = append(b.took, c) })
	b.templates = picker.NewTemplates(b.env, func(id clinic.ID) { b.template = id })
	return kit.Panes(16, []float32{3, 2}, kit.Inset(16, 0, 16, 16, b.icd.Content()), kit.Inset(16, 16, 16, 0, b.templates.Content()))
}

func (b *bench) Shown() {
	b.icd.Ask()
	b.templates.Ask()
	b.env.Window.Canvas().Focus(b.icd.Field)
}
func (b *bench) Key(kit.Key) bool { return false }
func (b *bench) Leave()           {}

func show(t *testing.T, lang translations.Lang) (*pagetest.Stage, *bench) {
	b := &bench{}
	st := pagetest.Show(t, presenttest.Open(t, lang), kit.Look{}, func(e *page.Env) page.Page { b.env = e; return b })
	return st, b
}

func press(f *kit.Entry, names ...fyne.KeyName) {
	for _, n := range names {
		f.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func TestGolden(t *testing.T) {
	var b *bench
	pagetest.Golden(t, "picker", func(t *testing.T, s *present.Session) {
		for _, code := range []string{"J06.9", "I11.9"} {
			if err := s.Catalog.PinICD(t.Context(), code, true); err != nil {
				t.Fatal(err)
			}
		}
	}, func(e *page.Env) page.Page { b = &bench{env: e}; return b }, func(*pagetest.Stage) { press(b.icd.Field, fyne.KeyDown) })
}

// TestTake: a diagnosis by keys alone, with version and wording; F8 makes a favourite,
// and the status line takes it back.
func TestTake(t *testing.T) {
	st, b := show(t, translations.Russian)
	test.Type(b.icd.Field, "гастрит")
	press(b.icd.Field, fyne.KeyF8, fyne.KeyReturn)
	if len(b.took) != 1 || b.took[0].Version == "" || b.took[0].Name == "" || b.took[0].Code[:3] != "K29" {
		t.Fatalf("%+v", b.took)
	}
	press(b.icd.Field, fyne.KeyEscape)
	if rows := b.icd.Rows(); rows[0].Text != "Избранное" || rows[1].Key != b.took[0].Code || rows[1].Mark != "star-full" {
		t.Errorf("%+v", rows[:2])
	}
	st.Said[0].Do()
	if rows := b.icd.Rows(); rows[0].Text == "Избранное" {
		t.Error("the favourite stayed")
	}
	press(b.templates.Field, fyne.KeyReturn)
	if b.template != templates.ID("therapist", "ru") {
		t.Error(b.template)
	}
}

// TestPanel: as a panel over the page, words typed already; taking closes it and gives
// the focus back.
func TestPanel(t *testing.T) {
	st, b := show(t, translations.Kazakh)
	b.icd.Open("бронх")
	if !st.Env.Layers.Open() || len(b.icd.Rows()) == 0 {
		t.Fatal("nothing is open")
	}
	press(b.icd.Field, fyne.KeyReturn)
	if st.Env.Layers.Open() || len(b.took) != 1 {
		t.Errorf("open %v, took %v", st.Env.Layers.Open(), b.took)
	}
	b.icd.Open("")
	press(b.icd.Field, fyne.KeyEscape)
	if st.Env.Layers.Open() {
		t.Error("Esc does not close the panel")
	}
}
