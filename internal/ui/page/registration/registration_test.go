package registration_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/registration"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

func newCard(env *page.Env) page.Page {
	return registration.New(env, present.Route{Page: present.PageRegistration})
}

func focused(st *pagetest.Stage) fyne.Focusable { return st.Window.Canvas().Focused() }

// letters types into whatever has the keys.
func letters(st *pagetest.Stage, s string) {
	for _, r := range s {
		focused(st).TypedRune(r)
	}
}

// key gives a key to whatever has the keys, or to the page.
func key(st *pagetest.Stage, names ...fyne.KeyName) {
	for _, n := range names {
		if f := focused(st); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: n})
		} else {
			st.Page.Key(kit.Plain(n))
		}
	}
}

func tab(st *pagetest.Stage) { st.Window.Canvas().FocusNext() }

// fill types a card with warnings and one thing that is wrong.
func fill(st *pagetest.Stage) {
	letters(st, "ковылина")
	tab(st)
	letters(st, "дарья")
	tab(st)
	letters(st, "игоревна")
	tab(st)
	tab(st)
	letters(st, "31021984")
	st.Page.Key(kit.Ctrl(fyne.Key2))
	tab(st)
	letters(st, "89165550142")
	st.Page.Key(kit.Ctrl(fyne.Key5))
	letters(st, "11223344596")
	tab(st)
	letters(st, "1234567890123450")
	st.Page.Key(kit.Ctrl(fyne.Key1))
}

// TestGoldenEmpty has the form of Kazakhstan in the Kazakh picture.
func TestGoldenEmpty(t *testing.T) {
	pagetest.Golden(t, "empty", func(_ *testing.T, s *present.Session) {
		if s.Words.Lang == translations.Kazakh {
			s.Clinic.Country = clinic.Kazakhstan
		}
	}, newCard)
}

func TestGoldenFilled(t *testing.T) { pagetest.Golden(t, "filled", nil, newCard, fill) }

func TestGoldenAlike(t *testing.T) {
	pagetest.Golden(t, "alike", people, newCard, func(st *pagetest.Stage) {
		letters(st, "Ковылина")
		tab(st)
		letters(st, "Дарья")
		tab(st)
		letters(st, "Игоревна")
		tab(st)
		tab(st)
		letters(st, "09031984")
		tab(st)
		st.Page.Key(kit.Plain(fyne.KeyF6))
	})
}

func TestGoldenEdit(t *testing.T) {
	var id clinic.ID
	pagetest.Golden(t, "edit", func(t *testing.T, s *present.Session) {
		id = presenttest.Patient(t, s, func(p *clinic.Patient) {
			p.Contacts = append(p.Contacts, clinic.Contact{Kind: "email", Value: "kovylina@example.org"})
			p.Documents = []clinic.Document{{Type: "passport", Series: "4510", Number: "123456", Issued: "2010-05-01", Issuer: "УМВД России по Тверской области"}}
			p.SNILS = "11223344595"
		}).ID
	}, func(env *page.Env) page.Page {
		return registration.New(env, present.Route{Page: present.PageRegistration, ID: id})
	})
}

func people(t *testing.T, s *present.Session) {
	presenttest.Patient(t, s)
	presenttest.Patient(t, s, func(p *clinic.Patient) {
		p.Name.Given, p.BirthDate, p.Contacts = "Дария", "1984-03-09", nil
	})
}

// TestGoldenLarge: legible at 150 %.
func TestGoldenLarge(t *testing.T) {
	for _, c := range []struct {
		name string
		fill func(*testing.T, *present.Session)
		act  func(*pagetest.Stage)
	}{
		{"large", nil, fill},
		{"large-alike", people, func(st *pagetest.Stage) {
			letters(st, "Ковылина")
			tab(st)
			letters(st, "Дарья")
			tab(st)
			tab(st)
			tab(st)
			letters(st, "09031984")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := presenttest.Open(t, translations.Russian)
			if c.fill != nil {
				c.fill(t, s)
			}
			st := pagetest.Show(t, s, kit.Look{Scale: 1.5}, newCard)
			c.act(st)
			kittest.Same(t, st.Window, c.name)
		})
	}
}

// TestRegisterByKeys: a card by the keyboard alone, from the first letter to the card
// that opens; nothing of the draft stays.
func TestRegisterByKeys(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, newCard)
	letters(st, "ковылина")
	key(st, fyne.KeyReturn) // goes on as Tab does
	letters(st, "дарья")
	tab(st)
	letters(st, "игоревна")
	tab(st)
	tab(st)
	letters(st, "090384")
	st.Page.Key(kit.Ctrl(fyne.Key2))
	tab(st)
	letters(st, "89165550142")
	st.Page.Key(kit.Plain(fyne.KeyF7))
	letters(st, "2") // mail
	tab(st)
	letters(st, "kovylina@example.org")
	st.Page.Key(kit.Ctrl(fyne.KeyS))
	if len(st.Went) != 1 || st.Went[0].Page != present.PageCard {
		t.Fatalf("went %+v, said %+v", st.Went, st.Said)
	}
	p, err := s.Records.Patient(t.Context(), st.Went[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name.String() != "Ковылина Дарья Игоревна" || p.BirthDate != "1984-03-09" || p.Sex != clinic.Female || len(p.Contacts) != 2 || p.Contacts[1].Kind != "email" {
		t.Errorf("%+v", p)
	}
	st.Page.Leave()
	if _, ok, err := s.Records.Draft(t.Context(), "patient", clinic.ID{}); ok || err != nil {
		t.Errorf("a draft stays: %v %v", ok, err)
	}
}

// TestWrongFieldGetsTheFocus: saving goes to the first field that must be put right,
// and all that was typed is still there.
func TestWrongFieldGetsTheFocus(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, newCard)
	fill(st)
	st.Page.Key(kit.Ctrl(fyne.Key9))
	st.Page.Key(kit.Ctrl(fyne.KeyReturn))
	d, ok := focused(st).(*kit.Date)
	if !ok || d.Text != "31.02.1984" || len(st.Went) != 0 {
		t.Fatalf("focus %T, went %+v", focused(st), st.Went)
	}
	letters(st, "0")
	d.SetText("") // as selecting all and deleting does
	letters(st, "29021984")
	st.Page.Key(kit.Ctrl(fyne.KeyReturn))
	if len(st.Went) != 1 {
		t.Fatalf("said %+v", st.Said)
	}
}

// TestDraftComesBack: leaving keeps what was typed, coming back restores it and says
// so; F9 throws it away, and that can be undone (R3.8).
func TestDraftComesBack(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	st := pagetest.Show(t, s, kit.Look{}, newCard)
	fill(st)
	key(st, fyne.KeyEscape)
	if len(st.Went) != 1 || st.Went[0].Page != "back" {
		t.Fatalf("Esc went %+v", st.Went)
	}
	st.Page.Leave()
	again := pagetest.Show(t, s, kit.Look{}, newCard)
	e := focused(again).(*kit.Masked)
	if e.Text != "Ковылина" {
		t.Fatalf("restored %q", e.Text)
	}
	kittest.Same(t, again.Window, "restored")
	again.Page.Key(kit.Plain(fyne.KeyF9))
	if e := focused(again).(*kit.Masked); e.Text != "" || len(again.Said) == 0 || again.Said[0].Do == nil {
		t.Fatalf("after F9 %q, said %+v", e.Text, again.Said)
	}
	again.Said[0].Do()
	if e := focused(again).(*kit.Masked); e.Text != "Ковылина" {
		t.Errorf("undone %q", e.Text)
	}
}

// TestNewborn: the mother's card is found by her name in the field and gives surname,
// address and representative.
func TestNewborn(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	mother := presenttest.Patient(t, s)
	st := pagetest.Show(t, s, kit.Look{}, newCard)
	st.Page.Key(kit.Ctrl(fyne.Key7))
	letters(st, "ковыл")
	key(st, fyne.KeyDown, fyne.KeyReturn)
	kittest.Same(t, st.Window, "newborn")
	st.Page.Key(kit.Ctrl(fyne.KeyS))
	if len(st.Went) != 1 {
		t.Fatalf("said %+v", st.Said)
	}
	p, err := s.Records.Patient(t.Context(), st.Went[0].ID)
	if err != nil || p.Mother != mother.ID || p.Family != "Ковылина" || len(p.Addresses) != 1 || len(p.Representatives) != 1 {
		t.Errorf("%+v %v", p, err)
	}
}

// TestRemoveLine: F8 takes the line with the cursor out, and the status line brings it
// back.
func TestRemoveLine(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	st := pagetest.Show(t, s, kit.Look{}, func(env *page.Env) page.Page {
		return registration.New(env, present.Route{Page: present.PageRegistration, ID: p.ID})
	})
	st.Page.Key(kit.Ctrl(fyne.Key2))
	st.Page.Key(kit.Plain(fyne.KeyF8))
	if len(st.Said) != 1 || st.Said[0].Do == nil {
		t.Fatalf("said %+v", st.Said)
	}
	st.Said[0].Do()
	st.Page.Key(kit.Ctrl(fyne.KeyS))
	got, err := s.Records.Patient(t.Context(), p.ID)
	if err != nil || len(got.Contacts) != 1 {
		t.Errorf("%+v %v", got.Contacts, err)
	}
}

// TestAlikeOpens: Enter opens the card that is there; the draft of the new one stays.
func TestAlikeOpens(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	p := presenttest.Patient(t, s)
	st := pagetest.Show(t, s, kit.Look{}, newCard)
	for _, word := range []string{"Ковылина", "Дарья", "Игоревна"} {
		letters(st, word)
		tab(st)
	}
	tab(st)
	letters(st, "09031984")
	st.Page.Key(kit.Plain(fyne.KeyF6))
	key(st, fyne.KeyEscape)
	if _, ok := focused(st).(*kit.Date); !ok {
		t.Errorf("Esc leads to %T", focused(st))
	}
	st.Page.Key(kit.Plain(fyne.KeyF6))
	key(st, fyne.KeyReturn)
	if len(st.Went) != 1 || st.Went[0] != (present.Route{Page: present.PageCard, ID: p.ID}) {
		t.Fatalf("%+v", st.Went)
	}
	st.Page.Leave()
	if _, ok, err := s.Records.Draft(t.Context(), "patient", clinic.ID{}); !ok || err != nil {
		t.Errorf("no draft: %v", err)
	}
}

// TestBadInputOnThePage: what comes from the clipboard and from strange layouts into
// every field that the keyboard reaches neither stops the page nor loses the name.
func TestBadInputOnThePage(t *testing.T) {
	s := presenttest.Open(t, translations.Russian)
	s.Clinic.Extra = true
	st := pagetest.Show(t, s, kit.Look{}, newCard)
	letters(st, "Озёрная")
	bad := []string{"вчера\x00\u202e", "31.02.1980", strings.Repeat("ы", 10_000), "🙂\t\r\n", "\u05d3\u05d5\u05d3", "-1", "01.01.2190"}
	first := focused(st)
	tab(st)
	for n := 0; focused(st) != first && n < 200; n++ {
		if f, ok := focused(st).(fyne.Shortcutable); ok {
			if _, field := focused(st).(interface{ SelectedText() string }); field {
				clip := test.NewClipboard()
				clip.SetContent(bad[n%len(bad)])
				f.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
				letters(st, "\x00я1 ")
			}
		}
		tab(st)
	}
	if e := focused(st).(*kit.Masked); e.Text != "Озёрная" {
		t.Errorf("the name became %q", e.Text)
	}
	st.Page.Key(kit.Ctrl(fyne.KeyS))
	kittest.Same(t, st.Window, "bad")
	if len(st.Went) != 0 {
		t.Error("saved")
	}
}

func BenchmarkBuild(b *testing.B) {
	s := presenttest.Open(b, translations.Russian)
	for b.Loop() {
		st := pagetest.Show(b, s, kit.Look{}, newCard)
		st.Env.Loader.Close()
	}
}

func BenchmarkKey(b *testing.B) {
	s := presenttest.Open(b, translations.Russian)
	st := pagetest.Show(b, s, kit.Look{}, newCard)
	e := focused(st).(*kit.Masked)
	for b.Loop() {
		letters(st, "ы")
		key(st, fyne.KeyBackspace)
	}
	_ = e
}
