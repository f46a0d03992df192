package client

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"feldsher/internal/online/wire"
)

func attachment(n int) ([]byte, [32]byte) {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n)}).Read(b)
	return b, sha256.Sum256(b)
}

// cutting cuts the n-th call of a method on an attachment before it has an effect.
func cutting(method string, at int) func(http.ResponseWriter, *http.Request) bool {
	n := 0
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || !strings.HasPrefix(r.URL.Path, wire.PathBlob) {
			return false
		}
		if n++; n == at {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		}
		return false
	}
}

func TestPutBlob(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	whole, hash := attachment(3<<20 + 17)
	name := hex.EncodeToString(hash[:])
	// net/http sends a call once more where nothing of an answer came: so three cuts.
	cut := cutting(http.MethodPut, 3)
	l.set(func() { l.instead = cut })
	for tries := 0; ; tries++ {
		err := s.PutBlob(t.Context(), hash, int64(len(whole)), bytes.NewReader(whole))
		if err == nil {
			break
		}
		wants(t, err, "fault.sync.cut")
		if tries > 3 {
			t.Fatal("no end")
		}
	}
	if !bytes.Equal(l.blobs[name], whole) {
		t.Error("the attachment came as something else")
	}
	have, err := s.Blobs(t.Context(), [][32]byte{hash, {}})
	if err != nil || !have.Whole[0] || have.Whole[1] || have.Sizes[0] != int64(len(whole)) {
		t.Error(have, err)
	}
	before := len(l.calls)
	if err := s.PutBlob(t.Context(), hash, int64(len(whole)), bytes.NewReader(nil)); err != nil || len(l.calls) != before+1 {
		t.Error("what is there was sent again", err)
	}
}

// Two workstations send the same attachment: whoever comes late goes on from where
// the server is.
func TestPutBlobTogether(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	whole, hash := attachment(1 << 20)
	name, puts := hex.EncodeToString(hash[:]), 0
	l.set(func() {
		l.instead = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut {
				if puts++; puts == 2 {
					l.set(func() { l.blobs[name], l.sizes[name] = bytes.Clone(whole[:300_000]), 1<<20 })
				}
			}
			return false
		}
	})
	if err := s.PutBlob(t.Context(), hash, 1<<20, bytes.NewReader(whole)); err != nil || !bytes.Equal(l.blobs[name], whole) {
		t.Error(err)
	}
}

func TestPutBlobWrong(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	whole, hash := attachment(1000)
	wants(t, s.PutBlob(t.Context(), hash, 0, bytes.NewReader(nil)), "fault.sync.blob_size")
	wants(t, s.PutBlob(t.Context(), hash, wire.MaxBlob+1, bytes.NewReader(nil)), "fault.sync.blob_size")
	hash[0] ^= 1
	wants(t, s.PutBlob(t.Context(), hash, 1000, bytes.NewReader(whole)), "fault.sync.blob_hash")
	if err := s.PutBlob(t.Context(), hash, 1001, bytes.NewReader(whole)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("a file shorter than said:", err)
	}
	l.set(func() {
		l.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut {
				say(w, 200, &wire.BlobHave{Sizes: []int64{0}, Whole: []bool{false}})
			}
			return r.Method == http.MethodPut
		}
	})
	wants(t, s.PutBlob(t.Context(), hash, 1000, bytes.NewReader(whole)), "fault.sync.answer") // and no endless loop
}

func TestGetBlob(t *testing.T) {
	t.Parallel()
	l := newLord(t)
	s := open(t, l)
	whole, hash := attachment(700_000)
	name := hex.EncodeToString(hash[:])
	_, err := s.GetBlob(t.Context(), hash, 0, io.Discard)
	wants(t, err, "fault.sync.blob_unknown")
	l.set(func() {
		l.blobs[name], l.sizes[name] = whole, int64(len(whole))
		l.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Range") == "bytes=0-" { // cut in the middle of the body
				w.Header().Set("Content-Type", mediaBytes)
				w.Header().Set("Content-Range", "bytes 0-699999/700000")
				w.Header().Set("Content-Length", "700000")
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write(whole[:300_000])
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
			return false
		}
	})
	var got bytes.Buffer
	n, err := s.GetBlob(t.Context(), hash, 0, &got)
	wants(t, err, "fault.sync.cut")
	if n == 0 || n > 300_000 || int64(got.Len()) != n {
		t.Fatal(n, got.Len())
	}
	more, err := s.GetBlob(t.Context(), hash, n, &got)
	if err != nil || n+more != 700_000 || !bytes.Equal(got.Bytes(), whole) {
		t.Error(n, more, err)
	}
	if n, err := s.GetBlob(t.Context(), hash, 700_000, &got); n != 0 || err != nil {
		t.Error("after the end:", n, err)
	}
	full := errors.New("disk full")
	if _, err := s.GetBlob(t.Context(), hash, 5, failing{full}); err != full {
		t.Error(err)
	}
	for key, header := range map[string]string{"fault.sync.portal": "text/html", "fault.sync.answer": mediaBytes} {
		l.set(func() {
			l.instead = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", header)
				w.Header().Set("Content-Range", "bytes 7-8/9") // of another place
				w.WriteHeader(http.StatusPartialContent)
				return true
			}
		})
		_, err := s.GetBlob(t.Context(), hash, 5, io.Discard)
		wants(t, err, key)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
