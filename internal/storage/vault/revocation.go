package vault

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
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
	// Kept are certificates that the revoked device issued to its successors and that
	// stay good. All others that it issued, known or not, end with it.
	Kept []ledger.ID `cbor:"9,keyasint,omitempty"`
}

// endings say which certificates count no more.
type endings struct {
	of      map[ledger.ID]ending
	covered map[ledger.ID]bool // successors that end with the device that certified them
}

type ending struct {
	seq  uint64 // last entry that counts; the highest that any administrator named
	at   int64
	kept []ledger.ID
}

func (e endings) has(cert ledger.ID) bool {
	_, ok := e.of[cert]
	return ok || e.covered[cert]
}

// endings reads the revocations. Two administrators may have ended the same device
// without knowing of each other: what either has accepted counts.
func (b *body) endings(certs CertSet) endings {
	e := endings{of: map[ledger.ID]ending{}, covered: map[ledger.ID]bool{}}
	for _, signed := range b.Revocations {
		r, err := VerifyRevocation(signed, certs)
		if err != nil {
			continue
		}
		was, twice := e.of[r.Certificate]
		now := ending{seq: max(r.LastSeq, was.seq), at: r.RevokedAt, kept: append(was.kept, r.Kept...)}
		if twice {
			now.at = min(now.at, was.at)
		}
		e.of[r.Certificate] = now
	}
	if len(e.of) == 0 {
		return e
	}
	for _, c := range certs.All() {
		if c.Kind == CertDevice {
			e.cover(c, certs, 0)
		}
	}
	return e
}

// cover finds out whether a device's certificate ended with its issuer's.
func (e endings) cover(c Certificate, certs CertSet, depth int) bool {
	if done, ok := e.covered[c.ID]; ok {
		return done
	}
	issuer, ok := certs.Get(c.Issuer)
	if !ok || issuer.Kind != CertDevice || depth > maxSuccessors {
		return depth > maxSuccessors
	}
	over, revoked := e.of[issuer.ID]
	ends := revoked && !slices.Contains(over.kept, c.ID) || !revoked && e.cover(issuer, certs, depth+1)
	if ends {
		e.covered[c.ID] = true
	}
	return ends
}

// accepts reports whether the numbered entry of a device counts.
func (e endings) accepts(certs CertSet, device ledger.ID, seq uint64) bool {
	for _, c := range certs.Of(CertDevice, device) {
		if over, ok := e.of[c.ID]; ok {
			if seq > over.seq {
				return false
			}
		} else if e.covered[c.ID] {
			return false
		}
	}
	return true
}

// maxSuccessors bounds the chain of identities that one directory may have.
const maxSuccessors = 1024

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
	case len(r.Kept) > 0 && revoked.Kind != CertDevice:
		return r, errors.New("revocation: keeps what it can't")
	case len(r.Reason) > maxName || !utf8.ValidString(r.Reason):
		return r, errors.New("revocation: reason")
	case !s.signedBy(issuer.SignKey, revocationLabel):
		return r, errors.New("revocation: wrong signature")
	}
	return r, nil
}
