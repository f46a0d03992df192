package sealed

import (
	"fmt"
	"sync"
	"sync/atomic"

	sqlite3 "modernc.org/sqlite/lib"
)

// dbState is what all connections to one database file share.
type dbState struct {
	v      *vfs
	path   string
	s      *sealer
	anchor anchorFile

	// firstPage keeps a connection that is just opening, and has no lock yet,
	// from seeing page 1 half written.
	firstPage sync.RWMutex

	// size is a lower bound of the file's length; -1 if it is not known.
	size atomic.Int64

	mu    sync.Mutex
	salts [8]byte // of the log's header as last read or written
}

func newState(v *vfs, path string, s *sealer) *dbState {
	db := &dbState{v: v, path: path, s: s}
	db.anchor = anchorFile{v: v, path: path + anchorSuffix, block: s.anchor}
	db.size.Store(-1)
	return db
}

func (db *dbState) knownSize() int64 { return db.size.Load() }

func (db *dbState) forgetSize() { db.size.Store(-1) }

// grow raises the bound; only one connection at a time writes to the file.
func (db *dbState) grow(size int64) {
	if db.size.Load() < size {
		db.size.Store(size)
	}
}

func (db *dbState) setLogSalts(s []byte) {
	db.mu.Lock()
	defer db.mu.Unlock()
	copy(db.salts[:], s)
}

func (db *dbState) logSalts() [8]byte {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.salts
}

// damaged notes what fails its check and gives the code that SQLite passes on
// to the statement.
func (db *dbState) damaged(d Damage) int32 {
	d.Path = db.path
	db.v.damage.add(d)
	return sqlite3.SQLITE_IOERR_DATA
}

// Part is the file in which damage was found.
type Part string

// The parts of a database on the disk.
const (
	PartDatabase Part = "database"
	PartLog      Part = "log"
	PartJournal  Part = "journal"
)

// Damage is one place that fails its check.
type Damage struct {
	Path  string // the database's path
	Part  Part
	Page  uint32 // number of the page, from 1; 0 if it is not known
	Frame uint32 // place in the log, from 1; 0 outside the log
}

// String names the place, for a log.
func (d Damage) String() string {
	if d.Frame != 0 {
		return fmt.Sprintf("%s: %s frame %d, page %d", d.Path, d.Part, d.Frame, d.Page)
	}
	return fmt.Sprintf("%s: %s page %d", d.Path, d.Part, d.Page)
}

// damageLog keeps the first places found damaged.
type damageLog struct {
	mu    sync.Mutex
	found []Damage
}

const damageKept = 64

func (l *damageLog) add(d Damage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, have := range l.found {
		if have == d {
			return
		}
	}
	if len(l.found) < damageKept {
		l.found = append(l.found, d)
	}
}

func (l *damageLog) all() []Damage {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Damage(nil), l.found...)
}
