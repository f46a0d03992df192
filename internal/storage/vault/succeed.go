package vault

import (
	"crypto/ed25519"

	"feldsher/internal/ledger"
)

// formerDevice is an identity that this directory had before it was copied or
// restored. Its keys stay until the server knows the successor: only they prove to
// it who asks.
type formerDevice struct {
	Device ledger.ID `cbor:"1,keyasint"`
	Keys   []byte    `cbor:"2,keyasint"` // identity, sealed under the database key
}

func (b *body) formerContext(device ledger.ID) []byte {
	return context("former device keys", b.Organisation[:], device[:])
}

// Succeed gives this directory a new identity, certified by the former one, because
// another copy of the directory may be at work under the former. Device, Sign and
// what is sealed to this device are the new one's from now on. The function signs
// with the former key (for the order to the server); Formers gives it again after a
// restart. Fault: Space.
func (s *Session) Succeed() (former ledger.ID, signFormer func([]byte) []byte, err error) {
	next, err := newIdentity()
	if err != nil {
		return former, nil, err
	}
	defer next.wipe()
	receive, err := publicReceiveKey(&next.receive)
	if err != nil {
		return former, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return former, nil, closedFault()
	}
	former = s.body.Device
	b := s.body.clone()
	by := s.deviceSigner()
	defer clear(by.key)
	public := next.publicSign()
	cert, signed := s.certifyBy(Certificate{
		Kind: CertDevice, Subject: successorID(public), Name: b.DeviceName, SignKey: public, ReceiveKey: receive,
	}, by)
	old := s.device.bytes()
	b.Formers = append(b.Formers, formerDevice{former, Seal(&s.db, b.formerContext(former), old)})
	clear(old)
	b.Certificates = append(b.Certificates, signed)
	b.Device, b.Openers = cert.Subject, nil // the openers are the former device's
	keys := next.bytes()
	b.DeviceKeys = Seal(&s.db, b.deviceContext(), keys)
	clear(keys)
	if err := s.shareScopes(b, cert); err != nil {
		return ledger.ID{}, nil, err
	}
	was := s.device
	s.device = next
	if err := s.keepAs(b, cert.ID); err != nil {
		s.device.wipe()
		s.device = was
		return ledger.ID{}, nil, err
	}
	was.wipe()
	return former, func(msg []byte) []byte { return s.signAsFormer(former, msg) }, nil
}

// keepAs is keep with the openers signed by a device certificate that is new.
func (s *Session) keepAs(b *body, cert ledger.ID) error {
	b.sortCertificates()
	certs, _ := VerifyCertificates(b.Organisation, b.Root, b.Certificates)
	by := signer{cert, s.device.signer()}
	defer clear(by.key)
	if err := b.fitOpeners(certs, b.endings(certs), &s.db, by); err != nil {
		return err
	}
	return s.keep(b)
}

// Former is an identity that this directory had, and the one that followed it.
type Former struct {
	Device  ledger.ID
	Next    ledger.ID
	NextKey ed25519.PublicKey
	// Sign signs with the former key; the caller puts a label in front.
	Sign func([]byte) []byte
}

// Formers lists the identities before the present one that ForgetFormer was not
// told of, the first first: the server is to learn of each successor in this order.
func (s *Session) Formers() []Former {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil
	}
	all := make([]Former, 0, len(s.body.Formers))
	for i, f := range s.body.Formers {
		next := s.body.Device
		if i+1 < len(s.body.Formers) {
			next = s.body.Formers[i+1].Device
		}
		out := Former{Device: f.Device, Next: next, Sign: func(msg []byte) []byte { return s.signAsFormer(f.Device, msg) }}
		if c := s.certs.Of(CertDevice, next); len(c) > 0 {
			out.NextKey = c[0].SignKey
		}
		all = append(all, out)
	}
	return all
}

// ForgetFormer destroys the keys of a former identity: every server that matters
// knows the successor.
func (s *Session) ForgetFormer(device ledger.ID) error {
	return s.change(func(b *body) error {
		kept := b.Formers[:0:0]
		for _, f := range b.Formers {
			if f.Device != device {
				kept = append(kept, f)
			}
		}
		b.Formers = kept
		return nil
	})
}

// formerKeys opens a former identity, for the caller to wipe.
func (s *Session) formerKeys(device ledger.ID) (id identity, ok bool) {
	for _, f := range s.body.Formers {
		if f.Device != device {
			continue
		}
		plain, err := OpenSealed(&s.db, s.body.formerContext(device), f.Keys)
		if err != nil || len(plain) != identitySize {
			return id, false
		}
		id.setBytes(plain)
		clear(plain)
		return id, true
	}
	return id, false
}

func (s *Session) signAsFormer(device ledger.ID, msg []byte) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil
	}
	id, ok := s.formerKeys(device)
	defer id.wipe()
	if !ok {
		return nil
	}
	key := id.signer()
	defer clear(key)
	return ed25519.Sign(key, msg)
}
