package client

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"
)

// trust says by what a server's certificate is known.
type trust struct {
	pin   []byte
	roots *x509.CertPool
	any   bool // while pairing: the proof of the code covers the certificate
}

func trustOf(o Options) trust { return trust{pin: o.Pin, roots: o.Roots} }

// errPin says that the server shows another certificate than the pinned one.
var errPin = errors.New("client: the certificate is not the pinned one")

// transport keeps to HTTP/1.1: a long poll and a push then have connections of their
// own, and on a bad line one does not wait for what the other has lost.
func transport(t trust, w patience) *http.Transport {
	dialer := net.Dialer{
		Timeout:         w.connect,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 10 * time.Second, Count: 3},
	}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        t.config(),
		TLSHandshakeTimeout:    w.connect,
		ExpectContinueTimeout:  2 * time.Second,
		DisableCompression:     true, // bodies are compressed by wire
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        50 * time.Second,
		MaxResponseHeaderBytes: 32 << 10,
		WriteBufferSize:        16 << 10,
		ReadBufferSize:         32 << 10,
	}
}

func (t trust) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		RootCAs:    t.roots,
		// The pin takes the place of the ordinary check; it is checked below.
		InsecureSkipVerify: t.any || len(t.pin) > 0,
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(t.pin) > 0 && subtle.ConstantTimeCompare(fingerprint(&s), t.pin) != 1 {
				return errPin
			}
			return nil
		},
	}
}

// fingerprint is the SHA-256 of the SubjectPublicKeyInfo of a server's certificate;
// nil over plain HTTP.
func fingerprint(s *tls.ConnectionState) []byte {
	if s == nil || len(s.PeerCertificates) == 0 {
		return nil
	}
	sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
	return sum[:]
}

// vouched says whether the ordinary roots vouch for the server behind a connection
// that was made without asking them.
func vouched(s *tls.ConnectionState, host string, roots *x509.CertPool, now time.Time) bool {
	if s == nil || len(s.PeerCertificates) == 0 {
		return false
	}
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between, CurrentTime: now})
	return err == nil
}
