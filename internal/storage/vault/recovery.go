package vault

import (
	"bytes"
	"errors"
	"slices"

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

func (b *body) phraseContext() []byte { return context("phrase slot", b.Organisation[:]) }

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
	subject := ledger.NewID()
	signed := s.certify(Certificate{
		Kind: CertRecovery, Subject: subject,
		SignKey: paper.id.publicSign(), ReceiveKey: receive, Issues: true,
	})
	cert, err := ParseCertificate(signed)
	if err != nil {
		return "", err
	}
	b.Certificates = append(b.Certificates, signed)
	b.Recovery = recoverySlot{Certificate: cert.ID, Wrapped: Seal(&paper.wrap, b.phraseContext(), s.db[:])}
	if err := s.shareScopes(b, cert); err != nil {
		return "", err
	}
	return encodePhrase(&entropy), nil
}

// NewPhrase replaces the recovery phrase, when the paper is lost or was seen;
// the old one opens this vault no more and its certificate is revoked. Faults:
// Forbidden, Space.
func (s *Session) NewPhrase() (phrase string, err error) {
	err = s.change(func(b *body) error {
		issuer, err := s.issuer()
		if err != nil {
			return err
		}
		if old, ok := s.certs.Get(b.Recovery.Certificate); ok {
			key := s.user.signer()
			defer clear(key)
			b.Revocations = append(b.Revocations, SignRevocation(key, Revocation{
				Organisation: b.Organisation, Certificate: old.ID, Reason: "replaced",
				RevokedAt: now(), Issuer: issuer.ID,
			}))
			for i := range b.Scopes {
				b.Scopes[i].drop(CertRecovery, old.Subject)
			}
		}
		phrase, err = s.newPhrase(b)
		return err
	})
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
	cert, ok := s.certs.Get(s.body.Recovery.Certificate)
	if !ok || !bytes.Equal(cert.SignKey, paper.id.publicSign()) {
		return fault.New(fault.Password, "vault.phrase.wrong")
	}
	return nil
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
		plain, err := OpenSealed(&paper.wrap, b.phraseContext(), b.Recovery.Wrapped)
		return err == nil && copy(db[:], plain) == KeySize
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
	b := c.body.clone()
	certs, bad := VerifyCertificates(b.Organisation, b.Root, b.Certificates)
	recovery, ok := certs.Get(b.Recovery.Certificate)
	if !ok {
		bad = append(bad, errors.New("the phrase's certificate is missing"))
	}
	if len(bad) > 0 {
		return fault.Wrap(errors.Join(bad...), fault.Damaged, "vault.certificates.bad")
	}
	s.userID = p.UserID
	if i := b.user(p.Login); i >= 0 {
		s.userID = b.Users[i].User
		p.Login = b.Users[i].Login
	} else if p.UserID.IsZero() {
		return fault.New(fault.NotFound, "vault.user.unknown")
	}
	former := certs.Of(CertUser, s.userID)
	issues := len(former) == 0 || former[0].Issues // rights stay as they were
	var err error
	if s.user, err = newIdentity(); err != nil {
		return err
	}
	receive, err := publicReceiveKey(&s.user.receive)
	if err != nil {
		return err
	}
	cert := Certificate{
		Version: certVersion, ID: ledger.NewID(), Kind: CertUser, Organisation: b.Organisation,
		Subject: s.userID, Name: p.Login, SignKey: s.user.publicSign(), ReceiveKey: receive,
		Issues: issues, IssuedAt: now(), Issuer: recovery.ID,
	}
	key := paper.id.signer()
	defer clear(key)
	b.Certificates = append(b.Certificates, sign(key, certLabel, cert))
	b.Users = slices.DeleteFunc(b.Users, func(u userSlot) bool { return u.User == s.userID })
	b.Users = append(b.Users, newUserSlot(b.Organisation, s.userID, p.Login, p.Password, s.params, &s.user, &s.db))
	for i := range b.Scopes {
		e := &b.Scopes[i]
		scope, ok := e.open(b.Organisation, CertRecovery, recovery.Subject, &paper.id.receive)
		if !ok {
			continue
		}
		err := e.sealFor(b.Organisation, cert, &scope)
		clear(scope[:])
		if err != nil {
			return err
		}
	}
	if err := s.store.save(b, &s.db); err != nil {
		return err
	}
	return s.start(&slotsCopy{raw: encodeSlots(s.store.generation, b, &s.db), generation: s.store.generation, body: b})
}
