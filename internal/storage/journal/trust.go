package journal

import (
	"crypto/ed25519"

	"feldsher/internal/ledger"
)

// Trust says which workstations an organisation trusts. It is asked while a
// transaction is open, also by another goroutine, so it must not use the journal;
// it is not asked while a callback of the journal runs.
type Trust interface {
	// DeviceKey gives the public key of a device whose certificate holds, also of
	// one that was revoked since.
	DeviceKey(device ledger.ID) (ed25519.PublicKey, bool)
	// Accepts reports whether a device was still trusted when it wrote the entry
	// of that number.
	Accepts(device ledger.ID, seq uint64) bool
	// Introduced gives the key of an unknown device if the records, which its own
	// first entry carries, complete a chain of certificates up to the root.
	Introduced(device ledger.ID, records []Record) (ed25519.PublicKey, bool)
}

// Record is a row of the table of certificates, shares of scope keys and the
// like, as an entry carries it. What it means is the vault's business.
type Record struct {
	ID    ledger.ID
	Kind  uint8
	Bytes []byte
}
