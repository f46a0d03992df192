package vault

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Session is an unlocked vault: one workstation, and one user acting at a time
// (ActAs) out of those who unlocked their keys (Open, Admit). All methods may be
// called from several goroutines. After Close the keys are gone: methods that
// return an error say "vault.closed", keys and signatures come out empty.
type Session struct {
	mu     sync.RWMutex
	closed bool
	store  *slotsStore
	body   *body
	certs  CertSet
	ended  endings
	known  map[ledger.ID]bool // records that Absorb needs not look at again

	db       [KeySize]byte
	user     identity // of the acting user
	userID   ledger.ID
	userCert ledger.ID
	seats    map[ledger.ID]*identity // of the other admitted users
	signer   ledger.ID               // see Signing
	device   identity
	scopes   map[scopeKey]*[KeySize]byte
	params   Params
	ring     *Keyring
}

// Exists reports whether the directory holds a finished vault.
func Exists(dir string) bool { return exists(osDisk{}, dir) }

func exists(d disk, dir string) bool {
	return newSlotsStore(d, dir).pair.exists() && !unfinished(d, dir)
}

// Open unlocks the vault in dir with a user's login (compared without regard to
// case) and password. Faults: NotFound where there is no vault, Password for a
// wrong password and an unknown login alike (and after the same time), Damaged
// when neither copy of a file is good or one was altered, Newer for a later
// format. What was damaged and repaired is in Damage.
func Open(dir, login, password string) (*Session, error) {
	return open(osDisk{}, dir, login, password)
}

func open(d disk, dir, login, password string) (*Session, error) {
	if unfinished(d, dir) {
		return nil, fault.New(fault.NotFound, "vault.missing")
	}
	store := newSlotsStore(d, dir)
	found, err := store.load()
	if err != nil {
		return nil, err
	}
	s := &Session{store: store}
	c, err := store.unlock(found, &s.db, func(b *body, db *[KeySize]byte) bool {
		return s.tryPassword(b, login, password, db)
	}, fault.New(fault.Password, "vault.password.wrong"))
	if err != nil {
		s.wipe()
		return nil, err
	}
	if err := s.start(c); err != nil {
		s.wipe()
		return nil, err
	}
	s.renewOld(s.userID, &s.user, password)
	return s, nil
}

// start loads everything that the database key opens, and repairs the files.
func (s *Session) start(c *slotsCopy) error {
	s.body = c.body
	s.store.repair(c)
	plain, err := OpenSealed(&s.db, s.body.deviceContext(), s.body.DeviceKeys)
	if err != nil || len(plain) != identitySize {
		return fault.Wrap(errSealed, fault.Damaged, "vault.slots.unreadable")
	}
	s.device.setBytes(plain)
	clear(plain)
	if s.body.old != nil {
		s.body.sortCertificates()
	}
	if err := s.verify(); err != nil {
		return err
	}
	if s.body.old != nil {
		if err := s.convert(); err != nil {
			return err
		}
	}
	if _, ok := s.counts(s.userID, &s.user); !ok {
		return fault.New(fault.Forbidden, "vault.user.revoked")
	}
	s.loadScopes()
	s.ring, err = openKeyring(s.store.pair.disk, s.store.pair.dir, &s.db)
	return err
}

// deviceSigner signs records as this device; its key is the caller's to clear.
func (s *Session) deviceSigner() signer {
	public := s.device.publicSign()
	for _, c := range s.certs.Of(CertDevice, s.body.Device) {
		if bytes.Equal(c.SignKey, public) {
			return signer{c.ID, s.device.signer()}
		}
	}
	return signer{key: s.device.signer()} // verifies nowhere
}

func (b *body) deviceContext() []byte {
	return context("device keys", b.Organisation[:], b.Device[:])
}

// verify checks certificates and revocations, and finds the user's own.
func (s *Session) verify() error {
	certs, bad := VerifyCertificates(s.body.Organisation, s.body.Root, s.body.Certificates)
	for _, signed := range s.body.Revocations {
		if _, err := VerifyRevocation(signed, certs); err != nil {
			bad = append(bad, err)
		}
	}
	mine := slices.DeleteFunc(certs.Of(CertUser, s.userID), func(c Certificate) bool {
		return !bytes.Equal(c.SignKey, s.user.publicSign())
	})
	if len(mine) == 0 {
		bad = append(bad, errors.New("the user's own certificate is missing"))
	}
	if len(bad) > 0 {
		return fault.Wrap(errors.Join(bad...), fault.Damaged, "vault.certificates.bad")
	}
	s.certs, s.ended, s.userCert = certs, s.body.endings(certs), mine[0].ID
	return nil
}

// loadScopes opens every scope key that an admitted user or this device may read.
func (s *Session) loadScopes() {
	s.scopes = make(map[scopeKey]*[KeySize]byte, len(s.body.Scopes))
	s.openScopes(s.userID, &s.user)
	for user, id := range s.seats {
		s.openScopes(user, id)
	}
	for i := range s.body.Scopes {
		s.openScope(&s.body.Scopes[i], CertDevice, s.body.Device, &s.device)
	}
}

// openScopes opens what a user may read and nobody here could so far.
func (s *Session) openScopes(user ledger.ID, id *identity) {
	for i := range s.body.Scopes {
		s.openScope(&s.body.Scopes[i], CertUser, user, id)
	}
}

func (s *Session) openScope(e *scopeEpoch, kind CertKind, reader ledger.ID, id *identity) {
	if _, known := s.scopes[scopeKey{e.Scope, e.Epoch}]; known {
		return
	}
	if key, ok := e.open(s.body.Organisation, kind, reader, &id.receive); ok {
		s.scopes[scopeKey{e.Scope, e.Epoch}] = &key
	}
}

// Close drops the keys: it overwrites what this package holds of them. Copies
// that the garbage collector or the standard library made can't be reached.
func (s *Session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.wipe()
	return nil
}

func (s *Session) wipe() {
	s.closed = true
	clear(s.db[:])
	s.user.wipe()
	for _, id := range s.seats {
		id.wipe()
	}
	clear(s.seats)
	s.device.wipe()
	for _, key := range s.scopes {
		clear(key[:])
	}
	if s.ring != nil {
		_ = s.ring.Close()
	}
}

func closedFault() error { return fault.New(fault.Forbidden, "vault.closed") }

// change applies fn to a copy of the contents, checks and saves it, and takes
// it over; then runs the rest. If anything fails, the session stays as it was.
func (s *Session) change(fn func(b *body) error, then ...func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return closedFault()
	}
	b := s.body.clone()
	if err := fn(b); err != nil {
		return err
	}
	if err := s.keep(b); err != nil {
		return err
	}
	for _, f := range then {
		f()
	}
	return nil
}

// keep checks and saves changed contents and takes them over.
func (s *Session) keep(b *body) error {
	b.sortCertificates()
	certs, bad := VerifyCertificates(b.Organisation, b.Root, b.Certificates)
	if len(bad) > 0 {
		return fmt.Errorf("vault: %w", errors.Join(bad...))
	}
	ended := b.endings(certs)
	by := s.deviceSigner()
	defer clear(by.key)
	if err := b.fitOpeners(certs, ended, &s.db, by); err != nil {
		return err
	}
	if err := s.store.save(b, &s.db); err != nil {
		return err
	}
	s.body, s.certs, s.ended = b, certs, ended
	return nil
}

// checkDir refuses a directory that can't hold a vault.
func checkDir(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("not a directory")
	}
	return fault.Wrap(err, fault.NotFound, "vault.directory")
}

// DatabaseKey gives the key of the database file; zeros after Close.
func (s *Session) DatabaseKey() [KeySize]byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.db
}

// Sign signs msg as this device with Ed25519. The caller puts its own label in
// front, so that a signature for one purpose never passes for another.
func (s *Session) Sign(msg []byte) []byte {
	return s.signAs(msg, func() *identity { return &s.device })
}

// SignAsUser signs msg as the acting user (or the one whom Signing names), with
// the same rule; nil while nobody acts.
func (s *Session) SignAsUser(msg []byte) []byte {
	return s.signAs(msg, func() *identity {
		if !s.signer.IsZero() {
			return s.keysOf(s.signer)
		}
		return s.keysOf(s.userID)
	})
}

// signAs signs with the keys that are chosen under the lock: whoever sits down
// meanwhile changes nothing.
func (s *Session) signAs(msg []byte, choose func() *identity) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil
	}
	id := choose()
	if id == nil {
		return nil
	}
	key := id.signer()
	defer clear(key)
	return ed25519.Sign(key, msg)
}
