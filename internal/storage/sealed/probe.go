package sealed

import (
	"fmt"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"feldsher/internal/fault"
)

// probeSamples is how many pages are tried before a key is called wrong.
const probeSamples = 256

// probe finds the salt with which the key opens the file: the caller's copy,
// or else the one in the file. If page 1 opens with neither, later pages and
// the log tell a wrong key (nothing opens) from damage (some of it opens); then
// SQLite shall find out whether the log repairs page 1.
func (v *vfs) probe(path string, saved []byte) ([saltSize]byte, error) {
	none := [saltSize]byte{}
	f, err := v.openRaw(path, openMain)
	if err != nil {
		return none, err
	}
	defer f.Close()
	size, err := f.length()
	if err != nil {
		return none, err
	}
	if size < pageSize {
		return none, fault.New(fault.Damaged, "sealed.too_short", "path", path)
	}
	candidates, err := saltCandidates(f, saved)
	if err != nil {
		return none, err
	}
	for _, attempt := range []func(*coder) (bool, error){
		func(c *coder) (bool, error) { return f.opens(c, 1) },
		func(c *coder) (bool, error) { return f.somePageOpens(c, size) },
		func(c *coder) (bool, error) { return v.someFrameOpens(c, path) },
	} {
		for _, salt := range candidates {
			s, err := newSealer(&v.key, salt)
			if err != nil {
				return none, err
			}
			if ok, err := attempt(&coder{sealer: s}); ok || err != nil {
				return salt, err
			}
		}
	}
	for _, salt := range candidates {
		if salt[0] > formatVersion {
			return none, fault.New(fault.Newer, "sealed.newer", "path", path)
		}
	}
	return none, fault.New(fault.Password, "sealed.wrong_key", "path", path)
}

func saltCandidates(f *rawFile, saved []byte) ([][saltSize]byte, error) {
	p, rc := f.at(saltSize, 0)
	if rc != sqlite3.SQLITE_OK {
		return nil, codeError(rc, "read salt")
	}
	own := [saltSize]byte(p)
	if len(saved) != saltSize || [saltSize]byte(saved) == own {
		return [][saltSize]byte{own}, nil
	}
	return [][saltSize]byte{[saltSize]byte(saved), own}, nil
}

// opens says whether the page on the disk opens.
func (r *rawFile) opens(c *coder, page uint32) (bool, error) {
	p, rc := r.at(pageSize, int64(page-1)*pageSize)
	switch rc {
	case sqlite3.SQLITE_OK:
	case sqlite3.SQLITE_IOERR_SHORT_READ:
		return false, nil
	default:
		return false, codeError(rc, fmt.Sprintf("read page %d", page))
	}
	skip := 0
	if page == 1 {
		skip = saltSize
	}
	return c.open(p, p, c.mainAAD(page), skip), nil
}

func (r *rawFile) somePageOpens(c *coder, size int64) (bool, error) {
	last := uint32(size / pageSize)
	step := last/probeSamples + 1
	for page := uint32(2); page <= last; page += step {
		if ok, err := r.opens(c, page); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (v *vfs) someFrameOpens(c *coder, path string) (bool, error) {
	f, err := v.openRaw(path+walSuffix, openLog)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	for frame := uint32(1); frame <= probeSamples; frame++ {
		p, rc := f.at(frameSize, frameOffset(frame))
		if rc != sqlite3.SQLITE_OK {
			return false, nil
		}
		h := parseFrameHeader(p, frame)
		if c.open(p[frameHeaderSize:], p[frameHeaderSize:], c.frameAAD(frame, h.page, h.dbSize), 0) {
			return true, nil
		}
	}
	return false, nil
}

// checkLogThere finds the case that SQLite doesn't look at: the log is gone or
// has no frames, but the anchor vouches for some. A log is never removed or
// emptied while the anchor does.
func (v *vfs) checkLogThere(db *dbState) error {
	report, size, err := v.scanLog(db)
	if err != nil || size > walHeaderSize || report.damaged == 0 {
		return err
	}
	// Somebody else in this program may just have begun the log.
	report, size, err = v.scanLog(db)
	if err != nil || size > walHeaderSize || report.damaged == 0 {
		return err
	}
	return fault.New(fault.Damaged, "sealed.log_missing", "path", db.path+walSuffix)
}

// scanLog scans the log as it is on the disk, and gives its length: 0 without
// a log. Nobody may write to it the while.
func (v *vfs) scanLog(db *dbState) (report logReport, size int64, err error) {
	read := func(int, int64) ([]byte, int32) { return nil, sqlite3.SQLITE_IOERR_READ }
	f, err := v.openRaw(db.path+walSuffix, openLog)
	switch {
	case fault.Is(err, fault.NotFound):
		err = nil // no log is an empty log
	case err != nil:
		return report, 0, err
	default:
		defer f.Close()
		if size, err = f.length(); err != nil {
			return report, 0, err
		}
		read = f.at
	}
	s := newLogScan(db.s, size)
	if a, ok := db.anchor.read(); ok {
		s.anchor = a
	}
	report, rc := s.run(read)
	if rc != sqlite3.SQLITE_OK {
		err = codeError(rc, "read log")
	}
	return report, size, err
}

// fullPath is the path under which SQLite will open the file: absolute, links
// resolved.
func (v *vfs) fullPath(path string) (string, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	cpath, err := libc.CString(uriPath(path))
	if err != nil {
		return "", err
	}
	defer libc.Xfree(tls, cpath)
	n := int(cvfsAt(v.base).FmxPathname) + 1
	out := calloc(tls, n)
	if out == nil {
		return "", codeError(sqlite3.SQLITE_IOERR_NOMEM, "full path")
	}
	defer release(tls, out)
	rc := v.baseFn.fullPath(tls, v.base, cpath, int32(n), addr(out))
	if rc != sqlite3.SQLITE_OK && rc != sqlite3.SQLITE_OK_SYMLINK {
		return "", codeError(rc, "full path")
	}
	return libc.GoString(addr(out)), nil
}

// adopt sets the salt of a database before SQLite opens it.
func (v *vfs) adopt(full string, salt [saltSize]byte) (*dbState, error) {
	db, rc := v.state(full, func() ([saltSize]byte, int32) { return salt, sqlite3.SQLITE_OK })
	if rc != sqlite3.SQLITE_OK {
		return nil, codeError(rc, "derive keys")
	}
	return db, nil
}

// stateOf is the state of a database that SQLite has opened.
func (v *vfs) stateOf(path string) (*dbState, error) {
	full, err := v.fullPath(path)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if db := v.dbs[full]; db != nil {
		return db, nil
	}
	return nil, fmt.Errorf("sqlite did not open %s", full)
}
