package vault

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"unicode/utf8"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Invitation is what a new workstation needs. Plain holds its private keys and the
// key of the patients' keyring: it is sealed under the pairing code before it goes
// anywhere, and wiped.
type Invitation struct {
	Device  ledger.ID
	SignKey []byte // Ed25519, public
	Plain   []byte // canonical CBOR, docs/formats/keys.md
}

// invitation is what Plain holds.
type invitation struct {
	Version      uint8        `cbor:"1,keyasint"`
	Organisation ledger.ID    `cbor:"2,keyasint"`
	Root         ledger.ID    `cbor:"3,keyasint"`
	Device       ledger.ID    `cbor:"4,keyasint"`
	DeviceName   string       `cbor:"5,keyasint"`
	DeviceKeys   []byte       `cbor:"6,keyasint"` // identity, in clear
	Certificates []Signed     `cbor:"7,keyasint"`
	Revocations  []Signed     `cbor:"8,keyasint"`
	Users        []userSlot   `cbor:"9,keyasint"`
	Grants       []userSlot   `cbor:"10,keyasint"`
	Scopes       []scopeEpoch `cbor:"11,keyasint"`
	Published    []scopeMark  `cbor:"12,keyasint"`
	RingGen      uint32       `cbor:"13,keyasint"` // 0: there is no ring yet
	RingSerial   uint64       `cbor:"14,keyasint"`
	RingKey      []byte       `cbor:"15,keyasint"`
}

const maxInvitation = 15 << 20

// Invite makes the identity of a new workstation, certifies it as the acting user
// and seals every scope key of this session to it. Faults: Forbidden when the acting
// user may not issue, Invalid for a bad name, Space.
func (s *Session) Invite(deviceName string) (*Invitation, error) {
	if len(deviceName) > maxName || !utf8.ValidString(deviceName) {
		return nil, fault.At("device", "vault.device.name")
	}
	id, err := newIdentity()
	if err != nil {
		return nil, err
	}
	defer id.wipe()
	receive, err := publicReceiveKey(&id.receive)
	if err != nil {
		return nil, err
	}
	public := id.publicSign()
	device := ledger.NewID()
	var out *Invitation
	err = s.change(func(b *body) error {
		if _, err := s.issuer(); err != nil {
			return err
		}
		cert, signed := s.certify(Certificate{
			Kind: CertDevice, Subject: device, Name: deviceName, SignKey: public, ReceiveKey: receive,
		})
		b.Certificates = append(b.Certificates, signed)
		for _, scope := range b.scopes() {
			if b.published(scope) == 0 { // this was the only workstation so far
				b.publish(scope, b.epoch(scope))
			}
		}
		return s.shareScopes(b, cert)
	}, func() {
		out = &Invitation{Device: device, SignKey: public, Plain: s.invitation(device, deviceName, &id)}
	})
	if err != nil {
		return nil, err
	}
	if len(out.Plain) > maxInvitation {
		clear(out.Plain)
		return nil, fmt.Errorf("vault: invitation of %d bytes", len(out.Plain))
	}
	return out, nil
}

// invitation packs what the session knows for a new device.
func (s *Session) invitation(device ledger.ID, name string, id *identity) []byte {
	b := s.body
	v := invitation{
		Version: 1, Organisation: b.Organisation, Root: b.Root, Device: device, DeviceName: name, DeviceKeys: id.bytes(),
		Certificates: b.Certificates, Revocations: b.Revocations, Users: b.Users, Grants: b.Grants,
		Scopes: b.Scopes, Published: b.Published, RingGen: b.Ring.Gen, RingSerial: b.Ring.Serial,
	}
	defer clear(v.DeviceKeys)
	if w, ok := s.ringKey(); ok {
		v.RingKey = w[:]
		defer clear(v.RingKey)
	}
	return marshal(v)
}

// JoinParams say who unlocks the new workstation first: only this user's password
// is needed; the others come in with theirs.
type JoinParams struct {
	Login    string
	Password string
	// Params are the cost of the password function of slots made here later; zero
	// means that of the user's slot.
	Params Params
}

// Join makes a vault in an existing directory out of an invitation and unlocks it.
// Its database key is fresh. Patients' keys come with the ring (AbsorbKeys). Faults:
// Invalid for an invitation that does not verify, Password, Conflict when a vault is
// there, NotFound when the directory is not, Space.
func Join(dir string, plain []byte, p JoinParams) (*Session, error) {
	if err := checkDir(dir); err != nil {
		return nil, err
	}
	return joinVault(osDisk{}, dir, plain, p)
}

func joinVault(d disk, dir string, plain []byte, p JoinParams) (*Session, error) {
	if p.Params != (Params{}) && !p.Params.valid() {
		return nil, fault.At("params", "vault.params")
	}
	v, err := parseInvitation(plain)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "vault.invitation.bad")
	}
	defer clear(v.DeviceKeys)
	defer clear(v.RingKey)
	return create(d, dir, func() (*Session, error) { return v.accept(d, dir, p) })
}

// parseInvitation reads an invitation and verifies every part of it to the root.
func parseInvitation(plain []byte) (*invitation, error) {
	if len(plain) > maxInvitation {
		return nil, errBody
	}
	v, err := unmarshal[invitation](plain)
	if err != nil {
		return nil, err
	}
	switch {
	case v.Version != 1, v.Organisation.IsZero(), v.Root.IsZero(), v.Device.IsZero(),
		len(v.DeviceName) > maxName || !utf8.ValidString(v.DeviceName), len(v.DeviceKeys) != identitySize,
		len(v.Scopes) == 0, (v.RingGen == 0) != (len(v.RingKey) == 0), len(v.RingKey) != 0 && len(v.RingKey) != KeySize:
		return nil, errBody
	}
	certs, bad := VerifyCertificates(v.Organisation, v.Root, v.Certificates)
	for _, r := range v.Revocations {
		if _, err := VerifyRevocation(r, certs); err != nil {
			bad = append(bad, err)
		}
	}
	for _, list := range [][]userSlot{v.Users, v.Grants} {
		for i := range list {
			if err := errors.Join(list[i].verify(v.Organisation, certs), list[i].bounds()); err != nil {
				bad = append(bad, err)
			}
		}
	}
	for i := range v.Scopes {
		e := &v.Scopes[i]
		if err := e.check(); err != nil {
			return nil, err
		}
		for _, r := range e.Recipients {
			if err := e.verify(v.Organisation, r, certs); err != nil {
				bad = append(bad, err)
			}
		}
	}
	if len(certs.Of(CertDevice, v.Device)) == 0 {
		bad = append(bad, errors.New("invitation: the device is not certified"))
	}
	return &v, errors.Join(bad...)
}

func (u *userSlot) bounds() error {
	if !u.valid() {
		return errBody
	}
	return nil
}

// accept builds the vault. The private keys must be the certified device's.
func (v *invitation) accept(d disk, dir string, p JoinParams) (*Session, error) {
	s := &Session{store: newSlotsStore(d, dir)}
	randomBytes(s.db[:])
	s.device.setBytes(v.DeviceKeys)
	b := &body{
		Organisation: v.Organisation, Device: v.Device, DeviceName: v.DeviceName, Root: v.Root,
		Certificates: v.Certificates, Revocations: v.Revocations, Users: v.Users, Grants: v.Grants,
		Scopes: v.Scopes, Published: v.Published,
	}
	b.DeviceKeys = Seal(&s.db, b.deviceContext(), v.DeviceKeys)
	if v.RingGen > 0 {
		b.Ring = sealRing(b, &s.db, v.RingGen, v.RingSerial, (*[KeySize]byte)(v.RingKey))
	}
	s.body = b
	ok := false
	for _, slot := range b.slotsOf(p.Login) {
		id, old, opened := slot.open(b, p.Password)
		if old != nil {
			clear(old[:]) // of the workstation that made the slot
		}
		if opened && !slot.removed() {
			s.user, s.userID, s.params, ok = id, slot.User, slot.Params, true
		}
		id.wipe()
	}
	if !ok {
		return s, fault.New(fault.Password, "vault.password.wrong")
	}
	if p.Params != (Params{}) {
		s.params = p.Params
	}
	if err := s.verify(); err != nil {
		return s, err
	}
	if _, ok := s.counts(s.userID, &s.user); !ok {
		return s, fault.New(fault.Forbidden, "vault.user.revoked")
	}
	if err := s.checkDevice(); err != nil {
		return s, err
	}
	var err error
	if s.ring, err = createKeyring(d, dir, &s.db); err != nil {
		return s, err
	}
	if err := s.keep(b); err != nil {
		return s, err
	}
	s.loadScopes()
	s.renewOld(s.userID, &s.user, p.Password)
	return s, nil
}

// checkDevice holds the device's private keys against its certificate.
func (s *Session) checkDevice() error {
	public, err := publicReceiveKey(&s.device.receive)
	if err != nil {
		return err
	}
	for _, c := range s.certs.Of(CertDevice, s.body.Device) {
		if string(c.ReceiveKey) == string(public) && ed25519.PublicKey(c.SignKey).Equal(ed25519.PublicKey(s.device.publicSign())) {
			return nil
		}
	}
	return fault.Wrap(errors.New("the private keys are another device's"), fault.Invalid, "vault.invitation.bad")
}
