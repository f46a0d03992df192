package server

import (
	"context"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

func TestSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	if p := s.call(wire.PathState, &wire.State{}, new(wire.Standing)); p != nil {
		t.Fatal(p)
	}
	for _, token := range []string{"", "x", s.token + "x", strings.Repeat("a", 500), s.token[:len(s.token)-1]} {
		if p := s.must(token, wire.PathState, &wire.State{}, nil); !is(p, wire.ProblemToken) {
			t.Errorf("%q: %v", token, p)
		}
	}
	w.ahead.Store(int64(sessionLife + time.Second))
	if p := s.call(wire.PathState, &wire.State{}, nil); !is(p, wire.ProblemToken) {
		t.Error("a token lives too long", p)
	}
}

// A signature opens one session, at this server, for this certificate, with this
// nonce and key.
func TestOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	challenge := func() []byte {
		var c wire.Challenged
		if p := s.must("", wire.PathChallenge, &wire.Challenge{Org: s.org, Device: s.id}, &c); p != nil {
			t.Fatal(p)
		}
		return c.Nonce
	}
	open := func(key ed25519.PrivateKey, nonce, text []byte) *wire.Problem {
		return s.must("", wire.PathOpen, &wire.Open{Org: s.org, Device: s.id, Nonce: nonce, Signature: ed25519.Sign(key, text)}, new(wire.Opened))
	}
	server := w.depot.Server()
	nonce := challenge()
	for name, text := range map[string][]byte{
		"another server":      wire.SessionText(ledger.NewID(), s.org, s.id, nonce, w.print),
		"another device":      wire.SessionText(server, s.org, ledger.NewID(), nonce, w.print),
		"another nonce":       wire.SessionText(server, s.org, s.id, random(32), w.print),
		"another certificate": wire.SessionText(server, s.org, s.id, nonce, random(32)),
		"no certificate":      wire.SessionText(server, s.org, s.id, nonce, nil),
	} {
		if p := open(s.key, nonce, text); !is(p, wire.ProblemSignature) {
			t.Errorf("%s: %v", name, p)
		}
	}
	good := wire.SessionText(server, s.org, s.id, nonce, w.print)
	if p := open(s.admin, nonce, good); !is(p, wire.ProblemSignature) {
		t.Error("another key", p)
	}
	if p := open(s.key, nonce, good); p != nil {
		t.Fatal(p)
	}
	if p := open(s.key, nonce, good); !is(p, wire.ProblemUnknown) {
		t.Error("a nonce served twice", p)
	}
	late := challenge()
	w.ahead.Store(int64(3 * time.Minute))
	if p := open(s.key, late, wire.SessionText(server, s.org, s.id, late, w.print)); !is(p, wire.ProblemUnknown) {
		t.Error("a nonce lives too long", p)
	}
	if p := s.must("", wire.PathChallenge, &wire.Challenge{Org: s.org, Device: ledger.NewID()}, nil); !is(p, wire.ProblemUnknown) {
		t.Error(p)
	}
}

// A revoked workstation is refused from the next answer on, also in a poll that is
// held: by another's order at once, by the operator's word within seconds.
func TestRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	for name, revoke := range map[string]func(ledger.ID){
		"by order": func(id ledger.ID) {
			if p := s.order(&wire.OrderBody{Revoke: &wire.RevokeOrder{Device: id}}); p != nil {
				t.Fatal(p)
			}
		},
		"by the operator": func(id ledger.ID) { // as another process does
			if err := w.depot.Revoke(t.Context(), s.org, id, w.now()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		other := s.invite()
		answers := make(chan *wire.Problem, 1)
		go func() {
			p, err := w.ask(context.Background(), other.token, wire.PathPull, &wire.Pull{WaitMS: 50_000}, new(wire.Pulled))
			if err != nil {
				t.Error(err)
			}
			answers <- p
		}()
		w.held(1)
		revoke(other.id)
		select {
		case p := <-answers:
			if !is(p, wire.ProblemRevoked) {
				t.Errorf("%s: %v", name, p)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("the poll goes on: ", name)
		}
		if p := other.call(wire.PathState, &wire.State{}, nil); !is(p, wire.ProblemRevoked) && !is(p, wire.ProblemToken) {
			t.Errorf("%s: %v", name, p)
		}
		if p := other.open(); !is(p, wire.ProblemRevoked) {
			t.Errorf("%s: %v", name, p)
		}
		w.held(0)
	}
	var list wire.DeviceList
	if p := s.call(wire.PathDevices, &wire.Devices{}, &list); p != nil || len(list.Devices) != 3 {
		t.Fatal(p, list)
	}
}

// held waits until so many polls are held.
func (w *world) held(n int) {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); w.server.polls.count() != n; {
		if time.Now().After(end) {
			w.t.Fatalf("%d polls are held, want %d", w.server.polls.count(), n)
		}
		time.Sleep(time.Millisecond)
	}
}
