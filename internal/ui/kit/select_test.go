package kit_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/translations"
)

func say(lang translations.Lang) kit.Say {
	return func(key string, args ...any) string { return translations.T(lang, key, args...) }
}

// fieldStage puts widgets into a window and gives what came through to the window.
func fieldStage(t *testing.T, objects ...fyne.CanvasObject) (fyne.Window, *[]kit.Key) {
	t.Helper()
	kittest.App(t, kit.Look{})
	w := kittest.Window(t, fyne.NewSize(600, 500), func(fyne.Window) fyne.CanvasObject { return kit.Col(8, objects...) })
	keys := &[]kit.Key{}
	kit.Listen(w.Canvas(), func(k kit.Key) { *keys = append(*keys, k) })
	return w, keys
}

// keysTo gives a key to whatever has the keys.
func keysTo(w fyne.Window, names ...fyne.KeyName) {
	for _, n := range names {
		w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func lettersTo(w fyne.Window, s string) {
	for _, r := range s {
		w.Canvas().Focused().TypedRune(r)
	}
}

func paste(w fyne.Window, text string) {
	clip := test.NewClipboard()
	clip.SetContent(text)
	w.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
}

func undo(w fyne.Window) {
	w.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutUndo{})
}

var uses = []kit.Option{{Code: "mobile", Text: "Мобильный"}, {Code: "home", Text: "Домашний"}, {Code: "work", Text: "Рабочий"}}

func TestSelectByKeys(t *testing.T) {
	picked := []string{}
	s := kit.NewSelect(uses, func(code string) { picked = append(picked, code) })
	w, keys := fieldStage(t, s, kit.NewEntry())
	w.Canvas().Focus(s)
	keysTo(w, fyne.KeyDown, fyne.KeyDown)
	lettersTo(w, "3")
	lettersTo(w, "м")
	if got := strings.Join(picked, " "); got != "mobile home work mobile" {
		t.Errorf("picked %q", got)
	}
	keysTo(w, fyne.KeyEscape, fyne.KeyF2)
	if len(*keys) != 2 {
		t.Errorf("keys that it does not use went %v", *keys)
	}
	keysTo(w, fyne.KeyF4)
	if w.Canvas().Overlays().Top() == nil {
		t.Fatal("F4 opens no list")
	}
	keysTo(w, fyne.KeyDown, fyne.KeyEscape)
	if s.Value() != "mobile" || w.Canvas().Overlays().Top() != nil || w.Canvas().Focused() != fyne.Focusable(s) {
		t.Error("Esc does not leave things as they were")
	}
	lettersTo(w, " ")
	keysTo(w, fyne.KeyDown, fyne.KeyReturn)
	if s.Value() != "home" || w.Canvas().Overlays().Top() != nil {
		t.Errorf("Enter in the list took %q", s.Value())
	}
	lettersTo(w, " ")
	keysTo(w, fyne.KeyTab)
	if w.Canvas().Overlays().Top() != nil || w.Canvas().Focused() == fyne.Focusable(s) {
		t.Error("Tab in the list does not go on")
	}
}

func TestCheck(t *testing.T) {
	last := false
	c := kit.NewCheck("Имя неизвестно", func(on bool) { last = on })
	w, keys := fieldStage(t, c)
	w.Canvas().Focus(c)
	lettersTo(w, " ")
	if !c.On() || !last {
		t.Error("Space does not tick")
	}
	keysTo(w, fyne.KeyReturn, fyne.KeySpace, fyne.Key1)
	if len(*keys) != 1 || !c.On() {
		t.Errorf("Enter goes on, letters don't: %v", *keys)
	}
	test.Tap(c)
	if c.On() || last {
		t.Error("a tap does not untick")
	}
}

func TestCombo(t *testing.T) {
	cities := []kit.Option{{Text: "Тверь"}, {Text: "Торжок"}, {Text: "Тула"}}
	c := kit.NewCombo(func(text string) (out []kit.Option) {
		for _, o := range cities {
			if text != "" && strings.HasPrefix(strings.ToLower(o.Text), strings.ToLower(text)) {
				out = append(out, o)
			}
		}
		return out
	})
	took := ""
	c.OnTake = func(o kit.Option) { took = o.Text }
	w, keys := fieldStage(t, c, kit.NewEntry())
	w.Canvas().Focus(c)
	lettersTo(w, "т")
	if w.Canvas().Overlays().Top() == nil {
		t.Fatal("no suggestions")
	}
	lettersTo(w, "у") // typing goes on while the list is open
	if c.Text != "ту" {
		t.Fatalf("text %q", c.Text)
	}
	keysTo(w, fyne.KeyReturn) // nothing is marked: the page gets the key
	if c.Text != "ту" || len(*keys) != 1 {
		t.Errorf("Enter without a mark: %q, %v", c.Text, *keys)
	}
	keysTo(w, fyne.KeyBackspace)
	keysTo(w, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	if c.Text != "Торжок" || took != "Торжок" || w.Canvas().Overlays().Top() != nil {
		t.Errorf("took %q, text %q", took, c.Text)
	}
	undo(w)
	undo(w)
	if c.Text != "ту" { // what was taken, then what was deleted before it
		t.Errorf("undone to %q", c.Text)
	}
	paste(w, "Ту")
	w.Canvas().Focus(nil)
	if w.Canvas().Overlays().Top() != nil {
		t.Error("the list stays when the field is left")
	}
}

func TestDateByKeys(t *testing.T) {
	d := kit.NewDate(say(translations.Russian), "2026-11-21")
	w, keys := fieldStage(t, d, kit.NewEntry())
	w.Canvas().Focus(d)
	lettersTo(w, "09031984")
	if d.Text != "09.03.1984" {
		t.Fatalf("typed %q", d.Text)
	}
	keysTo(w, fyne.KeyUp)
	keysTo(w, fyne.KeyPageUp)
	if iso, ok := d.ISO(); iso != "1984-04-10" || !ok {
		t.Errorf("a day and a month on: %s", iso)
	}
	keysTo(w, fyne.KeyEscape, fyne.KeyReturn, fyne.KeyF5)
	if len(*keys) != 3 {
		t.Errorf("went on: %v", *keys)
	}
	keysTo(w, fyne.KeyF4, fyne.KeyRight, fyne.KeyDown, fyne.KeyReturn)
	if d.Text != "18.04.1984" || w.Canvas().Overlays().Top() != nil {
		t.Errorf("from the calendar: %q", d.Text)
	}
	undo(w)
	undo(w)
	if d.Text != "10.04.1984" {
		t.Errorf("undone to %q", d.Text)
	}
	d.SetText("")
	lettersTo(w, " ")
	if d.Text != "21.11.2026" {
		t.Errorf("Space gives %q", d.Text)
	}
	keysTo(w, fyne.KeyBackspace, fyne.KeyBackspace)
	lettersTo(w, "юяz7\x00")
	if d.Text != "21.11.20.7" {
		t.Errorf("letters: %q", d.Text)
	}
	d.SetText("")
	paste(w, "\t 1.5.26\r\n")
	w.Canvas().Focus(nil)
	if d.Text != "01.05.2026" {
		t.Errorf("pasted and left: %q", d.Text)
	}
	w.Canvas().Focus(d) // whole: typing replaces it
	lettersTo(w, "3")
	if d.Text != "3" {
		t.Errorf("typed over a date: %q", d.Text)
	}
}

func TestMaskedUndoAndCleaning(t *testing.T) {
	m := kit.NewMasked(kit.MaskPhone())
	told := 0
	m.OnChanged = func(string) { told++ }
	w, _ := fieldStage(t, m)
	w.Canvas().Focus(m)
	lettersTo(w, "89165550142")
	if m.Text != "+7 916 555-01-42" {
		t.Fatalf("typed %q", m.Text)
	}
	undo(w)
	undo(w)
	if m.Text != "8 916 555-01-4" {
		t.Errorf("undone to %q", m.Text)
	}
	m.SetText("")
	paste(w, "\u202e8\t916 555 01 42\x00\ufeff")
	if m.Text != "+7 916 555-01-42" {
		t.Errorf("pasted %q", m.Text)
	}
	m.SetText("")
	paste(w, strings.Repeat("9", 10_000))
	if n := len(m.Text); n > 1000 {
		t.Errorf("%d letters", n)
	}
	if told == 0 {
		t.Error("nobody was told")
	}
}

// fields is a gallery of the fields in their states.
func fields(lang translations.Lang) func(fyne.Window) fyne.CanvasObject {
	return func(fyne.Window) fyne.CanvasObject {
		birth := kit.NewDate(say(lang), "2026-11-21").Past().Partial()
		birth.SetISO("1984-03-09")
		empty := kit.NewDate(say(lang), "2026-11-21")
		phone, snils, enp, iin := kit.NewMasked(kit.MaskPhone()), kit.NewMasked(kit.MaskSNILS()), kit.NewMasked(kit.MaskENP()), kit.NewMasked(kit.MaskIIN())
		phone.SetText("89165550142")
		snils.SetText("11223344596")
		enp.SetText("1234567890123456")
		iin.SetText("840309400123")
		use, none := kit.NewSelect(uses, nil), kit.NewSelect(uses, nil).Hint("—")
		use.Set("home")
		on, off, dim := kit.NewCheck("Имя неизвестно", nil), kit.NewCheck("Недееспособен", nil), kit.NewCheck("Недоступно", nil)
		on.Set(true)
		dim.Disable()
		city := kit.NewCombo(nil)
		city.SetText("То")
		at := kit.NewMasked(kit.MaskTime())
		at.SetText("0940")
		f := func(label string, o fyne.CanvasObject) fyne.CanvasObject { return kit.NewField(label, o) }
		body := kit.Col(6,
			kit.Columns(12, nil, f("Дата рождения", birth), f("Дата выдачи", empty), f("Телефон", phone), f("Чей", use)),
			kit.Columns(12, nil, f("СНИЛС", snils), f("Полис ОМС", enp), f("ИИН", iin), f("Вид", none)),
			kit.Columns(12, nil, f("Город", city), f("Время", at)),
			kit.Row(12, on, off, dim),
		)
		return kit.Ground(theme.ColorNameBackground, kit.Inset(16, 16, 16, 16, body))
	}
}

func TestFieldsGallery(t *testing.T) {
	for _, c := range []struct {
		name string
		lang translations.Lang
		look kit.Look
	}{
		{"ru-light", translations.Russian, kit.Look{}},
		{"kk-dark", translations.Kazakh, kit.Look{Dark: true}},
		{"large", translations.Russian, kit.Look{Scale: 1.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			kittest.App(t, c.look)
			w := kittest.Window(t, fyne.NewSize(1100, 400), fields(c.lang))
			kittest.Same(t, w, "fields-"+c.name)
		})
		t.Run(c.name+"-calendar", func(t *testing.T) {
			kittest.App(t, c.look)
			var d *kit.Date
			w := kittest.Window(t, fyne.NewSize(420, 460), func(fyne.Window) fyne.CanvasObject {
				d = kit.NewDate(say(c.lang), "2026-11-21")
				d.SetISO("2026-11-12")
				s := kit.NewSelect(uses, nil)
				return kit.Ground(theme.ColorNameBackground, kit.Inset(16, 16, 16, 16, kit.Col(8, kit.NewField("Дата", d), s)))
			})
			w.Canvas().Focus(d)
			d.Open()
			kittest.Same(t, w, "calendar-"+c.name)
		})
		t.Run(c.name+"-list", func(t *testing.T) {
			kittest.App(t, c.look)
			var s *kit.Select
			w := kittest.Window(t, fyne.NewSize(420, 300), func(fyne.Window) fyne.CanvasObject {
				s = kit.NewSelect(append([]kit.Option{{Code: "x", Text: "Ковылина Дарья Игоревна", Below: "09.03.1984 · ··42 · Тверь"}}, uses...), nil)
				return kit.Ground(theme.ColorNameBackground, kit.Inset(16, 16, 16, 16, kit.Col(8, kit.NewField("Мать", s))))
			})
			s.Set("home")
			w.Canvas().Focus(s)
			s.Open()
			kittest.Same(t, w, "list-"+c.name)
		})
	}
}
