package vault

import (
	"bytes"
	"maps"
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Several people share a workstation. Each of them unlocks their own keys once,
// with their password (Open for the first, Admit for the others); then the
// session works for one of them at a time, the acting user, whom ActAs changes
// without any password. The keys of the others wait in memory, in seats; what
// may open a seat again (a PIN) is decided above this package.

// Admit unlocks one more user's keys beside those that are unlocked, and gives
// the user's id. Who acts stays as it was. Faults: Password for a wrong password
// and an unknown login alike (and after the same time), Forbidden for a user
// whose certificates are revoked.
func (s *Session) Admit(login, password string) (ledger.ID, error) {
	s.mu.RLock()
	b, closed := s.body, s.closed
	s.mu.RUnlock()
	if closed {
		return ledger.ID{}, closedFault()
	}
	// Without the lock: this takes long, and others work meanwhile.
	var slot userSlot
	var id identity
	defer id.wipe()
	for _, tried := range b.slotsOf(login) {
		found, old, ok := tried.open(b, password)
		if old != nil {
			clear(old[:])
		}
		if ok && !tried.removed() {
			slot, id = *tried, found
		}
		found.wipe()
	}
	if slot.User.IsZero() {
		return ledger.ID{}, fault.New(fault.Password, "vault.password.wrong")
	}
	if err := s.seat(&slot, &id); err != nil {
		return ledger.ID{}, err
	}
	s.renewOld(slot.User, &id, password)
	return slot.User, nil
}

// seat takes the opened keys of a user in.
func (s *Session) seat(slot *userSlot, id *identity) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return closedFault()
	}
	if !s.body.holds(slot) {
		return fault.New(fault.Password, "vault.password.wrong") // changed or removed meanwhile
	}
	if _, ok := s.counts(slot.User, id); !ok {
		return fault.New(fault.Forbidden, "vault.user.revoked")
	}
	if slot.User != s.userID {
		s.take(slot.User, id)
		s.openScopes(slot.User, id)
	}
	return nil
}

// take keeps a copy of a user's keys, which Close, Dismiss or RemoveUser wipe.
func (s *Session) take(user ledger.ID, id *identity) {
	if s.seats == nil {
		s.seats = map[ledger.ID]*identity{}
	}
	if former, ok := s.seats[user]; ok {
		former.wipe()
	}
	kept := *id
	s.seats[user] = &kept
}

// holds reports whether a slot still stands as it was read.
func (b *body) holds(u *userSlot) bool {
	return slices.ContainsFunc(b.Users, func(o userSlot) bool {
		return o.User == u.User && bytes.Equal(o.Wrapped, u.Wrapped)
	})
}

// counts finds the user's latest certificate of these keys, and reports whether
// the user still has a slot and the certificate is not revoked.
func (s *Session) counts(user ledger.ID, id *identity) (cert ledger.ID, ok bool) {
	if !slices.ContainsFunc(s.body.Users, func(u userSlot) bool { return u.User == user }) {
		return cert, false
	}
	public := id.publicSign()
	for _, c := range s.certs.Of(CertUser, user) {
		if bytes.Equal(c.SignKey, public) {
			return c.ID, !s.ended.has(c.ID)
		}
	}
	return cert, false
}

// ActAs makes an admitted user the acting one: User, SignAsUser and what only
// administrators may do go by that user from now on. Faults: Password when the
// user's keys are not in memory, Forbidden when the user was removed or revoked
// since (the keys are wiped then).
func (s *Session) ActAs(user ledger.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return closedFault()
	}
	id := s.keysOf(user)
	if id == nil {
		return fault.New(fault.Password, "vault.seat.none")
	}
	cert, ok := s.counts(user, id)
	if !ok {
		s.dismiss(user)
		return fault.New(fault.Forbidden, "vault.user.revoked")
	}
	if user != s.userID {
		if !s.userID.IsZero() {
			s.take(s.userID, &s.user)
		}
		s.user = *id
		id.wipe()
		delete(s.seats, user)
	}
	s.userID, s.userCert = user, cert
	return nil
}

// keysOf gives a user's keys where they are in memory.
func (s *Session) keysOf(user ledger.ID) *identity {
	if user.IsZero() {
		return nil
	}
	if user == s.userID {
		return &s.user
	}
	return s.seats[user]
}

// Dismiss wipes a user's keys: the user needs the password again. Where it is the
// acting user, nobody acts afterwards.
func (s *Session) Dismiss(user ledger.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.dismiss(user)
	}
}

func (s *Session) dismiss(user ledger.ID) {
	if id := s.keysOf(user); id != nil {
		id.wipe()
	}
	delete(s.seats, user)
	if user == s.userID {
		s.userID, s.userCert = ledger.ID{}, ledger.ID{}
	}
}

// Admitted lists the users whose keys are in memory and who may still work, the
// acting one first, the others in the order of their ids.
func (s *Session) Admitted() []ledger.ID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil
	}
	users := slices.SortedFunc(maps.Keys(s.seats), func(a, b ledger.ID) int { return bytes.Compare(a[:], b[:]) })
	if !s.userID.IsZero() {
		users = slices.Insert(users, 0, s.userID)
	}
	return slices.DeleteFunc(users, func(u ledger.ID) bool {
		_, ok := s.counts(u, s.keysOf(u))
		return !ok
	})
}

// SignFor signs as a user whose keys are in memory, acting or not; nil for
// others. The caller puts its own label in front, as with Sign.
func (s *Session) SignFor(user ledger.ID, msg []byte) []byte {
	return s.signAs(msg, func() *identity {
		id := s.keysOf(user)
		if id == nil {
			return nil
		}
		if _, ok := s.counts(user, id); user != s.userID && !ok {
			return nil
		}
		return id
	})
}

// Signing has SignAsUser sign for one user, who need not be the acting one, until the
// returned function is called; for a user whose keys are not in memory it signs
// nothing, never with another's keys. The store calls it around each transaction, so
// that what one user began is signed by that user or by nobody, also when another sat
// down meanwhile. One at a time.
func (s *Session) Signing(user ledger.ID) (end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signer = user
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.signer = ledger.ID{}
	}
}
