package wire

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzUnmarshal: whatever the bytes, each message is refused or is one that Marshal
// gives back to the byte, within its limits.
func FuzzUnmarshal(f *testing.F) {
	for i, m := range samples() {
		b, err := Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), b)
	}
	f.Add(byte(0), []byte{0xa1, 1, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add(byte(17), []byte{0xa2, 1, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	kinds := messages()
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		m := fresh(kinds[int(kind)%len(kinds)])
		if err := Unmarshal(data, m); err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		again, err := Marshal(m)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%T came back as %x, was %x: %v", m, again, data, err)
		}
		if b, ok := m.(bounded); ok && !b.within() {
			t.Fatalf("%T beyond its limits", m)
		}
	})
}

func FuzzDecompress(f *testing.F) {
	f.Add([]byte{})
	f.Add(Compress([]byte("hello hello hello hello")))
	f.Add(Compress(make([]byte, 100_000)))
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd, 0xe4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x01, 0x00, 0x00})
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := Decompress(data)
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatal(err)
		}
		if len(out) > MaxBody {
			t.Fatalf("%d bytes", len(out))
		}
		if back, err := Decompress(Compress(out)); err != nil || !bytes.Equal(back, out) {
			t.Fatal(err)
		}
	})
}

func FuzzParseCode(f *testing.F) {
	f.Add(Code{}.String())
	f.Add(NewCode().String())
	f.Add("АВЕКМ-НОРСТ")
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := ParseCode(typed)
		if err != nil {
			if !errors.Is(err, ErrCode) || c != (Code{}) {
				t.Fatal(c, err)
			}
			return
		}
		if again, err := ParseCode(c.String()); err != nil || again != c {
			t.Fatalf("%q: %v", typed, err)
		}
	})
}

func FuzzOpenInvitation(f *testing.F) {
	c := fixedCode()
	f.Add(c.Seal([]byte("x")))
	f.Add(make([]byte, 40))
	sealed := c.Seal([]byte("the only one"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := c.Open(data); err == nil && len(data) < 40 {
			t.Fatal("something without a tag was opened")
		}
		if bytes.Equal(data, sealed) {
			return
		}
		// What changes one byte of a good one never opens.
		broken := bytes.Clone(sealed)
		for i := range min(len(data), len(broken)) {
			broken[i] ^= data[i]
		}
		if _, err := c.Open(broken); err == nil && !bytes.Equal(broken, sealed) {
			t.Fatal("a changed invitation was opened")
		}
	})
}
