package vault

import (
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Rotate makes the next epoch of a scope: a fresh key sealed to those who read
// any epoch of it and are neither revoked nor removed. It needs nobody's password. What was
// sealed under former epochs stays readable with their keys. Faults: NotFound
// for an unknown scope, Conflict where its numbers are used up, Space.
func (s *Session) Rotate(scope ledger.ID) (epoch uint32, err error) {
	err = s.change(func(b *body) error {
		epoch, err = s.rotate(b, scope, s.certs, s.ended)
		return err
	}, s.loadScopes)
	if err != nil {
		return 0, err
	}
	return epoch, nil
}

// rotate adds an epoch to b.
func (s *Session) rotate(b *body, scope ledger.ID, certs CertSet, ended endings) (uint32, error) {
	last := b.epoch(scope)
	if last == 0 {
		return 0, fault.New(fault.NotFound, "vault.scope.missing")
	}
	var key [KeySize]byte
	randomBytes(key[:])
	defer clear(key[:])
	by := s.deviceSigner()
	defer clear(by.key)
	number, ok := nextEpoch(last, len(liveDevices(certs, ended)) > 1)
	if !ok {
		return 0, fault.New(fault.Conflict, "vault.scope.exhausted")
	}
	next := scopeEpoch{Scope: scope, Epoch: number}
	for _, r := range b.readers(scope) {
		c, ok := b.live(r.Kind, r.ID, certs, ended)
		if !ok {
			continue
		}
		if err := next.sealFor(b.Organisation, c, &key, by); err != nil {
			return 0, err
		}
	}
	b.Scopes = append(b.Scopes, next)
	return next.Epoch, nil
}

// rotateAll adds an epoch of every scope, for those whom b has not shut out. A scope
// whose numbers are used up is passed over: to end somebody's writing comes first.
func (s *Session) rotateAll(b *body) error {
	certs, _ := VerifyCertificates(b.Organisation, b.Root, b.Certificates)
	ended := b.endings(certs)
	for _, scope := range b.scopes() {
		if _, err := s.rotate(b, scope, certs, ended); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

const (
	// epochCounter is where in an epoch's number the counting part begins.
	epochCounter = 20
	// epochLead is how far the counting part of another workstation's epoch may be
	// ahead of the highest that is known. Whoever could publish the highest number
	// of all would have everything sealed for ever under a key of their own choice.
	epochLead = 16
)

// nextEpoch numbers an epoch. Where several workstations may make one at the same
// time, the lower bits are random, so that no two keys have the same number. It is
// false where no higher number is left: the count never begins anew.
func nextEpoch(last uint32, shared bool) (number uint32, ok bool) {
	if !shared && last < 1<<epochCounter-1 {
		return last + 1, true
	}
	count := last>>epochCounter + 1
	var b [4]byte
	randomBytes(b[:])
	low := uint32(b[0])<<16&0xf0000 | uint32(b[1])<<8 | uint32(b[2])
	return count<<epochCounter | low, count < 1<<(32-epochCounter)
}

// follows reports whether an epoch's number may come after those of its scope that
// are held.
func (b *body) follows(scope ledger.ID, epoch uint32) bool {
	return epoch>>epochCounter <= b.epoch(scope)>>epochCounter+epochLead
}

// live gives the certificate of a reader that keys are sealed to: the latest, unless
// it is revoked or the user has no slot any more.
func (b *body) live(kind CertKind, id ledger.ID, certs CertSet, ended endings) (c Certificate, ok bool) {
	found := certs.Of(kind, id)
	if len(found) == 0 || ended.has(found[0].ID) {
		return c, false
	}
	if kind == CertUser && !slices.ContainsFunc(b.Users, func(u userSlot) bool { return u.User == id }) {
		return c, false
	}
	return found[0], true
}

// liveDevices lists the devices that are not revoked.
func liveDevices(certs CertSet, ended endings) (live []Certificate) {
	for _, c := range certs.All() {
		if c.Kind == CertDevice && !ended.has(c.ID) {
			live = append(live, c)
		}
	}
	return live
}

// stale lists the scopes whose last epoch somebody reads who may no more: two
// workstations have each shut somebody out without knowing of the other.
func (b *body) stale(certs CertSet, ended endings) (scopes []ledger.ID) {
	for i := range b.Scopes {
		e := &b.Scopes[i]
		if e.Epoch != b.epoch(e.Scope) {
			continue
		}
		for _, r := range e.Recipients {
			if _, ok := b.live(r.Kind, r.ID, certs, ended); !ok {
				scopes = append(scopes, e.Scope)
				break
			}
		}
	}
	return scopes
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
		b.Revocations = mergeSigned(b.Revocations, []Signed{signed})
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
