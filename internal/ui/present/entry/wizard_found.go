package entry

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/exchange/paper"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
	"feldsher/internal/ui/present"
)

// CheckPassword looks at the password's step; false where something holds back.
func (w *Wizard) CheckPassword() bool {
	w.said = Say{}
	w.at("password", Say{})
	w.at("again", Say{})
	say, field := checkNew(w.Words(), w.Strength(), w.Password, w.Again)
	if field != "" {
		w.at(field, say)
	}
	return field == ""
}

// Found makes the clinic and goes on to its phrase; CheckPassword has let it pass.
// It takes about a second, so it is called beside the screen's thread. On an error
// nothing is left, and Said or the field says why.
func (w *Wizard) Found(ctx context.Context) error {
	// Founding is not broken off half-way: it takes a second.
	_, end := w.work(ctx)
	defer end()
	if w.founded != nil { // Enter was pressed twice
		return nil
	}
	err := w.found(ctx, store.Founding{
		Organisation: w.organisation(), Admin: w.administrator(),
		Password: w.Password, DeviceName: device(), Params: w.gate.config.Cost,
	})
	if err != nil {
		w.tell(err)
		return err
	}
	// Until the phrase was asked back it counts as nobody's.
	_ = access.NewPrefs(w.founded.store, nil).Set(ctx, prefPhrase, "shown")
	w.Step = Phrase
	return nil
}

// tell puts an error where it belongs: at its field, or under the step.
func (w *Wizard) tell(err error) {
	say := wrong(w.Words(), err)
	switch field := present.At(err); field {
	case "password", "login":
		w.at(field, say)
	default:
		w.said = say
	}
}

func (w *Wizard) found(ctx context.Context, f store.Founding) error {
	st, phrase, err := store.Found(ctx, w.gate.config.Dir, f, w.gate.options())
	if err != nil {
		return err
	}
	who, err := access.Whoami(ctx, st)
	if err != nil {
		return errors.Join(err, st.Discard())
	}
	w.founded = &founded{store: st, who: who, words: strings.Fields(phrase), made: clinic.TimeOf(w.gate.Now())}
	return nil
}

func (w *Wizard) organisation() clinic.Organisation {
	o := clinic.Organisation{
		Title: text(w.Title), Country: w.Country, Address: text(w.Address), Phone: text(w.Phone),
		Licence: text(w.Licence), TaxID: text(w.TaxID), Zone: w.Zone, Language: string(w.Words().Lang),
	}
	if p := check.NormalizePhone(w.Phone, string(w.Country)); len(p.Warnings) == 0 && p.Pretty != "" {
		o.Phone = p.Pretty
	}
	return o
}

// administrator is whoever founds the clinic: alone at an outpost also its head and
// the one who treats and registers (R11.2).
func (w *Wizard) administrator() clinic.Staff {
	s := clinic.Staff{
		Name:  clinic.Name{Family: text(w.Family), Given: text(w.Given), Patronymic: text(w.Patronymic)},
		Login: text(w.Login), Position: text(w.Position), Roles: []clinic.Role{clinic.Administrator}, Active: true,
	}
	if w.Alone {
		treats := clinic.Doctor
		if w.Feldsher {
			treats = clinic.Feldsher
		}
		s.Roles = []clinic.Role{clinic.Administrator, clinic.Head, treats, clinic.Reception}
	}
	return s
}

// Words24 are the words of the phrase, in their order.
func (w *Wizard) Words24() []string {
	if w.founded == nil {
		return nil
	}
	return w.founded.words
}

// PhraseName is the file name that the phrase is saved under.
func (w *Wizard) PhraseName() string {
	return w.Words().T("entry_phrase_file") + " " + w.gate.Now().Format("2006-01-02") + ".pdf"
}

// SavePhrase writes the phrase as a page into a folder and gives the file's path;
// an older file of the name stays. Faults: Space.
func (w *Wizard) SavePhrase(folder string) (string, error) {
	path, err := w.writePhrase(folder, w.PhraseName())
	w.said = wrong(w.Words(), err)
	if err == nil {
		w.saved = path
		w.said = Say{Good, w.Words().T("entry_phrase_saved", "file", path)}
	}
	return path, err
}

// PhraseFolders is the pattern of the folders in which a page for the printer stands:
// what a broken-off program has left there is swept at the next start.
const PhraseFolders = "feldsher-phrase-*"

// PhrasePage writes the phrase as a page for the printer into a new folder of the
// system's temporary ones; remove takes it away again.
func (w *Wizard) PhrasePage() (path string, remove func(), err error) {
	dir, err := os.MkdirTemp("", PhraseFolders)
	if err != nil {
		return "", nil, fault.Wrap(err, fault.Space, "fault.file.write", "file", os.TempDir())
	}
	remove = func() { _ = os.RemoveAll(dir) }
	if path, err = w.writePhrase(dir, "page.pdf"); err != nil {
		remove()
		return "", nil, err
	}
	return path, remove, nil
}

// Printed notes that the page went to the printer; Failed that it did not.
func (w *Wizard) Printed(err error) {
	w.said = Say{Good, w.Words().T("entry_phrase_printed")}
	if w.printed = err == nil; err != nil {
		w.said = wrong(w.Words(), err)
	}
}

func (w *Wizard) writePhrase(folder, name string) (path string, err error) {
	f := w.founded
	if f == nil {
		return "", fault.New(fault.NotFound, "vault.missing")
	}
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		zone = time.UTC
	}
	folder = strings.TrimSpace(folder)
	file, err := create(folder, name)
	if err != nil {
		return "", fault.Wrap(err, fault.Space, "fault.file.write", "file", filepath.Join(folder, name))
	}
	path = file.Name()
	err = paper.RecoveryPhrase(file, paper.RecoveryPaper{
		Organisation: w.organisation(), Words: f.words, Zone: zone, Lang: w.Words().Lang, Made: f.made,
	})
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(path)
		return "", fault.Wrap(err, fault.Space, "fault.file.write", "file", path)
	}
	return path, nil
}

// create makes a new file for its owner alone; where the name is taken it counts on.
func create(folder, name string) (*os.File, error) {
	ext := filepath.Ext(name)
	base := strings.TrimSuffix(name, ext)
	for i := 1; ; i++ {
		if i > 1 {
			name = base + " (" + big.NewInt(int64(i)).String() + ")" + ext
		}
		f, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, os.ErrExist) || i > 99 {
			return f, err
		}
	}
}

// Kept reports whether the phrase was saved or printed at least once.
func (w *Wizard) Kept() bool { return w.saved != "" || w.printed }

// ask draws the two words that are asked back.
func (w *Wizard) ask() {
	first := draw(vault.PhraseWords)
	second := (first + 1 + draw(vault.PhraseWords-1)) % vault.PhraseWords
	w.asked = [2]int{min(first, second), max(first, second)}
}

func draw(n int) int {
	v, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0 // the system's generator never fails; a fixed word would do
	}
	return int(v.Int64())
}

// Asked are the numbers of the two words, from 1.
func (w *Wizard) Asked() [2]int { return [2]int{w.asked[0] + 1, w.asked[1] + 1} }

// Answer checks the two words as they were typed; false puts a word at the field
// ("word0", "word1") that is wrong.
func (w *Wizard) Answer(ctx context.Context, typed [2]string) bool {
	all := w.Words24()
	if len(all) != vault.PhraseWords {
		return false
	}
	ok := true
	for i, n := range w.asked {
		field := "word" + string(rune('0'+i))
		w.at(field, Say{})
		switch {
		case strings.TrimSpace(typed[i]) == "":
			w.at(field, Say{Wrong, w.Words().T("entry_word_empty", "n", n+1)})
			ok = false
		case !vault.SameWord(typed[i], all[n]):
			w.at(field, Say{Wrong, w.Words().T("entry_word_wrong", "n", n+1)})
			ok = false
		}
	}
	if ok {
		_ = access.NewPrefs(w.founded.store, nil).Set(ctx, prefPhrase, "")
		w.Step = Done
	}
	return ok
}
