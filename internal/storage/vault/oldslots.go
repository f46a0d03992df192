package vault

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"feldsher/internal/ledger"
)

// The slots of version 1, from before workstations exchanged anything: a user's
// slot held the database key besides the user's own keys, and nothing of it was
// signed. Such a file opens, and is written anew as version 2 when somebody comes in.

type oldBody struct {
	Organisation ledger.ID   `cbor:"1,keyasint"`
	Device       ledger.ID   `cbor:"2,keyasint"`
	DeviceName   string      `cbor:"3,keyasint"`
	DatabaseSalt []byte      `cbor:"4,keyasint"`
	DeviceKeys   []byte      `cbor:"5,keyasint"`
	Root         ledger.ID   `cbor:"6,keyasint"`
	Users        []oldSlot   `cbor:"7,keyasint"`
	Recovery     oldRecovery `cbor:"8,keyasint"`
	Certificates []Signed    `cbor:"9,keyasint"`
	Revocations  []Signed    `cbor:"10,keyasint"`
	Scopes       []oldEpoch  `cbor:"11,keyasint"`
}

type oldSlot struct {
	User    ledger.ID `cbor:"1,keyasint"`
	Login   string    `cbor:"2,keyasint"`
	Params  Params    `cbor:"3,keyasint"`
	Salt    []byte    `cbor:"4,keyasint"`
	Wrapped []byte    `cbor:"5,keyasint"` // identity 64 | database key 32, sealed
}

type oldRecovery struct {
	Certificate ledger.ID `cbor:"1,keyasint"`
	Wrapped     []byte    `cbor:"2,keyasint"` // database key 32, sealed
}

type oldEpoch struct {
	Scope      ledger.ID      `cbor:"1,keyasint"`
	Epoch      uint32         `cbor:"2,keyasint"`
	Recipients []oldRecipient `cbor:"3,keyasint"`
}

type oldRecipient struct {
	Kind   CertKind  `cbor:"1,keyasint"`
	ID     ledger.ID `cbor:"2,keyasint"`
	Sealed []byte    `cbor:"3,keyasint"`
}

// oldPhrase is the phrase's slot of version 1.
type oldPhrase struct{ wrapped []byte }

// parseOldBody reads version 1 into the present shape. Its parts are not signed
// yet: convert does that as soon as there are keys.
func parseOldBody(data []byte) (*body, error) {
	o, err := unmarshal[oldBody](data)
	if err != nil {
		return nil, err
	}
	b := &body{
		Organisation: o.Organisation, Device: o.Device, DeviceName: o.DeviceName, DatabaseSalt: o.DatabaseSalt,
		DeviceKeys: o.DeviceKeys, Root: o.Root, Certificates: o.Certificates, Revocations: o.Revocations,
		old: &oldPhrase{o.Recovery.Wrapped},
	}
	switch {
	case b.Organisation.IsZero(), b.Device.IsZero(), b.Root.IsZero(),
		len(b.DatabaseSalt) != 0 && len(b.DatabaseSalt) != saltSize,
		len(b.DeviceName) > maxName || !utf8.ValidString(b.DeviceName),
		len(b.DeviceKeys) != identitySize+Overhead,
		len(o.Recovery.Wrapped) != KeySize+Overhead,
		len(o.Users) == 0:
		return nil, errBody
	}
	seen := map[ledger.ID]bool{}
	for i, u := range o.Users {
		login, err := cleanLogin(u.Login)
		if err != nil || login != u.Login || seen[u.User] || u.User.IsZero() ||
			!u.Params.valid() || len(u.Salt) != saltSize || len(u.Wrapped) != wrappedOld {
			return nil, fmt.Errorf("user slot %d: %w", i, errBody)
		}
		seen[u.User] = true
		b.Users = append(b.Users, userSlot{User: u.User, Login: u.Login, Params: u.Params, Salt: u.Salt, Wrapped: u.Wrapped})
	}
	for i, e := range o.Scopes {
		if e.Scope.IsZero() || e.Epoch == 0 {
			return nil, fmt.Errorf("scope %d: %w", i, errBody)
		}
		epoch := scopeEpoch{Scope: e.Scope, Epoch: e.Epoch}
		for _, r := range e.Recipients {
			if r.Kind < CertUser || r.Kind > CertRecovery || r.ID.IsZero() || len(r.Sealed) != sealedToSize {
				return nil, fmt.Errorf("scope %d: %w", i, errBody)
			}
			epoch.Recipients = append(epoch.Recipients, recipient{Kind: r.Kind, ID: r.ID, Sealed: r.Sealed})
		}
		b.Scopes = append(b.Scopes, epoch)
	}
	return b, nil
}

// convert signs as this device what version 1 did not sign, and seals the database
// key to every user and to the phrase.
func (b *body) convert(certs CertSet, db *[KeySize]byte, by signer) error {
	for i := range b.Users {
		u := &b.Users[i]
		if found := certs.Of(CertUser, u.User); len(found) > 0 {
			u.Certificate = found[0].ID
		}
		u.sign(b.Organisation, by)
	}
	for i := range b.Scopes {
		e := &b.Scopes[i]
		for j := range e.Recipients {
			e.sign(b.Organisation, &e.Recipients[j], by)
		}
	}
	b.old = nil
	return b.fitOpeners(certs, b.endings(certs), db, by)
}

// sortCertificates brings certificates to the order of issue, the same everywhere:
// what is later issued for the same user or device counts.
func (b *body) sortCertificates() {
	type dated struct {
		at     int64
		id     ledger.ID
		signed Signed
	}
	all := make([]dated, 0, len(b.Certificates))
	for _, s := range b.Certificates {
		c, _ := ParseCertificate(s)
		all = append(all, dated{c.IssuedAt, c.ID, s})
	}
	slices.SortStableFunc(all, func(x, y dated) int {
		if (x.id == b.Root) != (y.id == b.Root) {
			if x.id == b.Root {
				return -1
			}
			return 1
		}
		if c := cmp.Compare(x.at, y.at); c != 0 {
			return c
		}
		return bytes.Compare(x.id[:], y.id[:])
	})
	for i := range all {
		b.Certificates[i] = all[i].signed
	}
}
