package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"feldsher/internal/ledger"
)

// CertKind says whose keys a certificate names.
type CertKind uint8

// The kinds of certificates.
const (
	CertUser     CertKind = 1
	CertDevice   CertKind = 2
	CertRecovery CertKind = 3 // the paper phrase
)

const (
	certVersion = 1
	certLabel   = "feldsher certificate 1\x00"
	// maxName bounds names and logins, in bytes.
	maxName = 512
)

// Certificate says that the organisation's administrators vouch for the public
// keys of a user, a device or the recovery phrase. It holds no patient data.
type Certificate struct {
	Version      uint8     `cbor:"1,keyasint"`
	ID           ledger.ID `cbor:"2,keyasint"` // of the certificate
	Kind         CertKind  `cbor:"3,keyasint"`
	Organisation ledger.ID `cbor:"4,keyasint"`
	Subject      ledger.ID `cbor:"5,keyasint"`  // the user's or device's id
	Name         string    `cbor:"6,keyasint"`  // login or device name
	SignKey      []byte    `cbor:"7,keyasint"`  // Ed25519, 32 bytes
	ReceiveKey   []byte    `cbor:"8,keyasint"`  // X25519, 32 bytes
	Issues       bool      `cbor:"9,keyasint"`  // may sign certificates and revocations
	IssuedAt     int64     `cbor:"10,keyasint"` // seconds since 1970, UTC
	Issuer       ledger.ID `cbor:"11,keyasint"` // the issuer's certificate; its own ID for the root
}

// Signed is a record in canonical CBOR and the Ed25519 signature over its label
// and bytes. It is kept and passed on as it came.
type Signed struct {
	Body      []byte `cbor:"1,keyasint"`
	Signature []byte `cbor:"2,keyasint"`
}

func sign(key ed25519.PrivateKey, label string, record any) Signed {
	body := marshal(record)
	return Signed{Body: body, Signature: ed25519.Sign(key, append([]byte(label), body...))}
}

// signedBy checks the signature; a key of a wrong length signs nothing.
func (s Signed) signedBy(public []byte, label string) bool {
	return len(public) == ed25519.PublicKeySize &&
		ed25519.Verify(public, append([]byte(label), s.Body...), s.Signature)
}

// ParseCertificate reads a certificate without checking who signed it.
func ParseCertificate(s Signed) (Certificate, error) {
	c, err := unmarshal[Certificate](s.Body)
	switch {
	case err != nil:
		return c, fmt.Errorf("certificate: %w", err)
	case c.Version != certVersion:
		return c, fmt.Errorf("certificate: version %d", c.Version)
	case c.Kind < CertUser || c.Kind > CertRecovery:
		return c, fmt.Errorf("certificate: kind %d", c.Kind)
	case c.ID.IsZero() || c.Organisation.IsZero() || c.Subject.IsZero() || c.Issuer.IsZero():
		return c, errors.New("certificate: an id is missing")
	case len(c.SignKey) != ed25519.PublicKeySize || len(c.ReceiveKey) != KeySize:
		return c, errors.New("certificate: a public key has a wrong length")
	case len(c.Name) > maxName || !utf8.ValidString(c.Name):
		return c, errors.New("certificate: name")
	case c.Kind == CertDevice && c.Issues:
		return c, errors.New("certificate: a device can't issue")
	}
	return c, nil
}

// mayIssue reports whether a certificate may sign another. Besides those who issue
// it is a device that certifies its own next identity: the directory was copied or
// restored. The new id is drawn from the new key, so it can't be another device's.
func (c *Certificate) mayIssue(next *Certificate) bool {
	return c.Issues || c.Kind == CertDevice && next.Kind == CertDevice && next.Subject == successorID(next.SignKey)
}

// successorID is the id of a device that another device has certified: a UUID of
// version 8 (RFC 9562) out of the SHA-256 of its signing key.
func successorID(signKey []byte) ledger.ID {
	return hashedID("feldsher successor 1\x00", signKey)
}

// hashedID makes an id out of bytes.
func hashedID(label string, parts ...[]byte) ledger.ID {
	h := sha256.New()
	h.Write([]byte(label))
	for _, p := range parts {
		h.Write(p)
	}
	id := ledger.ID(h.Sum(nil)[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

// CertSet holds the certificates whose chain leads to the organisation's root.
type CertSet struct {
	byID map[ledger.ID]Certificate
	ids  []ledger.ID // in the order given, which is the order of issue
}

// VerifyCertificates takes the certificates that a chain of valid signatures
// connects to root, the id of the self-signed certificate made at Init, and
// lists what is wrong with each of the others. A changed root fails them all.
func VerifyCertificates(organisation, root ledger.ID, all []Signed) (CertSet, []error) {
	var bad []error
	parsed := make([]*Certificate, len(all))
	issued := make(map[ledger.ID][]int, len(all)) // by the issuer's certificate
	for i, s := range all {
		c, err := ParseCertificate(s)
		switch {
		case err != nil:
			bad = append(bad, fmt.Errorf("certificate %d: %w", i, err))
		case c.Organisation != organisation:
			bad = append(bad, fmt.Errorf("certificate %v: of another organisation", c.ID))
		default:
			parsed[i] = &c
			issued[c.Issuer] = append(issued[c.Issuer], i)
		}
	}
	set := CertSet{byID: make(map[ledger.ID]Certificate, len(all))}
	accepted := make([]bool, len(all))
	var trusted []*Certificate // verified, and what they issued not yet looked at
	accept := func(i int, issuer *Certificate) {
		if _, twice := set.byID[parsed[i].ID]; !twice && all[i].signedBy(issuer.SignKey, certLabel) {
			set.byID[parsed[i].ID], accepted[i] = *parsed[i], true
			trusted = append(trusted, parsed[i])
		}
	}
	for _, i := range issued[root] {
		if c := parsed[i]; c.ID == root && c.Kind == CertUser && c.Issues {
			accept(i, c)
		}
	}
	for len(trusted) > 0 {
		issuer := trusted[0]
		trusted = trusted[1:]
		for _, i := range issued[issuer.ID] {
			if issuer.mayIssue(parsed[i]) && parsed[i].ID != root {
				accept(i, issuer)
			}
		}
	}
	for i, c := range parsed {
		switch {
		case c == nil:
		case accepted[i]:
			set.ids = append(set.ids, c.ID)
		default:
			bad = append(bad, fmt.Errorf("certificate %v: no valid chain to the root, or stands twice", c.ID))
		}
	}
	return set, bad
}

// Get gives a verified certificate by its own id.
func (s CertSet) Get(id ledger.ID) (Certificate, bool) {
	c, ok := s.byID[id]
	return c, ok
}

// signed reports whether these bytes are a verified certificate's.
func (s CertSet) signed(signed Signed, c Certificate) bool {
	verified, ok := s.byID[c.ID]
	issuer, known := s.byID[c.Issuer]
	return ok && known && bytes.Equal(marshal(verified), signed.Body) && signed.signedBy(issuer.SignKey, certLabel)
}

// Of lists the verified certificates of a user, device or phrase, the latest
// issued first.
func (s CertSet) Of(kind CertKind, subject ledger.ID) []Certificate {
	var found []Certificate
	for i := len(s.ids) - 1; i >= 0; i-- {
		if c := s.byID[s.ids[i]]; c.Kind == kind && c.Subject == subject {
			found = append(found, c)
		}
	}
	return found
}

// All lists the verified certificates in the order of issue.
func (s CertSet) All() []Certificate {
	all := make([]Certificate, 0, len(s.ids))
	for _, id := range s.ids {
		all = append(all, s.byID[id])
	}
	return all
}

func now() int64 { return time.Now().UTC().Unix() }
