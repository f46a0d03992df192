package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"feldsher/internal/fault"
)

// blobFolder holds the attachments' files, in 256 folders by the first two
// letters of their names.
const (
	blobFolder = "blobs"
	blobDraft  = "new-" // the name of a file that is being written begins so
)

// isBlobName reports whether s is a SHA-256 in lower-case hexadecimal. Names come
// from rows, and rows from other workstations: no other name becomes a path.
func isBlobName(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

func (s *Store) blobs() string { return filepath.Join(s.dir, blobFolder) }

func (s *Store) blobPath(name string) string { return filepath.Join(s.blobs(), name[:2], name) }

// writeBlob seals r into a file that is durable under its name when writeBlob
// returns. After an error nothing of it is left, unless the program was killed.
func (s *Store) writeBlob(ctx context.Context, r io.Reader) (name string, size int64, key *blobKey, err error) {
	if err := makeDir(s.blobs()); err != nil {
		return "", 0, nil, blobSpace(err)
	}
	f, err := os.CreateTemp(s.blobs(), blobDraft+"*")
	if err != nil {
		return "", 0, nil, blobSpace(err)
	}
	draft := f.Name()
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(draft)
		}
	}()
	key = new(blobKey)
	if _, err := rand.Read(key[:]); err != nil {
		return "", 0, nil, fmt.Errorf("store: attachment's key: %w", err)
	}
	sum := sha256.New()
	if size, err = sealBlob(ctx, io.MultiWriter(f, sum), r, key); err != nil {
		return "", 0, nil, blobWriteFault(ctx, err)
	}
	if err := f.Sync(); err != nil {
		return "", 0, nil, blobSpace(err)
	}
	if err := f.Close(); err != nil {
		return "", 0, nil, blobSpace(err)
	}
	name = hex.EncodeToString(sum.Sum(nil))
	if err := s.publishBlob(draft, name); err != nil {
		return "", 0, nil, blobSpace(err)
	}
	return name, size, key, nil
}

// publishBlob gives a finished file its name and makes the name durable, with
// those of the folders above it: another run may have made them and been cut off.
func (s *Store) publishBlob(draft, name string) error {
	path := s.blobPath(name)
	folder := filepath.Dir(path)
	if err := makeDir(folder); err != nil {
		return err
	}
	if err := os.Rename(draft, path); err != nil {
		return err
	}
	for _, dir := range []string{folder, s.blobs(), s.dir} {
		if err := syncFolder(dir); err != nil {
			return errors.Join(err, os.Remove(path))
		}
	}
	return nil
}

func makeDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // no such call there: NTFS journals names by itself
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func blobSpace(err error) error { return fault.Wrap(err, fault.Space, "fault.attachment.write") }

// blobWriteFault tells a source that can't be read from a disk that can't be
// written.
func blobWriteFault(ctx context.Context, err error) error {
	var own *fault.Error
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()), errors.As(err, &own):
		return err
	case errors.Is(err, errBlobSource):
		return fault.Wrap(err, fault.Invalid, "fault.attachment.source")
	}
	return blobSpace(err)
}

// blobFile is one file of the folder.
type blobFile struct {
	name  string // "" for a draft
	path  string
	entry fs.DirEntry
}

// blobFiles lists the files that are attachments or drafts of them; other
// people's files are left alone.
func (s *Store) blobFiles(ctx context.Context) ([]blobFile, error) {
	var out []blobFile
	err := filepath.WalkDir(s.blobs(), func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // removed meanwhile, or no attachment was ever made
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case !d.Type().IsRegular():
			return nil
		}
		name := d.Name()
		switch {
		case isBlobName(name) && path == s.blobPath(name):
			out = append(out, blobFile{name, path, d})
		case (strings.HasPrefix(name, blobDraft) || strings.HasPrefix(name, blobPart)) && filepath.Dir(path) == s.blobs():
			out = append(out, blobFile{"", path, d})
		}
		return nil
	})
	return out, err
}
