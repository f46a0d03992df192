package ledger

import (
	"encoding/binary"
	"fmt"
)

// PeekHeader reads the header of an entry of which only the first bytes are at
// hand: what its writer had seen is needed of many entries whose boxes are not.
// Where they don't reach, it gives how many are needed. It checks less than
// Decode; it is for entries that are stored here.
func PeekHeader(prefix []byte) (h Header, needs int, err error) {
	at, end := 0, len(prefix)
	for range 2 { // the frame's array and body, then the body's array and header
		switch {
		case end-at >= 10:
		case end == len(prefix):
			return h, at + 64, nil
		default: // a body too short for a header
			return h, 0, fmt.Errorf("%w: no header", ErrMalformed)
		}
		if prefix[at] != 0x82 {
			return h, 0, fmt.Errorf("%w: no array of two", ErrMalformed)
		}
		n, size := byteString(prefix[at+1 : end])
		if size == 0 || n > MaxEntry {
			return h, 0, fmt.Errorf("%w: no byte string", ErrMalformed)
		}
		at += 1 + size
		needs = at + int(n)
		end = min(end, needs)
	}
	if needs > len(prefix) {
		return h, needs, nil
	}
	if err := decOuter.Unmarshal(prefix[at:needs], &h); err != nil {
		return h, 0, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return h, 0, nil
}

// byteString reads the head of a CBOR byte string: its length, and the size of the
// head; zero when it is none.
func byteString(b []byte) (n uint64, size int) {
	if b[0]>>5 != 2 {
		return 0, 0
	}
	switch info := b[0] & 31; info {
	case 24:
		return uint64(b[1]), 2
	case 25:
		return uint64(binary.BigEndian.Uint16(b[1:])), 3
	case 26:
		return uint64(binary.BigEndian.Uint32(b[1:])), 5
	case 27:
		return binary.BigEndian.Uint64(b[1:]), 9
	default:
		if info > 23 {
			return 0, 0
		}
		return uint64(info), 1
	}
}
