package vault

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

var errNotCanonical = errors.New("cbor is not in its canonical form")

// encoder writes CBOR by the core deterministic rules of RFC 8949, section
// 4.2.1; struct fields have integer keys, empty lists are lists.
var encoder = sync.OnceValue(func() cbor.EncMode {
	opts := cbor.CoreDetEncOptions()
	opts.NilContainers = cbor.NilContainerAsEmpty
	mode, err := opts.EncMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return mode
})

var decoder = sync.OnceValue(func() cbor.DecMode {
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxNestedLevels:   8,
		MaxMapPairs:       32,
		MaxArrayElements:  1 << 16,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
})

func marshal(v any) []byte {
	b, err := encoder().Marshal(v)
	if err != nil {
		panic(err) // every type that comes here is a struct of plain fields
	}
	return b
}

// unmarshal reads exactly what marshal writes: one value has one encoding, so
// that a signature or checksum over bytes is one over the value.
func unmarshal[T any](data []byte) (T, error) {
	var v T
	if err := decoder().Unmarshal(data, &v); err != nil {
		return v, fmt.Errorf("cbor: %w", err)
	}
	if !bytes.Equal(marshal(v), data) {
		return v, errNotCanonical
	}
	return v, nil
}
