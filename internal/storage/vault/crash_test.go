package vault

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// world is a vault under test and what must be in it.
type world struct {
	disk     disk
	dir      string
	s        *Session
	phrase   string
	expected state
	keys     map[keyName][KeySize]byte // whatever was ever given out
	erasedOK map[keyName]bool          // Erase returned without an error
	erasing  map[keyName]bool          // Erase was called
	heads    [][]byte                  // sealed wrapping keys from before an Erase
}

// state is what the steps change in the slots files.
type state struct {
	password string
	users    string
	salt     [16]byte
	epochs   int
}

func (w *world) init(t *testing.T) {
	t.Helper()
	s, phrase, err := initialise(w.disk, w.dir, testInit())
	must(t, err)
	must(t, s.Close())
	w.phrase = phrase
	w.reset()
	w.s, err = open(w.disk, w.dir, testLogin, testPassword)
	must(t, err)
}

func (w *world) reset() {
	w.expected = state{password: testPassword, users: testLogin, epochs: 1}
	w.keys = map[keyName][KeySize]byte{}
	w.erasedOK, w.erasing = map[keyName]bool{}, map[keyName]bool{}
}

// step is one act. done says what it changed.
type step struct {
	run  func(w *world) error
	done func(w *world)
}

func nothing(*world) {}

func (w *world) patient(n byte) ledger.ID { return ledger.ID{n, 15: n} }

// ensure asks for keys and remembers those that were given.
func ensure(from, to byte, of ...Class) step {
	return step{run: func(w *world) error {
		var patients []ledger.ID
		for n := from; n <= to; n++ {
			patients = append(patients, w.patient(n))
		}
		err := w.s.Keyring().Ensure(patients, of...)
		for _, p := range patients {
			for _, c := range of {
				key, keyErr := w.s.Keyring().Key(p, c)
				if keyErr == nil {
					w.keys[keyName{p, c}] = *key
				} else if err == nil {
					return fmt.Errorf("ensured, and not there: %w", keyErr)
				}
			}
		}
		return err
	}, done: nothing}
}

// erase destroys, and remembers what must not be found any more.
func erase(n byte, of ...Class) step {
	return step{run: func(w *world) error {
		p := w.patient(n)
		for _, c := range of {
			w.erasing[keyName{p, c}] = true
		}
		if len(w.heads) == 0 {
			w.heads = w.sealedHeads()
		}
		err := w.s.Keyring().Erase(p, of...)
		for _, c := range of {
			if _, keyErr := w.s.Keyring().Key(p, c); !errors.Is(keyErr, ErrErased) {
				return fmt.Errorf("given out after Erase: %w", keyErr)
			}
			w.erasedOK[keyName{p, c}] = w.erasedOK[keyName{p, c}] || err == nil
		}
		if d, ok := w.disk.(*memDisk); ok && err == nil {
			for _, f := range d.all { // free sectors too
				for _, h := range w.heads {
					if bytes.Contains(f.data, h) {
						return errors.New("a former wrapping key is still on the disk")
					}
				}
			}
		}
		return err
	}, done: nothing}
}

func (w *world) sealedHeads() (heads [][]byte) {
	p := keyringPair(w.disk, w.dir)
	for i := range copies {
		for _, suffix := range []string{"", ".old", ".tmp"} {
			raw, err := w.disk.read(p.path(i)+suffix, maxRing)
			if err == nil && len(raw) >= ringHead {
				heads = append(heads, raw[ringBound:ringHead-32])
			}
		}
	}
	return heads
}

func change(run func(s *Session) error, done func(e *state)) step {
	return step{func(w *world) error { return run(w.s) }, func(w *world) { done(&w.expected) }}
}

func scenarios() map[string][]step {
	compact := step{func(w *world) error { return w.s.Keyring().Compact() }, nothing}
	scope := func(s *Session) ledger.ID { return s.body0().Scopes[0].Scope }
	invited := func(s *Session) (id ledger.ID) {
		for _, st := range s.Stations() {
			if st.ID != s.Device() && st.Successor.IsZero() && st.Revoked.IsZero() && s.Device() == s.Stations()[0].ID {
				id = st.ID
			}
		}
		return id
	}
	return map[string][]step{
		"stations": {
			change(func(s *Session) error { _, err := s.Invite("Пост 2"); return err }, func(*state) {}),
			change(func(s *Session) error { return s.RevokeDevice(invited(s), 0, nil, "lost") }, func(e *state) { e.epochs++ }),
			change(func(s *Session) error {
				d, err := s.DraftRing(1)
				if err != nil {
					return err
				}
				return s.AdoptRing(d)
			}, func(*state) {}),
			change(func(s *Session) error { _, _, err := s.Succeed(); return err }, func(*state) {}),
			change(func(s *Session) error { return s.ChangePassword(testPassword, "второй пароль") },
				func(e *state) { e.password = "второй пароль" }),
		},
		"keyring": {
			ensure(1, 30, Identity, Medical), ensure(31, 31, Money), erase(2, Identity), ensure(32, 60, Letters),
			ensure(61, 61, Identity), compact, ensure(62, 64, Identity), erase(62, Identity, Medical), ensure(65, 65, Money),
		},
		"slots": {
			change(func(s *Session) error { return s.ChangePassword(testPassword, "второй пароль") },
				func(e *state) { e.password = "второй пароль" }),
			change(func(s *Session) error {
				return s.AddUser(NewUser{ID: ledger.ID{9}, Login: "новая", Password: "12345678"})
			}, func(e *state) { e.users += " новая" }),
			change(func(s *Session) error { return s.SetDatabaseSalt([16]byte{7}) }, func(e *state) { e.salt = [16]byte{7} }),
			change(func(s *Session) error { _, err := s.Rotate(scope(s)); return err }, func(e *state) { e.epochs++ }),
			change(func(s *Session) error { return s.RemoveUser("НОВАЯ") }, func(e *state) { e.users = testLogin }),
		},
	}
}

// check opens the vault as it was left: its slots are in one of the states, and
// every key that was given out is there unless it was erased.
func (w *world) check(t *testing.T, d disk, allowed []state) {
	t.Helper()
	var s *Session
	var err error
	for _, st := range allowed {
		if s, err = open(d, w.dir, testLogin, st.password); err == nil {
			break
		}
	}
	must(t, err)
	defer s.Close()
	if damage := s.Damage(); len(damage) != 0 {
		t.Fatalf("a crash counted as damage: %v", damage)
	}
	var got state
	for i, u := range s.Users() {
		if i > 0 {
			got.users += " "
		}
		got.users += u.Login
	}
	got.salt, _ = s.Salt()
	got.epochs = len(s.scopes)
	if !slices.ContainsFunc(allowed, func(st state) bool { st.password = ""; return st == got }) {
		t.Fatalf("state %+v, allowed %+v", got, allowed)
	}
	for name, want := range w.keys {
		key, err := s.Keyring().Key(name.patient, name.class)
		switch {
		case w.erasedOK[name]:
			if !errors.Is(err, ErrErased) {
				t.Fatalf("erased key %v: %v", name, err)
			}
		case w.erasing[name] && errors.Is(err, ErrErased):
		case err != nil || *key != want:
			t.Fatalf("key %v: %v", name, err)
		}
	}
	sameCopies(t, d, w.dir)
}

// sameCopies checks that both files of each object are equal.
func sameCopies(t *testing.T, d disk, dir string) {
	t.Helper()
	for _, p := range []pair{newSlotsStore(d, dir).pair, keyringPair(d, dir)} {
		a, err := p.read(0)
		must(t, err)
		b, err := p.read(1)
		must(t, err)
		if !bytes.Equal(a, b) {
			t.Fatalf("%s.a and %s.b differ", p.name, p.name)
		}
	}
}

// R11.1: a fault of every write, fsync, rename and remove in turn, once or with
// a power cut after it: the vault opens in the old or the new state.
func TestFaultAtEveryOperation(t *testing.T) {
	for name, scenario := range scenarios() {
		t.Run(name, func(t *testing.T) {
			start := &world{disk: newMemDisk(0), dir: "/vault"}
			start.init(t)
			base := start.disk.(*memDisk)
			total := runScenario(t, base, scenario, faults{})
			t.Logf("%d operations", total)
			for n := 1; n <= total; n++ {
				seeds := rounds(3)
				if name == "stations" {
					seeds = rounds(1) // much signing
				}
				for seed := range seeds {
					f := faults{failAt: n, seed: uint64(seed)}
					runScenario(t, base, scenario, f)
					f.giveUp = true
					runScenario(t, base, scenario, f)
					f.dieAt = n + 1 + (n*7+seed*5)%17
					runScenario(t, base, scenario, f)
					f.giveUp = false
					runScenario(t, base, scenario, f)
					runScenario(t, base, scenario, faults{dieAt: n, seed: uint64(seed)})
				}
			}
		})
	}
}

// faults say which operation fails, from which on all do, and whether a failed
// step is given up or done again.
type faults struct {
	failAt, dieAt int
	giveUp        bool
	seed          uint64
}

func runScenario(t *testing.T, base *memDisk, scenario []step, f faults) (ops int) {
	t.Helper()
	d := base.clone(f.seed)
	w := &world{disk: d, dir: "/vault"}
	w.reset()
	d.failAt, d.dieAt = f.failAt, f.dieAt
	var err error
	if w.s, err = open(d, w.dir, testLogin, testPassword); err != nil {
		t.Fatalf("open with a failing disk: %v", err) // repairs may fail, reading does not
	}
	allowed := []state{w.expected}
	for i, s := range scenario {
		err := s.run(w)
		if fault.Is(err, fault.Space) && !d.dead && !f.giveUp {
			err = s.run(w) // the disk works again, and so does the step
			if err != nil && !d.dead {
				t.Fatalf("%+v, step %d: %v", f, i, err)
			}
		}
		switch {
		case err == nil:
			s.done(w)
			allowed = []state{w.expected}
		case fault.Is(err, fault.Space):
			after := *w
			s.done(&after)
			allowed = append(allowed, after.expected)
		case !f.giveUp || !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Password):
			t.Fatalf("%+v, step %d: %v", f, i, err) // not the lack of a step given up
		}
		if d.dead {
			break
		}
	}
	w.s.Close()
	if ops = d.ops; !d.dead && f.failAt == 0 {
		sameCopies(t, d, w.dir)
	}
	w.check(t, d.crash(f.seed), allowed)
	if !d.dead {
		w.check(t, d.clone(f.seed), allowed)
	}
	return ops
}

// Init under the same faults: afterwards there is a vault that opens, or none
// and Init works.
func TestInitFaultAtEveryOperation(t *testing.T) {
	const dir = "/vault"
	p := testInit()
	for n := 1; ; n++ {
		finished := false
		for seed := range rounds(4) {
			d := newMemDisk(uint64(seed))
			setFault(d, n, seed%2 == 0)
			s, _, err := initialise(d, dir, p)
			if err == nil {
				s.Close()
				finished = d.ops < n
			} else if !fault.Is(err, fault.Space) {
				t.Fatal(err)
			}
			after := d.crash(uint64(seed))
			switch exists(after, dir) {
			case true:
				s, err := open(after, dir, testLogin, testPassword)
				if err != nil {
					t.Fatalf("operation %d: %v", n, err)
				}
				s.Close()
			case false:
				if err == nil {
					t.Fatalf("operation %d: Init said yes, and there is no vault", n)
				}
				if _, err := open(after, dir, testLogin, testPassword); !fault.Is(err, fault.NotFound) {
					t.Fatalf("operation %d: %v", n, err)
				}
				s, _, err := initialise(after, dir, p)
				if err != nil {
					t.Fatalf("operation %d: the next Init: %v", n, err)
				}
				s.Close()
			}
		}
		if finished {
			t.Logf("%d operations", n-1)
			return
		}
	}
}

// The same for Recover, whose caller may be in a hurry.
func TestRecoverFaultAtEveryOperation(t *testing.T) {
	start := &world{disk: newMemDisk(0), dir: "/vault"}
	start.init(t)
	must(t, start.s.Keyring().Ensure([]ledger.ID{{1}}, Medical))
	want, err := start.s.Keyring().Key(ledger.ID{1}, Medical)
	must(t, err)
	base := start.disk.(*memDisk)
	p := RecoverParams{Login: testLogin, Password: "новый пароль", Params: cheap}
	for n := 1; ; n++ {
		d := base.clone(uint64(n))
		setFault(d, n, n%2 == 0)
		s, err := recoverVault(d, "/vault", start.phrase, p)
		after := d.crash(uint64(n))
		passwords := []string{"новый пароль"}
		if err != nil {
			passwords = append(passwords, testPassword)
		} else {
			s.Close()
		}
		var opened *Session
		for _, password := range passwords {
			if opened, err = open(after, "/vault", testLogin, password); err == nil {
				break
			}
		}
		must(t, err)
		if key, err := opened.Keyring().Key(ledger.ID{1}, Medical); err != nil || *key != *want {
			t.Fatal(err)
		}
		if d.ops < n {
			return
		}
	}
}

func setFault(d *memDisk, n int, mortal bool) {
	if mortal {
		d.dieAt = n
	} else {
		d.failAt = n
	}
}
