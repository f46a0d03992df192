package sealed

import (
	"encoding/binary"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The log: a header, then frames of a header and a page.
const (
	walHeaderSize   = 32
	frameHeaderSize = 24
	frameSize       = frameHeaderSize + pageSize
)

// pendingFrames is how many frames are gathered before they go to the disk in
// one write. A commit sends what there is. SQLite's Unix VFS takes less than
// 128 KiB at once.
const pendingFrames = 31

func frameOffset(frame uint32) int64 { return walHeaderSize + int64(frame-1)*frameSize }

// frameAt is the frame that the byte at off belongs to, and the place in it.
func frameAt(off int64) (frame uint32, at int) {
	off -= walHeaderSize
	return uint32(off/frameSize) + 1, int(off % frameSize)
}

// walFile is one connection's view of the write-ahead log. Frames are written
// by the one connection that holds the write lock.
type walFile struct {
	*file
	db      *dbState
	main    *file
	c       coder
	scratch []byte // one frame of C memory

	// pending are sealed bytes that belong at pendingAt. Nobody else can want
	// them: before a commit other connections don't look there.
	pending   []byte // C memory, made with the first write
	pendingAt int64
	pendingN  int

	header frameHeader // the frame header written last
	commit uint32      // a commit frame that waits for its sync; 0: none
	failed int32       // a lost write: nothing more is taken until the transaction ends
	valid  int64       // while a log is being recovered: good frames in it; else -1
}

// frameHeader is the plain part of a frame's header, and where it stands.
type frameHeader struct {
	frame  uint32
	page   uint32
	dbSize uint32 // pages of the database, in the frame that commits; else 0
}

func newWalFile(tls *libc.TLS, f, main *file) (*walFile, bool) {
	db := main.content.(*mainFile).db
	w := &walFile{file: f, db: db, main: main, c: coder{sealer: db.s}, scratch: calloc(tls, frameSize), valid: -1}
	main.wal = w
	return w, w.scratch != nil
}

func parseFrameHeader(h []byte, frame uint32) frameHeader {
	return frameHeader{frame: frame, page: binary.BigEndian.Uint32(h), dbSize: binary.BigEndian.Uint32(h[4:])}
}

func (w *walFile) read(tls *libc.TLS, p []byte, off int64) int32 {
	if off < walHeaderSize {
		return w.readHeader(tls, p, off)
	}
	frame, at := frameAt(off)
	switch {
	case at == frameHeaderSize && len(p) == pageSize:
		return w.readPage(tls, p, frame)
	case at == 0 && len(p) == frameSize:
		return w.readFrame(tls, p, frame)
	case at+len(p) <= frameHeaderSize:
		h := w.scratch[:frameHeaderSize]
		if rc := w.raw(tls, h, frameOffset(frame)); rc != sqlite3.SQLITE_OK {
			return rc
		}
		w.c.unmaskHeader(h, frame)
		copy(p, h[at:])
		return sqlite3.SQLITE_OK
	case at >= frameHeaderSize && at+len(p) <= frameSize:
		rc := w.readPage(tls, w.scratch[frameHeaderSize:], frame)
		copy(p, w.scratch[at:])
		return rc
	}
	return sqlite3.SQLITE_IOERR_READ
}

// readHeader reads the log's header. SQLite reads it as a whole only when it is
// about to recover the log, and that is the time to look through all of it.
func (w *walFile) readHeader(tls *libc.TLS, p []byte, off int64) int32 {
	if off != 0 || len(p) != walHeaderSize {
		return w.base.read(tls, p, off)
	}
	log, rc := w.inspect(tls)
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	if log.damaged != 0 {
		return w.db.damaged(Damage{Part: PartLog, Frame: log.damaged, Page: log.damagedPage})
	}
	w.valid = int64(log.frames)
	w.db.setLogSalts(log.salts[:])
	return w.base.read(tls, p, off)
}

// inspect looks through the whole log on the disk.
func (w *walFile) inspect(tls *libc.TLS) (logReport, int32) {
	size, rc := w.size(tls)
	if rc != sqlite3.SQLITE_OK {
		return logReport{}, rc
	}
	s := newLogScan(w.db.s, size)
	if a, ok := w.db.anchor.read(); ok {
		s.anchor = a
	}
	buf := calloc(tls, pendingFrames*frameSize)
	if buf == nil {
		return logReport{}, sqlite3.SQLITE_IOERR_NOMEM
	}
	defer release(tls, buf)
	return s.run(func(p int, off int64) ([]byte, int32) {
		rc := w.base.read(tls, buf[:p], off)
		return buf[:p], rc
	})
}

// raw reads sealed bytes, from memory if they have not been written yet.
func (w *walFile) raw(tls *libc.TLS, p []byte, off int64) int32 {
	end := w.pendingAt + int64(w.pendingN)
	if w.pendingN == 0 || off >= end || off+int64(len(p)) <= w.pendingAt {
		return w.base.read(tls, p, off)
	}
	if off >= w.pendingAt && off+int64(len(p)) <= end {
		copy(p, w.pending[off-w.pendingAt:])
		return sqlite3.SQLITE_OK
	}
	if rc := w.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return w.base.read(tls, p, off)
}

// readPage reads the page of a frame that SQLite knows to be there.
func (w *walFile) readPage(tls *libc.TLS, p []byte, frame uint32) int32 {
	rc := w.raw(tls, w.scratch, frameOffset(frame))
	if rc == sqlite3.SQLITE_IOERR_SHORT_READ {
		return w.db.damaged(Damage{Part: PartLog, Frame: frame})
	}
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	h := parseFrameHeader(w.scratch, frame)
	if !w.c.open(p, w.scratch[frameHeaderSize:], w.c.frameAAD(frame, h.page, h.dbSize), 0) {
		return w.db.damaged(Damage{Part: PartLog, Frame: frame, Page: h.page})
	}
	return sqlite3.SQLITE_OK
}

// readFrame reads header and page. In a recovery the first bad frame is the end
// of the log: inspect has found it harmless, and a frame of zeros tells SQLite.
func (w *walFile) readFrame(tls *libc.TLS, p []byte, frame uint32) int32 {
	rc := w.raw(tls, w.scratch, frameOffset(frame))
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	h := parseFrameHeader(w.scratch, frame)
	copy(p, w.scratch[:frameHeaderSize])
	w.c.unmaskHeader(p, frame)
	if w.c.open(p[frameHeaderSize:], w.scratch[frameHeaderSize:], w.c.frameAAD(frame, h.page, h.dbSize), 0) {
		return sqlite3.SQLITE_OK
	}
	if w.valid >= 0 && int64(frame) > w.valid {
		clear(p)
		return sqlite3.SQLITE_OK
	}
	return w.db.damaged(Damage{Part: PartLog, Frame: frame, Page: h.page})
}

func (w *walFile) write(tls *libc.TLS, p []byte, off int64) int32 {
	w.valid = -1
	rc := w.failed
	if rc == sqlite3.SQLITE_OK {
		rc = w.writeAny(tls, p, off)
	}
	if rc != sqlite3.SQLITE_OK {
		w.commit = 0
	}
	return rc
}

func (w *walFile) writeAny(tls *libc.TLS, p []byte, off int64) int32 {
	if off == 0 && len(p) == walHeaderSize {
		if rc := w.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
		w.commit = 0
		copy(w.scratch, p) // a fault layer may be shown only our memory
		if rc := w.base.write(tls, w.scratch[:walHeaderSize], 0); rc != sqlite3.SQLITE_OK {
			return rc
		}
		w.db.setLogSalts(p[16:24])
		return sqlite3.SQLITE_OK
	}
	if off < walHeaderSize {
		return sqlite3.SQLITE_IOERR_WRITE
	}
	frame, at := frameAt(off)
	switch {
	case at == 0 && len(p) == frameHeaderSize:
		return w.writeFrameHeader(tls, p, frame)
	case at == frameHeaderSize && len(p) == pageSize && zero(p[usableSize:]):
		return w.writePage(tls, p, frame)
	}
	return sqlite3.SQLITE_IOERR_WRITE
}

func (w *walFile) writeFrameHeader(tls *libc.TLS, p []byte, frame uint32) int32 {
	to, rc := w.reserve(tls, frameHeaderSize, frameOffset(frame))
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	copy(to, p)
	w.c.maskHeader(to, frame)
	w.header = parseFrameHeader(p, frame)
	return sqlite3.SQLITE_OK
}

// writePage seals a page into its frame. SQLite writes the header just before,
// or, when a transaction changes a page that it has spilled, not again.
func (w *walFile) writePage(tls *libc.TLS, p []byte, frame uint32) int32 {
	h := w.header
	if h.frame != frame {
		if rc := w.raw(tls, w.scratch[:frameHeaderSize], frameOffset(frame)); rc != sqlite3.SQLITE_OK {
			return rc
		}
		h = parseFrameHeader(w.scratch, frame)
	}
	to, rc := w.reserve(tls, pageSize, frameOffset(frame)+frameHeaderSize)
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	w.c.seal(to, p, w.c.frameAAD(frame, h.page, h.dbSize), 0)
	if h.dbSize == 0 {
		return sqlite3.SQLITE_OK
	}
	w.commit = frame
	return w.flush(tls)
}

// reserve gives n bytes of pending that will go to off.
func (w *walFile) reserve(tls *libc.TLS, n int, off int64) ([]byte, int32) {
	if w.pending == nil {
		if w.pending = calloc(tls, pendingFrames*frameSize); w.pending == nil {
			return nil, sqlite3.SQLITE_IOERR_NOMEM
		}
	}
	if w.pendingN > 0 && (off != w.pendingAt+int64(w.pendingN) || w.pendingN+n > len(w.pending)) {
		if rc := w.flush(tls); rc != sqlite3.SQLITE_OK {
			return nil, rc
		}
	}
	if w.pendingN == 0 {
		w.pendingAt = off
	}
	p := w.pending[w.pendingN : w.pendingN+n]
	w.pendingN += n
	return p, sqlite3.SQLITE_OK
}

func (w *walFile) flush(tls *libc.TLS) int32 {
	if w.failed != sqlite3.SQLITE_OK || w.pendingN == 0 {
		return w.failed
	}
	rc := w.base.write(tls, w.pending[:w.pendingN], w.pendingAt)
	w.pendingN = 0
	if rc != sqlite3.SQLITE_OK {
		// Frames that SQLite believes written are gone: let no commit follow.
		w.failed, w.commit = rc, 0
	}
	return rc
}

// endTransaction is called when the write lock is given back. After a commit
// nothing is pending; after a rollback what is pending must never be written,
// because another connection may append at the same place.
func (w *walFile) endTransaction() {
	w.pendingN, w.commit, w.failed = 0, 0, sqlite3.SQLITE_OK
	w.header = frameHeader{}
}

func (w *walFile) sync(tls *libc.TLS, flags int32) int32 {
	rc := w.flush(tls)
	if rc == sqlite3.SQLITE_OK {
		rc = w.base.sync(tls, flags)
	}
	if rc == sqlite3.SQLITE_OK && w.commit != 0 {
		w.db.anchor.advance(anchor{salts: w.db.logSalts(), frames: w.commit})
	}
	w.commit = 0
	return rc
}

func (w *walFile) truncate(tls *libc.TLS, size int64) int32 {
	if rc := w.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	// A log is emptied only when all of it is in the database; to shorten it
	// after a commit is another thing, and the anchor stays.
	if size <= walHeaderSize {
		if err := w.db.anchor.retire(); err != nil {
			return sqlite3.SQLITE_IOERR_TRUNCATE
		}
	}
	return w.base.truncate(tls, size)
}

func (w *walFile) size(tls *libc.TLS) (int64, int32) {
	if rc := w.flush(tls); rc != sqlite3.SQLITE_OK {
		return 0, rc
	}
	return w.base.size(tls)
}

func (w *walFile) close(tls *libc.TLS) {
	if w.main.wal == w {
		w.main.wal = nil
	}
	release(tls, w.scratch)
	release(tls, w.pending)
}
