package vault

import (
	"bytes"
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// authority makes certificates for tests.
type authority struct {
	org   ledger.ID
	certs []Certificate
	keys  []ed25519.PrivateKey
	all   []Signed
}

func newAuthority() *authority {
	a := &authority{org: ledger.NewID()}
	root := ledger.NewID()
	a.issue(func(c *Certificate) { c.ID, c.Issuer, c.Issues = root, root, true }, -1)
	return a
}

// issue signs a certificate with the key of the numbered one; -1 is its own.
func (a *authority) issue(change func(*Certificate), issuer int) Signed {
	seed := make([]byte, ed25519.SeedSize)
	randomBytes(seed)
	key := ed25519.NewKeyFromSeed(seed)
	c := Certificate{
		Version: certVersion, ID: ledger.NewID(), Kind: CertUser, Organisation: a.org, Subject: ledger.NewID(),
		SignKey: key.Public().(ed25519.PublicKey), ReceiveKey: make([]byte, KeySize), IssuedAt: 1,
	}
	by := key
	if issuer >= 0 {
		c.Issuer, by = a.certs[issuer].ID, a.keys[issuer]
	}
	if change != nil {
		change(&c)
	}
	s := sign(by, certLabel, c)
	a.certs, a.keys, a.all = append(a.certs, c), append(a.keys, key), append(a.all, s)
	return s
}

func (a *authority) verify() (CertSet, []error) {
	return VerifyCertificates(a.org, a.certs[0].ID, a.all)
}

func TestCertificateChain(t *testing.T) {
	a := newAuthority()
	may := func(c *Certificate) { c.Issues = true }
	a.issue(may, 0)
	a.issue(may, 1)
	a.issue(nil, 2)
	a.issue(func(c *Certificate) { c.Kind = CertDevice }, 2)
	set, bad := a.verify()
	if len(bad) != 0 || len(set.All()) != 5 {
		t.Fatal(bad)
	}
	slices.Reverse(a.all) // order does not matter
	if _, bad := VerifyCertificates(a.org, a.certs[0].ID, a.all); len(bad) != 0 {
		t.Fatal(bad)
	}
}

func TestCertificateChainRefuses(t *testing.T) {
	may := func(c *Certificate) { c.Issues = true }
	for name, forge := range map[string]func(a *authority){
		"by one who may not issue": func(a *authority) { a.issue(nil, 0); a.issue(nil, 1) },
		"another's key":            func(a *authority) { a.issue(may, 0); a.issue(func(c *Certificate) { c.Issuer = a.certs[0].ID }, 1) },
		"a second root":            func(a *authority) { a.issue(func(c *Certificate) { c.Issuer, c.Issues = c.ID, true }, -1) },
		"another organisation":     func(a *authority) { a.issue(func(c *Certificate) { c.Organisation = ledger.NewID() }, 0) },
		"issuer unknown":           func(a *authority) { a.issue(func(c *Certificate) { c.Issuer = ledger.NewID() }, 0) },
		"issuing device":           func(a *authority) { a.issue(func(c *Certificate) { c.Kind, c.Issues = CertDevice, true }, 0) },
		"unknown kind":             func(a *authority) { a.issue(func(c *Certificate) { c.Kind = 9 }, 0) },
		"newer version":            func(a *authority) { a.issue(func(c *Certificate) { c.Version = 2 }, 0) },
		"short key":                func(a *authority) { a.issue(func(c *Certificate) { c.SignKey = c.SignKey[:31] }, 0) },
		"no subject":               func(a *authority) { a.issue(func(c *Certificate) { c.Subject = ledger.ID{} }, 0) },
		"long name":                func(a *authority) { a.issue(func(c *Certificate) { c.Name = strings.Repeat("a", 513) }, 0) },
		"the same id twice":        func(a *authority) { a.issue(func(c *Certificate) { c.ID = a.certs[0].ID }, 0) },
		"a circle": func(a *authority) {
			x, y := ledger.NewID(), ledger.NewID()
			a.issue(func(c *Certificate) { c.ID, c.Issuer, c.Issues = x, y, true }, -1)
			a.issue(func(c *Certificate) { c.ID, c.Issuer, c.Issues = y, x, true }, 1)
		},
		"a signature with another label": func(a *authority) {
			a.issue(nil, 0)
			a.all[1] = sign(a.keys[0], revocationLabel, a.certs[1])
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthority()
			forge(a)
			set, bad := a.verify()
			if len(bad) == 0 {
				t.Fatal("accepted")
			}
			if last := a.certs[len(a.certs)-1]; last.ID != a.certs[0].ID {
				if _, ok := set.Get(last.ID); ok {
					t.Fatal("in the set")
				}
			}
			if _, ok := set.Get(a.certs[0].ID); !ok {
				t.Fatal("the root fell with it")
			}
		})
	}
}

// One changed byte anywhere spoils a certificate.
func TestCertificateFlips(t *testing.T) {
	a := newAuthority()
	a.issue(func(c *Certificate) { c.Name = "Пост 2" }, 0)
	rapid.Check(t, func(t *rapid.T) {
		s := Signed{Body: bytes.Clone(a.all[1].Body), Signature: bytes.Clone(a.all[1].Signature)}
		i := rapid.IntRange(0, len(s.Body)+len(s.Signature)-1).Draw(t, "place")
		bit := byte(1) << rapid.IntRange(0, 7).Draw(t, "bit")
		if i < len(s.Body) {
			s.Body[i] ^= bit
		} else {
			s.Signature[i-len(s.Body)] ^= bit
		}
		set, bad := VerifyCertificates(a.org, a.certs[0].ID, []Signed{a.all[0], s})
		if len(bad) == 0 || len(set.All()) != 1 {
			t.Fatal("accepted")
		}
	})
}

func TestRevocation(t *testing.T) {
	a := newAuthority()
	a.issue(func(c *Certificate) { c.Kind = CertDevice }, 0)
	a.issue(nil, 0)
	set, _ := a.verify()
	good := Revocation{
		Organisation: a.org, Certificate: a.certs[1].ID, LastSeq: 7, LastHash: make([]byte, 32),
		Reason: "lost", RevokedAt: 1, Issuer: a.certs[0].ID,
	}
	r, err := VerifyRevocation(SignRevocation(a.keys[0], good), set)
	if err != nil || r.LastSeq != 7 || r.Reason != "lost" {
		t.Fatal(r, err)
	}
	for name, forge := range map[string]func(r *Revocation) ed25519.PrivateKey{
		"signed by another":    func(r *Revocation) ed25519.PrivateKey { return a.keys[1] },
		"by one who may not":   func(r *Revocation) ed25519.PrivateKey { r.Issuer = a.certs[2].ID; return a.keys[2] },
		"of the root":          func(r *Revocation) ed25519.PrivateKey { r.Certificate = a.certs[0].ID; return a.keys[0] },
		"of an unknown one":    func(r *Revocation) ed25519.PrivateKey { r.Certificate = ledger.NewID(); return a.keys[0] },
		"another organisation": func(r *Revocation) ed25519.PrivateKey { r.Organisation = ledger.NewID(); return a.keys[0] },
		"a short hash":         func(r *Revocation) ed25519.PrivateKey { r.LastHash = r.LastHash[:31]; return a.keys[0] },
		"a hash of nothing":    func(r *Revocation) ed25519.PrivateKey { r.LastSeq = 0; return a.keys[0] },
	} {
		bad := good
		key := forge(&bad)
		if _, err := VerifyRevocation(SignRevocation(key, bad), set); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	later := SignRevocation(a.keys[0], good)
	later.Body[2] = 2 // the version
	if _, err := VerifyRevocation(later, set); err == nil {
		t.Error("a changed version")
	}
}

func TestRevoke(t *testing.T) {
	dir, _, s := newVault(t)
	device := s.Certificates().Of(CertDevice, s.Device())[0]
	must(t, s.Revoke(device.ID, 12, bytes.Repeat([]byte{5}, 32), "lost"))
	wantFault(t, s.Revoke(s.body.Root, 0, nil, ""), fault.Conflict, "vault.certificates.root")
	wantFault(t, s.Revoke(ledger.NewID(), 0, nil, ""), fault.NotFound, "vault.certificates.unknown")
	wantFault(t, s.Revoke(device.ID, 12, nil, ""), fault.Invalid, "vault.revocation.bad")
	again := mustOpen(t, dir, testLogin, testPassword)
	if r := again.Revocations(); len(r) != 1 || r[0].Certificate != device.ID || r[0].LastSeq != 12 {
		t.Fatal(r)
	}
	if _, ok := again.DeviceKey(s.Device()); !ok {
		t.Fatal("entries before the revocation can't be checked")
	}
}

func FuzzCertificate(f *testing.F) {
	a := newAuthority()
	f.Add(a.all[0].Body, a.all[0].Signature)
	f.Fuzz(func(t *testing.T, body, signature []byte) {
		s := Signed{Body: body, Signature: signature}
		if c, err := ParseCertificate(s); err == nil && !bytes.Equal(marshal(c), body) {
			t.Fatal("two encodings of one certificate")
		}
		set, bad := VerifyCertificates(a.org, a.certs[0].ID, []Signed{a.all[0], s})
		if len(bad) != 1 || len(set.All()) != 1 {
			t.Fatal("a forged certificate passed")
		}
		if _, err := VerifyRevocation(s, set); err == nil {
			t.Fatal("a forged revocation passed")
		}
	})
}
