package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"feldsher/internal/online/wire"
)

// paths of all calls with a message, and whether they want a session.
var paths = map[string]bool{
	wire.PathProve: false, wire.PathLink: false, wire.PathJoin: false, wire.PathChallenge: false, wire.PathOpen: false,
	wire.PathState: true, wire.PathPush: true, wire.PathPull: true, wire.PathRingPull: true, wire.PathRingPush: true, wire.PathRingRenew: true,
	wire.PathOrder: true, wire.PathDevices: true, wire.PathBlobs: true,
}

// unchanged fails if anything of the organisation has changed.
func (s *station) unchanged() {
	s.w.t.Helper()
	var st wire.Standing
	if p := s.call(wire.PathState, &wire.State{}, &st); p != nil || st.Ordinal != 0 || st.RingGen != 0 || len(st.Lacking) != 0 {
		s.w.t.Fatal(p, st)
	}
	if all, err := s.w.depot.Organisations(s.w.t.Context(), s.w.now()); err != nil || len(all) != 1 || all[0].Devices != 1 {
		s.w.t.Fatal(all, err)
	}
}

// Whatever comes, the answer is a clear problem, and nothing has happened.
func TestBadBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	bomb := func(n int) []byte {
		e, _ := zstd.NewWriter(nil)
		return e.EncodeAll(make([]byte, n), nil)
	}
	// A frame that does not say how large it is.
	var mute bytes.Buffer
	e, _ := zstd.NewWriter(&mute)
	_, _ = e.Write(make([]byte, 64<<20))
	_ = e.Close()
	good, _ := wire.Marshal(&wire.State{})
	kind := map[string]string{"Content-Type": wire.MediaType}
	with := func(k, v string) map[string]string { return map[string]string{"Content-Type": wire.MediaType, k: v} }
	for name, c := range map[string]struct {
		header map[string]string
		body   []byte
		code   string
	}{
		"empty":              {kind, nil, wire.ProblemMalformed},
		"garbage":            {kind, []byte("\xff\xff\xff"), wire.ProblemMalformed},
		"JSON":               {map[string]string{"Content-Type": "application/json"}, []byte("{}"), wire.ProblemMalformed},
		"no type":            {nil, good, wire.ProblemMalformed},
		"another version":    {map[string]string{"Content-Type": "application/vnd.feldsher.sync.v2+cbor"}, good, wire.ProblemVersion},
		"unknown encoding":   {with("Content-Encoding", "gzip"), good, wire.ProblemMalformed},
		"no zstd":            {with("Content-Encoding", "zstd"), good, wire.ProblemMalformed},
		"unknown field":      {kind, []byte{0xa1, 0x18, 0x63, 0x01}, wire.ProblemMalformed},
		"deep":               {kind, bytes.Repeat([]byte{0x81}, 2000), wire.ProblemMalformed},
		"endless array":      {kind, []byte{0xa1, 0x01, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, wire.ProblemMalformed},
		"endless map":        {kind, []byte{0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, wire.ProblemMalformed},
		"bomb":               {with("Content-Encoding", "zstd"), bomb(100 << 20), wire.ProblemLarge},
		"bomb without size":  {with("Content-Encoding", "zstd"), mute.Bytes(), wire.ProblemLarge},
		"trailing":           {kind, append(bytes.Clone(good), 0), wire.ProblemMalformed},
		"too large":          {kind, make([]byte, wire.MaxBody+1), wire.ProblemLarge},
		"too large by a bit": {kind, make([]byte, headsBody+1), ""},
	} {
		for path, session := range paths {
			header := map[string]string{}
			for k, v := range c.header {
				header[k] = v
			}
			if session {
				header["Authorization"] = "Bearer " + s.token
			}
			w.ahead.Add(int64(time.Second)) // limits are another test's
			want := c.code
			switch {
			case !session && strings.HasPrefix(header["Content-Encoding"], "zstd"):
				want = wire.ProblemMalformed // no compression there
			case want == "" && (path == wire.PathPush || path == wire.PathRingPush || path == wire.PathRingRenew || path == wire.PathOrder):
				want = wire.ProblemMalformed
			case want == "":
				want = wire.ProblemLarge
			}
			r, err := w.try(context.Background(), "POST", path, header, c.body)
			if err != nil {
				t.Errorf("%s %s: %v", path, name, err)
				continue
			}
			if p, err := r.read(nil); err != nil || !is(p, want) {
				t.Errorf("%s %s: %v %v, want %s", path, name, p, err, want)
			}
		}
	}
	s.unchanged()
	if used := w.server.used.Load(); used != 0 {
		t.Errorf("%d bytes are held after all", used)
	}
}

func TestNoSuchCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, c := range []struct{ method, path, code string }{
		{"POST", "/v2/push", wire.ProblemVersion},
		{"GET", "/v12/hello", wire.ProblemVersion},
		{"POST", "/v1/nothing", wire.ProblemUnknown},
		{"GET", "/v1/push", wire.ProblemUnknown},
		{"GET", "/favicon.ico", wire.ProblemUnknown},
		{"DELETE", "/v1/blob/00", wire.ProblemUnknown},
	} {
		if p, err := w.send(c.method, c.path, nil, nil).read(nil); err != nil || !is(p, c.code) {
			t.Errorf("%s %s: %v %v", c.method, c.path, p, err)
		}
	}
}

// A body that is announced and does not come costs nothing but its own connection.
func TestCutBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	raw, _ := wire.Marshal(&wire.Push{Entries: [][]byte{s.entry(1000).Encode()}})
	for _, n := range []int{0, 1, 100, len(raw) - 1} {
		c, err := tls.Dial("tcp", strings.TrimPrefix(w.url, "https://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", wire.PathPush, wire.MediaType, s.token, len(raw))
		_, _ = c.Write(raw[:n])
		_ = c.Close()
	}
	s.unchanged()
}

// Nothing older than TLS 1.3, and nothing in the clear.
func TestTransport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	address := strings.TrimPrefix(w.url, "https://")
	if c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}); err == nil {
		_ = c.Close()
		t.Error("TLS 1.2 is spoken")
	}
	if resp, err := http.Post("http://"+address+wire.PathHello, wire.MediaType, nil); err == nil {
		if resp.StatusCode != http.StatusBadRequest {
			t.Error("plain HTTP is answered with", resp.Status)
		}
		_ = resp.Body.Close()
	}
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = c.Write([]byte(strings.Repeat("garbage", 1000)))
	_ = c.Close()
	w.send("GET", "/healthz", nil, nil)
}

// A workstation that calls without end is told to wait, others are not.
func TestRates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) {
		o.Rates = DefaultRates()
		o.Rates.Device, o.Rates.Knock, o.Rates.Code = Rate{1, 10}, Rate{1, 3}, Rate{1, 8}
		o.Now = func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }
	})
	w.ahead.Store(int64(time.Until(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))))
	a, b := w.clinic(), w.clinic()
	var refused *wire.Problem
	for range 30 {
		if p := a.call(wire.PathState, &wire.State{}, new(wire.Standing)); p != nil {
			refused = p
		}
	}
	if !is(refused, wire.ProblemBusy) || refused.Retry == 0 {
		t.Fatal(refused)
	}
	if p := b.call(wire.PathState, &wire.State{}, new(wire.Standing)); p != nil {
		t.Fatal("another workstation is refused too", p)
	}
	if p := b.open(); !is(p, wire.ProblemBusy) { // the third and fourth knock
		t.Fatal(p)
	}
	refused = nil
	for range 10 {
		if p := b.must("", wire.PathProve, &wire.Prove{Code: wire.NewCode().ID(), Nonce: random(32)}, nil); is(p, wire.ProblemBusy) {
			refused = p
		}
	}
	if refused == nil {
		t.Fatal("codes may be tried without end")
	}
}

func TestLimiterForgets(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l := newLimiter(Rate{1, 2}, func() time.Time { return now })
	for i := range 3 * maxKeys {
		if _, ok := l.take(fmt.Sprint(i)); !ok {
			t.Fatal(i)
		}
	}
	if len(l.keys) > maxKeys {
		t.Fatal(len(l.keys), "keys")
	}
	for range 2 {
		l.take("one")
	}
	wait, ok := l.take("one")
	if ok || wait <= 0 || !l.spent("one") {
		t.Fatal(wait, ok)
	}
	now = now.Add(wait)
	if _, ok := l.take("one"); !ok {
		t.Fatal("the wait was too short")
	}
}
