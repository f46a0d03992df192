package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// body is what the slots file holds. Everything secret in it is sealed.
type body struct {
	Organisation ledger.ID      `cbor:"1,keyasint"`
	Device       ledger.ID      `cbor:"2,keyasint"`
	DeviceName   string         `cbor:"3,keyasint"`
	DatabaseSalt []byte         `cbor:"4,keyasint"` // 16 bytes, or none yet
	DeviceKeys   []byte         `cbor:"5,keyasint"` // identity, sealed under the database key
	Root         ledger.ID      `cbor:"6,keyasint"` // certificate made at Init
	Users        []userSlot     `cbor:"7,keyasint"` // who may come in
	Openers      []opener       `cbor:"8,keyasint"` // the database key, sealed to each of them and to the phrase
	Certificates []Signed       `cbor:"9,keyasint"`
	Revocations  []Signed       `cbor:"10,keyasint"`
	Scopes       []scopeEpoch   `cbor:"11,keyasint"`
	Grants       []userSlot     `cbor:"12,keyasint"` // slots that are not used, but prove those that are; removals
	Published    []scopeMark    `cbor:"13,keyasint"` // of each scope the last epoch that is in the ledger
	Ring         ringState      `cbor:"14,keyasint"`
	Formers      []formerDevice `cbor:"15,keyasint"` // identities that this directory had before

	old *oldPhrase // of a file of version 1 that was not converted yet
}

// identity is a pair of private keys: Ed25519 seed and X25519 scalar.
type identity struct {
	seed    [ed25519.SeedSize]byte
	receive [KeySize]byte

	// full is the signing key drawn out of the seed: deriving it costs as much as
	// a signature.
	full [ed25519.PrivateKeySize]byte
}

func newIdentity() (id identity, err error) {
	randomBytes(id.seed[:])
	copy(id.full[:], ed25519.NewKeyFromSeed(id.seed[:]))
	id.receive, err = newReceiveKey()
	return id, err
}

// signer gives the signing key, for the caller to clear.
func (id *identity) signer() ed25519.PrivateKey {
	if id.full == [ed25519.PrivateKeySize]byte{} {
		return ed25519.NewKeyFromSeed(id.seed[:])
	}
	key := id.full
	return key[:]
}

func (id *identity) publicSign() []byte { return id.signer().Public().(ed25519.PublicKey) }

func (id *identity) bytes() []byte { return append(id.seed[:], id.receive[:]...) }

func (id *identity) setBytes(b []byte) {
	copy(id.seed[:], b)
	copy(id.receive[:], b[len(id.seed):])
	copy(id.full[:], ed25519.NewKeyFromSeed(id.seed[:]))
}

func (id *identity) wipe() {
	clear(id.seed[:])
	clear(id.receive[:])
	clear(id.full[:])
}

const identitySize = ed25519.SeedSize + KeySize

// userSlot wraps a user's private keys with the password. It is the same on all
// workstations and travels between them, so it is signed: made, and taken away, by
// an administrator (or the phrase), then changed by the user as often as wished.
type userSlot struct {
	User    ledger.ID `cbor:"1,keyasint"`
	Login   string    `cbor:"2,keyasint"`
	Params  Params    `cbor:"3,keyasint"`
	Salt    []byte    `cbor:"4,keyasint"` // 16 bytes
	Wrapped []byte    `cbor:"5,keyasint"` // identity 64, sealed; empty for a removal
	// Grant counts what administrators did with the slot, Turn what the user did
	// since (new passwords). Turn 0 is the administrator's own version.
	Grant       uint32    `cbor:"6,keyasint"`
	Turn        uint32    `cbor:"7,keyasint"`
	Certificate ledger.ID `cbor:"8,keyasint"` // of the keys inside
	Issuer      ledger.ID `cbor:"9,keyasint"` // certificate of whoever signed
	Signature   []byte    `cbor:"10,keyasint"`
}

const (
	slotLabel   = "feldsher slot 1\x00"
	wrappedSize = identitySize + Overhead
	// wrappedOld is the size in a slot that version 1 made: the database key of its
	// workstation stood in it too. It is made anew when its user comes in.
	wrappedOld = identitySize + KeySize + Overhead
)

// context binds the wrapping to its slot and its organisation's root: moved to
// another login or user, or beside other certificates, it does not open.
func (u *userSlot) context(b *body) []byte {
	login := []byte(foldLogin(u.Login))
	if len(u.Wrapped) == wrappedOld {
		return context("user slot", b.Organisation[:], u.User[:], login)
	}
	root := b.rootHash()
	return context("user slot 2", b.Organisation[:], root[:], u.User[:], login)
}

// rootHash is the hash of the root certificate's bytes; zeros where it is missing,
// and then nothing opens.
func (b *body) rootHash() (sum [sha256.Size]byte) {
	for _, signed := range b.Certificates {
		if c, err := ParseCertificate(signed); err == nil && c.ID == b.Root {
			return sha256.Sum256(signed.Body)
		}
	}
	return sum
}

// newUserSlot wraps keys with a password; sign comes next.
func newUserSlot(b *body, user ledger.ID, login, password string, p Params, id *identity) userSlot {
	slot := userSlot{User: user, Login: login, Params: p, Salt: make([]byte, saltSize)}
	randomBytes(slot.Salt)
	key := passwordKey(password, p, slot.Salt)
	plain := id.bytes()
	slot.Wrapped = Seal(&key, slot.context(b), plain)
	clear(plain)
	clear(key[:])
	return slot
}

// open tries a password. It takes the same time for any of them. The database key
// comes out of slots of version 1 only.
func (u *userSlot) open(b *body, password string) (id identity, db *[KeySize]byte, ok bool) {
	key := passwordKey(password, u.Params, u.Salt)
	defer clear(key[:])
	plain, err := OpenSealed(&key, u.context(b), u.Wrapped)
	if err != nil || len(plain) != identitySize && len(plain) != identitySize+KeySize {
		return id, nil, false
	}
	id.setBytes(plain)
	if len(plain) > identitySize {
		db = (*[KeySize]byte)(bytes.Clone(plain[identitySize:]))
	}
	clear(plain)
	return id, db, true
}

func (u *userSlot) removed() bool { return len(u.Wrapped) == 0 }

// signer signs records: a certificate and its private key.
type signer struct {
	cert ledger.ID
	key  ed25519.PrivateKey
}

func (by signer) sign(label string, message []byte) []byte {
	return ed25519.Sign(by.key, append([]byte(label), message...))
}

// record is the slot as it travels, and what is signed when the signature is empty.
func (u userSlot) record(org ledger.ID) []byte {
	return marshal(slotRecord{Version: 1, Organisation: org, Slot: u})
}

func (u *userSlot) sign(org ledger.ID, by signer) {
	u.Issuer, u.Signature = by.cert, nil
	u.Signature = by.sign(slotLabel, u.record(org))
}

// verify checks that somebody has signed the slot who may.
func (u *userSlot) verify(org ledger.ID, certs CertSet) error {
	issuer, ok := certs.Get(u.Issuer)
	switch {
	case !ok:
		return errors.New("slot: of an unknown issuer")
	case u.Turn > 0 && (issuer.Kind != CertUser || issuer.Subject != u.User || u.removed()):
		return errors.New("slot: changed by somebody else")
	case u.Turn == 0 && u.Grant > 0 && !issuer.Issues,
		u.Turn == 0 && u.Grant == 0 && issuer.Kind != CertDevice:
		return errors.New("slot: its issuer may not")
	}
	c, ok := certs.Get(u.Certificate)
	switch {
	case !ok || c.Kind != CertUser || c.Subject != u.User:
		return errors.New("slot: of unknown keys")
	case u.Turn == 0 && u.Grant == 0 && foldLogin(c.Name) != foldLogin(u.Login):
		return errors.New("slot: a device has given another login") // than an administrator certified
	}
	bare := *u
	bare.Signature = nil
	if !ed25519.Verify(issuer.SignKey, append([]byte(slotLabel), bare.record(org)...), u.Signature) {
		return errors.New("slot: wrong signature")
	}
	return nil
}

// user finds a user's slot; the index is -1 where there is none.
func (b *body) user(id ledger.ID) int {
	return slices.IndexFunc(b.Users, func(u userSlot) bool { return u.User == id })
}

// named finds the one user of a login. Faults: NotFound; Conflict where two
// administrators have given the same login away without knowing of each other.
func (b *body) named(login string) (id ledger.ID, err error) {
	folded := foldLogin(login)
	for i := range b.Users {
		if foldLogin(b.Users[i].Login) != folded {
			continue
		}
		if !id.IsZero() {
			return id, fault.New(fault.Conflict, "vault.user.ambiguous")
		}
		id = b.Users[i].User
	}
	if id.IsZero() {
		return id, fault.New(fault.NotFound, "vault.user.unknown")
	}
	return id, nil
}

// clone gives a copy whose changes leave b as it is.
func (b *body) clone() *body {
	c, err := unmarshal[body](marshal(b))
	if err != nil {
		panic(err) // what was read or made here is canonical
	}
	return &c
}

var errBody = errors.New("a field of the slots file is out of its bounds")

// parseBody reads the contents and refuses shapes that no version 2 writes.
func parseBody(data []byte) (*body, error) {
	b, err := unmarshal[body](data)
	if err != nil {
		return nil, err
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	return &b, nil
}

func (b *body) check() error {
	switch {
	case b.Organisation.IsZero(), b.Device.IsZero(), b.Root.IsZero(),
		len(b.DatabaseSalt) != 0 && len(b.DatabaseSalt) != saltSize,
		len(b.DeviceName) > maxName || !utf8.ValidString(b.DeviceName),
		len(b.DeviceKeys) != identitySize+Overhead,
		!b.Ring.valid():
		return errBody
	}
	seen := map[ledger.ID]bool{}
	for i := range b.Users {
		u := &b.Users[i]
		if !u.valid() || u.removed() || seen[u.User] {
			return fmt.Errorf("user slot %d: %w", i, errBody)
		}
		seen[u.User] = true
	}
	for i := range b.Grants {
		if !b.Grants[i].valid() {
			return fmt.Errorf("grant %d: %w", i, errBody)
		}
	}
	for i := range b.Openers {
		if !b.Openers[i].valid() {
			return fmt.Errorf("opener %d: %w", i, errBody)
		}
	}
	for i := range b.Scopes {
		if err := b.Scopes[i].check(); err != nil {
			return fmt.Errorf("scope %d: %w", i, err)
		}
	}
	for _, f := range b.Formers {
		if f.Device.IsZero() || len(f.Keys) != identitySize+Overhead {
			return fmt.Errorf("former device: %w", errBody)
		}
	}
	return nil
}

// valid checks the fields of one slot.
func (u *userSlot) valid() bool {
	login, err := cleanLogin(u.Login)
	if err != nil || login != u.Login || u.User.IsZero() || len(u.Signature) != ed25519.SignatureSize {
		return false
	}
	if u.removed() {
		return u.Turn == 0 && len(u.Salt) == 0 && u.Params == Params{}
	}
	return u.Params.valid() && len(u.Salt) == saltSize &&
		(len(u.Wrapped) == wrappedSize || len(u.Wrapped) == wrappedOld)
}
