package records_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
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

// A file of a few bytes does not make the program take gigabytes: what decoding would
// need is known from the head of the file.
func TestPhotoBombs(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{Name: clinic.Name{Family: "Яшина"}})
	deep := image.NewNRGBA64(image.Rect(0, 0, 2, 2))
	for _, c := range []struct {
		name string
		file []byte
		refs string
	}{
		{"small", encoded(t, halves(40, 40), "png"), ""},
		{"endless", sized(encoded(t, halves(4, 4), "png"), 100_000, 100_000), "fault.photo.large"},
		{"sixteen bits", sized(encoded(t, deep, "png"), 8000, 8000), "fault.photo.large"},
		{"progressive", framed(encoded(t, halves(16, 16), "jpeg"), 0xc2, 8000, 8000), "fault.photo.large"},
		{"hidden", framed(append([]byte("\xff\xd8\xff\x00"), encoded(t, halves(16, 16), "jpeg")[2:]...), 0xc2, 8000, 8000), "fault.photo.large"},
		{"a phone's", framed(encoded(t, halves(16, 16), "jpeg"), 0xc0, 8000, 6000), "fault.photo.damaged"},
	} {
		_, err := w.SetPhoto(ctx, p.ID, bytes.NewReader(c.file))
		var f *fault.Error
		if c.refs == "" && err != nil || c.refs != "" && (!errors.As(err, &f) || f.Key != c.refs) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A photo that was attached as a file and then named by the card is made small when it
// is read: what it does not show, the file's data, stays out of the picture too.
func TestPhotoByAnotherWay(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{Name: clinic.Name{Family: "Яшина"}})
	for _, c := range []struct {
		file  []byte
		shown bool
	}{
		{held(encoded(t, halves(1000, 600), "jpeg"), 6), true},
		{encoded(t, halves(700, 30), "png"), true},
		{sized(encoded(t, halves(4, 4), "png"), 100_000, 100_000), false},
	} {
		a, err := w.Attach(ctx, clinic.Attachment{Patient: p.ID, Kind: "photo"}, bytes.NewReader(c.file))
		if err == nil {
			_, err = w.EditPatient(ctx, p.ID, func(q clinic.Patient) (clinic.Patient, error) { q.Photo = a.ID; return q, nil })
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Photo(ctx, p.ID)
		if err != nil || (got != nil) != c.shown {
			t.Fatal(len(got), err)
		}
		if m, err := stdjpeg.DecodeConfig(bytes.NewReader(got)); c.shown && (err != nil || m.Width > 512 || m.Height > 512 || bytes.Contains(got, []byte("Exif"))) {
			t.Error(m.Width, m.Height, err)
		}
	}
}

// TestPicture: what is shown of an attached picture is small enough for any screen,
// and a bomb is refused (R3.7).
func TestPicture(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{Name: clinic.Name{Family: "Яшина"}})
	for _, c := range []struct {
		file []byte
		w, h int
	}{
		{held(encoded(t, halves(60, 40), "jpeg"), 6), 40, 60},
		{encoded(t, halves(6000, 20), "png"), 3000, 10},
		{sized(encoded(t, halves(4, 4), "png"), 100_000, 100_000), 0, 0},
		{[]byte("%PDF-1.7"), 0, 0},
	} {
		a, err := w.Attach(ctx, clinic.Attachment{Patient: p.ID, Kind: "scan"}, bytes.NewReader(c.file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Picture(ctx, a.ID)
		if c.w == 0 {
			refused(t, err, fault.Invalid, "photo")
			continue
		}
		if m, bad := stdjpeg.DecodeConfig(bytes.NewReader(got)); err != nil || bad != nil || m.Width != c.w || m.Height != c.h {
			t.Errorf("%d × %d, %v %v", m.Width, m.Height, err, bad)
		}
	}
}

// sized says another size in the head of a PNG.
func sized(file []byte, w, h uint32) []byte {
	file = bytes.Clone(file)
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

// framed says another size, and how the picture is coded, in a JPEG.
func framed(file []byte, marker byte, w, h uint16) []byte {
	file = bytes.Clone(file)
	at := bytes.Index(file, []byte{0xff, 0xc0})
	file[at+1] = marker
	binary.BigEndian.PutUint16(file[at+5:], h)
	binary.BigEndian.PutUint16(file[at+7:], w)
	return file
}
