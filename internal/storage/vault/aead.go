package vault

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	// KeySize is the length of every symmetric key here, in bytes.
	KeySize = 32
	// Overhead is how many bytes Seal adds: nonce 24, tag 16.
	Overhead = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead

	nonceSize = chacha20poly1305.NonceSizeX
)

// errSealed is the one answer to everything that fails authentication: wrong
// key, wrong context, changed or cut bytes.
var errSealed = errors.New("sealed bytes fail authentication")

// Seal encrypts and authenticates plaintext with XChaCha20-Poly1305 under key,
// bound to aad (which is not part of the result), with a random nonce:
// nonce 24 | ciphertext | tag 16. One key can seal any practical number of
// messages, since 192-bit random nonces do not collide.
func Seal(key *[KeySize]byte, aad, plaintext []byte) []byte {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err) // only a key of another length than 32 fails
	}
	out := make([]byte, nonceSize, nonceSize+len(plaintext)+chacha20poly1305.Overhead)
	randomBytes(out)
	return aead.Seal(out, out, plaintext, aad)
}

// OpenSealed gives back what Seal sealed with the same key and aad. The error
// does not say what differs.
func OpenSealed(key *[KeySize]byte, aad, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead {
		return nil, errSealed
	}
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err)
	}
	plain, err := aead.Open(nil, sealed[:nonceSize], sealed[nonceSize:], aad)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// randomBytes fills b from the system's generator; crypto/rand ends the program
// rather than give predictable bytes.
func randomBytes(b []byte) {
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
}

// derive gives the subkey of secret for one purpose: HKDF-SHA256 (RFC 5869)
// with the label "feldsher vault 1 " + purpose.
func derive(secret, salt []byte, purpose string) (key [KeySize]byte) {
	b, err := hkdf.Key(sha256.New, secret, salt, "feldsher vault 1 "+purpose, KeySize)
	if err != nil {
		panic(fmt.Errorf("hkdf: %w", err)) // only an absurd length fails
	}
	copy(key[:], b)
	clear(b)
	return key
}

// context joins a label and fixed-size parts to the associated data of a seal.
// Variable parts come last and alone, so that no two contexts read the same.
func context(label string, parts ...[]byte) []byte {
	b := append([]byte("feldsher vault 1 "+label), 0)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}
