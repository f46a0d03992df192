package ledger

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrSealed says that sealed bytes do not open under the key: altered, or sealed
// for another place.
var ErrSealed = errors.New("ledger: sealed bytes do not open")

const (
	boxDomain  = "feldsher/ledger/box/1\x00"
	partDomain = "feldsher/ledger/part/1\x00"
)

// SealBox seals a payload for a scope and header. Each part's rows are
// compressed and sealed under the patient's key of the class, then the whole is
// padded and sealed under the scope's key; the header is authenticated with
// both, so a box or a part opens in its own entry only.
func SealBox(h Header, scope ID, epoch uint32, p *Payload, keys Keys) (Box, error) {
	if err := p.check(h.Chain); err != nil {
		return Box{}, err
	}
	w := payloadWire{Actor: p.Actor, Intent: p.Intent, Reason: p.Reason, Accesses: p.Accesses}
	var err error
	if len(p.Rows) > 0 {
		if w.Rows, err = packRows(p.Rows); err != nil {
			return Box{}, err
		}
	}
	w.Parts = make([]partWire, 0, len(p.Parts))
	for i := range p.Parts {
		part := &p.Parts[i]
		key, err := keys.PatientKey(part.Patient, part.Class)
		if err != nil {
			return Box{}, fmt.Errorf("ledger: seal part: %w", err)
		}
		packed, err := packRows(part.Rows)
		if err != nil {
			return Box{}, err
		}
		w.Parts = append(w.Parts, partWire{
			Patient: part.Patient, Class: part.Class,
			Sealed: seal(key, partAAD(h, part.Patient, part.Class), packed),
		})
	}
	plain, err := enc.Marshal(w)
	if err != nil {
		return Box{}, fmt.Errorf("ledger: encode payload: %w", err)
	}
	key, err := keys.ScopeKey(scope, epoch)
	if err != nil {
		return Box{}, fmt.Errorf("ledger: seal box: %w", err)
	}
	header, err := enc.Marshal(h)
	if err != nil {
		return Box{}, fmt.Errorf("ledger: encode header: %w", err)
	}
	aad := boxAAD(header, scope, epoch)
	return Box{Scope: scope, Epoch: epoch, Sealed: seal(key, aad, pad(plain))}, nil
}

// OpenBox opens one box of an entry. A part whose key is destroyed comes back
// marked Erased; ErrNoKey is returned where the scope's key, or the one that a
// part is sealed under, is not held.
func (e *Entry) OpenBox(b Box, keys Keys) (*Payload, error) {
	key, err := keys.ScopeKey(b.Scope, b.Epoch)
	if errors.Is(err, ErrNoKey) {
		return nil, &Lack{Scope: b.Scope, Epoch: b.Epoch, err: err}
	} else if err != nil {
		return nil, err
	}
	padded, err := open(key, boxAAD(e.header, b.Scope, b.Epoch), b.Sealed)
	if err != nil {
		return nil, err
	}
	plain, err := unpad(padded)
	if err != nil {
		return nil, err
	}
	var w payloadWire
	if err := dec.Unmarshal(plain, &w); err != nil {
		return nil, fmt.Errorf("%w: payload: %w", ErrMalformed, err)
	}
	p := &Payload{Actor: w.Actor, Intent: w.Intent, Reason: w.Reason, Accesses: w.Accesses}
	if len(w.Rows) > 0 {
		if p.Rows, err = unpackRows(w.Rows); err != nil {
			return nil, err
		}
	}
	p.Parts = make([]Part, len(w.Parts))
	for i, s := range w.Parts {
		if p.Parts[i], err = e.openPart(s, keys); err != nil {
			return nil, err
		}
	}
	if err := p.check(e.Header.Chain); err != nil {
		return nil, err
	}
	return p, nil
}

func (e *Entry) openPart(s partWire, keys Keys) (Part, error) {
	part := Part{Patient: s.Patient, Class: s.Class, Sealed: s.Sealed}
	held, err := keys.PatientKeys(s.Patient, s.Class)
	switch {
	case errors.Is(err, ErrErased):
		part.Erased = true
		return part, nil
	case errors.Is(err, ErrNoKey):
		return part, &Lack{Patient: s.Patient, Class: s.Class, err: err}
	case err != nil:
		return part, err
	}
	aad := partAAD(e.Header, s.Patient, s.Class)
	for _, key := range held {
		packed, err := open(key, aad, s.Sealed)
		if err != nil {
			continue
		}
		part.Rows, err = unpackRows(packed)
		return part, err
	}
	// The box around it is whole, so its writer has sealed the part like this:
	// under a key of its own that is still on its way here.
	return part, &Lack{Patient: s.Patient, Class: s.Class, Held: len(held), err: errors.Join(ErrNoKey, ErrSealed)}
}

func packRows(rows []Change) ([]byte, error) {
	b, err := enc.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("ledger: encode rows: %w", err)
	}
	if len(b) > maxPayload {
		return nil, fmt.Errorf("ledger: rows of %d bytes, at most %d", len(b), maxPayload)
	}
	return compress(b), nil
}

func unpackRows(packed []byte) ([]Change, error) {
	b, err := decompress(packed)
	if err != nil {
		return nil, fmt.Errorf("%w: rows: %w", ErrMalformed, err)
	}
	var rows []Change
	if err := dec.Unmarshal(b, &rows); err != nil {
		return nil, fmt.Errorf("%w: rows: %w", ErrMalformed, err)
	}
	return rows, nil
}

// boxAAD binds a box to its scope and to every byte of the header.
func boxAAD(header []byte, scope ID, epoch uint32) []byte {
	aad := make([]byte, 0, len(boxDomain)+len(scope)+4+len(header))
	aad = append(aad, boxDomain...)
	aad = append(aad, scope[:]...)
	aad = binary.BigEndian.AppendUint32(aad, epoch)
	return append(aad, header...)
}

// partAAD binds a part to its place in the organisation's ledger. It leaves out
// the rest of the header: a snapshot may carry the part on.
func partAAD(h Header, patient ID, class Class) []byte {
	aad := make([]byte, 0, len(partDomain)+3*16+10)
	aad = append(aad, partDomain...)
	aad = append(aad, h.Org[:]...)
	aad = append(aad, h.Device[:]...)
	aad = append(aad, byte(h.Chain))
	aad = binary.BigEndian.AppendUint64(aad, h.Seq)
	aad = append(aad, patient[:]...)
	return append(aad, byte(class))
}

func seal(key *[32]byte, aad, plain []byte) []byte {
	out := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	_, _ = rand.Read(out) // crypto/rand.Read never fails (it ends the program)
	return aead(key).Seal(out, out, plain, aad)
}

func open(key *[32]byte, aad, sealed []byte) ([]byte, error) {
	if len(sealed) < chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return nil, ErrSealed
	}
	n := chacha20poly1305.NonceSizeX
	plain, err := aead(key).Open(nil, sealed[:n], sealed[n:], aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func aead(key *[32]byte) cipher.AEAD {
	c, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err) // a key of 32 bytes by its type
	}
	return c
}

// pad appends 0x80 and zeros up to the next size class, Padmé's (Nikitin et al.,
// "Reducing Metadata Leakage from Encrypted Files", 2019): at most 12 % more, and
// only a few bits of the length show. 256 bytes are the smallest class.
func pad(b []byte) []byte {
	n := sizeClass(len(b) + 1)
	out := make([]byte, n)
	copy(out, b)
	out[len(b)] = 0x80
	return out
}

func sizeClass(n int) int {
	if n <= 256 {
		return 256
	}
	e := bits.Len(uint(n)) - 1
	s := bits.Len(uint(e))
	mask := 1<<(e-s) - 1
	return (n + mask) &^ mask
}

func unpad(b []byte) ([]byte, error) {
	for i := len(b) - 1; i >= 0; i-- {
		switch b[i] {
		case 0:
		case 0x80:
			return b[:i], nil
		default:
			return nil, fmt.Errorf("%w: padding", ErrMalformed)
		}
	}
	return nil, fmt.Errorf("%w: padding", ErrMalformed)
}
