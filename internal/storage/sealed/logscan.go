package sealed

import (
	"encoding/binary"

	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite ends a log at the first frame whose checksum is wrong, and says
// nothing about what comes after: a flipped bit loses commits. logScan looks at
// the whole log and tells a torn end, which a power cut leaves and which was
// never acknowledged, from damage.
//
// Three things prove damage. The anchor vouches for more commits than can be
// read. Behind the bad frame there is a commit on which a further frame builds:
// SQLite had that commit on the disk before it wrote on. The header is wrong
// although there are frames: it is on the disk before any frame is.
type logScan struct {
	size   int64
	anchor anchor
	c      coder
	page   []byte // one plain page

	head     logHeader
	headGood bool
	prev     frameState
	open     []uint32 // pages of the transaction that has not committed yet
	proven   bool     // damage, whatever the anchor says
	report   logReport
}

// logReport is what a scan found.
type logReport struct {
	salts       [8]byte
	frames      uint32              // good ones, from the beginning
	commit      uint32              // the last one that commits
	damaged     uint32              // the first bad frame; 0 if the log is whole or merely torn
	damagedPage uint32              // what its header names; 0 if that isn't known
	pages       map[uint32]struct{} // committed in the log, and so not needed from the database
}

// frameState is one frame seen in the scan.
type frameState struct {
	header    frameHeader
	sum       checksum // as stored
	authentic bool     // the page opens
	good      bool     // and the frame belongs to this log
	chains    bool     // and its checksum follows from the frame before
}

func newLogScan(s *sealer, size int64) *logScan {
	return &logScan{size: size, c: coder{sealer: s}, page: make([]byte, pageSize)}
}

// readFunc reads n bytes at off; the bytes are valid until the next call.
type readFunc func(n int, off int64) ([]byte, int32)

// run scans the log and judges it.
func (l *logScan) run(read readFunc) (logReport, int32) {
	l.report.pages = map[uint32]struct{}{}
	if l.size < walHeaderSize {
		l.judge()
		return l.report, sqlite3.SQLITE_OK
	}
	p, rc := read(walHeaderSize, 0)
	if rc != sqlite3.SQLITE_OK {
		return l.report, rc
	}
	l.head, l.headGood = parseLogHeader(p)
	l.report.salts = l.head.salts
	l.prev = frameState{sum: l.head.sum, good: l.headGood}

	total := uint32((l.size - walHeaderSize) / frameSize)
	for first := uint32(1); first <= total; first += pendingFrames {
		n := int(min(pendingFrames, total-first+1))
		p, rc := read(n*frameSize, frameOffset(first))
		if rc != sqlite3.SQLITE_OK {
			return l.report, rc
		}
		for i := range n {
			l.take(l.frame(p[i*frameSize:(i+1)*frameSize], first+uint32(i)))
		}
	}
	l.judge()
	return l.report, sqlite3.SQLITE_OK
}

// take adds the next frame to what is known.
func (l *logScan) take(f frameState) {
	r := &l.report
	switch next := r.frames + 1; {
	case f.header.frame == next && f.chains:
		r.frames = next
		l.open = append(l.open, f.header.page)
		if f.header.dbSize != 0 {
			r.commit = next
			for _, page := range l.open {
				r.pages[page] = struct{}{}
			}
			l.open = l.open[:0]
		}
	case f.header.frame == next:
		r.damagedPage = f.header.page
	default:
		behind := l.prev.good && l.prev.header.dbSize != 0 && l.prev.header.frame > r.frames
		l.proven = l.proven || (behind && f.chains)
	}
	l.proven = l.proven || (f.authentic && !l.headGood)
	l.prev = f
}

// judge decides whether what was found is damage.
func (l *logScan) judge() {
	r := &l.report
	thisLog := l.size < walHeaderSize || l.anchor.salts == r.salts
	if l.proven || (thisLog && l.anchor.frames > r.commit) {
		r.damaged = r.frames + 1
	} else {
		r.damagedPage = 0
	}
}

// frame checks one frame against the log's header and the frame before.
func (l *logScan) frame(p []byte, frame uint32) frameState {
	f := frameState{header: parseFrameHeader(p, frame)}
	f.authentic = l.c.open(l.page, p[frameHeaderSize:], l.c.frameAAD(frame, f.header.page, f.header.dbSize), 0)
	var h [frameHeaderSize]byte
	copy(h[:], p)
	l.c.unmaskHeader(h[:], frame)
	f.sum = parseChecksum(h[16:])
	f.good = f.authentic && l.headGood && [8]byte(h[8:16]) == l.head.salts
	if f.good && l.prev.good {
		f.chains = l.prev.sum.add(l.head.bigEndian, h[:8]).add(l.head.bigEndian, l.page) == f.sum
	}
	return f
}

// logHeader is the plain header of the log; https://sqlite.org/walformat.html.
type logHeader struct {
	bigEndian bool // the words that checksums add up
	salts     [8]byte
	sum       checksum
}

const logMagic = 0x377f0682 // the lowest bit says that the checksums are big-endian

func parseLogHeader(p []byte) (logHeader, bool) {
	magic := binary.BigEndian.Uint32(p)
	h := logHeader{bigEndian: magic&1 != 0, salts: [8]byte(p[16:24]), sum: parseChecksum(p[24:])}
	if magic&^1 != logMagic || binary.BigEndian.Uint32(p[8:]) != pageSize {
		return h, false
	}
	return h, checksum{}.add(h.bigEndian, p[:24]) == h.sum
}

// checksum is SQLite's running sum over the log.
type checksum [2]uint32

func parseChecksum(p []byte) checksum {
	return checksum{binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])}
}

// add continues the sum over p, whose length is a multiple of 8.
func (c checksum) add(bigEndian bool, p []byte) checksum {
	if bigEndian {
		for ; len(p) >= 8; p = p[8:] {
			c[0] += binary.BigEndian.Uint32(p) + c[1]
			c[1] += binary.BigEndian.Uint32(p[4:]) + c[0]
		}
		return c
	}
	for ; len(p) >= 8; p = p[8:] {
		c[0] += binary.LittleEndian.Uint32(p) + c[1]
		c[1] += binary.LittleEndian.Uint32(p[4:]) + c[0]
	}
	return c
}
