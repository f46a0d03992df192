package syncer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"feldsher/internal/online/wire"
)

// TestSpans: a set of numbers in runs holds what was put in, in any order.
func TestSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOf(rapid.Uint64Range(1, 40)).Draw(t, "numbers")
		s := new(spans)
		for _, n := range in {
			s.add(n)
		}
		for n := range uint64(45) {
			if s.has(n) != slices.Contains(in, n) {
				t.Fatalf("%d in %v: %v", n, in, *s)
			}
		}
		for i, r := range *s {
			if r[0] > r[1] || i > 0 && (*s)[i-1][1]+1 >= r[0] {
				t.Fatalf("runs are not apart: %v", *s)
			}
		}
	})
}

// TestPace: pages grow while they pass and shrink while they don't, within bounds.
func TestPace(t *testing.T) {
	p := pace{size: firstPage}
	for range 20 {
		p.took(time.Millisecond)
	}
	if p.size != wire.MaxPage {
		t.Fatal(p.size)
	}
	for range 20 {
		p.failed()
	}
	if p.size != leastPage {
		t.Fatal(p.size)
	}
	p.took(quick + slow/2)
	if p.size != leastPage {
		t.Fatal(p.size)
	}
}

type bytesFile struct{ *bytes.Reader }

func (bytesFile) Close() error { return nil }

func container(magic string, frames ...[]byte) []byte {
	var b bytes.Buffer
	f := frameWriter{w: &b, sum: sha256.New()}
	f.put([]byte(magic))
	for _, frame := range frames {
		f.put(binary.BigEndian.AppendUint32(nil, uint32(len(frame))))
		f.put(frame)
	}
	f.put(make([]byte, 4))
	f.put(f.sum.Sum(nil))
	return b.Bytes()
}

// TestContainerCut: a file counts only when it is whole, wherever it was cut and
// whichever byte was changed.
func TestContainerCut(t *testing.T) {
	whole := container(pageMagic, []byte("first"), bytes.Repeat([]byte("x"), 300))
	for n := range len(whole) {
		if _, err := checkWhole(bytesFile{bytes.NewReader(whole[:n])}, pageMagic); !errors.Is(err, errNotWhole) {
			t.Fatalf("cut to %d: %v", n, err)
		}
		changed := bytes.Clone(whole)
		changed[n] ^= 0x20
		if _, err := checkWhole(bytesFile{bytes.NewReader(changed)}, pageMagic); !errors.Is(err, errNotWhole) {
			t.Fatalf("changed at %d: %v", n, err)
		}
	}
	w, err := checkWhole(bytesFile{bytes.NewReader(whole)}, pageMagic)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for frame, err := range w.frames() {
		if err != nil || len(frame) == 0 {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 {
		t.Fatal(n)
	}
}

// FuzzContainer: whatever lies on a stick, reading it ends, with frames within limits
// or an error.
func FuzzContainer(f *testing.F) {
	f.Add([]byte("feldsher"))
	f.Add(container(pageMagic, []byte("frame"))[8:])
	f.Add([]byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, frames []byte) {
		b := append([]byte(pageMagic), frames...)
		b = append(b, 0, 0, 0, 0)
		sum := sha256.Sum256(b)
		w, err := checkWhole(bytesFile{bytes.NewReader(append(b, sum[:]...))}, pageMagic)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for frame, err := range w.frames() {
			if err != nil {
				if !errors.Is(err, errNotWhole) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				return
			}
			if total += 4 + len(frame); len(frame) == 0 || total > len(frames) {
				t.Fatalf("frame of %d", len(frame))
			}
		}
		if total != len(frames) {
			t.Fatalf("read %d of %d", total, len(frames))
		}
	})
}
