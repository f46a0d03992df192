package depot

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"feldsher/internal/ledger"
	"feldsher/internal/online/wire"
)

// An attachment is a file from its first chunk on; its row says how many bytes of the
// file count, and how far the hash over them has come. A chunk is first in the file,
// on disk, then in the row: what a crash leaves behind the counted bytes is written over.

// stored is a row of the table.
type stored struct {
	size, have int64
	state      []byte
	whole      bool
}

func findBlob(t tx, org ledger.ID, name ledger.Hash) (b stored, found bool, err error) {
	var whole int64
	found, err = one(t, "SELECT size, have, state, whole FROM blob WHERE org = $1 AND hash = $2",
		[]any{key(org), name[:]}, &b.size, &b.have, &b.state, &whole)
	b.whole = whole != 0
	return b, found, err
}

func (d *depot) blobPath(org ledger.ID, name ledger.Hash) string {
	text := hex.EncodeToString(name[:])
	return filepath.Join(d.dir, org.String(), text[:2], text)
}

// PutBlob implements Depot.
func (d *depot) PutBlob(ctx context.Context, org ledger.ID, name ledger.Hash, size, offset int64, chunk []byte) (have int64, whole bool, err error) {
	if size < 0 || size > wire.MaxBlob || offset < 0 || offset > size-int64(len(chunk)) {
		return 0, false, ErrSize
	}
	if err := d.alive(); err != nil {
		return 0, false, err
	}
	var spoilt bool
	err = d.guard(ctx, "blob "+org.String()+hex.EncodeToString(name[:]), func(t tx) error {
		spoilt = false
		b, found, err := findBlob(t, org, name)
		if err != nil {
			return err
		}
		if !d.there(org, name, b) {
			b = stored{size: size} // lost on the disk: given again from its beginning
		}
		if b.whole {
			have, whole = b.size, true
			return nil
		}
		if !found {
			if _, err := organisation(t, org); err != nil {
				return err
			}
		}
		if b.size != size {
			b = stored{size: size}
		}
		if have = b.have; offset != have {
			return ErrGap
		}
		next, sum, err := d.append(d.blobPath(org, name), b, chunk)
		if err != nil {
			return err
		}
		if next.whole && sum != name {
			spoilt = true
			return t.later("DELETE FROM blob WHERE org = $1 AND hash = $2", key(org), name[:])
		}
		have, whole = next.have, next.whole
		return t.later(`INSERT INTO blob (org, hash, size, have, state, whole) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (org, hash) DO UPDATE SET size = excluded.size, have = excluded.have, state = excluded.state, whole = excluded.whole`,
			key(org), name[:], next.size, next.have, blob(next.state), number01(next.whole))
	})
	switch {
	case errors.Is(err, ErrGap):
		return have, false, ErrGap
	case err != nil:
		return 0, false, err
	case spoilt:
		return 0, false, ErrHash // the next first chunk is written over the file
	}
	return have, whole, nil
}

func number01(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// append writes a chunk behind what counts, makes it durable, and gives the row that
// says so; sum is the hash of the whole, once it is there.
func (d *depot) append(path string, b stored, chunk []byte) (next stored, sum ledger.Hash, err error) {
	h := sha256.New()
	if len(b.state) > 0 {
		if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(b.state); err != nil {
			return b, sum, fmt.Errorf("depot: attachment: %w", err)
		}
	}
	if err := d.writeChunk(path, b.have, chunk, b.have+int64(len(chunk)) == b.size); err != nil {
		return b, sum, fmt.Errorf("depot: attachment: %w", err)
	}
	h.Write(chunk)
	b.have += int64(len(chunk))
	if b.whole = b.have == b.size; b.whole {
		h.Sum(sum[:0])
		b.state = nil
		return b, sum, nil
	}
	b.state, err = marshalHash(h)
	return b, sum, err
}

func marshalHash(h hash.Hash) ([]byte, error) {
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("depot: attachment: %w", err)
	}
	return state, nil
}

// writeChunk writes at a place of a file, on disk when it returns; last cuts off what
// may stand behind.
func (d *depot) writeChunk(path string, offset int64, chunk []byte, last bool) (err error) {
	if offset == 0 {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.WriteAt(chunk, offset); err != nil {
		return err
	}
	if last {
		if err := f.Truncate(offset + int64(len(chunk))); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if offset == 0 { // the names on the way to it, too
		for range 3 { // hash, organisation, all
			path = filepath.Dir(path)
			if err := syncDir(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// syncDir makes a directory's names durable, where the system knows such a thing.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// there reports whether the file has as many bytes as its row counts: an operator may
// have put back the database and not the files, or a disk has lost some.
func (d *depot) there(org ledger.ID, name ledger.Hash, b stored) bool {
	if b.have == 0 && !b.whole {
		return true
	}
	info, err := os.Stat(d.blobPath(org, name))
	return err == nil && info.Mode().IsRegular() && (info.Size() == b.have || !b.whole && info.Size() > b.have)
}

// HaveBlobs implements Depot.
func (d *depot) HaveBlobs(ctx context.Context, org ledger.ID, names []ledger.Hash) (sizes []int64, whole []bool, err error) {
	sizes, whole = make([]int64, len(names)), make([]bool, len(names))
	lists := make([][]any, len(names))
	for i, name := range names {
		lists[i] = []any{key(org), name[:]}
	}
	err = d.look(ctx, func(t tx) error {
		return t.many("SELECT have, whole FROM blob WHERE org = $1 AND hash = $2", lists, func(i int, scan scan) error {
			var w int64
			err := scan(&sizes[i], &w)
			whole[i] = w != 0
			return err
		})
	})
	if err != nil {
		return nil, nil, err
	}
	for i, name := range names {
		if !d.there(org, name, stored{have: sizes[i], whole: whole[i]}) {
			sizes[i], whole[i] = 0, false
		}
	}
	return sizes, whole, nil
}

// OpenBlob implements Depot.
func (d *depot) OpenBlob(ctx context.Context, org ledger.ID, name ledger.Hash) (io.ReadSeekCloser, int64, error) {
	var b stored
	err := d.look(ctx, func(t tx) (err error) {
		b, _, err = findBlob(t, org, name)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	if !b.whole {
		return nil, 0, ErrUnknown
	}
	f, err := os.Open(d.blobPath(org, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrUnknown
	}
	if err != nil {
		return nil, 0, fmt.Errorf("depot: attachment: %w", err)
	}
	return f, b.size, nil
}
