package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// The layout of a page on the disk; docs/formats/database-file.md.
const (
	pageSize    = 4096
	reserveSize = chacha20poly1305.Overhead + chacha20poly1305.NonceSizeX // 40, kept free by SQLite
	usableSize  = pageSize - reserveSize                                  // 4056 bytes of SQLite's own
	tagEnd      = usableSize + chacha20poly1305.Overhead                  // ciphertext and tag end here, the nonce follows
	saltSize    = 16                                                      // page 1 begins with it
)

// formatVersion is the first byte of every salt.
const formatVersion = 1

// sqliteMagic is what SQLite expects where the file has the salt.
const sqliteMagic = "SQLite format 3\x00"

// A page's tag covers what sort of page it is, so that none can be passed off
// as another.
const (
	kindMain    = 'D' // database page: kind, page number
	kindFrame   = 'W' // log frame: kind, frame, page number, database size
	kindJournal = 'J' // rollback journal: kind, page number
)

// sealer holds the keys of one database file. It is shared by all connections.
type sealer struct {
	salt   [saltSize]byte
	aead   cipher.AEAD  // pages
	mask   cipher.Block // 16 bytes of a frame's header
	anchor cipher.Block // the anchor's 16 bytes
}

// newSealer derives the keys of the file with that salt.
func newSealer(key *Key, salt [saltSize]byte) (*sealer, error) {
	s := &sealer{salt: salt}
	page, err := subkey(key, salt, "feldsher sealed 1 page")
	if err != nil {
		return nil, err
	}
	defer clear(page)
	if s.aead, err = chacha20poly1305.NewX(page); err != nil {
		return nil, fmt.Errorf("page cipher: %w", err)
	}
	if s.mask, err = blockCipher(key, salt, "feldsher sealed 1 frame header"); err != nil {
		return nil, err
	}
	if s.anchor, err = blockCipher(key, salt, "feldsher sealed 1 anchor"); err != nil {
		return nil, err
	}
	return s, nil
}

func subkey(key *Key, salt [saltSize]byte, use string) ([]byte, error) {
	k, err := hkdf.Key(sha256.New, key[:], salt[:], use, 32)
	if err != nil {
		return nil, fmt.Errorf("derive %q: %w", use, err)
	}
	return k, nil
}

func blockCipher(key *Key, salt [saltSize]byte, use string) (cipher.Block, error) {
	k, err := subkey(key, salt, use)
	if err != nil {
		return nil, err
	}
	defer clear(k)
	b, err := aes.NewCipher(k)
	if err != nil {
		return nil, fmt.Errorf("cipher for %q: %w", use, err)
	}
	return b, nil
}

// newSalt draws the salt of a new file.
func newSalt() (salt [saltSize]byte) {
	rand.Read(salt[:])
	salt[0] = formatVersion
	return salt
}

// coder seals and opens pages for one open file. It is not for concurrent use;
// SQLite calls a file from one goroutine at a time. Its buffers exist so that no
// page costs an allocation.
type coder struct {
	*sealer
	aad    [13]byte
	nonces [128 * chacha20poly1305.NonceSizeX]byte
	used   int // bytes of nonces spent; 0 with an empty pool
	filled bool
}

// nonce puts a fresh random nonce into dst. They are drawn by the hundred,
// because one call of the system costs as much as sealing half a page.
func (c *coder) nonce(dst []byte) {
	if !c.filled || c.used == len(c.nonces) {
		rand.Read(c.nonces[:])
		c.used, c.filled = 0, true
	}
	c.used += copy(dst, c.nonces[c.used:c.used+chacha20poly1305.NonceSizeX])
}

// mainAAD binds a database page to its place.
func (c *coder) mainAAD(page uint32) []byte { return c.shortAAD(kindMain, page) }

// journalAAD binds a journal's page to the page number before it.
func (c *coder) journalAAD(page uint32) []byte { return c.shortAAD(kindJournal, page) }

func (c *coder) shortAAD(kind byte, page uint32) []byte {
	c.aad[0] = kind
	binary.BigEndian.PutUint32(c.aad[1:], page)
	return c.aad[:5]
}

// frameAAD binds a log page to its frame and its frame's plain header. The salts
// are left out: SQLite writes zeros there until the transaction commits.
func (c *coder) frameAAD(frame, page, dbSize uint32) []byte {
	c.aad[0] = kindFrame
	binary.BigEndian.PutUint32(c.aad[1:], frame)
	binary.BigEndian.PutUint32(c.aad[5:], page)
	binary.BigEndian.PutUint32(c.aad[9:], dbSize)
	return c.aad[:13]
}

// seal writes page, whose reserve is zero, to dst as ciphertext, tag and nonce.
// The first skip bytes of both are left alone. dst and page don't overlap.
func (c *coder) seal(dst, page, aad []byte, skip int) {
	nonce := dst[tagEnd:pageSize]
	c.nonce(nonce)
	c.aead.Seal(dst[skip:skip], nonce, page[skip:usableSize], aad)
}

// open is the reverse of seal; dst may be src. It zeroes the reserve. On false
// dst holds no plaintext.
func (c *coder) open(dst, src, aad []byte, skip int) bool {
	_, err := c.aead.Open(dst[skip:skip], src[tagEnd:pageSize], src[skip:tagEnd], aad)
	if err != nil {
		clear(dst[:pageSize])
		return false
	}
	clear(dst[usableSize:pageSize])
	return true
}

// maskHeader hides the salts and checksums in a frame's header (its bytes 8 to
// 24): the checksums are made from plaintext. The cipher is as wide as the
// field, so changing one bit of it garbles the salts, and that is noticed.
func (s *sealer) maskHeader(h []byte, frame uint32) {
	tweak(h, frame)
	s.mask.Encrypt(h[8:24], h[8:24])
}

func (s *sealer) unmaskHeader(h []byte, frame uint32) {
	s.mask.Decrypt(h[8:24], h[8:24])
	tweak(h, frame)
}

func tweak(h []byte, frame uint32) {
	v := binary.BigEndian.Uint32(h[20:24]) ^ frame
	binary.BigEndian.PutUint32(h[20:24], v)
}

// journalMask hides the four bytes of checksum after a journal's page: they are
// a sum over its plaintext. The page's own nonce makes the mask fresh.
func (s *sealer) journalMask(sum []byte, nonce []byte) {
	var b [aes.BlockSize]byte
	copy(b[:], nonce)
	s.mask.Encrypt(b[:], b[:])
	for i := range sum {
		sum[i] ^= b[i]
	}
}

// zero reports whether all of p is zero.
func zero(p []byte) bool {
	for _, b := range p {
		if b != 0 {
			return false
		}
	}
	return true
}
