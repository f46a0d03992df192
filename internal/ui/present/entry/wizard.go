package entry

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// Step is a page of the first start.
type Step uint8

// The steps, in their order; a demo goes from Welcome to DemoPlan.
const (
	Welcome   Step = iota // language, and a new clinic or the demo
	AboutIt               // the clinic
	AboutYou              // its administrator
	Secret                // the password
	Phrase                // the recovery phrase, shown
	Asked                 // the phrase, asked back
	Done                  // everything stands
	DemoPlan              // which demo
	DemoReady             // logins of the demo
	JoinIt                // a clinic that exists: server, code, login
)

// Steps of a new clinic that the progress line counts.
var Steps = []Step{AboutIt, AboutYou, Secret, Phrase, Asked}

// Wizard is the first start. What is typed stays in its fields; each step's Next
// checks them. It may be used by one goroutine at a time.
type Wizard struct {
	gate *Gate
	Step Step

	Country                       clinic.Country
	Title, Address, Phone         string
	Licence, TaxID, Zone          string
	Family, Given, Patronymic     string
	Position, Login               string
	Alone                         bool // one person is all of it: also treats
	Feldsher                      bool // the administrator treats as a feldsher, not as a doctor
	Password, Again               string
	DemoPatients                  int
	Server, Code, JoinLogin       string         // of a clinic that exists
	Errors                        map[string]Say // by field
	loginTyped, zoneTyped, titled bool

	run     sync.Mutex // held while the clinic is being made or handed over
	busy    atomic.Bool
	stop    atomic.Pointer[context.CancelFunc]
	enough  atomic.Pointer[chan struct{}] // closed by Begin
	founded *founded
	saved   string // where the phrase was saved
	printed bool
	asked   [2]int // which words are asked back, from 0
	said    Say    // of the step as a whole
	logins  []DemoUser
}

// founded is the clinic between its founding and the end of the wizard.
type founded struct {
	store *store.Store
	who   *access.User
	words []string
	made  clinic.Time
}

// NewWizard begins the first start in the gate's language.
func NewWizard(g *Gate) *Wizard {
	w := &Wizard{gate: g, Alone: true, DemoPatients: 300, Errors: map[string]Say{}}
	country := clinic.Russia
	if g.Words().Lang == translations.Kazakh {
		country = clinic.Kazakhstan
	}
	w.SetCountry(country)
	return w
}

// Words speaks the wizard's language.
func (w *Wizard) Words() present.Words { return w.gate.Words() }

// Speak changes the language; the country follows as long as it was not chosen.
func (w *Wizard) Speak(l translations.Lang) {
	w.gate.Speak(l)
	w.Errors, w.said = map[string]Say{}, Say{}
	if !w.titled && !w.zoneTyped {
		if l == translations.Kazakh {
			w.SetCountry(clinic.Kazakhstan)
		} else if l == translations.Russian {
			w.SetCountry(clinic.Russia)
		}
	}
}

// SetCountry takes a country, and its time zone as the computer's clock suggests.
func (w *Wizard) SetCountry(c clinic.Country) {
	if c == w.Country {
		return
	}
	w.Country = c
	w.Zone = ownZone(c, w.gate.Now())
	delete(w.Errors, "tax")
	delete(w.Errors, "phone")
}

// ChooseCountry is SetCountry by the user.
func (w *Wizard) ChooseCountry(c clinic.Country) { w.titled = true; w.SetCountry(c) }

// ChooseZone takes a time zone.
func (w *Wizard) ChooseZone(name string) { w.Zone, w.zoneTyped = name, true }

// Zones are those on offer, and the chosen one's place among them.
func (w *Wizard) Zones() (list []Zone, at int) {
	list = Zones(w.Words(), w.Country, w.gate.Now())
	for i, z := range list {
		if z.Name == w.Zone {
			at = i
		}
	}
	return list, at
}

// Progress tells which of the counted steps this is, from 1; 0 for the others.
func (w *Wizard) Progress() (at, all int) {
	for i, s := range Steps {
		if s == w.Step {
			return i + 1, len(Steps)
		}
	}
	return 0, len(Steps)
}

// Said is the word about the step as a whole.
func (w *Wizard) Said() Say { return w.said }

// CanGoBack reports whether there is a step to go back to: none once the clinic
// stands.
func (w *Wizard) CanGoBack() bool {
	return w.founded == nil && w.Step != Welcome && w.Step != DemoReady || w.Step == Asked
}

// Back goes a step back; what was typed stays.
func (w *Wizard) Back() {
	if !w.CanGoBack() {
		return
	}
	w.Errors, w.said = map[string]Say{}, Say{}
	switch w.Step {
	case AboutIt, DemoPlan, JoinIt:
		w.Step = Welcome
	default:
		w.Step--
	}
}

// Busy reports whether the clinic is being made: nothing else may be asked of the
// wizard then but Stop.
func (w *Wizard) Busy() bool { return w.busy.Load() }

// Stop breaks a demo off that is being made.
func (w *Wizard) Stop() {
	if stop := w.stop.Load(); stop != nil {
		(*stop)()
	}
}

// work begins what takes long; end ends it.
func (w *Wizard) work(ctx context.Context) (_ context.Context, end func()) {
	w.run.Lock()
	ctx, stop := context.WithCancel(ctx)
	w.stop.Store(&stop)
	w.busy.Store(true)
	return ctx, func() {
		w.stop.Store(nil)
		stop()
		w.busy.Store(false)
		w.run.Unlock()
	}
}

// Start leaves the first page, for a new clinic or for the demo.
func (w *Wizard) Start(demo bool) {
	w.Step = AboutIt
	if demo {
		w.Step = DemoPlan
	}
}

// at notes a word at a field.
func (w *Wizard) at(field string, say Say) {
	if say.Text == "" {
		delete(w.Errors, field)
		return
	}
	w.Errors[field] = say
}

// wrongs reports whether a field of the step holds back.
func (w *Wizard) wrongs() bool {
	for _, s := range w.Errors {
		if s.Tone == Wrong {
			return true
		}
	}
	return false
}

// maxTyped is how long a field of the wizard may be, in letters.
const maxTyped = 200

// text brings a typed field to its stored spelling: no blanks around, no signs that
// can't be shown, not beyond maxTyped.
func text(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	letters := []rune(strings.TrimSpace(s))
	return string(letters[:min(len(letters), maxTyped)])
}

// CheckClinic looks at the fields of the clinic's step. Wrong numbers are warnings:
// papers carry them too.
func (w *Wizard) CheckClinic() {
	words := w.Words()
	w.at("title", Say{})
	if text(w.Title) == "" {
		w.at("title", Say{Wrong, words.T("entry_title_empty")})
	}
	w.at("phone", Say{})
	for _, x := range check.NormalizePhone(w.Phone, string(w.Country)).Warnings {
		w.at("phone", Say{Warn, words.Warning(x)})
	}
	w.at("tax", Say{})
	number := check.INN(w.TaxID)
	if w.Country == clinic.Kazakhstan {
		number = check.BIN(w.TaxID)
	}
	for _, x := range number.Warnings {
		w.at("tax", Say{Warn, words.Warning(x)})
	}
}

// CheckYou looks at the fields of the administrator's step.
func (w *Wizard) CheckYou() {
	words := w.Words()
	w.at("family", Say{})
	if text(w.Family) == "" {
		w.at("family", Say{Wrong, words.T("entry_family_empty")})
	}
	w.at("login", Say{})
	if text(w.Login) == "" {
		w.at("login", Say{Wrong, words.T("fault.user.login")})
	}
}

// Name takes a part of the name and suggests a login from it, as long as none was
// typed.
func (w *Wizard) Name(family, given, patronymic string) {
	w.Family, w.Given, w.Patronymic = family, given, patronymic
	if !w.loginTyped {
		w.Login = latin(text(family))
	}
}

// TypeLogin takes a login as it is typed.
func (w *Wizard) TypeLogin(s string) { w.Login, w.loginTyped = s, s != "" }

// Strength looks at the password as far as it is typed.
func (w *Wizard) Strength() check.Strength {
	return check.Password(w.Password, w.Login, w.Family, w.Given, w.Patronymic, w.Title)
}

// StrengthWord names a level of strength.
func StrengthWord(w present.Words, level int) string {
	return w.T("entry_strength_" + string(rune('0'+min(max(level, 0), 4))))
}

// weak is the level below which no password is taken.
const weak = 2

// checkNew checks a new password as it was typed twice; field is "" where nothing
// speaks against it.
func checkNew(w present.Words, s check.Strength, password, again string) (say Say, field string) {
	switch {
	case password == "":
		return Say{Wrong, w.T("entry_password_new")}, "password"
	case s.Level < weak && len(s.Warnings) > 0:
		return Say{Wrong, w.Warning(s.Warnings[0])}, "password"
	case s.Level < weak:
		return Say{Wrong, w.T("entry_password_weak")}, "password"
	case password != again:
		return Say{Wrong, w.T("fault.password.differ")}, "again"
	}
	return Say{}, ""
}

// Next checks the step and goes on; false where it can't. The step of the password
// goes on by Found.
func (w *Wizard) Next() bool {
	w.said = Say{}
	switch w.Step {
	case AboutIt:
		w.CheckClinic()
	case AboutYou:
		w.CheckYou()
	case Phrase:
		w.ask()
	default:
		return false
	}
	if w.wrongs() {
		return false
	}
	w.Errors = map[string]Say{}
	w.Step++
	return true
}

// discard gives a clinic up that was founded and never finished: a demo that was
// broken off.
func (w *Wizard) discard() error {
	f := w.founded
	w.founded = nil
	if f == nil {
		return nil
	}
	return f.store.Discard()
}

// Finish hands the clinic over to the gate: the administrator is at work.
func (w *Wizard) Finish(ctx context.Context) error {
	ctx, end := w.work(ctx)
	defer end()
	f := w.founded
	if f == nil {
		return nil
	}
	w.founded = nil
	w.Password, w.Again = "", ""
	clear(f.words)
	w.gate.working.Lock()
	defer w.gate.working.Unlock()
	w.gate.mu.Lock()
	w.gate.wizard = nil
	w.gate.mu.Unlock()
	return w.gate.adopt(ctx, f.store, f.who)
}

// Close gives the clinic back where the program ends in the middle of the wizard.
func (w *Wizard) Close() error {
	w.Stop()
	w.run.Lock()
	defer w.run.Unlock()
	f := w.founded
	w.founded = nil
	if f == nil {
		return nil
	}
	return f.store.Close()
}

// device is what people call this workstation.
func device() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return text(name)
}

// letters of Cyrillic in Latin ones, as passports and logins have them.
var letters = strings.NewReplacer(
	"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "y",
	"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f",
	"х", "kh", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya",
	"ә", "a", "ғ", "g", "қ", "k", "ң", "n", "ө", "o", "ұ", "u", "ү", "u", "һ", "h", "і", "i", " ", "", "-", "",
)

// latin writes a family name as a login.
func latin(s string) string { return letters.Replace(strings.ToLower(s)) }

// FinishIn is Finish for a loader; whoever leaves the page has founded all the same.
func (w *Wizard) FinishIn(ctx context.Context) (struct{}, error) {
	return struct{}{}, w.Finish(context.WithoutCancel(ctx))
}
