package vault

import (
	"testing"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// Whoever can write the files can't have them opened with a database key of their
// own: not by an opener, not by a device, not by a root of their own.
func TestForgedDatabaseKey(t *testing.T) {
	dir, phrase, s := newVault(t)
	_, _, stranger := newVault(t)
	mine := [KeySize]byte{6, 6, 6}
	forge := func(name string, change func(b *body) signer) {
		t.Helper()
		b := s.body.clone()
		by := change(b)
		keys := stranger.device.bytes()
		b.DeviceKeys = Seal(&mine, b.deviceContext(), keys)
		certs := b.Openers
		b.Openers = nil
		for _, o := range certs {
			c, ok := s.certs.Get(o.Certificate)
			if !ok {
				t.Fatal("an opener without certificate")
			}
			o.Certificate = c.ID
			var err error
			o.Sealed, err = sealTo(c.ReceiveKey, b.openerInfo(&o), mine[:])
			must(t, err)
			o.Signature = by.sign(openerLabel, b.openerText(&o))
			b.Openers = append(b.Openers, o)
		}
		raw := encodeSlots(99, b, &mine)
		forged := t.TempDir()
		for file, content := range readFiles(t, dir) {
			writeFile(t, forged, file, content)
		}
		writeFile(t, forged, "slots.a", raw)
		writeFile(t, forged, "slots.b", raw)
		_, err := Open(forged, testLogin, testPassword)
		wantFault(t, err, fault.Password, "vault.password.wrong")
		if name == "another root" {
			return // the phrase is bound to no root: docs/formats/keys.md says so
		}
		_, err = Recover(forged, phrase, RecoverParams{Login: testLogin, Password: "12345678", Params: cheap})
		wantFault(t, err, fault.Password, "vault.phrase.wrong")
	}
	forge("another signature", func(*body) signer { return stranger.deviceSigner() })
	forge("another device", func(b *body) signer {
		_, signed := stranger.certifyBy(Certificate{
			Kind: CertDevice, Subject: ledger.NewID(), SignKey: stranger.device.publicSign(), ReceiveKey: make([]byte, KeySize),
		}, stranger.userSigner())
		c, err := ParseCertificate(signed)
		must(t, err)
		b.Device, b.Certificates = c.Subject, append(b.Certificates, signed)
		return stranger.deviceSigner()
	})
	forge("another root", func(b *body) signer {
		root := Certificate{
			Version: certVersion, ID: b.Root, Kind: CertUser, Organisation: b.Organisation, Subject: s.User(), Name: testLogin,
			SignKey: stranger.user.publicSign(), ReceiveKey: make([]byte, KeySize), Issues: true, IssuedAt: now(), Issuer: b.Root,
		}
		by := signer{b.Root, stranger.user.signer()}
		certs := []Signed{sign(by.key, certLabel, root)}
		for _, c := range s.certs.All()[1:] {
			if c.Kind == CertDevice {
				c.SignKey = stranger.device.publicSign()
			}
			c.Issuer = b.Root
			certs = append(certs, sign(by.key, certLabel, c))
		}
		b.Certificates = certs
		return stranger.deviceSigner()
	})
}
