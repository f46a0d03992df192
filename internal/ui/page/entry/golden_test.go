package entry_test

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/demo"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
	frame "feldsher/internal/ui/page"
	page "feldsher/internal/ui/page/entry"
	model "feldsher/internal/ui/present/entry"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

const (
	secret = "медный трактор едет"
	hers   = "синий самовар поёт"
)

// screen is 1366×768 without the frame of the pages of work.
var screen = fyne.NewSize(1366, 768)

// stage is a way in on a screen, over a real directory.
type stage struct {
	t       *testing.T
	dir     string
	now     time.Time
	gate    *model.Gate
	window  fyne.Window
	door    *page.Door
	changed int
}

func newStage(t *testing.T, lang translations.Lang, look kit.Look) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), now: presenttest.Now}
	kittest.App(t, look)
	s.start(lang)
	return s
}

// start is the program's start; the state of before is forgotten.
func (s *stage) start(lang translations.Lang) {
	s.gate = model.NewGate(model.Config{
		Dir: s.dir, Lang: lang, Templates: demo.Templates(), Cost: presenttest.Cheap, CacheMB: 8,
		Now: func() time.Time { return s.now },
	})
	s.t.Cleanup(func() { _ = s.gate.Close(context.Background()) })
	s.gate.Look()
}

// show makes the page for the gate's state.
func (s *stage) show() *stage {
	s.t.Helper()
	if s.door != nil {
		s.door.Leave()
	}
	s.window = kittest.Window(s.t, screen, func(w fyne.Window) fyne.CanvasObject {
		s.door = page.New(s.t.Context(), page.Deps{
			Gate: s.gate, Window: w, Layers: kit.NewLayers(w.Canvas()), Inline: true,
			Changed: func() { s.changed++ }, Speak: func(string) {},
			Print: func(context.Context, string) error { return nil },
		})
		return s.door.Content()
	})
	kit.Listen(s.window.Canvas(), func(k kit.Key) { s.door.Key(k) })
	s.door.Shown()
	return s
}

// press sends a key to whatever has the focus, or to the page.
func (s *stage) press(name fyne.KeyName) {
	if f := s.window.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	s.door.Key(kit.Plain(name))
}

// type_ types into whatever has the focus.
func (s *stage) write(text string) {
	s.t.Helper()
	f := s.window.Canvas().Focused()
	if f == nil {
		s.t.Fatal("nothing has the focus")
	}
	test.Type(f, text)
}

// found goes through the first start without pictures.
func (s *stage) found() {
	s.t.Helper()
	w := s.gate.Wizard()
	w.Start(false)
	w.Title, w.Phone, w.Address, w.Licence = "Амбулатория «Родник»", "+7 916 555-01-42", "Тверь, ул. Озёрная, 4", "ЛО-69-01-000000"
	w.Next()
	w.Name("Озёрная", "Вера", "Павловна")
	w.Position = "врач-терапевт"
	w.Next()
	w.Password, w.Again = secret, secret
	if err := w.Found(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	if err := w.Finish(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// staff lets two more people in.
func (s *stage) staff() {
	s.t.Helper()
	for _, who := range []clinic.Staff{
		{Login: "lastochkina", Name: clinic.Name{Family: "Ласточкина", Given: "Ирина", Patronymic: "Львовна"}, Position: "медицинская сестра", Roles: []clinic.Role{clinic.Nurse}},
		{Login: "qarlygash", Name: clinic.Name{Family: "Қарлығашева", Given: "Динара"}, Position: "тіркеуші", Roles: []clinic.Role{clinic.Reception}},
	} {
		if _, err := s.gate.Session().Users.Add(s.t.Context(), who, hers); err != nil {
			s.t.Fatal(err)
		}
	}
}

var looks = []struct {
	name string
	lang translations.Lang
	look kit.Look
}{
	{"ru", translations.Russian, kit.Look{}},
	{"kk-dark", translations.Kazakh, kit.Look{Dark: true}},
	{"en", translations.English, kit.Look{}},
	{"ru-large", translations.Russian, kit.Look{Scale: 1.5}},
}

// golden shows a page in every look; what the random draws would change is left out.
func golden(t *testing.T, name string, prepare func(*stage)) {
	t.Helper()
	for _, l := range looks {
		t.Run(l.name, func(t *testing.T) {
			s := newStage(t, l.lang, l.look)
			prepare(s)
			kittest.Same(t, s.window, name+"-"+l.name)
		})
	}
}

func TestWelcome(t *testing.T) { golden(t, "welcome", func(s *stage) { s.show() }) }

func TestClinicStep(t *testing.T) {
	golden(t, "clinic", func(s *stage) {
		w := s.gate.Wizard()
		w.ChooseZone("Europe/Samara")
		w.ChooseCountry(clinic.Russia)
		w.ChooseZone("Europe/Samara")
		w.Start(false)
		w.Phone, w.TaxID, w.Address = "12", "7707083894", "Тверь, ул. Озёрная, 4"
		w.Next()
		s.show()
	})
}

func TestYouStep(t *testing.T) {
	golden(t, "you", func(s *stage) {
		w := s.gate.Wizard()
		w.Step = model.AboutYou
		w.Name("Озёрная", "Вера", "Павловна")
		s.show()
	})
}

func TestPasswordStep(t *testing.T) {
	golden(t, "password", func(s *stage) {
		s.gate.Wizard().Step = model.Secret
		s.show()
		s.write("столица пряник")
	})
}

func TestDemoStep(t *testing.T) {
	golden(t, "demo", func(s *stage) {
		s.gate.Wizard().Start(true)
		s.gate.Wizard().ChooseCountry(clinic.Kazakhstan)
		s.show()
	})
}

func TestDemoReady(t *testing.T) {
	golden(t, "demo-ready", func(s *stage) {
		w := s.gate.Wizard()
		w.Start(true)
		w.ChooseCountry(clinic.Kazakhstan)
		w.DemoPatients = 20
		s.show()
		s.press(fyne.KeyReturn)
		if w.Step != model.DemoReady {
			s.t.Fatal(w.Said())
		}
	})
}

func TestLogin(t *testing.T) {
	golden(t, "login", func(s *stage) {
		s.found()
		s.staff()
		_ = s.gate.Lock(s.t.Context(), model.Suspend)
		s.start(s.gate.Words().Lang)
		s.show()
		s.press(fyne.KeyDown)
		s.write("gfhjkm")
	})
}

func TestLocked(t *testing.T) {
	golden(t, "locked", func(s *stage) {
		s.found()
		s.staff()
		_ = s.gate.Session().Records.SaveDraft(s.t.Context(), "other", clinic.ID{}, "x")
		_ = s.gate.Lock(s.t.Context(), model.LongIdle)
		s.gate.Look()
		s.show()
		for range 3 {
			s.write("неверно совсем")
			s.press(fyne.KeyReturn)
		}
	})
}

func TestRecovery(t *testing.T) {
	golden(t, "recovery", func(s *stage) {
		s.found()
		_ = s.gate.Close(s.t.Context())
		s.gate.Look()
		s.show()
		s.press(fyne.KeyF2)
		s.write("абрикос")
	})
}

func TestHidden(t *testing.T) {
	golden(t, "hidden", func(s *stage) {
		s.found()
		s.staff()
		_ = s.gate.SetPIN(s.t.Context(), secret, "8364")
		_ = s.gate.Enter(s.t.Context(), "lastochkina", hers)
		_ = s.gate.Hide(s.t.Context())
		s.show()
		s.press(fyne.KeyLeft)
		s.write("1111")
		s.press(fyne.KeyReturn)
	})
}

func TestHiddenAnother(t *testing.T) {
	golden(t, "hidden-another", func(s *stage) {
		s.found()
		_ = s.gate.Hide(s.t.Context())
		s.show()
		s.press(fyne.KeyF2)
	})
}

func TestDone(t *testing.T) {
	golden(t, "done", func(s *stage) {
		s.gate.Wizard().Step, s.gate.Wizard().Login = model.Done, "ozernaya"
		s.show()
	})
}

func TestBroken(t *testing.T) {
	golden(t, "broken", func(s *stage) {
		s.dir = "/dev/null/clinic"
		s.start(s.gate.Words().Lang)
		s.show()
	})
}

// The phrase is another one each time: what is drawn is looked at by eye only.
func TestPhraseStep(t *testing.T) {
	for _, l := range looks {
		t.Run(l.name, func(t *testing.T) {
			s := newStage(t, l.lang, l.look)
			w := s.gate.Wizard()
			w.Step, w.Title, w.Login, w.Password, w.Again = model.Secret, "Родник", "вера", secret, secret
			if err := w.Found(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.show()
			if at := s.door.Content().Size(); at.Width > screen.Width || at.Height > screen.Height {
				t.Error("the page does not fit:", at)
			}
			if dir := os.Getenv("FELDSHER_PICTURES"); dir != "" {
				f, err := os.Create(filepath.Join(dir, "phrase-"+l.name+".png"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if err := png.Encode(f, s.window.Canvas().Capture()); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// The panel in which a user sets a PIN: warned of an easy one, kept when both agree.
func TestPIN(t *testing.T) {
	for _, l := range looks {
		t.Run(l.name, func(t *testing.T) {
			s := newStage(t, l.lang, l.look)
			s.found()
			env := &frame.Env{Session: s.gate.Session()}
			said := 0
			env.Say = func(frame.Message) { said++ }
			s.window = kittest.Window(t, screen, func(w fyne.Window) fyne.CanvasObject {
				env.Window, env.Layers = w, kit.NewLayers(w.Canvas())
				return kit.Ground(kit.ColorSurface, kit.Space(1, 1))
			})
			env.Loader = kit.NewLoader(t.Context()).Inline()
			kit.Listen(s.window.Canvas(), func(k kit.Key) { env.Layers.Key(k) })
			page.PIN(env, s.gate)
			s.write(secret)
			s.press(fyne.KeyReturn)
			s.write("1985")
			kittest.Same(t, s.window, "pin-"+l.name)
			s.press(fyne.KeyReturn)
			s.write("1986")
			s.press(fyne.KeyReturn)
			if has, err := s.gate.HasPIN(t.Context()); has || err != nil || !env.Layers.Open() {
				t.Fatal("two PINs that differ were kept", err)
			}
			for range 4 {
				s.press(fyne.KeyBackspace)
			}
			s.write("1985")
			s.press(fyne.KeyReturn)
			if has, err := s.gate.HasPIN(t.Context()); !has || err != nil || env.Layers.Open() || said != 1 {
				t.Error("the PIN was not kept", has, err, said)
			}
		})
	}
}
