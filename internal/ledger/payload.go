package ledger

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Class is a keeping class of a patient's data; each has a key of its own, so
// that one can be destroyed while another must be kept. The numbers are those of
// the keyring.
type Class uint8

// The classes.
const (
	None     Class = 0 // not a patient's: the clinic's own rows
	Identity Class = 1
	Medical  Class = 2
	Money    Class = 3
	Letters  Class = 4
)

// Change is what happened to one row. A row that was not there before has
// Insert set and no old values; columns that hold their default are left out.
// The kind Purge has its number and nothing else: it is refused until there is an
// erasure that needs it.
type Change struct {
	_       struct{} `cbor:",toarray"`
	Table   string
	Key     ID
	Kind    Kind
	Columns []Column
}

// Kind of a change.
type Kind uint8

// The kinds.
const (
	Insert Kind = 1
	Update Kind = 2
	Purge  Kind = 3 // reserved: neither sealed nor opened
)

// Column holds one changed value: nil, int64, string or []byte. A float is
// never synced: money and doses are exact.
type Column struct {
	_    struct{} `cbor:",toarray"`
	Name string
	Old  any
	New  any
}

// Access is one act of looking: who is in the payload, when and what is here.
type Access struct {
	_       struct{} `cbor:",toarray"`
	At      int64    // milliseconds of UTC
	Action  string   // view, search, print, export
	What    string   // table or command, never content
	Patient ID       // zero when no single patient is concerned
	Count   int64    // how many cards were touched
}

// Payload is what a box holds.
type Payload struct {
	Actor    ID       // user
	Intent   string   // what the user did, e.g. "visit.save"
	Reason   string   // why, where one is asked for
	Rows     []Change // the clinic's own rows
	Accesses []Access
	Parts    []Part // patients' rows, sealed once more
}

// Part is the rows of one patient and class. Sealed is set as it travels, Rows
// once it is open. Where the key is destroyed, Rows stays nil and Erased is set.
type Part struct {
	Patient ID
	Class   Class
	Rows    []Change
	Sealed  []byte
	Erased  bool
}

// wire forms
type payloadWire struct {
	_        struct{} `cbor:",toarray"`
	Actor    ID
	Intent   string
	Reason   string
	Rows     []byte // compressed []Change; empty for none
	Accesses []Access
	Parts    []partWire
}

type partWire struct {
	_       struct{} `cbor:",toarray"`
	Patient ID
	Class   Class
	Sealed  []byte // nonce ‖ ciphertext of compressed []Change
}

// Keys opens what is sealed. ErrErased about a patient's key means that it was
// destroyed; ErrNoKey about any, that it is not held here (yet).
//
// Two workstations that were out of each other's reach may have made a key each
// for the same patient and class: PatientKey is the one to seal with, PatientKeys
// are all that a part may be sealed under.
type Keys interface {
	ScopeKey(scope ID, epoch uint32) (*[32]byte, error)
	PatientKey(patient ID, class Class) (*[32]byte, error)
	PatientKeys(patient ID, class Class) ([]*[32]byte, error)
}

// What Keys may answer instead of a key.
var (
	ErrErased = errors.New("ledger: the patient's key is destroyed")
	ErrNoKey  = errors.New("ledger: key not held here")
)

// Lack is the ErrNoKey of an entry: which key it waits for.
type Lack struct {
	Scope   ID // zero when it is a patient's
	Epoch   uint32
	Patient ID
	Class   Class
	Held    int // keys of the patient and class that were tried
	err     error
}

func (l *Lack) Error() string { return l.err.Error() }
func (l *Lack) Unwrap() error { return l.err }

// Ended reports whether a key that was lacking is here, or destroyed: whether it
// is worth while to try again.
func (l *Lack) Ended(keys Keys) bool {
	if l.Patient.IsZero() {
		_, err := keys.ScopeKey(l.Scope, l.Epoch)
		return err == nil
	}
	held, err := keys.PatientKeys(l.Patient, l.Class)
	return err == nil && len(held) > l.Held || errors.Is(err, ErrErased)
}

// check holds a payload against what the format allows, both before it is
// sealed and after it was opened: what is written here must open everywhere, and
// what was opened must not surprise the code that compares values.
func (p *Payload) check(chain Chain) error {
	if chain == Accesses && len(p.Rows)+len(p.Parts) > 0 {
		return fmt.Errorf("%w: rows in the chain of accesses", ErrMalformed)
	}
	texts := []string{p.Intent, p.Reason}
	for _, a := range p.Accesses {
		texts = append(texts, a.Action, a.What)
	}
	for _, s := range texts {
		if !utf8.ValidString(s) {
			return fmt.Errorf("%w: text is not UTF-8", ErrMalformed)
		}
	}
	if err := checkRows(p.Rows); err != nil {
		return err
	}
	for i := range p.Parts {
		if err := checkRows(p.Parts[i].Rows); err != nil {
			return err
		}
	}
	return nil
}

func checkRows(rows []Change) error {
	for i := range rows {
		if !utf8.ValidString(rows[i].Table) {
			return fmt.Errorf("%w: text is not UTF-8", ErrMalformed)
		}
		if k := rows[i].Kind; k != Insert && k != Update {
			return fmt.Errorf("%w: change of kind %d", ErrMalformed, k)
		}
		for _, c := range rows[i].Columns {
			if !utf8.ValidString(c.Name) || !storable(c.Old) || !storable(c.New) {
				return fmt.Errorf("%w: value of %s.%q", ErrMalformed, rows[i].Table, c.Name)
			}
		}
	}
	return nil
}

// storable reports whether a value is of one of the four kinds that are synced.
func storable(v any) bool {
	switch v := v.(type) {
	case nil, int64, []byte:
		return true
	case string:
		return utf8.ValidString(v)
	}
	return false
}
