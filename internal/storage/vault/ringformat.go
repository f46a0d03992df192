package vault

import (
	"bytes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"

	"feldsher/internal/ledger"
)

// A keyring file, in big-endian order:
//
//	0     header, 130 bytes:
//	      0  8  "FELDRING"
//	      8  2  format version
//	      10 8  generation
//	      18 4  number of blocks
//	      22 4  number of entries in the blocks
//	      26 72 wrapping key, sealed under a key derived from the database key,
//	            bound to bytes 0..25
//	      98 32 SHA-256 of bytes 0..97
//	512   the same header once more
//	1024  blocks of 824 bytes: 16 entries of 49 bytes, sealed under the wrapping
//	      key, bound to generation and number of the block
//	then  tail records of 93 bytes: one entry and the number (4) of the first
//	      record of its append, sealed under the wrapping key, bound to
//	      generation and number of the record
//
// An entry is patient 16 | class 1 | key 32; class + 128 with a key of zeros is
// a tombstone, all zeros is no entry. Entries stand in the order in which they came;
// a patient and class may have several keys. The two files of a keyring are equal.
const (
	ringMagic    = "FELDRING"
	ringVersion  = 2
	ringBound    = 26
	ringHead     = ringBound + KeySize + Overhead + sha256.Size
	ringSecond   = 512
	ringBody     = 1024
	entrySize    = 16 + 1 + KeySize
	blockEntries = 16
	blockSize    = blockEntries*entrySize + Overhead
	tailPlain    = entrySize + 4
	tailSize     = tailPlain + Overhead
	tombstoneBit = 0x80
	maxRing      = 1 << 30
)

type ringEntry struct {
	keyName
	key *[KeySize]byte // nil for a tombstone
}

func putEntry(dst []byte, e ringEntry) {
	copy(dst, e.patient[:])
	dst[16] = byte(e.class)
	if e.key == nil {
		dst[16] |= tombstoneBit
		return
	}
	copy(dst[17:], e.key[:])
}

// getEntry reads one entry; the key points into src. Ok is false for padding
// and for what no version 1 writes.
func getEntry(src []byte) (e ringEntry, ok bool) {
	e.patient = ledger.ID(src[:16])
	e.class = Class(src[16] &^ tombstoneBit)
	if e.patient.IsZero() || e.class < 1 || e.class > classes {
		return e, false
	}
	if src[16]&tombstoneBit == 0 {
		e.key = (*[KeySize]byte)(src[17:entrySize])
	}
	return e, true
}

// ringHeader is what the header says; wrap is opened.
type ringHeader struct {
	generation uint64
	blocks     uint32
	entries    uint32
	wrap       [KeySize]byte
}

func (h *ringHeader) tailStart() int { return ringBody + int(h.blocks)*blockSize }

func ringContext(root *[KeySize]byte) [KeySize]byte { return derive(root[:], nil, "keyring") }

func (h *ringHeader) encode(root *[KeySize]byte) []byte {
	b := append(make([]byte, 0, ringHead), ringMagic...)
	b = binary.BigEndian.AppendUint16(b, ringVersion)
	b = binary.BigEndian.AppendUint64(b, h.generation)
	b = binary.BigEndian.AppendUint32(b, h.blocks)
	b = binary.BigEndian.AppendUint32(b, h.entries)
	b = append(b, Seal(root, context("keyring header", b), h.wrap[:])...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// decodeRingHeader reads one of the two headers of a file.
func decodeRingHeader(root *[KeySize]byte, b []byte) (h ringHeader, err error) {
	if len(b) < ringHead || string(b[:8]) != ringMagic {
		return h, errDamaged
	}
	b = b[:ringHead]
	sum := sha256.Sum256(b[:ringHead-sha256.Size])
	if !bytes.Equal(sum[:], b[ringHead-sha256.Size:]) {
		return h, errDamaged
	}
	// Version 1 had one key for each name, in the order of names.
	if version := binary.BigEndian.Uint16(b[8:]); version > ringVersion {
		return h, errNewer
	} else if version == 0 {
		return h, errDamaged
	}
	wrap, err := OpenSealed(root, context("keyring header", b[:ringBound]), b[ringBound:ringHead-sha256.Size])
	if err != nil || len(wrap) != KeySize {
		return h, errSealed
	}
	h.generation = binary.BigEndian.Uint64(b[10:])
	h.blocks = binary.BigEndian.Uint32(b[18:])
	h.entries = binary.BigEndian.Uint32(b[22:])
	copy(h.wrap[:], wrap)
	clear(wrap)
	if h.blocks > maxRing/blockSize || h.entries > h.blocks*blockEntries {
		return h, errDamaged
	}
	return h, nil
}

// ringCipher seals and opens the parts of one generation.
type ringCipher struct {
	aead       cipher.AEAD
	generation uint64
	bound      []byte // scratch for the associated data
	plain      []byte // scratch for what is opened
}

func newRingCipher(h *ringHeader) *ringCipher {
	aead, err := chacha20poly1305.NewX(h.wrap[:])
	if err != nil {
		panic(err)
	}
	return &ringCipher{aead: aead, generation: h.generation}
}

const (
	blockLabel = "keyring block"
	tailLabel  = "keyring tail"
)

func (c *ringCipher) bind(label string, number uint32) []byte {
	c.bound = append(c.bound[:0], "feldsher vault 1 "...)
	c.bound = append(append(c.bound, label...), 0)
	c.bound = binary.BigEndian.AppendUint64(c.bound, c.generation)
	c.bound = binary.BigEndian.AppendUint32(c.bound, number)
	return c.bound
}

// seal appends the sealed part to dst, with a random nonce.
func (c *ringCipher) seal(dst []byte, label string, number uint32, plain []byte) []byte {
	start := len(dst)
	dst = dst[:start+nonceSize]
	randomBytes(dst[start:])
	return c.aead.Seal(dst, dst[start:], plain, c.bind(label, number))
}

// open gives the part's contents, valid until the next call, or nil.
func (c *ringCipher) open(label string, number uint32, sealed []byte) []byte {
	plain, err := c.aead.Open(c.plain[:0], sealed[:nonceSize], sealed[nonceSize:], c.bind(label, number))
	if err != nil {
		return nil
	}
	c.plain = plain
	return plain
}

func (c *ringCipher) wipe() { clear(c.plain[:cap(c.plain)]) }

// encodeRing gives a whole file without a tail.
func encodeRing(root *[KeySize]byte, h *ringHeader, entries []ringEntry) []byte {
	h.entries = uint32(len(entries))
	h.blocks = uint32((len(entries) + blockEntries - 1) / blockEntries)
	out := make([]byte, ringBody, h.tailStart())
	head := h.encode(root)
	copy(out, head)
	copy(out[ringSecond:], head)
	c := newRingCipher(h)
	plain := make([]byte, blockEntries*entrySize)
	defer clear(plain)
	for number := uint32(0); len(entries) > 0; number++ {
		n := min(len(entries), blockEntries)
		clear(plain)
		for i, e := range entries[:n] {
			putEntry(plain[i*entrySize:], e)
		}
		entries = entries[n:]
		out = c.seal(out, blockLabel, number, plain)
	}
	return out
}

// encodeTail gives the records of one append, numbered from first.
func encodeTail(h *ringHeader, first uint32, entries []ringEntry) []byte {
	out := make([]byte, 0, len(entries)*tailSize)
	c := newRingCipher(h)
	plain := make([]byte, tailPlain)
	defer clear(plain)
	for i, e := range entries {
		clear(plain)
		putEntry(plain, e)
		binary.BigEndian.PutUint32(plain[entrySize:], first)
		out = c.seal(out, tailLabel, first+uint32(i), plain)
	}
	return out
}
