package sealed

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"

	"feldsher/internal/storage/sealed/faultfs"
)

// What stands beside the database file.
const (
	walSuffix     = "-wal"
	shmSuffix     = "-shm"
	journalSuffix = "-journal"
	anchorSuffix  = "-anchor"
)

// anchor says how much of which log was on the disk at the last commit. SQLite
// takes a damaged end of its log for a torn write and drops it without a word;
// with the anchor the two can be told apart. It is written after the log's sync
// and never synced itself: an old anchor vouches for less and does no harm.
type anchor struct {
	salts  [8]byte // of the log's header
	frames uint32  // committed and synced; 0: no log is to be expected
}

const (
	anchorSize = 16
	anchorMark = "fa01"
)

// encode fills one block: salts 8, frames 4, mark 4, encrypted as a whole.
func (a anchor) encode(block cipher.Block) []byte {
	b := make([]byte, anchorSize)
	copy(b, a.salts[:])
	binary.BigEndian.PutUint32(b[8:], a.frames)
	copy(b[12:], anchorMark)
	block.Encrypt(b, b)
	return b
}

// decodeAnchor is false for anything but an anchor under that key. Such a file
// vouches for nothing.
func decodeAnchor(block cipher.Block, p []byte) (anchor, bool) {
	if len(p) != anchorSize {
		return anchor{}, false
	}
	b := make([]byte, anchorSize)
	block.Decrypt(b, p)
	if string(b[12:]) != anchorMark {
		return anchor{}, false
	}
	return anchor{salts: [8]byte(b), frames: binary.BigEndian.Uint32(b[8:])}, true
}

// anchorFile is the anchor on the disk. The log's writer calls it.
type anchorFile struct {
	v     *vfs
	path  string
	block cipher.Block

	mu   sync.Mutex
	file *os.File
}

// read gives the anchor, and false if there is none or it can't be read: then
// the log stands for itself.
func (f *anchorFile) read() (anchor, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ask(faultfs.Op{Kind: faultfs.Read, Path: f.path, Size: anchorSize}).Err != faultfs.OK {
		return anchor{}, false
	}
	file, err := os.Open(f.path)
	if err != nil {
		return anchor{}, false
	}
	defer file.Close()
	p := make([]byte, anchorSize)
	if _, err := io.ReadFull(file, p); err != nil {
		return anchor{}, false
	}
	return decodeAnchor(f.block, p)
}

// advance notes that so many frames are on the disk. The commit is safe
// already, so a failure here is none of the commit: the older anchor stays.
func (f *anchorFile) advance(a anchor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.write(a)
}

// retire makes the anchor vouch for nothing, and waits until that is on the
// disk: it comes before the log is removed.
func (f *anchorFile) retire() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		if _, err := os.Lstat(f.path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if err := f.write(anchor{}); err != nil {
		return err
	}
	out := f.ask(faultfs.Op{Kind: faultfs.Sync, Path: f.path})
	if out.Err != faultfs.OK {
		return errFault
	}
	if out.Silent {
		return nil
	}
	return f.file.Sync()
}

// remove deletes a retired anchor. If that fails an anchor stays that vouches
// for nothing.
func (f *anchorFile) remove() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closeFile()
	if f.ask(faultfs.Op{Kind: faultfs.Delete, Path: f.path}).Err == faultfs.OK {
		_ = os.Remove(f.path)
	}
}

func (f *anchorFile) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closeFile()
}

func (f *anchorFile) closeFile() {
	if f.file != nil {
		f.file.Close()
		f.file = nil
	}
}

var errFault = errors.New("failure ordered by the fault layer")

func (f *anchorFile) write(a anchor) error {
	if f.file == nil {
		if f.ask(faultfs.Op{Kind: faultfs.Open, Path: f.path}).Err != faultfs.OK {
			return errFault
		}
		file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		f.file = file
	}
	p := a.encode(f.block)
	out := f.ask(faultfs.Op{Kind: faultfs.Write, Path: f.path, Data: p})
	if out.Silent {
		return nil
	}
	if out.Err != faultfs.OK {
		_, _ = f.file.WriteAt(p[:min(out.Wrote, len(p))], 0)
		return errFault
	}
	_, err := f.file.WriteAt(p, 0)
	return err
}

func (f *anchorFile) ask(op faultfs.Op) faultfs.Outcome {
	if f.v.faults == nil {
		return faultfs.Outcome{}
	}
	return f.v.faults.Do(op)
}
