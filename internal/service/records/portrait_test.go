package records

import (
	"bytes"
	"image/jpeg"
	"testing"
)

// FuzzPortrait: whatever a file holds, it is refused or becomes a small JPEG.
func FuzzPortrait(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x08"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if how := orientation(file); how < 1 || how > 8 {
			t.Fatalf("orientation %d", how)
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(file)); err == nil && c.Width*c.Height > 1<<20 {
			return // takes its time, no more
		}
		out, err := portrait(file)
		if err != nil {
			return
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(out))
		if err != nil || c.Width > photoSide || c.Height > photoSide {
			t.Fatalf("%+v, %v", c, err)
		}
	})
}
