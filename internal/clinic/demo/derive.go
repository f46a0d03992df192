package demo

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"feldsher/internal/clinic"
	"feldsher/internal/ledger"
)

// space is the fixed namespace of demo ids.
var space = ledger.ID{0x9d, 0x1f, 0x0c, 0x52, 0x6e, 0x3b, 0x4a, 0x77, 0x8b, 0x24, 0x5c, 0x90, 0x13, 0xee, 0x41, 0x08}

// deriver names records by seed, country, patient and place on the card, so that
// a second run writes the same rows.
type deriver struct {
	prefix string
	buf    []byte
}

func newDeriver(seed uint64, country clinic.Country) deriver {
	return deriver{prefix: fmt.Sprintf("%d/%s/", seed, country)}
}

func (x *deriver) patient(ordinal int) clinic.ID {
	id := ledger.DeriveID(space, x.prefix+strconv.Itoa(ordinal))
	return inOrder(id, uint64(ordinal))
}

// inOrder makes a UUIDv8 (RFC 9562, section 5.8) that begins with a place in
// order, as the UUIDv7 of real records begin with their time: rows registered one
// after another then lie side by side.
func inOrder(id clinic.ID, place uint64) clinic.ID {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], place)
	copy(id[:6], b[2:])
	id[6] = id[6]&0x0f | 0x80
	return id
}

// child names the n-th row of a kind that hangs on a record.
func (x *deriver) child(owner clinic.ID, kind string, n int) clinic.ID {
	x.buf = append(x.buf[:0], kind...)
	x.buf = strconv.AppendInt(x.buf, int64(n), 10)
	id := ledger.DeriveID(owner, string(x.buf))
	copy(id[:6], owner[:6])
	id[6] = id[6]&0x0f | 0x80
	return id
}

// fixed names a record that is the same for every seed.
func fixed(name string) clinic.ID { return ledger.DeriveID(space, name) }
