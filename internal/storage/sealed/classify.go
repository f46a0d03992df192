package sealed

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"feldsher/internal/fault"
)

// Classify turns an error of the database into a fault that the screen can
// show. Damage is fault.Damaged; a disk that is full or can't be written is
// fault.Space; a lock that others hold is fault.Locked; a disk that can't be
// read is fault.Internal. Faults, and errors that say something about the
// statement and not about the file (constraints, syntax, a cancelled context),
// come back as they are.
func Classify(err error) error {
	var f *fault.Error
	var e *sqlite.Error
	if err == nil || errors.As(err, &f) || !errors.As(err, &e) {
		return err
	}
	return classifyCode(int32(e.Code()), err)
}

// classifyCode does it for one result code of SQLite.
func classifyCode(code int32, err error) error {
	switch code {
	case sqlite3.SQLITE_IOERR_DATA, sqlite3.SQLITE_IOERR_CORRUPTFS:
		return fault.Wrap(err, fault.Damaged, "sealed.damaged")
	case sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC,
		sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_DELETE, sqlite3.SQLITE_IOERR_DELETE_NOENT,
		sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMMAP:
		return fault.Wrap(err, fault.Space, "sealed.write_failed")
	case sqlite3.SQLITE_IOERR_NOMEM:
		return err
	}
	switch code & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fault.Wrap(err, fault.Damaged, "sealed.damaged")
	case sqlite3.SQLITE_FULL:
		return fault.Wrap(err, fault.Space, "sealed.full")
	case sqlite3.SQLITE_READONLY:
		return fault.Wrap(err, fault.Space, "sealed.read_only")
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fault.Wrap(err, fault.Space, "sealed.cant_open")
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return fault.Wrap(err, fault.Locked, "sealed.busy")
	case sqlite3.SQLITE_IOERR:
		return fault.Wrap(err, fault.Internal, "sealed.read_failed")
	}
	return err
}

// codeError is a result code that no statement returned.
func codeError(code int32, what string) error {
	return classifyCode(code, fmt.Errorf("%s: sqlite code %d", what, code))
}

// damageKey is the sentence for each part of the database.
func damageKey(p Part) string {
	switch p {
	case PartLog:
		return "sealed.damaged_log"
	case PartJournal:
		return "sealed.damaged_journal"
	}
	return "sealed.damaged_database"
}

// damageFault names a damaged place for the user.
func damageFault(d Damage) error {
	return fault.Wrap(errors.New(d.String()), fault.Damaged, damageKey(d.Part), "page", d.Page, "frame", d.Frame)
}

// explain adds the place to an error that says only that there is damage.
func (v *vfs) explain(err error) error {
	var f *fault.Error
	found := v.damage.all()
	if len(found) == 0 || !errors.As(err, &f) || f.Key != "sealed.damaged" {
		return err
	}
	d := found[0]
	return fault.Wrap(fmt.Errorf("%s: %w", d, err), fault.Damaged, damageKey(d.Part), "page", d.Page, "frame", d.Frame)
}
