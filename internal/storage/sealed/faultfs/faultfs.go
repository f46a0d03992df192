// Package faultfs is the seam under the sealed database: every operation that
// reaches the disk is first shown to a Layer, which may let it pass, fail it,
// cut it short or pretend that it was done.
//
// It promises that a test can make each single disk operation go wrong in the
// ways that real disks do, and that Disk can say afterwards what a power cut
// would have left. It needs nothing but the paths and bytes that it is shown.
// It never touches the files itself, and a database that is opened without a
// Layer pays one comparison with nil an operation.
package faultfs

// Kind is the sort of a disk operation.
type Kind uint8

// The operations that a Layer is asked about.
const (
	Open     Kind = iota // a file is opened, and created if it is not there
	Read                 // Size bytes at Off
	Write                // Data at Off
	Sync                 // flush the file to the disk
	Truncate             // set the length to Size
	Delete               // remove the file
	Rename               // Path becomes To
	DirSync              // flush the folder Path: names, not contents
)

var kindNames = [...]string{"open", "read", "write", "sync", "truncate", "delete", "rename", "dirsync"}

// String gives the kind's name for messages of tests.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Op is one disk operation, before it is done.
type Op struct {
	Kind Kind
	Path string // the file, as the database names it: absolute
	To   string // Rename only
	Off  int64  // Read and Write
	Size int64  // Read: bytes wanted; Truncate: the new length
	Data []byte // Write: the bytes as they go to the disk; valid during the call only
}

// Errno is how an operation fails.
type Errno uint8

// The failures that a Layer can order.
const (
	OK       Errno = iota
	EIO            // the device reports an error
	ENOSPC         // no room is left
	EROFS          // the disk can't be written
	EPOWER         // the machine is off; everything after fails likewise
	errnoEnd       // keep last
)

var errnoNames = [errnoEnd]string{"ok", "EIO", "ENOSPC", "EROFS", "power cut"}

// String gives the error's name for messages of tests.
func (e Errno) String() string {
	if e < errnoEnd {
		return errnoNames[e]
	}
	return "unknown"
}

// Outcome is what becomes of an operation. The zero Outcome lets it pass.
type Outcome struct {
	Err    Errno
	Wrote  int  // Write with Err: so many bytes reach the disk before it fails
	Silent bool // nothing is done, and success reported: a disk that lies
}

// Layer decides about every operation. Do may be called from several
// goroutines at once.
type Layer interface {
	Do(op Op) Outcome
}

// Func is a Layer made of a function.
type Func func(op Op) Outcome

// Do calls f.
func (f Func) Do(op Op) Outcome { return f(op) }
