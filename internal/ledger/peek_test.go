package ledger

import (
	"reflect"
	"testing"
)

// TestPeekHeader: of any beginning of an entry the header comes out, or how much
// more is needed.
func TestPeekHeader(t *testing.T) {
	dev := newSigner("device")
	for _, seen := range []int{0, 1, 300} {
		h := dev.header(nil)
		for i := range seen {
			h.Seen = append(h.Seen, Head{Device: DeriveID(ID{}, string(rune('a'+i))), Seq: uint64(i + 1), Hash: Hash{1}})
		}
		raw := dev.entry(t, h, visitPayload()).Encode()
		for n := range raw {
			got, needs, err := PeekHeader(raw[:n])
			switch {
			case err != nil:
				t.Fatalf("%d of %d bytes: %v", n, len(raw), err)
			case needs == 0 && !reflect.DeepEqual(got, h):
				t.Fatalf("%d bytes: %+v", n, got)
			case needs > 0 && needs <= n:
				t.Fatalf("of %d bytes, %d are needed", n, needs)
			}
			if needs == 0 {
				break
			}
		}
		if got, needs, err := PeekHeader(raw); err != nil || needs != 0 || !reflect.DeepEqual(got, h) {
			t.Fatal(got, needs, err)
		}
	}
}

// FuzzPeekHeader: of whatever Decode takes the same header is read; nothing makes
// it panic or read past its input.
func FuzzPeekHeader(f *testing.F) {
	dev := newSigner("device")
	e := dev.entry(f, dev.header(nil), visitPayload())
	f.Add(e.Encode())
	f.Add(e.Encode()[:40])
	f.Add([]byte{0x82, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x82, 0x40})
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, needs, err := PeekHeader(raw)
		if err == nil && needs > 0 && needs <= len(raw) {
			t.Fatalf("of %d bytes, %d are needed", len(raw), needs)
		}
		if whole, bad := Decode(raw); bad == nil && (err != nil || needs > 0 || !reflect.DeepEqual(h, whole.Header)) {
			t.Fatalf("%+v, %d, %v; the whole is %+v", h, needs, err, whole.Header)
		}
	})
}
