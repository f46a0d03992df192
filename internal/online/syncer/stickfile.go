package syncer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"feldsher/internal/online/wire"
)

// A file of the stick: magic 8 bytes, frames (length in 4 bytes, big-endian, at
// least 1; then so many bytes), 4 zero bytes, SHA-256 of all before.
const (
	pageMagic = "FELDSTK\x01"
	ringMagic = "FELDSTR\x01"
)

// errNotWhole says that a file was copied half, was damaged, or is none of ours.
var errNotWhole = errors.New("syncer: the stick's file is not whole")

// wholeFile is one whose sum was checked.
type wholeFile struct {
	f    io.ReadSeekCloser
	body int64 // bytes of the frames
}

// openWhole checks a file from its first byte to its last, and opens it.
func openWhole(path, magic string) (*wholeFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	w, err := checkWhole(f, magic)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return w, nil
}

const stickTail = 4 + sha256.Size

func checkWhole(f io.ReadSeekCloser, magic string) (*wholeFile, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	body := size - int64(len(magic)) - stickTail
	if body < 0 {
		return nil, errNotWhole
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	sum := sha256.New()
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotWhole, err)
	}
	if string(head) != magic {
		return nil, errNotWhole
	}
	sum.Write(head)
	// A stick that can't be read at some place has a file that is not whole.
	if _, err := io.CopyN(sum, f, body+4); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotWhole, err)
	}
	tail := make([]byte, sha256.Size)
	if _, err := io.ReadFull(f, tail); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotWhole, err)
	}
	if !bytes.Equal(tail, sum.Sum(nil)) {
		return nil, errNotWhole
	}
	return &wholeFile{f, body}, nil
}

func (w *wholeFile) Close() error { return w.f.Close() }

// frames gives the frames in their order.
func (w *wholeFile) frames() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if _, err := w.f.Seek(int64(len(pageMagic)), io.SeekStart); err != nil {
			yield(nil, err)
			return
		}
		r := bufio.NewReaderSize(w.f, 1<<16)
		for left := w.body; left > 0; {
			var head [4]byte
			if _, err := io.ReadFull(r, head[:]); err != nil {
				yield(nil, err)
				return
			}
			n := int64(binary.BigEndian.Uint32(head[:]))
			if left -= 4 + n; n == 0 || n > wire.MaxBody || left < 0 {
				yield(nil, errNotWhole)
				return
			}
			frame := make([]byte, n)
			_, err := io.ReadFull(r, frame)
			if !yield(frame, err) || err != nil {
				return
			}
		}
	}
}

// write puts a file onto the stick, whole or not at all.
func (s *stick) write(name, magic string, frames iter.Seq[[]byte]) error {
	temp := filepath.Join(s.dir, tempPrefix+name)
	err := writeFile(temp, func(w io.Writer) error {
		f := frameWriter{w: w, sum: sha256.New()}
		f.put([]byte(magic))
		for frame := range frames {
			f.put(binary.BigEndian.AppendUint32(nil, uint32(len(frame))))
			f.put(frame)
		}
		f.put(make([]byte, 4))
		f.put(f.sum.Sum(nil))
		return f.err
	})
	if err == nil {
		err = os.Rename(temp, filepath.Join(s.dir, name))
	}
	if err != nil {
		return unwritable(s.dir, errors.Join(err, os.Remove(temp)))
	}
	syncDir(s.dir)
	return nil
}

type frameWriter struct {
	w   io.Writer
	sum hash.Hash
	err error
}

func (f *frameWriter) put(b []byte) {
	if f.err == nil {
		f.sum.Write(b)
		_, f.err = f.w.Write(b)
	}
}

// writeFile makes a file durable.
func writeFile(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	err = fill(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes a rename durable where the system can; a stick's file system may not.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// spans is a set of numbers in runs, as chains are.
type spans [][2]uint64 // first and last of each run, in order

func (s *spans) add(n uint64) {
	i, found := slices.BinarySearchFunc(*s, n, func(r [2]uint64, n uint64) int {
		switch {
		case r[1] < n:
			return -1
		case r[0] > n:
			return 1
		}
		return 0
	})
	if found {
		return
	}
	runs := *s
	before, after := i > 0 && runs[i-1][1]+1 == n, i < len(runs) && runs[i][0] == n+1
	switch {
	case before && after:
		runs[i-1][1] = runs[i][1]
		*s = slices.Delete(runs, i, i+1)
	case before:
		runs[i-1][1] = n
	case after:
		runs[i][0] = n
	default:
		*s = slices.Insert(runs, i, [2]uint64{n, n})
	}
}

func (s *spans) has(n uint64) bool {
	if s == nil {
		return false
	}
	for _, r := range *s {
		if r[0] <= n && n <= r[1] {
			return true
		}
	}
	return false
}
