package wire

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// Code is a pairing code as people read and type it: six groups of five letters
// and digits, 30 characters of Crockford's base 32, of which 28 carry 140 bits of
// randomness and the last two check the typing. It keys an exchange by itself:
// from it come the id under which the server finds it, the key by which both
// sides prove to know it, and the key that seals an invitation.
type Code struct {
	secret [codeBytes]byte
}

// CodeID is how the server knows a code without knowing the code.
type CodeID [16]byte

const (
	codeBytes  = 18 // 144 bits, the lowest 4 zero
	codeData   = 28
	codeChars  = 30
	codeGroups = 5
	alphabet   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// ErrCode says that a typed code has a wrong length, letter or check.
var ErrCode = errors.New("wire: not a pairing code")

// NewCode draws a code.
func NewCode() Code {
	var c Code
	_, _ = rand.Read(c.secret[:]) // crypto/rand.Read never fails (it ends the program)
	c.secret[codeBytes-1] &= 0xf0
	return c
}

// String gives the code in groups, for people.
func (c Code) String() string {
	text := make([]byte, codeData)
	for i := range text {
		text[i] = alphabet[c.digit(i)]
	}
	text = append(text, check(text)...)
	var out []byte
	for i, ch := range text {
		if i > 0 && i%codeGroups == 0 {
			out = append(out, '-')
		}
		out = append(out, ch)
	}
	return string(out)
}

// LogValue keeps a code out of logs.
func (c Code) LogValue() slog.Value { return slog.StringValue("pairing code") }

// digit gives the i-th five bits.
func (c Code) digit(i int) byte {
	var d byte
	for b := i * 5; b < i*5+5; b++ {
		d = d<<1 | c.secret[b/8]>>(7-b%8)&1
	}
	return d
}

func check(text []byte) []byte {
	sum := sha256.Sum256(append([]byte("feldsher code check 1\x00"), text...))
	return []byte{alphabet[sum[0]&31], alphabet[sum[1]&31]}
}

// lookalikes are what people type for what they read, also in a Cyrillic layout.
var lookalikes = strings.NewReplacer(
	"O", "0", "I", "1", "L", "1", "U", "V",
	"А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "О", "0", "Р", "P", "С", "C", "Т", "T", "Х", "X", "У", "Y", "І", "1",
)

// ParseCode reads a typed code: spaces, dashes and the case of letters do not
// count, letters that look alike are taken for what is meant.
func ParseCode(typed string) (Code, error) {
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -–—_\t\r\n\u00a0", r) {
			return -1
		}
		return r
	}, lookalikes.Replace(strings.ToUpper(typed)))
	if len(text) != codeChars {
		return Code{}, fmt.Errorf("%w: %d characters", ErrCode, len(text))
	}
	if want := check([]byte(text[:codeData])); !bytes.Equal(want, []byte(text[codeData:])) {
		return Code{}, fmt.Errorf("%w: check", ErrCode)
	}
	var c Code
	for i := range codeData {
		d := strings.IndexByte(alphabet, text[i])
		if d < 0 {
			return Code{}, fmt.Errorf("%w: letter %d", ErrCode, i+1)
		}
		for b := range 5 {
			if d>>(4-b)&1 == 1 {
				at := i*5 + b
				c.secret[at/8] |= 1 << (7 - at%8)
			}
		}
	}
	return c, nil
}

func (c Code) derive(use string, n int) []byte {
	key, err := hkdf.Key(sha256.New, c.secret[:], nil, "feldsher code 1 "+use, n)
	if err != nil {
		panic(err) // constant lengths
	}
	return key
}

// ID is what the server keeps instead of the code.
func (c Code) ID() CodeID { return CodeID(c.derive("id", 16)) }

// MACKey proves the knowledge of the code, in both directions.
func (c Code) MACKey() []byte { return c.derive("mac", 32) }

// Seal seals an invitation. The server, which has id and MAC key, can't open it.
func (c Code) Seal(plain []byte) []byte {
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	_, _ = rand.Read(nonce)
	id := c.ID()
	return mustMode(chacha20poly1305.NewX(c.derive("seal", 32))).Seal(nonce, nonce, plain, id[:])
}

// Open opens what Seal has sealed.
func (c Code) Open(sealed []byte) ([]byte, error) {
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return nil, ErrMalformed
	}
	id := c.ID()
	plain, err := mustMode(chacha20poly1305.NewX(c.derive("seal", 32))).Open(nil,
		sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:], id[:])
	if err != nil {
		return nil, fmt.Errorf("%w: invitation", ErrMalformed)
	}
	return plain, nil
}

// MAC is HMAC-SHA256 over a purpose ("prove", "link", "join") and parts, each
// with its length before it.
func MAC(key []byte, purpose string, parts ...[]byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("feldsher wire mac 1 " + purpose + "\x00"))
	writeParts(m.Write, parts)
	return m.Sum(nil)
}

// SameMAC compares without telling by time where two differ.
func SameMAC(a, b []byte) bool { return hmac.Equal(a, b) }
