package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/journal"
	"feldsher/internal/storage/vault"
)

// An attachment is a file beside the database, sealed under a key of its own,
// which the patient's Medical key wraps: with that key erased (R10.3) no copy of
// the file opens any more, wherever it lies.

// PutAttachment reads r to its end into a new file and then writes the row: the
// file is durable before the row that names it. It fills ID (if there is none),
// Size, Blob and Key, and leaves a as it was when it fails. Memory does not grow
// with the file, and other writers go on while r is read.
//
// Faults: NotFound for an unknown patient or one whose key was erased, Conflict
// for an id that is taken (an attachment's content never changes), Invalid when r
// fails, Space when the file can't be written.
func (s *Store) PutAttachment(ctx context.Context, act journal.Act, a *clinic.Attachment, r io.Reader) error {
	row := *a
	if row.ID.IsZero() {
		row.ID = clinic.NewID()
	}
	if err := freeForAttachment(s.Reader(ctx), &row); err != nil {
		return err
	}
	wrap, err := s.attachmentWrap(row.Patient)
	if err != nil {
		return err
	}
	defer clear(wrap[:])
	name, size, key, err := s.writeBlob(ctx, r)
	if err != nil {
		return err
	}
	row.Blob, row.Size = name, size
	row.Key = vault.Seal(wrap, s.attachmentContext(&row), key[:])
	clear(key[:])

	// Once fn is through, an error does not tell whether the row will be there
	// after a restart: the file stays then, for SweepBlobs if need be.
	through := false
	err = s.Update(ctx, act, func(tx *Tx) error {
		if err := freeForAttachment(tx, &row); err != nil {
			return err
		}
		if _, err := os.Stat(s.blobPath(name)); err != nil {
			return fault.Wrap(err, fault.Conflict, "fault.attachment.swept")
		}
		if err := attachments.save(tx, &row, row.Patient); err != nil {
			return err
		}
		if err := dueBlob(tx, name); err != nil {
			return err
		}
		through = true
		return nil
	})
	if err != nil {
		if !through {
			_ = os.Remove(s.blobPath(name)) // else SweepBlobs does it
		}
		return err
	}
	*a = row
	return nil
}

// freeForAttachment checks that the patient is there and the id is not.
func freeForAttachment(q querier, a *clinic.Attachment) error {
	n, err := scalar[int64](q, `SELECT count(*) FROM patient WHERE id = ?`, a.Patient[:])
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "fault.patient.none")
	}
	if n, err = scalar[int64](q, `SELECT count(*) FROM attachment WHERE id = ?`, a.ID[:]); err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "fault.attachment.exists")
	}
	return nil
}

// attachmentWrap gives the key that wraps the keys of a patient's attachments,
// making it durable first.
func (s *Store) attachmentWrap(patient clinic.ID) (*[vault.KeySize]byte, error) {
	ring := s.session.Keyring()
	if err := ring.Ensure([]clinic.ID{patient}, vault.Medical); err != nil {
		return nil, attachmentKeyFault(err)
	}
	key, err := ring.Key(patient, vault.Medical)
	return key, attachmentKeyFault(err)
}

// attachmentContext binds the wrapped key to its place: taken to another row,
// patient or organisation it does not open.
func (s *Store) attachmentContext(a *clinic.Attachment) []byte {
	org := s.session.Organisation()
	return bytes.Join([][]byte{[]byte("feldsher attachment 1\x00"), org[:], a.Patient[:], a.ID[:]}, nil)
}

func (s *Store) attachmentKey(a *clinic.Attachment) (*blobKey, error) {
	wrap, err := s.session.Keyring().Key(a.Patient, vault.Medical)
	if err != nil {
		return nil, attachmentKeyFault(err)
	}
	defer clear(wrap[:])
	plain, err := vault.OpenSealed(wrap, s.attachmentContext(a), a.Key)
	if err == nil && len(plain) != len(blobKey{}) {
		err = fmt.Errorf("a key of %d bytes", len(plain))
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "fault.attachment.key")
	}
	defer clear(plain)
	key := blobKey(plain)
	return &key, nil
}

// attachmentKeyFault says of a patient's key that is not there what it means for
// the attachment.
func attachmentKeyFault(err error) error {
	switch {
	case errors.Is(err, vault.ErrErased):
		return fault.Wrap(err, fault.NotFound, "fault.attachment.erased")
	case errors.Is(err, vault.ErrNoKey):
		return fault.Wrap(err, fault.NotFound, "fault.attachment.no_key")
	}
	return err
}

// Attachment reads one attachment's row; ok is false where there is none.
func (tx *Tx) Attachment(id clinic.ID) (a clinic.Attachment, ok bool, err error) {
	found, err := attachments.one(tx, liveID, id)
	if err != nil || found == nil {
		return a, false, err
	}
	return *found, true, nil
}

// Attachments reads what is attached to a patient, the oldest first.
func (r *Reader) Attachments(patient clinic.ID) ([]clinic.Attachment, error) {
	return attachments.list(r, liveOf, patient)
}

// Attachment reads one attachment's row, struck out or not.
func (r *Reader) Attachment(id clinic.ID) (clinic.Attachment, error) {
	a, err := attachments.one(r, `id = ?`, id[:])
	if err != nil {
		return clinic.Attachment{}, err
	}
	if a == nil {
		return clinic.Attachment{}, fault.New(fault.NotFound, "fault.attachment.none")
	}
	return *a, nil
}

// OpenAttachment gives an attachment and its content. Every chunk of 64 KiB is
// found authentic before a byte of it is handed on, the first one before
// OpenAttachment returns; the reader ends with an error, never with wrong or
// missing data. It is for one goroutine; ctx ends it; it is to be closed.
//
// Faults, of OpenAttachment and of the reader: NotFound for an unknown
// attachment, one whose patient's key was erased ("fault.attachment.erased") or
// has not arrived, or whose file has not ("fault.attachment.coming": it is fetched
// before others then); Damaged when the file is missing or fails its check; Newer;
// Internal when the disk can't be read.
func (s *Store) OpenAttachment(ctx context.Context, id clinic.ID) (clinic.Attachment, io.ReadCloser, error) {
	a, err := s.Reader(ctx).Attachment(id)
	if err != nil {
		return clinic.Attachment{}, nil, err
	}
	key, err := s.attachmentKey(&a)
	if err != nil {
		return clinic.Attachment{}, nil, err
	}
	defer clear(key[:])
	f, err := s.openBlobFile(&a)
	if err != nil {
		return clinic.Attachment{}, nil, s.comingBlob(ctx, &a, err)
	}
	b, err := openBlob(f, key)
	if err != nil {
		return clinic.Attachment{}, nil, errors.Join(blobReadFault(f, a.Blob, err), f.Close())
	}
	return a, &content{ctx: ctx, f: f, b: b, name: a.Blob}, nil
}

// openBlobFile opens the file of a row and holds its length against the row's.
func (s *Store) openBlobFile(a *clinic.Attachment) (*os.File, error) {
	if !isBlobName(a.Blob) || a.Size < 0 {
		return nil, fault.Wrap(errors.New("bad name or size in the row"), fault.Damaged, "fault.attachment.key")
	}
	f, err := os.Open(s.blobPath(a.Blob))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(err, fault.Damaged, "fault.attachment.missing", "file", a.Blob)
	}
	var info fs.FileInfo
	if err == nil {
		if info, err = f.Stat(); err != nil {
			err = errors.Join(err, f.Close())
		}
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "fault.attachment.read", "file", a.Blob)
	}
	if !info.Mode().IsRegular() || info.Size() != blobLength(a.Size) {
		// A file of a later format may be of another length.
		err := fmt.Errorf("%w: %d bytes, want %d", errBlob, info.Size(), blobLength(a.Size))
		if info.Mode().IsRegular() {
			if _, e := openBlob(f, new(blobKey)); errors.Is(e, errBlobNewer) {
				err = e
			}
		}
		return nil, errors.Join(blobReadFault(f, a.Blob, err), f.Close())
	}
	return f, nil
}

// blobReadFault names what is wrong with a file. Later formats are believed only
// if the file has the hash that is its name: else a flipped bit would look like
// one.
func blobReadFault(f *os.File, name string, err error) error {
	switch {
	case errors.Is(err, errBlobNewer):
		if sum, e := hashFile(f); e != nil || sum != name {
			return fault.Wrap(errors.Join(errBlob, e), fault.Damaged, "fault.attachment.damaged", "file", name)
		}
		return fault.Wrap(err, fault.Newer, "fault.attachment.newer", "file", name)
	case errors.Is(err, errBlob):
		return fault.Wrap(err, fault.Damaged, "fault.attachment.damaged", "file", name)
	}
	return fault.Wrap(err, fault.Internal, "fault.attachment.read", "file", name)
}

func hashFile(f *os.File) (string, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err := io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// content is an open attachment.
type content struct {
	ctx    context.Context
	f      *os.File
	b      *blobReader
	name   string
	closed bool
}

// Read implements io.Reader.
func (c *content) Read(p []byte) (int, error) {
	if c.closed {
		return 0, fs.ErrClosed
	}
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.b.Read(p)
	if c.b.err != nil {
		err = blobReadFault(c.f, c.name, c.b.err)
	}
	return n, err
}

// Close implements io.Closer.
func (c *content) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	c.b.wipe()
	return c.f.Close()
}
