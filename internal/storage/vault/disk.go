package vault

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// disk is every file operation of the package, so that tests can make each of
// them fail. There is one real implementation.
type disk interface {
	// read gives a whole file of at most max bytes.
	read(path string, max int64) ([]byte, error)
	// open opens for writing, with permissions 0600 when flag creates.
	open(path string, flag int) (diskFile, error)
	// size fails with fs.ErrNotExist where there is no file.
	size(path string) (int64, error)
	rename(from, to string) error
	remove(path string) error
	// syncDir makes names in dir durable.
	syncDir(dir string) error
}

type diskFile interface {
	WriteAt(p []byte, off int64) (int, error)
	Sync() error
	Close() error
}

type osDisk struct{}

func (osDisk) read(path string, max int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > max {
		return nil, fmt.Errorf("not a regular file of at most %d bytes", max)
	}
	b := make([]byte, info.Size())
	n, err := io.ReadFull(f, b)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil // cut short meanwhile: the checks of the format decide
	}
	return b[:n], err
}

func (osDisk) open(path string, flag int) (diskFile, error) {
	return os.OpenFile(path, flag, 0o600)
}

func (osDisk) size(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) remove(path string) error     { return os.Remove(path) }

func (osDisk) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // no such call there: NTFS journals names by itself
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil {
		d.Close()
		return err
	}
	return d.Close()
}

// writeAll writes p at off and makes it durable.
func writeAll(f diskFile, p []byte, off int64) error {
	n, err := f.WriteAt(p, off)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return err
	}
	return f.Sync()
}
