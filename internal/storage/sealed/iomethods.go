package sealed

import (
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// These are the functions that SQLite calls for an open file. They are the same
// for all files; what differs is the file's content.

// fillMethods writes their table. Version 2: shared memory, which the log
// needs, but no memory mapping, which would show SQLite the ciphertext.
func fillMethods(m *sqlite3.Tsqlite3_io_methods) {
	m.FiVersion = 2
	m.FxClose = funcAddr(xClose)
	m.FxRead = funcAddr(xRead)
	m.FxWrite = funcAddr(xWrite)
	m.FxTruncate = funcAddr(xTruncate)
	m.FxSync = funcAddr(xSync)
	m.FxFileSize = funcAddr(xFileSize)
	m.FxLock = funcAddr(xLock)
	m.FxUnlock = funcAddr(xUnlock)
	m.FxCheckReservedLock = funcAddr(xCheckReservedLock)
	m.FxFileControl = funcAddr(xFileControl)
	m.FxSectorSize = funcAddr(xSectorSize)
	m.FxDeviceCharacteristics = funcAddr(xDeviceCharacteristics)
	m.FxShmMap = funcAddr(xShmMap)
	m.FxShmLock = funcAddr(xShmLock)
	m.FxShmBarrier = funcAddr(xShmBarrier)
	m.FxShmUnmap = funcAddr(xShmUnmap)
}

func xRead(tls *libc.TLS, pFile, buf uintptr, n int32, off int64) int32 {
	return fileAt(pFile).content.read(tls, bytesAt(buf, int(n)), off)
}

func xWrite(tls *libc.TLS, pFile, buf uintptr, n int32, off int64) int32 {
	return fileAt(pFile).content.write(tls, bytesAt(buf, int(n)), off)
}

func xTruncate(tls *libc.TLS, pFile uintptr, size int64) int32 {
	return fileAt(pFile).content.truncate(tls, size)
}

func xSync(tls *libc.TLS, pFile uintptr, flags int32) int32 {
	return fileAt(pFile).content.sync(tls, flags)
}

func xFileSize(tls *libc.TLS, pFile, pSize uintptr) int32 {
	n, rc := fileAt(pFile).content.size(tls)
	setInt64(pSize, n)
	return rc
}

func xClose(tls *libc.TLS, pFile uintptr) int32 {
	f := fileAt(pFile)
	f.content.close(tls)
	if f.base != nil {
		f.base.close(tls)
	}
	*headAt(pFile) = fileHead{}
	f.v.letGo(f)
	return sqlite3.SQLITE_OK
}

func xLock(tls *libc.TLS, pFile uintptr, level int32) int32 {
	if b := fileAt(pFile).base; b != nil {
		return b.io.lock(tls, b.at, level)
	}
	return sqlite3.SQLITE_OK
}

func xUnlock(tls *libc.TLS, pFile uintptr, level int32) int32 {
	if b := fileAt(pFile).base; b != nil {
		return b.io.unlock(tls, b.at, level)
	}
	return sqlite3.SQLITE_OK
}

func xCheckReservedLock(tls *libc.TLS, pFile, pOut uintptr) int32 {
	if b := fileAt(pFile).base; b != nil {
		return b.io.reserved(tls, b.at, pOut)
	}
	setInt32(pOut, 0)
	return sqlite3.SQLITE_OK
}

// xFileControl answers for itself what would let the base VFS change the file
// behind the cipher's back: mapping it, growing it by zeros, closing it.
func xFileControl(tls *libc.TLS, pFile uintptr, op int32, arg uintptr) int32 {
	switch op {
	case sqlite3.SQLITE_FCNTL_MMAP_SIZE:
		setInt64(arg, 0)
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_FCNTL_CHUNK_SIZE, sqlite3.SQLITE_FCNTL_SIZE_HINT:
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_FCNTL_POWERSAFE_OVERWRITE:
		setInt32(arg, 1)
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_FCNTL_NULL_IO, sqlite3.SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
		return sqlite3.SQLITE_NOTFOUND
	}
	if b := fileAt(pFile).base; b != nil {
		return b.io.control(tls, b.at, op, arg)
	}
	return sqlite3.SQLITE_NOTFOUND
}

func xSectorSize(tls *libc.TLS, pFile uintptr) int32 {
	if b := fileAt(pFile).base; b != nil {
		return b.io.sector(tls, b.at)
	}
	return pageSize
}

// xDeviceCharacteristics claims nothing that a sealed page can't keep: no
// reading of a part of a page, no atomic batches. Powersafe overwrite must
// stay, for without it SQLite pads transactions in the log.
func xDeviceCharacteristics(tls *libc.TLS, pFile uintptr) int32 {
	keep := int32(0)
	if b := fileAt(pFile).base; b != nil {
		keep = b.io.device(tls, b.at) & sqlite3.SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN
	}
	return keep | sqlite3.SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

func xShmMap(tls *libc.TLS, pFile uintptr, region, size, extend int32, pp uintptr) int32 {
	b := fileAt(pFile).base
	if b == nil || b.io.shmMap == nil {
		return sqlite3.SQLITE_IOERR_SHMMAP
	}
	return b.io.shmMap(tls, b.at, region, size, extend, pp)
}

// walWriteLock is the first of the wal-index's locks: who holds it may append
// to the log.
const walWriteLock = 0

func xShmLock(tls *libc.TLS, pFile uintptr, ofst, n, flags int32) int32 {
	f := fileAt(pFile)
	const giveBack = sqlite3.SQLITE_SHM_UNLOCK | sqlite3.SQLITE_SHM_EXCLUSIVE
	if flags == giveBack && ofst == walWriteLock && f.wal != nil {
		f.wal.endTransaction()
	}
	return f.base.io.shmLock(tls, f.base.at, ofst, n, flags)
}

func xShmBarrier(tls *libc.TLS, pFile uintptr) {
	b := fileAt(pFile).base
	b.io.shmBarrier(tls, b.at)
}

func xShmUnmap(tls *libc.TLS, pFile uintptr, del int32) int32 {
	b := fileAt(pFile).base
	return b.io.shmUnmap(tls, b.at, del)
}
