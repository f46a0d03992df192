package records

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/store"
)

// maxPhotoFile is the most bytes of a picture that is taken as a photo; what is kept
// of it is a few dozen kilobytes.
const maxPhotoFile = 32 << 20

// SetPhoto puts a picture of the patient onto the card (R1.1): JPEG or PNG, turned
// upright, scaled down to at most 512 points a side and encoded anew, so that nothing
// of the file but the picture is kept: no place, no time, no camera. The former
// photo stays among the attachments. It is a matter of the card, not of care: whoever
// may write cards may do it. Faults: NotFound, Invalid for a file that is no such
// picture or too large.
func (r *Records) SetPhoto(ctx context.Context, patient clinic.ID, file io.Reader) (clinic.Attachment, error) {
	if err := r.who.Require(clinic.WriteCards); err != nil {
		return clinic.Attachment{}, err
	}
	p, err := r.store.Reader(ctx).Patient(patient)
	if err == nil && !p.Deleted.IsZero() {
		err = fault.New(fault.NotFound, "fault.patient.none")
	}
	if err != nil {
		return clinic.Attachment{}, err
	}
	picture, err := io.ReadAll(io.LimitReader(file, maxPhotoFile+1))
	switch {
	case err != nil:
		return clinic.Attachment{}, fault.Wrap(err, fault.Invalid, "fault.attachment.source")
	case len(picture) > maxPhotoFile:
		return clinic.Attachment{}, fault.At("photo", "fault.photo.large")
	}
	small, err := portrait(picture)
	if err != nil {
		return clinic.Attachment{}, err
	}
	// The file first: until the card names it, it is one attachment more.
	act := journal.Act{Actor: r.who.ID, Intent: "patient.photo", Batch: clinic.NewID()}
	a := clinic.Attachment{Patient: patient, Kind: "photo", Media: "image/jpeg", Taken: clinic.TimeOf(r.now())}
	if err := r.store.PutAttachment(ctx, act, &a, bytes.NewReader(small)); err != nil {
		return clinic.Attachment{}, err
	}
	err = r.store.Update(ctx, act, func(tx *store.Tx) error {
		p, err := liveCard(tx, patient)
		if err != nil {
			return err
		}
		p.Photo = a.ID
		return tx.PutPatient(&p)
	})
	if err != nil {
		return clinic.Attachment{}, err
	}
	return a, nil
}

// Photo reads the picture of a patient, as JPEG; nil where the card has none. Of
// merged cards it is the first that one of them has. Whoever sees the card may see it.
func (r *Records) Photo(ctx context.Context, patient clinic.ID) ([]byte, error) {
	if err := r.who.Require(clinic.ReadCards); err != nil {
		return nil, err
	}
	cards, err := cardsOf(r.store.Reader(ctx), patient)
	if err != nil {
		return nil, err
	}
	for i := range cards {
		if cards[i].Photo.IsZero() {
			continue
		}
		return r.readPhoto(ctx, &cards[i])
	}
	return nil, nil
}

// readPhoto reads the attachment that a card names, if it is a photo of that card:
// by this door nobody reads clinical files.
func (r *Records) readPhoto(ctx context.Context, p *clinic.Patient) (_ []byte, err error) {
	a, content, err := r.store.OpenAttachment(ctx, p.Photo)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	if a.Kind != "photo" || a.Patient != p.ID {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(content, maxPhotoFile))
	if err != nil {
		return nil, err
	}
	// A photo may have come by another way than SetPhoto: whoever draws it must not be
	// made to decode a picture of any size.
	if c, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width > photoSide || c.Height > photoSide {
		if b, err = portrait(b); err != nil {
			return nil, nil
		}
	}
	return b, r.looked(ctx, "view", "photo", p.ID, 1)
}

// photoOf refuses to name as photo what is attached to another card or is no picture.
// A file that is not here yet may come from another workstation.
func photoOf(tx *store.Tx, p, old *clinic.Patient) error {
	if p.Photo.IsZero() || p.Photo == old.Photo {
		return nil
	}
	a, ok, err := tx.Attachment(p.Photo)
	if err == nil && ok && (a.Patient != p.ID || a.Kind != "photo") {
		err = fault.At("photo", "fault.photo.none")
	}
	return err
}
