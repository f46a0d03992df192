package wire

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"
)

// ErrMalformed says that bytes are no message of this protocol, or beyond its
// limits.
var ErrMalformed = errors.New("wire: malformed message")

var (
	// An empty list is a list, and empty bytes are bytes: there is no null.
	enc = mustMode(cbor.EncOptions{
		Sort: cbor.SortCoreDeterministic, IndefLength: cbor.IndefLengthForbidden, NilContainers: cbor.NilContainerAsEmpty,
	}.EncMode())
	dec = mustMode(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, MaxNestedLevels: 8,
		MaxArrayElements: MaxItems, MaxMapPairs: 64, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
	}.DecMode())
)

func mustMode[T any](m T, err error) T {
	if err != nil {
		panic(err) // constant options
	}
	return m
}

// Marshal encodes a message.
func Marshal(message any) ([]byte, error) {
	b, err := enc.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("wire: encode: %w", err)
	}
	if len(b) > MaxBody {
		return nil, fmt.Errorf("wire: message of %d bytes, at most %d", len(b), MaxBody)
	}
	return b, nil
}

// Unmarshal decodes a message strictly, into an empty one: bytes that Marshal would
// not give for it are refused (unknown, doubled or lacking fields, ids of another
// length, longer forms of a number, trailing bytes), and so is a field beyond its
// limits.
func Unmarshal(data []byte, message any) error {
	if len(data) > MaxBody {
		return fmt.Errorf("%w: %d bytes", ErrMalformed, len(data))
	}
	if err := dec.Unmarshal(data, message); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if again, err := enc.Marshal(message); err != nil || !bytes.Equal(again, data) {
		return fmt.Errorf("%w: not in its one form", ErrMalformed)
	}
	return bounds(message)
}

var packer = sync.OnceValue(func() *zstd.Encoder {
	return mustMode(zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true)))
})

var unpacker = sync.OnceValue(func() *zstd.Decoder {
	return mustMode(zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(MaxBody), zstd.WithDecoderMaxWindow(32<<20)))
})

// Compress packs a body as one zstd frame.
func Compress(b []byte) []byte { return packer().EncodeAll(b, nil) }

// Decompress unpacks a body; one that would grow beyond MaxBody is refused.
func Decompress(b []byte) ([]byte, error) {
	if len(b) > MaxBody {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(b))
	}
	out, err := unpacker().DecodeAll(b, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return out, nil
}
