package vault

import (
	"encoding/binary"
	"errors"

	"feldsher/internal/fault"
	"feldsher/internal/ledger"
)

// A record of the ring is 4, 8, 16 … 1024 entries of the keyring's format (patient
// 16 | class 1 | key 32; tombstones as there), the last ones zeros, sealed under the
// generation's wrapping key and bound to organisation and generation.
const (
	recordEntries = 1024
	recordLeast   = 4
)

func ringRecordContext(org ledger.ID, gen uint32) []byte {
	return context("ring record", org[:], binary.BigEndian.AppendUint32(nil, gen))
}

// sealRecord seals entries, at most recordEntries, padded so that the length says
// little of their number.
func sealRecord(key *[KeySize]byte, org ledger.ID, gen uint32, entries []ringEntry) []byte {
	n := recordLeast
	for n < len(entries) {
		n *= 2
	}
	plain := make([]byte, n*entrySize)
	defer clear(plain)
	for i, e := range entries {
		putEntry(plain[i*entrySize:], e)
	}
	return Seal(key, ringRecordContext(org, gen), plain)
}

// parseRecord reads what sealRecord sealed; the keys point into plain.
func parseRecord(plain []byte) ([]ringEntry, error) {
	n := len(plain) / entrySize
	if n*entrySize != len(plain) || n < recordLeast || n > recordEntries || n&(n-1) != 0 {
		return nil, errors.New("ring record: wrong length")
	}
	var entries []ringEntry
	padding := false
	for i := range n {
		part := plain[i*entrySize : (i+1)*entrySize]
		if [entrySize]byte(part) == [entrySize]byte{} {
			padding = true
			continue
		}
		e, ok := getEntry(part)
		if !ok || padding || e.key == nil && [KeySize]byte(part[17:]) != [KeySize]byte{} {
			return nil, errors.New("ring record: not an entry")
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// SealKeys seals the keys that came into the keyring at place from or later, for the
// ring's present generation; next is where to go on another time. Places count keys
// in the order in which they were made or absorbed; they stay over a restart, an
// erasure and Compact. Keys that came out of the present generation are left out as
// long as the program runs. A place beyond the end (keys were lost) begins anew.
// Records are nil when there is nothing. Faults: Conflict while there is no ring.
func (s *Session) SealKeys(from int) (records [][]byte, next int, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, from, closedFault()
	}
	key, ok := s.ringKey()
	defer clear(key[:])
	if !ok {
		return nil, from, fault.New(fault.Conflict, "vault.ring.none")
	}
	next, err = s.ring.place()
	if err != nil {
		return nil, from, err
	}
	if from < 0 || from > next {
		from = 0
	}
	var batch []ringEntry
	flush := func() {
		if len(batch) > 0 {
			records = append(records, sealRecord(&key, s.body.Organisation, s.body.Ring.Gen, batch))
			batch = nil
		}
	}
	for at := from; at < next; at += recordEntries {
		for _, e := range s.ring.entries(at, min(at+recordEntries, next), false) {
			if batch = append(batch, e); len(batch) == recordEntries {
				flush()
			}
		}
	}
	flush()
	return records, next, nil
}

// AbsorbKeys takes the keys and tombstones of a record of the ring's present
// generation. Both files of the keyring hold them when it returns. A key beside
// another for the same patient and class is kept beside it; a tombstone destroys
// all of them, and what it destroyed first here is named in erased, also when an
// error says that the disk could not be overwritten yet (what was erased is not
// given out from then on). Faults: Conflict while there is no ring, Forbidden for a
// record of another generation or organisation, Space, Damaged.
func (s *Session) AbsorbKeys(record []byte) (added int, erased []Tombstone, err error) {
	s.mu.RLock()
	key, ok := s.ringKey()
	closed, org, gen := s.closed, s.body.Organisation, s.body.Ring.Gen
	s.mu.RUnlock()
	defer clear(key[:])
	switch {
	case closed:
		return 0, nil, closedFault()
	case !ok:
		return 0, nil, fault.New(fault.Conflict, "vault.ring.none")
	}
	plain, err := OpenSealed(&key, ringRecordContext(org, gen), record)
	if err != nil {
		return 0, nil, fault.Wrap(err, fault.Forbidden, "vault.ring.foreign")
	}
	defer clear(plain)
	entries, err := parseRecord(plain)
	if err != nil {
		return 0, nil, fault.Wrap(err, fault.Forbidden, "vault.ring.foreign")
	}
	return s.ring.absorb(entries)
}
