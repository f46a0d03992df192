package server

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"
)

// recheck is how often the files of a certificate are looked at.
const recheck = time.Minute

// FileCertificate shows a certificate from PEM files and takes up their renewal:
// it looks at them once a minute, and keeps the former when the new ones do not
// fit together.
func FileCertificate(certFile, keyFile string, now func() time.Time) (Certificate, error) {
	f := &files{certFile: certFile, keyFile: keyFile, now: now}
	if err := f.load(); err != nil {
		return nil, err
	}
	return f, nil
}

type files struct {
	certFile, keyFile string
	now               func() time.Time

	mu       sync.Mutex
	current  *shown
	former   []byte    // fingerprint of the one before
	modified time.Time // of the certificate's file
	looked   time.Time
}

func (f *files) load() error {
	info, err := os.Stat(f.certFile)
	if err != nil {
		return fmt.Errorf("server: certificate: %w", err)
	}
	c, err := tls.LoadX509KeyPair(f.certFile, f.keyFile)
	if err != nil {
		return fmt.Errorf("server: certificate: %w", err)
	}
	current, err := fixed(c)
	if err != nil {
		return err
	}
	if f.current != nil {
		f.former = f.current.print
	}
	f.current, f.modified, f.looked = current, info.ModTime(), f.now()
	return nil
}

func (f *files) get() (current *shown, former []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now().Sub(f.looked) >= recheck {
		f.looked = f.now()
		if info, err := os.Stat(f.certFile); err == nil && !info.ModTime().Equal(f.modified) {
			_ = f.load() // half written or not fitting: the former stays until the next look
		}
	}
	return f.current, f.former
}

func (f *files) Fingerprints() ([][]byte, error) {
	current, former := f.get()
	if former == nil || bytes.Equal(former, current.print) {
		return current.Fingerprints()
	}
	return [][]byte{current.print, former}, nil
}

func (f *files) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		current, _ := f.get()
		return &current.certificate, nil
	}}
}

// ACMECertificate gets and renews a certificate by ACME (RFC 8555, challenge
// tls-alpn-01: the server must be reached on port 443 of the domain). Account and
// certificates are kept in the directory; renewals keep the key, and with it the
// fingerprint.
func ACMECertificate(domain, dir string) Certificate {
	return &acme{domain, &autocert.Manager{
		Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(domain), Cache: autocert.DirCache(dir),
	}}
}

type acme struct {
	domain  string
	manager *autocert.Manager
}

func (a *acme) TLS() *tls.Config {
	c := a.manager.TLSConfig()
	c.MinVersion = tls.VersionTLS13
	c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return a.get(hello.ServerName, hello.SupportedProtos)
	}
	return c
}

// get asks for the certificate with an ECDSA key, whoever calls: the manager looks
// for cipher suites that a client of TLS 1.3 alone does not name, and would give
// it one with another key than it gives others.
func (a *acme) get(name string, protocols []string) (*tls.Certificate, error) {
	c, err := a.manager.GetCertificate(&tls.ClientHelloInfo{
		ServerName: name, SupportedProtos: protocols, SupportedCurves: []tls.CurveID{tls.CurveP256},
		SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
		CipherSuites:     []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
	})
	if err != nil {
		return nil, fmt.Errorf("server: certificate of %s: %w", a.domain, err)
	}
	return c, nil
}

func (a *acme) Fingerprints() ([][]byte, error) {
	c, err := a.get(a.domain, nil)
	if err != nil {
		return nil, err
	}
	print, err := fingerprint(c)
	return [][]byte{print}, err
}
