package client

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"net/http"
	"regexp"
	"sync"
	"testing"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// What a request may show beside its body, which package wire's own list covers
// (R7.3): headers, and the line above them.
var (
	leavingHeaders = map[string]*regexp.Regexp{
		"User-Agent":       regexp.MustCompile(`^feldsher$`),
		"Accept-Encoding":  regexp.MustCompile(`^zstd$`),
		"Content-Type":     regexp.MustCompile(`^(application/vnd\.feldsher\.sync\.v1\+cbor|application/octet-stream)$`),
		"Content-Encoding": regexp.MustCompile(`^zstd$`),
		"Content-Length":   regexp.MustCompile(`^[0-9]+$`),
		"Authorization":    regexp.MustCompile(`^Bearer token-[0-9]+$`), // as the server drew it
		"Expect":           regexp.MustCompile(`^100-continue$`),
		"Range":            regexp.MustCompile(`^bytes=[0-9]+-$`),
	}
	leavingTarget = regexp.MustCompile(`^(/v1/[a-z/]+|/v1/blob/[0-9a-f]{64}(\?offset=[0-9]+&size=[0-9]+)?)$`)
)

func TestWhatLeaves(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	l.code = wire.NewCode()
	l.sealed = l.code.Seal([]byte("invitation"))
	var mu sync.Mutex
	seen, calls := map[string]bool{}, 0
	l.instead = func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		calls++
		if !leavingTarget.MatchString(r.RequestURI) {
			t.Errorf("%s is asked for", r.RequestURI)
		}
		for name, values := range r.Header {
			seen[name] = true
			if rule := leavingHeaders[name]; rule == nil || len(values) != 1 || !rule.MatchString(values[0]) {
				t.Errorf("%s: the header %s leaves: %q", r.RequestURI, name, values)
			}
		}
		return false
	}
	url, _ := l.serve()
	c, _, err := PinAndLink(t.Context(), url, l.code, linkBody, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	c, _, err = PinAndJoin(t.Context(), url, l.code, make([]byte, 32), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := c.Session(t.Context(), testOrg, testDevice, sign)
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.Repeat([]byte("z"), 100_000)
	everyCall(t, s, whole)
	for name := range leavingHeaders {
		if !seen[name] {
			t.Errorf("no call had %s: is every call made here?", name)
		}
	}
	if calls < 18 {
		t.Errorf("only %d calls", calls)
	}
}

func everyCall(t *testing.T, s *Session, whole []byte) {
	t.Helper()
	ctx := t.Context()
	order, err := SignOrder(wire.OrderBody{Admin: &wire.AdminOrder{Key: make([]byte, 32)}}, signer.Public().(ed25519.PublicKey), sign)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(whole)
	have := make([]wire.Head, 100)
	for i := range have {
		have[i] = wire.Head{Device: ledger.NewID(), Chain: ledger.Changes, Seq: uint64(i)}
	}
	for i, call := range []func() error{
		func() error { _, err := s.State(ctx); return err },
		func() error { _, err := s.Push(ctx, &wire.Push{Entries: [][]byte{whole}}); return err },
		func() error { _, err := s.Pull(ctx, &wire.Pull{Have: have}); return err },
		func() error { _, err := s.RingPull(ctx, &wire.RingPull{Gen: 2}); return err },
		func() error { _, err := s.RingPush(ctx, &wire.RingPush{}); return err },
		func() error { _, err := s.RingRenew(ctx, &wire.RingRenew{Draft: ledger.NewID()}); return err },
		func() error { _, err := s.Devices(ctx); return err },
		func() error { _, err := s.Order(ctx, order); return err },
		func() error { return s.PutBlob(ctx, hash, int64(len(whole)), bytes.NewReader(whole)) },
		func() error { _, err := s.GetBlob(ctx, hash, 0, io.Discard); return err },
	} {
		if err := call(); err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
}
