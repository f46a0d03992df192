package sealed

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite hands over addresses of its own (C) memory as uintptr. All conversions
// stand in this file. They go through a load, not through a cast, and are kept
// out of line: go1.26's compiler fails on some inlined casts that are followed
// by a copy of constant size.

//go:noinline
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// bytesAt is the n bytes of C memory at p.
func bytesAt(p uintptr, n int) []byte { return unsafe.Slice((*byte)(pointer(p)), n) }

// addr is the address of C memory that bytesAt gave.
func addr(p []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(p))) }

// calloc reserves n zeroed bytes outside Go's heap; nil if there is no memory.
func calloc(tls *libc.TLS, n int) []byte {
	p := libc.Xcalloc(tls, 1, libc.Tsize_t(n))
	if p == 0 {
		return nil
	}
	return bytesAt(p, n)
}

// release wipes and frees what calloc gave.
func release(tls *libc.TLS, p []byte) {
	if p == nil {
		return
	}
	clear(p)
	libc.Xfree(tls, addr(p))
}

// fileHead is what stands before the base file in the memory that SQLite keeps
// for an open file. The Go object it points to is pinned, and held by its VFS,
// while the file is open. The garbage collector does not look into C memory, so
// the pointer is kept as a number there.
type fileHead struct {
	methods uintptr
	file    uintptr
}

const headSize = int32(unsafe.Sizeof(fileHead{}))

func headAt(p uintptr) *fileHead { return (*fileHead)(pointer(p)) }

// fileAt is the open file behind SQLite's sqlite3_file at p.
func fileAt(p uintptr) *file { return (*file)(pointer(headAt(p).file)) }

// vfsAt is the VFS behind SQLite's sqlite3_vfs at p. Its application data, an
// address for SQLite, is our pinned pointer.
func vfsAt(p uintptr) *vfs { return (*vfs)(pointer(cvfsAt(p).FpAppData)) }

func cvfsAt(p uintptr) *sqlite3.Tsqlite3_vfs { return (*sqlite3.Tsqlite3_vfs)(pointer(p)) }

func ioMethodsAt(p uintptr) *sqlite3.Tsqlite3_io_methods {
	return (*sqlite3.Tsqlite3_io_methods)(pointer(p))
}

func setInt32(p uintptr, v int32) { *(*int32)(pointer(p)) = v }

func setInt64(p uintptr, v int64) { *(*int64)(pointer(p)) = v }

// funcAddr is how the translated SQLite keeps a pointer to a function: the
// address of its Go funcval. f must be a top-level function, whose funcval
// never moves.
func funcAddr[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// funcAt is the reverse of funcAddr.
func funcAt[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }

func sizeOf[T any]() int {
	var v T
	return int(unsafe.Sizeof(v))
}

// number is the address of a pinned object, as C memory keeps it.
func number[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }
