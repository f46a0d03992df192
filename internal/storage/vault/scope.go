package vault

import (
	"encoding/binary"

	"feldsher/internal/ledger"
)

// scopeEpoch is one key of a scope, sealed to everybody who may read the scope.
type scopeEpoch struct {
	Scope      ledger.ID   `cbor:"1,keyasint"`
	Epoch      uint32      `cbor:"2,keyasint"` // from 1
	Recipients []recipient `cbor:"3,keyasint"`
}

type recipient struct {
	Kind   CertKind  `cbor:"1,keyasint"`
	ID     ledger.ID `cbor:"2,keyasint"` // user, device; the recovery certificate's subject
	Sealed []byte    `cbor:"3,keyasint"` // HPKE: enc 32 | key 32 | tag 16
}

const sealedToSize = 32 + KeySize + 16

func (e *scopeEpoch) check() error {
	if e.Scope.IsZero() || e.Epoch == 0 {
		return errBody
	}
	for _, r := range e.Recipients {
		if r.Kind < CertUser || r.Kind > CertRecovery || r.ID.IsZero() || len(r.Sealed) != sealedToSize {
			return errBody
		}
	}
	return nil
}

// info binds a sealed scope key to its place and its reader.
func (e *scopeEpoch) info(org ledger.ID, kind CertKind, id ledger.ID) []byte {
	var epoch [4]byte
	binary.BigEndian.PutUint32(epoch[:], e.Epoch)
	return context("scope key", org[:], e.Scope[:], epoch[:], []byte{byte(kind)}, id[:])
}

// sealFor adds a reader, or replaces what was sealed to that reader before.
func (e *scopeEpoch) sealFor(org ledger.ID, c Certificate, key *[KeySize]byte) error {
	sealed, err := sealTo(c.ReceiveKey, e.info(org, c.Kind, c.Subject), key[:])
	if err != nil {
		return err
	}
	e.drop(c.Kind, c.Subject)
	e.Recipients = append(e.Recipients, recipient{Kind: c.Kind, ID: c.Subject, Sealed: sealed})
	return nil
}

func (e *scopeEpoch) drop(kind CertKind, id ledger.ID) {
	kept := make([]recipient, 0, len(e.Recipients))
	for _, r := range e.Recipients {
		if r.Kind != kind || r.ID != id {
			kept = append(kept, r)
		}
	}
	e.Recipients = kept
}

// open gives the key to a reader it was sealed to.
func (e *scopeEpoch) open(org ledger.ID, kind CertKind, id ledger.ID, private *[KeySize]byte) (key [KeySize]byte, ok bool) {
	for _, r := range e.Recipients {
		if r.Kind != kind || r.ID != id {
			continue
		}
		plain, err := openFrom(private, e.info(org, kind, id), r.Sealed)
		if err != nil || len(plain) != KeySize {
			continue
		}
		copy(key[:], plain)
		clear(plain)
		return key, true
	}
	return key, false
}

type scopeKey struct {
	scope ledger.ID
	epoch uint32
}
