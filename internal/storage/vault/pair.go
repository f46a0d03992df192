package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"feldsher/internal/fault"
)

// pair is one object kept in two files, name.a and name.b. Only one of them is
// ever being replaced, and its former content stays until the new one is on the
// disk:
//
//	write name.a.tmp, fsync
//	rename name.a → name.a.old
//	rename name.a.tmp → name.a, fsync the directory
//	overwrite name.a.old with zeros, fsync, remove
//
// The overwriting is what makes an erased key go: the former content would
// otherwise stay in free sectors. (Disks that write elsewhere, such as SSDs,
// may still hold it; docs/formats/keys.md says so.)
type pair struct {
	disk disk
	dir  string
	name string
	max  int64 // no file of this object is longer
	wipe int64 // how much of a former file to overwrite
}

const copies = 2

// errLeftover says that the new content is in place and durable, but the former
// file could not be destroyed.
var errLeftover = errors.New("former copy not destroyed")

func (p pair) file(i int) string { return p.name + [copies]string{".a", ".b"}[i] }
func (p pair) path(i int) string { return filepath.Join(p.dir, p.file(i)) }

// exists reports whether any trace of the object is there.
func (p pair) exists() bool {
	for i := range copies {
		for _, suffix := range []string{"", ".old"} {
			if _, err := p.disk.size(p.path(i) + suffix); !errors.Is(err, fs.ErrNotExist) {
				return true
			}
		}
	}
	return false
}

func (p pair) read(i int) ([]byte, error) { return p.disk.read(p.path(i), p.max) }

// tidy ends what a crash may have left of replace for copy i.
func (p pair) tidy(i int) error {
	path := p.path(i)
	if p.has(path + ".old") {
		if !p.has(path) {
			if err := p.disk.rename(path+".old", path); err != nil {
				return err
			}
			if err := p.disk.syncDir(p.dir); err != nil {
				return err
			}
		} else {
			// The former content must not go before its successor's name is
			// durable.
			if err := p.disk.syncDir(p.dir); err != nil {
				return err
			}
			if err := p.shred(path + ".old"); err != nil {
				return err
			}
		}
	}
	if p.has(path + ".tmp") {
		return p.shred(path + ".tmp")
	}
	return nil
}

func (p pair) has(path string) bool {
	_, err := p.disk.size(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// replace puts data in the place of copy i. Whatever fails, copy i is whole:
// the former content or, after an error wrapping errLeftover, the new one. When
// only making the names durable failed, a power cut decides which.
func (p pair) replace(i int, data []byte) error {
	path := p.path(i)
	if err := p.tidy(i); err != nil {
		return fmt.Errorf("tidy %s: %w", p.file(i), err)
	}
	if err := p.write(path+".tmp", data); err != nil {
		_ = p.shred(path + ".tmp") // frees the space; tidy tries again
		return fmt.Errorf("write %s.tmp: %w", p.file(i), err)
	}
	former := p.has(path)
	if former {
		if err := p.disk.rename(path, path+".old"); err != nil {
			return fmt.Errorf("put %s aside: %w", p.file(i), err)
		}
	}
	if err := p.disk.rename(path+".tmp", path); err != nil {
		if former {
			_ = p.disk.rename(path+".old", path) // tidy tries again
		}
		return fmt.Errorf("put new %s in place: %w", p.file(i), err)
	}
	if err := p.disk.syncDir(p.dir); err != nil {
		return fmt.Errorf("make %s durable: %w", p.file(i), err)
	}
	if former {
		if err := p.shred(path + ".old"); err != nil {
			return fmt.Errorf("%w: %s: %w", errLeftover, p.file(i), err)
		}
	}
	return nil
}

func (p pair) write(path string, data []byte) error {
	f, err := p.disk.open(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if err := writeAll(f, data, 0); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// appendAt writes data into copy i at off and makes it durable.
func (p pair) appendAt(i int, data []byte, off int64) error {
	f, err := p.disk.open(p.path(i), os.O_WRONLY)
	if err != nil {
		return fmt.Errorf("append to %s: %w", p.file(i), err)
	}
	if err := writeAll(f, data, off); err != nil {
		_ = f.Close()
		return fmt.Errorf("append to %s: %w", p.file(i), err)
	}
	return f.Close()
}

// shred overwrites the part of a file that opens the rest, and removes it.
func (p pair) shred(path string) error {
	n, err := p.disk.size(path)
	if err != nil {
		return err
	}
	f, err := p.disk.open(path, os.O_WRONLY)
	if err != nil {
		return err
	}
	if err := writeAll(f, make([]byte, min(n, p.wipe)), 0); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := p.disk.remove(path); err != nil {
		return err
	}
	return p.disk.syncDir(p.dir)
}

// spaceFault turns a failed write into the fault that the user sees.
func spaceFault(err error) error { return fault.Wrap(err, fault.Space, "vault.write") }
