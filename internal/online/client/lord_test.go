package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// lord speaks just enough of the protocol to drive a client: the real server has
// tests of its own, this one can also misbehave.
type lord struct {
	t     *testing.T
	print []byte // of its certificate

	mu     sync.Mutex
	hello  wire.Hello
	code   wire.Code
	sealed []byte
	joiner []byte
	linked []wire.LinkBody
	org    ledger.ID
	device ledger.ID
	key    ed25519.PublicKey
	nonces map[string]bool
	tokens map[string]bool
	opened int
	stand  wire.Standing
	blobs  map[string][]byte
	sizes  map[string]int64
	calls  []string
	// instead answers a path in another way; true: it did.
	instead func(w http.ResponseWriter, r *http.Request) bool
}

var (
	testOrg    = ledger.ID{0: 0x0a, 15: 1}
	testDevice = ledger.ID{0: 0x0b, 15: 2}
	testServer = ledger.ID{0: 0x0c, 15: 3}
	signer     = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
)

func sign(text []byte) []byte { return ed25519.Sign(signer, text) }

func newLord(t *testing.T) *lord {
	return &lord{
		t: t, hello: wire.Hello{Magic: wire.HelloMagic, Oldest: 1, Newest: 1, Time: time.Now().UnixMilli(), Server: testServer, Country: "kz", MaxWaitS: 55},
		org: testOrg, device: testDevice, key: signer.Public().(ed25519.PublicKey),
		nonces: map[string]bool{}, tokens: map[string]bool{}, blobs: map[string][]byte{}, sizes: map[string]int64{},
		stand: wire.Standing{Server: testServer, Ordinal: 10, RingGen: 2, RingN: 5},
	}
}

// serve starts the lord behind TLS and gives its address and the options that trust
// it by pin.
func (l *lord) serve() (string, Options) {
	s := httptest.NewUnstartedServer(l)
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	l.t.Cleanup(s.Close)
	l.print = printOf(s.Certificate())
	return s.URL, Options{Pin: l.print}
}

func printOf(c *x509.Certificate) []byte {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return sum[:]
}

func (l *lord) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.calls = append(l.calls, r.Method+" "+r.URL.Path)
	instead := l.instead
	l.mu.Unlock()
	if instead != nil && instead(w, r) {
		return
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.Header.Get("Content-Encoding") == "zstd" {
		if b, err = wire.Decompress(b); err != nil {
			l.t.Error(err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	out, err := l.answer(w, r, b)
	var p *wire.Problem
	switch {
	case errors.As(err, &p):
		say(w, p.Status(), p)
	case err != nil:
		l.t.Errorf("%s: %v", r.URL.Path, err)
		say(w, 400, &wire.Problem{Code: wire.ProblemMalformed})
	case out != nil:
		say(w, 200, out)
	}
}

func say(w http.ResponseWriter, status int, message any) {
	b, err := wire.Marshal(message)
	if err != nil {
		panic(err)
	}
	if len(b) > 512 {
		b = wire.Compress(b)
		w.Header().Set("Content-Encoding", "zstd")
	}
	w.Header().Set("Content-Type", wire.MediaType)
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

func refuse(code string) error { return &wire.Problem{Code: code} }

func (l *lord) answer(w http.ResponseWriter, r *http.Request, b []byte) (any, error) {
	switch r.URL.Path {
	case wire.PathHello:
		return &l.hello, nil
	case wire.PathProve, wire.PathLink, wire.PathJoin:
		return l.pairing(r.URL.Path, b)
	case wire.PathChallenge, wire.PathOpen:
		return l.session(r.URL.Path, b)
	}
	if !l.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
		return nil, refuse(wire.ProblemToken)
	}
	switch r.URL.Path {
	case wire.PathState:
		return &l.stand, wire.Unmarshal(b, new(wire.State))
	case wire.PathPush:
		in := new(wire.Push)
		err := wire.Unmarshal(b, in)
		return &wire.Pushed{Standing: l.stand, Stored: uint32(len(in.Entries))}, err
	case wire.PathPull:
		in := new(wire.Pull)
		err := wire.Unmarshal(b, in)
		return &wire.Pulled{Standing: l.stand, Entries: [][]byte{bytes.Repeat([]byte("e"), 2000)}, Next: in.Since + 1, More: true}, err
	case wire.PathRingPull:
		in := new(wire.RingPull)
		err := wire.Unmarshal(b, in)
		return &wire.RingPulled{Standing: l.stand, Gen: l.stand.RingGen, First: in.Since + 1, Records: [][]byte{{1}}}, err
	case wire.PathRingPush:
		return &wire.RingPushed{Standing: l.stand}, wire.Unmarshal(b, new(wire.RingPush))
	case wire.PathRingRenew:
		return &wire.RingPushed{Standing: l.stand}, wire.Unmarshal(b, new(wire.RingRenew))
	case wire.PathDevices:
		return &wire.DeviceList{Standing: l.stand, Devices: []wire.Device{{ID: testDevice, Seq: 4}}}, nil
	case wire.PathOrder:
		in := new(wire.Order)
		if err := wire.Unmarshal(b, in); err != nil {
			return nil, err
		}
		if !ed25519.Verify(in.Key, wire.OrderText(in.Body), in.Signature) {
			return nil, refuse(wire.ProblemSignature)
		}
		return &wire.Ordered{Standing: l.stand}, wire.Unmarshal(in.Body, new(wire.OrderBody))
	case wire.PathBlobs:
		in := new(wire.BlobAsk)
		err := wire.Unmarshal(b, in)
		out := new(wire.BlobHave)
		for _, h := range in.Hashes {
			n := int64(len(l.blobs[hex.EncodeToString(h)]))
			out.Sizes, out.Whole = append(out.Sizes, n), append(out.Whole, n > 0 && n == l.sizes[hex.EncodeToString(h)])
		}
		return out, err
	}
	if name, ok := strings.CutPrefix(r.URL.Path, wire.PathBlob); ok {
		return l.blob(w, r, name, b)
	}
	return nil, fmt.Errorf("no such path")
}

func (l *lord) pairing(path string, b []byte) (any, error) {
	check := func(id wire.CodeID, mac, want []byte) error {
		if id != l.code.ID() {
			return refuse(wire.ProblemUnknown)
		}
		if mac != nil && !wire.SameMAC(mac, want) {
			return refuse(wire.ProblemSignature)
		}
		return nil
	}
	key := l.code.MACKey()
	switch path {
	case wire.PathProve:
		in := new(wire.Prove)
		if err := wire.Unmarshal(b, in); err != nil {
			return nil, err
		}
		return &wire.Proof{MAC: wire.ProofMAC(key, in.Nonce, l.print)}, check(in.Code, nil, nil)
	case wire.PathLink:
		in, body := new(wire.Link), new(wire.LinkBody)
		if err := errors.Join(wire.Unmarshal(b, in), wire.Unmarshal(in.Body, body)); err != nil {
			return nil, err
		}
		l.linked = append(l.linked, *body)
		return &wire.Linked{Server: testServer}, check(in.Code, in.MAC, wire.MAC(key, "link", in.Body))
	}
	in := new(wire.Join)
	if err := wire.Unmarshal(b, in); err != nil {
		return nil, err
	}
	if err := check(in.Code, in.MAC, wire.MAC(key, "join", in.Joiner)); err != nil {
		return nil, err
	}
	if l.joiner == nil {
		l.joiner = in.Joiner
	}
	if !bytes.Equal(l.joiner, in.Joiner) {
		return nil, refuse(wire.ProblemUnknown)
	}
	return &wire.Joined{Sealed: l.sealed}, nil
}

func (l *lord) session(path string, b []byte) (any, error) {
	if path == wire.PathChallenge {
		in := new(wire.Challenge)
		if err := wire.Unmarshal(b, in); err != nil {
			return nil, err
		}
		if in.Org != l.org || in.Device != l.device {
			return nil, refuse(wire.ProblemUnknown)
		}
		nonce := make([]byte, 32)
		_, _ = rand.Read(nonce)
		l.nonces[string(nonce)] = true
		return &wire.Challenged{Nonce: nonce}, nil
	}
	in := new(wire.Open)
	if err := wire.Unmarshal(b, in); err != nil {
		return nil, err
	}
	text := wire.SessionText(l.hello.Server, in.Org, in.Device, in.Nonce, l.print)
	if !l.nonces[string(in.Nonce)] || !ed25519.Verify(l.key, text, in.Signature) {
		return nil, refuse(wire.ProblemSignature)
	}
	delete(l.nonces, string(in.Nonce))
	l.opened++
	token := "token-" + strconv.Itoa(l.opened)
	l.tokens[token] = true
	return &wire.Opened{Token: token, Seconds: 60}, nil
}

func (l *lord) blob(w http.ResponseWriter, r *http.Request, name string, b []byte) (any, error) {
	if r.Method == http.MethodGet {
		if have := l.blobs[name]; len(have) == 0 || int64(len(have)) != l.sizes[name] {
			return nil, refuse(wire.ProblemUnknown)
		}
		w.Header().Set("Content-Type", mediaBytes)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(l.blobs[name]))
		return nil, nil
	}
	at, err := strconv.Atoi(r.URL.Query().Get("offset"))
	size, err2 := strconv.ParseInt(r.URL.Query().Get("size"), 10, 64)
	switch {
	case err != nil || err2 != nil || len(b) == 0 || len(b) > wire.MaxChunk:
		return nil, fmt.Errorf("chunk of %d bytes", len(b))
	case at != len(l.blobs[name]):
		return nil, refuse(wire.ProblemGap)
	}
	l.blobs[name], l.sizes[name] = append(l.blobs[name], b...), size
	whole := int64(len(l.blobs[name])) == size
	if sum := sha256.Sum256(l.blobs[name]); whole && hex.EncodeToString(sum[:]) != name {
		delete(l.blobs, name)
		return nil, refuse(wire.ProblemSignature)
	}
	return &wire.BlobHave{Sizes: []int64{int64(len(l.blobs[name]))}, Whole: []bool{whole}}, nil
}

func (l *lord) set(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *lord) sessions() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened
}

// open opens a session, and fails the test where that fails.
func open(t *testing.T, l *lord) *Session {
	t.Helper()
	url, o := l.serve()
	c, err := Dial(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	s, err := c.Session(t.Context(), testOrg, testDevice, sign)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wants checks a fault's key.
func wants(t *testing.T, err error, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != key {
		t.Errorf("%v, want %s", err, key)
	}
}

func dial(ctx context.Context, url string, o Options) error {
	c, err := Dial(ctx, url, o)
	if err == nil {
		c.Close()
	}
	return err
}
