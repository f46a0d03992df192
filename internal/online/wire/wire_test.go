package wire

import (
	"bytes"
	"testing"
)

func TestCode(t *testing.T) {
	t.Parallel()
	for range 200 {
		c := NewCode()
		again, err := ParseCode(c.String())
		if err != nil || again != c {
			t.Fatalf("%s: %v", c, err)
		}
		sealed := c.Seal([]byte("invitation"))
		if plain, err := again.Open(sealed); err != nil || string(plain) != "invitation" {
			t.Fatal(err)
		}
		if bytes.Contains(sealed, c.MACKey()) || c.ID() == NewCode().ID() {
			t.Fatal("codes are not apart")
		}
	}
}
