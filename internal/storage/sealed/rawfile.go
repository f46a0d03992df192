package sealed

import (
	"errors"
	"io/fs"
	"os"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"feldsher/internal/fault"
)

// rawFile reads a file of the database as it is on the disk. It goes through
// the base VFS: to open and close the database in any other way would, on Unix,
// drop the locks that this process holds on it.
type rawFile struct {
	*baseFile
	tls  *libc.TLS
	mem  []byte // the base's sqlite3_file
	name uintptr
	page []byte // one frame of C memory for reads
}

// openRaw opens a file for reading. flag is openMain or openLog.
func (v *vfs) openRaw(path string, flag int32) (*rawFile, error) {
	tls := libc.NewTLS()
	r := &rawFile{tls: tls}
	cpath, err := libc.CString(path)
	if err != nil {
		tls.Close()
		return nil, err
	}
	defer libc.Xfree(tls, cpath)
	r.mem = calloc(tls, int(cvfsAt(v.base).FszOsFile))
	r.page = calloc(tls, pendingFrames*frameSize)
	r.name = sqlite3.Xsqlite3_create_filename(tls, cpath, cpath, cpath, 0, 0)
	if r.mem == nil || r.page == nil || r.name == 0 {
		r.free()
		return nil, codeError(sqlite3.SQLITE_IOERR_NOMEM, "open "+path)
	}
	at := addr(r.mem)
	out := tls.Alloc(8)
	defer tls.Free(8)
	rc := v.openBase(tls, r.name, at, path, flag|sqlite3.SQLITE_OPEN_READWRITE, out)
	if rc != sqlite3.SQLITE_OK {
		r.free()
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Wrap(err, fault.NotFound, "sealed.not_found", "path", path)
		}
		return nil, codeError(rc, "open "+path)
	}
	r.baseFile = newBaseFile(v, at, path)
	return r, nil
}

// at reads n bytes; they are valid until the next call.
func (r *rawFile) at(n int, off int64) ([]byte, int32) {
	rc := r.read(r.tls, r.page[:n], off)
	return r.page[:n], rc
}

func (r *rawFile) length() (int64, error) {
	n, rc := r.size(r.tls)
	if rc != sqlite3.SQLITE_OK {
		return 0, codeError(rc, "size of "+r.path)
	}
	return n, nil
}

func (r *rawFile) Close() {
	r.close(r.tls)
	r.free()
}

func (r *rawFile) free() {
	if r.name != 0 {
		sqlite3.Xsqlite3_free_filename(r.tls, r.name)
	}
	release(r.tls, r.mem)
	release(r.tls, r.page)
	r.tls.Close()
}
