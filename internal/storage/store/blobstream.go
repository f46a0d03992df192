package store

import (
	"context"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// An attachment's file (docs/formats/attachment-file.md): a header of 10 bytes,
// then chunks of 64 KiB of plaintext, each sealed with ChaCha20-Poly1305 under
// the file's own key. It is the STREAM construction (Hoang, Reyhanitabar,
// Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
// Misuse-Resistance", 2015): the nonce is the chunk's number and whether it is
// the last, so that chunks can't be moved, left out, added or cut off.
const (
	blobMagic    = "FELDBLOB"
	blobVersion  = 1
	blobHead     = len(blobMagic) + 2
	blobChunk    = 64 << 10
	blobOverhead = chacha20poly1305.Overhead
	blobSealed   = blobChunk + blobOverhead
)

var (
	errBlob       = errors.New("attachment file fails its check")
	errBlobNewer  = errors.New("attachment file of a later format")
	errBlobSource = errors.New("reading what is to be attached")
)

// blobKey opens one file and nothing else.
type blobKey = [chacha20poly1305.KeySize]byte

func blobHeader() []byte {
	return binary.BigEndian.AppendUint16([]byte(blobMagic), blobVersion)
}

// blobNonce is three zero bytes, the chunk's number and the flag. Every file has
// a fresh key, so no pair of key and nonce comes twice.
func blobNonce(number uint64, last bool) []byte {
	n := make([]byte, chacha20poly1305.NonceSize)
	binary.BigEndian.PutUint64(n[3:], number)
	if last {
		n[11] = 1
	}
	return n
}

func blobCipher(key *blobKey) cipher.AEAD {
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		panic(err) // only a key of another length fails
	}
	return aead
}

// blobLength is how long the file of so many bytes of plaintext is.
func blobLength(plain int64) int64 {
	chunks := max(1, plain/blobChunk+min(1, plain%blobChunk))
	return int64(blobHead) + plain + chunks*blobOverhead
}

// sealBlob reads r to its end and writes the file's bytes to w; it gives the
// length of the plaintext. What r fails with comes back wrapping errBlobSource.
func sealBlob(ctx context.Context, w io.Writer, r io.Reader, key *blobKey) (size int64, err error) {
	aead, head := blobCipher(key), blobHeader()
	if err := writeWhole(w, head); err != nil {
		return 0, err
	}
	// One byte more than a chunk tells whether the chunk is the last.
	plain := make([]byte, blobChunk+1)
	defer clear(plain)
	sealed := make([]byte, 0, blobSealed)
	have := 0
	for number := uint64(0); ; number++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, last, err := fill(r, plain[have:])
		if err != nil {
			return 0, fmt.Errorf("%w: %w", errBlobSource, err)
		}
		have += n
		chunk := plain[:min(have, blobChunk)]
		sealed = aead.Seal(sealed[:0], blobNonce(number, last), chunk, head)
		if err := writeWhole(w, sealed); err != nil {
			return 0, err
		}
		size += int64(len(chunk))
		if last {
			return size, nil
		}
		plain[0], have = plain[blobChunk], 1
	}
}

// fill reads until p is full or r ends before. Unlike io.ReadFull it tells a
// source that ended from one that says itself that it was cut off.
func fill(r io.Reader, p []byte) (n int, end bool, err error) {
	idle := 0
	for n < len(p) {
		m, err := r.Read(p[n:])
		if m < 0 || m > len(p)-n {
			return n, false, errors.New("reader counts wrongly")
		}
		n += m
		switch {
		case err == io.EOF: // one that wraps it says why the source broke off
			return n, n < len(p), nil // filled, the next call will find the end
		case err != nil:
			return n, false, err
		case m > 0:
			idle = 0
		default:
			if idle++; idle == 100 {
				return n, false, io.ErrNoProgress
			}
		}
	}
	return n, false, nil
}

func writeWhole(w io.Writer, p []byte) error {
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}

// blobReader gives the plaintext of a file, each chunk only after it was found
// authentic. Its errors are errBlob, errBlobNewer and those of the source.
type blobReader struct {
	r      io.Reader
	aead   cipher.AEAD
	head   []byte
	sealed []byte // a chunk and the first byte of the next
	have   int
	plain  []byte // room for a chunk
	rest   []byte // what of it is not handed on yet
	number uint64
	done   bool // the last chunk is open
	err    error
}

// openBlob reads the header and the first chunk; the reader is for use only
// without an error.
func openBlob(r io.Reader, key *blobKey) (*blobReader, error) {
	head := make([]byte, blobHead)
	switch n, _, err := fill(r, head); {
	case err != nil:
		return nil, err
	case n < blobHead || string(head[:len(blobMagic)]) != blobMagic:
		return nil, errBlob
	}
	switch version := binary.BigEndian.Uint16(head[len(blobMagic):]); {
	case version > blobVersion:
		return nil, errBlobNewer
	case version < blobVersion:
		return nil, errBlob
	}
	b := &blobReader{
		r: r, aead: blobCipher(key), head: head,
		sealed: make([]byte, blobSealed+1), plain: make([]byte, 0, blobChunk),
	}
	return b, b.next()
}

// next opens the next chunk.
func (b *blobReader) next() error {
	n, last, err := fill(b.r, b.sealed[b.have:])
	if err != nil {
		return err
	}
	b.have += n
	chunk := b.sealed[:min(b.have, blobSealed)]
	// A file has one form: an empty chunk is the only one.
	if len(chunk) < blobOverhead || len(chunk) == blobOverhead && b.number > 0 {
		return errBlob
	}
	plain, err := b.aead.Open(b.plain[:0], blobNonce(b.number, last), chunk, b.head)
	if err != nil {
		return errBlob
	}
	b.rest, b.done = plain, last
	b.number++
	if !last {
		b.sealed[0], b.have = b.sealed[blobSealed], 1
	}
	return nil
}

// Read implements io.Reader.
func (b *blobReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(b.rest) == 0 && !b.done && b.err == nil {
		b.err = b.next()
	}
	switch {
	case b.err != nil:
		return 0, b.err
	case len(b.rest) == 0:
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// wipe overwrites the plaintext that is held.
func (b *blobReader) wipe() { clear(b.plain[:cap(b.plain)]) }
