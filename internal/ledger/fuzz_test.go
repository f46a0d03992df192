package ledger

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"runtime"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// FuzzDecode: bytes from anywhere give an entry or ErrMalformed, and an entry
// that was decoded is encoded as it came.
func FuzzDecode(f *testing.F) {
	dev := newSigner("device")
	first := dev.entry(f, dev.header(nil), visitPayload())
	h := dev.header(first)
	h.Seen = []Head{{Device: ID{1}, Seq: 7, Hash: Hash{2}}}
	second := dev.entry(f, h, &Payload{})
	f.Add(first.Encode())
	f.Add(second.Encode())
	f.Add([]byte{0x82, 0x40, 0x40})
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := Decode(bytes.Clone(raw))
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(e.Encode(), raw) || len(e.Sig) != ed25519.SignatureSize || e.Header.Format != Format {
			t.Fatal("decoded into another entry")
		}
		for _, b := range e.Boxes {
			if _, err := e.OpenBox(b, fixedKeys{}); err != nil && !errors.Is(err, ErrSealed) && !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
		}
	})
}

// sealedWire makes an entry whose box holds the given plain bytes, as a device
// that is trusted but faulty could.
func sealedWire(t testing.TB, padded []byte) *Entry {
	t.Helper()
	dev := newSigner("device")
	h := dev.header(nil)
	header, err := enc.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := fixedKeys{}.ScopeKey(testScope, 1)
	e, err := Sign(h, []Box{{testScope, 1, seal(key, boxAAD(header, testScope, 1), padded)}}, dev.sign)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Decode(e.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// openable holds an opened payload against what other code relies on.
func openable(t *testing.T, p *Payload) {
	rows := p.Rows
	for _, part := range p.Parts {
		rows = append(rows, part.Rows...)
	}
	for _, r := range rows {
		for _, c := range r.Columns {
			for _, v := range []any{c.Old, c.New} {
				switch v.(type) {
				case nil, int64, string, []byte:
				default:
					t.Fatalf("a value of type %T came out", v)
				}
			}
		}
	}
}

// FuzzOpenBox: what stands inside a box is never trusted either.
func FuzzOpenBox(f *testing.F) {
	good, err := enc.Marshal(payloadWire{Intent: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pad(good))
	f.Add(good)
	f.Add([]byte{})
	f.Add([]byte{0x80, 0, 0})
	f.Fuzz(func(t *testing.T, padded []byte) {
		e := sealedWire(t, padded)
		p, err := e.OpenBox(e.Boxes[0], fixedKeys{})
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSealed) {
				t.Fatal(err)
			}
			return
		}
		openable(t, p)
	})
}

// FuzzRows: the same for the compressed rows, given as CBOR and as a frame.
func FuzzRows(f *testing.F) {
	rows, err := enc.Marshal(visitPayload().Parts[0].Rows)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(rows, false)
	f.Add(compress(rows), true)
	f.Add([]byte{0x81, 0x84, 0x61, 'x', 0x40, 1, 0x81, 0x83, 0x61, 'y', 0xa0, 0x80}, false)
	f.Fuzz(func(t *testing.T, b []byte, frame bool) {
		if !frame {
			b = compress(b)
		}
		wire, err := enc.Marshal(payloadWire{Rows: b})
		if err != nil {
			t.Fatal(err)
		}
		e := sealedWire(t, pad(wire))
		p, err := e.OpenBox(e.Boxes[0], fixedKeys{})
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		openable(t, p)
	})
}

// TestBombs: small bytes that promise or hold much are refused before they fill
// the memory.
func TestBombs(t *testing.T) {
	grown := func(fn func()) uint64 {
		var a, b runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&a)
		fn()
		runtime.ReadMemStats(&b)
		return b.TotalAlloc - a.TotalAlloc
	}
	zeros := compress(make([]byte, maxPayload+1))
	double := append(compress(make([]byte, maxPayload/2+1)), compress(make([]byte, maxPayload/2+1))...)
	for name, bomb := range map[string][]byte{
		"one frame":  zeros,
		"two frames": double,
		// Magic, single segment, 8-byte size: 2^62 bytes promised.
		"promise": {0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0},
	} {
		var err error
		if n := grown(func() { _, err = decompress(bomb) }); n > 3*maxPayload {
			t.Errorf("%s: %d bytes were allocated", name, n)
		}
		if err == nil {
			t.Errorf("%s: decompressed", name)
		}
	}
	if b, err := decompress(compress(make([]byte, maxPayload))); err != nil || len(b) != maxPayload {
		t.Errorf("as much as is allowed: %v", err)
	}
	// An array of 4 million boxes of one byte each.
	many := cbor.RawMessage(append([]byte{0x9a, 0, 0x3d, 9, 0}, bytes.Repeat([]byte{0x80}, 4_000_000)...))
	b, err := enc.Marshal([]any{[]byte{}, many})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := enc.Marshal(frame{Body: b, Sig: make([]byte, 64)})
	if err != nil {
		t.Fatal(err)
	}
	if n := grown(func() { _, err = Decode(raw) }); n > 40<<20 || !errors.Is(err, ErrMalformed) {
		t.Errorf("many boxes: %d bytes allocated, %v", n, err)
	}
	if _, err := Decode(make([]byte, MaxEntry+1)); !errors.Is(err, ErrMalformed) {
		t.Errorf("too long: %v", err)
	}
}
