package vault

import (
	"crypto/ed25519"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Organisation is the id of the organisation.
func (s *Session) Organisation() ledger.ID { return s.body0().Organisation }

// Device is the id of this workstation, DeviceName what people call it.
func (s *Session) Device() ledger.ID { return s.body0().Device }

// DeviceName is the name given at Init.
func (s *Session) DeviceName() string { return s.body0().DeviceName }

// User is the id of the unlocked user.
func (s *Session) User() ledger.ID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.userID
}

// body0 gives the contents as they are now; they are never changed in place.
func (s *Session) body0() *body {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.body
}

// Salt is the copy of the database file's salt; false until it was set.
func (s *Session) Salt() (salt [saltSize]byte, ok bool) {
	b := s.body0()
	if len(b.DatabaseSalt) != saltSize {
		return salt, false
	}
	return [saltSize]byte(b.DatabaseSalt), true
}

// SetDatabaseSalt keeps a copy of the database file's salt, since one flipped
// bit of it would otherwise lose the whole database.
func (s *Session) SetDatabaseSalt(salt [saltSize]byte) error {
	if now, ok := s.Salt(); ok && now == salt {
		return nil
	}
	return s.change(func(b *body) error {
		b.DatabaseSalt = salt[:]
		return nil
	})
}

// ScopeKey gives the key of a scope's epoch. Faults: NotFound when there is no
// such epoch or neither this user nor this device may read it.
func (s *Session) ScopeKey(scope ledger.ID, epoch uint32) (*[KeySize]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, closedFault()
	}
	key, ok := s.scopes[scopeKey{scope, epoch}]
	if !ok {
		return nil, fault.New(fault.NotFound, "vault.scope.missing")
	}
	out := *key
	return &out, nil
}

// CurrentScope gives the scope that was made first (the organisation's first
// legal entity) with the epoch whose key seals what is written now: the last one
// that the other workstations have (Published) and that can be read here. Where
// nothing was ever published it is the highest. Faults: NotFound when neither this
// user nor this device may read it.
func (s *Session) CurrentScope() (scope ledger.ID, epoch uint32, key *[KeySize]byte, err error) {
	s.mu.RLock()
	if !s.closed && len(s.body.Scopes) > 0 {
		scope = s.body.Scopes[0].Scope
		epoch = s.currentEpoch(scope)
	}
	s.mu.RUnlock()
	key, err = s.ScopeKey(scope, epoch)
	return scope, epoch, key, err
}

func (s *Session) currentEpoch(scope ledger.ID) uint32 {
	last := s.body.published(scope)
	if last == 0 {
		return s.body.epoch(scope)
	}
	readable := uint32(0)
	for i := range s.body.Scopes {
		if e := &s.body.Scopes[i]; e.Scope == scope && e.Epoch <= last {
			if _, ok := s.scopes[scopeKey{scope, e.Epoch}]; ok {
				readable = max(readable, e.Epoch)
			}
		}
	}
	if readable == 0 {
		return last
	}
	return readable
}

func (b *body) epoch(scope ledger.ID) (highest uint32) {
	for i := range b.Scopes {
		if b.Scopes[i].Scope == scope {
			highest = max(highest, b.Scopes[i].Epoch)
		}
	}
	return highest
}

// Certificates gives the verified certificates of the organisation.
func (s *Session) Certificates() CertSet {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.certs
}

// DeviceKey gives the verified signing key of a workstation.
func (s *Session) DeviceKey(id ledger.ID) (ed25519.PublicKey, bool) {
	return s.signKey(CertDevice, id)
}

// UserKey gives the user's present verified signing key. After a recovery a
// user has a new one; for older signatures try every certificate of
// Certificates().Of(CertUser, id).
func (s *Session) UserKey(id ledger.ID) (ed25519.PublicKey, bool) {
	return s.signKey(CertUser, id)
}

func (s *Session) signKey(kind CertKind, id ledger.ID) (ed25519.PublicKey, bool) {
	found := s.Certificates().Of(kind, id)
	if len(found) == 0 {
		return nil, false
	}
	return slices.Clone(found[0].SignKey), true
}

// Keyring gives the patients' keys. It closes with the session.
func (s *Session) Keyring() *Keyring { return s.ring }

// Damage lists what was wrong with the files of the vault and the keyring since
// they were opened: what was repaired, and what could not be. Each is a fault
// whose key has a sentence for the user.
func (s *Session) Damage() []*fault.Error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return append(slices.Clone(s.store.damage), s.ring.Damage()...)
}
