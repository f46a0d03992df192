package vault

import (
	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// UserInfo is a user who can open this vault. Roles are rows of the database,
// not the vault's matter.
type UserInfo struct {
	ID    ledger.ID
	Login string
	// Issues says whether the user's certificate may sign those of others.
	Issues bool
}

// NewUser is what AddUser needs.
type NewUser struct {
	ID       ledger.ID
	Login    string
	Password string
	// Issuer lets the user add users and devices: for administrators.
	Issuer bool
}

// Users lists who can open this vault, in the order in which they were added.
func (s *Session) Users() []UserInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	users := make([]UserInfo, 0, len(s.body.Users))
	for _, u := range s.body.Users {
		info := UserInfo{ID: u.User, Login: u.Login}
		if certs := s.certs.Of(CertUser, u.User); len(certs) > 0 {
			info.Issues = certs[0].Issues
		}
		users = append(users, info)
	}
	return users
}

// issuer gives the unlocked user's certificate if it may sign others.
func (s *Session) issuer() (Certificate, error) {
	c, ok := s.certs.Get(s.userCert)
	if !ok || !c.Issues {
		return c, fault.New(fault.Forbidden, "vault.user.not_issuer")
	}
	return c, nil
}

// certify signs a certificate with the unlocked user's key and gives it back with
// what was added. It is later than every other of the same subject, whatever the
// clock says.
func (s *Session) certify(c Certificate) (Certificate, Signed) {
	by := s.userSigner()
	defer clear(by.key)
	return s.certifyBy(c, by)
}

func (s *Session) certifyBy(c Certificate, by signer) (Certificate, Signed) {
	c.Version, c.ID, c.Organisation = certVersion, ledger.NewID(), s.body.Organisation
	c.IssuedAt, c.Issuer = now(), by.cert
	if issuer, ok := s.certs.Get(by.cert); ok {
		c.IssuedAt = max(c.IssuedAt, issuer.IssuedAt)
	}
	for _, former := range s.certs.Of(c.Kind, c.Subject) {
		c.IssuedAt = max(c.IssuedAt, former.IssuedAt+1)
	}
	return c, sign(by.key, certLabel, c)
}

// userSigner signs records as the acting user; its key is the caller's to clear.
func (s *Session) userSigner() signer { return signer{s.userCert, s.user.signer()} }

// AddUser makes fresh keys for a user, signs their certificate as the unlocked
// user, and seals to them every scope key that this session has. Faults:
// Invalid for a bad login or password, Conflict when login or id has a slot
// already, Forbidden when the unlocked user may not issue, Space.
func (s *Session) AddUser(u NewUser) error {
	login, err := cleanLogin(u.Login)
	if err != nil {
		return err
	}
	if err := checkPassword(u.Password); err != nil {
		return err
	}
	if u.ID.IsZero() {
		return fault.At("id", "vault.user.no_id")
	}
	return s.change(func(b *body) error {
		if _, err := s.issuer(); err != nil {
			return err
		}
		if _, err := b.named(login); !fault.Is(err, fault.NotFound) {
			return fault.New(fault.Conflict, "vault.user.login_taken")
		}
		if b.user(u.ID) >= 0 {
			return fault.New(fault.Conflict, "vault.user.id_taken")
		}
		id, err := newIdentity()
		if err != nil {
			return err
		}
		defer id.wipe()
		receive, err := publicReceiveKey(&id.receive)
		if err != nil {
			return err
		}
		cert, signed := s.certify(Certificate{
			Kind: CertUser, Subject: u.ID, Name: login,
			SignKey: id.publicSign(), ReceiveKey: receive, Issues: u.Issuer,
		})
		b.Certificates = append(b.Certificates, signed)
		by := s.userSigner()
		defer clear(by.key)
		slot := newUserSlot(b, u.ID, login, u.Password, s.newParams(), &id)
		slot.Grant, slot.Certificate = b.grants(u.ID)+1, cert.ID
		slot.sign(b.Organisation, by)
		b.putSlot(slot)
		return s.shareScopes(b, cert)
	})
}

// shareScopes seals every scope key of the session to one more reader.
func (s *Session) shareScopes(b *body, reader Certificate) error {
	by := s.deviceSigner()
	defer clear(by.key)
	for i := range b.Scopes {
		e := &b.Scopes[i]
		key, ok := s.scopes[scopeKey{e.Scope, e.Epoch}]
		if !ok {
			continue
		}
		if err := e.sealFor(b.Organisation, reader, key, by); err != nil {
			return err
		}
	}
	return nil
}

// AllowIssuing gives the user of a login, who became an administrator, a certificate
// that may sign others. Faults: NotFound, Conflict where two have the login, Forbidden
// when the acting user may not issue or the other is revoked, Space.
func (s *Session) AllowIssuing(login string) error {
	return s.byLogin(login, s.AllowIssuingOf)
}

// ForbidIssuing is ForbidIssuingOf for the user of a login. Faults: also Conflict
// where two have the login.
func (s *Session) ForbidIssuing(login string) error {
	return s.byLogin(login, s.ForbidIssuingOf)
}

// RemoveUser is RemoveUserOf for the user of a login. Faults: also Conflict where two
// have the login.
func (s *Session) RemoveUser(login string) error {
	return s.byLogin(login, s.RemoveUserOf)
}

// byLogin does something to the one user of a login.
func (s *Session) byLogin(login string, do func(ledger.ID) error) error {
	s.mu.RLock()
	closed := s.closed
	id, err := s.body.named(login)
	s.mu.RUnlock()
	if closed {
		return closedFault()
	}
	if err != nil {
		return err
	}
	return do(id)
}

// AllowIssuingOf is AllowIssuing for a user whose id is known, which is the better
// way: two may have one login.
func (s *Session) AllowIssuingOf(user ledger.ID) error {
	return s.change(func(b *body) error {
		if _, err := s.issuer(); err != nil {
			return err
		}
		certs := s.certs.Of(CertUser, user)
		if b.user(user) < 0 || len(certs) == 0 {
			return fault.New(fault.NotFound, "vault.user.unknown")
		}
		if s.ended.has(certs[0].ID) {
			return fault.New(fault.Forbidden, "vault.user.revoked")
		}
		if certs[0].Issues {
			return nil
		}
		cert := certs[0]
		cert.Issues = true
		_, signed := s.certify(cert)
		b.Certificates = append(b.Certificates, signed)
		return nil
	})
}

// ForbidIssuingOf is AllowIssuingOf turned round: a user, who is an administrator no
// more, gets a certificate of the same keys that may not sign others, and those that
// might are revoked, but for the root, on which everything hangs. The user reads on:
// later epochs are sealed to the new certificate. It counts from the user's next
// unlocking on. Who is revoked already stays so. Faults: NotFound, Forbidden, Space.
func (s *Session) ForbidIssuingOf(user ledger.ID) error {
	return s.change(func(b *body) error {
		certs := s.certs.Of(CertUser, user)
		if b.user(user) < 0 || len(certs) == 0 {
			return fault.New(fault.NotFound, "vault.user.unknown")
		}
		if !certs[0].Issues || s.ended.has(certs[0].ID) {
			return nil
		}
		issuer, err := s.issuer()
		if err != nil {
			return err
		}
		cert := certs[0]
		cert.Issues = false
		_, signed := s.certify(cert)
		b.Certificates = append(b.Certificates, signed)
		key := s.user.signer()
		defer clear(key)
		for _, c := range certs {
			if !c.Issues || c.ID == b.Root || s.ended.has(c.ID) {
				continue
			}
			b.Revocations = append(b.Revocations, SignRevocation(key, Revocation{
				Organisation: b.Organisation, Certificate: c.ID, Reason: "demoted", RevokedAt: now(), Issuer: issuer.ID,
			}))
		}
		return nil
	})
}

// RemoveUserOf takes a user's slot and what was sealed to the user out of this
// vault, and signs that it was so for the others; the certificate stays, since
// signatures made before are checked with it. The last slot never goes. What a user
// has seen of keys is not undone by this: Rotate the scopes. Faults: NotFound,
// Conflict for the last slot, Forbidden when the acting user may not issue, Space.
func (s *Session) RemoveUserOf(user ledger.ID) error {
	return s.change(func(b *body) error {
		i := b.user(user)
		if i < 0 {
			return fault.New(fault.NotFound, "vault.user.unknown")
		}
		if len(b.Users) == 1 {
			return fault.New(fault.Conflict, "vault.user.last")
		}
		if _, err := s.issuer(); err != nil {
			return err
		}
		by := s.userSigner()
		defer clear(by.key)
		removal := userSlot{
			User: user, Login: b.Users[i].Login, Grant: b.grants(user) + 1, Certificate: b.Users[i].Certificate,
		}
		removal.sign(b.Organisation, by)
		b.putSlot(removal)
		for j := range b.Scopes {
			b.Scopes[j].drop(CertUser, user)
		}
		return nil
	}, func() {
		if user != s.userID {
			s.dismiss(user)
		}
	})
}

// ChangePassword gives the acting user's slot a new password. Faults:
// Password when old is wrong, Invalid when new can't be one, Space.
func (s *Session) ChangePassword(old, new string) error {
	if err := checkPassword(new); err != nil {
		return err
	}
	return s.change(func(b *body) error {
		i := b.user(s.userID)
		if i < 0 {
			return fault.New(fault.NotFound, "vault.user.unknown")
		}
		id, db, ok := b.Users[i].open(b, old)
		defer id.wipe()
		if db != nil {
			clear(db[:])
		}
		if !ok {
			return fault.New(fault.Password, "vault.password.wrong")
		}
		return s.rewrap(b, s.userID, &id, new)
	})
}

// newParams are the cost of the password function for a new slot.
func (s *Session) newParams() Params {
	if s.params == (Params{}) {
		return defaultParams
	}
	return s.params
}
