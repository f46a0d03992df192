package vault

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"feldsher/internal/fault"
)

// The slots file, in big-endian order:
//
//	0   8  "FELDSLOT"
//	8   2  format version
//	10  8  generation: the copy with the higher one is the newer
//	18  4  length n of the body
//	22  n  body, canonical CBOR
//	    32 HMAC-SHA256 of everything before, under a key derived from the database key
//	    32 SHA-256 of everything before
//
// The last 32 bytes of every version are the checksum, so that an older program
// can tell a newer file from a damaged one.
const (
	slotsMagic   = "FELDSLOT"
	slotsVersion = 2
	slotsHead    = 22
	maxSlots     = 16 << 20
)

var (
	errDamaged = errors.New("checksum or layout is wrong")
	errNewer   = errors.New("written by a newer version")
)

// slotsCopy is one readable copy.
type slotsCopy struct {
	index      int // 0 for slots.a, 1 for slots.b
	raw        []byte
	generation uint64
	body       *body
}

func encodeSlots(generation uint64, b *body, db *[KeySize]byte) []byte {
	content := marshal(b)
	out := make([]byte, 0, slotsHead+len(content)+2*sha256.Size)
	out = append(out, slotsMagic...)
	out = binary.BigEndian.AppendUint16(out, slotsVersion)
	out = binary.BigEndian.AppendUint64(out, generation)
	out = binary.BigEndian.AppendUint32(out, uint32(len(content)))
	out = append(out, content...)
	out = append(out, slotsMAC(out, db)...)
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

func slotsMAC(data []byte, db *[KeySize]byte) []byte {
	key := derive(db[:], nil, "slots mac")
	defer clear(key[:])
	mac := hmac.New(sha256.New, key[:])
	mac.Write(data)
	return mac.Sum(nil)
}

func decodeSlots(raw []byte) (*slotsCopy, error) {
	if len(raw) < slotsHead+2*sha256.Size || string(raw[:8]) != slotsMagic {
		return nil, errDamaged
	}
	sum := sha256.Sum256(raw[:len(raw)-sha256.Size])
	if !bytes.Equal(sum[:], raw[len(raw)-sha256.Size:]) {
		return nil, errDamaged
	}
	version := binary.BigEndian.Uint16(raw[8:])
	switch {
	case version > slotsVersion:
		return nil, errNewer
	case version == 0:
		return nil, errDamaged
	}
	n := len(raw) - slotsHead - 2*sha256.Size
	if uint64(binary.BigEndian.Uint32(raw[18:])) != uint64(n) {
		return nil, errDamaged
	}
	parse := parseBody
	if version == 1 {
		parse = parseOldBody
	}
	b, err := parse(raw[slotsHead : slotsHead+n])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return &slotsCopy{raw: raw, generation: binary.BigEndian.Uint64(raw[10:]), body: b}, nil
}

// authentic tells a file written with the database key from an altered one.
func (c *slotsCopy) authentic(db *[KeySize]byte) bool {
	end := len(c.raw) - 2*sha256.Size
	return hmac.Equal(slotsMAC(c.raw[:end], db), c.raw[end:end+sha256.Size])
}

// slotsStore is the pair of slots files and what is known of them.
type slotsStore struct {
	pair       pair
	generation uint64 // the highest ever written or tried
	next       int    // the copy to replace first: the older or worse one
	damage     []*fault.Error
}

func newSlotsStore(d disk, dir string) *slotsStore {
	return &slotsStore{pair: pair{disk: d, dir: dir, name: "slots", max: maxSlots, wipe: maxSlots}}
}

func (s *slotsStore) note(key string, copy int, err error) {
	s.damage = append(s.damage, &fault.Error{
		Kind: fault.Damaged, Key: key, Args: map[string]any{"file": s.pair.file(copy)}, Err: err,
	})
}

// load reads both copies, the newer first. It fails only if neither is good.
func (s *slotsStore) load() ([]*slotsCopy, error) {
	if !s.pair.exists() {
		return nil, fault.New(fault.NotFound, "vault.missing")
	}
	var good [copies]*slotsCopy
	var errs [copies]error
	for i := range copies {
		if err := s.pair.tidy(i); err != nil {
			s.note("vault.damage.leftover", i, err)
		}
		raw, err := s.pair.read(i)
		if err == nil {
			good[i], err = decodeSlots(raw)
		}
		if err == nil {
			good[i].index = i
		}
		if errors.Is(err, errNewer) {
			return nil, fault.Wrap(err, fault.Newer, "vault.newer")
		}
		if errs[i] = err; err != nil {
			s.note("vault.damage.slots", i, err)
		}
	}
	a, b := good[0], good[1]
	switch {
	case a == nil && b == nil:
		return nil, fault.Wrap(errors.Join(errs[:]...), fault.Damaged, "vault.slots.unreadable")
	case b == nil:
		s.generation, s.next = a.generation, 1
		return []*slotsCopy{a}, nil
	case a == nil:
		s.generation, s.next = b.generation, 0
		return []*slotsCopy{b}, nil
	case b.generation > a.generation:
		s.generation, s.next = b.generation, 0
		return []*slotsCopy{b, a}, nil
	}
	s.generation, s.next = a.generation, 1
	if bytes.Equal(a.raw, b.raw) {
		return []*slotsCopy{a}, nil
	}
	return []*slotsCopy{a, b}, nil
}

// repair makes the other copy equal to the one that was opened. A failure is
// noted, and the next save does it again.
func (s *slotsStore) repair(c *slotsCopy) {
	for i := range copies {
		raw, err := s.pair.read(i)
		if err == nil && bytes.Equal(raw, c.raw) {
			continue
		}
		if err := s.pair.replace(i, c.raw); err != nil {
			s.next = i
			s.note("vault.damage.behind", i, err)
		}
	}
}

// save writes b into the older copy and then into the other. Once the first is
// durable the change is made; a failure with the second is only noted, because
// the next save or open repairs it.
func (s *slotsStore) save(b *body, db *[KeySize]byte) error {
	s.generation++
	raw := encodeSlots(s.generation, b, db)
	if _, err := decodeSlots(raw); err != nil {
		return fmt.Errorf("slots would not be readable: %w", err)
	}
	first := s.next
	switch err := s.pair.replace(first, raw); {
	case errors.Is(err, errLeftover):
		s.note("vault.damage.leftover", first, err)
	case err != nil:
		return spaceFault(err)
	}
	s.next = 1 - first
	switch err := s.pair.replace(s.next, raw); {
	case errors.Is(err, errLeftover):
		s.note("vault.damage.leftover", s.next, err)
	case err != nil:
		s.note("vault.damage.behind", s.next, err)
		return nil
	}
	s.next = first
	return nil
}
