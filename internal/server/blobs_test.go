package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"

	"feldsher/internal/online/wire"
)

func (s *station) put(name string, offset, size int64, chunk []byte) (*wire.BlobHave, *wire.Problem) {
	s.w.t.Helper()
	out := new(wire.BlobHave)
	r := s.w.send("PUT", fmt.Sprintf("%s%s?offset=%d&size=%d", wire.PathBlob, name, offset, size),
		map[string]string{"Authorization": "Bearer " + s.token, "Content-Type": octets}, chunk)
	p, err := r.read(out)
	if err != nil {
		s.w.t.Fatal(err)
	}
	return out, p
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s, stranger := w.clinic(), w.clinic()
	content := random(wire.MaxChunk + 5000)
	sum := sha256.Sum256(content)
	name, n := hex.EncodeToString(sum[:]), int64(len(content))
	if out, p := s.put(name, 0, n, content[:1000]); p != nil || out.Sizes[0] != 1000 || out.Whole[0] {
		t.Fatal(p, out)
	}
	if _, p := s.put(name, 5000, n, content[5000:6000]); !is(p, wire.ProblemGap) {
		t.Fatal("a hole", p)
	}
	if _, p := s.put(name, 1000, n, content[1000:]); !is(p, wire.ProblemLarge) {
		t.Fatal("a chunk beyond its limit", p)
	}
	if out, p := s.put(name, 1000, n, content[1000:1000+wire.MaxChunk]); p != nil || out.Sizes[0] != 1000+wire.MaxChunk {
		t.Fatal(p, out)
	}
	get := func(who *station, header string) *reply {
		return w.send("GET", wire.PathBlob+name, map[string]string{"Authorization": "Bearer " + who.token, "Range": header}, nil)
	}
	if p, err := get(s, "bytes=0-").read(nil); !is(p, wire.ProblemUnknown) || err != nil {
		t.Fatal("half of one is given", p, err)
	}
	var have wire.BlobHave
	if p := s.call(wire.PathBlobs, &wire.BlobAsk{Hashes: [][]byte{sum[:], random(32)}}, &have); p != nil || have.Whole[0] || have.Sizes[0] != 1000+wire.MaxChunk || have.Sizes[1] != 0 {
		t.Fatal(p, have)
	}
	for range 2 { // once more when whole: nothing happens
		if out, p := s.put(name, 1000+wire.MaxChunk, n, content[1000+wire.MaxChunk:]); p != nil || !out.Whole[0] || out.Sizes[0] != n {
			t.Fatal(p, out)
		}
	}
	for _, from := range []int64{0, 1, 777_777, n - 1} {
		r := get(s, fmt.Sprintf("bytes=%d-", from))
		if r.status != http.StatusPartialContent || !bytes.Equal(r.body, content[from:]) || r.header.Get("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", from, n-1, n) {
			t.Fatal(from, r.status, r.header)
		}
	}
	if r := w.send("GET", wire.PathBlob+name, map[string]string{"Authorization": "Bearer " + s.token}, nil); r.status != http.StatusOK || !bytes.Equal(r.body, content) {
		t.Fatal(r.status)
	}
	if r := get(s, fmt.Sprintf("bytes=%d-", n)); r.status != http.StatusRequestedRangeNotSatisfiable {
		t.Fatal(r.status)
	}
	for _, bad := range []string{"bytes=-5", "bytes=x-", "bytes=0-5,7-9", "bytes=5-7", "lines=1-", "bytes=99999999999999999999-"} {
		if p, err := get(s, bad).read(nil); !is(p, wire.ProblemMalformed) || err != nil {
			t.Error(bad, p, err)
		}
	}
	if p, err := get(stranger, "bytes=0-").read(nil); !is(p, wire.ProblemUnknown) || err != nil {
		t.Fatal("another organisation reads it", p, err)
	}
	if p, err := get(&station{token: "x"}, "bytes=0-").read(nil); !is(p, wire.ProblemToken) || err != nil {
		t.Fatal(p, err)
	}
}

// What does not have the hash that it is named by is not kept.
func TestBlobRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.clinic()
	name := hex.EncodeToString(random(32))
	if _, p := s.put(name, 0, 10, random(10)); !is(p, wire.ProblemSignature) {
		t.Fatal(p)
	}
	for path, code := range map[string]string{
		name + "?offset=0":                          wire.ProblemMalformed,
		name + "?offset=0&size=-1":                  wire.ProblemMalformed,
		name + "?offset=11&size=10":                 wire.ProblemMalformed,
		name + "?offset=0&size=3":                   wire.ProblemMalformed,
		name + "?offset=0&size=10&size=10":          wire.ProblemMalformed,
		name + "?offset=0&size=10&x=1":              wire.ProblemMalformed,
		name + "?offset=0&size=9223372036854775808": wire.ProblemMalformed,
		name + "?offset=0&size=8589934593":          wire.ProblemLarge,
		name[1:] + "?offset=0&size=10":              wire.ProblemMalformed,
		"..%2f..%2fx" + "?offset=0&size=10":         wire.ProblemMalformed,
		"A" + name[1:] + "?offset=0&size=10":        wire.ProblemMalformed,
	} {
		r := w.send("PUT", wire.PathBlob+path, map[string]string{"Authorization": "Bearer " + s.token, "Content-Type": octets}, random(10))
		if p, err := r.read(nil); !is(p, code) || err != nil {
			t.Errorf("%s: %v %v", path, p, err)
		}
	}
	var have wire.BlobHave
	sum, _ := hex.DecodeString(name)
	if p := s.call(wire.PathBlobs, &wire.BlobAsk{Hashes: [][]byte{sum}}, &have); p != nil || have.Sizes[0] != 0 {
		t.Fatal("something is kept", p, have)
	}
}

// The keyring: records in order, by generation, and a renewal that replaces all.
func TestRing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		s := w.clinic()
		other := s.invite()
		wraps := []wire.Wrap{{Reader: s.id, Sealed: []byte("a")}, {Reader: other.id, Sealed: []byte("b")}}
		draft := s.id
		first := &wire.RingRenew{Draft: draft, Wraps: wraps, Records: [][]byte{[]byte("eins")}, Last: true}
		var pushed wire.RingPushed
		for range 2 {
			if p := s.call(wire.PathRingRenew, first, &pushed); p != nil || pushed.Standing.RingGen != 1 || pushed.Standing.RingN != 1 {
				t.Fatal(p, pushed)
			}
		}
		if p := s.call(wire.PathRingPush, &wire.RingPush{Gen: 1, Records: [][]byte{[]byte("zwei")}}, &pushed); p != nil || pushed.Standing.RingN != 2 {
			t.Fatal(p)
		}
		if p := s.call(wire.PathRingPush, &wire.RingPush{Gen: 9, Records: [][]byte{[]byte("drei")}}, nil); !is(p, wire.ProblemStale) {
			t.Fatal(p)
		}
		var got wire.RingPulled
		if p := other.call(wire.PathRingPull, &wire.RingPull{}, &got); p != nil || len(got.Records) != 2 || string(got.Wrap) != "b" || got.Gen != 1 || got.First != 1 {
			t.Fatal(p, got)
		}
		if _, p := s.push(s.entry(10)); !is(p, wire.ProblemStale) {
			t.Fatal("pushed with a generation that is gone:", p)
		}
		if p := s.order(&wire.OrderBody{Revoke: &wire.RevokeOrder{Device: other.id}}); p != nil {
			t.Fatal(p)
		}
		if p := other.call(wire.PathRingPull, &wire.RingPull{}, nil); !is(p, wire.ProblemRevoked) && !is(p, wire.ProblemToken) {
			t.Fatal("a revoked workstation reads the ring:", p)
		}
	})
}
