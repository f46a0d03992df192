package ledger

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

// ID names anything that must be unique everywhere: rows, devices, users,
// organisations, scopes. It is a UUID: version 7 when drawn here, version 5
// when derived from an imported source. It is 16 bytes on disk and the usual
// 36 characters in text and JSON; the zero ID means "none".
type ID [16]byte

// NewID draws a fresh UUIDv7 (RFC 9562, section 5.7).
func NewID() ID {
	return ID(uuid.Must(uuid.NewV7()))
}

// DeriveID gives the UUIDv5 of a name within a space, so that the same source
// imported twice, or on two workstations, is the same record.
func DeriveID(space ID, name string) ID {
	return ID(uuid.NewSHA1(uuid.UUID(space), []byte(name)))
}

// ParseID reads the 36-character form (and the others uuid.Parse knows).
func ParseID(s string) (ID, error) {
	u, err := uuid.Parse(s)
	if err != nil {
		return ID{}, fmt.Errorf("id: %w", err)
	}
	return ID(u), nil
}

// IsZero reports whether the id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String gives the 36-character form; empty for the zero ID.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	return uuid.UUID(id).String()
}

// MarshalText implements encoding.TextMarshaler.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; empty text is the zero ID.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	v, err := ParseID(string(b))
	if err != nil {
		return err
	}
	*id = v
	return nil
}

// Value stores the id as a 16-byte blob, NULL for the zero ID.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id[:], nil
}

// Scan reads what Value wrote.
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID{}
		return nil
	case []byte:
		if len(v) != len(id) {
			return fmt.Errorf("id: %d bytes in the database, want 16", len(v))
		}
		copy(id[:], v)
		return nil
	}
	return fmt.Errorf("id: %T in the database", src)
}
