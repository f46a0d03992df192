package wire

import (
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
	enc = mustMode(cbor.EncOptions{Sort: cbor.SortCoreDeterministic, IndefLength: cbor.IndefLengthForbidden}.EncMode())
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

// Unmarshal decodes a message strictly: unknown fields, doubled keys and
// trailing bytes are refused.
func Unmarshal(data []byte, message any) error {
	if len(data) > MaxBody {
		return fmt.Errorf("%w: %d bytes", ErrMalformed, len(data))
	}
	if err := dec.Unmarshal(data, message); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

var packer = sync.OnceValue(func() *zstd.Encoder {
	return mustMode(zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)))
})

var unpacker = sync.OnceValue(func() *zstd.Decoder {
	return mustMode(zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(MaxBody)))
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
