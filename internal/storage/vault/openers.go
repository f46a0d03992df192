package vault

import (
	"bytes"
	"crypto/ed25519"

	"feldsher/internal/ledger"
)

// opener is the database key of this workstation, sealed to one who opens it: a
// user or the phrase. It needs their public keys only, so who was added at another
// workstation, or gave the phrase a new paper there, opens this one too. The
// device signs it, or whoever can write the files could have them opened with a
// database key of their own choice.
type opener struct {
	Kind        CertKind  `cbor:"1,keyasint"`
	ID          ledger.ID `cbor:"2,keyasint"` // user; the recovery certificate's subject
	Certificate ledger.ID `cbor:"3,keyasint"` // whose receiving key it is
	Sealed      []byte    `cbor:"4,keyasint"` // HPKE: enc 32 | database key 32 | tag 16
	Signature   []byte    `cbor:"5,keyasint"`
}

const openerLabel = "feldsher opener 1\x00"

func (o *opener) valid() bool {
	return (o.Kind == CertUser || o.Kind == CertRecovery) && !o.ID.IsZero() &&
		len(o.Sealed) == sealedToSize && len(o.Signature) == ed25519.SignatureSize
}

func (b *body) openerInfo(o *opener) []byte {
	return context("database key", b.Organisation[:], b.Device[:], []byte{byte(o.Kind)}, o.ID[:])
}

func (b *body) openerText(o *opener) []byte {
	return append(append(b.openerInfo(o), o.Certificate[:]...), o.Sealed...)
}

// openDatabase gives the database key to a reader whose private key is at hand. It
// takes only what the device of these files has signed, whose certificate leads to
// the root; the root itself is bound to the user's slot.
func (b *body) openDatabase(kind CertKind, id ledger.ID, private *[KeySize]byte, db *[KeySize]byte) bool {
	certs, _ := VerifyCertificates(b.Organisation, b.Root, b.Certificates)
	for i := range b.Openers {
		o := &b.Openers[i]
		if o.Kind != kind || !id.IsZero() && o.ID != id {
			continue
		}
		signed := false
		for _, c := range certs.Of(CertDevice, b.Device) {
			signed = signed || ed25519.Verify(c.SignKey, append([]byte(openerLabel), b.openerText(o)...), o.Signature)
		}
		if !signed {
			continue
		}
		if plain, err := openFrom(private, b.openerInfo(o), o.Sealed); err == nil && len(plain) == KeySize {
			copy(db[:], plain)
			clear(plain)
			return true
		}
	}
	return false
}

// fitOpeners makes the openers fit those who may come in: every user with a slot
// whose certificate is not ended, and every phrase that was not replaced. What is
// there already stays.
func (b *body) fitOpeners(certs CertSet, ended endings, db *[KeySize]byte, by signer) error {
	var fit []opener
	put := func(c Certificate) error {
		for _, o := range b.Openers {
			held, ok := certs.Get(o.Certificate)
			if o.Kind == c.Kind && o.ID == c.Subject && ok && bytes.Equal(held.ReceiveKey, c.ReceiveKey) {
				fit = append(fit, o)
				return nil
			}
		}
		o := opener{Kind: c.Kind, ID: c.Subject, Certificate: c.ID}
		sealed, err := sealTo(c.ReceiveKey, b.openerInfo(&o), db[:])
		if err != nil {
			return err
		}
		o.Sealed = sealed
		o.Signature = by.sign(openerLabel, b.openerText(&o))
		fit = append(fit, o)
		return nil
	}
	for i := range b.Users {
		if c, ok := b.Users[i].current(certs, ended); ok {
			if err := put(c); err != nil {
				return err
			}
		}
	}
	for _, c := range certs.All() {
		if c.Kind == CertRecovery && !ended.has(c.ID) {
			if err := put(c); err != nil {
				return err
			}
		}
	}
	b.Openers = fit
	return nil
}
