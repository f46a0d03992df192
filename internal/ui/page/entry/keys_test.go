package entry_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	page "feldsher/internal/ui/page/entry"
	model "feldsher/internal/ui/present/entry"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// Issue 3: the first start by keyboard alone, from the empty directory to work.
func TestFirstStartByKeys(t *testing.T) {
	s := newStage(t, translations.Russian, kit.Look{}).show()
	w := s.gate.Wizard()
	s.press(fyne.KeyReturn) // a clinic of one's own
	s.press(fyne.KeyReturn) // without a name it does not go on
	if w.Step != model.AboutIt || w.Errors["title"].Tone != model.Wrong {
		t.Fatal("a clinic without a name", w.Step)
	}
	s.write("Амбулатория «Родник»")
	s.press(fyne.KeyReturn)
	s.write("Озёрная")
	if w.Login != "ozernaya" {
		t.Error("login", w.Login)
	}
	s.press(fyne.KeyReturn)
	s.write("пароль123")
	s.press(fyne.KeyReturn) // to the second field
	s.write("пароль123")
	s.press(fyne.KeyReturn)
	if w.Step != model.Secret || w.Errors["password"].Text == "" {
		t.Fatal("a weak password passed")
	}
	for range 12 {
		s.press(fyne.KeyBackspace)
	}
	s.write(secret)
	s.press(fyne.KeyReturn)
	for range 12 {
		s.press(fyne.KeyBackspace)
	}
	s.write(secret)
	s.press(fyne.KeyReturn)
	if w.Step != model.Phrase {
		t.Fatal("not founded:", w.Step, w.Errors, w.Said())
	}
	words := w.Words24()
	s.press(fyne.KeyReturn)
	asked := w.Asked()
	s.write(words[asked[0]-1])
	s.press(fyne.KeyReturn)
	s.write("никакое")
	s.press(fyne.KeyReturn)
	if w.Step != model.Asked || w.Errors["word1"].Text == "" {
		t.Fatal("a wrong word passed")
	}
	for range 10 {
		s.press(fyne.KeyBackspace)
	}
	s.write(words[asked[1]-1])
	s.press(fyne.KeyReturn)
	s.press(fyne.KeyReturn)
	if s.gate.State() != model.Working || s.changed != 1 || s.gate.Session().User.Family != "Озёрная" || s.gate.PhraseAtRisk(t.Context()) {
		t.Error(s.gate.State(), s.changed)
	}
}

// A phrase that nobody was asked back for is said to be at risk; Esc goes back where
// one can.
func TestBackAndBrokenOff(t *testing.T) {
	s := newStage(t, translations.English, kit.Look{}).show()
	w := s.gate.Wizard()
	s.press(fyne.KeyReturn)
	s.write("Spring")
	s.press(fyne.KeyReturn)
	s.press(fyne.KeyEscape)
	if w.Step != model.AboutIt || w.Title != "Spring" {
		t.Error("back", w.Step, w.Title)
	}
	s.door.Key(kit.Plain(fyne.KeyReturn))
	s.write("Field")
	s.press(fyne.KeyReturn)
	w.Password, w.Again = secret, secret
	if err := w.Found(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.gate.Close(t.Context()); err != nil { // the window is closed here
		t.Fatal(err)
	}
	s.start(translations.English)
	s.show()
	s.write(secret)
	s.press(fyne.KeyReturn)
	if s.gate.State() != model.Working || !s.gate.PhraseAtRisk(t.Context()) {
		t.Error(s.gate.State(), s.gate.PhraseAtRisk(t.Context()))
	}
}

// Bad input at every field of the first start: a clear word or nothing, no crash.
func TestBadInput(t *testing.T) {
	s := newStage(t, translations.Kazakh, kit.Look{}).show()
	w := s.gate.Wizard()
	bad := []string{strings.Repeat("ы", 10000), "👩‍⚕️🏥", "\t\t таб \t", "\u202eשלום", "\x00\x01", "31.02.2026", strings.Repeat(" ", 300)}
	s.press(fyne.KeyReturn)
	for _, text := range bad {
		w.Step = model.AboutIt
		w.Title, w.Address, w.Phone, w.Licence, w.TaxID = text, text, text, text, text
		s.show()
		s.write(text[:min(len(text), 200)])
		w.Next()
		w.Step = model.AboutYou
		s.show()
		s.write(text[:min(len(text), 200)])
		w.Next()
		w.Step = model.Secret
		s.show()
		s.write(text[:min(len(text), 200)])
		s.press(fyne.KeyReturn)
		s.press(fyne.KeyReturn)
		if w.Step == model.Phrase {
			t.Fatalf("%.20q founded a clinic", text)
		}
	}
}

// The login by keyboard: arrows choose, Enter enters, mistakes are told and waited for.
func TestLoginByKeys(t *testing.T) {
	s := newStage(t, translations.Russian, kit.Look{})
	s.found()
	s.staff()
	_ = s.gate.Close(t.Context())
	s.start(translations.Russian)
	s.show()
	s.press(fyne.KeyReturn)
	s.press(fyne.KeyDown)
	s.press(fyne.KeyDown)
	s.press(fyne.KeyDown)
	s.press(fyne.KeyUp)
	for range 4 { // the fourth has to wait and is not tried
		s.write("неверно совсем")
		s.press(fyne.KeyReturn)
	}
	known, err := s.gate.Known()
	if err != nil || s.gate.Wait(known[1].Login) != 5*time.Second || s.changed != 0 {
		t.Fatal(s.gate.Wait(known[1].Login), err)
	}
	s.now = s.now.Add(6 * time.Second)
	for range 30 {
		s.press(fyne.KeyBackspace)
	}
	s.write(hers)
	s.press(fyne.KeyReturn)
	if s.gate.State() != model.Working || s.changed != 1 || s.gate.Session().User.Login != known[1].Login {
		t.Error(s.gate.State(), s.changed)
	}
}

// Issue 3: a PIN takes its digits and Enter; another user takes F2 and the password.
func TestHiddenByKeys(t *testing.T) {
	s, ctx := newStage(t, translations.Russian, kit.Look{}), context.Background()
	s.found()
	if err := s.gate.SetPIN(ctx, secret, "8364"); err != nil {
		t.Fatal(err)
	}
	_ = s.gate.Hide(ctx)
	s.show()
	s.write("8364")
	s.press(fyne.KeyReturn)
	if s.gate.State() != model.Working || s.changed != 1 {
		t.Fatal("PIN", s.gate.State())
	}
	_ = s.gate.Hide(ctx)
	s.show()
	s.press(fyne.KeyF2)
	s.press(fyne.KeyEscape)
	s.press(fyne.KeyF2)
	s.write(secret)
	s.press(fyne.KeyReturn)
	if s.gate.State() != model.Working {
		t.Fatal("password of another", s.gate.State())
	}
	_ = s.gate.Hide(ctx)
	s.show()
	for range 5 {
		s.write("0000")
		s.press(fyne.KeyReturn)
	}
	s.write("8364")
	s.press(fyne.KeyReturn)
	if s.gate.State() != model.Hidden {
		t.Fatal("a PIN opened after five mistakes")
	}
	for range 10 {
		s.press(fyne.KeyBackspace)
	}
	s.now = s.now.Add(time.Minute)
	s.write(secret)
	s.press(fyne.KeyReturn)
	if s.gate.State() != model.Working {
		t.Error("the password does not bring the user back")
	}
}

// Nothing of a patient can be read on the hidden screen.
func TestHiddenHides(t *testing.T) {
	s, ctx := newStage(t, translations.Russian, kit.Look{}), context.Background()
	s.found()
	p := clinic.Patient{Name: clinic.Name{Family: "Тайнова", Given: "Ольга"}, Sex: clinic.Female}
	if _, err := s.gate.Session().Records.RegisterPatient(ctx, p); err != nil {
		t.Fatal(err)
	}
	_ = s.gate.Hide(ctx)
	s.show()
	if markup := test.RenderToMarkup(s.window.Canvas()); strings.Contains(markup, "Тайнова") || !strings.Contains(markup, "Озёрная") {
		t.Error("the hidden screen shows", len(markup))
	}
}

// BenchmarkPages builds the pages (issue 3: within 50 ms).
func BenchmarkPages(b *testing.B) {
	kittest.App(b, kit.Look{})
	gate := model.NewGate(model.Config{Dir: b.TempDir(), Lang: translations.Russian, Cost: presenttest.Cheap, CacheMB: 8})
	gate.Look()
	w := gate.Wizard()
	w.Step, w.Title, w.Login, w.Family, w.Password = model.Secret, "Родник", "vera", "Озёрная", secret
	if err := w.Found(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := w.Finish(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = gate.Close(context.Background()) })
	window := test.NewTempWindow(b, nil)
	window.Resize(screen)
	build := func(b *testing.B) {
		for b.Loop() {
			d := page.New(b.Context(), page.Deps{Gate: gate, Window: window, Layers: kit.NewLayers(window.Canvas()), Inline: true})
			window.SetContent(d.Content())
			d.Shown()
			d.Leave()
		}
	}
	if err := gate.Hide(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("hidden", build)
	if err := gate.Lock(b.Context(), model.ByHand); err != nil {
		b.Fatal(err)
	}
	gate.Look()
	b.Run("locked", build)
}
