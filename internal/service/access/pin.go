package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

// pinPref is the preference that keeps the hash of a user's PIN: in the encrypted
// database, which is open only after a password.
const pinPref = "pin"

// The cost of one try at a PIN. There are few PINs, so no cost would protect the
// hash; the database does, and the number of tries.
const (
	pinTime    = 1
	pinMemory  = 8 << 10 // KiB
	pinThreads = 1
	pinSalt    = 16
	pinKey     = 32
)

// ValidPIN reports whether the text is four to eight digits.
func ValidPIN(pin string) bool {
	if len(pin) < 4 || len(pin) > 8 {
		return false
	}
	return strings.Trim(pin, "0123456789") == ""
}

// hashPIN gives what is kept: "argon2id$salt$key" in unpadded base64.
func hashPIN(pin string) string {
	salt := make([]byte, pinSalt)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(pin), salt, pinTime, pinMemory, pinThreads, pinKey)
	e := base64.RawStdEncoding
	return "argon2id$" + e.EncodeToString(salt) + "$" + e.EncodeToString(key)
}

// samePIN holds a PIN against what is kept; false also where that can't be read.
func samePIN(kept, pin string) bool {
	salt, key, err := parsePIN(kept)
	if err != nil {
		return false
	}
	got := argon2.IDKey([]byte(pin), salt, pinTime, pinMemory, pinThreads, pinKey)
	return subtle.ConstantTimeCompare(got, key) == 1
}

func parsePIN(kept string) (salt, key []byte, err error) {
	parts := strings.Split(kept, "$")
	if len(parts) != 3 || parts[0] != "argon2id" {
		return nil, nil, errors.New("pin: unknown form")
	}
	e := base64.RawStdEncoding.Strict()
	if salt, err = e.DecodeString(parts[1]); err != nil {
		return nil, nil, fmt.Errorf("pin: %w", err)
	}
	if key, err = e.DecodeString(parts[2]); err != nil {
		return nil, nil, fmt.Errorf("pin: %w", err)
	}
	if len(salt) != pinSalt || len(key) != pinKey {
		return nil, nil, errors.New("pin: wrong length")
	}
	return salt, key, nil
}

// SetPIN keeps a PIN for the logged-in user: four to eight digits, which open the
// hidden screen for whoever entered with a password that day. An empty one takes
// it away. Whether it is easy to guess, check.PIN says. Faults: Invalid.
func (s *Seats) SetPIN(ctx context.Context, who *User, pin string) error {
	kept := ""
	if pin != "" {
		if !ValidPIN(pin) {
			return fault.At("pin", "access.pin.shape")
		}
		kept = hashPIN(pin)
	}
	return NewPrefs(s.store, who).Set(ctx, pinPref, kept)
}

func (s *Seats) keptPIN(ctx context.Context, id clinic.ID) (string, error) {
	return (&Prefs{s.store, id}).Get(ctx, pinPref)
}
