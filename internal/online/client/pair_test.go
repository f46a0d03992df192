package client

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
)

var linkBody = wire.LinkBody{
	Org: testOrg, Device: testDevice, SignKey: bytes.Repeat([]byte{1}, 32), AdminKey: bytes.Repeat([]byte{2}, 32), Country: "kz",
}

func TestLink(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	l.code = wire.NewCode()
	url, o := l.serve()
	for range 2 { // repeated after a lost answer
		c, linked, err := PinAndLink(t.Context(), url, l.code, linkBody, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		if linked.Server != testServer || !bytes.Equal(c.Pin(), o.Pin) {
			t.Error(linked, c.Pin())
		}
	}
	if len(l.linked) != 2 || l.linked[0].Country != "kz" {
		t.Error(l.linked)
	}
	// R7.8: in another country the organisation is not even named.
	l.set(func() { l.hello.Country = "ru"; l.linked = nil })
	_, _, err := PinAndLink(t.Context(), url, l.code, linkBody, Options{})
	wants(t, err, "fault.sync.country")
	if len(l.linked) != 0 {
		t.Error("the organisation was named to a server of another country")
	}
	_, _, err = PinAndLink(t.Context(), url, wire.NewCode(), linkBody, Options{})
	wants(t, err, "fault.sync.code_unknown")
}

func TestJoin(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	l.code = wire.NewCode()
	l.sealed = l.code.Seal([]byte("invitation"))
	url, _ := l.serve()
	joiner := bytes.Repeat([]byte{5}, 32)
	for range 2 {
		c, plain, err := PinAndJoin(t.Context(), url, l.code, joiner, Options{})
		if err != nil || string(plain) != "invitation" {
			t.Fatal(err)
		}
		c.Close()
	}
	_, _, err := PinAndJoin(t.Context(), url, l.code, bytes.Repeat([]byte{6}, 32), Options{})
	wants(t, err, "fault.sync.code_unknown") // single use
	l.set(func() { l.sealed[30] ^= 1 })
	_, _, err = PinAndJoin(t.Context(), url, l.code, joiner, Options{})
	wants(t, err, "fault.sync.invitation")
	if !fault.Is(err, fault.Damaged) {
		t.Error(err)
	}
}

// Somebody between the new workstation and the server passes everything on, under a
// certificate of their own.
func TestBetween(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	l.code = wire.NewCode()
	l.sealed = l.code.Seal([]byte("invitation"))
	url, o := l.serve()
	inner := &http.Client{Transport: transport(trustOf(o), usual)}
	between := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resp, err := inner.Post(url+r.URL.Path, wire.MediaType, r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	certificate, _ := issue(t, time.Now().Add(time.Hour)) // httptest's own is the same for all servers
	between.TLS = &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate}}
	between.StartTLS()
	t.Cleanup(between.Close)
	_, _, err := PinAndJoin(t.Context(), between.URL, l.code, make([]byte, 32), Options{})
	wants(t, err, "fault.sync.proof")
	_, _, err = PinAndLink(t.Context(), between.URL, l.code, linkBody, Options{})
	wants(t, err, "fault.sync.proof")
	if l.joiner != nil || len(l.linked) != 0 {
		t.Error("something was sent before the proof")
	}
}

// A certificate that the roots vouch for is exchanged every few weeks: it is proved
// once and not pinned.
func TestPairOrdinary(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	l.code = wire.NewCode()
	certificate, roots := issue(t, time.Now().Add(time.Hour))
	url := serveWith(t, l, certificate, tls.VersionTLS13)
	c, err := Pair(t.Context(), url, l.code, Options{Roots: roots})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if c.Pin() != nil {
		t.Error("a certificate of the ordinary roots was pinned")
	}
	c, err = Pair(t.Context(), url, l.code, Options{})
	if err != nil || len(c.Pin()) != 32 {
		t.Fatal(err)
	}
	c.Close()
	l.set(func() { l.print = make([]byte, 32) }) // the proof is asked for all the same
	_, err = Pair(t.Context(), url, l.code, Options{Roots: roots})
	wants(t, err, "fault.sync.proof")
}

// On the loopback without TLS there is nothing to pin, and the session is bound to
// that.
func TestPairPlain(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	l.code = wire.NewCode()
	s := httptest.NewServer(l)
	t.Cleanup(s.Close)
	c, err := Pair(t.Context(), s.URL, l.code, Options{})
	if err != nil || c.Pin() != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Session(t.Context(), testOrg, testDevice, sign); err != nil {
		t.Error(err)
	}
}

func TestTypedCode(t *testing.T) {
	t.Parallel()
	code := wire.NewCode()
	if got, err := ParseCode(" " + code.String()); err != nil || got != code {
		t.Error(err)
	}
	_, err := ParseCode("ABCDE-FGHJK")
	wants(t, err, "fault.sync.code_typed")
	if !errors.Is(err, wire.ErrCode) {
		t.Error(err)
	}
}
