package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"os"
)

// sizes are those that Windows shows icons in: lists, taskbar, desktop, tiles.
var sizes = []int{16, 20, 24, 32, 40, 48, 64, 128, 256}

// makeIcon draws a picture in all sizes. The small ones are bitmaps, which every part
// of Windows reads; from 64 points on they are PNG.
func makeIcon(in, out string) error {
	f, err := os.Open(in)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	from, err := png.Decode(f)
	if err != nil {
		return err
	}
	var images [][]byte
	for _, n := range sizes {
		small := shrink(from, n)
		data := bitmap(small)
		if n >= 64 {
			var b bytes.Buffer
			if err := png.Encode(&b, small); err != nil {
				return err
			}
			data = b.Bytes()
		}
		images = append(images, data)
	}
	return os.WriteFile(out, icon(images), 0o600)
}

// icon is the file: a header, an entry for each size, the images.
func icon(images [][]byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint16(nil, 0)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, uint16(len(images)))
	at := 6 + 16*len(images)
	for i, data := range images {
		n := byte(sizes[i]) // 256 is written as 0
		b = append(b, n, n, 0, 0)
		b = le.AppendUint16(b, 1)
		b = le.AppendUint16(b, 32)
		b = le.AppendUint32(b, uint32(len(data)))
		b = le.AppendUint32(b, uint32(at))
		at += len(data)
	}
	for _, data := range images {
		b = append(b, data...)
	}
	return b
}

// bitmap is an image as icons have it: BITMAPINFOHEADER of twice the height, rows from
// below in BGRA, and an empty mask.
func bitmap(img *image.NRGBA) []byte {
	le := binary.LittleEndian
	n := img.Rect.Dx()
	b := le.AppendUint32(nil, 40)
	b = le.AppendUint32(b, uint32(n))
	b = le.AppendUint32(b, uint32(2*n))
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, 32)
	b = append(b, make([]byte, 24)...)
	for y := n - 1; y >= 0; y-- {
		for x := range n {
			c := img.NRGBAAt(x, y)
			b = append(b, c.B, c.G, c.R, c.A)
		}
	}
	return append(b, make([]byte, (n+31)/32*4*n)...)
}

// shrink draws a square picture smaller: each point is the mean of those that it
// stands for, each weighed by its cover.
func shrink(from image.Image, n int) *image.NRGBA {
	to := image.NewNRGBA(image.Rect(0, 0, n, n))
	box := from.Bounds()
	for y := range n {
		for x := range n {
			x0, x1 := box.Min.X+x*box.Dx()/n, box.Min.X+max((x+1)*box.Dx()/n, x*box.Dx()/n+1)
			y0, y1 := box.Min.Y+y*box.Dy()/n, box.Min.Y+max((y+1)*box.Dy()/n, y*box.Dy()/n+1)
			var r, g, b, a, count uint64
			for v := y0; v < y1; v++ {
				for u := x0; u < x1; u++ {
					pr, pg, pb, pa := from.At(u, v).RGBA() // times the cover already
					r, g, b, a, count = r+uint64(pr), g+uint64(pg), b+uint64(pb), a+uint64(pa), count+1
				}
			}
			if a > 0 {
				to.SetNRGBA(x, y, color.NRGBA{uint8(r * 255 / a), uint8(g * 255 / a), uint8(b * 255 / a), uint8(a / count >> 8)})
			}
		}
	}
	return to
}
