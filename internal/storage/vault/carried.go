package vault

import (
	"feldsher/internal/fault"
)

// AbsorbCarried takes the keys and tombstones of a record of a draft that came by
// another way than the ring's server, on a stick say: wrap is the one that the draft
// has for this device. The ring that is held stays, and is not taken to hold these
// keys. Faults: Forbidden for what was not sealed to this device, by a live one of
// the organisation; Space, Damaged.
func (s *Session) AbsorbCarried(gen uint32, wrap, record []byte) (added int, erased []Tombstone, err error) {
	plain, err := s.carried(gen, wrap, record)
	defer clear(plain)
	if err != nil {
		return 0, nil, err
	}
	entries, err := parseRecord(plain) // the keys point into plain
	if err != nil {
		return 0, nil, fault.Wrap(err, fault.Forbidden, "vault.ring.foreign")
	}
	s.ring.write.Lock()
	defer s.ring.write.Unlock()
	return s.ring.takeIn(entries)
}

// carried opens the record.
func (s *Session) carried(gen uint32, wrap, record []byte) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, closedFault()
	}
	w, err := s.openWrap(gen, wrap)
	if err != nil {
		return nil, fault.Wrap(err, fault.Forbidden, "vault.ring.foreign")
	}
	defer clear(w.Key)
	plain, err := OpenSealed((*[KeySize]byte)(w.Key), ringRecordContext(s.body.Organisation, gen), record)
	return plain, fault.Wrap(err, fault.Forbidden, "vault.ring.foreign")
}

// UnholdRing forgets which keys the ring is known to hold: its server was put back
// from a copy, and SealKeys is to give all of them again.
func (s *Session) UnholdRing() { s.ring.holdNone() }
