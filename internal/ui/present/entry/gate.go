// Package entry is the way into a clinic and out of it: the first start, the login,
// hiding and locking the screen, without a single widget.
//
// It promises that nothing of a clinic can be read through it while the screen is
// hidden or locked, that locking drops every key and closes the database, that
// what a user looked at is in the ledger before somebody else sits down, and that
// a clinic that can't be opened says in words why and what to do.
//
// It needs the data directory and a clock; the frame tells it that somebody works
// (Guard.Touch) and keeps drafts before it hides or locks. It never asks a page for
// anything and never shows anything itself.
package entry

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/service/access"
	"feldsher/internal/storage/store"
	"feldsher/internal/storage/vault"
	"feldsher/internal/ui/present"
	"feldsher/translations"
)

// State is where the program stands between its start and somebody's work.
type State uint8

// The states.
const (
	Closed   State = iota // nothing was looked at yet
	Broken                // the directory can't be used: Fault says why
	Founding              // no clinic there: the wizard
	Login                 // a clinic, closed; nobody has entered since the start
	Working               // open, somebody works
	Hidden                // open, nothing is shown
	Locked                // closed again: as Login, and Waiting says what waits
)

// PrefLanguage is the user's preference that names the language of the screens.
const PrefLanguage = "language"

// Config is what the program gives the gate.
type Config struct {
	Dir       string            // of the clinic's data
	Lang      translations.Lang // of the screens before anybody is known
	Templates []clinic.Template // built-in templates of protocols
	Now       func() time.Time  // time.Now by default
	Cost      vault.Params      // of the password function; zero for the default
	CacheMB   int               // of the database; 0 for the default
	Outside   string            // directory outside the data, by which a copy of them is noticed; may be empty
	// Exchange begins the exchange of an open clinic with other workstations; stop ends it
	// and returns when it touches the clinic no more. It may be nil: none.
	Exchange func(*store.Store) (x present.Sync, stop func())
	// Join makes this computer a workstation of a clinic that exists; nil where the
	// program can't.
	Join present.Join
}

// Gate opens, hides and locks the clinic of one directory. Its methods may be
// called from any goroutine; those with a context may take a second.
type Gate struct {
	config Config

	working sync.Mutex // one change of state at a time
	mu      sync.Mutex // the fields below
	state   State
	fault   error
	door    *access.Door
	store   *store.Store
	seats   *access.Seats
	session *present.Session // of who works, or worked last while hidden
	sync    present.Sync     // of the open clinic; may be nil
	still   func()           // ends it; may be nil
	former  []flush          // of those who worked before
	waiting Waiting
	wizard  *Wizard
	lang    translations.Lang
}

// NewGate makes the gate of a directory; Look is the first call.
func NewGate(c Config) *Gate {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Gate{config: c, lang: c.Lang}
}

// State is where things stand.
func (g *Gate) State() State { g.mu.Lock(); defer g.mu.Unlock(); return g.state }

// Fault is why the directory can't be used, in the state Broken.
func (g *Gate) Fault() error { g.mu.Lock(); defer g.mu.Unlock(); return g.fault }

// Dir is the directory of the clinic's data.
func (g *Gate) Dir() string { return g.config.Dir }

// Now is the gate's clock.
func (g *Gate) Now() time.Time { return g.config.Now() }

// Words speaks the language of the entry's screens.
func (g *Gate) Words() present.Words {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := present.Words{Lang: g.lang}
	if g.session != nil {
		w.Zone = g.session.Words.Zone
	}
	return w
}

// Speak changes the language of the entry's screens.
func (g *Gate) Speak(l translations.Lang) { g.mu.Lock(); defer g.mu.Unlock(); g.lang = l }

// Session is that of who works; nil while nobody does.
func (g *Gate) Session() *present.Session {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.state != Working {
		return nil
	}
	return g.session
}

func (g *Gate) options() store.Options {
	return store.Options{Now: g.config.Now, CacheMB: g.config.CacheMB, Outside: g.config.Outside}
}

// Look looks at the directory and says what to show: Broken, Founding or Login.
// It changes nothing while a clinic is open.
func (g *Gate) Look() State {
	g.working.Lock()
	defer g.working.Unlock()
	if s := g.State(); s == Working || s == Hidden {
		return s
	}
	found, err := store.Probe(g.config.Dir)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = err
	switch {
	case err != nil:
		g.state = Broken
	case !found:
		g.state = Founding
	case g.state != Locked:
		g.state = Login
	}
	if g.state == Login || g.state == Locked {
		g.door = access.NewDoor(g.config.Dir, g.options())
	}
	return g.state
}

// at gives the door, the open clinic and its seats, as far as there are such.
func (g *Gate) at() (*access.Door, *store.Store, *access.Seats, State) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.door, g.store, g.seats, g.state
}

// Known lists who may try a password, those who were here last first.
func (g *Gate) Known() ([]access.Known, error) {
	door, _, _, _ := g.at()
	if door == nil {
		return nil, nil
	}
	return door.Known()
}

// Wait is how long a login has to wait before its next try.
func (g *Gate) Wait(login string) time.Duration {
	door, _, _, _ := g.at()
	if door == nil {
		return 0
	}
	return door.Wait(login)
}

// Enter lets a user in by password: into the closed clinic, or to the hidden screen
// of an open one. Faults: those of access.Door.
func (g *Gate) Enter(ctx context.Context, login, password string) error {
	g.working.Lock()
	defer g.working.Unlock()
	door, _, seats, state := g.at()
	switch state {
	case Hidden, Working:
		if err := g.flush(ctx); err != nil {
			return err
		}
		if _, err := seats.Enter(ctx, login, password); err != nil {
			return err
		}
		return g.begin(ctx)
	case Login, Locked:
		st, who, err := door.Open(ctx, login, password)
		if fault.Is(err, fault.NotFound) && g.config.Join != nil {
			st, who, err = g.joinOn(ctx, login, password, err)
		}
		if err != nil {
			return err
		}
		return g.adopt(ctx, st, who)
	}
	return fault.New(fault.NotFound, "vault.missing")
}

// joinOn goes on with a joining that was cut off when the keys had come and the rows
// had not: the password is right, and nobody is known here yet.
func (g *Gate) joinOn(ctx context.Context, login, password string, unknown error) (*store.Store, *access.User, error) {
	var f *fault.Error
	if !errors.As(unknown, &f) || f.Key != "fault.staff.none" {
		return nil, nil, unknown
	}
	st, err := g.config.Join(ctx, present.Joining{
		Dir: g.config.Dir, Login: login, Password: password, Options: g.options(), Progress: func(_, _ uint64, _ bool) {},
	})
	if err != nil {
		return nil, nil, err
	}
	who, err := access.Whoami(ctx, st)
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return st, who, nil
}

// Recover opens the clinic by the recovery phrase and gives a login a new password.
// Faults: those of access.Door.
func (g *Gate) Recover(ctx context.Context, phrase, login, password string) error {
	g.working.Lock()
	defer g.working.Unlock()
	door, _, _, state := g.at()
	if state != Login && state != Locked {
		return fault.New(fault.NotFound, "vault.missing")
	}
	st, who, err := door.Recover(ctx, phrase, login, password, g.config.Cost)
	if err != nil {
		return err
	}
	return g.adopt(ctx, st, who)
}

// adopt takes an open clinic over for its first user of the day.
func (g *Gate) adopt(ctx context.Context, st *store.Store, who *access.User) error {
	org, err := st.Organisation(ctx)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	zone, err := time.LoadLocation(org.Zone)
	if err != nil {
		zone = time.UTC
	}
	g.mu.Lock()
	if g.door == nil {
		g.door = access.NewDoor(g.config.Dir, g.options())
	}
	g.store, g.seats = st, access.NewSeats(st, g.door, zone, who)
	g.mu.Unlock()
	if g.config.Exchange != nil {
		x, stop := g.config.Exchange(st)
		g.mu.Lock()
		g.sync, g.still = x, stop
		g.mu.Unlock()
	}
	if err := g.begin(ctx); err != nil {
		g.quiet()
		g.mu.Lock()
		g.store, g.seats, g.session, g.former = nil, nil, nil, nil
		g.mu.Unlock()
		return errors.Join(err, st.Close())
	}
	return nil
}

// quiet ends the exchange before the clinic is closed.
func (g *Gate) quiet() {
	g.mu.Lock()
	still := g.still
	g.sync, g.still = nil, nil
	g.mu.Unlock()
	if still != nil {
		still()
	}
}

// begin makes the session of the acting user.
func (g *Gate) begin(ctx context.Context) error {
	_, st, _, _ := g.at()
	lang := g.Words().Lang
	s, err := present.NewSession(ctx, st, lang, g.config.Templates, g.config.Now)
	if err != nil {
		return err
	}
	own, err := s.Prefs.Get(ctx, PrefLanguage)
	if err != nil {
		return err
	}
	if l := translations.Lang(own); slices.Contains(translations.Languages, l) {
		s.Words.Lang = l
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s.Connect(g.sync)
	if g.session != nil {
		g.former = append(g.former, flushOf(g.session))
		g.former = g.former[max(len(g.former)-mostFormer, 0):]
	}
	g.session, g.state, g.waiting = s, Working, Waiting{}
	return nil
}

// flush writes down who has looked at what in a session.
type flush func(context.Context) error

// mostFormer is how many former sessions are asked: a work outlives its page by
// seconds, not by a dozen switches.
const mostFormer = 12

// flushOf leaves out of a session what takes memory.
func flushOf(s *present.Session) flush {
	r, d, b, c := s.Records, s.Desk, s.Billing, s.Conflicts
	return func(ctx context.Context) error {
		return errors.Join(r.Flush(ctx), d.Flush(ctx), b.Flush(ctx), c.Flush(ctx))
	}
}

// flush writes down who has looked at what: who works or worked last, and those before,
// of whom a work (a print that took its time) may have ended since.
func (g *Gate) flush(ctx context.Context) error {
	g.mu.Lock()
	all := slices.Clone(g.former)
	if g.session != nil {
		all = append(all, flushOf(g.session))
	}
	g.mu.Unlock()
	var errs []error
	for _, f := range all {
		errs = append(errs, f(context.WithoutCancel(ctx)))
	}
	return errors.Join(errs...)
}

// Wizard is the first start, in the state Founding: the same one until it is done,
// so that a change of language or look keeps what was typed.
func (g *Gate) Wizard() *Wizard {
	g.mu.Lock()
	w := g.wizard
	g.mu.Unlock()
	if w == nil {
		w = NewWizard(g)
		g.mu.Lock()
		g.wizard = w
		g.mu.Unlock()
	}
	return w
}

// prefPhrase is the workstation's preference that says that nobody has yet shown to
// have the recovery phrase on paper.
const prefPhrase = "phrase"

// PhraseAtRisk reports that the program ended before the phrase was asked back: an
// administrator should make a new one.
func (g *Gate) PhraseAtRisk(ctx context.Context) bool {
	s := g.Session()
	if s == nil {
		return false
	}
	v, err := access.NewPrefs(s.Store, nil).Get(ctx, prefPhrase)
	return err == nil && v != ""
}

// last is who works, or worked last before the screen was hidden.
func (g *Gate) last() clinic.ID {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.session == nil {
		return clinic.ID{}
	}
	return g.session.User.ID
}
