package depot

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// soak gives the long count under FELDSHER_SOAK=1.
func soak(ordinary, long int) int {
	if os.Getenv("FELDSHER_SOAK") == "1" {
		return long
	}
	return ordinary
}

// shared is the PostgreSQL that most tests use, each a database of its own.
var shared = sync.OnceValues(newCluster)

var sharedUsed atomic.Bool

func TestMain(m *testing.M) {
	if dsn := os.Getenv("DEPOT_CHILD"); dsn != "" {
		childPushes(dsn)
		return
	}
	code := m.Run()
	if sharedUsed.Load() {
		if c, err := shared(); err == nil {
			if err := c.remove(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// postgres gives the shared cluster; without PostgreSQL the test is skipped, on the
// machine that decides it fails.
func postgresOf(t testing.TB) *cluster {
	t.Helper()
	sharedUsed.Store(true)
	c, err := shared()
	if errors.Is(err, errNoPostgres) && os.Getenv("CI") != "true" {
		t.Skipf("NOT TESTED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// place of a database to open.
type where struct{ dsn, blobs string }

func (w where) open(t testing.TB) Depot {
	t.Helper()
	d, err := Open(t.Context(), w.dsn, w.blobs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil && !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
	return d
}

func sqliteHere(t testing.TB) where {
	dir := t.TempDir()
	return where{filepath.Join(dir, "depot.sqlite"), filepath.Join(dir, "blobs")}
}

func postgresHere(t testing.TB) where {
	return newDatabase(t, postgresOf(t))
}

func newDatabase(t testing.TB, c *cluster) where {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	name := fmt.Sprintf("d%x", rand.Text())
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return where{c.url(name), filepath.Join(t.TempDir(), "blobs")}
}

// both runs a test on both kinds of database.
func both(t *testing.T, test func(t *testing.T, w where)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, sqliteHere(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, postgresHere(t)) })
}

var day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// station is a workstation as the depot sees it: it writes entries.
type station struct {
	org  ledger.ID
	id   ledger.ID
	key  ed25519.PrivateKey
	head map[ledger.Chain]*ledger.Entry
}

func newStation(org ledger.ID) *station {
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	return &station{org, ledger.NewID(), key, map[ledger.Chain]*ledger.Entry{}}
}

func (s *station) public() []byte { return s.key.Public().(ed25519.PublicKey) }

func (s *station) caller() Caller { return Caller{s.org, s.id} }

// entry writes the next one of a chain. The depot doesn't look at signatures.
func (s *station) entry(c ledger.Chain, size int, seen ...ledger.Head) *ledger.Entry {
	h := ledger.Header{Format: ledger.Format, Org: s.org, Device: s.id, Chain: c, Seq: 1, HLC: 1, Seen: seen, Schema: 1}
	if last := s.head[c]; last != nil {
		h.Seq, h.HLC, h.Prev = last.Header.Seq+1, last.Header.HLC+1, last.Hash
	}
	e := sealedEntry(h, size)
	s.head[c] = e
	return e
}

func (s *station) change(seen ...ledger.Head) *ledger.Entry {
	return s.entry(ledger.Changes, 64, seen...)
}

func (s *station) changes(n int) (all []*ledger.Entry) {
	for range n {
		all = append(all, s.change())
	}
	return all
}

func sealedEntry(h ledger.Header, size int) *ledger.Entry {
	sealed := make([]byte, size)
	_, _ = rand.Read(sealed)
	e, err := ledger.Sign(h, []ledger.Box{{Scope: h.Org, Epoch: 1, Sealed: sealed}},
		func([]byte) []byte { return make([]byte, ed25519.SignatureSize) })
	if err != nil {
		panic(err)
	}
	return e
}

func headOf(e *ledger.Entry) ledger.Head {
	return ledger.Head{Device: e.Header.Device, Seq: e.Header.Seq, Hash: e.Hash}
}

func wireHead(e *ledger.Entry) wire.Head {
	return wire.Head{Device: e.Header.Device, Chain: e.Header.Chain, Seq: e.Header.Seq, Hash: e.Hash}
}

// clinic is an organisation with its administrator's key and workstations.
type clinic struct {
	d        Depot
	org      ledger.ID
	admin    []byte
	stations []*station
}

// found links a new organisation with n workstations.
func found(t testing.TB, d Depot, n int) *clinic {
	t.Helper()
	c := &clinic{d: d, org: ledger.NewID(), admin: random(32)}
	first := newStation(c.org)
	link(t, d, first, c.admin)
	c.stations = append(c.stations, first)
	for range n - 1 {
		c.stations = append(c.stations, c.invite(t))
	}
	return c
}

func link(t testing.TB, d Depot, s *station, admin []byte) {
	t.Helper()
	code := wire.NewCode()
	if err := d.AddCode(t.Context(), LinkCode{ID: code.ID(), Key: code.MACKey(), Name: "clinic", Country: "ru", Expires: day.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := d.Link(t.Context(), code.ID(), linkBody(s, admin), day); err != nil {
		t.Fatal(err)
	}
}

func linkBody(s *station, admin []byte) *wire.LinkBody {
	return &wire.LinkBody{Org: s.org, Device: s.id, SignKey: s.public(), AdminKey: admin, Country: "ru"}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func (c *clinic) order() *wire.OrderBody {
	return &wire.OrderBody{Server: c.d.Server(), Org: c.org, Nonce: random(orderNonce)}
}

func (c *clinic) carry(t testing.TB, b *wire.OrderBody) wire.Standing {
	t.Helper()
	s, err := c.d.Carry(t.Context(), b, c.admin, day)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// invite registers a workstation and has it fetch its invitation.
func (c *clinic) invite(t testing.TB) *station {
	t.Helper()
	s := newStation(c.org)
	code := wire.NewCode()
	b := c.order()
	b.Invite = inviteOrder(t, c, code, s)
	c.carry(t, b)
	if _, err := c.d.Join(t.Context(), code.ID(), random(32), day); err != nil {
		t.Fatal(err)
	}
	return s
}

func inviteOrder(t testing.TB, c *clinic, code wire.Code, s *station) *wire.InviteOrder {
	return &wire.InviteOrder{
		Code: code.ID(), Key: code.MACKey(), Sealed: []byte("sealed invitation"), Device: s.id, SignKey: s.public(),
		Wrap: []byte("wrap of " + s.id.String()), RingGen: c.standing(t).RingGen, Seconds: 600,
	}
}

func (c *clinic) standing(t testing.TB) wire.Standing {
	t.Helper()
	s, err := c.d.Standing(t.Context(), c.org)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// push pushes and expects so many to be new.
func (c *clinic) push(t testing.TB, by *station, want int, entries ...*ledger.Entry) wire.Standing {
	t.Helper()
	n, s, err := c.d.Push(t.Context(), by.caller(), c.standing(t).RingGen, entries)
	if err != nil || n != want {
		t.Fatalf("push: %d new, want %d: %v", n, want, err)
	}
	return s
}

// refuse pushes and expects a refusal at a place.
func (c *clinic) refuse(t testing.TB, by *station, at, stored int, want error, entries ...*ledger.Entry) []wire.Head {
	t.Helper()
	n, _, err := c.d.Push(t.Context(), by.caller(), c.standing(t).RingGen, entries)
	var r *Refused
	if !errors.As(err, &r) || !errors.Is(err, want) || r.At != at || n != stored {
		t.Fatalf("push: %d stored, %v; want %d stored and %v at %d", n, err, stored, want, at)
	}
	return r.Heads
}

// all pulls everything and checks numbers, causality and chains.
func (c *clinic) all(t testing.TB) (entries []*ledger.Entry) {
	t.Helper()
	heads := map[chainID]ledger.Hash{}
	seqs := map[chainID]uint64{}
	hashes := map[ledger.Hash]bool{}
	for since := uint64(0); ; {
		p, err := c.d.Pull(t.Context(), c.org, since, nil, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if p.Next != since+uint64(len(p.Entries)) {
			t.Fatalf("numbers: after %d come %d entries, next is %d", since, len(p.Entries), p.Next)
		}
		for _, raw := range p.Entries {
			e, err := ledger.Decode(raw)
			if err != nil {
				t.Fatal(err)
			}
			k := chainID{e.Header.Device, e.Header.Chain}
			if e.Header.Seq != seqs[k]+1 || e.Header.Prev != heads[k] {
				t.Fatalf("chain of %s: %d after %d", e.Header.Device, e.Header.Seq, seqs[k])
			}
			for _, s := range e.Header.Seen {
				if !hashes[s.Hash] {
					t.Fatal("an entry comes before what it has seen")
				}
			}
			seqs[k], heads[k], hashes[e.Hash] = e.Header.Seq, e.Hash, true
			entries = append(entries, e)
		}
		if since = p.Next; !p.More {
			if since != p.Standing.Ordinal {
				t.Fatalf("ends at %d of %d", since, p.Standing.Ordinal)
			}
			return entries
		}
	}
}

// ring makes a generation out of records, for all stations that are live.
func (c *clinic) ring(t testing.TB, by *station, records ...[]byte) wire.Standing {
	t.Helper()
	now := c.standing(t)
	r := &wire.RingRenew{Old: now.RingGen, OldN: now.RingN, Draft: ledger.NewID(), Records: records, Last: true}
	for _, s := range c.stations {
		r.Wraps = append(r.Wraps, wire.Wrap{Reader: s.id, Sealed: []byte("wrap of " + s.id.String())})
	}
	s, err := c.d.RenewRing(t.Context(), by.caller(), r, day)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// records pulls the whole ring.
func (c *clinic) records(t testing.TB, by *station) (all [][]byte) {
	t.Helper()
	gen := c.standing(t).RingGen
	for {
		p, err := c.d.PullRing(t.Context(), by.caller(), gen, uint64(len(all)), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if p.Gen != gen || p.First != uint64(len(all))+1 {
			t.Fatalf("ring: generation %d from %d, want %d from %d", p.Gen, p.First, gen, len(all)+1)
		}
		all = append(all, p.Records...)
		if !p.More {
			return all
		}
	}
}

func sum(b []byte) ledger.Hash { return sha256.Sum256(b) }

func want(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%v, want %v", err, want)
	}
}
