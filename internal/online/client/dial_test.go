package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/online/wire"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestAddress(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		" sync.example.kz ":            "https://sync.example.kz",
		"https://sync.example.kz/":     "https://sync.example.kz",
		"https://sync.example.kz:8443": "https://sync.example.kz:8443",
		"192.168.1.5:8443":             "https://192.168.1.5:8443",
		"https://x.kz/feldsher/":       "https://x.kz/feldsher",
		"http://127.0.0.1:99":          "http://127.0.0.1:99",
		"http://localhost:99":          "http://localhost:99",
		"http://[::1]:99":              "http://[::1]:99",
	} {
		u, err := address(typed)
		if err != nil || u.String() != want {
			t.Errorf("%q: %v %v, want %s", typed, u, err, want)
		}
	}
	for _, typed := range []string{
		"", "https://", "http://sync.example.kz", "http://127.0.0.1.example.kz", "http://192.168.1.5", "ftp://x.kz",
		"https://user:word@x.kz", "https://x.kz/?a=b", "https://x.kz/#f", "https://[::1", "http://10.0.0.1:80",
	} {
		_, err := address(typed)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was taken: %v", typed, err)
		}
	}
}

// R7.2: the server is the one that was pinned, or that the roots vouch for.
func TestTrust(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	url, pinned := l.serve()
	if err := dial(t.Context(), url, pinned); err != nil {
		t.Fatal(err)
	}
	wants(t, dial(t.Context(), url, Options{}), "fault.sync.certificate")
	wants(t, dial(t.Context(), url, Options{Pin: make([]byte, 32)}), "fault.sync.pin")
	wants(t, dial(t.Context(), url, Options{Pin: pinned.Pin[:31]}), "fault.sync.pin")
	other := newLord(t)
	certificate, roots := issue(t, time.Now().Add(time.Hour))
	address := serveWith(t, other, certificate, tls.VersionTLS13)
	if err := dial(t.Context(), address, Options{Roots: roots}); err != nil {
		t.Error(err)
	}
	// A pin counts alone: what the roots vouch for does not stand in for it.
	wants(t, dial(t.Context(), address, Options{Roots: roots, Pin: pinned.Pin}), "fault.sync.pin")
	past, roots := issue(t, time.Now().Add(-time.Hour))
	wants(t, dial(t.Context(), serveWith(t, other, past, tls.VersionTLS13), Options{Roots: roots}), "fault.sync.certificate_date")
}

func TestOldTLS(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(newLord(t))
	s.TLS = &tls.Config{MaxVersion: tls.VersionTLS12}
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	wants(t, dial(t.Context(), s.URL, Options{Pin: printOf(s.Certificate())}), "fault.sync.tls")
}

// issue makes a certificate for the loopback, and the roots that vouch for it.
func issue(t *testing.T, until time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: until.Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots
}

func serveWith(t *testing.T, l *lord, c tls.Certificate, version uint16) string {
	t.Helper()
	s := httptest.NewUnstartedServer(l)
	s.TLS = &tls.Config{MinVersion: version, Certificates: []tls.Certificate{c}}
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	l.set(func() { l.print = printOf(c.Leaf) })
	return s.URL
}

// A network that wants a login first answers in the place of the server.
func TestPortal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		key    string
	}{
		"page": {func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>Login</html>")) }, "fault.sync.portal"},
		"redirect": {func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://login/")
			w.WriteHeader(http.StatusFound)
		}, "fault.sync.portal"},
		"refusal":     {func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) }, "fault.sync.portal"},
		"login":       {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNetworkAuthenticationRequired) }, "fault.sync.portal"},
		"proxy":       {func(w http.ResponseWriter) { w.WriteHeader(http.StatusProxyAuthRequired) }, "fault.sync.portal"},
		"gateway":     {func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }, "fault.sync.unavailable"},
		"empty":       {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }, "fault.sync.portal"},
		"wrong magic": {func(w http.ResponseWriter) { say(w, 200, &wire.Hello{Magic: "other", Newest: 1}) }, "fault.sync.portal"},
		"wrong bytes": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", wire.MediaType)
			_, _ = w.Write([]byte("{}"))
		}, "fault.sync.portal"},
		"wrong packed": {func(w http.ResponseWriter) { ours(w, "gzip"); _, _ = w.Write([]byte("{}")) }, "fault.sync.portal"},
		"our redirect": {func(w http.ResponseWriter) { ours(w, ""); w.WriteHeader(http.StatusTemporaryRedirect) }, "fault.sync.portal"},
		"old": {func(w http.ResponseWriter) {
			say(w, 200, &wire.Hello{Magic: wire.HelloMagic})
		}, "fault.sync.version_server"},
		"new": {func(w http.ResponseWriter) {
			say(w, 200, &wire.Hello{Magic: wire.HelloMagic, Oldest: 2, Newest: 9})
		}, "fault.sync.version_program"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLord(t)
			l.instead = func(w http.ResponseWriter, _ *http.Request) bool { c.answer(w); return true }
			url, o := l.serve()
			err := dial(t.Context(), url, o)
			wants(t, err, c.key)
			if !fault.Is(err, fault.Offline) && name != "new" {
				t.Error(err)
			}
		})
	}
}

func ours(w http.ResponseWriter, encoding string) {
	w.Header().Set("Content-Type", wire.MediaType)
	w.Header().Set("Content-Encoding", encoding)
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(newLord(t)) // speaks no TLS
	t.Cleanup(plain.Close)
	host := plain.Listener.Addr().String()
	wants(t, dial(t.Context(), "https://"+host, Options{}), "fault.sync.portal")
	gone := httptest.NewServer(newLord(t))
	gone.Close()
	wants(t, dial(t.Context(), gone.URL, Options{}), "fault.sync.unreachable")
	wants(t, dial(t.Context(), "https://nobody.invalid", Options{}), "fault.sync.unreachable")
	if err := dial(t.Context(), plain.URL, Options{}); err != nil {
		t.Error("plain HTTP on the loopback:", err)
	}
	cut, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cut.Close() })
	go func() {
		for c, err := cut.Accept(); err == nil; c, err = cut.Accept() {
			_ = c.Close()
		}
	}()
	wants(t, dial(t.Context(), "http://"+cut.Addr().String(), Options{}), "fault.sync.cut")
}

// R7.2, DESIGN "Merge": stamps are corrected by the offset measured at contact.
func TestOffset(t *testing.T) {
	t.Parallel()
	start := time.UnixMilli(1_800_000_000_000)
	l := newLord(t)
	l.hello.Time = start.Add(time.Hour + 5*time.Second).UnixMilli()
	url, o := l.serve()
	ticks := 0
	o.Now = func() time.Time { ticks++; return start.Add(time.Duration(ticks-1) * 10 * time.Second) }
	c, err := Dial(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Offset() != time.Hour || c.Greeting().Server != testServer || c.URL() != url || len(c.Pin()) != 32 {
		t.Error(c.Offset(), c.Greeting(), c.URL())
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := newLord(t)
	l.instead = func(_ http.ResponseWriter, r *http.Request) bool { cancel(); <-r.Context().Done(); return true }
	url, o := l.serve()
	err := dial(ctx, url, o)
	wants(t, err, "fault.cancelled")
	if !errors.Is(err, ctx.Err()) {
		t.Error(err)
	}
}
