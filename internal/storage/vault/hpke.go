package vault

import (
	"crypto/ecdh"
	"crypto/hpke"
	"fmt"
)

// Receiving keys are X25519; sealing to one is HPKE (RFC 9180) in base mode
// with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305. What is
// sealed is enc 32 | ciphertext | tag 16.

func newReceiveKey() (private [KeySize]byte, err error) {
	key, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
	if err != nil {
		return private, fmt.Errorf("receiving key: %w", err)
	}
	return rawReceiveKey(key)
}

func deriveReceiveKey(material *[KeySize]byte) (private [KeySize]byte, err error) {
	key, err := hpke.DHKEM(ecdh.X25519()).DeriveKeyPair(material[:])
	if err != nil {
		return private, fmt.Errorf("receiving key: %w", err)
	}
	return rawReceiveKey(key)
}

func rawReceiveKey(key hpke.PrivateKey) (private [KeySize]byte, err error) {
	b, err := key.Bytes()
	if err != nil {
		return private, fmt.Errorf("receiving key: %w", err)
	}
	copy(private[:], b)
	clear(b)
	return private, nil
}

func publicReceiveKey(private *[KeySize]byte) ([]byte, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private[:])
	if err != nil {
		return nil, fmt.Errorf("receiving key: %w", err)
	}
	return key.PublicKey().Bytes(), nil
}

// sealTo encrypts plaintext to a public receiving key, bound to info.
func sealTo(public, info, plaintext []byte) ([]byte, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("receiving key: %w", err)
	}
	sealed, err := hpke.Seal(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, plaintext)
	if err != nil {
		return nil, fmt.Errorf("seal to a receiving key: %w", err)
	}
	return sealed, nil
}

// openFrom decrypts what sealTo made for the owner of the private key.
func openFrom(private *[KeySize]byte, info, sealed []byte) ([]byte, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private[:])
	if err != nil {
		return nil, fmt.Errorf("receiving key: %w", err)
	}
	plain, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, sealed)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}
