package vault

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"unicode/utf8"

	"feldsher/internal/ledger"
)

const (
	revocationVersion = 1
	revocationLabel   = "feldsher revocation 1\x00"
)

// Revocation ends the trust in a certificate. For a device it names the last
// entry of its chain that is still accepted; later ones are quarantined.
type Revocation struct {
	Version      uint8     `cbor:"1,keyasint"`
	Organisation ledger.ID `cbor:"2,keyasint"`
	Certificate  ledger.ID `cbor:"3,keyasint"` // whose trust ends
	LastSeq      uint64    `cbor:"4,keyasint"` // last accepted entry; 0 means none
	LastHash     []byte    `cbor:"5,keyasint"` // its hash, 32 bytes; empty when LastSeq is 0
	Reason       string    `cbor:"6,keyasint"` // a code such as "lost", "left"; no names
	RevokedAt    int64     `cbor:"7,keyasint"` // seconds since 1970, UTC
	Issuer       ledger.ID `cbor:"8,keyasint"` // the issuer's certificate
}

// SignRevocation signs a revocation with the issuer's key.
func SignRevocation(key ed25519.PrivateKey, r Revocation) Signed {
	r.Version = revocationVersion
	return sign(key, revocationLabel, r)
}

// VerifyRevocation reads a revocation and checks that both certificates that it
// names are verified ones and that its issuer may revoke and has signed it. The
// root can't be revoked: everything hangs on it.
func VerifyRevocation(s Signed, set CertSet) (Revocation, error) {
	r, err := unmarshal[Revocation](s.Body)
	if err != nil {
		return r, fmt.Errorf("revocation: %w", err)
	}
	revoked, known := set.Get(r.Certificate)
	issuer, trusted := set.Get(r.Issuer)
	switch {
	case r.Version != revocationVersion:
		return r, fmt.Errorf("revocation: version %d", r.Version)
	case !known || revoked.Organisation != r.Organisation:
		return r, errors.New("revocation: of an unknown certificate")
	case revoked.Issuer == revoked.ID:
		return r, errors.New("revocation: of the root")
	case !trusted || !issuer.Issues:
		return r, errors.New("revocation: its issuer may not revoke")
	case r.LastSeq == 0 && len(r.LastHash) != 0, r.LastSeq != 0 && len(r.LastHash) != 32:
		return r, errors.New("revocation: last entry")
	case len(r.Reason) > maxName || !utf8.ValidString(r.Reason):
		return r, errors.New("revocation: reason")
	case !s.signedBy(issuer.SignKey, revocationLabel):
		return r, errors.New("revocation: wrong signature")
	}
	return r, nil
}
