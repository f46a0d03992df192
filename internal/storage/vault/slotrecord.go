package vault

import "feldsher/internal/ledger"

// slotRecord is a user's slot as it travels between workstations.
type slotRecord struct {
	Version      uint8     `cbor:"1,keyasint"`
	Organisation ledger.ID `cbor:"2,keyasint"`
	Slot         userSlot  `cbor:"3,keyasint"`
}

// shareRecord is a scope epoch's key, sealed to one reader, as it travels.
type shareRecord struct {
	Version      uint8     `cbor:"1,keyasint"`
	Organisation ledger.ID `cbor:"2,keyasint"`
	Scope        ledger.ID `cbor:"3,keyasint"`
	Epoch        uint32    `cbor:"4,keyasint"`
	Share        recipient `cbor:"5,keyasint"`
}
