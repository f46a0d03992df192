package vault

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"slices"

	"feldsher/internal/ledger"
)

// scopeEpoch is one key of a scope, sealed to everybody who may read the scope.
type scopeEpoch struct {
	Scope      ledger.ID   `cbor:"1,keyasint"`
	Epoch      uint32      `cbor:"2,keyasint"` // from 1
	Recipients []recipient `cbor:"3,keyasint"`
}

// recipient is the key sealed to one reader. The same reader may stand twice: two
// workstations may have sealed to it without knowing of each other.
type recipient struct {
	Kind      CertKind  `cbor:"1,keyasint"`
	ID        ledger.ID `cbor:"2,keyasint"` // user, device; the recovery certificate's subject
	Sealed    []byte    `cbor:"3,keyasint"` // HPKE: enc 32 | key 32 | tag 16
	Issuer    ledger.ID `cbor:"4,keyasint"` // certificate of the device, or of the administrator or phrase, that sealed
	Signature []byte    `cbor:"5,keyasint"`
}

const (
	sealedToSize = 32 + KeySize + 16
	shareLabel   = "feldsher share 1\x00"
)

func (r *recipient) valid() bool {
	return r.Kind >= CertUser && r.Kind <= CertRecovery && !r.ID.IsZero() &&
		len(r.Sealed) == sealedToSize && len(r.Signature) == ed25519.SignatureSize
}

func (e *scopeEpoch) check() error {
	if e.Scope.IsZero() || e.Epoch == 0 {
		return errBody
	}
	for i := range e.Recipients {
		if !e.Recipients[i].valid() {
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
func (e *scopeEpoch) sealFor(org ledger.ID, c Certificate, key *[KeySize]byte, by signer) error {
	sealed, err := sealTo(c.ReceiveKey, e.info(org, c.Kind, c.Subject), key[:])
	if err != nil {
		return err
	}
	r := recipient{Kind: c.Kind, ID: c.Subject, Sealed: sealed}
	e.sign(org, &r, by)
	e.drop(c.Kind, c.Subject)
	e.Recipients = append(e.Recipients, r)
	return nil
}

// record is a share as it travels, and what is signed when the signature is empty.
func (e *scopeEpoch) record(org ledger.ID, r recipient) []byte {
	return marshal(shareRecord{Version: 1, Organisation: org, Scope: e.Scope, Epoch: e.Epoch, Share: r})
}

func (e *scopeEpoch) sign(org ledger.ID, r *recipient, by signer) {
	r.Issuer, r.Signature = by.cert, nil
	r.Signature = by.sign(shareLabel, e.record(org, *r))
}

// verify checks that a certified device, an administrator or the phrase has sealed
// the share, and that its reader is certified.
func (e *scopeEpoch) verify(org ledger.ID, r recipient, certs CertSet) error {
	issuer, ok := certs.Get(r.Issuer)
	if !ok || !issuer.Issues && issuer.Kind != CertDevice {
		return errors.New("share: its issuer may not")
	}
	if len(certs.Of(r.Kind, r.ID)) == 0 {
		return errors.New("share: of an unknown reader")
	}
	bare := r
	bare.Signature = nil
	if !ed25519.Verify(issuer.SignKey, append([]byte(shareLabel), e.record(org, bare)...), r.Signature) {
		return errors.New("share: wrong signature")
	}
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

// reads reports whether the key was sealed to a reader.
func (e *scopeEpoch) reads(kind CertKind, id ledger.ID) bool {
	return slices.ContainsFunc(e.Recipients, func(r recipient) bool { return r.Kind == kind && r.ID == id })
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

// scopeMark names an epoch of a scope.
type scopeMark struct {
	Scope ledger.ID `cbor:"1,keyasint"`
	Epoch uint32    `cbor:"2,keyasint"`
}

// published gives the last epoch of a scope that is known to be in the ledger; 0
// for none.
func (b *body) published(scope ledger.ID) uint32 {
	for _, m := range b.Published {
		if m.Scope == scope {
			return m.Epoch
		}
	}
	return 0
}

// publish notes an epoch; it reports whether that is news.
func (b *body) publish(scope ledger.ID, epoch uint32) bool {
	for i := range b.Published {
		if m := &b.Published[i]; m.Scope == scope {
			news := epoch > m.Epoch
			m.Epoch = max(m.Epoch, epoch)
			return news
		}
	}
	b.Published = append(b.Published, scopeMark{scope, epoch})
	return true
}

// at finds an epoch; nil where there is none.
func (b *body) at(scope ledger.ID, epoch uint32) *scopeEpoch {
	for i := range b.Scopes {
		if e := &b.Scopes[i]; e.Scope == scope && e.Epoch == epoch {
			return e
		}
	}
	return nil
}

// putShare takes a share of another vault, once.
func (b *body) putShare(scope ledger.ID, epoch uint32, r recipient) (added bool) {
	e := b.at(scope, epoch)
	if e == nil {
		b.Scopes = append(b.Scopes, scopeEpoch{Scope: scope, Epoch: epoch})
		e = &b.Scopes[len(b.Scopes)-1]
	}
	for _, o := range e.Recipients {
		if o.Kind == r.Kind && o.ID == r.ID && bytes.Equal(o.Sealed, r.Sealed) {
			return false
		}
	}
	e.Recipients = append(e.Recipients, r)
	return true
}
