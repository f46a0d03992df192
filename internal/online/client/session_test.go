package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/translations"
)

func TestCalls(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s, ctx := open(t, l), t.Context()
	if st, err := s.State(ctx); err != nil || st.Ordinal != 10 {
		t.Error(st, err)
	}
	if p, err := s.Push(ctx, &wire.Push{RingGen: 2, Entries: [][]byte{{1}, bytes.Repeat([]byte("x"), 5000)}}); err != nil || p.Stored != 2 {
		t.Error(p, err)
	}
	if p, err := s.Pull(ctx, &wire.Pull{Since: 3, WaitMS: 10}); err != nil || p.Next != 4 || len(p.Entries) != 1 {
		t.Error(p, err)
	}
	if p, err := s.RingPull(ctx, &wire.RingPull{Gen: 2, Since: 4}); err != nil || p.First != 5 {
		t.Error(p, err)
	}
	if _, err := s.RingPush(ctx, &wire.RingPush{Gen: 2, Records: [][]byte{{1}}, Wraps: []wire.Wrap{{Reader: testDevice, Sealed: []byte{1}}}}); err != nil {
		t.Error(err)
	}
	if _, err := s.RingRenew(ctx, &wire.RingRenew{Old: 2, OldN: 5, Draft: ledger.NewID(), Last: true}); err != nil {
		t.Error(err)
	}
	if d, err := s.Devices(ctx); err != nil || len(d.Devices) != 1 {
		t.Error(d, err)
	}
	order, err := SignOrder(wire.OrderBody{Server: testServer, Org: testOrg, Revoke: &wire.RevokeOrder{Device: testDevice, Seq: 9}},
		signer.Public().(ed25519.PublicKey), sign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Order(ctx, order); err != nil {
		t.Error(err)
	}
	if l.sessions() != 1 {
		t.Errorf("%d sessions", l.sessions())
	}
}

// A session that the server has ended is opened anew once, by one of those who
// wait.
func TestReopen(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	l.set(func() { clear(l.tokens) })
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := s.State(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if l.sessions() != 2 {
		t.Errorf("%d sessions were opened, want 2", l.sessions())
	}
	// A server that ends every session at once is asked once more, not for ever.
	l.set(func() {
		l.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == wire.PathState {
				say(w, 401, &wire.Problem{Code: wire.ProblemToken})
			}
			return r.URL.Path == wire.PathState
		}
	})
	_, err := s.State(t.Context())
	wants(t, err, "fault.sync.token")
	if l.sessions() != 3 {
		t.Errorf("%d sessions were opened, want 3", l.sessions())
	}
}

// A large push into a session that has ended is refused before its body is sent.
func TestLargeRefusedUnread(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	l.set(func() { clear(l.tokens) })
	refused := 0
	l.set(func() {
		l.instead = func(w http.ResponseWriter, r *http.Request) bool {
			no := false
			l.set(func() {
				no = r.URL.Path == wire.PathPush && !l.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
			})
			if no {
				refused++
				say(w, http.StatusUnauthorized, &wire.Problem{Code: wire.ProblemToken})
			}
			return no
		}
	})
	p, err := s.Push(t.Context(), &wire.Push{Entries: [][]byte{make([]byte, 15<<20)}})
	if err != nil || p.Stored != 1 || refused != 1 || l.sessions() != 2 {
		t.Error(p, err, refused)
	}
}

// Who waits for somebody else's opening can still be called off.
func TestReopenCancelled(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	s.opening <- struct{}{} // somebody opens
	l.set(func() { clear(l.tokens) })
	ctx, cancel := context.WithCancel(t.Context())
	l.set(func() {
		l.instead = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == wire.PathHello { // asked for just before
				defer cancel()
			}
			return false
		}
	})
	_, err := s.State(ctx)
	wants(t, err, "fault.cancelled")
}

// A server restored from a backup has another id: the session is opened at it.
func TestReopenElsewhere(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	restored := ledger.NewID()
	l.set(func() {
		clear(l.tokens)
		l.hello.Server, l.stand = restored, wire.Standing{Server: restored, Ordinal: 1}
	})
	st, err := s.State(t.Context())
	if err != nil || st.Server != restored {
		t.Error(st, err)
	}
}

// A hostile server claims the id of another one and passes its challenge on. It
// can't claim its certificate: the signature is worth nothing there.
func TestRelay(t *testing.T) {
	t.Parallel()
	honest, hostile := newLord(t), newLord(t)
	honestURL, trusts := honest.serve()
	var relayed []byte
	hostile.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != wire.PathChallenge && r.URL.Path != wire.PathOpen {
			return false
		}
		resp, err := (&http.Client{Transport: transport(trustOf(trusts), usual)}).Post(honestURL+r.URL.Path, wire.MediaType, r.Body)
		if err != nil {
			t.Error(err)
			return true
		}
		defer func() { _ = resp.Body.Close() }()
		b := new(bytes.Buffer)
		_, _ = b.ReadFrom(resp.Body)
		relayed = b.Bytes()
		w.Header().Set("Content-Type", wire.MediaType)
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(relayed)
		return true
	}
	certificate, _ := issue(t, time.Now().Add(time.Hour)) // httptest's own is the same for all servers
	url := serveWith(t, hostile, certificate, tls.VersionTLS13)
	o := Options{Pin: printOf(certificate.Leaf)}
	c, err := Dial(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Session(t.Context(), testOrg, testDevice, sign)
	wants(t, err, "fault.sync.signature")
	if honest.sessions() != 0 {
		t.Error("a relayed challenge opened a session at another server")
	}
}

// Every refusal is a fault with a sentence, and keeps what the server said.
func TestProblems(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	for code, want := range problems {
		if code == wire.ProblemToken {
			continue // TestReopen
		}
		given := &wire.Problem{Code: code, At: 3, Retry: 7, Heads: []wire.Head{{Device: testDevice, Chain: ledger.Changes, Seq: 9}}}
		l.set(func() {
			l.instead = func(w http.ResponseWriter, _ *http.Request) bool { say(w, given.Status(), given); return true }
		})
		_, err := s.Push(t.Context(), &wire.Push{})
		wants(t, err, want.key)
		var p *wire.Problem
		if !fault.Is(err, want.kind) || !errors.As(err, &p) || p.At != 3 || len(p.Heads) != 1 || p.Heads[0].Seq != 9 {
			t.Errorf("%s: %v", code, err)
		}
		wait, ok := Wait(err)
		if ok != (code == wire.ProblemBusy || code == wire.ProblemUnavailable) || ok && wait != 7*time.Second {
			t.Errorf("%s: wait %v", code, wait)
		}
		for _, lang := range translations.Languages {
			if !translations.Has(lang, want.key) {
				t.Errorf("%s: no sentence %s", lang, want.key)
			}
		}
	}
	later := &wire.Problem{Code: "of_a_later_server"}
	l.set(func() {
		l.instead = func(w http.ResponseWriter, _ *http.Request) bool { say(w, 409, later); return true }
	})
	_, err := s.Push(t.Context(), &wire.Push{})
	wants(t, err, "fault.sync.refused")
}

// The table knows every word of the protocol.
func TestProblemsKnown(t *testing.T) {
	t.Parallel()
	if n := len(wire.ProblemCodes()); n != len(problems) {
		t.Errorf("the protocol has %d problems, the client knows %d", n, len(problems))
	}
	for _, code := range wire.ProblemCodes() {
		if problems[code].key == "" {
			t.Errorf("no sentence for %q", code)
		}
	}
}

// What a server confirmed it may not take back under the same id.
func TestBehind(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]wire.Standing{
		"entries":    {Server: testServer, Ordinal: 9, RingGen: 2, RingN: 5},
		"generation": {Server: testServer, Ordinal: 10, RingGen: 1, RingN: 50},
		"records":    {Server: testServer, Ordinal: 10, RingGen: 2, RingN: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLord(t)
			s := open(t, l)
			if _, err := s.State(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.set(func() { l.stand = back })
			_, err := s.Push(t.Context(), &wire.Push{RingGen: 2})
			wants(t, err, "fault.sync.behind")
			if !errors.Is(err, ErrBehind) {
				t.Error(err)
			}
			other := ledger.NewID() // restored, and it says so
			l.set(func() { l.stand.Server = other })
			if _, err := s.State(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	l := newLord(t)
	s := open(t, l)
	s.Expect(testServer, 11, 2, 5)
	_, err := s.State(t.Context())
	wants(t, err, "fault.sync.behind")
}

// An answer that keeps the form and contradicts the question is not taken.
func TestStrange(t *testing.T) {
	t.Parallel()
	st := wire.Standing{Server: testServer, Ordinal: 10, RingGen: 2, RingN: 5}
	one := [][]byte{{1}}
	in := &wire.Pull{Since: 5}
	for name, out := range map[string]wire.Pulled{
		"back":     {Standing: st, Next: 4},
		"less":     {Standing: wire.Standing{Ordinal: 3}, Next: 3, Entries: one},
		"pretends": {Standing: wire.Standing{Ordinal: 3}, Next: 5},
		"beyond":   {Standing: st, Next: 11},
		"crowded":  {Standing: st, Entries: [][]byte{{1}, {2}}, Next: 6},
		"standing": {Standing: st, Next: 5, More: true},
		"unasked":  {Standing: st, Entries: one, Next: 5},
	} {
		if fitsPull(in, &out) {
			t.Error(name)
		}
	}
	for _, out := range []wire.Pulled{{Standing: st, Next: 5}, {Standing: st, Next: 10, Entries: one}, {Standing: st, Next: 7, More: true}} {
		if !fitsPull(in, &out) {
			t.Error(out)
		}
	}
	ring := &wire.RingPull{Gen: 2, Since: 3}
	for name, out := range map[string]wire.RingPulled{
		"other generation": {Standing: st, Gen: 1, First: 4, Records: one},
		"from elsewhere":   {Standing: st, Gen: 2, First: 5, Records: one},
		"too many":         {Standing: st, Gen: 2, First: 4, Records: [][]byte{{1}, {2}, {3}}},
		"empty and more":   {Standing: st, Gen: 2, More: true},
		"no beginning":     {Standing: st, Gen: 2, First: 0, Records: one},
	} {
		if fitsRing(ring, &out) {
			t.Error(name)
		}
	}
	if !fitsRing(&wire.RingPull{Gen: 1, Since: 100}, &wire.RingPulled{Standing: st, Gen: 2, First: 1, Records: one}) {
		t.Error("a new generation begins at 1")
	}
	l := newLord(t)
	l.stand.Ordinal = 5
	s := open(t, l)
	_, err := s.Pull(t.Context(), in) // it gives an entry that it says it has not
	wants(t, err, "fault.sync.answer")
	l.set(func() {
		l.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == wire.PathPull {
				say(w, 200, &wire.Pulled{Standing: wire.Standing{Server: testServer, Ordinal: 3}, Next: 3})
			}
			return r.URL.Path == wire.PathPull
		}
	})
	_, err = s.Pull(t.Context(), in)
	wants(t, err, "fault.sync.behind")
}

// R7.3 and the memory of a workstation: no answer is taken beyond the limits.
func TestLargeAnswers(t *testing.T) {
	t.Parallel()
	piece := make([]byte, 1<<20)
	bomb := wire.Compress(make([]byte, wire.MaxBody))
	for name, answer := range map[string]func(http.ResponseWriter){
		"endless": func(w http.ResponseWriter) {
			ours(w, "")
			for _, err := w.Write(piece); err == nil; _, err = w.Write(piece) {
			}
		},
		"announced": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "99999999")
			ours(w, "")
			w.WriteHeader(http.StatusOK)
		},
		"bomb": func(w http.ResponseWriter) { ours(w, "zstd"); _, _ = w.Write(append(bomb, bomb...)) },
		"problem": func(w http.ResponseWriter) {
			ours(w, "")
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write(make([]byte, maxProblem+1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLord(t)
			s := open(t, l)
			l.set(func() {
				l.instead = func(w http.ResponseWriter, _ *http.Request) bool { answer(w); return true }
			})
			_, err := s.State(t.Context())
			wants(t, err, "fault.sync.answer")
		})
	}
}
