// Package ledger is the one record of every change to a clinic's data: who, when,
// why, the old values and the new, chained by hash and signed by the workstation
// that wrote it. The same entries are the audit trail (R11.4), the history of a
// card, the outbox of sync (R7) and the input of merging (R7.5).
//
// It promises that an entry can't be altered, removed from the middle of a chain
// or moved within it unseen, also by somebody who can't read it: hash and
// signature run over the sealed bytes. It does not by itself see a chain's own
// tail cut off; the heads that other places know show that.
//
// The package does no I/O and keeps no keys: an Opener hands them in. The bytes
// are described in docs/formats/ledger.md.
package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"

	"github.com/fxamacker/cbor/v2"
)

// Format is the version of the entry's layout.
const Format = 1

// Hash names an entry: SHA-256 over its signed bytes.
type Hash [sha256.Size]byte

// Chain is one of the two sequences that each device writes.
type Chain uint8

// The chains have their own sequence numbers and keeping times.
const (
	Changes  Chain = 1 // what was changed: medical history
	Accesses Chain = 2 // who viewed, printed, searched
)

// The limits that every decoder here keeps; larger input is refused unread.
const (
	MaxEntry   = 16 << 20 // bytes of one encoded entry
	maxPayload = 64 << 20 // bytes of a box after opening and decompression
	maxSeen    = 4096     // devices in one header
)

// Header is the part of an entry that everybody who carries it may read: no
// names, no free text.
type Header struct {
	Format uint8  `cbor:"1,keyasint"`
	Org    ID     `cbor:"2,keyasint"`
	Device ID     `cbor:"3,keyasint"`
	Chain  Chain  `cbor:"4,keyasint"`
	Seq    uint64 `cbor:"5,keyasint"` // from 1, without gaps
	HLC    HLC    `cbor:"6,keyasint"`
	Prev   Hash   `cbor:"7,keyasint"`           // hash of the entry before in this chain; zero for the first
	Seen   []Head `cbor:"8,keyasint,omitempty"` // what had been applied since the last entry of this chain
	Schema uint32 `cbor:"9,keyasint"`           // version of the tables the rows are written for
	Batch  ID     `cbor:"10,keyasint"`          // shared by the entries of one import; zero otherwise
}

// Head is the last entry known of a device's chain of changes.
type Head struct {
	Device ID     `cbor:"1,keyasint"`
	Seq    uint64 `cbor:"2,keyasint"`
	Hash   Hash   `cbor:"3,keyasint"`
}

// Box holds what one scope may read, sealed.
type Box struct {
	Scope  ID     `cbor:"1,keyasint"`
	Epoch  uint32 `cbor:"2,keyasint"`
	Sealed []byte `cbor:"3,keyasint"`
}

// Entry is one transaction.
type Entry struct {
	Header Header
	Boxes  []Box

	header []byte // as signed
	Hash   Hash
	Sig    []byte
	raw    []byte
}

// body is the signed part, frame the whole, as encoded.
type body struct {
	_      struct{} `cbor:",toarray"`
	Header []byte
	Boxes  []Box
}

type frame struct {
	_    struct{} `cbor:",toarray"`
	Body []byte
	Sig  []byte
}

var (
	// A nil slice is an empty one: an empty blob must not come back as NULL.
	enc = mustMode(cbor.EncOptions{
		Sort: cbor.SortCoreDeterministic, IndefLength: cbor.IndefLengthForbidden,
		NilContainers: cbor.NilContainerAsEmpty,
	}.EncMode())
	// What is read before a signature is checked may hold small arrays only: an
	// element in memory is many times its bytes.
	decOuter = mustMode(decOptions(maxSeen).DecMode())
	dec      = mustMode(decOptions(1 << 22).DecMode())
)

func decOptions(elements int) cbor.DecOptions {
	return cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden,
		MaxNestedLevels: 8, MaxArrayElements: elements, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		IntDec: cbor.IntDecConvertSignedOrFail,
	}
}

func mustMode[T any](m T, err error) T {
	if err != nil {
		panic(err) // constant options
	}
	return m
}

// The domains keep a signature or a hash made for one purpose from serving
// another.
const (
	hashDomain = "feldsher/ledger/entry/1\x00"
	signDomain = "feldsher/ledger/signature/1\x00"
)

// Sign closes an entry: encodes it, hashes it and has the hash signed.
// The boxes must have been sealed for this very header (SealBox).
func Sign(h Header, boxes []Box, sign func([]byte) []byte) (*Entry, error) {
	header, err := enc.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("ledger: encode header: %w", err)
	}
	b, err := enc.Marshal(body{Header: header, Boxes: boxes})
	if err != nil {
		return nil, fmt.Errorf("ledger: encode body: %w", err)
	}
	e := &Entry{Header: h, Boxes: boxes, header: header, Hash: hashOf(b)}
	e.Sig = sign(signedText(e.Hash))
	if e.raw, err = enc.Marshal(frame{Body: b, Sig: e.Sig}); err != nil {
		return nil, fmt.Errorf("ledger: encode entry: %w", err)
	}
	if len(e.raw) > MaxEntry {
		return nil, fmt.Errorf("ledger: entry of %d bytes, at most %d", len(e.raw), MaxEntry)
	}
	return e, nil
}

func hashOf(body []byte) Hash {
	d := sha256.New()
	d.Write([]byte(hashDomain))
	d.Write(body)
	return Hash(d.Sum(nil))
}

func signedText(h Hash) []byte { return append([]byte(signDomain), h[:]...) }

// Encode gives the entry's bytes, as stored and sent.
func (e *Entry) Encode() []byte { return e.raw }

// ErrMalformed says that bytes are no entry of a format known here.
var ErrMalformed = errors.New("ledger: malformed entry")

// Decode reads an entry. It checks the shape, not the signature: see
// Entry.Verify.
func Decode(raw []byte) (*Entry, error) {
	if len(raw) > MaxEntry {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(raw))
	}
	var f frame
	if err := decOuter.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	// The frame is outside the signature: it has one form only, so that the same
	// entry can't travel as different bytes.
	if again, err := enc.Marshal(f); err != nil || !bytes.Equal(again, raw) {
		return nil, fmt.Errorf("%w: frame", ErrMalformed)
	}
	var b body
	if err := decOuter.Unmarshal(f.Body, &b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	e := &Entry{Boxes: b.Boxes, header: b.Header, Hash: hashOf(f.Body), Sig: f.Sig, raw: raw}
	if err := decOuter.Unmarshal(b.Header, &e.Header); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	h := &e.Header
	switch {
	case h.Format != Format:
		return nil, fmt.Errorf("%w: format %d", ErrMalformed, h.Format)
	case h.Seq == 0, h.Chain != Changes && h.Chain != Accesses, len(h.Seen) > maxSeen,
		h.Seq > math.MaxInt64, h.HLC > math.MaxInt64: // databases sort them as signed
		return nil, fmt.Errorf("%w: header", ErrMalformed)
	case len(f.Sig) != ed25519.SignatureSize:
		return nil, fmt.Errorf("%w: signature of %d bytes", ErrMalformed, len(f.Sig))
	}
	return e, nil
}

// Verify checks the device's signature.
func (e *Entry) Verify(device ed25519.PublicKey) bool {
	return len(device) == ed25519.PublicKeySize && ed25519.Verify(device, signedText(e.Hash), e.Sig)
}
