package server

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

func TestHello(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	r := w.send("POST", wire.PathHello, nil, nil)
	var h wire.Hello
	if p, err := r.read(&h); p != nil || err != nil {
		t.Fatal(p, err)
	}
	if h.Magic != wire.HelloMagic || h.Oldest > wire.Version || h.Newest < wire.Version || h.Server != w.depot.Server() || h.Country != "ru" ||
		time.Since(time.UnixMilli(h.Time)).Abs() > time.Minute || h.MaxWaitS != 55 {
		t.Fatalf("%+v", h)
	}
}

// The proof covers the certificate that the client sees, by the code that it typed.
func TestProve(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c, s := w.code("ru"), w.station(ledger.NewID())
	nonce := random(32)
	var proof wire.Proof
	if p := s.must("", wire.PathProve, &wire.Prove{Code: c.ID(), Nonce: nonce}, &proof); p != nil {
		t.Fatal(p)
	}
	if !bytes.Equal(proof.MAC, wire.ProofMAC(c.MACKey(), nonce, w.print)) {
		t.Fatal("the proof does not cover the certificate")
	}
	other := wire.NewCode()
	if p := s.must("", wire.PathProve, &wire.Prove{Code: other.ID(), Nonce: nonce}, &proof); !is(p, wire.ProblemUnknown) {
		t.Fatal(p)
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c, s := w.code("ru"), w.station(ledger.NewID())
	for range 2 { // a repetition is harmless
		if p := s.link(c, "ru"); p != nil {
			t.Fatal(p)
		}
	}
	s.mustOpen()
	if p := w.station(ledger.NewID()).link(c, "ru"); !is(p, wire.ProblemUnknown) {
		t.Fatal("a code was used twice", p)
	}
	late := w.code("ru")
	w.ahead.Store(int64(2 * time.Hour))
	if p := w.station(ledger.NewID()).link(late, "ru"); !is(p, wire.ProblemUnknown) {
		t.Fatal("a code lives too long", p)
	}
}

// R7.8: data of a country's clinics stay there.
func TestCountries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, country := range []string{"kz", ""} {
		if p := w.station(ledger.NewID()).link(w.code(""), country); !is(p, wire.ProblemCountry) {
			t.Errorf("%q: %v", country, p)
		}
	}
	w.clinic()
	if _, err := Stand(t.Context(), w.depot, "kz", w.now()); err == nil {
		t.Error("the server moved abroad with its clinics")
	}
	for range 2 {
		if got, err := Stand(t.Context(), w.depot, "ru", w.now()); got != "ru" || err != nil {
			t.Error(got, err)
		}
	}
	if got, err := Stand(t.Context(), w.depot, "", w.now()); got != "ru" || err != nil {
		t.Error(got, err)
	}
}

// Wrong proofs have no effect, and a code that is tried too often rests.
func TestWrongMACs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c, s := w.code("ru"), w.station(ledger.NewID())
	body, _ := wire.Marshal(&wire.LinkBody{Org: s.org, Device: s.id, SignKey: random(32), AdminKey: random(32), Country: "ru"})
	for i := range wrongMACs.Burst {
		if p := s.must("", wire.PathLink, &wire.Link{Code: c.ID(), Body: body, MAC: random(32)}, nil); !is(p, wire.ProblemSignature) {
			t.Fatal(i, p)
		}
	}
	if p := s.link(c, "ru"); !is(p, wire.ProblemBusy) || p.Retry == 0 {
		t.Fatal(p)
	}
	if p := w.station(ledger.NewID()).link(w.code("ru"), "ru"); p != nil {
		t.Fatal("another code rests too", p)
	}
	w.ahead.Store(int64(2 * time.Minute))
	if p := s.link(c, "ru"); p != nil {
		t.Fatal(p)
	}
}

// An invitation is for the first that proves to know the code, and for that one
// again until it has run out.
func TestJoinOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	code, other := wire.NewCode(), w.station(s.org)
	sealed := code.Seal([]byte("приглашение"))
	order := &wire.OrderBody{Invite: &wire.InviteOrder{
		Code: code.ID(), Key: code.MACKey(), Sealed: sealed, Device: other.id, SignKey: other.key.Public().(ed25519.PublicKey), Seconds: 600,
	}}
	if p := s.order(order); p != nil {
		t.Fatal(p)
	}
	if p := s.order(order); p != nil {
		t.Fatal("the same order again:", p)
	}
	join := func(joiner, key []byte) (*wire.Problem, []byte) {
		var out wire.Joined
		p := other.must("", wire.PathJoin, &wire.Join{Code: code.ID(), Joiner: joiner, MAC: wire.MAC(key, "join", joiner)}, &out)
		return p, out.Sealed
	}
	first := random(32)
	if p, _ := join(random(32), random(32)); !is(p, wire.ProblemSignature) {
		t.Fatal(p)
	}
	for range 2 {
		if p, got := join(first, code.MACKey()); p != nil || !bytes.Equal(got, sealed) {
			t.Fatal(p)
		}
	}
	if p, _ := join(random(32), code.MACKey()); !is(p, wire.ProblemUnknown) {
		t.Fatal("a second joiner got it", p)
	}
	other.mustOpen()
	w.ahead.Store(int64(11 * time.Minute))
	if p, _ := join(first, code.MACKey()); !is(p, wire.ProblemUnknown) {
		t.Fatal("it lives too long", p)
	}
}
