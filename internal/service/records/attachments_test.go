package records_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// What files of each kind begin with.
const (
	pdf  = "%PDF-1.7\nбумага"
	png  = "\x89PNG\r\n\x1a\nкартинка"
	jpeg = "\xff\xd8\xff\xe0картинка"
	tiff = "II*\x00картинка"
	motl = "MM\x00*картинка" // TIFF of the other byte order
	text = "просто текст"
)

// TestAttach: what is attached comes back as it was, is known by its first bytes, and who
// looked at it stands in the ledger (R3.7, R11.4).
func TestAttach(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.register(clinic.Patient{NameUnknown: true})
	dicom := strings.Repeat("\x00", 128) + "DICM"
	large := pdf + strings.Repeat("x", 200_000)
	for media, content := range map[string]string{
		"application/pdf": large, "image/png": png, "image/jpeg": jpeg, "image/tiff": motl,
		"text/plain": text, "application/dicom": dicom, "application/octet-stream": "\x00\x01",
	} {
		a, err := w.Attach(ctx, clinic.Attachment{Patient: p.ID, Kind: "other", Title: " Выписка ", Owner: clinic.NewID(), Media: "x/y"}, strings.NewReader(content))
		if err != nil || a.Media != media || a.Title != "Выписка" || a.Size != int64(len(content)) || !a.Owner.IsZero() {
			t.Fatalf("%s: %+v, %v", media, a, err)
		}
		read, body, err := w.OpenAttachment(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(body)
		if err != nil || string(got) != content || read.Media != media {
			t.Errorf("%s: %d of %d bytes, %v", media, len(got), len(content), err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	list, err := w.Attachments(ctx, p.ID)
	if err != nil || len(list) != 7 {
		t.Fatal(len(list), err)
	}
	before := w.entries()
	if _, body, err := w.ExportAttachment(ctx, list[0].ID); err != nil || body.Close() != nil {
		t.Fatal(err)
	}
	if w.entries() == before {
		t.Error("an export left the program before it was noted")
	}
	var seen []string
	acts, _ := w.accesses(p.ID)
	for _, a := range acts {
		if a.Patient == p.ID {
			seen = append(seen, a.Action+" "+a.What)
		}
	}
	want := append(slices.Repeat([]string{"view attachment"}, 8), "export attachment")
	if !slices.Equal(seen, want) {
		t.Errorf("noted: %q, want %q", seen, want)
	}
	w.sound()
}

// TestBadAttachments: what can't be attached leaves neither row nor file.
func TestBadAttachments(t *testing.T) {
	w, ctx := open(t), context.Background()
	p, gone := w.register(clinic.Patient{NameUnknown: true}).ID, w.register(clinic.Patient{NameUnknown: true}).ID
	if err := w.AnnulPatient(ctx, gone, "дубль"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		a     clinic.Attachment
		file  io.Reader
		kind  fault.Kind
		field string
	}{
		"no patient": {clinic.Attachment{Kind: "photo"}, strings.NewReader(png), fault.Invalid, "patient"},
		"kind":       {clinic.Attachment{Patient: p, Kind: "signature"}, strings.NewReader(png), fault.Invalid, "kind"},
		"title":      {clinic.Attachment{Patient: p, Kind: "photo", Title: "\x00"}, strings.NewReader(png), fault.Invalid, "title"},
		"unknown":    {clinic.Attachment{Patient: clinic.NewID(), Kind: "photo"}, strings.NewReader(png), fault.NotFound, ""},
		"annulled":   {clinic.Attachment{Patient: gone, Kind: "photo"}, strings.NewReader(png), fault.NotFound, ""},
		"empty":      {clinic.Attachment{Patient: p, Kind: "photo"}, strings.NewReader(""), fault.Invalid, "file"},
		"unreadable": {clinic.Attachment{Patient: p, Kind: "photo"}, iotest.ErrReader(errors.New("defect")), fault.Invalid, ""},
		"breaks off": {
			clinic.Attachment{Patient: p, Kind: "photo"},
			io.MultiReader(strings.NewReader(strings.Repeat("x", 100_000)), iotest.ErrReader(errors.New("defect"))), fault.Invalid, "",
		},
	} {
		_, err := w.Attach(ctx, c.a, c.file)
		t.Run(name, func(t *testing.T) { refused(t, err, c.kind, c.field) })
	}
	if list, err := w.Attachments(ctx, p); err != nil || len(list) != 0 {
		t.Error(len(list), err)
	}
	_, err := w.Attachments(ctx, clinic.NewID())
	refused(t, err, fault.NotFound, "")
	_, _, err = w.OpenAttachment(ctx, clinic.NewID())
	refused(t, err, fault.NotFound, "")
	w.sound() // no file without a row either
}

// TestScan: the scan of the paper closes the task «not signed»; no word of the protocol
// changes, its signature holds, and a better scan takes the place of the first (R3.4).
func TestScan(t *testing.T) {
	w, ctx := open(t), context.Background()
	visit := w.sick()
	draft := w.draft(visit.ID, nil)
	_, err := w.ScanProtocol(ctx, draft.ID, strings.NewReader(pdf))
	refused(t, err, fault.Conflict, "")
	signed := w.signed(visit.ID, nil)
	if draft.AwaitsPaper() || !signed.AwaitsPaper() {
		t.Error("what awaits its paper")
	}
	for _, bad := range []string{text, "GIF89a…", "\x00\x01", ""} {
		_, err := w.ScanProtocol(ctx, signed.ID, strings.NewReader(bad))
		refused(t, err, fault.Invalid, "file")
	}
	_, err = w.ScanProtocol(ctx, clinic.NewID(), strings.NewReader(pdf))
	refused(t, err, fault.NotFound, "")
	var scan clinic.ID
	for _, content := range []string{pdf, png, jpeg, tiff} {
		got, err := w.ScanProtocol(ctx, signed.ID, strings.NewReader(content))
		if err != nil || got.Scan.IsZero() || got.Scan == scan || got.AwaitsPaper() {
			t.Fatal(got.Scan, err)
		}
		scan = got.Scan
		read, err := w.Protocol(ctx, signed.ID) // checks the signature
		if err != nil || read.Scan != scan || read.Original != clinic.OriginalPaper {
			t.Fatal(read.Scan, err)
		}
		a, body, err := w.OpenAttachment(ctx, scan)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(stored, []byte(content)) || a.Kind != "scan" || a.Owner != signed.ID || a.Patient != visit.Patient {
			t.Errorf("%+v, %v", a, err)
		}
		_ = body.Close()
	}
	if list, err := w.Attachments(ctx, visit.Patient); err != nil || len(list) != 4 {
		t.Error(len(list), err)
	}
	w.sound()
}

// TestElectronicOriginal: a protocol whose original is electronic takes no scan of a paper.
func TestElectronicOriginal(t *testing.T) {
	w, ctx := open(t), context.Background()
	p := w.signed(w.sick().ID, nil)
	p.Original = clinic.OriginalElectronic
	if err := w.s.Update(ctx, journal.Act{Intent: "test"}, func(tx *store.Tx) error { return tx.PutProtocol(&p) }); err != nil {
		t.Fatal(err)
	}
	_, err := w.ScanProtocol(ctx, p.ID, strings.NewReader(pdf))
	refused(t, err, fault.Conflict, "")
	if list, err := w.Attachments(ctx, p.Patient); err != nil || len(list) != 0 || p.AwaitsPaper() {
		t.Error(len(list), err)
	}
}
