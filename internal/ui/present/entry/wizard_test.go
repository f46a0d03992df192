package entry_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present/entry"
	"feldsher/translations"
)

// Issue 3, part 2: from an empty directory to a clinic with its administrator at
// work, the phrase saved and asked back.
func TestWizard(t *testing.T) {
	s, ctx := newStation(t, t.TempDir()), context.Background()
	s.Look()
	w := entry.NewWizard(s.Gate)
	w.Speak(translations.Kazakh)
	if w.Country != clinic.Kazakhstan {
		t.Error("the country does not follow the language")
	}
	w.Speak(translations.Russian)
	w.Start(false)
	if w.Next() || w.Errors["title"].Tone != entry.Wrong {
		t.Error("a clinic without a name")
	}
	w.Title = "  ООО «Родник»\u202e\t "
	w.ChooseCountry(clinic.Kazakhstan)
	w.Speak(translations.English)
	if w.Country != clinic.Kazakhstan {
		t.Error("a chosen country follows the language")
	}
	w.ChooseCountry(clinic.Russia)
	w.Speak(translations.Russian)
	w.TaxID, w.Phone = "7707083894", "12"
	if w.CheckClinic(); w.Errors["tax"].Tone != entry.Warn || w.Errors["phone"].Tone != entry.Warn {
		t.Error("wrong numbers are not remarked", w.Errors)
	}
	w.Phone = "89165550142"
	zones, _ := w.Zones()
	if len(zones) != 12 {
		t.Error("zones", len(zones))
	}
	w.ChooseZone("Asia/Yekaterinburg")
	if _, at := w.Zones(); zones[at].Name != "Asia/Yekaterinburg" || !strings.Contains(zones[at].Text, "UTC+5") {
		t.Error(zones[at])
	}
	must(t, w.Next())
	if w.Next() || w.Errors["family"].Tone != entry.Wrong || w.Errors["login"].Tone != entry.Wrong {
		t.Error("an administrator without a name", w.Errors)
	}
	w.Name("Щербаков", "Юрий", "")
	if w.Login != "shcherbakov" {
		t.Error(w.Login)
	}
	w.TypeLogin("юрий")
	w.Name("Щербакова", "Юлия", "")
	if w.Login != "юрий" {
		t.Error("a typed login was overwritten")
	}
	w.Feldsher = true
	must(t, w.Next())
	for password, field := range map[string]string{"": "password", "пароль123": "password", "юрийюрий": "password", "коротко": "password"} {
		w.Password, w.Again = password, password
		if w.CheckPassword() || w.Errors[field].Text == "" {
			t.Errorf("%q passed", password)
		}
	}
	w.Password, w.Again = secret, secret+" "
	if w.CheckPassword() || w.Errors["again"].Text == "" {
		t.Error("two passwords that differ passed")
	}
	w.Again = secret
	must(t, w.CheckPassword())
	if w.Back(); w.Step != entry.AboutYou {
		t.Error("back")
	}
	must(t, w.Next())
	if err := w.Found(ctx); err != nil {
		t.Fatal(err)
	}
	words := w.Words24()
	if w.CanGoBack() || len(words) != 24 || w.Kept() {
		t.Error("after founding", w.CanGoBack(), len(words))
	}
	folder := t.TempDir()
	first, err := w.SavePhrase(folder)
	if err != nil || !w.Kept() {
		t.Fatal(err)
	}
	second, err := w.SavePhrase(folder)
	if err != nil || second == first {
		t.Error("a second saving overwrote the first", second, err)
	}
	if info, err := os.Stat(first); err != nil || info.Size() < 5000 || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Error("the page", info.Mode(), err)
	}
	if _, err := w.SavePhrase(filepath.Join(folder, "none")); err == nil || w.Said().Tone != entry.Wrong {
		t.Error("saved into nowhere")
	}
	path, remove, err := w.PhrasePage()
	if err != nil {
		t.Fatal(err)
	}
	if remove(); exists(path) {
		t.Error("the printed page stays on the disk")
	}
	must(t, w.Next())
	if !w.CanGoBack() {
		t.Error("no way back to the phrase")
	}
	asked := w.Asked()
	if asked[0] < 1 || asked[1] > 24 || asked[0] >= asked[1] {
		t.Fatal(asked)
	}
	if w.Answer(context.Background(), [2]string{words[asked[0]-1], "никакое"}) || w.Errors["word1"].Tone != entry.Wrong || w.Errors["word0"].Text != "" {
		t.Error(w.Errors)
	}
	must(t, w.Answer(context.Background(), [2]string{" " + strings.ToUpper(words[asked[0]-1]), words[asked[1]-1]}))
	if err := w.Finish(ctx); err != nil {
		t.Fatal(err)
	}
	session := s.Session()
	if s.State() != entry.Working || session.Clinic.Title != "ООО «Родник»" || session.Clinic.Zone != "Asia/Yekaterinburg" ||
		session.Clinic.Phone != "+7 916 555-01-42" || !session.User.Has(clinic.Feldsher) || !session.User.Has(clinic.Administrator) {
		t.Errorf("%+v %+v", session.Clinic, session.User.Staff)
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// What can't be founded leaves the wizard where it was, with words.
func TestWizardCantFound(t *testing.T) {
	s, ctx := founded(t), context.Background()
	w := entry.NewWizard(s.Gate)
	w.Step, w.Title, w.Family, w.Login, w.Password = entry.Secret, "х", "х", "х", secret
	if err := w.Found(ctx); err == nil || w.Said().Tone != entry.Wrong || w.Step != entry.Secret {
		t.Error("founded over a clinic", err, w.Said())
	}
	s.enter("ozernaya", secret)
	if s.Session().User.Family != "Озёрная" {
		t.Error("the clinic that stood there was touched")
	}
}

// The demo has people, staff with logins, hours and bookings; broken off, it leaves
// nothing.
func TestDemo(t *testing.T) {
	s, ctx := newStation(t, t.TempDir()), context.Background()
	s.Look()
	w := entry.NewWizard(s.Gate)
	w.Start(true)
	w.DemoPatients = 40
	stopped, stop := context.WithCancel(ctx)
	err := w.Demo(stopped, func(p entry.DemoProgress) {
		if p.Patients > 0 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || w.Step != entry.DemoPlan || w.Said().Text != "" {
		t.Fatal(err, w.Step, w.Said())
	}
	if s.Look() != entry.Founding {
		t.Fatal("a demo that was broken off left", s.State(), s.Fault())
	}
	last := entry.DemoProgress{}
	if err := w.Demo(ctx, func(p entry.DemoProgress) {
		if p.Share() < last.Share() {
			t.Error("progress goes back", last, p)
		}
		last = p
	}); err != nil {
		t.Fatal(err)
	}
	if last.Patients != 40 || w.Step != entry.DemoReady || len(w.DemoLogins()) != 8 {
		t.Error(last, w.Step, w.DemoLogins())
	}
	if err := w.Finish(ctx); err != nil {
		t.Fatal(err)
	}
	r := s.Session().Store.Reader(ctx)
	patients, err := r.PatientCount()
	bookings, err2 := r.BookingCount()
	if err != nil || err2 != nil || patients != 40 || bookings == 0 {
		t.Error(patients, bookings, err, err2)
	}
	if err := s.Hide(ctx); err != nil {
		t.Fatal(err)
	}
	for _, u := range w.DemoLogins() {
		s.enter(u.Login, entry.DemoPassword)
		if s.Session().User.Name.String() != u.Name {
			t.Error(u)
		}
	}
}
