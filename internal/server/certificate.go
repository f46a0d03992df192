package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Certificate is what the server shows on its connections, and what a client
// pins of it.
type Certificate interface {
	// TLS gives a fresh configuration: TLS 1.3 and nothing older.
	TLS() *tls.Config
	// Fingerprints are the SHA-256 of the SubjectPublicKeyInfo of what is shown to
	// new connections, which Proof and the signatures of sessions cover, and after
	// it, while it lasts, of what older connections have been shown. They stay the
	// same when a certificate is renewed for its key.
	Fingerprints() ([][]byte, error)
}

// ownYears is how long the server's own certificate holds. Workstations pin its
// key, so nothing but the loss of the file should end it.
const ownYears = 10

// NoCertificate is for a server without TLS, behind something that ends it or on
// loopback: Proof then covers no fingerprint.
func NoCertificate() Certificate { return none{} }

type none struct{}

func (none) TLS() *tls.Config { return nil }

func (none) Fingerprints() ([][]byte, error) { return [][]byte{nil}, nil }

// OwnCertificate reads the server's own certificate and key from one PEM file,
// and makes them when there is none: ECDSA P-256, self-signed, readable by the
// owner alone. Two processes that start at once on one directory agree on one.
func OwnCertificate(path string, now time.Time) (Certificate, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = makeOwn(path, now)
	}
	if err != nil {
		return nil, fmt.Errorf("server: own certificate: %w", err)
	}
	c, err := tls.X509KeyPair(b, b)
	if err != nil {
		return nil, fmt.Errorf("server: own certificate: %w", err)
	}
	return fixed(c)
}

func makeOwn(path string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	names := pkix.Name{CommonName: "licensord"}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: names, Issuer: names,
		// A workstation's clock may be behind by a day.
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(ownYears, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	b = append(b, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	return settle(path, b)
}

// settle puts a file in its place, whole, unless another process was faster: then
// that one's bytes are given.
func settle(path string, b []byte) ([]byte, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".licensord-*") // made with mode 0600
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	switch err := os.Link(f.Name(), path); {
	case errors.Is(err, fs.ErrExist):
		return os.ReadFile(path)
	case err != nil:
		// A file system without links: the last one wins, which matters only when
		// two first starts meet.
		if err := os.Rename(f.Name(), path); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// shown is a certificate that does not change while the server runs.
type shown struct {
	certificate tls.Certificate
	print       []byte
}

func fixed(c tls.Certificate) (*shown, error) {
	print, err := fingerprint(&c)
	if err != nil {
		return nil, err
	}
	return &shown{c, print}, nil
}

func (s *shown) Fingerprints() ([][]byte, error) { return [][]byte{s.print}, nil }

func (s *shown) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{s.certificate}}
}

func fingerprint(c *tls.Certificate) ([]byte, error) {
	leaf := c.Leaf
	if leaf == nil {
		if len(c.Certificate) == 0 {
			return nil, errors.New("server: no certificate")
		}
		var err error
		if leaf, err = x509.ParseCertificate(c.Certificate[0]); err != nil {
			return nil, fmt.Errorf("server: certificate: %w", err)
		}
	}
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	return sum[:], nil
}
