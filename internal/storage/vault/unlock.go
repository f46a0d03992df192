package vault

import (
	"slices"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// unlock finds the copy that the secret opens and that was written with the
// database key, trying the newer first. The older one is asked only to tell an
// altered newer copy (another good one opens) from a wrong secret.
func (s *slotsStore) unlock(found []*slotsCopy, db *[KeySize]byte,
	try func(*body, *[KeySize]byte) bool, wrong error,
) (*slotsCopy, error) {
	altered := false
	for i, c := range found {
		if !try(c.body, db) {
			continue
		}
		if !c.authentic(db) {
			altered = true
			continue
		}
		if i > 0 && found[0].authentic(db) {
			return nil, wrong // a former password, still good in the copy that is behind
		}
		for _, other := range found {
			if !other.authentic(db) {
				s.note("vault.damage.altered", other.index, nil)
			}
		}
		return c, nil
	}
	if altered {
		return nil, fault.New(fault.Damaged, "vault.slots.altered")
	}
	return nil, wrong
}

// tryPassword runs the password function once, whether or not there is such a
// login, so that time does not tell who works here. (Twice where two workstations
// gave the same login away without knowing of each other.)
func (s *Session) tryPassword(b *body, login, password string, db *[KeySize]byte) bool {
	for _, slot := range b.slotsOf(login) {
		id, old, ok := slot.open(b, password)
		if ok && !slot.removed() && b.databaseOf(slot, &id, old, db) {
			s.user, s.userID, s.params = id, slot.User, slot.Params
			return true
		}
		id.wipe()
	}
	return false
}

// databaseOf gives the database key to a user whose slot was opened and whose
// certificate is not ended.
func (b *body) databaseOf(slot *userSlot, id *identity, old, db *[KeySize]byte) bool {
	defer func() {
		if old != nil {
			clear(old[:])
		}
	}()
	certs, _ := VerifyCertificates(b.Organisation, b.Root, b.Certificates)
	if _, ok := slot.current(certs, b.endings(certs)); !ok && b.old == nil {
		return false
	}
	if b.old != nil {
		if old != nil {
			*db = *old
		}
		return old != nil
	}
	return b.openDatabase(CertUser, slot.User, &id.receive, db)
}

// slotsOf lists the slots of a login, which is one; for an unknown login it is one
// that nothing opens.
func (b *body) slotsOf(login string) []*userSlot {
	var found []*userSlot
	folded := foldLogin(login)
	for i := range b.Users {
		if foldLogin(b.Users[i].Login) == folded {
			found = append(found, &b.Users[i])
		}
	}
	if len(found) > 0 {
		return found
	}
	dummy := userSlot{Params: defaultParams, Salt: make([]byte, saltSize)}
	if len(b.Users) > 0 {
		dummy.Params = b.Users[0].Params
	}
	return []*userSlot{&dummy}
}

// convert writes a file of version 1 anew. Where the disk refuses, the session
// works all the same, and the next change or the next login writes it.
func (s *Session) convert() error {
	by := s.deviceSigner()
	defer clear(by.key)
	if err := s.body.convert(s.certs, &s.db, by); err != nil {
		return err
	}
	if err := s.store.save(s.body, &s.db); err != nil {
		s.store.note("vault.damage.behind", s.store.next, err)
	}
	return nil
}

// renewOld wraps a user's keys anew whose slot is still of version 1, since the
// database key must not travel in it. A failure leaves it for the next time.
func (s *Session) renewOld(user ledger.ID, id *identity, password string) {
	b := s.body0()
	i := slices.IndexFunc(b.Users, func(u userSlot) bool { return u.User == user })
	if i < 0 || len(b.Users[i].Wrapped) != wrappedOld {
		return
	}
	_ = s.change(func(b *body) error { return s.rewrap(b, user, id, password) })
}

// rewrap puts the user's own version of a slot in place: the same keys under a
// password.
func (s *Session) rewrap(b *body, user ledger.ID, id *identity, password string) error {
	i := slices.IndexFunc(b.Users, func(u userSlot) bool { return u.User == user })
	cert, ok := s.counts(user, id)
	if i < 0 || !ok {
		return fault.New(fault.NotFound, "vault.user.unknown")
	}
	former := b.Users[i]
	p := s.params
	if p == (Params{}) {
		p = former.Params
	}
	slot := newUserSlot(b, user, former.Login, password, p, id)
	slot.Grant, slot.Turn, slot.Certificate = former.Grant, former.Turn+1, cert
	key := id.signer()
	defer clear(key)
	slot.sign(b.Organisation, signer{cert, key})
	b.putSlot(slot)
	return nil
}
