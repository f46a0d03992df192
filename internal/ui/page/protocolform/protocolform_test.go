package protocolform_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/templates"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/protocolform"
	"feldsher/internal/ui/present/presenttest"
	model "feldsher/internal/ui/present/protocolform"
	"feldsher/translations"
)

// sheet is a page with nothing but a form.
type sheet struct {
	env  *page.Env
	form *protocolform.Form
	view *container.Scroll
}

func (s *sheet) Title() string { return "" }
func (s *sheet) Content() fyne.CanvasObject {
	s.view = container.NewVScroll(kit.Inset(12, 16, 12, 16, s.form.Content()))
	return s.view
}
func (s *sheet) Shown()             { s.form.Focus("") }
func (s *sheet) Key(k kit.Key) bool { return s.form.Key(k) }
func (s *sheet) Leave()             {}

func therapist(t testing.TB, lang translations.Lang) []clinic.Field {
	t.Helper()
	all, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if lang == translations.English {
		lang = translations.Russian
	}
	for i := range all {
		if all[i].ID == templates.ID("therapist", string(lang)) {
			return all[i].Fields
		}
	}
	t.Fatal("no template")
	return nil
}

func build(m **model.Form, values map[string]string) func(*page.Env) page.Page {
	return func(env *page.Env) page.Page {
		*m = model.New(env.Words, therapist(nil2{}, env.Words.Lang), values)
		return &sheet{env: env, form: protocolform.New(env, *m)}
	}
}

// nil2 lets a builder that has no test fail by a panic.
type nil2 struct{ testing.TB }

func (nil2) Helper()           {}
func (nil2) Fatal(args ...any) { panic(args) }

func TestGolden(t *testing.T) {
	var m *model.Form
	pagetest.Golden(t, "form", nil, build(&m, map[string]string{
		"complaints": "Кашель с мокротой третий день, температура до 38,2 °C по вечерам, слабость.",
	}))
}

// TestGoldenWrong looks at words under fields and at answers that are taken.
func TestGoldenWrong(t *testing.T) {
	var m *model.Form
	pagetest.Golden(t, "wrong", nil, build(&m, nil), func(st *pagetest.Stage) {
		fields := m.Fields()
		for i := range fields {
			switch fields[i].Type {
			case "number":
				m.Set(fields[i].Key, "сорок")
			case "date":
				m.Set(fields[i].Key, "31022026")
			case "choice", "multichoice":
				m.Toggle(fields[i].Key, fields[i].Choices[0])
			case "bool":
				m.Toggle(fields[i].Key, "false")
			}
		}
		m.Check(true)
		sheet := st.Page.(*sheet)
		sheet.form.Refresh()
		sheet.view.ScrollToOffset(fyne.NewPos(0, 900))
	})
}

// TestKeys drives the form by keyboard: F4, Enter to the next field, a date typed as
// digits, the normal phrases and the way back (R3.4).
func TestKeys(t *testing.T) {
	var m *model.Form
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, build(&m, nil))
	changes := 0
	form := st.Page.(*sheet).form
	form.OnChange = func() { changes++ }
	c := st.Window.Canvas()
	press := func(name fyne.KeyName) { c.Focused().TypedKey(&fyne.KeyEvent{Name: name}) }

	test.Type(c.Focused(), "кашель")
	if m.Text("complaints") != "кашель" || changes == 0 {
		t.Fatalf("the first required field has no focus: %q, %d changes", m.Text("complaints"), changes)
	}
	form.Focus("skin")
	press(fyne.KeyF4)
	if normal, _ := m.Normal("skin"); m.Text("skin") != normal || normal == "" {
		t.Errorf("F4 has put %q", m.Text("skin"))
	}
	press(fyne.KeyReturn)
	if form.Focus("throat"); c.Focused() == nil {
		t.Fatal("no field has the focus")
	}
	form.Focus("skin")
	before := c.Focused()
	press(fyne.KeyReturn)
	if c.Focused() == before {
		t.Error("Enter stays in the field")
	}
	form.Focus("condition")
	c.Focused().TypedRune('2')
	if m.Text("condition") != "средней тяжести" {
		t.Errorf("the second answer is %q", m.Text("condition"))
	}
	st.Page.Key(kit.CtrlShift(fyne.KeyN))
	if normal, _ := m.Normal("throat"); m.Text("throat") != normal || len(st.Said) == 0 || st.Said[0].Do == nil {
		t.Fatalf("the normal phrases: %q, said %v", m.Text("throat"), st.Said)
	}
	if m.Text("condition") != "средней тяжести" || m.Text("complaints") != "кашель" {
		t.Error("a normal phrase has overwritten what was there")
	}
	st.Said[0].Do()
	if m.Text("throat") != "" {
		t.Error("Undo leaves the phrases")
	}
}

// TestNothingTypedIsLost pastes what nobody expects into every field.
func TestNothingTypedIsLost(t *testing.T) {
	var m *model.Form
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, build(&m, nil))
	form := st.Page.(*sheet).form
	for _, f := range m.Fields() {
		if f.Type != "text" && f.Type != "longtext" && f.Type != "number" && f.Type != "date" {
			continue
		}
		form.Focus(f.Key)
		test.Type(st.Window.Canvas().Focused(), "😀 شيماء 31.02 Әә")
		form.Focus("condition")
		if m.Text(f.Key) != "😀 شيماء 31.02 Әә" {
			t.Errorf("%s holds %q", f.Key, m.Text(f.Key))
		}
	}
}

// BenchmarkForm: a page is built within 50 ms.
func BenchmarkForm(b *testing.B) {
	s := presenttest.Open(b, translations.Russian)
	var m *model.Form
	st := pagetest.Show(b, s, kit.Look{}, build(&m, nil))
	for b.Loop() {
		protocolform.New(st.Env, model.New(s.Words, m.Fields(), nil))
	}
}
