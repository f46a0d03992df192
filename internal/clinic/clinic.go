// Package clinic says what a clinic is: its records, the rules that bind them,
// who may do what, and how two versions of a record are merged. It knows
// nothing of files, networks, databases or screens and never will.
//
// Names follow HL7 FHIR where it has a plain word (Patient, Observation,
// Consent) and a clinic's own where it has not (Visit for Encounter, Diagnosis
// for Condition). JSON tags are the contract of the command line and of the
// exports; docs/cli.md lists them.
package clinic

import (
	"database/sql/driver"
	"fmt"
	"time"

	"feldsher/internal/ledger"
)

// ID names a record; see ledger.ID.
type ID = ledger.ID

// NewID draws the id of a new record.
func NewID() ID { return ledger.NewID() }

// Country is where an organisation works; the law that binds it.
type Country string

// The countries that the program serves.
const (
	Russia     Country = "ru"
	Kazakhstan Country = "kz"
)

// Valid reports whether the country is one of the served.
func (c Country) Valid() bool { return c == Russia || c == Kazakhstan }

// Time is an instant: milliseconds since 1970 in UTC. Zero means "not known".
// In JSON it is RFC 3339 with milliseconds.
type Time int64

// TimeOf converts from the standard library, cutting below a millisecond.
func TimeOf(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// Std converts to the standard library, in UTC.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// IsZero reports whether the instant is not known.
func (t Time) IsZero() bool { return t == 0 }

// MarshalText implements encoding.TextMarshaler.
func (t Time) MarshalText() ([]byte, error) {
	if t == 0 {
		return nil, nil
	}
	return []byte(t.Std().Format("2006-01-02T15:04:05.000Z07:00")), nil
}

// Valid reports whether the instant lies in the years 1 to 9999: what RFC 3339 can
// write, so that what was stored as text can be read again.
func (t Time) Valid() bool {
	year := time.UnixMilli(int64(t)).UTC().Year()
	return year >= 1 && year <= 9999
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = 0
		return nil
	}
	v, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return fmt.Errorf("time: %w", err)
	}
	if *t = TimeOf(v); !t.Valid() {
		return fmt.Errorf("time: year %d", t.Std().Year())
	}
	return nil
}

// Value stores an integer, NULL when not known.
func (t Time) Value() (driver.Value, error) {
	if t == 0 {
		return nil, nil
	}
	return int64(t), nil
}

// Scan reads what Value wrote.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = 0
	case int64:
		*t = Time(v)
	default:
		return fmt.Errorf("time: %T in the database", src)
	}
	return nil
}

// Date is a calendar day without a zone, in ISO 8601, possibly partial:
// "1980-05-17", "1980-05", "1980", or empty for not known.
type Date string

// Full reports whether year, month and day are known.
func (d Date) Full() bool { return len(d) == 10 }

// Year gives the year, 0 when not known.
func (d Date) Year() int {
	var y int
	if len(d) >= 4 {
		_, _ = fmt.Sscanf(string(d[:4]), "%d", &y)
	}
	return y
}

// Valid reports whether the date is empty or a real one, whole or partial.
func (d Date) Valid() bool {
	layout := map[int]string{4: "2006", 7: "2006-01", 10: "2006-01-02"}[len(d)]
	if d == "" {
		return true
	}
	if layout == "" {
		return false
	}
	_, err := time.Parse(layout, string(d))
	return err == nil
}

// Decimal is an exact decimal number as text ("36.6"), for doses and results:
// never a float.
type Decimal string

// Record is what every stored row carries.
type Record struct {
	ID      ID   `json:"id,omitzero"`
	Deleted Time `json:"deleted,omitzero"` // the tombstone: struck out at; the row stays
}

// Source tells where an imported record came from.
type Source struct {
	System string `json:"system,omitempty"` // e.g. "fhir:<base>" or a file's kind
	Code   string `json:"id,omitempty"`     // its id there
}

// Coding is a code with its system, version and wording, kept as one piece: a
// code without its version can't be read later.
type Coding struct {
	System  string `json:"system,omitempty"`  // "icd-10", "http://snomed.info/sct", …
	Code    string `json:"code,omitempty"`    // "J06.9"
	Version string `json:"version,omitempty"` // "2.27", "builtin-1"
	Name    string `json:"name,omitempty"`    // wording shown and printed
}

// ICD10 is the system of codes from any version of the МКБ-10 table.
const ICD10 = "icd-10"

// ParseID reads the id of a record.
func ParseID(s string) (ID, error) { return ledger.ParseID(s) }
