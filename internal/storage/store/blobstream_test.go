package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// blobEdges are the lengths at which chunks begin and end.
var blobEdges = []int{0, 1, blobChunk - 1, blobChunk, blobChunk + 1, 2*blobChunk - 1, 2 * blobChunk, 2*blobChunk + 1}

func testKey() *blobKey {
	key := new(blobKey)
	for i := range key {
		key[i] = byte(i)
	}
	return key
}

func noise(n int) []byte {
	b := make([]byte, n)
	x := uint32(n) + 1
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func seal(t testing.TB, plain []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	n, err := sealBlob(context.Background(), &file, bytes.NewReader(plain), testKey())
	if err != nil || n != int64(len(plain)) {
		t.Fatal(n, err)
	}
	return file.Bytes()
}

func unseal(file []byte) ([]byte, error) {
	b, err := openBlob(bytes.NewReader(file), testKey())
	if err != nil {
		return nil, err
	}
	return io.ReadAll(b)
}

// The published vectors of docs/formats/attachment-file.md: who changes the
// bytes changes the format.
func TestBlobVectors(t *testing.T) {
	for plain, want := range map[string]string{
		"":    "46454c44424c4f420001" + "607c08856c0241293a12e33164ded261",
		"abc": "46454c44424c4f420001" + "083e1f832bd746f0b0889b25e6804db4b784f5",
	} {
		if got := hex.EncodeToString(seal(t, []byte(plain))); got != want {
			t.Errorf("%q: %s, want %s", plain, got, want)
		}
	}
}

func TestBlobComesBackFromAnyReader(t *testing.T) {
	readers := map[string]func(io.Reader) io.Reader{
		"whole":    func(r io.Reader) io.Reader { return r },
		"halves":   iotest.HalfReader,
		"with EOF": iotest.DataErrReader,
	}
	for name, slow := range readers {
		for _, n := range blobEdges {
			plain := noise(n)
			var file bytes.Buffer
			size, err := sealBlob(context.Background(), &file, slow(bytes.NewReader(plain)), testKey())
			if err != nil || size != int64(n) || int64(file.Len()) != blobLength(size) {
				t.Fatal(name, n, size, file.Len(), err)
			}
			b, err := openBlob(slow(&file), testKey())
			if err != nil {
				t.Fatal(name, n, err)
			}
			if got, err := io.ReadAll(slow(b)); err != nil || !bytes.Equal(got, plain) {
				t.Fatal(name, n, len(got), err)
			}
		}
	}
}

func TestBlobRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.SampledFrom(blobEdges), rapid.IntRange(0, 4*blobChunk)).Draw(t, "size")
		step := rapid.IntRange(1, 2*blobChunk).Draw(t, "step")
		plain := noise(n)
		var file bytes.Buffer
		if _, err := sealBlob(context.Background(), &file, &stepReader{plain, step}, testKey()); err != nil {
			t.Fatal(err)
		}
		b, err := openBlob(&stepReader{file.Bytes(), step}, testKey())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(b); err != nil || !bytes.Equal(got, plain) {
			t.Fatal(len(got), err)
		}
	})
}

// stepReader gives at most step bytes a call.
type stepReader struct {
	rest []byte
	step int
}

func (s *stepReader) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.step)], s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// What a source cut off says of itself must not pass for its end.
func TestBlobSourceFails(t *testing.T) {
	for _, cause := range []error{io.ErrUnexpectedEOF, io.ErrClosedPipe, fmt.Errorf("connection lost: %w", io.EOF)} {
		for _, n := range blobEdges {
			r := io.MultiReader(bytes.NewReader(noise(n)), iotest.ErrReader(cause))
			_, err := sealBlob(context.Background(), io.Discard, r, testKey())
			if !errors.Is(err, errBlobSource) || !errors.Is(err, cause) {
				t.Fatal(n, cause, err)
			}
		}
	}
	if _, err := sealBlob(context.Background(), io.Discard, stuck{}, testKey()); !errors.Is(err, io.ErrNoProgress) {
		t.Fatal(err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestBlobWriterFails(t *testing.T) {
	for _, room := range []int{0, 3, blobHead, blobHead + 1, blobHead + blobSealed, blobHead + blobSealed + 1} {
		w := &shortWriter{room: room}
		if _, err := sealBlob(context.Background(), w, bytes.NewReader(noise(2*blobChunk)), testKey()); !errors.Is(err, io.ErrShortWrite) {
			t.Fatal(room, err)
		}
	}
}

// shortWriter takes room bytes and then silently less than it was given.
type shortWriter struct{ room int }

func (w *shortWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.room)
	w.room -= n
	return n, nil
}

func TestBlobStopsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := sealBlob(ctx, io.Discard, strings.NewReader("x"), testKey()); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// Chunks can't be cut off, added, left out, doubled or exchanged.
func TestBlobChunksHoldTogether(t *testing.T) {
	plain := noise(3*blobChunk + 100)
	file := seal(t, plain)
	at := func(i int) int { return min(len(file), blobHead+i*blobSealed) }
	chunk := func(i int) []byte { return file[at(i):at(i+1)] }
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	head := file[:blobHead]
	other := seal(t, noise(2*blobChunk))
	bad := map[string][]byte{
		"exchanged":        join(head, chunk(1), chunk(0), chunk(2), chunk(3)),
		"left out":         join(head, chunk(0), chunk(2), chunk(3)),
		"first left out":   join(head, chunk(1), chunk(2), chunk(3)),
		"doubled":          join(head, chunk(0), chunk(0), chunk(1), chunk(2), chunk(3)),
		"last doubled":     join(file, chunk(3)),
		"of another":       join(head, chunk(0), chunk(1), other[blobHead:blobHead+blobSealed], chunk(3)),
		"appended byte":    join(file, []byte{0}),
		"appended chunk":   join(file, chunk(1)),
		"appended nothing": join(file, seal(t, nil)[blobHead:]),
		"header only":      head,
		"nothing":          nil,
		"version 0":        join([]byte(blobMagic), []byte{0, 0}, file[blobHead:]),
	}
	for i := range 5 {
		for d := -1; d <= 1; d++ {
			if n := at(i) + d; n < len(file) {
				bad["cut at "+hex.EncodeToString([]byte{byte(i), byte(d)})] = file[:n]
			}
		}
	}
	for name, b := range bad {
		got, err := unseal(b)
		if !errors.Is(err, errBlob) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if !bytes.HasPrefix(plain, got) && name != "of another" {
			t.Errorf("%s: wrong data before the error", name)
		}
	}
	if _, err := unseal(join([]byte(blobMagic), []byte{0, 2}, file[blobHead:])); !errors.Is(err, errBlobNewer) {
		t.Error(err)
	}
}

// An empty last chunk after others would be a second form of the same file.
func TestBlobHasOneForm(t *testing.T) {
	aead, head := blobCipher(testKey()), blobHeader()
	file := append([]byte(nil), head...)
	file = aead.Seal(file, blobNonce(0, false), noise(blobChunk), head)
	file = aead.Seal(file, blobNonce(1, true), nil, head)
	if _, err := unseal(file); !errors.Is(err, errBlob) {
		t.Fatal(err)
	}
}

func FuzzOpenBlob(f *testing.F) {
	for _, n := range []int{0, 1, 100, blobChunk, blobChunk + 1} {
		file := seal(f, noise(n))
		f.Add(file)
		f.Add(file[:len(file)-1])
		f.Add(append(file, 7))
	}
	f.Add([]byte(blobMagic + "\x00\x02"))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := unseal(file)
		if err != nil {
			if !errors.Is(err, errBlob) && !errors.Is(err, errBlobNewer) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(seal(t, got), file) {
			t.Fatal("two files with the same content under one key")
		}
	})
}
