package demo

import (
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
	return ledger.DeriveID(space, x.prefix+strconv.Itoa(ordinal))
}

// child names the n-th row of a kind that hangs on a record.
func (x *deriver) child(owner clinic.ID, kind string, n int) clinic.ID {
	x.buf = append(x.buf[:0], kind...)
	x.buf = strconv.AppendInt(x.buf, int64(n), 10)
	return ledger.DeriveID(owner, string(x.buf))
}

// fixed names a record that is the same for every seed.
func fixed(name string) clinic.ID { return ledger.DeriveID(space, name) }
