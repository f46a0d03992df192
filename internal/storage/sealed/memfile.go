package sealed

import (
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// memFile is a temporary file of SQLite (sorter, statement journal, temporary
// table): it lives in Go's memory and is wiped when it is closed.
type memFile struct {
	chunks [][]byte
	length int64
}

const memChunk = 64 << 10

func (m *memFile) read(_ *libc.TLS, p []byte, off int64) int32 {
	have := p[:min(int64(len(p)), max(m.length-off, 0))]
	for n := 0; n < len(have); {
		at := off + int64(n)
		n += copy(have[n:], m.chunks[at/memChunk][at%memChunk:])
	}
	if len(have) < len(p) {
		clear(p[len(have):])
		return sqlite3.SQLITE_IOERR_SHORT_READ
	}
	return sqlite3.SQLITE_OK
}

func (m *memFile) write(_ *libc.TLS, p []byte, off int64) int32 {
	end := off + int64(len(p))
	m.reach(end)
	for n := 0; n < len(p); {
		at := off + int64(n)
		n += copy(m.chunks[at/memChunk][at%memChunk:], p[n:])
	}
	m.length = max(m.length, end)
	return sqlite3.SQLITE_OK
}

// reach makes room up to end; new room is zero.
func (m *memFile) reach(end int64) {
	for int64(len(m.chunks))*memChunk < end {
		m.chunks = append(m.chunks, make([]byte, memChunk))
	}
}

func (m *memFile) truncate(_ *libc.TLS, size int64) int32 {
	m.reach(size)
	for at := size; at < m.length; { // what is cut off reads as zero if the file grows again
		chunk := m.chunks[at/memChunk][at%memChunk:]
		clear(chunk)
		at += int64(len(chunk))
	}
	keep := (size + memChunk - 1) / memChunk
	clear(m.chunks[keep:])
	m.chunks = m.chunks[:keep]
	m.length = size
	return sqlite3.SQLITE_OK
}

func (m *memFile) sync(*libc.TLS, int32) int32 { return sqlite3.SQLITE_OK }

func (m *memFile) size(*libc.TLS) (int64, int32) { return m.length, sqlite3.SQLITE_OK }

func (m *memFile) close(tls *libc.TLS) { m.truncate(tls, 0) }
