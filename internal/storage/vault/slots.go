package vault

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"unicode/utf8"

	"feldsher/internal/ledger"
)

// body is what the slots file holds. Everything secret in it is sealed.
type body struct {
	Organisation ledger.ID    `cbor:"1,keyasint"`
	Device       ledger.ID    `cbor:"2,keyasint"`
	DeviceName   string       `cbor:"3,keyasint"`
	DatabaseSalt []byte       `cbor:"4,keyasint"` // 16 bytes, or none yet
	DeviceKeys   []byte       `cbor:"5,keyasint"` // identity, sealed under the database key
	Root         ledger.ID    `cbor:"6,keyasint"` // certificate made at Init
	Users        []userSlot   `cbor:"7,keyasint"`
	Recovery     recoverySlot `cbor:"8,keyasint"`
	Certificates []Signed     `cbor:"9,keyasint"`
	Revocations  []Signed     `cbor:"10,keyasint"`
	Scopes       []scopeEpoch `cbor:"11,keyasint"`
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

// userSlot wraps a user's private keys and the database key with the password.
type userSlot struct {
	User    ledger.ID `cbor:"1,keyasint"`
	Login   string    `cbor:"2,keyasint"`
	Params  Params    `cbor:"3,keyasint"`
	Salt    []byte    `cbor:"4,keyasint"` // 16 bytes
	Wrapped []byte    `cbor:"5,keyasint"` // identity 64 | database key 32, sealed
}

const wrappedSize = identitySize + KeySize + Overhead

// context binds the wrapping to its slot: moved to another login or user, it
// does not open.
func (u *userSlot) context(organisation ledger.ID) []byte {
	return context("user slot", organisation[:], u.User[:], []byte(foldLogin(u.Login)))
}

func newUserSlot(org, user ledger.ID, login, password string, p Params, id *identity, db *[KeySize]byte) userSlot {
	slot := userSlot{User: user, Login: login, Params: p, Salt: make([]byte, saltSize)}
	randomBytes(slot.Salt)
	key := passwordKey(password, p, slot.Salt)
	plain := append(id.bytes(), db[:]...)
	slot.Wrapped = Seal(&key, slot.context(org), plain)
	clear(plain)
	clear(key[:])
	return slot
}

// open tries a password. It takes the same time for any of them.
func (u *userSlot) open(org ledger.ID, password string) (id identity, db [KeySize]byte, ok bool) {
	key := passwordKey(password, u.Params, u.Salt)
	defer clear(key[:])
	plain, err := OpenSealed(&key, u.context(org), u.Wrapped)
	if err != nil || len(plain) != identitySize+KeySize {
		return id, db, false
	}
	id.setBytes(plain)
	copy(db[:], plain[identitySize:])
	clear(plain)
	return id, db, true
}

// recoverySlot wraps the database key with the paper phrase.
type recoverySlot struct {
	Certificate ledger.ID `cbor:"1,keyasint"` // names the phrase's public keys
	Wrapped     []byte    `cbor:"2,keyasint"` // database key 32, sealed
}

// user finds a slot by login; the index is -1 where there is none.
func (b *body) user(login string) int {
	folded := foldLogin(login)
	for i := range b.Users {
		if foldLogin(b.Users[i].Login) == folded {
			return i
		}
	}
	return -1
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

// parseBody reads the contents and refuses shapes that no version 1 writes.
func parseBody(data []byte) (*body, error) {
	b, err := unmarshal[body](data)
	if err != nil {
		return nil, err
	}
	switch {
	case b.Organisation.IsZero(), b.Device.IsZero(), b.Root.IsZero(), b.Recovery.Certificate.IsZero(),
		len(b.DatabaseSalt) != 0 && len(b.DatabaseSalt) != saltSize,
		len(b.DeviceName) > maxName || !utf8.ValidString(b.DeviceName),
		len(b.DeviceKeys) != identitySize+Overhead,
		len(b.Recovery.Wrapped) != KeySize+Overhead,
		len(b.Users) == 0:
		return nil, errBody
	}
	seen := map[string]bool{}
	for i := range b.Users {
		u := &b.Users[i]
		login, err := cleanLogin(u.Login)
		if err != nil || login != u.Login || seen[foldLogin(login)] || u.User.IsZero() ||
			!u.Params.valid() || len(u.Salt) != saltSize || len(u.Wrapped) != wrappedSize {
			return nil, fmt.Errorf("user slot %d: %w", i, errBody)
		}
		seen[foldLogin(login)] = true
	}
	for i := range b.Scopes {
		if err := b.Scopes[i].check(); err != nil {
			return nil, fmt.Errorf("scope %d: %w", i, err)
		}
	}
	return &b, nil
}
