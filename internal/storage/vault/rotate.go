package vault

import (
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Rotate makes the next epoch of a scope: a fresh key sealed to those who read
// the present epoch and are not revoked. It needs nobody's password. What was
// sealed under former epochs stays readable with their keys. Faults: NotFound
// for an unknown scope, Space.
func (s *Session) Rotate(scope ledger.ID) (epoch uint32, err error) {
	var key [KeySize]byte
	randomBytes(key[:])
	err = s.change(func(b *body) error {
		last := b.epoch(scope)
		if last == 0 {
			return fault.New(fault.NotFound, "vault.scope.missing")
		}
		epoch = last + 1
		next := scopeEpoch{Scope: scope, Epoch: epoch}
		for i := range b.Scopes {
			if e := &b.Scopes[i]; e.Scope == scope && e.Epoch == last {
				for _, r := range e.Recipients {
					if err := s.inherit(b, &next, r, &key); err != nil {
						return err
					}
				}
			}
		}
		b.Scopes = append(b.Scopes, next)
		return nil
	}, s.loadScopes)
	clear(key[:])
	if err != nil {
		return 0, err
	}
	return epoch, nil
}

// inherit seals the key to a reader of the former epoch, unless the reader's
// present certificate is revoked.
func (s *Session) inherit(b *body, next *scopeEpoch, r recipient, key *[KeySize]byte) error {
	certs := s.certs.Of(r.Kind, r.ID)
	if len(certs) == 0 || b.revoked(certs[0].ID, s.certs) {
		return nil
	}
	return next.sealFor(b.Organisation, certs[0], key)
}

func (b *body) revoked(cert ledger.ID, certs CertSet) bool {
	for _, signed := range b.Revocations {
		if r, err := VerifyRevocation(signed, certs); err == nil && r.Certificate == cert {
			return true
		}
	}
	return false
}

// Revoke ends the trust in a certificate; lastSeq and lastHash name the last
// entry of a device that is still accepted (0 and nil for none). Faults:
// Forbidden when the unlocked user may not issue, NotFound for an unknown
// certificate, Conflict for the root, Space.
func (s *Session) Revoke(cert ledger.ID, lastSeq uint64, lastHash []byte, reason string) error {
	return s.change(func(b *body) error {
		issuer, err := s.issuer()
		if err != nil {
			return err
		}
		if _, ok := s.certs.Get(cert); !ok {
			return fault.New(fault.NotFound, "vault.certificates.unknown")
		}
		if cert == b.Root {
			return fault.New(fault.Conflict, "vault.certificates.root")
		}
		key := s.user.signer()
		defer clear(key)
		signed := SignRevocation(key, Revocation{
			Organisation: b.Organisation, Certificate: cert, LastSeq: lastSeq, LastHash: lastHash,
			Reason: reason, RevokedAt: now(), Issuer: issuer.ID,
		})
		if _, err := VerifyRevocation(signed, s.certs); err != nil {
			return fault.Wrap(err, fault.Invalid, "vault.revocation.bad")
		}
		b.Revocations = append(b.Revocations, signed)
		return nil
	})
}

// Revocations lists the verified revocations, the oldest first.
func (s *Session) Revocations() []Revocation {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []Revocation
	for _, signed := range s.body.Revocations {
		if r, err := VerifyRevocation(signed, s.certs); err == nil {
			all = append(all, r)
		}
	}
	return all
}
