package records_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	stdpng "image/png"
	"strings"
	"testing"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// halves is a picture whose left half is black and whose right is white.
func halves(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{A: 255}
			if x >= w/2 {
				c = color.NRGBA{R: 255, G: 255, B: 255, A: 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

func encoded(t testing.TB, m image.Image, kind string) []byte {
	t.Helper()
	var b bytes.Buffer
	err := stdpng.Encode(&b, m)
	if kind == "jpeg" {
		b.Reset()
		err = stdjpeg.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// held puts into a JPEG how the camera was held.
func held(file []byte, how byte) []byte {
	exif := []byte("\xff\xe1\x00\x00Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00GPS: 55.75, 37.62")
	exif[2], exif[3], exif[4+6+8+2+9] = byte((len(exif)-2)>>8), byte(len(exif)-2), how
	return append(append(bytes.Clone(file[:2]), exif...), file[2:]...)
}

// A photo is turned upright, made small, and nothing of the file but the picture is
// kept (R1.1).
func TestPhoto(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{Name: clinic.Name{Family: "Яшина"}})
	if b, err := w.Photo(ctx, p.ID); err != nil || b != nil {
		t.Error(len(b), err)
	}
	desk := w.as("", clinic.Reception)
	for _, c := range []struct {
		file   []byte
		w, h   int
		darkAt image.Point
	}{
		{encoded(t, halves(1024, 300), "png"), 512, 150, image.Pt(10, 10)},
		{encoded(t, halves(60, 40), "jpeg"), 60, 40, image.Pt(5, 5)},
		{held(encoded(t, halves(1000, 600), "jpeg"), 1), 512, 307, image.Pt(5, 5)},
		{held(encoded(t, halves(1000, 600), "jpeg"), 3), 512, 307, image.Pt(500, 300)},
		{held(encoded(t, halves(1000, 600), "jpeg"), 6), 307, 512, image.Pt(5, 5)},
		{held(encoded(t, halves(1000, 600), "jpeg"), 8), 307, 512, image.Pt(5, 500)},
		{encoded(t, halves(3000, 2), "png"), 512, 1, image.Pt(5, 0)},
	} {
		a, err := desk.SetPhoto(ctx, p.ID, bytes.NewReader(c.file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := desk.Photo(ctx, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		m, err := stdjpeg.Decode(bytes.NewReader(got))
		if err != nil {
			t.Fatal(err)
		}
		if m.Bounds() != image.Rect(0, 0, c.w, c.h) || bytes.Contains(got, []byte("GPS")) || bytes.Contains(got, []byte("Exif")) {
			t.Errorf("%v of %d × %d", m.Bounds(), c.w, c.h)
		}
		if r, _, _, _ := m.At(c.darkAt.X, c.darkAt.Y).RGBA(); r > 0x3000 {
			t.Errorf("%d × %d: not dark at %v: %x", c.w, c.h, c.darkAt, r)
		}
		if stored, err := w.Patient(ctx, p.ID); err != nil || stored.Photo != a.ID {
			t.Error(stored.Photo, a.ID, err)
		}
	}
	for _, file := range []string{"", "текст", "\x89PNG\r\n\x1a\nи дальше", "\xff\xd8\xff\xe0 и дальше", "%PDF-1.7"} {
		_, err := w.SetPhoto(ctx, p.ID, strings.NewReader(file))
		refused(t, err, fault.Invalid, "photo")
	}
	_, err := w.SetPhoto(ctx, clinic.NewID(), bytes.NewReader(encoded(t, halves(4, 4), "png")))
	refused(t, err, fault.NotFound, "")

	// The card names a photo of its own and nothing else.
	other := w.register(clinic.Patient{Name: clinic.Name{Family: "Сомова"}})
	scan, err := w.Attach(ctx, clinic.Attachment{Patient: other.ID, Kind: "scan"}, strings.NewReader("%PDF-1.7"))
	if err != nil {
		t.Fatal(err)
	}
	stored, err := w.Patient(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []clinic.ID{scan.ID, stored.Photo} {
		_, err = w.EditPatient(ctx, other.ID, func(q clinic.Patient) (clinic.Patient, error) { q.Photo = id; return q, nil })
		refused(t, err, fault.Invalid, "photo")
	}
	_, err = w.EditPatient(ctx, p.ID, func(q clinic.Patient) (clinic.Patient, error) { q.Photo = clinic.ID{}; return q, nil })
	if err != nil {
		t.Fatal(err)
	}
	w.sound()
}
