package records

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"iter"

	"feldsher/internal/fault"
)

// The size of a photo: what a banner and a printed card need, on fine screens too.
const (
	photoSide    = 512
	photoQuality = 85
	// photoPoints is the most points that a picture may have, and photoMemory the most
	// bytes that decoding it may take: a file of a few kilobytes can ask for gigabytes.
	photoPoints = 64 << 20
	photoMemory = 384 << 20
)

// portrait makes the photo of a card of a picture.
func portrait(file []byte) ([]byte, error) { return smaller(file, photoSide) }

// smaller turns a picture upright, scales it down to at most side points each way and
// encodes it anew as JPEG.
func smaller(file []byte, side int) ([]byte, error) {
	decodeConfig, decode := jpeg.DecodeConfig, jpeg.Decode
	switch mediaOf(file[:min(len(file), sniffed)]) {
	case "image/jpeg":
	case "image/png":
		decodeConfig, decode = png.DecodeConfig, png.Decode
	default:
		return nil, fault.At("photo", "fault.photo.kind")
	}
	c, err := decodeConfig(bytes.NewReader(file))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return nil, unreadable(err)
	}
	if c.Width > photoPoints/c.Height || c.Width*c.Height > photoMemory/pointBytes(file, c.ColorModel) {
		return nil, fault.At("photo", "fault.photo.large")
	}
	full, err := decode(bytes.NewReader(file))
	points, ok := full.(image.RGBA64Image) // as all decoded pictures of the standard library are
	if err != nil || !ok {
		return nil, unreadable(err)
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, turned(scaled(points, side), orientation(file)), &jpeg.Options{Quality: photoQuality})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "fault.internal")
	}
	return out.Bytes(), nil
}

// pointBytes is how many bytes at most the standard library takes for each point while
// it decodes a picture.
func pointBytes(file []byte, model color.Model) int {
	if file[0] != 0xff { // PNG
		switch model {
		case color.RGBA64Model, color.NRGBA64Model:
			return 8 + 4 // an interlaced one has its last pass, a half, beside it
		}
		return 4 + 2
	}
	components := 3
	if model == color.CMYKModel {
		components = 4
	}
	if progressive(file) {
		return components * (1 + 4) // all coefficients are kept, four bytes each
	}
	return components
}

func unreadable(err error) error {
	f := fault.At("photo", "fault.photo.damaged")
	f.Err = err
	return f
}

// scaled makes a picture fit into a square, each point the average of
// those that it stands for, on white where it is transparent. A smaller picture
// keeps its size.
func scaled(from image.RGBA64Image, side int) *image.RGBA {
	b := from.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		y0, y1 := b.Min.Y+y*b.Dy()/h, b.Min.Y+(y+1)*b.Dy()/h
		for x := range w {
			x0, x1 := b.Min.X+x*b.Dx()/w, b.Min.X+(x+1)*b.Dx()/w
			out.SetRGBA(x, y, average(from, x0, y0, x1, y1))
		}
	}
	return out
}

func average(from image.RGBA64Image, x0, y0, x1, y1 int) color.RGBA {
	var r, g, b, n uint64
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			p := from.RGBA64At(x, y) // premultiplied
			white := uint64(0xffff - p.A)
			r, g, b = r+uint64(p.R)+white, g+uint64(p.G)+white, b+uint64(p.B)+white
			n++
		}
	}
	return color.RGBA{R: uint8(r / n >> 8), G: uint8(g / n >> 8), B: uint8(b / n >> 8), A: 0xff}
}

// turned undoes an orientation of EXIF: 2 to 4 mirror and turn by half, 5 to 8
// exchange the sides too.
func turned(from *image.RGBA, how int) *image.RGBA {
	if how < 2 || how > 8 {
		return from
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	outW, outH := w, h
	if how >= 5 {
		outW, outH = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, outW, outH))
	for y := range outH {
		for x := range outW {
			sx, sy := x, y
			if how >= 5 {
				sx, sy = y, x
			}
			if how == 2 || how == 3 || how == 7 || how == 8 {
				sx = w - 1 - sx
			}
			if how == 3 || how == 4 || how == 6 || how == 7 {
				sy = h - 1 - sy
			}
			out.SetRGBA(x, y, from.RGBAAt(sx, sy))
		}
	}
	return out
}

// orientation reads from a JPEG file how the camera was held (tag 0x0112 of EXIF
// 2.3, section 4.6.4); 1, upright, where it doesn't say or can't be read.
func orientation(file []byte) int {
	for marker, body := range segments(file) {
		if marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return tiffOrientation(body[6:])
		}
	}
	return 1
}

// progressive reports whether a JPEG file may be of the kind whose picture grows finer;
// where it can't be told (neither marker SOF0 nor SOF1 is found) it may.
func progressive(file []byte) bool {
	for marker := range segments(file) {
		if marker == 0xc0 || marker == 0xc1 {
			return false
		}
		if marker == 0xc2 {
			break
		}
	}
	return true
}

// segments goes over the marked parts of a JPEG file before the picture itself begins.
func segments(file []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for at := 2; at+4 <= len(file) && file[at] == 0xff; {
			marker, size := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
			if marker == 0xff { // a filling byte
				at++
				continue
			}
			end := at + 2 + size
			if marker < 0xc0 || marker >= 0xd0 && marker <= 0xda || size < 2 || end > len(file) || !yield(marker, file[at+4:end]) {
				return
			}
			at = end
		}
	}
}

// tiffOrientation reads the tag from the first directory of a TIFF header.
func tiffOrientation(b []byte) int {
	var order binary.ByteOrder
	switch {
	case len(b) < 8:
		return 1
	case b[0] == 'I' && b[1] == 'I':
		order = binary.LittleEndian
	case b[0] == 'M' && b[1] == 'M':
		order = binary.BigEndian
	default:
		return 1
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at > len(b)-2 {
		return 1
	}
	for i := range int(order.Uint16(b[at:])) {
		entry := at + 2 + 12*i
		if entry > len(b)-12 {
			break
		}
		if order.Uint16(b[entry:]) == 0x0112 {
			if how := int(order.Uint16(b[entry+8:])); how >= 1 && how <= 8 {
				return how
			}
			break
		}
	}
	return 1
}
