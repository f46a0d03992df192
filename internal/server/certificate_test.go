package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

func prints(t *testing.T, c Certificate) [][]byte {
	t.Helper()
	p, err := c.Fingerprints()
	if err != nil || len(p) == 0 {
		t.Fatal(p, err)
	}
	return p
}

func TestOwnCertificate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "own.pem")
	now := time.Now()
	all := make([][]byte, 8)
	var g sync.WaitGroup
	for i := range all { // all that start at once get the same
		g.Go(func() {
			c, err := OwnCertificate(path, now)
			if err != nil {
				t.Error(err)
				return
			}
			p, _ := c.Fingerprints()
			all[i] = p[0]
		})
	}
	g.Wait()
	for _, p := range all {
		if !bytes.Equal(p, all[0]) {
			t.Error("two certificates were made")
		}
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	if _, ok := leaf.PublicKey.(*ecdsa.PublicKey); !ok || leaf.NotAfter.Before(now.AddDate(10, 0, -1)) || !bytes.Equal(sum[:], all[0]) {
		t.Error(leaf.NotAfter)
	}
	if rest, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".licensord-*")); len(rest) != 0 || err != nil {
		t.Error("left behind:", rest)
	}
	if err := os.WriteFile(path, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OwnCertificate(path, now); err == nil {
		t.Error("a damaged file was replaced: every workstation would lose its trust")
	}
}

// split writes a certificate and its key to files.
func split(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	own := filepath.Join(t.TempDir(), "own.pem")
	if _, err := OwnCertificate(own, time.Now()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(b)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := os.WriteFile(key, rest, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cert, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// A renewed certificate is taken up; one that does not fit its key is not.
func TestFileCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Now()
	cert, key := split(t, dir)
	c, err := FileCertificate(cert, key, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	first := prints(t, c)
	show := func() *tls.Certificate {
		shown, err := c.TLS().GetCertificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return shown
	}
	split(t, dir)
	if err := os.Chtimes(cert, now.Add(time.Hour), now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	show()
	if got := prints(t, c); !bytes.Equal(got[0], first[0]) {
		t.Error("looked at sooner than needed")
	}
	now = now.Add(recheck)
	second := prints(t, c)
	if len(second) != 2 || bytes.Equal(second[0], first[0]) || !bytes.Equal(second[1], first[0]) {
		t.Fatal("the renewed one is not taken up, or the former forgotten")
	}
	if sum, err := fingerprint(show()); err != nil || !bytes.Equal(sum, second[0]) {
		t.Fatal("another is shown than said", err)
	}
	if err := os.WriteFile(cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(recheck)
	if got := prints(t, c); !bytes.Equal(got[0], second[0]) {
		t.Error("a broken file is shown")
	}
	if _, err := FileCertificate(cert, key, time.Now); err == nil {
		t.Error("a broken file is taken")
	}
}

// What ACME has fetched is shown to every client with one key, and nothing to those
// who ask for another name.
func TestACMECertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := ACMECertificate("sync.example.org", dir)
	leaf := cached(t, dir, "sync.example.org")
	if got := prints(t, c); !bytes.Equal(got[0], leaf) {
		t.Fatal("another fingerprint")
	}
	if c.TLS().MinVersion != tls.VersionTLS13 {
		t.Error("older TLS")
	}
	// A client of TLS 1.3 alone names no suites of older versions.
	hello := &tls.ClientHelloInfo{ServerName: "sync.example.org", CipherSuites: []uint16{tls.TLS_AES_128_GCM_SHA256}, SupportedVersions: []uint16{tls.VersionTLS13}}
	shown, err := c.TLS().GetCertificate(hello)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := fingerprint(shown); err != nil || !bytes.Equal(got, leaf) {
		t.Fatal("another certificate is shown", err)
	}
	if _, err := c.TLS().GetCertificate(&tls.ClientHelloInfo{ServerName: "other.example.org"}); err == nil {
		t.Error("another name is served")
	}
}
