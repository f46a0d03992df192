package sealed

import (
	"encoding/binary"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// journalFile is a rollback journal. SQLite uses one while it makes a new
// database, before the log exists. A record is a page number (4 bytes), the
// page, a sum over some of the page's bytes (4). The page is sealed, the sum
// masked; headers hold no data and stay plain.
type journalFile struct {
	*file
	db      *dbState
	c       coder
	scratch []byte // one page of C memory, and the number before it

	// The page that was read or written last, whose sum comes next.
	lastEnd   int64
	lastNonce [reserveSize - 16]byte
}

func newJournalFile(tls *libc.TLS, f, main *file) (*journalFile, bool) {
	db := main.content.(*mainFile).db
	j := &journalFile{file: f, db: db, c: coder{sealer: db.s}, scratch: calloc(tls, 4+pageSize), lastEnd: -1}
	return j, j.scratch != nil
}

func (j *journalFile) isSum(p []byte, off int64) bool { return len(p) == 4 && off == j.lastEnd }

func (j *journalFile) read(tls *libc.TLS, p []byte, off int64) int32 {
	if len(p) != pageSize {
		rc := j.base.read(tls, p, off)
		if rc == sqlite3.SQLITE_OK && j.isSum(p, off) {
			j.c.journalMask(p, j.lastNonce[:])
		}
		return rc
	}
	if rc := j.base.read(tls, j.scratch, off-4); rc != sqlite3.SQLITE_OK {
		return rc
	}
	page := binary.BigEndian.Uint32(j.scratch)
	j.lastEnd = off + pageSize
	copy(j.lastNonce[:], j.scratch[4+tagEnd:])
	if !j.c.open(p, j.scratch[4:], j.c.journalAAD(page), 0) {
		return j.db.damaged(Damage{Part: PartJournal, Page: page})
	}
	return sqlite3.SQLITE_OK
}

func (j *journalFile) write(tls *libc.TLS, p []byte, off int64) int32 {
	if j.isSum(p, off) {
		copy(j.scratch[:4], p)
		j.c.journalMask(j.scratch[:4], j.lastNonce[:])
		return j.base.write(tls, j.scratch[:4], off)
	}
	if len(p) != pageSize {
		return j.base.write(tls, p, off)
	}
	if !zero(p[usableSize:]) {
		return sqlite3.SQLITE_IOERR_WRITE
	}
	if rc := j.base.read(tls, j.scratch[:4], off-4); rc != sqlite3.SQLITE_OK {
		return rc
	}
	page := binary.BigEndian.Uint32(j.scratch)
	j.c.seal(j.scratch[4:], p, j.c.journalAAD(page), 0)
	j.lastEnd = off + pageSize
	copy(j.lastNonce[:], j.scratch[4+tagEnd:])
	return j.base.write(tls, j.scratch[4:], off)
}

func (j *journalFile) truncate(tls *libc.TLS, size int64) int32 {
	j.lastEnd = -1
	return j.base.truncate(tls, size)
}

func (j *journalFile) sync(tls *libc.TLS, flags int32) int32 { return j.base.sync(tls, flags) }

func (j *journalFile) size(tls *libc.TLS) (int64, int32) { return j.base.size(tls) }

func (j *journalFile) close(tls *libc.TLS) { release(tls, j.scratch) }
