package sealed

import (
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"feldsher/internal/storage/sealed/faultfs"
)

// vfs is one registered VFS of SQLite. It belongs to one database key: a
// connection chooses the key by the VFS's name, so that no key ever stands in a
// connection string.
type vfs struct {
	name    string
	key     Key
	faults  faultfs.Layer // nil: straight to the disk
	damage  damageLog
	base    uintptr // the operating system's VFS
	baseFn  baseVFS
	c       []byte // our sqlite3_vfs
	cname   []byte
	methods []byte // our sqlite3_io_methods
	tls     *libc.TLS
	pin     runtime.Pinner

	mu    sync.Mutex
	dbs   map[string]*dbState // by full path
	files map[*file]struct{}  // that SQLite has open; it knows them by address only
}

// baseVFS are the methods of the base VFS that need the base VFS as argument.
type baseVFS struct {
	open     func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32
	delete   func(*libc.TLS, uintptr, uintptr, int32) int32
	access   func(*libc.TLS, uintptr, uintptr, int32, uintptr) int32
	fullPath func(*libc.TLS, uintptr, uintptr, int32, uintptr) int32
}

// register makes a VFS for the key known to SQLite under a random name.
func register(key Key, faults faultfs.Layer) (*vfs, error) {
	v := &vfs{
		name: "sealed-" + rand.Text(), key: key, faults: faults,
		tls: libc.NewTLS(), dbs: map[string]*dbState{}, files: map[*file]struct{}{},
	}
	v.base = sqlite3.Xsqlite3_vfs_find(v.tls, 0)
	if v.base == 0 {
		v.tls.Close()
		return nil, errors.New("sqlite has no default VFS")
	}
	base := cvfsAt(v.base)
	v.baseFn = baseVFS{
		open:     funcAt[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](base.FxOpen),
		delete:   funcAt[func(*libc.TLS, uintptr, uintptr, int32) int32](base.FxDelete),
		access:   funcAt[func(*libc.TLS, uintptr, uintptr, int32, uintptr) int32](base.FxAccess),
		fullPath: funcAt[func(*libc.TLS, uintptr, uintptr, int32, uintptr) int32](base.FxFullPathname),
	}
	v.cname = calloc(v.tls, len(v.name)+1)
	v.methods = calloc(v.tls, sizeOf[sqlite3.Tsqlite3_io_methods]())
	v.c = calloc(v.tls, sizeOf[sqlite3.Tsqlite3_vfs]())
	if v.cname == nil || v.methods == nil || v.c == nil {
		v.free()
		return nil, errors.New("no memory for a VFS")
	}
	copy(v.cname, v.name)
	fillMethods(ioMethodsAt(addr(v.methods)))

	c := cvfsAt(addr(v.c))
	v.copyBase(c, base)
	c.FzName = addr(v.cname)
	c.FszOsFile = base.FszOsFile + headSize
	v.pin.Pin(v)
	c.FpAppData = number(v)
	c.FxOpen = funcAddr(xOpen)
	c.FxDelete = funcAddr(xDelete)
	c.FxAccess = funcAddr(xAccess)
	c.FxFullPathname = funcAddr(xFullPathname)
	if rc := sqlite3.Xsqlite3_vfs_register(v.tls, addr(v.c), 0); rc != sqlite3.SQLITE_OK {
		v.free()
		return nil, fmt.Errorf("register VFS: sqlite code %d", rc)
	}
	return v, nil
}

// copyBase fills c with the base VFS: clock, randomness and shared libraries
// need no VFS of their own. SQLite's list of VFSs runs through the structs
// themselves, so that the copy holds the lock under which SQLite links them.
func (v *vfs) copyBase(c, base *sqlite3.Tsqlite3_vfs) {
	list := sqlite3.Xsqlite3_mutex_alloc(v.tls, sqlite3.SQLITE_MUTEX_STATIC_MAIN)
	sqlite3.Xsqlite3_mutex_enter(v.tls, list)
	*c = *base
	sqlite3.Xsqlite3_mutex_leave(v.tls, list)
	c.FpNext = 0
}

// unregister takes the VFS away from SQLite and wipes the key. While a file is
// still open it refuses, because SQLite would call into freed memory.
func (v *vfs) unregister() error {
	v.mu.Lock()
	n := len(v.files)
	v.mu.Unlock()
	if n != 0 {
		return fmt.Errorf("%d files of the database are still open", n)
	}
	if rc := sqlite3.Xsqlite3_vfs_unregister(v.tls, addr(v.c)); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("unregister VFS: sqlite code %d", rc)
	}
	v.mu.Lock()
	for _, db := range v.dbs {
		db.anchor.close()
	}
	clear(v.dbs)
	v.mu.Unlock()
	v.free()
	return nil
}

func (v *vfs) free() {
	clear(v.key[:])
	release(v.tls, v.c)
	release(v.tls, v.methods)
	release(v.tls, v.cname)
	v.pin.Unpin()
	v.tls.Close()
}

// state is the shared state of the database at path, made on first use with
// the salt that make gives.
func (v *vfs) state(path string, salt func() ([saltSize]byte, int32)) (*dbState, int32) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if db := v.dbs[path]; db != nil {
		return db, sqlite3.SQLITE_OK
	}
	value, rc := salt()
	if rc != sqlite3.SQLITE_OK {
		return nil, rc
	}
	s, err := newSealer(&v.key, value)
	if err != nil {
		return nil, sqlite3.SQLITE_INTERNAL
	}
	db := newState(v, path, s)
	v.dbs[path] = db
	return db, sqlite3.SQLITE_OK
}

const (
	openMain    = sqlite3.SQLITE_OPEN_MAIN_DB
	openJournal = sqlite3.SQLITE_OPEN_MAIN_JOURNAL
	openLog     = sqlite3.SQLITE_OPEN_WAL
	openSuper   = sqlite3.SQLITE_OPEN_SUPER_JOURNAL
)

func xOpen(tls *libc.TLS, pVfs, zName, pFile uintptr, flags int32, pOutFlags uintptr) int32 {
	v := vfsAt(pVfs)
	*headAt(pFile) = fileHead{} // without methods SQLite won't close it
	f := &file{v: v}
	var rc int32
	if flags&(openMain|openJournal|openLog|openSuper) == 0 {
		// What is temporary stays in memory: it would be plaintext on the disk.
		f.content = &memFile{}
		if pOutFlags != 0 {
			setInt32(pOutFlags, flags)
		}
	} else if rc = v.openOnDisk(tls, f, zName, pFile, flags, pOutFlags); rc != sqlite3.SQLITE_OK {
		return rc
	}
	v.hold(f)
	*headAt(pFile) = fileHead{methods: addr(v.methods), file: number(f)}
	return sqlite3.SQLITE_OK
}

// hold keeps f alive and where it is while SQLite has it open.
func (v *vfs) hold(f *file) {
	f.pin.Pin(f)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.files[f] = struct{}{}
}

func (v *vfs) letGo(f *file) {
	v.mu.Lock()
	delete(v.files, f)
	v.mu.Unlock()
	f.pin.Unpin()
}

// openOnDisk opens the base file behind our head and gives f its content.
func (v *vfs) openOnDisk(tls *libc.TLS, f *file, zName, pFile uintptr, flags int32, pOutFlags uintptr) int32 {
	at := pFile + uintptr(headSize)
	path := libc.GoString(zName)
	rc := v.openBase(tls, zName, at, path, flags, pOutFlags)
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	f.base = newBaseFile(v, at, path)
	f.content, rc = v.contentOf(tls, f, zName, flags)
	if rc != sqlite3.SQLITE_OK {
		f.base.close(tls)
	}
	return rc
}

func (v *vfs) openBase(tls *libc.TLS, zName, at uintptr, path string, flags int32, pOutFlags uintptr) int32 {
	if v.faults != nil {
		if out := v.faults.Do(faultfs.Op{Kind: faultfs.Open, Path: path}); out.Err != faultfs.OK {
			return sqlite3.SQLITE_CANTOPEN
		}
	}
	rc := v.baseFn.open(tls, v.base, zName, at, flags, pOutFlags)
	if rc != sqlite3.SQLITE_OK && headAt(at).methods != 0 {
		newBaseFile(v, at, path).close(tls)
	}
	return rc
}

// contentOf decides what the bytes of a file on the disk are.
func (v *vfs) contentOf(tls *libc.TLS, f *file, zName uintptr, flags int32) (content, int32) {
	switch {
	case flags&openMain != 0:
		db, rc := v.state(f.base.path, func() ([saltSize]byte, int32) { return readSalt(tls, f.base) })
		if rc != sqlite3.SQLITE_OK {
			return nil, rc
		}
		m, ok := newMainFile(tls, f, db)
		return m, memoryCode(ok)
	case flags&openLog != 0:
		main := fileAt(sqlite3.Xsqlite3_database_file_object(tls, zName))
		w, ok := newWalFile(tls, f, main)
		return w, memoryCode(ok)
	case flags&openJournal != 0:
		main := fileAt(sqlite3.Xsqlite3_database_file_object(tls, zName))
		j, ok := newJournalFile(tls, f, main)
		return j, memoryCode(ok)
	}
	return &plainFile{f.base}, sqlite3.SQLITE_OK
}

func memoryCode(ok bool) int32 {
	if !ok {
		return sqlite3.SQLITE_IOERR_NOMEM
	}
	return sqlite3.SQLITE_OK
}

// readSalt takes the salt from an existing file and draws one for a new one.
func readSalt(tls *libc.TLS, b *baseFile) ([saltSize]byte, int32) {
	p := calloc(tls, saltSize)
	if p == nil {
		return [saltSize]byte{}, sqlite3.SQLITE_IOERR_NOMEM
	}
	defer release(tls, p)
	switch rc := b.read(tls, p, 0); rc {
	case sqlite3.SQLITE_OK:
		return [saltSize]byte(p), rc
	case sqlite3.SQLITE_IOERR_SHORT_READ:
		return newSalt(), sqlite3.SQLITE_OK
	default:
		return [saltSize]byte{}, rc
	}
}

// xDelete removes a log only after the anchor stopped vouching for it.
func xDelete(tls *libc.TLS, pVfs, zName uintptr, syncDir int32) int32 {
	v := vfsAt(pVfs)
	path := libc.GoString(zName)
	if v.faults != nil {
		if out := v.faults.Do(faultfs.Op{Kind: faultfs.Delete, Path: path}); out.Err != faultfs.OK {
			return sqlite3.SQLITE_IOERR_DELETE
		}
	}
	main, isLog := strings.CutSuffix(path, walSuffix)
	if !isLog {
		return v.baseFn.delete(tls, v.base, zName, syncDir)
	}
	v.mu.Lock()
	db := v.dbs[main]
	v.mu.Unlock()
	if db != nil {
		if err := db.anchor.retire(); err != nil {
			return sqlite3.SQLITE_IOERR_DELETE
		}
	}
	rc := v.baseFn.delete(tls, v.base, zName, syncDir)
	if db != nil && rc == sqlite3.SQLITE_OK {
		db.anchor.remove()
	}
	return rc
}

func xAccess(tls *libc.TLS, pVfs, zName uintptr, flags int32, pOut uintptr) int32 {
	v := vfsAt(pVfs)
	return v.baseFn.access(tls, v.base, zName, flags, pOut)
}

func xFullPathname(tls *libc.TLS, pVfs, zName uintptr, n int32, zOut uintptr) int32 {
	v := vfsAt(pVfs)
	return v.baseFn.fullPath(tls, v.base, zName, n, zOut)
}

// plainFile passes bytes through: super-journals, which hold only file names.
type plainFile struct{ *baseFile }

func (plainFile) close(*libc.TLS) {}
