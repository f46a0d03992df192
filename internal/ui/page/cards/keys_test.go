package cards_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/cards"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// typed types into whatever has the focus.
func typed(st *pagetest.Stage, text string) {
	for _, r := range text {
		st.Window.Canvas().Focused().TypedRune(r)
	}
}

// ctrl presses a key with Ctrl, which no widget of these pages uses.
func ctrl(st *pagetest.Stage, name fyne.KeyName) {
	if k := kit.Ctrl(name); !st.Env.Layers.Key(k) {
		st.Page.Key(k)
	}
}

// From the list by keys alone: type, move, open; register what was not found (R2.5).
func TestPatientsByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	crowd(t, s)
	st := pagetest.Show(t, s, kit.Look{}, patients(""))
	typed(st, "ковыл")
	press(st, fyne.KeyDown)
	press(st, fyne.KeyReturn)
	if n := len(st.Went); n != 2 || st.Went[0].Arg != "ковыл" || st.Went[1].Page != present.PageCard || st.Went[1].ID.IsZero() {
		t.Fatalf("%+v", st.Went)
	}
	found, err := s.Records.FindPatients(t.Context(), "ковыл", 5)
	if err != nil || found[1].ID != st.Went[1].ID {
		t.Errorf("%+v, %v", found, err)
	}
	press(st, fyne.KeyPageDown)
	press(st, fyne.KeyPageUp)
	typed(st, "юк")
	press(st, fyne.KeyReturn) // nothing is there
	press(st, fyne.KeyF2)
	if last := st.Went[len(st.Went)-1]; len(st.Went) != 3 || last.Page != present.PageRegistration || last.Arg != "ковылюк" {
		t.Errorf("%+v", st.Went)
	}
	press(st, fyne.KeyEscape)
	press(st, fyne.KeyInsert)
	if last := st.Went[len(st.Went)-1]; last.Arg != "" {
		t.Errorf("%+v", last)
	}
	if len(st.Said) > 0 {
		t.Errorf("%+v", st.Said)
	}
}

// The list follows what others write.
func TestPatientsFollow(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, patients(""))
	p := presenttest.Patient(t, s)
	st.Page.(page.Refresher).Changed([]string{"visit"})
	press(st, fyne.KeyReturn)
	if len(st.Went) > 0 {
		t.Errorf("%+v", st.Went)
	}
	st.Page.(page.Refresher).Changed([]string{"patient"})
	press(st, fyne.KeyReturn)
	if len(st.Went) != 1 || st.Went[0].ID != p.ID {
		t.Errorf("%+v", st.Went)
	}
}

// A registrar without the right to write finds no way to register.
func TestReadersDoNotRegister(t *testing.T) {
	s := presenttest.Open(t, translations.Russian, clinic.Nurse, clinic.Administrator)
	st := pagetest.Show(t, s, kit.Look{}, patients(""))
	press(st, fyne.KeyF2)
	if len(st.Went) > 0 {
		t.Errorf("%+v", st.Went)
	}
}

// The card by keys alone: tabs, visits, an allergy, merging and its undo (R1.6, R3.3).
func TestCardByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := full(t, s)
	st := pagetest.Show(t, s, kit.Look{}, func(e *page.Env) page.Page {
		return cards.NewCard(e, present.Route{Page: present.PageCard, ID: p.ID})
	})
	chart := func() (allergies, merged int) {
		t.Helper()
		c, err := s.Records.Chart(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(c.Allergies), len(c.Merged)
	}
	ctrl(st, fyne.Key2)
	press(st, fyne.KeyDown)
	press(st, fyne.KeyReturn)
	if n := len(st.Went); n != 1 || st.Went[0].Page != present.PageVisit {
		t.Fatalf("%+v", st.Went)
	}
	for _, k := range []fyne.KeyName{fyne.KeyF2, fyne.KeyF3, fyne.KeyF4} {
		press(st, k)
	}
	if n := len(st.Went); n != 4 || st.Went[1].Page != present.PageRegistration || st.Went[2].Arg != "new" || st.Went[3].Page != present.PageToday || st.Went[3].ID != p.ID {
		t.Fatalf("%+v", st.Went)
	}
	ctrl(st, fyne.Key3)
	press(st, fyne.KeyReturn) // a blood pressure: its trend
	if !st.Env.Layers.Open() || len(st.Went) != 4 {
		t.Error("no trend")
	}
	st.Env.Layers.CloseAll()
	press(st, fyne.KeyF5)
	press(st, fyne.KeyReturn) // nothing typed: said at the field, the panel stays
	if !st.Env.Layers.Open() {
		t.Fatal("the panel went away")
	}
	typed(st, "йод")
	press(st, fyne.KeyReturn)
	if n, _ := chart(); n != 3 || st.Env.Layers.Open() || len(st.Said) != 1 || st.Said[0].Do == nil {
		t.Fatalf("%d allergies, said %+v", n, st.Said)
	}
	press(st, fyne.KeyF7)
	press(st, fyne.KeyReturn) // the one that looks like a second card
	typed(st, "опечатка в фамилии")
	press(st, fyne.KeyReturn)
	if _, n := chart(); n != 2 || st.Env.Layers.Open() {
		t.Fatalf("%d merged, said %+v", n, st.Said)
	}
	st.Said[len(st.Said)-1].Do()
	if _, n := chart(); n != 1 {
		t.Errorf("%d merged after undo", n)
	}
	press(st, fyne.KeyF7)
	press(st, fyne.KeyEscape)
	if st.Env.Layers.Open() {
		t.Error("Esc does not close the panel")
	}
	ctrl(st, fyne.Key7)
	press(st, fyne.KeyEnd)
	press(st, fyne.KeyLeft)
	press(st, fyne.KeyReturn)
}

// What is typed in a panel is there again when the page is left and comes back, and
// given up by Esc (R3.8).
func TestPanelsKeepDrafts(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := full(t, s)
	show := func() *pagetest.Stage {
		return pagetest.Show(t, s, kit.Look{}, func(e *page.Env) page.Page {
			return cards.NewCard(e, present.Route{Page: present.PageCard, ID: p.ID})
		})
	}
	for _, c := range []struct {
		open []fyne.KeyName
		text string
	}{
		{[]fyne.KeyName{fyne.KeyF5}, "пыльца берёзы"}, {[]fyne.KeyName{fyne.KeyF6}, "мигрень с аурой"}, {[]fyne.KeyName{fyne.KeyF7, fyne.KeyReturn}, "тот же паспорт"},
	} {
		st := show()
		for _, k := range c.open {
			press(st, k)
		}
		typed(st, c.text)
		st.Page.Leave()
		st.Env.Layers.CloseAll()
		st = show()
		if f, ok := st.Window.Canvas().Focused().(*kit.Entry); !ok || f.Value() != c.text {
			t.Fatalf("%q did not come back: %T", c.text, st.Window.Canvas().Focused())
		}
		press(st, fyne.KeyEscape)
		st.Page.Leave()
		if st = show(); st.Env.Layers.Open() {
			t.Errorf("%q came back after Esc", c.text)
		}
	}
	// A panel that was only looked at does not come back.
	st := show()
	press(st, fyne.KeyF5)
	st.Page.Leave()
	st.Env.Layers.CloseAll()
	if st = show(); st.Env.Layers.Open() {
		t.Error("an empty panel came back")
	}
}

// A photo and a file are picked from a folder, and a file is saved again.
func TestFilesByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "лицо.png"), face(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Prefs.Set(t.Context(), "files.folder", dir); err != nil {
		t.Fatal(err)
	}
	st := pagetest.Show(t, s, kit.Look{}, func(e *page.Env) page.Page {
		return cards.NewCard(e, present.Route{Page: present.PageCard, ID: p.ID, Arg: "files"})
	})
	press(st, fyne.KeyF8)
	press(st, fyne.KeyReturn)
	if stored, err := s.Records.Patient(t.Context(), p.ID); err != nil || stored.Photo.IsZero() {
		t.Fatalf("no photo: %v, said %+v", err, st.Said)
	}
	press(st, fyne.KeyInsert)
	press(st, fyne.KeyReturn)
	list, err := s.Records.Attachments(t.Context(), p.ID)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v, said %+v", list, err, st.Said)
	}
	press(st, fyne.KeyReturn) // shows the picture
	if !st.Env.Layers.Open() {
		t.Error("the picture is not shown")
	}
	press(st, fyne.KeyEscape)
	// A file that is no picture is refused in words, and the card stays.
	if err := os.WriteFile(filepath.Join(dir, "лицо.png"), []byte("не снимок"), 0o600); err != nil {
		t.Fatal(err)
	}
	press(st, fyne.KeyF8)
	press(st, fyne.KeyReturn)
	if last := st.Said[len(st.Said)-1]; last.Tone != kit.Wrong || !strings.Contains(last.Text, "JPEG") {
		t.Errorf("%+v", last)
	}
}

// Pages are built within 50 ms and every key of the list takes less than a frame
// (measured loosely: other tests run beside this one).
func TestPagesAreQuick(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := full(t, s)
	st := pagetest.Show(t, s, kit.Look{}, patients(""))
	best := func(what string, limit time.Duration, do func()) {
		t.Helper()
		least := time.Hour
		for range 7 {
			start := time.Now()
			do()
			least = min(least, time.Since(start))
		}
		t.Logf("%s: %v", what, least)
		if least > limit {
			t.Errorf("%s takes %v", what, least)
		}
	}
	best("the list", 50*time.Millisecond, func() { cards.NewPatients(st.Env, present.Route{}).Content() })
	best("a key of the list", 16*time.Millisecond, func() { press(st, fyne.KeyDown) })
	st = pagetest.Show(t, s, kit.Look{}, func(e *page.Env) page.Page {
		return cards.NewCard(e, present.Route{Page: present.PageCard, ID: p.ID})
	})
	best("the card, read and drawn", 50*time.Millisecond, func() {
		c := cards.NewCard(st.Env, present.Route{Page: present.PageCard, ID: p.ID})
		c.Content()
		c.Shown()
	})
	best("a tab of the card", 16*time.Millisecond, func() { ctrl(st, fyne.Key2); ctrl(st, fyne.Key1) })
}
