package sealed

import (
	"runtime"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"feldsher/internal/storage/sealed/faultfs"
)

// content is what a sort of file does with the bytes. SQLite's result codes go
// in both directions. p is C memory; off and sizes are in bytes of the file as
// SQLite sees it, which are the same on the disk.
type content interface {
	read(tls *libc.TLS, p []byte, off int64) int32
	write(tls *libc.TLS, p []byte, off int64) int32
	truncate(tls *libc.TLS, size int64) int32
	sync(tls *libc.TLS, flags int32) int32
	size(tls *libc.TLS) (int64, int32)
	close(tls *libc.TLS)
}

// file is one open file of SQLite: a connection has its own for the database,
// the log and so on. SQLite calls it from one goroutine at a time.
type file struct {
	content
	v    *vfs
	base *baseFile // nil for files that live in memory
	wal  *walFile  // of a main file: the same connection's log, if it is open
	pin  runtime.Pinner
}

// baseFile is a file of the operating system's own VFS, with the fault layer
// before it.
type baseFile struct {
	v    *vfs
	at   uintptr // its sqlite3_file
	path string
	io   baseIO
}

// baseIO are the base VFS's methods as Go calls them.
type baseIO struct {
	close    func(*libc.TLS, uintptr) int32
	read     func(*libc.TLS, uintptr, uintptr, int32, int64) int32
	write    func(*libc.TLS, uintptr, uintptr, int32, int64) int32
	truncate func(*libc.TLS, uintptr, int64) int32
	sync     func(*libc.TLS, uintptr, int32) int32
	size     func(*libc.TLS, uintptr, uintptr) int32
	lock     func(*libc.TLS, uintptr, int32) int32
	unlock   func(*libc.TLS, uintptr, int32) int32
	reserved func(*libc.TLS, uintptr, uintptr) int32
	control  func(*libc.TLS, uintptr, int32, uintptr) int32
	sector   func(*libc.TLS, uintptr) int32
	device   func(*libc.TLS, uintptr) int32

	// Nil unless the base has shared memory (methods of version 2).
	shmMap     func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32
	shmLock    func(*libc.TLS, uintptr, int32, int32, int32) int32
	shmBarrier func(*libc.TLS, uintptr)
	shmUnmap   func(*libc.TLS, uintptr, int32) int32
}

// newBaseFile takes over the file that the base VFS has opened at address at.
func newBaseFile(v *vfs, at uintptr, path string) *baseFile {
	m := ioMethodsAt(headAt(at).methods) // every sqlite3_file begins with its methods
	b := &baseFile{v: v, at: at, path: path}
	b.io = baseIO{
		close:    funcAt[func(*libc.TLS, uintptr) int32](m.FxClose),
		read:     funcAt[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](m.FxRead),
		write:    funcAt[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](m.FxWrite),
		truncate: funcAt[func(*libc.TLS, uintptr, int64) int32](m.FxTruncate),
		sync:     funcAt[func(*libc.TLS, uintptr, int32) int32](m.FxSync),
		size:     funcAt[func(*libc.TLS, uintptr, uintptr) int32](m.FxFileSize),
		lock:     funcAt[func(*libc.TLS, uintptr, int32) int32](m.FxLock),
		unlock:   funcAt[func(*libc.TLS, uintptr, int32) int32](m.FxUnlock),
		reserved: funcAt[func(*libc.TLS, uintptr, uintptr) int32](m.FxCheckReservedLock),
		control:  funcAt[func(*libc.TLS, uintptr, int32, uintptr) int32](m.FxFileControl),
		sector:   funcAt[func(*libc.TLS, uintptr) int32](m.FxSectorSize),
		device:   funcAt[func(*libc.TLS, uintptr) int32](m.FxDeviceCharacteristics),
	}
	if m.FiVersion >= 2 {
		b.io.shmMap = funcAt[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](m.FxShmMap)
		b.io.shmLock = funcAt[func(*libc.TLS, uintptr, int32, int32, int32) int32](m.FxShmLock)
		b.io.shmBarrier = funcAt[func(*libc.TLS, uintptr)](m.FxShmBarrier)
		b.io.shmUnmap = funcAt[func(*libc.TLS, uintptr, int32) int32](m.FxShmUnmap)
	}
	return b
}

// read fills p from off. Past the end it zeroes the rest of p and says
// SQLITE_IOERR_SHORT_READ, as SQLite wants it.
func (b *baseFile) read(tls *libc.TLS, p []byte, off int64) int32 {
	if b.v.faults != nil {
		op := faultfs.Op{Kind: faultfs.Read, Path: b.path, Off: off, Size: int64(len(p))}
		if out := b.v.faults.Do(op); out.Err != faultfs.OK {
			return sqlite3.SQLITE_IOERR_READ
		}
	}
	return b.io.read(tls, b.at, addr(p), int32(len(p)), off)
}

func (b *baseFile) write(tls *libc.TLS, p []byte, off int64) int32 {
	if b.v.faults != nil {
		out := b.v.faults.Do(faultfs.Op{Kind: faultfs.Write, Path: b.path, Off: off, Data: p})
		if out.Err != faultfs.OK || out.Silent {
			if n := min(out.Wrote, len(p)); n > 0 {
				b.io.write(tls, b.at, addr(p), int32(n), off)
			}
			return faultCode(out.Err, sqlite3.SQLITE_IOERR_WRITE)
		}
	}
	return b.io.write(tls, b.at, addr(p), int32(len(p)), off)
}

func (b *baseFile) truncate(tls *libc.TLS, size int64) int32 {
	if b.v.faults != nil {
		out := b.v.faults.Do(faultfs.Op{Kind: faultfs.Truncate, Path: b.path, Size: size})
		if out.Err != faultfs.OK || out.Silent {
			return faultCode(out.Err, sqlite3.SQLITE_IOERR_TRUNCATE)
		}
	}
	return b.io.truncate(tls, b.at, size)
}

func (b *baseFile) sync(tls *libc.TLS, flags int32) int32 {
	if b.v.faults != nil {
		out := b.v.faults.Do(faultfs.Op{Kind: faultfs.Sync, Path: b.path})
		if out.Err != faultfs.OK || out.Silent {
			return faultCode(out.Err, sqlite3.SQLITE_IOERR_FSYNC)
		}
	}
	return b.io.sync(tls, b.at, flags)
}

func (b *baseFile) size(tls *libc.TLS) (int64, int32) {
	p := tls.Alloc(8)
	defer tls.Free(8)
	rc := b.io.size(tls, b.at, p)
	return *(*int64)(pointer(p)), rc
}

func (b *baseFile) close(tls *libc.TLS) { b.io.close(tls, b.at) }

// faultCode is what SQLite gets for an ordered failure.
func faultCode(e faultfs.Errno, general int32) int32 {
	switch e {
	case faultfs.OK:
		return sqlite3.SQLITE_OK
	case faultfs.ENOSPC:
		return sqlite3.SQLITE_FULL
	case faultfs.EROFS:
		return sqlite3.SQLITE_READONLY
	}
	return general
}
