package sealed

import (
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite"

	"feldsher/internal/storage/sealed/faultfs"
)

// Key opens a database file. It is as random as the caller draws it; no
// password is stretched here.
type Key [32]byte

// Options say how to open a database. The zero value is right for a program.
type Options struct {
	// Salt is the copy (16 bytes) that DB.Salt gave when the file was made. With
	// it a damaged salt in the file does no harm. Nil: trust the file's own.
	Salt []byte

	// ReadOnly makes the Writer refuse changes too. Files beside the database
	// (the log) are written all the same.
	ReadOnly bool

	// CacheMB is the page cache of each connection in MiB; 0 means 64.
	CacheMB int

	// Readers bounds the pool of reading connections; 0 means 4.
	Readers int

	// OnWriteConn is called with the writing connection when it has been
	// opened, and again should database/sql ever replace it: the place to
	// register a pre-update hook.
	OnWriteConn func(sqlite.HookRegisterer) error

	// Faults lets a test stand between the database and the disk; nil in a
	// program. See package faultfs.
	Faults faultfs.Layer
}

const (
	defaultCacheMB = 64
	defaultReaders = 4
)

// Files lists the names that belong to the database at path: the file itself,
// the log, its index, the journal and the anchor. To remove or replace a
// database is to remove all of them.
func Files(path string) []string {
	return []string{path, path + walSuffix, path + shmSuffix, path + journalSuffix, path + anchorSuffix}
}

// role is what a connection is for.
type role uint8

const (
	roleWrite role = iota
	roleRead
)

// pragmas are the settings of a connection, in the order of execution.
func (o Options) pragmas(r role) []string {
	cache := o.CacheMB
	if cache <= 0 {
		cache = defaultCacheMB
	}
	p := []string{
		"busy_timeout(10000)",
		"synchronous(FULL)",
		"foreign_keys(ON)",
		"secure_delete(ON)",
		"temp_store(MEMORY)",
		"trusted_schema(OFF)",
		"cache_size(" + strconv.Itoa(-cache*1024) + ")",
		"wal_autocheckpoint(2000)", // 8 MiB of log
	}
	if r == roleWrite {
		p = append(p, "journal_mode(WAL)")
	}
	if r == roleRead || o.ReadOnly {
		p = append(p, "query_only(ON)")
	}
	return p
}

// dsn is the connection string for the file at the absolute path. Without a
// VFS it is plain SQLite, as tests and measurements need it for comparison.
func (o Options) dsn(path, vfsName string, r role) string {
	q := url.Values{"_pragma": o.pragmas(r)}
	if vfsName != "" {
		q.Set("vfs", vfsName)
	}
	if r == roleWrite && !o.ReadOnly {
		q.Set("_txlock", "immediate") // to wait at BEGIN, not to fail in the middle
	}
	return fileURI(path) + "?" + q.Encode()
}

// uriPath is the absolute path as it stands in a file URI: /C:/x on Windows.
func uriPath(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return p
}

func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: uriPath(path)}).String()
}
