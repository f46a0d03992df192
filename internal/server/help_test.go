package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
	"feldsher/internal/server/depot"
)

// world is a server that really listens, with its database.
type world struct {
	t       testing.TB
	dir     string
	depot   depot.Depot
	server  *Server
	url     string
	print   []byte
	http    *http.Client
	logged  *lines
	ahead   atomic.Int64 // nanoseconds that the server's clock is ahead
	stop    context.CancelFunc
	stopped chan error
}

// lines is a log that a test can read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// newWorld starts a server on SQLite; change may alter its options.
func newWorld(t testing.TB, change func(*Options)) *world {
	t.Helper()
	dir := t.TempDir()
	return newWorldOn(t, dir, filepath.Join(dir, "depot.sqlite"), change)
}

func newWorldOn(t testing.TB, dir, dsn string, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, dir: dir, logged: &lines{}, stopped: make(chan error, 1)}
	d, err := depot.Open(t.Context(), dsn, filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	w.depot = d
	certificate, err := OwnCertificate(filepath.Join(dir, "own.pem"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Depot: d, Certificate: certificate, Country: "ru", Now: w.now, Log: slog.New(slog.NewJSONHandler(w.logged, nil))}
	if change != nil {
		change(&o)
	}
	prints, err := o.Certificate.Fingerprints()
	if err != nil {
		t.Fatal(err)
	}
	w.print = prints[0]
	w.server = New(o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.url = "https://" + l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	go func() { w.stopped <- w.server.Serve(ctx, l) }()
	w.http = &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true, DisableCompression: true, MaxIdleConnsPerHost: 300,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13, VerifyConnection: func(s tls.ConnectionState) error {
			sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if !bytes.Equal(sum[:], w.print) {
				return errors.New("another certificate")
			}
			return nil
		}},
	}}
	t.Cleanup(func() {
		w.http.CloseIdleConnections()
		stop()
		if err := <-w.stopped; err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil && !errors.Is(err, depot.ErrClosed) {
			t.Error(err)
		}
	})
	return w
}

// reply is what came back over HTTP.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (w *world) send(method, path string, header map[string]string, body []byte) *reply {
	w.t.Helper()
	r, err := w.try(context.Background(), method, path, header, body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (w *world) try(ctx context.Context, method, path string, header map[string]string, body []byte) (*reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, w.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.Header.Get("Content-Encoding") == "zstd" {
		if b, err = wire.Decompress(b); err != nil {
			return nil, err
		}
	}
	return &reply{status: resp.StatusCode, header: resp.Header, body: b}, nil
}

// ask makes a call of the protocol and decodes its answer; the Problem if refused.
func (w *world) ask(ctx context.Context, token, path string, in, out any) (*wire.Problem, error) {
	b, err := wire.Marshal(in)
	if err != nil {
		return nil, err
	}
	header := map[string]string{"Content-Type": wire.MediaType, "Accept-Encoding": "zstd"}
	if token != "" {
		header["Authorization"] = "Bearer " + token
	}
	r, err := w.try(ctx, "POST", path, header, b)
	if err != nil {
		return nil, err
	}
	return r.read(out)
}

// read decodes an answer or a problem, whose status must be the code's.
func (r *reply) read(out any) (*wire.Problem, error) {
	if r.header.Get("Content-Type") != wire.MediaType {
		return nil, errors.New("not of the protocol: " + string(r.body))
	}
	if r.status == http.StatusOK {
		return nil, wire.Unmarshal(r.body, out)
	}
	p := new(wire.Problem)
	if err := wire.Unmarshal(r.body, p); err != nil {
		return nil, err
	}
	if r.status != p.Status() && r.status != http.StatusRequestedRangeNotSatisfiable {
		return nil, errors.New("status and code differ: " + p.Code)
	}
	return p, nil
}

// station is a workstation.
type station struct {
	w     *world
	org   ledger.ID
	id    ledger.ID
	key   ed25519.PrivateKey
	admin ed25519.PrivateKey
	token string
	last  *ledger.Entry
}

func (w *world) station(org ledger.ID) *station {
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	_, admin, _ := ed25519.GenerateKey(rand.Reader)
	return &station{w: w, org: org, id: ledger.NewID(), key: key, admin: admin}
}

// code gives a code to link with, as `org add` does.
func (w *world) code(country string) wire.Code {
	w.t.Helper()
	c := wire.NewCode()
	err := w.depot.AddCode(w.t.Context(), depot.LinkCode{ID: c.ID(), Key: c.MACKey(), Name: "Тайная клиника", Country: country, Expires: w.now().Add(time.Hour)})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// clinic links a new organisation and opens its first workstation's session.
func (w *world) clinic() *station {
	w.t.Helper()
	s := w.station(ledger.NewID())
	if p := s.link(w.code("ru"), "ru"); p != nil {
		w.t.Fatal(p)
	}
	s.mustOpen()
	return s
}

func (s *station) link(c wire.Code, country string) *wire.Problem {
	s.w.t.Helper()
	body, err := wire.Marshal(&wire.LinkBody{
		Org: s.org, Device: s.id, SignKey: s.key.Public().(ed25519.PublicKey), AdminKey: s.admin.Public().(ed25519.PublicKey), Country: country,
	})
	if err != nil {
		s.w.t.Fatal(err)
	}
	return s.must("", wire.PathLink, &wire.Link{Code: c.ID(), Body: body, MAC: wire.MAC(c.MACKey(), "link", body)}, new(wire.Linked))
}

func (s *station) must(token, path string, in, out any) *wire.Problem {
	s.w.t.Helper()
	p, err := s.w.ask(context.Background(), token, path, in, out)
	if err != nil {
		s.w.t.Fatalf("%s: %v", path, err)
	}
	return p
}

// call is made in the session.
func (s *station) call(path string, in, out any) *wire.Problem {
	s.w.t.Helper()
	return s.must(s.token, path, in, out)
}

func (s *station) open() *wire.Problem {
	s.w.t.Helper()
	var c wire.Challenged
	if p := s.must("", wire.PathChallenge, &wire.Challenge{Org: s.org, Device: s.id}, &c); p != nil {
		return p
	}
	var o wire.Opened
	p := s.must("", wire.PathOpen, &wire.Open{
		Org: s.org, Device: s.id, Nonce: c.Nonce,
		Signature: ed25519.Sign(s.key, wire.SessionText(s.w.depot.Server(), s.org, s.id, c.Nonce, s.w.print)),
	}, &o)
	s.token = o.Token
	return p
}

func (s *station) mustOpen() {
	s.w.t.Helper()
	if p := s.open(); p != nil {
		s.w.t.Fatal(p)
	}
}

// entry writes the next change, sealed bytes of a size.
func (s *station) entry(size int, seen ...ledger.Head) *ledger.Entry {
	h := ledger.Header{Format: ledger.Format, Org: s.org, Device: s.id, Chain: ledger.Changes, Seq: 1, HLC: 1, Seen: seen, Schema: 1}
	if s.last != nil {
		h.Seq, h.HLC, h.Prev = s.last.Header.Seq+1, s.last.Header.HLC+1, s.last.Hash
	}
	s.last = s.sign(h, size)
	return s.last
}

func (s *station) sign(h ledger.Header, size int) *ledger.Entry {
	sealed := make([]byte, size)
	_, _ = rand.Read(sealed)
	e, err := ledger.Sign(h, []ledger.Box{{Scope: h.Org, Epoch: 1, Sealed: sealed}}, func(m []byte) []byte { return ed25519.Sign(s.key, m) })
	if err != nil {
		s.w.t.Fatal(err)
	}
	return e
}

func (s *station) push(entries ...*ledger.Entry) (*wire.Pushed, *wire.Problem) {
	s.w.t.Helper()
	in := &wire.Push{}
	for _, e := range entries {
		in.Entries = append(in.Entries, e.Encode())
	}
	out := new(wire.Pushed)
	return out, s.call(wire.PathPush, in, out)
}

func (s *station) order(b *wire.OrderBody) *wire.Problem {
	s.w.t.Helper()
	return s.call(wire.PathOrder, s.signed(b, s.admin), new(wire.Ordered))
}

func (s *station) signed(b *wire.OrderBody, key ed25519.PrivateKey) *wire.Order {
	s.w.t.Helper()
	b.Server, b.Org = s.w.depot.Server(), s.org
	if b.Nonce == nil {
		b.Nonce = random(16)
	}
	body, err := wire.Marshal(b)
	if err != nil {
		s.w.t.Fatal(err)
	}
	return &wire.Order{Body: body, Key: key.Public().(ed25519.PublicKey), Signature: ed25519.Sign(key, wire.OrderText(body))}
}

// invite registers a further workstation, and opens its session.
func (s *station) invite() *station {
	s.w.t.Helper()
	other := s.w.station(s.org)
	code := wire.NewCode()
	p := s.order(&wire.OrderBody{Invite: &wire.InviteOrder{
		Code: code.ID(), Key: code.MACKey(), Sealed: code.Seal([]byte("приглашение")), Device: other.id,
		SignKey: other.key.Public().(ed25519.PublicKey), Seconds: 600,
	}})
	if p != nil {
		s.w.t.Fatal(p)
	}
	joiner := random(32)
	if p := other.must("", wire.PathJoin, &wire.Join{Code: code.ID(), Joiner: joiner, MAC: wire.MAC(code.MACKey(), "join", joiner)}, new(wire.Joined)); p != nil {
		s.w.t.Fatal(p)
	}
	other.mustOpen()
	return other
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func is(p *wire.Problem, code string) bool { return p != nil && p.Code == code }
