package ledger

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// TestPad: padding comes off again and costs at most 12 % and 256 bytes.
func TestPad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 0x80, 1}), 0, 3000).Draw(t, "bytes")
		p := pad(b)
		back, err := unpad(p)
		if err != nil || !bytes.Equal(back, b) {
			t.Fatalf("%x padded to %x comes back as %x, %v", b, p, back, err)
		}
	})
}

// TestSizeClasses: they grow, hold what they must, and are few.
func TestSizeClasses(t *testing.T) {
	last, classes := 0, 0
	step := 1
	for n := 0; n <= 1<<24; n += step {
		if n > 1<<16 {
			step = 997
		}
		c := sizeClass(n)
		if c < n || c < last || c > n+n*12/100+256 {
			t.Fatalf("class of %d is %d", n, c)
		}
		if c != last {
			classes++
		}
		if sizeClass(c) != c {
			t.Fatalf("the class %d is not its own", c)
		}
		last = c
	}
	if classes > 400 {
		t.Fatalf("%d classes up to 16 MiB show the size", classes)
	}
}

func TestUnpadRefuses(t *testing.T) {
	for _, b := range [][]byte{nil, {0}, {0, 0, 0}, {1}, {0x80, 1}, {0x80, 0, 2, 0}} {
		if _, err := unpad(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%x: %v", b, err)
		}
	}
}
