package vault

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"feldsher/internal/fault"
)

// Params are the cost of a guess at a password: Argon2id (RFC 9106).
type Params struct {
	Time    uint32 `cbor:"1,keyasint"` // passes
	Memory  uint32 `cbor:"2,keyasint"` // KiB
	Threads uint8  `cbor:"3,keyasint"`
}

// defaultParams take 64 MiB and 0.05 s on a new machine, several times as long
// on an old one.
var defaultParams = Params{Time: 3, Memory: 64 << 10, Threads: 2}

// valid refuses what a file written by an attacker could ask for: hours or
// gigabytes, or nothing at all.
func (p Params) valid() bool {
	return p.Time >= 1 && p.Time <= 16 && p.Threads >= 1 && p.Threads <= 16 &&
		p.Memory >= 8*uint32(p.Threads) && p.Memory <= 1<<20
}

const (
	minPassword = 8    // characters
	maxPassword = 1024 // bytes
	saltSize    = 16
)

// checkPassword refuses what can't become a new password.
func checkPassword(password string) error {
	switch {
	case !utf8.ValidString(password):
		return fault.At("password", "vault.password.text")
	case utf8.RuneCountInString(norm.NFC.String(password)) < minPassword:
		return fault.At("password", "vault.password.short", "min", minPassword)
	case len(password) > maxPassword:
		return fault.At("password", "vault.password.long", "max", maxPassword)
	}
	return nil
}

// passwordKey derives the key that a password gives. Keyboards differ in how
// they compose й and ё, so the text is brought to NFC first. A text that can
// never be a password still costs the full time.
func passwordKey(password string, p Params, salt []byte) (key [KeySize]byte) {
	if len(password) > maxPassword {
		password = password[:maxPassword]
	}
	text := []byte(norm.NFC.String(password))
	b := argon2.IDKey(text, salt, p.Time, p.Memory, p.Threads, KeySize)
	copy(key[:], b)
	clear(b)
	clear(text)
	return key
}

// cleanLogin gives the login as it is shown, foldLogin as it is compared.
func cleanLogin(login string) (string, error) {
	clean := norm.NFC.String(strings.TrimSpace(login))
	if clean == "" || len(clean) > maxName || !utf8.ValidString(login) ||
		strings.ContainsFunc(clean, unicode.IsControl) {
		return "", fault.At("login", "vault.login.bad")
	}
	return clean, nil
}

func foldLogin(login string) string {
	folded := cases.Fold().String(norm.NFC.String(strings.TrimSpace(login)))
	return norm.NFC.String(folded)
}
