package sealed

import (
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// lockPage is the page that SQLite never writes, because the bytes at its
// beginning (0x40000000) serve as locks.
const lockPage = 0x40000000/pageSize + 1

// mainFile is the database itself: sealed pages, and a salt at the beginning.
type mainFile struct {
	*file
	db      *dbState
	c       coder
	scratch []byte // one page of C memory
}

func newMainFile(tls *libc.TLS, f *file, db *dbState) (*mainFile, bool) {
	m := &mainFile{file: f, db: db, c: coder{sealer: db.s}, scratch: calloc(tls, pageSize)}
	return m, m.scratch != nil
}

func (m *mainFile) read(tls *libc.TLS, p []byte, off int64) int32 {
	page := uint32(off/pageSize) + 1
	at := int(off % pageSize)
	if at == 0 && len(p) == pageSize {
		return m.found(m.readPage(tls, p, page), page)
	}
	if at+len(p) > pageSize {
		return sqlite3.SQLITE_IOERR_READ
	}
	rc := m.readPage(tls, m.scratch, page)
	copy(p, m.scratch[at:])
	if off == 0 && len(p) == headerRead && (rc == sqlite3.SQLITE_IOERR_SHORT_READ || rc == sqlite3.SQLITE_IOERR_DATA) {
		return blankHeader(p)
	}
	return m.found(rc, page)
}

// headerRead is how much SQLite reads of page 1 when it opens a file.
const headerRead = 100

// blankHeader answers for a first page that does not exist yet, or that may be
// torn and stand whole in the log. This is the only way to tell SQLite what
// size a page has and how much of it is ours. If page 1 is damaged, the real
// reading of it reports that.
func blankHeader(p []byte) int32 {
	clear(p)
	p[16], p[17], p[20] = pageSize>>8, pageSize&0xff, reserveSize
	return sqlite3.SQLITE_IOERR_SHORT_READ
}

// found notes damage on its way to SQLite.
func (m *mainFile) found(rc int32, page uint32) int32 {
	if rc == sqlite3.SQLITE_IOERR_DATA {
		return m.db.damaged(Damage{Part: PartDatabase, Page: page})
	}
	return rc
}

// readPage reads and opens one page. A page past the end is zeros and a short
// read, as SQLite expects; half a page is damage, SQLITE_IOERR_DATA.
func (m *mainFile) readPage(tls *libc.TLS, p []byte, page uint32) int32 {
	off := int64(page-1) * pageSize
	if page == 1 {
		// SQLite reads the header before it takes any lock.
		m.db.firstPage.RLock()
		defer m.db.firstPage.RUnlock()
	}
	rc := m.base.read(tls, p, off)
	if rc == sqlite3.SQLITE_IOERR_SHORT_READ {
		n, err := m.base.size(tls)
		if err != sqlite3.SQLITE_OK {
			return err
		}
		if n <= off {
			clear(p)
			return rc
		}
		rc = sqlite3.SQLITE_IOERR_DATA
	}
	if rc == sqlite3.SQLITE_OK && !m.openPage(p, page) {
		rc = sqlite3.SQLITE_IOERR_DATA
	}
	if rc != sqlite3.SQLITE_OK {
		clear(p)
	}
	return rc
}

// openPage opens a page of the database in place.
func (m *mainFile) openPage(p []byte, page uint32) bool {
	if page != 1 {
		return m.c.open(p, p, m.c.mainAAD(page), 0)
	}
	ok := m.c.open(p, p, m.c.mainAAD(1), saltSize)
	if ok {
		copy(p, sqliteMagic)
	}
	return ok
}

func (m *mainFile) write(tls *libc.TLS, p []byte, off int64) int32 {
	// The reserve must be zero: SQLite's checksums run over it, and it reads
	// back as zero.
	if len(p) != pageSize || off%pageSize != 0 || !zero(p[usableSize:]) {
		return sqlite3.SQLITE_IOERR_WRITE
	}
	if rc := m.fill(tls, off); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return m.writePage(tls, p, uint32(off/pageSize)+1)
}

func (m *mainFile) writePage(tls *libc.TLS, p []byte, page uint32) int32 {
	skip := 0
	if page == 1 {
		skip = saltSize
		m.db.firstPage.Lock()
		defer m.db.firstPage.Unlock()
		copy(m.scratch, m.db.s.salt[:])
	}
	m.c.seal(m.scratch, p, m.c.mainAAD(page), skip)
	off := int64(page-1) * pageSize
	rc := m.base.write(tls, m.scratch, off)
	if rc != sqlite3.SQLITE_OK {
		m.db.forgetSize()
		return rc
	}
	m.db.grow(off + pageSize)
	return rc
}

// fill seals zero pages from the end of the file up to off, so that no page of
// the file is raw zeros. SQLite leaves such gaps where free pages were.
func (m *mainFile) fill(tls *libc.TLS, off int64) int32 {
	end := m.db.knownSize()
	if off <= end {
		return sqlite3.SQLITE_OK
	}
	end, rc := m.base.size(tls)
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	m.db.grow(end)
	if off <= end {
		return sqlite3.SQLITE_OK
	}
	empty := calloc(tls, pageSize)
	if empty == nil {
		return sqlite3.SQLITE_IOERR_NOMEM
	}
	defer release(tls, empty)
	for page := uint32(end/pageSize) + 1; int64(page-1)*pageSize < off; page++ {
		if page == lockPage {
			continue
		}
		if rc := m.writePage(tls, empty, page); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	return sqlite3.SQLITE_OK
}

func (m *mainFile) truncate(tls *libc.TLS, size int64) int32 {
	m.db.forgetSize()
	if rc := m.fill(tls, size); rc != sqlite3.SQLITE_OK {
		return rc
	}
	m.db.forgetSize()
	return m.base.truncate(tls, size)
}

func (m *mainFile) sync(tls *libc.TLS, flags int32) int32 { return m.base.sync(tls, flags) }

func (m *mainFile) size(tls *libc.TLS) (int64, int32) { return m.base.size(tls) }

func (m *mainFile) close(tls *libc.TLS) { release(tls, m.scratch) }
