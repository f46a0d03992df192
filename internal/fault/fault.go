// Package fault is the one error type that crosses the program's floors.
//
// A fault carries a Kind, which the command line maps to an exit code and a
// server to a status; a Key, under which translations hold the sentence for the
// user (what happened, what was kept, what to do next); and the cause, which
// only the log sees. No fault ever carries a patient's data: Args hold counts,
// codes, field names and paths, never names, numbers of documents or text of a
// card.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of failure it is, independent of where it happened.
type Kind uint8

// The kinds, with the exit code that the command line gives each.
const (
	Internal  Kind = iota // 1: a defect of the program or a failing machine
	Invalid               // 2: input that can't be accepted as it is
	Forbidden             // 3: the user has no right to do this
	NotFound              // 4: there is no such record
	Conflict              // 5: it contradicts what is stored already
	Password              // 6: wrong password or recovery phrase
	Damaged               // 7: stored data fail their own checks
	Locked                // 8: another program holds the data directory
	Space                 // 9: the disk is full or can't be written
	Newer                 // 10: written by a newer version of the program
	Offline               // 11: the server can't be reached, or not trusted
)

var kindNames = [...]string{
	"internal", "invalid", "forbidden", "not_found", "conflict", "password",
	"damaged", "locked", "space", "newer", "offline",
}

// String gives the kind's stable name, as printed by --json.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ExitCode is the process exit code for the kind.
func (k Kind) ExitCode() int {
	if k == Internal {
		return 1
	}
	return int(k) + 1
}

// Error is a failure with a sentence for the user and a cause for the log.
type Error struct {
	Kind  Kind
	Key   string         // key in translations, e.g. "fault.patient.not_found"
	Args  map[string]any // values for the sentence; never patients' data
	Field string         // path of the input field at fault ("phones[1].number"), if any
	Err   error          // the cause, for the log; may be nil
}

// Error is the text for the log, never for the screen.
func (e *Error) Error() string {
	s := e.Kind.String() + ": " + e.Key
	if e.Field != "" {
		s += " at " + e.Field
	}
	if len(e.Args) > 0 {
		s += fmt.Sprint(" ", e.Args)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes a fault without a cause. Args are pairs of name and value.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs(args)}
}

// Wrap makes a fault with a cause; nil stays nil.
func Wrap(err error, kind Kind, key string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Key: key, Args: pairs(args), Err: err}
}

// At makes an Invalid fault for one input field.
func At(field, key string, args ...any) *Error {
	return &Error{Kind: Invalid, Key: key, Field: field, Args: pairs(args)}
}

// KindOf finds the kind of the outermost fault in err's chain; Internal if
// there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is a fault of the kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

func pairs(args []any) map[string]any {
	if len(args) == 0 {
		return nil
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return m
}
