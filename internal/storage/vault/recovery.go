package vault

import (
	"bytes"
	"errors"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// paperKeys are what the recovery phrase gives: a key that wraps the database
// key, and an identity of its own. The phrase has 256 bits of entropy, so HKDF
// is enough: there is nothing to guess.
type paperKeys struct {
	wrap [KeySize]byte
	id   identity
}

func newPaperKeys(entropy *[KeySize]byte, org ledger.ID) (k paperKeys, err error) {
	k.wrap = derive(entropy[:], org[:], "phrase wrap")
	k.id.seed = derive(entropy[:], org[:], "phrase sign")
	material := derive(entropy[:], org[:], "phrase receive")
	defer clear(material[:])
	k.id.receive, err = deriveReceiveKey(&material)
	return k, err
}

func (k *paperKeys) wipe() {
	clear(k.wrap[:])
	k.id.wipe()
}

// newPhrase draws a phrase, certifies its keys and seals to them.
func (s *Session) newPhrase(b *body) (string, error) {
	var entropy [KeySize]byte
	randomBytes(entropy[:])
	defer clear(entropy[:])
	paper, err := newPaperKeys(&entropy, b.Organisation)
	if err != nil {
		return "", err
	}
	defer paper.wipe()
	receive, err := publicReceiveKey(&paper.id.receive)
	if err != nil {
		return "", err
	}
	cert, signed := s.certify(Certificate{
		Kind: CertRecovery, Subject: ledger.NewID(),
		SignKey: paper.id.publicSign(), ReceiveKey: receive, Issues: true,
	})
	b.Certificates = append(b.Certificates, signed)
	if err := s.shareScopes(b, cert); err != nil {
		return "", err
	}
	return encodePhrase(&entropy), nil
}

// NewPhrase replaces the recovery phrase, when the paper is lost or was seen;
// the old one opens this vault no more, its certificate is revoked, and it reads
// nothing that is written from now on: every scope gets a new epoch. Faults:
// Forbidden, Space.
func (s *Session) NewPhrase() (phrase string, err error) {
	err = s.change(func(b *body) error {
		issuer, err := s.issuer()
		if err != nil {
			return err
		}
		key := s.user.signer()
		defer clear(key)
		for _, old := range s.certs.All() {
			if old.Kind != CertRecovery || s.ended.has(old.ID) {
				continue
			}
			b.Revocations = append(b.Revocations, SignRevocation(key, Revocation{
				Organisation: b.Organisation, Certificate: old.ID, Reason: "replaced",
				RevokedAt: now(), Issuer: issuer.ID,
			}))
			for i := range b.Scopes {
				b.Scopes[i].drop(CertRecovery, old.Subject)
			}
		}
		if phrase, err = s.newPhrase(b); err != nil {
			return err
		}
		return s.rotateAll(b)
	}, s.loadScopes)
	if err != nil {
		return "", err
	}
	return phrase, nil
}

// CheckPhrase tells whether a phrase, typed back from the paper, is this
// vault's. Faults as those of Recover.
func (s *Session) CheckPhrase(phrase string) error {
	entropy, err := decodePhrase(phrase)
	if err != nil {
		return err
	}
	defer clear(entropy[:])
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return closedFault()
	}
	paper, err := newPaperKeys(&entropy, s.body.Organisation)
	if err != nil {
		return err
	}
	defer paper.wipe()
	if _, ok := paper.certificate(s.certs, s.ended); !ok {
		return fault.New(fault.Password, "vault.phrase.wrong")
	}
	return nil
}

// certificate finds the phrase's own, unless it was revoked. Two may count, where
// two workstations have renewed the phrase without knowing of each other.
func (k *paperKeys) certificate(certs CertSet, ended endings) (Certificate, bool) {
	public := k.id.publicSign()
	for _, c := range certs.All() {
		if c.Kind == CertRecovery && bytes.Equal(c.SignKey, public) && !ended.has(c.ID) {
			return c, true
		}
	}
	return Certificate{}, false
}

// openBy gives the database key to the phrase.
func (k *paperKeys) openBy(b *body, db *[KeySize]byte) bool {
	if b.old == nil {
		return b.openDatabase(CertRecovery, ledger.ID{}, &k.id.receive, db)
	}
	plain, err := OpenSealed(&k.wrap, context("phrase slot", b.Organisation[:]), b.old.wrapped)
	return err == nil && copy(db[:], plain) == KeySize
}

// RecoverParams say who gets a new password.
type RecoverParams struct {
	Login    string
	Password string
	// UserID is for a login that has no slot (every administrator left, say):
	// its user's id. Zero means that the login must have a slot.
	UserID ledger.ID
	// Params as for Init.
	Params Params
}

// Recover opens the vault with the paper phrase and gives the login a new
// password and new keys, certified by the phrase's key: the old private keys
// were wrapped by the forgotten password alone. Other users' slots stay.
// Faults: Password when the phrase is not this vault's (or a word or the
// checksum is wrong: the cause is a *PhraseError), Invalid, NotFound, Damaged.
func Recover(dir, phrase string, p RecoverParams) (*Session, error) {
	return recoverVault(osDisk{}, dir, phrase, p)
}

func recoverVault(d disk, dir, phrase string, p RecoverParams) (*Session, error) {
	login, err := cleanLogin(p.Login)
	if err != nil {
		return nil, err
	}
	if err := checkPassword(p.Password); err != nil {
		return nil, err
	}
	if p.Params == (Params{}) {
		p.Params = defaultParams
	}
	if !p.Params.valid() {
		return nil, fault.At("params", "vault.params")
	}
	p.Login = login
	entropy, err := decodePhrase(phrase)
	if err != nil {
		return nil, err
	}
	defer clear(entropy[:])
	if unfinished(d, dir) {
		return nil, fault.New(fault.NotFound, "vault.missing")
	}
	store := newSlotsStore(d, dir)
	found, err := store.load()
	if err != nil {
		return nil, err
	}
	s := &Session{store: store, params: p.Params}
	var paper paperKeys
	defer paper.wipe()
	c, err := store.unlock(found, &s.db, func(b *body, db *[KeySize]byte) bool {
		var err error
		if paper, err = newPaperKeys(&entropy, b.Organisation); err != nil {
			return false
		}
		return paper.openBy(b, db)
	}, fault.New(fault.Password, "vault.phrase.wrong"))
	if err == nil {
		err = s.recoverUser(c, &paper, p)
	}
	if err != nil {
		s.wipe()
		return nil, err
	}
	return s, nil
}

// recoverUser writes the new slot and unlocks it.
func (s *Session) recoverUser(c *slotsCopy, paper *paperKeys, p RecoverParams) error {
	if err := s.prepare(c.body); err != nil {
		return err
	}
	b := s.body.clone()
	recovery, ok := paper.certificate(s.certs, s.ended)
	if !ok {
		return fault.New(fault.Password, "vault.phrase.wrong")
	}
	id, err := b.named(p.Login)
	if err != nil && p.UserID.IsZero() {
		return err
	}
	s.userID = p.UserID
	if err == nil {
		s.userID = id
		p.Login = b.Users[b.user(id)].Login
	}
	cert, err := s.newKeys(b, recovery, paper, p)
	if err != nil {
		return err
	}
	by := signer{recovery.ID, paper.id.signer()}
	defer clear(by.key)
	for i := range b.Scopes {
		e := &b.Scopes[i]
		scope, ok := e.open(b.Organisation, CertRecovery, recovery.Subject, &paper.id.receive)
		if !ok {
			continue
		}
		err := e.sealFor(b.Organisation, cert, &scope, by)
		clear(scope[:])
		if err != nil {
			return err
		}
	}
	if err := s.keep(b); err != nil {
		return err
	}
	b = s.body
	return s.start(&slotsCopy{raw: encodeSlots(s.store.generation, b, &s.db), generation: s.store.generation, body: b})
}

// prepare takes the contents over that the phrase has opened, in the present form.
func (s *Session) prepare(b *body) error {
	s.body = b
	plain, err := OpenSealed(&s.db, b.deviceContext(), b.DeviceKeys)
	if err != nil || len(plain) != identitySize {
		return fault.Wrap(errSealed, fault.Damaged, "vault.slots.unreadable")
	}
	s.device.setBytes(plain)
	clear(plain)
	b.sortCertificates()
	certs, bad := VerifyCertificates(b.Organisation, b.Root, b.Certificates)
	if len(bad) > 0 {
		return fault.Wrap(errors.Join(bad...), fault.Damaged, "vault.certificates.bad")
	}
	s.certs, s.ended = certs, b.endings(certs)
	if b.old == nil {
		return nil
	}
	by := s.deviceSigner()
	defer clear(by.key)
	return b.convert(certs, &s.db, by)
}

// newKeys gives the user new keys, certified by the phrase, and a slot for them.
func (s *Session) newKeys(b *body, recovery Certificate, paper *paperKeys, p RecoverParams) (cert Certificate, err error) {
	former := s.certs.Of(CertUser, s.userID)
	issues := len(former) == 0 || former[0].Issues // rights stay as they were
	if s.user, err = newIdentity(); err != nil {
		return cert, err
	}
	receive, err := publicReceiveKey(&s.user.receive)
	if err != nil {
		return cert, err
	}
	by := signer{recovery.ID, paper.id.signer()}
	defer clear(by.key)
	cert, signed := s.certifyBy(Certificate{
		Kind: CertUser, Subject: s.userID, Name: p.Login, SignKey: s.user.publicSign(), ReceiveKey: receive, Issues: issues,
	}, by)
	b.Certificates = append(b.Certificates, signed)
	slot := newUserSlot(b, s.userID, p.Login, p.Password, s.params, &s.user)
	slot.Grant, slot.Certificate = b.grants(s.userID)+1, cert.ID
	slot.sign(b.Organisation, by)
	b.putSlot(slot)
	return cert, nil
}
