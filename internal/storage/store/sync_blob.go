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
	"path/filepath"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// BlobHash names an attachment's file: the SHA-256 of its sealed bytes.
type BlobHash = [sha256.Size]byte

// blobPart is how the name of a file that is being fetched begins; its hash
// follows.
const blobPart = "part-"

func blobName(h BlobHash) string { return hex.EncodeToString(h[:]) }

// blobHashes turns the names of rows into hashes. Rows come from other
// workstations: what is no name is left out.
func blobHashes(names []string) []BlobHash {
	out := make([]BlobHash, 0, len(names))
	for _, name := range names {
		if !isBlobName(name) {
			continue
		}
		var h BlobHash
		_, _ = hex.Decode(h[:], []byte(name)) // it is hexadecimal
		out = append(out, h)
	}
	return out
}

// BlobsLacking lists files that rows name and that are not here yet, at most max:
// first those that somebody wanted to see, the latest of them first.
func (s *Store) BlobsLacking(ctx context.Context, max int) ([]BlobHash, error) {
	names, err := column[string](s.Reader(ctx), `SELECT blob FROM blob_wanted ORDER BY asked DESC, blob LIMIT ?`, max)
	return blobHashes(names), err
}

// BlobsUnsent lists files that are here and that a server is not known to hold, at
// most max.
func (s *Store) BlobsUnsent(ctx context.Context, server ledger.ID, max int) ([]BlobHash, error) {
	names, err := column[string](s.Reader(ctx), `SELECT d.blob FROM blob_due AS d WHERE d.server = ?
		AND NOT EXISTS (SELECT 1 FROM blob_wanted AS w WHERE w.blob = d.blob) ORDER BY d.blob LIMIT ?`, key16(server), max)
	return blobHashes(names), err
}

// BlobsSent notes that a server holds files whole.
func (s *Store) BlobsSent(ctx context.Context, server ledger.ID, hashes ...BlobHash) error {
	if len(hashes) == 0 {
		return nil
	}
	return s.Local(ctx, func(tx *Tx) error {
		for _, h := range hashes {
			if _, err := tx.Exec(`DELETE FROM blob_due WHERE server = ? AND blob = ?`, key16(server), blobName(h)); err != nil {
				return err
			}
		}
		return nil
	})
}

// OpenBlobFile opens a file as it is kept, sealed, and gives its length in bytes.
// It is to be closed. Faults: Damaged when it is not here, Internal.
func (s *Store) OpenBlobFile(h BlobHash) (io.ReadSeekCloser, int64, error) {
	name := blobName(h)
	f, err := os.Open(s.blobPath(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fault.Wrap(err, fault.Damaged, "fault.attachment.missing", "file", name)
	}
	if err != nil {
		return nil, 0, fault.Wrap(err, fault.Internal, "fault.attachment.read", "file", name)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, fault.Wrap(errors.Join(err, f.Close()), fault.Internal, "fault.attachment.read", "file", name)
	}
	return f, info.Size(), nil
}

// BlobReceived tells how many bytes of a file were received so far.
func (s *Store) BlobReceived(h BlobHash) int64 {
	info, err := os.Stat(s.partPath(h))
	if err != nil {
		return 0
	}
	return info.Size()
}

func (s *Store) partPath(h BlobHash) string { return filepath.Join(s.blobs(), blobPart+blobName(h)) }

// BlobReceiver takes a file in, in any number of sittings. It is for one
// goroutine.
type BlobReceiver struct {
	s    *Store
	hash BlobHash
	f    *os.File
}

// ReceiveBlob goes on receiving a file at an offset in bytes, which is at most
// BlobReceived; what lies behind it is written anew. Faults: Invalid for an offset
// beyond, Space.
func (s *Store) ReceiveBlob(h BlobHash, offset int64) (*BlobReceiver, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	if err := makeDir(s.blobs()); err != nil {
		return nil, blobFetch(err)
	}
	f, err := os.OpenFile(s.partPath(h), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, blobFetch(err)
	}
	info, err := f.Stat()
	if err == nil && (offset < 0 || offset > info.Size()) {
		cause := fmt.Errorf("offset %d in a file of %d bytes", offset, info.Size())
		return nil, errors.Join(fault.Wrap(cause, fault.Invalid, "fault.attachment.offset"), f.Close())
	}
	if err == nil {
		err = f.Truncate(offset)
	}
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(blobFetch(err), f.Close())
	}
	return &BlobReceiver{s, h, f}, nil
}

// Write implements io.Writer. After a fault of kind Space (the disk is full, say)
// what was written before stays, and ReceiveBlob goes on from there.
func (r *BlobReceiver) Write(p []byte) (int, error) {
	n, err := r.f.Write(p)
	return n, blobFetch(err)
}

// Finish ends a file that has come whole: its hash is checked, and when Finish
// returns it is durable under its name. The receiver is closed. A fault of kind
// Damaged says that other bytes came than the hash names; they are thrown away.
func (r *BlobReceiver) Finish(ctx context.Context) error {
	sum := sha256.New()
	_, err := r.f.Seek(0, io.SeekStart)
	if err == nil {
		_, err = io.Copy(sum, &stoppable{ctx, r.f})
	}
	if err == nil {
		err = r.f.Sync()
	}
	if e := r.f.Close(); err == nil {
		err = e
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return blobFetch(err)
	case !bytes.Equal(sum.Sum(nil), r.hash[:]):
		return errors.Join(fault.New(fault.Damaged, "fault.attachment.received", "file", blobName(r.hash)),
			os.Remove(r.s.partPath(r.hash)))
	}
	name := blobName(r.hash)
	if err := r.s.publishBlob(r.s.partPath(r.hash), name); err != nil {
		return blobFetch(err)
	}
	if err := r.s.Local(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`DELETE FROM blob_wanted WHERE blob = ?`, name)
		return err
	}); err != nil {
		return err
	}
	r.s.signal([]string{attachments.table})
	return nil
}

// Close keeps what has come so far, for going on later.
func (r *BlobReceiver) Close() error {
	if err := r.f.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return blobFetch(err)
	}
	return nil
}

// blobFetch says of a disk that can't be written what it means for a file that
// comes in.
func blobFetch(err error) error { return fault.Wrap(err, fault.Space, "fault.attachment.fetch") }

// comingBlob tells a file that is still to be fetched from one that is gone, and
// has it fetched before others.
func (s *Store) comingBlob(ctx context.Context, a *clinic.Attachment, missing error) error {
	if !errors.Is(missing, fs.ErrNotExist) {
		return missing
	}
	wanted, err := scalar[int64](s.Reader(ctx), `SELECT count(*) FROM blob_wanted WHERE blob = ?`, a.Blob)
	if err != nil || wanted == 0 {
		return errors.Join(missing, err)
	}
	err = s.Local(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`UPDATE blob_wanted SET asked = ? WHERE blob = ?`, tx.Now(), a.Blob)
		return err
	})
	return errors.Join(fault.New(fault.NotFound, "fault.attachment.coming", "file", a.Blob), err)
}

// dueAnew makes every attachment due at a server.
func dueAnew(tx *Tx, server ledger.ID) error {
	if _, err := tx.Exec(`DELETE FROM blob_due WHERE server NOT IN (SELECT server FROM link)`); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT OR IGNORE INTO blob_due (server, blob) SELECT ?, blob FROM attachment WHERE blob <> ''`, key16(server))
	return err
}

// dueBlob makes one file due at every server.
func dueBlob(tx *Tx, name string) error {
	_, err := tx.Exec(`INSERT OR IGNORE INTO blob_due (server, blob) SELECT server, ? FROM link`, name)
	return err
}
