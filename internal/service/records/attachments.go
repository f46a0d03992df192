package records

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// MaxAttachment is the most bytes that a file may have.
const MaxAttachment = 256 << 20

// attachmentKinds are those that a user may give; a detached signature comes with
// its document.
var attachmentKinds = []string{"photo", "scan", "image", "other"}

// scanMedia are the forms in which the scan of a paper is taken: what any computer
// shows in ten years' time.
var scanMedia = []string{"application/pdf", "image/png", "image/jpeg", "image/tiff"}

// Attach stores a file with a patient's card (R3.7). Of a it takes the patient, the
// kind, the title and when it was taken; what the file is shows in its first bytes. Faults: Invalid for an empty file, one above
// MaxAttachment and one that can't be read.
func (r *Records) Attach(ctx context.Context, a clinic.Attachment, file io.Reader) (clinic.Attachment, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return clinic.Attachment{}, err
	}
	var c checker
	if a.Patient.IsZero() {
		c.fail(fault.At("patient", "fault.field.empty"))
	}
	c.oneOf("kind", a.Kind, attachmentKinds)
	c.line("title", &a.Title)
	c.sane(&a)
	if c.err != nil {
		return clinic.Attachment{}, c.err
	}
	if err := r.living(ctx, &a.Patient); err != nil {
		return clinic.Attachment{}, err
	}
	content, media, err := recognised(file)
	if err != nil {
		return clinic.Attachment{}, err
	}
	a = clinic.Attachment{Patient: a.Patient, Kind: a.Kind, Title: a.Title, Taken: a.Taken, Media: media}
	act := journal.Act{Actor: r.who.ID, Intent: "attachment.add"}
	if err := r.store.PutAttachment(ctx, act, &a, content); err != nil {
		return clinic.Attachment{}, err
	}
	return a, nil
}

// living refuses a card that was struck out or is not there, and puts the root in
// the place of one that is merged.
func (r *Records) living(ctx context.Context, patient *clinic.ID) error {
	q := r.store.Reader(ctx)
	p, err := q.Patient(*patient)
	if err == nil && !p.Deleted.IsZero() {
		err = fault.New(fault.NotFound, "fault.patient.none")
	}
	if err != nil {
		return err
	}
	cards, err := q.Component(p.ID)
	if err == nil {
		*patient = cards[0]
	}
	return err
}

// ScanProtocol stores the scan of a signed protocol's paper, signed by hand, and names
// it in the protocol: its task «not signed» is done (R3.4). Another scan takes the
// place of the first, which stays among the attachments. No word of the protocol
// changes. Faults: Conflict for a draft and for an original that is electronic, Invalid
// for a file that is no PDF, PNG, JPEG or TIFF and as in Attach.
func (r *Records) ScanProtocol(ctx context.Context, id clinic.ID, file io.Reader) (clinic.Protocol, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return clinic.Protocol{}, err
	}
	p, err := r.store.Reader(ctx).Protocol(id)
	if err != nil {
		return clinic.Protocol{}, err
	}
	if err := scannable(&p); err != nil {
		return clinic.Protocol{}, err
	}
	content, media, err := recognised(file)
	if err != nil {
		return clinic.Protocol{}, err
	}
	if !slices.Contains(scanMedia, media) {
		return clinic.Protocol{}, fault.At("file", "fault.attachment.scan")
	}
	// The file first: until the protocol names it, it is one attachment more.
	act := journal.Act{Actor: r.who.ID, Intent: "protocol.scan", Batch: clinic.NewID()}
	a := clinic.Attachment{Patient: p.Patient, Owner: p.ID, Kind: "scan", Title: p.Title, Media: media}
	if err := r.store.PutAttachment(ctx, act, &a, content); err != nil {
		return clinic.Protocol{}, err
	}
	err = r.store.Update(ctx, act, func(tx *store.Tx) (err error) {
		if p, err = tx.Protocol(id); err != nil {
			return err
		}
		if err := scannable(&p); err != nil {
			return err
		}
		p.Original, p.Scan = clinic.OriginalPaper, a.ID
		return tx.PutProtocol(&p)
	})
	if err != nil {
		return clinic.Protocol{}, err
	}
	return p, nil
}

func scannable(p *clinic.Protocol) error {
	switch {
	case p.Status != clinic.ProtocolSigned:
		return fault.New(fault.Conflict, "fault.protocol.scan_draft")
	case p.Original == clinic.OriginalElectronic:
		return fault.New(fault.Conflict, "fault.protocol.electronic")
	}
	return nil
}

// Attachments lists what is attached to a patient, the oldest first.
func (r *Records) Attachments(ctx context.Context, patient clinic.ID) ([]clinic.Attachment, error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return nil, err
	}
	if err := r.known(ctx, patient); err != nil {
		return nil, err
	}
	q := r.store.Reader(ctx)
	cards, err := q.Component(patient)
	if err != nil {
		return nil, err
	}
	list, err := gather(cards, q.Attachments)
	if err != nil {
		return nil, err
	}
	return list, r.looked(ctx, "view", "attachment", patient, len(list))
}

// OpenAttachment gives an attachment and its content to be shown, and notes that it was
// viewed. The reader is to be closed.
func (r *Records) OpenAttachment(ctx context.Context, id clinic.ID) (clinic.Attachment, io.ReadCloser, error) {
	return r.openAttachment(ctx, id, "view")
}

// pictureSide is the most points a side of a picture on the screen: twice a usual
// screen's, and less than the 4096 that old graphics cards can show.
const pictureSide = 3000

// Picture gives an attached JPEG or PNG to be shown, upright and made small enough for
// any screen, as JPEG, and notes that it was viewed: whoever draws it need not decode
// what the file asks for. Faults: those of OpenAttachment, Invalid for a file that is no
// such picture or too large.
func (r *Records) Picture(ctx context.Context, id clinic.ID) (_ []byte, err error) {
	_, content, err := r.OpenAttachment(ctx, id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	file, err := io.ReadAll(io.LimitReader(content, maxPhotoFile+1))
	if err != nil {
		return nil, err
	}
	if len(file) > maxPhotoFile {
		return nil, fault.At("photo", "fault.photo.large")
	}
	return smaller(file, pictureSide)
}

// ExportAttachment is OpenAttachment for a file that leaves the program: that it does is
// in the ledger before its first byte is given out (R10.4).
func (r *Records) ExportAttachment(ctx context.Context, id clinic.ID) (clinic.Attachment, io.ReadCloser, error) {
	if err := r.who.Require(clinic.ExportCare); err != nil {
		return clinic.Attachment{}, nil, err
	}
	a, content, err := r.openAttachment(ctx, id, "export")
	if err != nil {
		return clinic.Attachment{}, nil, err
	}
	if err := r.Flush(ctx); err != nil {
		return clinic.Attachment{}, nil, errors.Join(err, content.Close())
	}
	return a, content, nil
}

func (r *Records) openAttachment(ctx context.Context, id clinic.ID, action string) (clinic.Attachment, io.ReadCloser, error) {
	if err := r.who.Require(clinic.ReadCare); err != nil {
		return clinic.Attachment{}, nil, err
	}
	a, content, err := r.store.OpenAttachment(ctx, id)
	if err != nil {
		return clinic.Attachment{}, nil, err
	}
	if err := r.looked(ctx, action, "attachment", a.Patient, 1); err != nil {
		return clinic.Attachment{}, nil, errors.Join(err, content.Close())
	}
	return a, content, nil
}

// sniffed is how many bytes tell what a file is.
const sniffed = 512

// recognised says what a file is by its first bytes, whatever its name, and gives it
// whole again, under the limit.
func recognised(file io.Reader) (io.Reader, string, error) {
	b := bufio.NewReaderSize(file, 1<<16)
	head, err := b.Peek(sniffed)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, "", fault.Wrap(err, fault.Invalid, "fault.attachment.source")
	case len(head) == 0:
		return nil, "", fault.At("file", "fault.attachment.empty")
	}
	return &capped{b, MaxAttachment}, mediaOf(head), nil
}

// mediaOf gives the MIME type of a file without parameters.
func mediaOf(head []byte) string {
	// Those that net/http does not know.
	switch {
	case strings.HasPrefix(string(head), "II*\x00"), strings.HasPrefix(string(head), "MM\x00*"):
		return "image/tiff"
	case len(head) >= 132 && string(head[128:132]) == "DICM":
		return "application/dicom"
	}
	media, _, _ := strings.Cut(http.DetectContentType(head), ";")
	return media
}

// capped reads no more than is left, and fails where there is more.
type capped struct {
	from io.Reader
	left int64
}

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.from.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, fault.At("file", "fault.attachment.large", "limit", MaxAttachment>>20)
	}
	return n, err
}
