package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/storage/vault"
)

// ErrOrphan is the cause of the report about a file that no row names: what an
// interrupted or refused PutAttachment left. It is harmless; SweepBlobs removes
// it.
var ErrOrphan = errors.New("no attachment names this file")

// SweepAge is how old a file without a row should be before it is removed.
const SweepAge = 24 * time.Hour

// CheckAttachments reads every attachment's file whole, those of struck-out rows
// too: the hash of its bytes must be its name and every chunk authentic. It calls
// report for each that is missing or not well, with the fault that OpenAttachment
// or its reader would give, and with a zero id for each orphan (errors.Is
// ErrOrphan, kind NotFound; one that is being attached just now may be among
// them). Of a patient whose key was erased only the hash is checked. n counts the
// attachments; err is what kept the check from its end.
func (s *Store) CheckAttachments(ctx context.Context, report func(id clinic.ID, err error)) (n int, err error) {
	// Files first: a file stands before its row does.
	files, err := s.blobFiles(ctx)
	if err != nil {
		return 0, checkFault(ctx, err)
	}
	named := make(map[string]bool)
	const page = 200
	for last := (clinic.ID{}); ; {
		rows, err := attachments.list(s.Reader(ctx), `id > ? ORDER BY id LIMIT ?`, last[:], page)
		if err != nil {
			return n, err
		}
		for i := range rows {
			a := &rows[i]
			named[a.Blob] = true
			err := s.checkAttachment(ctx, a)
			if ctx.Err() != nil {
				return n, ctx.Err()
			}
			if err != nil {
				report(a.ID, err)
			}
			n++
		}
		if len(rows) < page {
			break
		}
		last = rows[len(rows)-1].ID
	}
	for _, f := range files {
		if strings.HasPrefix(f.entry.Name(), blobPart) {
			continue // on its way
		}
		if f.name == "" || !named[f.name] {
			report(clinic.ID{}, fault.Wrap(ErrOrphan, fault.NotFound, "fault.attachment.orphan", "file", f.entry.Name()))
		}
	}
	return n, nil
}

func checkFault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.Wrap(err, fault.Internal, "fault.attachment.folder")
}

func (s *Store) checkAttachment(ctx context.Context, a *clinic.Attachment) error {
	key, err := s.attachmentKey(a)
	if err != nil && !errors.Is(err, vault.ErrErased) {
		return err
	}
	f, err := s.openBlobFile(a)
	if errors.Is(err, fs.ErrNotExist) {
		// What is still to be fetched is no damage.
		wanted, e := scalar[int64](s.Reader(ctx), `SELECT count(*) FROM blob_wanted WHERE blob = ?`, a.Blob)
		if e == nil && wanted > 0 {
			return nil
		}
		return errors.Join(err, e)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	file := io.TeeReader(&stoppable{ctx, f}, sum)
	if key != nil {
		err = checkContent(file, key, a.Size)
		clear(key[:])
	}
	if err == nil {
		_, err = io.Copy(io.Discard, file)
	}
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != a.Blob {
		err = fmt.Errorf("%w: its hash is not its name", errBlob)
	}
	if err != nil {
		return blobReadFault(f, a.Blob, err)
	}
	return nil
}

func checkContent(file io.Reader, key *blobKey, size int64) error {
	b, err := openBlob(file, key)
	if err != nil {
		return err
	}
	defer b.wipe()
	n, err := io.Copy(io.Discard, b)
	if err == nil && n != size {
		err = fmt.Errorf("%w: %d bytes, want %d", errBlob, n, size)
	}
	return err
}

// stoppable is a reader that ends with its context.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// SweepBlobs removes the files that no row names and that were last written at
// least age ago, and says how many. Right for every start is SweepAge; with 0 a
// PutAttachment that is under way may fail (Conflict or Space; nothing else is
// lost). While entries wait for their keys, rows that nobody sees yet may name
// files: then only unfinished ones go.
func (s *Store) SweepBlobs(ctx context.Context, age time.Duration) (removed int, err error) {
	files, err := s.blobFiles(ctx)
	if err != nil {
		return 0, checkFault(ctx, err)
	}
	border := s.now().Add(-age)
	var old []blobFile
	for _, f := range files {
		info, err := f.entry.Info()
		if err == nil && !info.ModTime().After(border) {
			old = append(old, f)
		}
	}
	if len(old) == 0 {
		return 0, nil
	}
	// PutAttachment looks for its file in the transaction that names it: under the
	// writers' lock a file is either named by now or will be missed then.
	s.writing.Lock()
	defer s.writing.Unlock()
	named, waiting, err := blobsInUse(s.Reader(ctx))
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, f := range old {
		if f.name != "" && (waiting || named[f.name]) {
			continue
		}
		switch err := os.Remove(f.path); {
		case err == nil:
			removed++
		case !errors.Is(err, fs.ErrNotExist):
			errs = append(errs, err)
		}
	}
	return removed, fault.Wrap(errors.Join(errs...), fault.Space, "fault.attachment.sweep", "files", len(errs))
}

// blobsInUse lists the files that rows name, and whether there may be more in
// entries that can't be opened yet.
func blobsInUse(r *Reader) (named map[string]bool, waiting bool, err error) {
	n, err := scalar[int64](r, `SELECT count(*) FROM entry WHERE waiting <> 0`)
	if err != nil {
		return nil, false, err
	}
	rows, err := r.query(`SELECT blob FROM attachment`)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	named = make(map[string]bool)
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, false, fmt.Errorf("store: attachment: %w", err)
		}
		named[name] = true
	}
	return named, n > 0, rows.Err()
}
