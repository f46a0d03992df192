package vault

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// clinic is several workstations whose vaults are changed without knowing of each
// other, and then exchange records in any order.
type clinic struct {
	t        *testing.T
	random   *rand.Rand
	stations []*station
	users    int
	log      []string
}

type station struct {
	dir  string
	s    *Session
	keys map[scopeKey][KeySize]byte // that this station has ever written under
	out  bool                       // revoked
}

func (c *clinic) pick() *station { return c.stations[c.random.IntN(len(c.stations))] }

func (c *clinic) login() string {
	s := c.pick().s
	users := s.Users()
	return users[c.random.IntN(len(users))].Login
}

// act does something at one workstation. What the vault refuses changes nothing.
func (c *clinic) act() {
	st := c.pick()
	s := st.s
	var name string
	var err error
	switch c.random.IntN(12) {
	case 0, 1:
		c.users++
		name = fmt.Sprintf("add user%d", c.users)
		err = s.AddUser(NewUser{ID: ledger.NewID(), Login: fmt.Sprintf("user%d", c.users), Password: "12345678", Issuer: c.random.IntN(2) == 0})
	case 2:
		login := c.login()
		if name = "remove " + login; login != testLogin {
			if err = s.RemoveUser(login); err == nil {
				_, err = s.Rotate(s.body.Scopes[0].Scope)
			}
		}
	case 3:
		login := c.login()
		if name = "allow " + login; c.random.IntN(2) == 0 {
			err = s.AllowIssuing(login)
		} else if login != testLogin {
			err = s.ForbidIssuing(login)
		}
	case 4:
		name = "phrase"
		_, err = s.NewPhrase()
	case 5:
		name = "password"
		if err = s.ChangePassword(testPassword, testPassword+"!"); err == nil {
			err = s.ChangePassword(testPassword+"!", testPassword)
		}
	case 6:
		name = "rotate"
		_, err = s.Rotate(s.body.Scopes[0].Scope)
	case 7:
		name = "succeed"
		if c.random.IntN(3) == 0 {
			_, _, err = s.Succeed()
		}
	case 8:
		if name = "revoke"; c.random.IntN(4) == 0 {
			err = c.revoke(st)
		}
	case 9:
		if name = "restart"; c.random.IntN(3) == 0 {
			s.Close()
			st.s = mustOpen(c.t, st.dir, testLogin, testPassword)
		}
	default:
		from := c.pick()
		name = "exchange"
		records := from.s.Records()
		c.random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		records = records[:c.random.IntN(len(records)+1)] // any part of them
		_, _, err = s.Absorb(records)
	}
	if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
		c.t.Fatalf("%s: %v", name, err)
	}
	c.log = append(c.log, name)
	st.write()
}

// write notes what the station would seal with.
func (st *station) write() {
	scope, epoch, key, err := st.s.CurrentScope()
	if err == nil {
		st.keys[scopeKey{scope, epoch}] = *key
	}
}

func (c *clinic) revoke(by *station) error {
	other := c.pick()
	live := 0
	for _, st := range c.stations {
		if !st.out {
			live++
		}
	}
	if other == by || by.out || live < 3 {
		return nil
	}
	err := by.s.RevokeDevice(other.s.Device(), 0, nil, "lost")
	if err == nil {
		other.out = true
	}
	return err
}

// settle exchanges everything between those who are not shut out. Records that wait
// for others of another station come in a later round.
func (c *clinic) settle() {
	for round := 0; ; round++ {
		changed := false
		for _, i := range c.random.Perm(len(c.stations)) {
			for _, j := range c.random.Perm(len(c.stations)) {
				if i == j || c.stations[i].out || c.stations[j].out {
					continue
				}
				news, _, err := c.stations[j].s.Absorb(c.stations[i].s.Records())
				must(c.t, err)
				changed = changed || news
			}
		}
		if !changed {
			return
		}
		if round > 30 {
			c.t.Fatal("the exchange does not come to an end")
		}
	}
}

// facts is what must be the same everywhere.
func facts(s *Session) string {
	var out []string
	for _, c := range s.Certificates().All() {
		out = append(out, fmt.Sprint("certificate ", c.ID, c.Kind, c.Subject, c.Issues))
	}
	for i := range s.body.Users {
		u := &s.body.Users[i]
		out = append(out, fmt.Sprintf("user %v %s %d %d %x", u.User, u.Login, u.Grant, u.Turn, u.Signature[:8]))
	}
	for _, r := range s.Revocations() {
		out = append(out, fmt.Sprint("revocation ", r.Certificate, r.LastSeq))
	}
	for _, st := range s.Stations() {
		out = append(out, fmt.Sprint("station ", st))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// Whatever is done at which workstation, and in whatever parts and order records are
// exchanged: in the end all agree on users, certificates and stations, seal under the
// same key, read whatever any of them has sealed, and nobody who is out reads on.
func TestVaultsConverge(t *testing.T) {
	seed := rand.Uint64()
	if s := os.Getenv("FELDSHER_SEED"); s != "" {
		_, err := fmt.Sscan(s, &seed)
		must(t, err)
	}
	t.Logf("seed %d", seed)
	for n := range rounds(10) {
		convergeOnce(t, rand.New(rand.NewPCG(seed, uint64(n))))
	}
}

func convergeOnce(t *testing.T, random *rand.Rand) {
	dir, _, a := newVault(t)
	c := &clinic{t: t, random: random}
	c.stations = append(c.stations, &station{dir: dir, s: a, keys: map[scopeKey][KeySize]byte{}})
	for len(c.stations) < 4 {
		dir, s := joined(t, a, fmt.Sprint("Пост ", len(c.stations)+1), testLogin, testPassword)
		c.stations = append(c.stations, &station{dir: dir, s: s, keys: map[scopeKey][KeySize]byte{}})
	}
	for range 40 {
		c.act()
	}
	c.settle()
	var first *station
	for _, st := range c.stations {
		if st.out {
			continue
		}
		if first == nil {
			first = st
		}
		c.check(first, st)
	}
}

func (c *clinic) check(first, st *station) {
	t := c.t
	if a, b := facts(first.s), facts(st.s); a != b {
		t.Fatalf("%v\nthey differ:\n%s\n\n%s", c.log, a, b)
	}
	scope, epoch, key, err := st.s.CurrentScope()
	must(t, err)
	_, want, wantKey, err := first.s.CurrentScope()
	must(t, err)
	if epoch != want || *key != *wantKey {
		t.Fatalf("%v\nthey seal under %d and %d", c.log, want, epoch)
	}
	for _, other := range c.stations {
		if other.out {
			continue
		}
		for name, want := range other.keys {
			if got, err := st.s.ScopeKey(name.scope, name.epoch); err != nil || *got != want {
				t.Fatalf("%v\nepoch %d: %v", c.log, name.epoch, err)
			}
		}
	}
	for _, r := range st.s.body.at(scope, epoch).Recipients {
		if _, ok := st.s.body.live(r.Kind, r.ID, st.s.certs, st.s.ended); !ok {
			t.Fatalf("%v\n%d %v reads epoch %d of %d (published %d)", c.log, r.Kind, r.ID, epoch,
				st.s.body.epoch(scope), st.s.body.published(scope))
		}
	}
	again := mustOpen(t, st.dir, testLogin, testPassword)
	if len(again.Damage()) != 0 || facts(again) != facts(st.s) {
		t.Fatalf("%v\nanother after a restart: %v", c.log, again.Damage())
	}
	again.Close()
	users := map[ledger.ID]bool{}
	for _, o := range st.s.body.Openers {
		users[o.ID] = true
	}
	for _, u := range st.s.body.Users {
		if !users[u.User] {
			t.Fatalf("%v\n%s can't come in", c.log, u.Login)
		}
	}
	if !maps.Equal(users, openersOf(first.s)) {
		t.Fatalf("%v\nothers come in", c.log)
	}
	if bytes.Equal(st.s.db[:], first.s.db[:]) != (st == first) {
		t.Fatal("one database key for two workstations")
	}
}

func openersOf(s *Session) map[ledger.ID]bool {
	users := map[ledger.ID]bool{}
	for _, o := range s.body.Openers {
		users[o.ID] = true
	}
	return users
}
