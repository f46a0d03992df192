package store

import (
	"crypto/ed25519"
	"errors"

	"feldsher/internal/ledger"
	"feldsher/internal/storage/vault"
)

// keys shows an unlocked vault to the journal.
type keys struct{ s *vault.Session }

func (k keys) ScopeKey(scope ledger.ID, epoch uint32) (*[32]byte, error) {
	key, err := k.s.ScopeKey(scope, epoch)
	if err != nil {
		return nil, errors.Join(ledger.ErrNoKey, err)
	}
	return key, nil
}

func (k keys) PatientKey(patient ledger.ID, class ledger.Class) (*[32]byte, error) {
	key, err := k.s.Keyring().Key(patient, vault.Class(class))
	switch {
	case errors.Is(err, vault.ErrErased):
		return nil, errors.Join(ledger.ErrErased, err)
	case errors.Is(err, vault.ErrNoKey):
		return nil, errors.Join(ledger.ErrNoKey, err)
	}
	return key, err
}

// PatientKeys implements ledger.Keys.
func (k keys) PatientKeys(patient ledger.ID, class ledger.Class) ([]*[32]byte, error) {
	held, err := k.s.Keyring().Keys(patient, vault.Class(class))
	switch {
	case errors.Is(err, vault.ErrErased):
		return nil, errors.Join(ledger.ErrErased, err)
	case errors.Is(err, vault.ErrNoKey):
		return nil, errors.Join(ledger.ErrNoKey, err)
	}
	return held, err
}

func (k keys) Ensure(patients []ledger.ID, class ledger.Class) error {
	return k.s.Keyring().Ensure(patients, vault.Class(class))
}

func (k keys) Scope() (ledger.ID, uint32) {
	scope, epoch, _, err := k.s.CurrentScope()
	if err != nil {
		return ledger.ID{}, 0 // sealing then fails with the cause
	}
	return scope, epoch
}

func (k keys) Issued() int { return k.s.Keyring().Issued() }

func (k keys) Organisation() ledger.ID { return k.s.Organisation() }
func (k keys) Device() ledger.ID       { return k.s.Device() }
func (k keys) Sign(m []byte) []byte    { return k.s.Sign(m) }

// SignerKeys gives every certified key that a user has ever signed with.
func (s *Store) SignerKeys(user ledger.ID) []ed25519.PublicKey {
	var out []ed25519.PublicKey
	for _, c := range s.session.Certificates().Of(vault.CertUser, user) {
		out = append(out, ed25519.PublicKey(c.SignKey))
	}
	return out
}

// keysOf opens what is one patient's and takes other patients' parts for erased, so
// that the history of a card does not open the hundred others of a bulk import.
type keysOf struct {
	keys
	patient ledger.ID
}

// PatientKey implements ledger.Keys.
func (k keysOf) PatientKey(patient ledger.ID, class ledger.Class) (*[32]byte, error) {
	if patient != k.patient {
		return nil, ledger.ErrErased
	}
	return k.keys.PatientKey(patient, class)
}

// PatientKeys implements ledger.Keys.
func (k keysOf) PatientKeys(patient ledger.ID, class ledger.Class) ([]*[32]byte, error) {
	if patient != k.patient {
		return nil, ledger.ErrErased
	}
	return k.keys.PatientKeys(patient, class)
}
