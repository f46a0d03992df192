package ledger

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// The dictionary is part of format 1 and never changes; another one would be
// another id, and readers keep all of them.
//
//go:embed dictionary-1.bin
var dictionary []byte

const dictionaryID = 1

var encoder = sync.OnceValue(func() *zstd.Encoder {
	return mustMode(zstd.NewWriter(nil, zstd.WithEncoderDictRaw(dictionaryID, dictionary),
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true), zstd.WithLowerEncoderMem(true)))
})

var decoder = sync.OnceValue(func() *zstd.Decoder {
	return mustMode(zstd.NewReader(nil, zstd.WithDecoderDictRaw(dictionaryID, dictionary),
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPayload)))
})

// compress packs bytes as one zstd frame against the dictionary. What is sealed
// is authenticated, so the frame carries no checksum of its own.
func compress(b []byte) []byte { return encoder().EncodeAll(b, make([]byte, 0, len(b)/2+64)) }

func decompress(b []byte) ([]byte, error) {
	out, err := decoder().DecodeAll(b, nil)
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return out, nil
}
