package records

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"feldsher/internal/fault"
)

// TestCapped: a file of the limit goes through whole, one byte more is refused.
func TestCapped(t *testing.T) {
	for n, whole := range map[int]bool{0: true, 1: true, 99: true, 100: true, 101: false, 5000: false} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"at once": func(r io.Reader) io.Reader { return r }, "by bytes": iotest.OneByteReader, "end with data": iotest.DataErrReader,
		} {
			got, err := io.ReadAll(&capped{wrap(strings.NewReader(strings.Repeat("x", n))), 100})
			var f *fault.Error
			switch {
			case whole && (err != nil || len(got) != n):
				t.Errorf("%d, %s: %d bytes, %v", n, name, len(got), err)
			case !whole && (!errors.As(err, &f) || f.Key != "fault.attachment.large" || len(got) > 100):
				t.Errorf("%d, %s: %d bytes, %v", n, name, len(got), err)
			}
		}
	}
}
